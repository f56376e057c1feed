#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/state_archive.hpp"
#include "channels/parked_items.hpp"
#include "channels/processing_channel.hpp"
#include "channels/spill_store.hpp"
#include "config/config.hpp"
#include "coordination/multi_source_coordinator.hpp"
#include "engine/bar_and_value_lanes.hpp"
#include "engine/extensions.hpp"
#include "engine/market_data_service_integrator.hpp"
#include "engine/run.hpp"
#include "engine/set_aside.hpp"
#include "engine/skip_set.hpp"
#include "engine/tick_lane.hpp"
#include "intake/intake.hpp"
#include "model/accounting.hpp"
#include "model/decision.hpp"
#include "model/event.hpp"
#include "model/symbol.hpp"
#include "priority/priority_manager.hpp"
#include "rules/source_context_manager.hpp"
#include "rules/source_specific_rules_engine.hpp"

namespace tickstock {

/// Told when a path begins and ends with a run's trades, to measure it: the pipeline has no clock.
class PathWatch {
public:
    virtual ~PathWatch() = default;
    virtual void begins(ProcessingPath path) = 0;
    virtual void ends(ProcessingPath path) = 0;
};

/// The whole market logic of one shard: runs of the one order in, events out, in key order. Plain
/// code: no thread, no socket, no file, no clock but the records' own (`now` only decides when a
/// batch is closed). What comes out depends on the entries, their clocks and the settings alone,
/// however they are cut into runs and whatever lane is worked first.
class Pipeline {
public:
    struct Parts {
        const PipelineSettings& settings;
        const TradingCalendar& calendar;  ///< outlives this
        const ConditionTable& conditions;
        const SymbolTable& symbols;  ///< outlives this
        std::uint16_t shard = 0;     ///< its number in Run::shard_of
        const PipelineExtensions* extensions = nullptr;
        CircuitSettings circuit = {};  ///< of the channels
        /// Where paused lanes put what memory shall not hold; null = memory.
        std::array<SpillStore*, channel_type_count> spill{};
        PathComparison::Settings comparison = {};
    };
    explicit Pipeline(const Parts& parts);

    /// Takes the next run in: intake in sequence order, then the tick lane works what is its own;
    /// bars and fair values wait in their channels. A decision first lets all lanes finish what
    /// came before it, then takes effect. `run` stays shared until its events are out.
    void take_in(RunPtr run, Nanos now = Nanos{0});

    /// Works one batch of each of the lower lanes, ohlcv before fmv. `at_tail` closes every batch.
    /// False when no batch is closed.
    bool work(bool at_tail, Nanos now = Nanos{0});

    /// Appends the events that are now final, in key order.
    void collect(std::vector<Event>& out);

    /// take_in, all of the work, collect.
    void process(RunPtr run, std::vector<Event>& out);

    /// A channel's status, rule, universe or shed level without its events: before a start takes
    /// records in, or where nothing waits.
    void apply_control(const Decision& decision);
    void set_status(ChannelType type, ChannelStatus status) { channel(type).set_status(status); }

    /// The settings that act now, those of how the work is done as of the last set_work().
    const PipelineSettings& settings() const { return settings_; }
    /// Of the settings that act; empty = those that it was made with, without a running engine.
    const std::string& configuration() const { return configuration_; }
    /// What a ConfigurationChange does. `text` is configuration_text()'s.
    void reconfigure(const PipelineSettings& settings, std::string text);
    /// How the work is done (queues, batches, time-outs), at once: it never changes what comes out.
    /// The rest of `settings` is not looked at.
    void set_work(const PipelineSettings& settings);
    /// ConfigurationChange decisions up to this sequence do not act: a start that came later had
    /// settings of its own. sequence_end = none acts.
    void ignore_changes_through(Sequence sequence) { changes_ignored_through_ = sequence; }
    Sequence changes_ignored_through() const { return changes_ignored_through_; }

    /// The end of an epoch's input: every open deadline fires, in order, as part of the entry `as`
    /// (sequence_end when there is none). Lanes that are paused stay silent.
    void finish(Sequence as, std::vector<Event>& out);

    /// All entries up to here are worked and their events were collected.
    Sequence done_through() const { return done_through_; }

    /// Everything up to here is none of this pipeline's business: it is fresh, or was loaded.
    void begin_after(Sequence last) { done_through_ = last; }

    // The integrator (SPEC 15); null = not installed.
    MarketDataServiceIntegrator* integrator() { return integrator_.get(); }
    const MarketDataServiceIntegrator* integrator() const { return integrator_.get(); }
    /// Outlives the pipeline, or is taken back by null.
    void set_watch(PathWatch* watch) { watch_ = watch; }
    /// A later decision says that these fall back: before their entries are taken in.
    void expect(const PathFallback& fallback, Sequence decision) {
        if (integrator_ != nullptr) {
            integrator_->expect(fallback, decision);
        }
    }
    /// The multi-channel path took too long for the run that was taken in last.
    void time_out(const Run& run) {
        integrator_->fail_run(run.records, run.shard_of, shard_, FallbackCause::Timeout);
    }

    /// Records that will never be worked by their lane: not taken in yet, or parked.
    void skip(const SkipRecords& skipped);
    /// What `old` was told to skip and has not met.
    void take_skips_of(const Pipeline& old) { skips_ = old.skips_; }
    /// Parked records that skip() would take first; as many of `count` as memory holds.
    std::vector<Sequence> oldest_parked(ChannelType type, std::uint64_t count) const {
        return parked_[index(type)].oldest(count);
    }

    /// The earliest open deadline; time_never when there is none.
    UnixNanos next_deadline() const;

    /// Calls `use` with each symbol that deadlines up to `through` may change; some come more than
    /// once.
    template <class Use>
    void for_each_due(UnixNanos through, Use use) const {
        if (works_multi_channel()) {
            tick_lane_.for_each_due(through, use);
        }
        if (integrator_ != nullptr) {
            integrator_->linear().for_each_due(through, use);
        }
        coordinator_.for_each_due(through, use);
    }

    /// The shard's ledgers (intake … priority).
    Accounting accounting() const;

    ChannelStatus status(ChannelType type) const { return channel(type).status(); }
    /// Admitted to the channel and not worked yet, parked ones included.
    std::uint64_t waiting(ChannelType type) const { return channel(type).counts().held; }
    std::uint64_t parked(ChannelType type) const { return parked_[index(type)].records(); }
    /// A paused lane has lost what it kept: the process must stop. Empty = it has not.
    std::string parking_failure() const;
    const Intake& intake() const { return intake_; }
    const TickLane& tick_lane() const { return tick_lane_; }
    const ValueLane& value_lane() const { return value_lane_; }
    const MultiSourceCoordinator& coordinator() const { return coordinator_; }
    const PriorityManager& priority() const { return priority_; }
    LoserLog& losers() { return coordinator_.losers(); }
    const SourceContextManager& source_contexts() const { return source_contexts_; }
    /// Adds what user rules did in this shard; `by_rule` is by place in RuleSettings::user.
    void add_rule_activity(std::span<RuleActivity> by_rule) const;
    const ProcessingChannel& channel(ChannelType type) const;
    ProcessingChannel& channel(ChannelType type) {
        return const_cast<ProcessingChannel&>(std::as_const(*this).channel(type));
    }
    /// Detections by lane, for the channels' statistics.
    std::uint64_t detections(ChannelType type) const { return detections_[index(type)]; }
    /// Rules that a person has switched, with how they stand.
    const std::map<std::string, bool>& switched_rules() const { return switched_rules_; }
    /// What detectors failed on since the last call.
    std::vector<SetAside> take_set_aside();

    // State to bytes and back. REQUIRES: nothing is half done (done_through is the last entry taken
    // in); loading goes into a fresh pipeline.
    void save_symbol(SymbolId symbol, StateWriter& out) const;
    void load_symbol(SymbolId symbol, StateReader& in);
    /// As if it had never been seen here. REQUIRES: no lane is parked.
    void forget_symbol(SymbolId symbol);
    /// Counters; several shards' may be added into one.
    void save_totals(StateWriter& out) const;
    void add_totals(StateReader& in);
    /// What is the same in all shards: pauses, rules that are off, universes, shed level, changed
    /// settings.
    void save_control(StateWriter& out) const;
    void load_control(StateReader& in);
    /// What paused lanes keep.
    void save_parked(StateWriter& out) const;
    using AllParked = std::array<std::vector<ParkedItem>, channel_type_count>;
    /// Appends what save_parked() of one shard wrote, by channel. False: it is none of that.
    static bool read_parked(std::string_view saved, AllParked& out);
    /// REQUIRES: items of a channel come in the order of their sequences.
    void load_parked(ChannelType type, const ParkedItem& item);

private:
    /// A run whose events are not out yet.
    struct OpenRun {
        RunPtr run;
        std::vector<Detection> detections;  // in no order yet
        // With the integrator, of trades, until one of them is chosen.
        std::vector<Detection> multi_channel;
        std::vector<Detection> linear;
        bool comparable = true;   // both paths worked the same entries
        std::size_t waiting = 0;  // records of it in the lower lanes' channels
        Record made;              // of a decision that is told as a record
    };

    static constexpr std::size_t index(ChannelType type) { return static_cast<std::size_t>(type); }
    static ClockIndex clocks_of(const Run& run);

    bool is_parked(ChannelType type) const {
        return status(type) == ChannelStatus::Paused || status(type) == ChannelStatus::Error;
    }
    /// The tick lane gets records and deadlines.
    bool works_multi_channel() const {
        return integrator_ == nullptr || integrator_->runs_multi_channel();
    }
    void take_in_records(OpenRun& open, Nanos now);
    bool take_in(const Record& record, OpenRun& open, Nanos now);
    bool goes_to_channel(const IntakeItem& item, ChannelType type);
    void work_tick(OpenRun& open, Nanos now);
    bool work_batch(ChannelType type, bool at_tail, Nanos now);
    void work_waiting(Nanos now);
    void work_tick_batch(std::span<const IntakeItem> batch, const ClockIndex& clocks);
    void work_linear(OpenRun& open, const ClockIndex& clocks);
    void select(OpenRun& open, const ClockIndex& clocks);
    void resync(SymbolId symbol);
    void settle();

    // Decisions.
    void apply(const Decision& decision, OpenRun& open, Nanos now);
    void switch_rule(const std::string& rule, bool on);
    void change_channel(const ChannelChange& change, const Decision& decision, OpenRun& open,
                        Nanos now);
    void work_parked(ChannelType type, const Decision& decision, OpenRun& open, Nanos now);
    void halt(const ManualHalt& halt, const Decision& decision, OpenRun& open, Nanos now);
    void restore(const RestoreSessions& restored, const OpenRun& open);
    void tell_gap(const SourceGap& gap, const Decision& decision, OpenRun& open);

    void take_detections(ChannelType type, OpenRun& open);
    void coordinate(std::vector<Detection>& detections, const ClockIndex& clocks);
    std::vector<Detection>& lane_detections(ChannelType type);

    PipelineSettings settings_;
    std::string configuration_;
    Sequence changes_ignored_through_;
    const SymbolTable& symbols_;
    const std::uint16_t shard_;
    const TradingCalendar& calendar_;

    // The stages, in the data's order.
    Intake intake_;
    TickChannel tick_channel_;
    OHLCVChannel ohlcv_channel_;
    FMVChannel fmv_channel_;
    TickLane tick_lane_;
    BarLane bar_lane_;
    ValueLane value_lane_;
    SourceSpecificRulesEngine rules_;
    MultiSourceCoordinator coordinator_;
    PriorityManager priority_;
    SourceContextManager source_contexts_;                     // beside them: statistics
    std::unique_ptr<MarketDataServiceIntegrator> integrator_;  // the linear path; null = none
    PathWatch* watch_ = nullptr;
    MultiChannelTap* const tap_;
    std::vector<IntakeItem> tapped_;  // reused

    std::array<ParkedItems, channel_type_count> parked_;  // of lanes that are paused or in error
    SkipSet skips_;
    std::map<std::string, bool> switched_rules_;  // by a person; state of all shards
    Sequence done_through_;

    std::deque<OpenRun> open_;       // oldest first
    std::vector<OpenRun> spare_;     // their memory, reused
    std::vector<Event> run_events_;  // of the run at hand
    std::vector<Event> events_;      // final, not collected yet
    std::array<std::uint64_t, channel_type_count> detections_{};
};

}  // namespace tickstock
