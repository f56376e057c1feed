#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace tickstock {

/// What parse_time() takes, for messages.
inline constexpr std::string_view accepted_times =
    "a date 2024-03-05, a New York time 2024-03-05T09:30[:00[.5]], the same with Z or an offset "
    "such as -05:00, nanoseconds since 1970, an age such as 90s, 30m, 2h or 7d, or now";

/// A point in time as people write it, from 1990 to 2035; ages count back from `now`. A date is its
/// midnight in New York. Where New York's clock shows a time twice, the earlier is meant.
std::optional<UnixNanos> parse_time(std::string_view text, UnixNanos now);

/// "YYYY-MM-DD", nothing else.
std::optional<std::chrono::local_days> parse_date(std::string_view text);
/// When the date begins in New York.
UnixNanos begin_of(std::chrono::local_days date);

/// "2024-03-05 09:30:01.123", New York's clock; digits of the second 0, 3, 6 or 9.
std::string new_york_text(UnixNanos t, int digits = 3);

}  // namespace tickstock
