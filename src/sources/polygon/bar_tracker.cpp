#include "sources/polygon/bar_tracker.hpp"

#include <algorithm>
#include <cstdlib>

namespace tickstock {
namespace {

/// `v` and `av` are whole shares where the exact ones are not told; each may be cut.
constexpr std::int64_t tolerance = 2 * Size::units_per_share;

Nanos length_of(Timeframe timeframe) {
    return timeframe == Timeframe::Second1 ? Nanos(std::chrono::seconds(1))
                                           : Nanos(std::chrono::minutes(1));
}

}  // namespace

UnixNanos feed_time(const Record& record) {
    const UnixNanos time = record.header().ts_event;
    return record.kind() == RecordKind::Bar ? time + length_of(record.bar().timeframe) : time;
}

BarTracker::Known& BarTracker::find(std::size_t timeframe, SymbolId symbol) {
    std::vector<Known>& known = known_[timeframe];
    const std::size_t at = symbol.value();
    if (at >= known.size()) {
        known.resize(std::max(at + 1, known.size() * 2));
    }
    return known[at];
}

bool BarTracker::look(const Bar& bar, Size day_volume, bool fetched) {
    if (bar.timeframe != Timeframe::Second1 && bar.timeframe != Timeframe::Minute1) {
        return true;
    }
    Known& last = find(bar.timeframe == Timeframe::Second1 ? 0 : 1, bar.header.symbol);
    const UnixNanos start = bar.header.ts_event;
    const bool first = last.start == time_unknown;
    if (!first && start <= last.start) {
        if (fetched) {
            return false;
        }
        if (start < last.start) {
            return true;  // revises an older one
        }
        const bool same = bar.open == last.open && bar.high == last.high && bar.low == last.low &&
                          bar.close == last.close && bar.volume == last.volume;
        if (same && (last.fetched || last.day_volume == day_volume)) {
            last.day_volume = day_volume;
            last.epoch = epoch_;
            last.fetched = false;
            return false;
        }
    } else if (!first && !fetched) {
        compare(last, bar, day_volume, length_of(bar.timeframe));
    }
    last = {start,      sessions_.at(start).date,      bar.open, bar.high, bar.low, bar.close,
            bar.volume, fetched ? Size{} : day_volume, epoch_,   fetched};
    return true;
}

void BarTracker::compare(const Known& before, const Bar& bar, Size day_volume, Nanos length) {
    const UnixNanos start = bar.header.ts_event;
    const UnixNanos minute = std::chrono::floor<std::chrono::minutes>(start);
    if (open_ && minute > minute_) {
        told_ = gap_;
        complete_ = true;
        open_ = false;
    }
    const bool comparable = before.day_volume != Size{} && day_volume != Size{} &&
                            before.epoch == epoch_ && before.date == sessions_.at(start).date;
    if (!comparable) {
        return;
    }
    const std::int64_t off = day_volume.raw() - before.day_volume.raw() - bar.volume.raw();
    if (std::abs(off) <= tolerance) {
        return;
    }
    ++suspected_;
    // Between the two; where they touch, the earlier one was revised unseen.
    const UnixNanos end = before.start + length;
    const UnixNanos from = end < start ? end : before.start;
    if (!open_) {
        open_ = true;
        minute_ = minute;
        gap_ = {false, from, start, "bars"};
    } else {
        gap_.from = std::min(gap_.from, from);
        gap_.to = std::max(gap_.to, start);
    }
}

void BarTracker::remember(SymbolId symbol, UnixNanos minute) {
    Known& last = find(1, symbol);
    if (minute > last.start) {
        last = {};
        last.start = minute;
        last.date = sessions_.at(minute).date;
    }
}

void BarTracker::forget_volumes() {
    ++epoch_;
}

std::optional<FeedGap> BarTracker::take_gap() {
    if (!complete_) {
        return std::nullopt;
    }
    complete_ = false;
    return told_;
}

}  // namespace tickstock
