#include "inspection/candle_series.hpp"

#include <algorithm>

namespace tickstock {

void Candle::last(Price price) {
    open = has_price ? open : price;
    close = price;
    has_price = true;
}

void Candle::reach(Price price) {
    high = has_range ? std::max(high, price) : price;
    low = has_range ? std::min(low, price) : price;
    has_range = true;
}

void Candle::add_volume(Price price, Size size) {
    std::int64_t sum = 0;
    int128 value = 0;
    if (!__builtin_add_overflow(volume, size.raw(), &sum) &&
        !__builtin_add_overflow(notional, int128{price.raw()} * size.raw(), &value)) {
        volume = sum;
        notional = value;
    }
}

void Candle::append(const Candle& later) {
    if (later.has_price) {
        open = has_price ? open : later.open;
        close = later.close;
        has_price = true;
    }
    if (later.has_range) {
        reach(later.high);
        reach(later.low);
    }
    volume += later.volume;
    trades += later.trades;
    notional += later.notional;
    has_vwap = has_vwap && later.has_vwap;
}

Candle* CandleSeries::at(std::int64_t second) {
    const std::int64_t start = candle_start(second, interval_);
    if (!candles_.empty() && candles_.back().start == start) {
        return &candles_.back();
    }
    if (candles_.empty() || candles_.back().start < start) {
        if (candles_.size() == limit_) {
            candles_.pop_front();
            is_cut_ = true;
        }
        candles_.emplace_back().start = start;
        return &candles_.back();
    }
    const auto place = std::lower_bound(
        candles_.begin(), candles_.end(), start,
        [](const Candle& candle, std::int64_t wanted) { return candle.start < wanted; });
    if (place->start == start) {
        return &*place;
    }
    if (candles_.size() == limit_) {
        is_cut_ = true;
        return nullptr;
    }
    Candle candle;
    candle.start = start;
    return &*candles_.insert(place, candle);
}

}  // namespace tickstock
