#include "terminal/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace tickstock {
namespace {

constexpr std::string_view unknown = "–";

std::string grouped(double value) {
    constexpr double too_long = 1e15;
    if (std::abs(value) >= too_long) {
        return fmt::format("{:.3g}", value);
    }
    std::string digits = fmt::format("{:.0f}", std::abs(value));
    constexpr std::size_t group = 3;
    for (std::size_t at = digits.size(); at > group;) {
        at -= group;
        digits.insert(at, ",");
    }
    return (value < 0 && digits != "0" ? "-" : "") + digits;
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    while (times-- > 0) {
        out += text;
    }
    return out;
}

}  // namespace

std::string count_text(Figure value) {
    return value ? grouped(*value) : std::string(unknown);
}

std::string short_count(Figure value) {
    if (!value) {
        return std::string(unknown);
    }
    constexpr double thousand = 1000;
    constexpr std::array<const char*, 5> units{"", "k", "M", "G", "T"};
    double scaled = *value;
    std::size_t unit = 0;
    // 999,950 would round to 1000.0k.
    for (; std::abs(scaled) >= (unit == 0 ? 999.5 : 999.95) && unit + 1 < units.size(); ++unit) {
        scaled /= thousand;
    }
    return unit == 0 ? fmt::format("{:.0f}", scaled) : fmt::format("{:.1f}{}", scaled, units[unit]);
}

std::string rate_text(Figure value) {
    if (!value) {
        return std::string(unknown);
    }
    constexpr double few = 9.95;
    if (*value != 0 && std::abs(*value) < few) {
        return fmt::format("{:.1f}", *value);
    }
    return grouped(*value);
}

std::string percent_text(Figure value) {
    if (!value) {
        return std::string(unknown);
    }
    constexpr double hundredths = 100;
    // 99.97 is a little less than 9997 / 100 as a double.
    constexpr double rounding = 1e-9;
    std::string text =
        fmt::format("{:.2f}", std::floor(*value * hundredths + rounding) / hundredths);
    while (text.back() == '0') {
        text.pop_back();
    }
    if (text.back() == '.') {
        text.pop_back();
    }
    return text + " %";
}

std::string share_text(Figure value) {
    return value ? fmt::format("{:.1f} %", *value) : std::string(unknown);
}

std::string bytes_text(Figure value) {
    if (!value) {
        return std::string(unknown);
    }
    constexpr double step = 1024;
    constexpr std::array<const char*, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
    double scaled = *value;
    std::size_t unit = 0;
    for (; scaled >= step && unit + 1 < units.size(); ++unit) {
        scaled /= step;
    }
    return unit == 0 ? fmt::format("{:.0f} B", scaled)
                     : fmt::format("{:.1f} {}", scaled, units[unit]);
}

std::string milliseconds_text(Figure value) {
    if (!value) {
        return std::string(unknown);
    }
    constexpr double thousand = 1000;
    const double ms = *value;
    if (ms >= thousand) {
        return fmt::format("{:.2f} s", ms / thousand);
    }
    if (ms >= 1) {
        return fmt::format("{:.1f} ms", ms);
    }
    const double us = ms * thousand;
    if (us >= 1) {
        constexpr double few = 9.95;
        return us < few ? fmt::format("{:.1f} µs", us) : fmt::format("{:.0f} µs", us);
    }
    return us <= 0 ? "0" : fmt::format("{:.0f} ns", us * thousand);
}

std::string price_text(Figure value) {
    if (!value) {
        return std::string(unknown);
    }
    return std::abs(*value) < 1 && *value != 0 ? fmt::format("{:.4f}", *value)
                                               : fmt::format("{:.2f}", *value);
}

std::string age_text(Nanos age) {
    using namespace std::chrono;
    const auto s = std::max<std::int64_t>(duration_cast<seconds>(age).count(), 0);
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t hour = 60 * minute;
    constexpr std::int64_t day = 24 * hour;
    if (s < minute) {
        return fmt::format("{} s", s);
    }
    if (s < hour) {
        return fmt::format("{}m {:02}s", s / minute, s % minute);
    }
    if (s < day) {
        return fmt::format("{}h {:02}m", s / hour, s % hour / minute);
    }
    return fmt::format("{}d {:02}h", s / day, s % day / hour);
}

std::string age_text(Figure seconds) {
    if (!seconds) {
        return std::string(unknown);
    }
    constexpr double longest = 9e9;  // in Nanos, hardly 300 years
    const double bounded = std::clamp(*seconds, 0.0, longest);
    return age_text(std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(bounded)));
}

std::string time_of_day(UnixNanos time) {
    if (time == time_unknown) {
        return std::string(unknown);
    }
    constexpr std::int64_t day = 86'400;
    const std::int64_t s = (unix_second(time) % day + day) % day;
    return fmt::format("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

std::string bar_text(Figure value, Figure limit, std::size_t width) {
    std::size_t full = 0;
    if (value && limit && *limit > 0 && *value > 0) {
        const double share = std::min(*value / *limit, 1.0);
        full = static_cast<std::size_t>(share * static_cast<double>(width));
        full = std::clamp<std::size_t>(full, 1, std::max<std::size_t>(width, 1));
    }
    full = std::min(full, width);
    return repeated("█", full) + repeated("░", width - full);
}

std::string history_text(std::span<const double> values, std::size_t width) {
    constexpr std::array<std::string_view, 8> steps{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const auto shown = values.last(std::min(values.size(), width));
    std::string text(width - shown.size(), ' ');
    const double highest = shown.empty() ? 0 : *std::max_element(shown.begin(), shown.end());
    for (const double value : shown) {
        const double share = highest > 0 ? std::max(value, 0.0) / highest : 0;
        const auto step = static_cast<std::size_t>(std::lround(share * (steps.size() - 1)));
        text += steps.at(step);
    }
    return text;
}

}  // namespace tickstock
