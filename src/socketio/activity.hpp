#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "model/calendar.hpp"
#include "socketio/display_feed.hpp"

namespace tickstock {

/// Counts what a counter gained in the last 10, 30, 60 and 300 s. One thread.
class TickMeter {
public:
    /// `total` of ticks taken in so far; `now` monotonic, never back. Call it at least once a
    /// second; a total that fell (the engine began anew) begins a new count.
    void add(Nanos now, std::uint64_t total);
    /// Gained in the last `seconds`, 1 … 300.
    std::uint64_t last(std::size_t seconds) const;

private:
    static constexpr std::size_t span = 300;
    std::array<std::uint64_t, span> gained_{};  // by second, a ring
    std::int64_t second_ = 0;                   // the newest, in which is counted
    std::uint64_t total_ = 0;
    bool started_ = false;
};

/// How busy the market is, as the old pages show it.
struct Activity {
    DisplayTotals totals;
    std::uint64_t ticks_10sec = 0;
    std::uint64_t ticks_30sec = 0;
    std::uint64_t ticks_60sec = 0;
    std::uint64_t ticks_300sec = 0;
    std::string_view level;  ///< activity_level()
};

/// "Very Low" < 30 ticks a minute, "Low" < 60, "Medium" < 120, "High" < 240, "Very High" < 480,
/// "Extreme"; in the first 15 min of the regular trading session "Opening Bell", in the last 15
/// "Closing Bell".
std::string_view activity_level(std::uint64_t ticks_per_minute, const SessionSpan& span,
                                UnixNanos market_now);

Activity activity_of(const TickMeter& meter, const DisplayTotals& totals, const SessionSpan& span,
                     UnixNanos market_now);

void append_activity(std::string& out, const Activity& activity);

}  // namespace tickstock
