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
    : settings_(parts.settings),
      symbols_(parts.symbols),
      shard_(parts.shard),
      calendar_(parts.calendar),
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
      tap_(parts.extensions == nullptr ? nullptr : parts.extensions->tap.get()),
      parked_{ParkedItems(parts.spill[0]), ParkedItems(parts.spill[1]),
              ParkedItems(parts.spill[2])} {
    if (settings_.integration.installed) {
        integrator_ =
            std::make_unique<MarketDataServiceIntegrator>(settings_, parts.extensions, symbols_);
        integrator_->set_comparison(parts.comparison);
    }
    for (const ChannelType type : all_channels) {
        channel(type).park_in(parked_[index(type)]);
        channel(type).initialize();
    }
}

void Pipeline::reconfigure(const PipelineSettings& settings, std::string text) {
    settings_ = settings;
    configuration_ = std::move(text);
    intake_.reconfigure(settings_.intake);
    for (const ChannelType type : all_channels) {
        channel(type).reconfigure(settings_.channels[index(type)]);
    }
    tick_lane_.reconfigure(settings_);
    if (integrator_) {
        integrator_->reconfigure(settings_);
    }
    for (const auto& [rule, on] : switched_rules_) {
        switch_rule(rule, on);
    }
    bar_lane_.reconfigure(settings_);
    value_lane_.reconfigure(settings_);
    rules_.reconfigure(settings_);
    coordinator_.reconfigure(settings_.coordination);
}

void Pipeline::set_work(const PipelineSettings& settings) {
    for (const ChannelType type : all_channels) {
        ChannelSettings& mine = settings_.channels[index(type)];
        const bool enabled = mine.enabled;
        mine = settings.channels[index(type)];
        mine.enabled = enabled;
        channel(type).reconfigure(mine);
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
            if (works_multi_channel()) {
                tick_channel_.push_session(item, now);
            }
            if (integrator_) {
                integrator_->take_session(item);
            }
        }
        return false;
    }
    const ChannelType type = *DataChannelRouter::channel_of(record);
    if (integrator_ && !goes_to_channel(item, type)) {
        channel(type).pass_by();
        return type == ChannelType::Tick;
    }
    if (type == ChannelType::Fmv) {
        item.reference = intake_.reference_for(record.fair_value());
    }
    const bool skipped = !skips_.empty() && skips_.take(record.header().sequence);
    // A quote, or a trade that updates nothing, is not missed.
    if (skipped && record.kind() == RecordKind::Trade && integrator_ &&
        !tick_channel_.why_useless(item)) {
        integrator_->fail(record.header().symbol, record.header().sequence, FallbackCause::Skipped);
    }
    const bool taken = channel(type).push(item, now, skipped);
    if (taken && type != ChannelType::Tick && !is_parked(type)) {
        ++open.waiting;
    }
    return taken;
}

void Pipeline::work_tick(OpenRun& open, Nanos now) {
    const ClockIndex clocks = clocks_of(*open.run);
    if (integrator_) {
        work_linear(open, clocks);
    }
    if (is_parked(ChannelType::Tick) || !works_multi_channel()) {
        open.comparable = false;
        return;  // counts as done; its deadlines wait too
    }
    if (watch_ != nullptr && integrator_) {
        watch_->begins(ProcessingPath::MultiChannel);
    }
    constexpr bool at_tail = true;  // immediate
    for (auto batch = tick_channel_.next_batch(at_tail, now); !batch.empty();
         batch = tick_channel_.next_batch(at_tail, now)) {
        work_tick_batch(batch, clocks);
    }
    tick_lane_.advance(clocks);
    if (watch_ != nullptr && integrator_) {
        watch_->ends(ProcessingPath::MultiChannel);
    }
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
        const ClockIndex clocks = clocks_of(*open.run);
        if (integrator_) {
            select(open, clocks);
        }
        coordinate(open.detections, clocks);
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
        if (integrator_ && skipped.channel == ChannelType::Tick) {
            integrator_->mark_all_stale();
        }
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
    if (integrator_) {
        work_linear(rest, end);
    }
    if (!is_parked(ChannelType::Tick) && works_multi_channel()) {
        tick_lane_.advance(end);
        take_detections(ChannelType::Tick, rest);
    }
    if (integrator_) {
        select(rest, end);
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
    if (type == ChannelType::Tick && integrator_) {
        if (tap_ != nullptr) {
            tap_->found(found);
        }
        if (!integrator_->note_failures(tick_lane_.set_aside(), tick_lane_.failures()) &&
            open.run) {
            integrator_->fail_run(open.run->records, open.run->shard_of, shard_,
                                  FallbackCause::Error);
        }
    }
    detections_[index(type)] += found.size();
    std::vector<Detection>& to =
        type == ChannelType::Tick && integrator_ ? open.multi_channel : open.detections;
    std::move(found.begin(), found.end(), std::back_inserter(to));
    found.clear();
}

UnixNanos Pipeline::next_deadline() const {
    UnixNanos lane = is_parked(ChannelType::Tick) || !works_multi_channel()
                         ? time_never
                         : tick_lane_.next_deadline();
    if (integrator_) {
        lane = std::min(lane, integrator_->linear().next_deadline());
    }
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
    if (integrator_) {
        accounting.linear = integrator_->linear_counts();
        accounting.selection = integrator_->selection();
    } else {
        accounting.selection.in = accounting.selection.out = accounting.rules.in;
    }
    accounting.coordination = coordinator_.counts();
    accounting.priority = priority_.counts();
    return accounting;
}

void Pipeline::add_rule_activity(std::span<RuleActivity> by_rule) const {
    rules_.add_rule_activity(by_rule);
    (works_multi_channel() ? tick_lane_ : integrator_->linear()).add_rule_activity(by_rule);
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
    if (integrator_) {
        std::vector<SetAside>& linear = integrator_->linear().set_aside();
        if (!works_multi_channel()) {
            std::move(linear.begin(), linear.end(), std::back_inserter(all));
        }
        linear.clear();  // else the other path has told of the same
    }
    return all;
}

}  // namespace tickstock
