#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/decimal.hpp"
#include "model/enums.hpp"

/// Second bars by keeping every open second's trades (SPEC 7.2), for the oracle.
namespace tickstock::naive {

/// A closed second bar as SPEC 7.3 and 7.4 use it.
struct PlainSample {
    std::int64_t t = 0;       ///< the second's end, s since 1970
    std::int64_t price = 0;   ///< p, 1e-9 USD
    std::int64_t volume = 0;  ///< q, 1e-6 shares
    double vwap = 0;          ///< v, USD
    MarketPeriod period = MarketPeriod::Base;
    TradingSession session = TradingSession::Closed;

    double p() const { return static_cast<double>(price) / 1e9; }
    double q() const { return static_cast<double>(volume) / 1e6; }
};

/// The session's Σ price·size and Σ size so far.
struct VolumeSums {
    int128 notional = 0;
    int128 volume = 0;

    double vwap() const {
        return static_cast<double>(notional) / static_cast<double>(volume) / 1e9;
    }
};

/// The open seconds of one symbol's session.
class SecondFold {
public:
    struct Print {
        std::int64_t price = 0;
        std::int64_t size = 0;
        bool last = false;
        bool volume = false;
    };

    /// A trade at `ts_ns`; one for a second that `clock_ns` has reached the end of counts nowhere.
    void add(std::int64_t ts_ns, std::int64_t clock_ns, const Print& print);

    /// ns; nothing when no second is open.
    std::optional<std::int64_t> next_end() const;

    /// Closes the second of next_end(). Nothing when it had no last-eligible trade: its volume goes
    /// to the session's next bar. v is the session's as it stands now, p without any volume.
    std::optional<PlainSample> close_next(const VolumeSums& sums);

    void reset();

    std::uint64_t late = 0;  ///< trades for closed seconds

private:
    std::map<std::int64_t, std::vector<Print>> open_;  // by the second's start
    std::int64_t left_over_ = 0;
};

}  // namespace tickstock::naive
