#pragma once

#include <cstdint>

#include "base/decimal.hpp"
#include "base/price.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"

namespace tickstock {

/// What all detectors of the tick lane may know of a symbol in its trading session. Written by the
/// lane, and the flags by the detector that they are named after.
struct SessionStats {
    std::int64_t session_key = 0;  ///< 0 = no session yet
    UnixNanos session_end;
    TradingSession session = TradingSession::Closed;
    bool muted = false;  ///< halted: state goes on, nothing is emitted
    Direction trend_flag = Direction::None;
    Direction surge_direction = Direction::None;
    UnixNanos surge_expiration;
    std::int64_t volume_raw = 0;      ///< Σ size, volume-eligible, 1e-6 shares
    std::uint64_t volume_trades = 0;  ///< how many made it
    int128 notional = 0;              ///< Σ price·size, 1e-15 USD

    bool has_vwap() const { return volume_raw > 0; }
    /// USD. REQUIRES: has_vwap().
    double vwap() const {
        return static_cast<double>(notional) / static_cast<double>(volume_raw) /
               static_cast<double>(Price::units_per_dollar);
    }
    /// Shares; 0 before any trade.
    double mean_size() const {
        return volume_trades == 0
                   ? 0.0
                   : static_cast<double>(volume_raw) / static_cast<double>(volume_trades) /
                         static_cast<double>(Size::units_per_share);
    }
    /// Sizes so absurd that a sum would overflow are left out of all three sums.
    void add_volume(Price price, Size size) {
        std::int64_t volume = 0;
        int128 value = 0;
        const bool fits =
            !__builtin_add_overflow(volume_raw, size.raw(), &volume) &&
            !__builtin_add_overflow(notional, int128{price.raw()} * size.raw(), &value);
        if (fits) {
            volume_raw = volume;
            notional = value;
            ++volume_trades;
        }
    }
    Direction surge_flag(UnixNanos clock) const {
        return clock < surge_expiration ? surge_direction : Direction::None;
    }

    template <class Archive>
    void archive(Archive& a) {
        a(session_key, session_end, session, muted, trend_flag, surge_direction, surge_expiration,
          volume_raw, volume_trades, notional);
    }
};

}  // namespace tickstock
