#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "engine/configuration_text.hpp"
#include "engine/pipeline.hpp"

namespace tickstock {
namespace {

std::array<char, 15> reason_of(const std::string& text) {
    std::array<char, 15> reason{};
    std::copy_n(text.begin(), std::min(text.size(), reason.size()), reason.begin());
    return reason;
}

}  // namespace

/// What holds for all symbols; everything before it is done.
void Pipeline::apply_control(const Decision& decision) {
    if (const auto* change = std::get_if<ChannelChange>(&decision.action)) {
        set_status(change->channel, change->to);
    } else if (const auto* shed = std::get_if<ShedChange>(&decision.action)) {
        priority_.forget_before(decision.sequence);
        priority_.apply(*shed, decision.sequence);
    } else if (const auto* universe = std::get_if<UniverseChange>(&decision.action)) {
        priority_.forget_before(decision.sequence);
        priority_.apply(*universe, decision.sequence);
    } else if (const auto* rule = std::get_if<RuleSwitch>(&decision.action)) {
        switched_rules_[rule->rule] = rule->on;
        switch_rule(rule->rule, rule->on);
    } else if (const auto* rollout = std::get_if<RolloutChange>(&decision.action)) {
        if (integrator_) {
            integrator_->apply(*rollout, decision.sequence, is_parked(ChannelType::Tick),
                               [this](SymbolId symbol) { resync(symbol); });
        }
    } else if (const auto* fallback = std::get_if<PathFallback>(&decision.action)) {
        if (integrator_) {
            integrator_->apply(*fallback, decision.sequence);
        }
    } else if (const auto* configuration = std::get_if<ConfigurationChange>(&decision.action)) {
        if (decision.by != ConfigurationChange::by_start &&
            decision.sequence > changes_ignored_through_) {
            reconfigure(settings_of(configuration->text, settings_), configuration->text);
        }
    }
}

/// What an epoch's begin, placements and circuits do lies outside of a pipeline.
void Pipeline::apply(const Decision& decision, OpenRun& open, Nanos now) {
    if (const auto* change = std::get_if<ChannelChange>(&decision.action)) {
        change_channel(*change, decision, open, now);
    } else if (const auto* manual = std::get_if<ManualHalt>(&decision.action)) {
        halt(*manual, decision, open, now);
    } else if (const auto* gap = std::get_if<SourceGap>(&decision.action)) {
        tell_gap(*gap, decision, open);
    } else if (const auto* restored = std::get_if<RestoreSessions>(&decision.action)) {
        restore(*restored, open);
    } else {
        apply_control(decision);
    }
}

void Pipeline::switch_rule(const std::string& rule, bool on) {
    rules_.switch_rule(rule, on);
    if (integrator_) {
        integrator_->switch_rule(rule, on);
    }
    tick_lane_.switch_rule(rule, on);
}

void Pipeline::change_channel(const ChannelChange& change, const Decision& decision, OpenRun& open,
                              Nanos now) {
    const bool was_parked = is_parked(change.channel);
    channel(change.channel).set_status(change.to, now);
    if (change.channel == ChannelType::Tick && integrator_ && !was_parked &&
        is_parked(ChannelType::Tick)) {
        integrator_->channel_parked(decision.sequence);
    }
    if (was_parked && !is_parked(change.channel)) {
        work_parked(change.channel, decision, open, now);
    }
}

/// A lane returns: what waited is worked in order, with its own clocks and sequences for the
/// detectors; in the one order all of it stands at the return (SPEC 6).
void Pipeline::work_parked(ChannelType type, const Decision& decision, OpenRun& open, Nanos now) {
    const ClockIndex at_return(decision.sequence, decision.clock);
    constexpr bool at_tail = true;
    for (auto batch = channel(type).next_batch(at_tail, now); !batch.empty();
         batch = channel(type).next_batch(at_tail, now)) {
        switch (type) {
            case ChannelType::Tick: tick_lane_.work(batch, at_return); break;
            case ChannelType::Ohlcv: bar_lane_.work(batch); break;
            case ChannelType::Fmv: value_lane_.work(batch); break;
        }
    }
    if (type == ChannelType::Tick) {
        tick_lane_.advance(at_return);
    }
    open.comparable = type != ChannelType::Tick;
    std::vector<Detection>& found_all =
        type == ChannelType::Tick && integrator_ ? open.multi_channel : open.detections;
    const std::size_t first = found_all.size();
    take_detections(type, open);
    for (std::size_t i = first; i < found_all.size(); ++i) {
        OrderKey& key = found_all[i].key;
        key.fire = decision.clock;
        key.sequence = decision.sequence;
        key.phase = 1;
        key.k = static_cast<std::uint32_t>(i - first);
        Detection& found = found_all[i];
        if (found.context.sequence == sequence_end) {  // of a deadline
            found.context.sequence = decision.sequence;
        }
    }
}

/// A person's halt acts as a status of the exchange does.
void Pipeline::halt(const ManualHalt& halt, const Decision& decision, OpenRun& open, Nanos now) {
    if (open.run->shard_of.empty() || open.run->shard_of.front() != shard_) {
        return;
    }
    TradingStatus status;
    status.header.symbol = halt.symbol;
    status.header.sequence = decision.sequence;
    status.header.clock = decision.clock;
    status.header.ts_event = decision.clock;
    status.header.ts_recv = decision.clock;
    status.action = halt.halted ? TradingStatus::Action::Halt : TradingStatus::Action::Resume;
    status.reason = reason_of(halt.reason);
    open.made = Record(status);
    take_in(open.made, open, now);
}

void Pipeline::restore(const RestoreSessions& restored, const OpenRun& open) {
    for (std::size_t i = 0; i < restored.sessions.size(); ++i) {
        if (open.run->shard_of[i] == shard_) {
            const SessionRestore& session = restored.sessions[i];
            const SessionSpan span = calendar_.span_at(session.last);
            tick_lane_.restore(session, span);
            if (integrator_) {
                integrator_->linear().restore(session, span);
            }
        }
    }
}

/// About the whole feed: one shard tells it.
void Pipeline::tell_gap(const SourceGap& gap, const Decision& decision, OpenRun& open) {
    if (open.run->shard_of.empty() || open.run->shard_of.front() != shard_) {
        return;
    }
    Detection detection;
    detection.key = {decision.clock, decision.sequence, 1, EventRank::Control, 0};
    detection.symbol = symbol_none;
    detection.type = EventType::Control;
    detection.ts = decision.clock;
    detection.session = TradingSession::Closed;
    detection.context.source = gap.source;
    ControlData data;
    data.kind = gap.recovered ? ControlData::Kind::SourceRecovered : ControlData::Kind::SourceGap;
    data.reason = reason_of(gap.reason);
    data.from = gap.from;
    data.to = gap.to;
    detection.data = data;
    open.detections.push_back(std::move(detection));
}

}  // namespace tickstock
