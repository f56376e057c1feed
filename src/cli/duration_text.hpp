#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace tickstock {

/// "90s", "30m", "12h", "90d": a whole number from 1 and its unit, up to ten years.
std::optional<Nanos> parse_duration(std::string_view text);

/// "2024-03-05 14:30:00 UTC"; "never" for time_never.
std::string utc_text(UnixNanos time);

}  // namespace tickstock
