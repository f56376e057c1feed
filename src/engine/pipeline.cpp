#include "engine/pipeline.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "router/data_channel_router.hpp"

namespace tickstock {
namespace {

constexpr std::array all_channels{ChannelType::Tick, ChannelType::Ohlcv, ChannelType::Fmv};

}  // namespace

Pipeline::Pipeline(const Parts& parts)
    : symbols_(parts.symbols),
      shard_(parts.shard),
      intake_(parts.settings.intake, parts.calendar, parts.conditions),
      tick_channel_(parts.settings.channels[0], parts.settings.intake.second_bars_from_feed,
                    parts.circuit),
      ohlcv_channel_(parts.settings.channels[1], parts.circuit),
      fmv_channel_(parts.settings.channels[2], parts.circuit),
      tick_lane_(parts.settings, parts.extensions),
      bar_lane_(parts.settings),
      value_lane_(parts.settings),
      rules_(parts.settings),
      coordinator_(parts.settings.coordination, parts.symbols),
      priority_(parts.symbols, parts.settings.priority),
      parked_{ParkedItems(parts.spill[0]), ParkedItems(parts.spill[1]),
              ParkedItems(parts.spill[2])} {
    for (const ChannelType type : all_channels) {
        channel(type).park_in(parked_[index(type)]);
        channel(type).initialize();
    }
}

ClockIndex Pipeline::clocks_of(const Run& run) {
    return run.decision ? ClockIndex(run.decision->sequence, run.decision->clock)
                        : ClockIndex(run.records);
}

void Pipeline::process(RunPtr run, std::vector<Event>& out) {
    take_in(std::move(run));
    work_waiting(Nanos{0});
    collect(out);
}

void Pipeline::take_in(RunPtr run, Nanos now) {
    if (run->decision) {
        work_waiting(now);  // what came before a decision does not see it
        settle();
    }
    if (spare_.empty()) {
        open_.emplace_back();
    } else {
        open_.push_back(std::move(spare_.back()));
        spare_.pop_back();
    }
    OpenRun& open = open_.back();
    open.run = std::move(run);
    if (open.run->decision) {
        apply(*open.run->decision, open, now);
    } else {
        take_in_records(open, now);
    }
    work_tick(open, now);
}

void Pipeline::take_in_records(OpenRun& open, Nanos now) {
    const Run& run = *open.run;
    TS_ASSERT(run.records.size() == run.shard_of.size());
    for (std::size_t i = 0; i < run.records.size(); ++i) {
        if (run.shard_of[i] == shard_) {
            source_contexts_.on_record(run.records[i].header());
            if (!take_in(run.records[i], open, now)) {
                source_contexts_.on_rejected(run.records[i].header());
            }
        }
    }
}

/// False when the record goes no further.
bool Pipeline::take_in(const Record& record, OpenRun& open, Nanos now) {
    if (rules_.validates() && !rules_.accepts(record)) {
        intake_.refuse_by_rule();  // no effect at all: not on the last price, nor on guards
        return false;
    }
    IntakeItem item;
    item.record = &record;
    if (!intake_.accept(record, item.note)) {
        if (item.note.session_only) {
            tick_channel_.push_session(item, now);
        }
        return false;
    }
    const ChannelType type = *DataChannelRouter::channel_of(record);
    if (type == ChannelType::Fmv) {
        item.reference = intake_.reference_for(record.fair_value());
    }
    const bool skipped = !skips_.empty() && skips_.take(record.header().sequence);
    const bool taken = channel(type).push(item, now, skipped);
    if (taken && type != ChannelType::Tick && !is_parked(type)) {
        ++open.waiting;
    }
    return taken;
}

void Pipeline::work_tick(OpenRun& open, Nanos now) {
    if (is_parked(ChannelType::Tick)) {
        return;  // counts as done; its deadlines wait too
    }
    const ClockIndex clocks = clocks_of(*open.run);
    constexpr bool at_tail = true;  // immediate
    for (auto batch = tick_channel_.next_batch(at_tail, now); !batch.empty();
         batch = tick_channel_.next_batch(at_tail, now)) {
        tick_lane_.work(batch, clocks);
    }
    tick_lane_.advance(clocks);
    take_detections(ChannelType::Tick, open);
}

bool Pipeline::work(bool at_tail, Nanos now) {
    const bool bars = work_batch(ChannelType::Ohlcv, at_tail, now);
    const bool values = work_batch(ChannelType::Fmv, at_tail, now);
    return bars || values;
}

bool Pipeline::work_batch(ChannelType type, bool at_tail, Nanos now) {
    if (is_parked(type)) {
        return false;
    }
    const auto batch = channel(type).next_batch(at_tail, now);
    if (batch.empty()) {
        return false;
    }
    if (type == ChannelType::Ohlcv) {
        bar_lane_.work(batch);
    } else {
        value_lane_.work(batch);
    }
    // Each find belongs to its record's run. Both come in the order of sequences.
    std::vector<Detection>& found = lane_detections(type);
    detections_[index(type)] += found.size();
    auto open = open_.begin();
    auto next = found.begin();
    for (const IntakeItem& item : batch) {
        const Sequence sequence = item.record->header().sequence;
        while (open->run->last() < sequence) {
            ++open;
        }
        --open->waiting;
        for (; next != found.end() && next->key.sequence <= sequence; ++next) {
            open->detections.push_back(std::move(*next));
        }
    }
    TS_ASSERT(next == found.end());
    found.clear();
    return true;
}

void Pipeline::work_waiting(Nanos now) {
    while (work(true, now)) {
    }
}

/// Events of all runs that are done are made; they wait for collect().
void Pipeline::settle() {
    while (!open_.empty() && open_.front().waiting == 0) {
        OpenRun& open = open_.front();
        coordinate(open.detections, clocks_of(*open.run));
        done_through_ = open.run->last();
        skips_.forget_through(done_through_);
        open.run.reset();
        spare_.push_back(std::move(open));
        open_.pop_front();
    }
}

void Pipeline::collect(std::vector<Event>& out) {
    settle();
    source_contexts_.on_events(events_);
    std::move(events_.begin(), events_.end(), std::back_inserter(out));
    events_.clear();
}

void Pipeline::skip(const SkipRecords& skipped) {
    const std::vector<Sequence> oldest =
        parked_[index(skipped.channel)].oldest(skipped.sequences.size());
    std::size_t first = 0;
    while (first < oldest.size() && oldest[first] == skipped.sequences[first]) {
        ++first;
    }
    if (first > 0) {
        channel(skipped.channel).skip_parked(first);
    }
    SkipRecords later{skipped.channel, {}};
    later.sequences.assign(skipped.sequences.begin() + static_cast<std::ptrdiff_t>(first),
                           skipped.sequences.end());
    skips_.add(later);
}

void Pipeline::finish(Sequence as, std::vector<Event>& out) {
    work_waiting(Nanos{0});
    settle();
    TS_ASSERT(open_.empty());
    const ClockIndex end = ClockIndex::end_at(as);
    OpenRun rest;
    if (!is_parked(ChannelType::Tick)) {
        tick_lane_.advance(end);
        take_detections(ChannelType::Tick, rest);
    }
    coordinate(rest.detections, end);
    collect(out);
    for (const ChannelType type : all_channels) {  // nobody will ask for these any more
        channel(type).skip_parked(parked_[index(type)].records());
        parked_[index(type)].clear();
    }
}

/// What the source's rules say, one event a fact with its id, the class: in the one order.
void Pipeline::coordinate(std::vector<Detection>& detections, const ClockIndex& clocks) {
    const auto detection_before = [this](const Detection& a, const Detection& b) {
        return comes_before(a.key, a.symbol, b.key, b.symbol, symbols_);
    };
    std::stable_sort(detections.begin(), detections.end(), detection_before);
    rules_.apply(detections);
    run_events_.clear();
    for (Detection& detection : detections) {
        coordinator_.advance(detection.key.fire, clocks, run_events_);
        coordinator_.add(std::move(detection), run_events_);
    }
    detections.clear();
    coordinator_.advance(clocks.through(), clocks, run_events_);
    // Events of window ends stand before records of the same instant.
    std::stable_sort(run_events_.begin(), run_events_.end(), [&](const Event& a, const Event& b) {
        return detection_before(a.detection, b.detection);
    });
    priority_.assign(run_events_);
    std::move(run_events_.begin(), run_events_.end(), std::back_inserter(events_));
}

std::vector<Detection>& Pipeline::lane_detections(ChannelType type) {
    switch (type) {
        case ChannelType::Tick: return tick_lane_.detections();
        case ChannelType::Ohlcv: return bar_lane_.detections();
        case ChannelType::Fmv: return value_lane_.detections();
    }
    TS_ASSERT(false);
}

void Pipeline::take_detections(ChannelType type, OpenRun& open) {
    std::vector<Detection>& found = lane_detections(type);
    detections_[index(type)] += found.size();
    std::move(found.begin(), found.end(), std::back_inserter(open.detections));
    found.clear();
}

UnixNanos Pipeline::next_deadline() const {
    const UnixNanos lane = is_parked(ChannelType::Tick) ? time_never : tick_lane_.next_deadline();
    return std::min(lane, coordinator_.next_deadline());
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
    for (const ChannelType type : all_channels) {
        accounting.channels[index(type)] = channel(type).counts();
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

std::string Pipeline::parking_failure() const {
    for (const ParkedItems& parked : parked_) {
        if (!parked.failure().empty()) {
            return parked.failure();
        }
    }
    return {};
}

std::vector<SetAside> Pipeline::take_set_aside() {
    std::vector<SetAside> all;
    for (auto* list : {&tick_lane_.set_aside(), &bar_lane_.set_aside(), &value_lane_.set_aside()}) {
        std::move(list->begin(), list->end(), std::back_inserter(all));
        list->clear();
    }
    return all;
}

}  // namespace tickstock
