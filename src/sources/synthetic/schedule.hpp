#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/calendar.hpp"

namespace tickstock {

/// One trading day as points in time: pre [begin, open), regular [open, close), after [close, end).
struct SyntheticDay {
    std::chrono::local_days date{};
    UnixNanos midnight;  ///< of the exchange; plus a time of day = that moment
    UnixNanos begin;
    UnixNanos open;
    UnixNanos close;
    UnixNanos end;

    bool regular(UnixNanos t) const { return t >= open && t < close; }
};

/// The trading day of that exchange-local date; nothing when there is none.
std::optional<SyntheticDay> trading_day(const TradingCalendar& calendar,
                                        std::chrono::local_days date);

/// The day named by `date` ("YYYY-MM-DD"), or, when empty, the last trading day that is over at
/// `now`. Errors: not a date, not a trading day.
Result<SyntheticDay> resolve_day(const TradingCalendar& calendar, std::string_view date,
                                 UnixNanos now);

/// "HH:MM" or "HH:MM:SS" as time since midnight.
Result<Nanos> parse_time_of_day(std::string_view text);

/// How busy and how restless the market is over the day, by the minute.
class ActivityCurve {
public:
    explicit ActivityCurve(const SyntheticDay& day);

    /// Trades a second against the mean of the regular session: U-shaped in it, thin outside.
    double trades(UnixNanos t) const { return minute(trades_, t); }
    /// Share of a regular session's variance that passes in a second.
    double variance(UnixNanos t) const { return minute(variance_, t); }

private:
    double minute(const std::vector<double>& curve, UnixNanos t) const;

    UnixNanos begin_;
    std::vector<double> trades_;
    std::vector<double> variance_;
};

}  // namespace tickstock
