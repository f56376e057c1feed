#pragma once

#include <chrono>
#include <optional>

namespace tickstock {

/// When the regular session of the US equity market (NYSE, Nasdaq) ends on `date`, as a time of day
/// in New York: 16:00, an early close (13:00; 14:00 before 1993), or nothing where the market does
/// not open at all. Weekends and holidays by rule, exceptional closures from a table. Checked
/// for 1990–2035; other years follow today's rules.
std::optional<std::chrono::minutes> us_regular_close(std::chrono::local_days date);

}  // namespace tickstock
