#include "engine/pipeline.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "router/data_channel_router.hpp"

namespace tickstock {

Pipeline::Pipeline(const PipelineSettings& settings, const TradingCalendar& calendar,
                   const ConditionTable& conditions, const SymbolTable& symbols)
    : symbols_(symbols),
      intake_(settings.intake, calendar, conditions),
      tick_channel_(settings.channels[0], settings.intake.second_bars_from_feed),
      ohlcv_channel_(settings.channels[1]),
      fmv_channel_(settings.channels[2]),
      tick_lane_(settings),
      bar_lane_(settings),
      value_lane_(settings),
      rules_(settings),
      coordinator_(settings.coordination, symbols) {}

void Pipeline::process(std::span<const Record> run, std::span<const std::uint8_t> mine,
                       std::vector<Event>& out) {
    if (run.empty()) {
        return;
    }
    const ClockIndex clocks(run);
    take_in(run, mine);           // 1. session, conditions, guards, halts; into the channels
    work_lanes(clocks);           // 2. channels give batches, detectors find
    collect_detections();         //    in the one order
    rules_.apply(detections_);    // 3. what the source's rules say
    coordinate(clocks, events_);  // 4. one event a fact, with its id
    priority_.assign(events_);    // 5. class
    hand_out(out);
}

void Pipeline::finish(std::vector<Event>& out) {
    const ClockIndex end({});
    tick_lane_.advance(end);
    collect_detections();
    rules_.apply(detections_);
    coordinate(end, events_);
    priority_.assign(events_);
    hand_out(out);
}

void Pipeline::hand_out(std::vector<Event>& out) {
    source_contexts_.on_events(events_);
    std::move(events_.begin(), events_.end(), std::back_inserter(out));
    events_.clear();
}

void Pipeline::take_in(std::span<const Record> run, std::span<const std::uint8_t> mine) {
    TS_ASSERT(run.size() == mine.size());
    IntakeItem item;
    for (std::size_t i = 0; i < run.size(); ++i) {
        if (mine[i] == 0) {
            continue;
        }
        item.record = &run[i];
        source_contexts_.on_record(run[i].header());
        if (!take_in(item)) {
            source_contexts_.on_rejected(run[i].header());
        }
    }
}

/// False when the record goes no further.
bool Pipeline::take_in(IntakeItem& item) {
    const Record& record = *item.record;
    if (rules_.validates() && !rules_.accepts(record)) {
        intake_.refuse_by_rule();  // no effect at all: not on the last price, nor on guards
        return false;
    }
    if (!intake_.accept(record, item.note)) {
        if (item.note.session_only) {
            tick_channel_.push_session(item);
        }
        return false;
    }
    const ChannelType type = *DataChannelRouter::channel_of(record);
    if (type == ChannelType::Fmv) {
        item.reference = intake_.reference_for(record.fair_value());
    }
    return channel_for(type).push(item);
}

void Pipeline::work_lanes(const ClockIndex& clocks) {
    // Tick before ohlcv before fmv; the run's end is the tail, so every batch closes.
    constexpr bool at_tail = true;
    for (auto batch = tick_channel_.next_batch(at_tail); !batch.empty();
         batch = tick_channel_.next_batch(at_tail)) {
        tick_lane_.work(batch, clocks);
    }
    tick_lane_.advance(clocks);
    for (auto batch = ohlcv_channel_.next_batch(at_tail); !batch.empty();
         batch = ohlcv_channel_.next_batch(at_tail)) {
        bar_lane_.work(batch);
    }
    for (auto batch = fmv_channel_.next_batch(at_tail); !batch.empty();
         batch = fmv_channel_.next_batch(at_tail)) {
        value_lane_.work(batch);
    }
}

void Pipeline::collect_detections() {
    const auto take = [&](ChannelType type, std::vector<Detection>& found) {
        detections_by_channel_[static_cast<std::size_t>(type)] += found.size();
        std::move(found.begin(), found.end(), std::back_inserter(detections_));
        found.clear();
    };
    take(ChannelType::Tick, tick_lane_.detections());
    take(ChannelType::Ohlcv, bar_lane_.detections());
    take(ChannelType::Fmv, value_lane_.detections());
    std::stable_sort(detections_.begin(), detections_.end(),
                     [&](const Detection& a, const Detection& b) {
                         return comes_before(a.key, a.symbol, b.key, b.symbol, symbols_);
                     });
}

void Pipeline::coordinate(const ClockIndex& clocks, std::vector<Event>& out) {
    const std::size_t first = out.size();
    for (Detection& detection : detections_) {
        coordinator_.advance(detection.key.fire, clocks, out);
        coordinator_.add(std::move(detection), out);
    }
    detections_.clear();
    coordinator_.advance(clocks.through(), clocks, out);
    // Events of window ends stand before records of the same instant.
    std::stable_sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
                     [&](const Event& a, const Event& b) {
                         return comes_before(a.detection.key, a.detection.symbol, b.detection.key,
                                             b.detection.symbol, symbols_);
                     });
}

ProcessingChannel& Pipeline::channel_for(ChannelType type) {
    return const_cast<ProcessingChannel&>(std::as_const(*this).channel(type));
}

const ProcessingChannel& Pipeline::channel(ChannelType type) const {
    switch (type) {
        case ChannelType::Tick: return tick_channel_;
        case ChannelType::Ohlcv: return ohlcv_channel_;
        case ChannelType::Fmv: return fmv_channel_;
    }
    TS_ASSERT(false);
}

Accounting Pipeline::accounting() const {
    Accounting accounting;
    accounting.intake = intake_.counts();
    for (const ChannelType type : {ChannelType::Tick, ChannelType::Ohlcv, ChannelType::Fmv}) {
        accounting.channels[static_cast<std::size_t>(type)] = channel(type).counts();
    }
    accounting.detectors = tick_lane_.counts();
    accounting.detectors += bar_lane_.counts();
    accounting.detectors += value_lane_.counts();
    accounting.rules = rules_.counts();
    accounting.coordination = coordinator_.counts();
    accounting.priority = priority_.counts();
    return accounting;
}

void Pipeline::add_rule_activity(std::span<RuleActivity> by_rule) const {
    rules_.add_rule_activity(by_rule);
    tick_lane_.add_rule_activity(by_rule);
}

}  // namespace tickstock
