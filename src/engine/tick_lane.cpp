#include "engine/tick_lane.hpp"

#include <algorithm>

namespace tickstock {

namespace {

constexpr const char* high_low_name = "high_low";
constexpr const char* second_bars_name = "second_bars";

std::vector<std::unique_ptr<SampleDetector>> all_sample_detectors(
    const PipelineSettings& settings, const PipelineExtensions* extensions) {
    std::vector<std::unique_ptr<SampleDetector>> detectors = make_sample_detectors(settings);
    if (extensions != nullptr) {
        for (const auto& make : extensions->detectors) {
            detectors.push_back(make(settings));
        }
    }
    return detectors;
}

}  // namespace

TickLane::TickLane(const PipelineSettings& settings, const PipelineExtensions* extensions)
    : extensions_(extensions),
      high_low_enabled_(settings.high_low.enabled),
      second_bars_from_feed_(settings.intake.second_bars_from_feed),
      high_low_(settings.high_low),
      sample_detectors_(all_sample_detectors(settings, extensions)) {
    look_what_detectors_need();
}

void TickLane::look_what_detectors_need() {
    needs_session_prices_ =
        std::any_of(sample_detectors_.begin(), sample_detectors_.end(),
                    [](const auto& detector) { return detector->needs_session_prices(); });
}

void TickLane::reconfigure(const PipelineSettings& settings) {
    high_low_enabled_ = settings.high_low.enabled;
    high_low_.reconfigure(settings.high_low);
    std::vector<std::unique_ptr<SampleDetector>> wanted =
        all_sample_detectors(settings, extensions_);
    for (std::unique_ptr<SampleDetector>& detector : wanted) {
        const auto known = std::ranges::find_if(sample_detectors_, [&](const auto& old) {
            return old && std::string_view(old->name()) == detector->name();
        });
        if (known != sample_detectors_.end()) {
            detector = std::move(*known);
            detector->reconfigure(settings);
        }
    }
    sample_detectors_ = std::move(wanted);
    look_what_detectors_need();
    // Nobody would take these flags back.
    for (SessionStats& stats : stats_) {
        if (!settings.trend.enabled) {
            stats.trend_flag = Direction::None;
        }
        if (!settings.surge.enabled) {
            stats.surge_direction = Direction::None;
        }
    }
}

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

void TickLane::fire_through(UnixNanos through) {
    fire_until(through, ClockIndex(std::span<const Record>{}));
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
        guard_.run(detector->name(), {symbol, moment.sequence, moment.fire},
                   [&] { detector->reset(symbol); });
    }
}

void TickLane::fire_symbol(SymbolId symbol, SessionStats& stats, const Moment& moment) {
    const auto flush_before = [&](UnixNanos before) {
        guard_.run(high_low_name, {symbol, moment.sequence, moment.fire},
                   [&] { high_low_.flush_pending(symbol, before, stats, moment, sink_); });
    };
    closed_bars_.clear();
    guard_.run(second_bars_name, {symbol, moment.sequence, moment.fire},
               [&] { second_bars_.close_symbol(symbol, closed_bars_); });
    for (const SecondBars::ClosedBar& bar : closed_bars_) {
        flush_before(from_unix_second(bar.second + 1));
        deliver_bar(bar, moment);
    }
    flush_before(time_never);
}

void TickLane::on_trade(const Trade& trade, const IntakeNote& note, SessionStats& stats,
                        const Moment& moment) {
    const FaultGuard::Subject subject{trade.header.symbol, moment.sequence, trade.header.ts_event};
    if (trade.correction != 0) {
        bool has_effect = false;
        const bool worked = guard_.run(high_low_name, subject, [&] {
            has_effect = high_low_enabled_ && high_low_.on_correction(trade, moment, sink_);
        });
        if (worked && !has_effect) {
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
    if (note.eligibility.high_low()) {  // also while it is off: it may go on in mid-session
        guard_.run(high_low_name, subject, [&] {
            high_low_.on_trade(trade, note, stats, mean_size_before, moment, sink_);
        });
    }
    const bool in_bar = note.eligibility.last() || note.eligibility.volume();
    if (in_bar && !second_bars_from_feed_) {
        guard_.run(second_bars_name, subject,
                   [&] { second_bars_.on_trade(trade, note, moment.fire); });
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
            guard_.run(high_low_name, {deadline.symbol, moment.sequence, at}, [&] {
                high_low_.on_deadline(deadline, stats_of(deadline.symbol), moment, sink_);
            });
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
        guard_.run(detector->name(), {sample.symbol, moment.sequence, sample.t},
                   [&] { detector->on_sample(sample, stats, moment, sink_); });
    }
}

}  // namespace tickstock
