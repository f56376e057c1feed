#include "sources/paced_source.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace tickstock {
namespace {

/// A duration × factor; long enough ones stop at 100 years, so that sums stay inside int64.
Nanos scaled(Nanos duration, double factor) {
    constexpr double limit = 100.0 * 366 * 86400 * 1e9;
    const double ns = static_cast<double>(duration.count()) * factor;
    return Nanos(static_cast<std::int64_t>(std::clamp(ns, -limit, limit)));
}

}  // namespace

PacedSource::PacedSource(Open open, PacedSourceOptions options)
    : open_(std::move(open)), options_(options) {
    TS_ASSERT(options_.speed == 0 || (options_.speed >= 1e-6 && options_.speed <= 1e9));
}

/// Makes next_time() valid; false at the end of the pass.
bool PacedSource::load() {
    if (at_ < pending_.records.size()) {
        return true;
    }
    if (!reader_) {
        reader_ = open_();
        if (!reader_) {
            return false;
        }
        ++passes_;
    }
    at_ = 0;
    const bool more = reader_->read(pending_);
    pass_had_records_ = pass_had_records_ || more;
    return more;
}

void PacedSource::resume(std::uint64_t pass, std::uint64_t position) {
    TS_ASSERT(!reader_ && passes_ == 0);
    for (; passes_ + 1 < pass; ++passes_) {
        open_();
    }
    if (position == 0) {
        return;
    }
    resumed_ = true;
    std::vector<SymbolText> symbols;
    std::uint64_t left = position;
    // Until the next record is there: the symbols met on the way are handed over with it.
    while ((left > 0 || at_ == pending_.records.size()) && load()) {
        symbols.insert(symbols.end(), pending_.new_symbols.begin(), pending_.new_symbols.end());
        pending_.new_symbols.clear();
        const auto skipped = std::min<std::uint64_t>(left, pending_.records.size() - at_);
        left -= skipped;
        at_ += static_cast<std::size_t>(skipped);
    }
    if (!reader_) {
        return;  // it cannot be opened: poll() tells
    }
    const auto at = static_cast<std::ptrdiff_t>(at_);
    pending_.records.erase(pending_.records.begin(), pending_.records.begin() + at);
    pending_.new_symbols = std::move(symbols);
    at_ = 0;
    left_out_ = reader_->counts();
    // What the reader still holds has its way before it, as what is pending here.
    left_out_.in -= pending_.records.size() + left_out_.held;
    left_out_.out -= pending_.records.size();
}

PacedSource::Poll PacedSource::end_of_pass() {
    if (reader_) {
        failure_ = reader_->failure();
        finished_ += counts_of_pass();
        left_out_ = {};
        resumed_ = false;
    } else {
        failure_ = Error{"the input cannot be opened again"};
    }
    // A pass without records, or one that broke off, would be repeated at once and for ever.
    ended_ = !options_.loop || failure_ || !pass_had_records_;
    reader_.reset();
    const UnixNanos last_clock = std::exchange(market_clock_, time_unknown);
    pass_had_records_ = false;
    pacing_ = false;
    Poll result;
    result.status = ended_ ? Status::End : Status::Restarted;
    result.market_clock = last_clock;
    return result;
}

UnixNanos PacedSource::market_time(Nanos monotonic_now) const {
    return anchor_market_ + scaled(monotonic_now - anchor_monotonic_, options_.speed);
}

Nanos PacedSource::due_at(UnixNanos time) const {
    // One more ns makes up for the rounding down of both conversions.
    return anchor_monotonic_ + scaled(time - anchor_market_, 1 / options_.speed) + Nanos(1);
}

void PacedSource::advance_clock(UnixNanos to) {
    market_clock_ = market_clock_ == time_unknown ? to : std::max(market_clock_, to);
}

/// Pending records in front that lie at or before `limit`.
std::size_t PacedSource::count_until(UnixNanos limit) const {
    std::size_t end = at_;
    while (end < pending_.records.size() && pending_.records[end].header().ts_event <= limit) {
        ++end;
    }
    return end - at_;
}

void PacedSource::hand_over(std::size_t count, RecordBatch& batch) {
    batch.source = pending_.source;
    if (at_ == 0) {
        batch.new_symbols.swap(pending_.new_symbols);
        pending_.new_symbols.clear();
    }
    if (at_ == 0 && count == pending_.records.size()) {
        batch.records.swap(pending_.records);
        pending_.records.clear();
    } else {
        const auto from = pending_.records.begin() + static_cast<std::ptrdiff_t>(at_);
        batch.records.assign(from, from + static_cast<std::ptrdiff_t>(count));
        at_ += count;
    }
    for (const Record& record : batch.records) {
        advance_clock(record.header().ts_event);
    }
}

PacedSource::Poll PacedSource::poll(Nanos monotonic_now, RecordBatch& batch) {
    batch.clear();
    if (ended_) {
        return {};
    }
    if (!load()) {
        return end_of_pass();
    }
    Poll result;
    result.status = Status::Records;
    if (options_.speed == 0) {
        hand_over(pending_.records.size() - at_, batch);
    } else if (!pacing_ && options_.pace_from && next_time() < *options_.pace_from) {
        result.warming_up = true;
        hand_over(count_until(*options_.pace_from - Nanos(1)), batch);
    } else {
        if (!pacing_) {
            pacing_ = true;
            anchor_market_ = resumed_ ? next_time() : options_.pace_from.value_or(next_time());
            anchor_monotonic_ = monotonic_now;
        }
        const UnixNanos now = market_time(monotonic_now);
        if (const std::size_t due = count_until(now); due > 0) {
            hand_over(due, batch);
        } else {
            advance_clock(now);
            result.status = Status::Wait;
            result.wait_until = std::max(due_at(next_time()), monotonic_now + Nanos(1));
        }
    }
    result.market_clock = market_clock_;
    return result;
}

StageCounts PacedSource::counts_of_pass() const {
    StageCounts counts = reader_->counts();
    counts.in -= left_out_.in;
    counts.out -= left_out_.out;
    for (std::size_t i = 0; i < reason_count; ++i) {
        counts.dropped[i] -= left_out_.dropped[i];
    }
    return counts;
}

StageCounts PacedSource::counts() const {
    StageCounts sum = finished_;
    if (reader_) {
        sum += counts_of_pass();
        const std::uint64_t pending = pending_.records.size() - at_;
        sum.out -= pending;
        sum.held += pending;
    }
    return sum;
}

ReadProgress PacedSource::progress() const {
    return reader_ ? reader_->progress() : ReadProgress{};
}

}  // namespace tickstock
