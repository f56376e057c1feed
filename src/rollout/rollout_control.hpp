#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/disk.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "model/decision.hpp"
#include "rollout/rollout_status.hpp"
#include "rollout/smart_ticker_rollout.hpp"

namespace tickstock {

// What a person may ask of the rollout; parts of engine/commands.hpp's CommandAction.
struct AdvanceRollout {};
/// Only what is set changes; the phase stays.
struct SetRolloutFlags {
    std::optional<bool> multichannel_system_enabled, tick_channel_enabled, router_enabled,
        integration_layer_enabled, parallel_processing_enabled, performance_comparison_enabled;
    std::optional<double> rollout_percentage;                                  ///< 0 … 100
    std::optional<std::vector<SymbolText>> rollout_tickers, excluded_tickers;  ///< whole lists
    /// Merged with the lists as they stand when it is planned. A symbol that is added to a list
    /// leaves the other one. Not together with the whole list.
    std::optional<std::vector<SymbolText>> add_rollout_tickers, remove_rollout_tickers,
        add_excluded_tickers, remove_excluded_tickers;
};
/// Emergency: all symbols are the linear path's at once. `uninstall` takes the integration layer
/// off, too: the multi-channel path gets no more records.
struct DisableMultiChannel {
    bool uninstall = false;
};
/// After a disable or an automatic fallback; also gives symbols that fell back another trial.
struct ReEnableMultiChannel {
    std::optional<double> percentage;  ///< null = rollout.re_enable_percent
};
/// Back to an earlier phase, or a start over.
struct SetRolloutPhase {
    std::uint8_t phase = 0;  ///< at most the present one
};
struct RolloutCommand {
    std::variant<AdvanceRollout, SetRolloutFlags, DisableMultiChannel, ReEnableMultiChannel,
                 SetRolloutPhase>
        action;
    std::string reason;  ///< a person must say why; 1 … 200 bytes
};

/// Says which path is to be in charge of which symbols: phases, flags, selection, automatic
/// fallback (RolloutPhaseManager, SmartTickerRollout, AutomaticFallbackManager). It only plans: the
/// engine makes decisions of what it wants and tells it of them with applied(), in a replay too.
/// Holds no clock. One thread: the sequencer's.
class RolloutControl {
public:
    struct Look {
        UnixNanos wall;
        Nanos now{0};  ///< monotonic
        UnixNanos clock;
        bool tick_channel_usable = true;          ///< neither paused nor in error
        std::uint64_t error_alerts = 0;           ///< of severity error or worse that are active
        std::uint64_t symbols_multi_channel = 0;  ///< with the multi-channel path in charge
        PathEvidence total;                       ///< all shards', since the process's start
    };

    explicit RolloutControl(const RolloutSettings& settings);
    void set_settings(const RolloutSettings& settings);

    /// What a start has read of the rollout behind its snapshot.
    struct ReadAgain {
        std::optional<RolloutChange> before;  ///< the change in force at the snapshot
        std::vector<Decision> decisions;      ///< changes and fallbacks, in order
    };
    /// At a start, before anything else: how the journal left it. Null = never installed before.
    /// `folder` keeps audit, incidents and the evidence of the phase over starts; what is there and
    /// cannot be read is told by the error, and begins anew. What a process that died did not write
    /// there is made of `again`.
    std::optional<Error> restore(const std::optional<RolloutChange>& last, const ReadAgain& again,
                                 Disk& disk, std::string folder);
    /// What a first start with the integrator decides.
    RolloutChange first_change(UnixNanos wall) const;

    /// A person's wish: the change to decide, or why not (each unmet criterion by name).
    Result<RolloutChange> plan(const RolloutCommand& command, const Look& look);
    /// Every 250 ms: the automatic fallback, when it is due.
    std::optional<RolloutChange> look(const Look& look);
    /// A decision was taken (or read again by a start).
    void applied(const Decision& decision);

    /// Symbols with what is known of their risk; replaced about once a minute.
    void set_statistics(std::vector<SymbolStatistics> statistics);
    /// By the newest selection; a symbol that it does not know is High.
    RiskTier tier_of(const SymbolText& symbol) const;
    /// The flags and the selection are for it, whether or not it fell back.
    bool selects(const SymbolText& symbol) const;
    void add_differences(std::vector<PathDifference> differences);
    /// What the newest decision changed, as in the audit; empty before any.
    std::string newest_change() const;
    /// Writes evidence and incidents when due or `now_or_never`.
    void save(Nanos now, bool now_or_never = false);

    /// `fallen`'s texts and the counts of symbols are the caller's to fill.
    RolloutStatus status(const Look& look) const;

    ~RolloutControl();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tickstock
