#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/time.hpp"

namespace tickstock {

/// A number that the server told; none when it did not. Shown as "–" then.
using Figure = std::optional<double>;

/// "1,234,567", without decimals.
std::string count_text(Figure value);
/// At most six columns: "999", "12.3k", "4.56M".
std::string short_count(Figure value);
/// A rate in 1/s without its unit: "0", "0.4", "1,650".
std::string rate_text(Figure value);
/// Of a value 0 to 100: "100 %", "99.97 %". Rounded down: all is never said of less.
std::string percent_text(Figure value);
/// A share in percent with one decimal, rounded to the nearest: "2.9 %", "137.0 %".
std::string share_text(Figure value);
/// "512 B", "142.9 MiB".
std::string bytes_text(Figure value);
/// Milliseconds: "850 ns", "12 µs", "3.4 ms", "1.20 s".
std::string milliseconds_text(Figure value);
/// "0.4821", "69.05", "2350.00".
std::string price_text(Figure value);
/// "0 s", "59 s", "2m 05s", "1h 03m", "4d 02h"; less than nothing is "0 s".
std::string age_text(Nanos age);
/// The same of seconds.
std::string age_text(Figure seconds);
/// "13:45:10", in UTC; "–" for time_unknown.
std::string time_of_day(UnixNanos time);

/// `width` columns that are filled as far as value / limit says; none is empty. More than nothing
/// shows, and only all is full.
std::string bar_text(Figure value, Figure limit, std::size_t width);
/// The newest `width` values, one column each, the greatest of them being the highest.
std::string history_text(std::span<const double> values, std::size_t width);

}  // namespace tickstock
