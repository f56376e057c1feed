#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/decision.hpp"
#include "model/event.hpp"
#include "model/record.hpp"
#include "model/rollout.hpp"
#include "rollout/path_evidence.hpp"

namespace tickstock {

/// One event that the two paths did not find alike, with what caused it. Never changed.
struct PathDifference {
    enum class Kind : std::uint8_t {
        Missing,  ///< the linear path alone found it
        Extra,    ///< the multi-channel path alone found it
        Near,     ///< both, within the tolerances
    };
    std::uint64_t number = 0;  ///< grows by one a difference, per process
    Kind kind = Kind::Missing;
    SymbolText symbol;
    std::optional<Detection> linear;
    std::optional<Detection> multi_channel;
    std::optional<Record> record;  ///< that caused it; absent for a deadline's
    UnixNanos clock;               ///< the sequencer's
    bool in_charge = false;        ///< the multi-channel path was; its symbol fell back then
    bool late = false;             ///< a Missing that came after all
};
/// "missing", "extra", "near".
std::string_view to_string(PathDifference::Kind kind);

/// One condition of a phase's end, as it stands.
struct RolloutCriterion {
    std::string name;  ///< "duration", "added_time", "mean_latency", "p99_latency", …
    std::string text;  ///< for people: "mean 0.4 µs of at most 1.05 × 0.3 µs or + 1 ms"
    double value = 0;  ///< in `unit`
    double limit = 0;
    std::string unit;  ///< "h", "ms", "%", "events", "alerts", "records"
    bool met = false;
};

/// A journaled change of flags, phase or selection: who, when, why.
struct RolloutAudit {
    Sequence sequence;
    UnixNanos wall;
    UnixNanos clock;
    std::string by;
    std::string kind;  ///< "install", "flags", "advance", "fallback", "disable", "re_enable",
                       ///< "path_fallback"
    std::string text;  ///< what changed: "rollout_percentage 1 -> 10"
    std::string reason;
    std::uint8_t phase = 0;
    double percentage = 0;
};

/// An automatic or emergency end of the multi-channel path, and what was known then.
struct RolloutIncident {
    std::string id;  ///< "20240305T143000-1": wall time UTC, number
    UnixNanos wall;
    UnixNanos clock;
    Sequence sequence;  ///< of the decision; 0 = not known any more
    std::string by;     ///< "fallback monitor", or who disabled it
    std::string cause;  ///< "error_rate", "latency", "accounting", "lost_events", "manual"
    std::string text;   ///< "error rate 12.5 % over the last 30 s (limit 10 %)"
    std::uint8_t phase = 0;
    double percentage = 0;
    std::uint64_t symbols = 0;  ///< that were with the multi-channel path
    PathCounts paths;           ///< of the window
    ComparisonCounts comparison;
    double error_rate_percent = 0;
    double mean_ms = 0;
    UnixNanos resolved;  ///< wall time of the re-enable; 0 = it holds
    std::string resolved_by;
};

struct FallenSymbol {
    std::string symbol;
    Sequence from;
    Sequence decided;
    FallbackCause cause = FallbackCause::Error;
    UnixNanos wall;
};

/// What the engine says of integration and rollout, once a second. Plain values.
struct RolloutStatus {
    bool installed = false;
    FeatureFlags flags;
    bool fully_enabled = false;
    std::uint8_t phase = 0;
    UnixNanos phase_since;    ///< wall time
    Nanos phase_duration{0};  ///< least; 0 = none (phase 4)
    std::vector<RolloutCriterion> criteria;
    std::string refusal;   ///< why `advance` would say no; empty = it would go on
    std::string incident;  ///< id of the one that holds; empty = none
    std::array<std::uint64_t, risk_tier_count> symbols_by_tier{};
    std::array<std::uint64_t, risk_tier_count> selected_by_tier{};
    std::uint64_t symbols_multi_channel = 0;  ///< in charge now
    std::uint64_t symbols_linear = 0;
    std::vector<FallenSymbol> fallen;  ///< by symbol
    PathEvidence total;                ///< of this process
    PathEvidence in_phase;             ///< since phase_since, restarts included
    bool window_full = false;          ///< enough records in the fallback monitor's window
    double window_error_percent = 0;
    double window_mean_ms = 0;
    std::vector<RolloutAudit> audit;         ///< the newest 200, oldest first
    std::vector<RolloutIncident> incidents;  ///< the newest 50, oldest first
    /// The newest, oldest first; replaced when one comes, never changed.
    std::shared_ptr<const std::vector<PathDifference>> differences;
    std::uint64_t difference_total = 0;
    std::string disk_failure;  ///< why evidence, audit or incidents are not kept; empty = they are
};

// Metrics of S0 and S4, derived from counts. Percentages are 0 … 100.
double success_rate_percent(const PathCounts& counts);   ///< of channel_requests; 100 before any
double fallback_rate_percent(const PathCounts& counts);  ///< of channel_requests; 0 before any
double channel_success_rate(const ComparisonCounts& counts);  ///< matched of linear; 100 before any
double channel_win_rate(const PathTimes& times);              ///< of pairs; 0 before any
double avg_time_improvement_ms(const PathTimes& times);       ///< positive = channel faster

/// S4: "RECOMMEND: Advance to next rollout phase", "CAUTION: …", "STOP: …".
std::string rollout_recommendation(const RolloutStatus& status);

}  // namespace tickstock
