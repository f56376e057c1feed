#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "channels/processing_channel.hpp"
#include "config/config.hpp"
#include "coordination/multi_source_coordinator.hpp"
#include "engine/bar_and_value_lanes.hpp"
#include "engine/tick_lane.hpp"
#include "intake/intake.hpp"
#include "model/accounting.hpp"
#include "model/event.hpp"
#include "model/symbol.hpp"
#include "priority/priority_manager.hpp"
#include "rules/source_context_manager.hpp"
#include "rules/source_specific_rules_engine.hpp"

namespace tickstock {

/// The whole market logic of one shard: admitted records in, events out, in key order. Plain code:
/// no thread, no socket, no file, no clock but the records' own. What comes out depends on the
/// records, their clocks and the settings alone, however the records are cut into runs.
class Pipeline {
public:
    /// `symbols` and `calendar` must outlive this.
    Pipeline(const PipelineSettings& settings, const TradingCalendar& calendar,
             const ConditionTable& conditions, const SymbolTable& symbols);

    /// One run of admitted records, in sequence order. `mine[i]` = record i is this shard's; the
    /// others only tell the time. Appends the events that are now final, in key order. The records
    /// must live during the call.
    void process(std::span<const Record> run, std::span<const std::uint8_t> mine,
                 std::vector<Event>& out);

    /// End of input: every open deadline fires, in order.
    void finish(std::vector<Event>& out);

    /// The earliest open deadline; time_never when there is none.
    UnixNanos next_deadline() const {
        return std::min(tick_lane_.next_deadline(), coordinator_.next_deadline());
    }

    /// The shard's ledgers (intake, channels, coordination, priority).
    Accounting accounting() const;

    const Intake& intake() const { return intake_; }
    const TickLane& tick_lane() const { return tick_lane_; }
    const MultiSourceCoordinator& coordinator() const { return coordinator_; }
    LoserLog& losers() { return coordinator_.losers(); }
    const SourceContextManager& source_contexts() const { return source_contexts_; }
    /// Adds what user rules did in this shard; `by_rule` is by place in RuleSettings::user.
    void add_rule_activity(std::span<RuleActivity> by_rule) const;
    const ProcessingChannel& channel(ChannelType type) const;
    /// Detections by lane, for the channels' statistics.
    std::uint64_t detections(ChannelType type) const {
        return detections_by_channel_[static_cast<std::size_t>(type)];
    }

private:
    void take_in(std::span<const Record> run, std::span<const std::uint8_t> mine);
    void work_lanes(const ClockIndex& clocks);
    void collect_detections();
    bool take_in(IntakeItem& item);
    void coordinate(const ClockIndex& clocks, std::vector<Event>& out);
    void hand_out(std::vector<Event>& out);
    ProcessingChannel& channel_for(ChannelType type);

    const SymbolTable& symbols_;

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
    SourceContextManager source_contexts_;  // beside them: statistics

    // Of the run at hand.
    std::vector<Detection> detections_;
    std::vector<Event> events_;
    std::array<std::uint64_t, channel_type_count> detections_by_channel_{};
};

}  // namespace tickstock
