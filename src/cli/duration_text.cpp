#include "cli/duration_text.hpp"

#include <fmt/chrono.h>

#include <charconv>

namespace tickstock {

std::optional<Nanos> parse_duration(std::string_view text) {
    constexpr std::int64_t longest = std::int64_t{10} * 366 * 86'400;
    std::int64_t count = 0;
    const char* const end = text.data() + text.size();
    const auto [unit, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc() || unit + 1 != end || count < 1 || count > longest) {
        return std::nullopt;
    }
    const std::int64_t scale = *unit == 's'   ? 1
                               : *unit == 'm' ? 60
                               : *unit == 'h' ? 3600
                               : *unit == 'd' ? 86'400
                                              : 0;
    if (scale == 0 || count > longest / scale) {
        return std::nullopt;
    }
    return std::chrono::seconds(count * scale);
}

std::string utc_text(UnixNanos time) {
    if (time == time_never) {
        return "never";
    }
    return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
                       fmt::gmtime(static_cast<std::time_t>(unix_second(time))));
}

}  // namespace tickstock
