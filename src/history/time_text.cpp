#include "history/time_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "model/calendar.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using LocalNanos = std::chrono::local_time<Nanos>;

bool all_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_good =
        all_digits(text) && error == std::errc() && end == text.data() + text.size();
    return is_good ? std::optional(value) : std::nullopt;
}

/// "HH:MM", of a clock or an offset.
std::optional<Nanos> hours_and_minutes(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') {
        return std::nullopt;
    }
    const auto hour = number(text.substr(0, 2));
    const auto minute = number(text.substr(3));
    if (!hour || !minute || *hour > 23 || *minute > 59) {
        return std::nullopt;
    }
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
}

/// "HH:MM[:SS[.fraction]]".
std::optional<Nanos> time_of_day(std::string_view text) {
    auto time = hours_and_minutes(text.substr(0, 5));
    if (!time || text.size() == 5) {
        return time;
    }
    const std::string_view seconds = text.substr(5);
    const auto whole =
        seconds.size() >= 3 && seconds[0] == ':' ? number(seconds.substr(1, 2)) : std::nullopt;
    if (!whole || *whole > 59) {
        return std::nullopt;
    }
    *time += std::chrono::seconds(*whole);
    if (seconds.size() == 3) {
        return time;
    }
    std::string fraction(seconds.substr(4));
    if (seconds[3] != '.' || !all_digits(fraction) || fraction.size() > 9) {
        return std::nullopt;
    }
    fraction.append(9 - fraction.size(), '0');
    return *time + Nanos{*number(fraction)};
}

/// New York is 4 or 5 hours behind; where neither fits, the clock jumps over that time.
UnixNanos from_new_york(LocalNanos local) {
    for (const auto behind : {4h, 5h}) {
        const UnixNanos t{local.time_since_epoch() + behind};
        if (new_york_time(t) == local) {
            return t;
        }
    }
    return UnixNanos{local.time_since_epoch() + 5h};
}

std::optional<UnixNanos> parse_age(std::string_view text, UnixNanos now) {
    const auto count = number(text.substr(0, text.size() - 1));
    const std::int64_t unit = text.back() == 's'   ? 1
                              : text.back() == 'm' ? 60
                              : text.back() == 'h' ? 3600
                              : text.back() == 'd' ? 86'400
                                                   : 0;
    constexpr std::int64_t longest = std::int64_t{40} * 366 * 86'400;
    if (!count || unit == 0 || *count > longest / unit) {
        return std::nullopt;
    }
    return now - std::chrono::seconds(*count * unit);
}

/// What stands behind the date: " 09:30:00Z" and the like.
std::optional<UnixNanos> with_clock(std::chrono::local_days date, std::string_view text) {
    if (text.front() != 'T' && text.front() != ' ') {
        return std::nullopt;
    }
    text.remove_prefix(1);
    const auto zone = std::min(text.find_first_of("Z+-"), text.size());
    const auto time = time_of_day(text.substr(0, zone));
    if (!time) {
        return std::nullopt;
    }
    const LocalNanos local = LocalNanos(date) + *time;
    if (zone == text.size()) {
        return from_new_york(local);
    }
    const UnixNanos utc{local.time_since_epoch()};
    if (text[zone] == 'Z') {
        return zone + 1 == text.size() ? std::optional(utc) : std::nullopt;
    }
    const auto offset = hours_and_minutes(text.substr(zone + 1));
    if (!offset) {
        return std::nullopt;
    }
    return text[zone] == '+' ? utc - *offset : utc + *offset;
}

}  // namespace

std::optional<std::chrono::local_days> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto year = number(text.substr(0, 4));
    const auto month = number(text.substr(5, 2));
    const auto day = number(text.substr(8));
    if (!year || !month || !day || *year < 1990 || *year > 2035) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    return date.ok() ? std::optional(std::chrono::local_days(date)) : std::nullopt;
}

UnixNanos begin_of(std::chrono::local_days date) {
    return from_new_york(LocalNanos(date));
}

std::optional<UnixNanos> parse_time(std::string_view text, UnixNanos now) {
    if (text.empty() || text.size() > 40) {
        return std::nullopt;
    }
    if (text == "now") {
        return now;
    }
    if (all_digits(text)) {
        const auto ns = number(text);
        return ns ? std::optional(unix_nanos(*ns)) : std::nullopt;
    }
    if (const auto date = parse_date(text.substr(0, 10))) {
        return text.size() == 10 ? begin_of(*date) : with_clock(*date, text.substr(10));
    }
    return parse_age(text, now);
}

std::string new_york_text(UnixNanos t, int digits) {
    const LocalNanos local = new_york_time(t);
    const auto days = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date(days);
    const std::chrono::hh_mm_ss<Nanos> clock(local - days);
    std::string text =
        fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    clock.hours().count(), clock.minutes().count(), clock.seconds().count());
    if (digits > 0) {
        text += fmt::format(".{:09}", clock.subseconds().count())
                    .substr(0, static_cast<std::size_t>(digits) + 1);
    }
    return text;
}

}  // namespace tickstock
