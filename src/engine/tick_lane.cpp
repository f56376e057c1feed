#include "engine/tick_lane.hpp"

#include <algorithm>

namespace tickstock {

TickLane::TickLane(const PipelineSettings& settings)
    : high_low_enabled_(settings.high_low.enabled),
      second_bars_from_feed_(settings.intake.second_bars_from_feed),
      high_low_(settings.high_low),
      sample_detectors_(make_sample_detectors(settings)),
      needs_session_prices_(
          std::any_of(sample_detectors_.begin(), sample_detectors_.end(),
                      [](const auto& detector) { return detector->needs_session_prices(); })) {}

SessionStats& TickLane::stats_of(SymbolId symbol) {
    if (symbol.value() >= stats_.size()) {
        stats_.resize(std::max<std::size_t>(symbol.value() + 1, stats_.size() * 2));
    }
    return stats_[symbol.value()];
}

void TickLane::work(std::span<const IntakeItem> items, const ClockIndex& clocks) {
    std::size_t sessions = 0;  // counted where they were dropped
    for (const IntakeItem& item : items) {
        const UnixNanos clock = item.record->header().clock;
        if (next_deadline() <= clock) {
            fire_until(clock, clocks);
        }
        sessions += item.note.session_only ? 1 : 0;
        work_one(item);
    }
    counts_.in += items.size() - sessions;
    counts_.out = counts_.in - counts_.dropped_total();
}

void TickLane::advance(const ClockIndex& clocks) {
    fire_until(clocks.through(), clocks);
}

void TickLane::work_one(const IntakeItem& item) {
    const RecordHeader& header = item.record->header();
    const Moment moment{header.clock, header.sequence, 1};
    SessionStats& stats = stats_of(header.symbol);
    switch (item.record->kind()) {
        case RecordKind::Trade:
            enter_session(item.note, header.symbol, stats, moment);
            if (item.note.session_only) {
                return;
            }
            on_trade(item.record->trade(), item.note, stats, moment);
            break;
        case RecordKind::Bar:
            enter_session(item.note, header.symbol, stats, moment);
            on_feed_sample(item.record->bar(), item.note, stats, moment);
            break;
        case RecordKind::TradingStatus: keep_resume_reason(item.record->status()); break;
        default: return;  // quotes end in intake
    }
    if (item.note.halt != HaltChange::None) {
        stats.muted = item.note.halt == HaltChange::Halted;
        if (stats.muted) {
            high_low_.mute(header.symbol);
        }
        emit_control(*item.record, item.note, stats, moment);
    }
}

void TickLane::enter_session(const IntakeNote& note, SymbolId symbol, SessionStats& stats,
                             const Moment& moment) {
    if (note.session_key == stats.session_key) {
        return;
    }
    // The old session's open deadlines fire now, in order, before the record.
    const Moment before{moment.fire, moment.sequence, 0};
    if (stats.session_key != 0) {
        fire_symbol(symbol, stats, before);
    }
    const bool muted = stats.muted;  // a halt outlives a session
    stats = SessionStats{};
    stats.session_key = note.session_key;
    stats.session_end = note.session_end;
    stats.session = note.session;
    stats.muted = muted;
    second_bars_.reset(symbol);
    if (second_bars_from_feed_) {
        newest_feed_second(symbol) = INT64_MIN;
    }
    high_low_.reset(symbol);
    for (const auto& detector : sample_detectors_) {
        detector->reset(symbol);
    }
}

void TickLane::fire_symbol(SymbolId symbol, SessionStats& stats, const Moment& moment) {
    closed_bars_.clear();
    second_bars_.close_symbol(symbol, closed_bars_);
    for (const SecondBars::ClosedBar& bar : closed_bars_) {
        high_low_.flush_pending(symbol, from_unix_second(bar.second + 1), stats, moment, sink_);
        deliver_bar(bar, moment);
    }
    high_low_.flush_pending(symbol, time_never, stats, moment, sink_);
}

void TickLane::on_trade(const Trade& trade, const IntakeNote& note, SessionStats& stats,
                        const Moment& moment) {
    if (trade.correction != 0) {
        if (!high_low_enabled_ || !high_low_.on_correction(trade, moment, sink_)) {
            counts_.drop(Reason::CorrectionWithoutEffect);
        }
        return;
    }
    if (note.halt == HaltChange::Resumed) {
        stats.muted = false;
    }
    const double mean_size_before = note.eligibility.high_low() ? stats.mean_size() : 0;
    if (note.eligibility.volume()) {
        stats.add_volume(trade.price, trade.size);
    }
    if (note.eligibility.high_low() && (high_low_enabled_ || needs_session_prices_)) {
        high_low_.on_trade(trade, note, stats, mean_size_before, moment, sink_);
    }
    const bool in_bar = note.eligibility.last() || note.eligibility.volume();
    if (in_bar && !second_bars_from_feed_) {
        second_bars_.on_trade(trade, note, moment.fire);
    }
}

void TickLane::on_feed_sample(const Bar& bar, const IntakeNote& note, SessionStats& stats,
                              const Moment& moment) {
    const std::int64_t second = unix_second(bar.header.ts_event);
    std::int64_t& newest = newest_feed_second(bar.header.symbol);
    if (second <= newest) {  // told again because a late trade changed it; samples go forward
        counts_.drop(Reason::LateBar);
        return;
    }
    newest = second;
    ++feed_samples_;
    const double price = bar.close.to_double();
    const double vwap = stats.has_vwap()             ? stats.vwap()
                        : bar.session_vwap.raw() > 0 ? bar.session_vwap.to_double()
                                                     : price;
    Sample sample;
    sample.symbol = bar.header.symbol;
    sample.t = bar.header.ts_event + std::chrono::seconds(1);
    sample.price = bar.close;
    sample.volume = bar.volume;
    sample.vwap = vwap;
    sample.period = note.period;
    sample.session = note.session;
    sample.source = bar.header.source_kind;
    deliver(sample, stats, moment);
}

std::int64_t& TickLane::newest_feed_second(SymbolId symbol) {
    if (symbol.value() >= newest_feed_seconds_.size()) {
        newest_feed_seconds_.resize(
            std::max<std::size_t>(symbol.value() + 1, newest_feed_seconds_.size() * 2), INT64_MIN);
    }
    return newest_feed_seconds_[symbol.value()];
}

void TickLane::fire_until(UnixNanos through, const ClockIndex& clocks) {
    for (UnixNanos at = next_deadline(); at <= through && at != time_never; at = next_deadline()) {
        const Moment moment{at, clocks.first_at_or_after(at), 0};
        if (second_bars_.next_deadline() == at) {
            closed_bars_.clear();
            second_bars_.close_next(closed_bars_);
            for (std::size_t i = 0; i < closed_bars_.size(); ++i) {
                prefetch_after(i);
                deliver_bar(closed_bars_[i], moment);
            }
        }
        while (sink_.next_deadline() == at) {
            const Deadline deadline = sink_.pop_deadline();
            high_low_.on_deadline(deadline, stats_of(deadline.symbol), moment, sink_);
        }
    }
}

void TickLane::prefetch_after(std::size_t bar) const {
    // All symbols that traded in a second close together, and their states are far apart.
    constexpr std::size_t soon = 8;
    constexpr std::size_t very_soon = 4;
    if (bar + soon < closed_bars_.size()) {
        const SymbolId symbol = closed_bars_[bar + soon].symbol;
        __builtin_prefetch(stats_.data() + symbol.value());
        for (const auto& detector : sample_detectors_) {
            detector->prefetch(symbol);
        }
    }
    if (bar + very_soon < closed_bars_.size()) {
        for (const auto& detector : sample_detectors_) {
            detector->prefetch_pointed(closed_bars_[bar + very_soon].symbol);
        }
    }
}

void TickLane::deliver_bar(const SecondBars::ClosedBar& bar, const Moment& moment) {
    SessionStats& stats = stats_of(bar.symbol);
    Sample sample;
    sample.symbol = bar.symbol;
    sample.t = from_unix_second(bar.second + 1);
    sample.price = bar.close;
    sample.volume = bar.volume;
    sample.vwap = stats.has_vwap() ? stats.vwap() : bar.close.to_double();
    sample.period = bar.period;
    sample.session = stats.session;
    sample.source = bar.source;
    deliver(sample, stats, moment);
}

void TickLane::deliver(Sample& sample, SessionStats& stats, const Moment& moment) {
    if (sample_detectors_.empty()) {
        return;
    }
    if (needs_session_prices_) {
        const auto session = high_low_.session_of(sample.symbol);
        sample.session_open = session.open;
        sample.session_high = session.high;
        sample.session_low = session.low;
    }
    for (const auto& detector : sample_detectors_) {
        detector->on_sample(sample, stats, moment, sink_);
    }
}

void TickLane::keep_resume_reason(const TradingStatus& status) {
    const bool announces = status.action == TradingStatus::Action::Resume;
    if (announces || status.action != TradingStatus::Action::None) {
        take_resume_reason(status.header.symbol);
    }
    if (announces) {
        resume_reasons_.emplace_back(status.header.symbol, status.reason);
    }
}

TickLane::StatusReason TickLane::take_resume_reason(SymbolId symbol) {
    const auto kept = std::find_if(resume_reasons_.begin(), resume_reasons_.end(),
                                   [&](const auto& entry) { return entry.first == symbol; });
    if (kept == resume_reasons_.end()) {
        return {};
    }
    const StatusReason reason = kept->second;
    resume_reasons_.erase(kept);
    return reason;
}

void TickLane::emit_control(const Record& record, const IntakeNote& note, const SessionStats& stats,
                            const Moment& moment) {
    Detection detection;
    detection.symbol = record.header().symbol;
    detection.type = EventType::Control;
    detection.source = record.header().source_kind;
    detection.session = note.session;
    detection.session_key = std::max(note.session_key, stats.session_key);
    detection.ts = record.header().ts_event;
    ControlData data;
    if (note.halt == HaltChange::Halted) {
        data.kind = ControlData::Kind::Halt;
        data.reason = record.status().reason;
    } else {
        data.kind = ControlData::Kind::Resume;
        data.reason = take_resume_reason(detection.symbol);
    }
    detection.data = data;
    sink_.emit(moment, std::move(detection));
}

}  // namespace tickstock
