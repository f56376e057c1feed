#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/state_archive.hpp"
#include "config/config.hpp"
#include "engine/extensions.hpp"
#include "engine/tick_lane.hpp"
#include "model/accounting.hpp"
#include "model/clock_index.hpp"
#include "model/decision.hpp"
#include "model/event.hpp"
#include "model/rollout.hpp"
#include "model/symbol.hpp"
#include "rollout/path_comparison.hpp"
#include "rollout/path_evidence.hpp"
#include "rollout/symbol_days.hpp"

namespace tickstock {

class TickChannel;

/// SPEC 15 in one shard: the linear path, and who is in charge of a symbol. Both paths work every
/// trade; of each run's detections those of the path in charge go on, before anything is made an
/// event of, so that a switch loses and doubles nothing. What the multi-channel path does not do
/// right makes its symbol fall back from that entry on. Holds no clock; the shard's thread only.
///
/// Everything that changes the answer stands in the journal (RolloutChange, PathFallback). A
/// fallback acts at once and is journaled behind (take_fallen()); a replay is told of it ahead.
class MarketDataServiceIntegrator {
public:
    MarketDataServiceIntegrator(const PipelineSettings& settings,
                                const PipelineExtensions* extensions, const SymbolTable& symbols);

    // Settings.
    void reconfigure(const PipelineSettings& settings);
    void set_comparison(PathComparison::Settings settings) { comparison_.set_settings(settings); }
    bool switch_rule(std::string_view name, bool on) { return linear_.switch_rule(name, on); }

    // Who is in charge.

    const std::optional<RolloutChange>& change() const { return change_; }
    /// The multi-channel path gets the trades.
    bool runs_multi_channel() const { return flags().runs_multi_channel(); }
    ProcessingPath path_of(SymbolId symbol, Sequence sequence) const;
    /// Its bars and fair values are worked.
    bool is_rolled_out(SymbolId symbol, Sequence sequence);
    struct Fallen {
        PathFallback::Fallen what;
        Sequence decided;  ///< 0 = not journaled yet
    };
    std::vector<Fallen> fallen() const;
    std::uint64_t symbols_multi_channel() const;

    /// At the decision's sequence; everything before it is done. `resync` is called with each
    /// symbol whose multi-channel state must become the linear one's.
    template <class Resync>
    void apply(const RolloutChange& change, Sequence at, bool channel_parked, Resync resync) {
        const bool all = !runs_multi_channel() && change.flags.runs_multi_channel();
        change_ = change;
        begin_anew(at, channel_parked);
        if (!channel_parked && change.flags.runs_multi_channel()) {
            for_each_stale(all, resync);
        } else if (all) {
            mark_all_stale();  // until the channel is back
        }
    }
    void apply(const PathFallback& fallback, Sequence at);
    /// The tick channel pauses or fails at this decision: all of its symbols fall back.
    void channel_parked(Sequence at);
    /// A replay knows what will fall back.
    void expect(const PathFallback& fallback, Sequence decision) { apply(fallback, decision); }

    // A run's way: take() each record of the tick kind, work(), then, when the other path is done,
    // select().

    /// False when the multi-channel path is not to get it.
    bool take(const IntakeItem& item, const TickChannel& channel);
    void take_session(const IntakeItem& item);
    /// The linear path works what was taken.
    void work(const ClockIndex& clocks);
    std::size_t taken() const { return taken_; }
    std::vector<Detection>& linear_detections() { return linear_.detections(); }

    /// The multi-channel path has failed on a record of the symbol, so that its state may differ.
    void fail(SymbolId symbol, Sequence from, FallbackCause cause);
    /// What its lane knows of the symbol may differ.
    void mark_stale(SymbolId symbol);
    /// What its lane knows of any symbol may differ: it has not seen all records.
    void mark_all_stale();
    /// Symbols are with the linear path because the tick channel was paused or in error.
    bool is_parked() const { return parked_from_ != sequence_end; }
    /// It did so on all of these records of a run, or took too long for them.
    void fail_run(std::span<const Record> records, std::span<const std::uint16_t> shard_of,
                  std::uint16_t shard, FallbackCause cause);
    /// What its detectors failed on since the list was last emptied. False: there is more than the
    /// list holds, so that the whole run counts as failed.
    bool note_failures(std::span<const SetAside> all, std::uint64_t failures);

    /// Of one run, both in any order: leaves in `multi_channel` what goes on.
    void select(std::vector<Detection>& multi_channel, std::vector<Detection>& linear,
                const ClockIndex& clocks, std::span<const Record> records, bool comparable);

    // What it has to say.
    bool has_fallen() const { return !to_journal_.empty(); }
    std::vector<PathFallback::Fallen> take_fallen() { return std::exchange(to_journal_, {}); }
    std::vector<PathDifference> take_differences() { return std::exchange(differences_, {}); }
    std::vector<SymbolStatistics> statistics() const;
    const PathCounts& counts() const { return counts_; }
    const ComparisonCounts& comparison() const { return comparison_.counts(); }
    void count_not_rolled_out() { ++counts_.not_rolled_out; }
    StageCounts linear_counts() const;
    /// Detections that no path had to be chosen for: bars, fair values.
    void count_passed(std::uint64_t detections) {
        selection_.in += detections;
        selection_.out += detections;
    }
    const StageCounts& selection() const { return selection_; }
    TickLane& linear() { return linear_; }
    const TickLane& linear() const { return linear_; }

    // State.
    void save_symbol(SymbolId symbol, StateWriter& out) const;
    void load_symbol(SymbolId symbol, StateReader& in);
    void forget_symbol(SymbolId symbol);
    void save_totals(StateWriter& out) const;
    void add_totals(StateReader& in);
    /// Of what fell back only this symbol stays, as `to`: for a pipeline that knows no other.
    void keep_only(SymbolId symbol, SymbolId to);
    void save_control(StateWriter& out) const;
    void load_control(StateReader& in);

private:
    // Of charge_, by symbol: 0 = not looked up yet.
    static constexpr std::uint8_t known = 1;
    static constexpr std::uint8_t chosen = 2;  // by flags and selection
    static constexpr std::uint8_t trips = 4;   // fallen_ has entries of it

    const FeatureFlags& flags() const;
    std::uint8_t charge_of(SymbolId symbol);
    std::uint8_t look_up(SymbolId symbol) const;
    void begin_anew(Sequence at, bool channel_parked);
    void mark_trips(SymbolId symbol);
    template <class Resync>
    void for_each_stale(bool all, Resync resync) {
        if (all) {
            for (std::uint32_t id = 0; id < charge_.size(); ++id) {
                resync(SymbolId{id});
            }
        } else {
            for (const SymbolId symbol : stale_) {
                resync(symbol);
            }
        }
        stale_.clear();
    }
    void compare(std::span<const Detection> multi_channel, std::span<const Detection> linear,
                 const ClockIndex& clocks, std::span<const Record> records);
    void count_failure(FallbackCause cause, std::uint64_t records);
    void fall_back(SymbolId symbol, Sequence from, FallbackCause cause);
    IntegrationSettings settings_;
    const bool linear_only_;
    const SymbolTable& symbols_;
    TickLane linear_;
    PathComparison comparison_;
    std::optional<RolloutChange> change_;
    Sequence parked_from_ = sequence_end;  // the tick channel took all along
    std::vector<std::uint8_t> charge_;     // by SymbolId
    std::multimap<SymbolId, Fallen> fallen_;
    std::vector<SymbolId> stale_;  // their multi-channel state may differ; sorted
    std::vector<PathFallback::Fallen> to_journal_;
    std::vector<PathDifference> differences_;  // bounded; the rest is only counted
    std::vector<PathDifference> found_;        // reused
    SymbolDays days_;
    std::vector<IntakeItem> items_;  // of the run at hand, for the linear path
    std::size_t taken_ = 0;
    std::uint64_t failures_seen_ = 0;
    PathCounts counts_;
    StageCounts linear_counts_;
    StageCounts selection_;
};

}  // namespace tickstock
