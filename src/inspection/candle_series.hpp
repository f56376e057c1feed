#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "base/decimal.hpp"
#include "base/price.hpp"

namespace tickstock {

/// Open, high, low, close and volume of a stretch of time, as far as the records allow.
struct Candle {
    std::int64_t start = 0;  ///< s since 1970
    Price open;
    Price high;
    Price low;
    Price close;
    bool has_price = false;   ///< a print that updates the last price; else open … close are none
    bool has_range = false;   ///< one that updates high and low
    std::int64_t volume = 0;  ///< 1e-6 shares
    std::uint64_t trades = 0;
    int128 notional = 0;  ///< Σ price·size, 1e-15 USD, of what is in `volume`
    bool has_vwap = true;

    void last(Price price);
    void reach(Price price);
    /// Nothing is added where a sum would overflow.
    void add_volume(Price price, Size size);
    /// Takes the later candle in as well.
    void append(const Candle& later);
    bool is_empty() const { return !has_price && !has_range && volume == 0; }
};

/// A symbol's newest candles of one length, oldest first. O(1) for the newest.
class CandleSeries {
public:
    CandleSeries(std::int64_t interval_seconds, std::size_t limit)
        : interval_(interval_seconds), limit_(limit) {}

    /// The candle that holds the second; made when it is not there. Null: older than all that are
    /// kept, and there is no room for it.
    Candle* at(std::int64_t second);
    void clear() {
        candles_.clear();
        is_cut_ = false;
    }

    const std::deque<Candle>& candles() const { return candles_; }
    std::int64_t interval() const { return interval_; }
    /// Older ones have been let go.
    bool is_cut() const { return is_cut_; }

private:
    std::int64_t interval_;
    std::size_t limit_;
    std::deque<Candle> candles_;
    bool is_cut_ = false;
};

/// The start of the stretch that holds the second.
constexpr std::int64_t candle_start(std::int64_t second, std::int64_t interval) {
    const std::int64_t rest = second % interval;
    return second - (rest < 0 ? rest + interval : rest);
}

}  // namespace tickstock
