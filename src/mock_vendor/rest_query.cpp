#include "mock_vendor/rest_query.hpp"

#include <charconv>
#include <chrono>
#include <limits>

namespace tickstock {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            out.push_back(' ');
        } else if (text[i] != '%') {
            out.push_back(text[i]);
        } else {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return std::nullopt;
            }
            out.push_back(static_cast<char>(high * 16 + low));
            i += 2;
        }
    }
    return out;
}

template <class T>
bool take_number(std::string_view& text, std::size_t digits, T& out) {
    if (text.size() < digits) {
        return false;
    }
    const char* end = text.data() + digits;
    const auto [at, error] = std::from_chars(text.data(), end, out);
    text.remove_prefix(digits);
    return error == std::errc{} && at == end;
}

bool take(std::string_view& text, std::string_view what) {
    if (!text.starts_with(what)) {
        return false;
    }
    text.remove_prefix(what.size());
    return true;
}

std::optional<std::chrono::year_month_day> take_date(std::string_view& text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    if (!take_number(text, 4, year) || !take(text, "-") || !take_number(text, 2, month) ||
        !take(text, "-") || !take_number(text, 2, day)) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(day)};
    return date.ok() && year >= 1990 && year <= 2100 ? std::optional(date) : std::nullopt;
}

/// ".690" as nanoseconds.
bool take_fraction(std::string_view& text, Nanos& out) {
    if (!take(text, ".")) {
        return true;
    }
    std::int64_t ns = 0;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
        if (digits < 9) {
            ns = ns * 10 + (text[digits] - '0');
        }
        ++digits;
    }
    text.remove_prefix(digits);
    for (std::size_t i = digits; i < 9; ++i) {
        ns *= 10;
    }
    out += Nanos(ns);
    return digits > 0;
}

std::optional<UnixNanos> parse_unix_time(std::string_view text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || at != end || value < 0) {
        return std::nullopt;
    }
    constexpr std::int64_t seconds_limit = 100'000'000'000;  // of the year 5138
    std::int64_t unit = 1'000'000'000;
    for (std::int64_t as_seconds = value; unit > 1 && as_seconds >= seconds_limit;) {
        as_seconds /= 1000;
        unit /= 1000;
    }
    // Seconds up to the year 5138 are more nanoseconds than 64 bits hold (year 2262).
    constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
    return value > last / unit ? std::nullopt : std::optional(UnixNanos{Nanos{value * unit}});
}

}  // namespace

std::optional<RestTarget> RestTarget::parse(std::string_view target) {
    RestTarget out;
    const std::size_t mark = target.find('?');
    auto path = decoded(target.substr(0, mark), false);
    if (!path) {
        return std::nullopt;
    }
    out.path = std::move(*path);
    std::string_view rest = mark == std::string_view::npos ? "" : target.substr(mark + 1);
    while (!rest.empty()) {
        const std::size_t end = rest.find('&');
        const std::string_view pair = rest.substr(0, end);
        const std::size_t equals = pair.find('=');
        const auto name = decoded(pair.substr(0, equals), true);
        const auto value =
            decoded(equals == std::string_view::npos ? "" : pair.substr(equals + 1), true);
        if (!name || !value) {
            return std::nullopt;
        }
        out.query.emplace(*name, *value);
        rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
    }
    return out;
}

std::string_view RestTarget::get(std::string_view name) const {
    const auto found = query.find(name);
    return found == query.end() ? std::string_view{} : found->second;
}

std::optional<UnixNanos> parse_vendor_time(std::string_view text) {
    if (text.size() < 5 || text[4] != '-') {
        return parse_unix_time(text);
    }
    const auto date = take_date(text);
    if (!date) {
        return std::nullopt;
    }
    UnixNanos time = std::chrono::sys_days(*date);
    if (text.empty()) {
        return time;
    }
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
    Nanos fraction{0};
    if ((!take(text, "T") && !take(text, " ")) || !take_number(text, 2, hour) || !take(text, ":") ||
        !take_number(text, 2, minute) || !take(text, ":") || !take_number(text, 2, second) ||
        !take_fraction(text, fraction)) {
        return std::nullopt;
    }
    if ((text != "Z" && !text.empty() && text != "+00:00") || hour > 23 || minute > 59 ||
        second > 59) {
        return std::nullopt;
    }
    return time + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second) + fraction;
}

std::optional<UnixNanos> parse_aggs_bound(std::string_view text, bool end) {
    std::string_view rest = text;
    const auto date = text.size() == 10 && text[4] == '-' ? take_date(rest) : std::nullopt;
    if (!date) {
        return text.size() >= 10 && text[4] == '-' ? std::nullopt : parse_vendor_time(text);
    }
    // The trading day of that date lies between 05:00 UTC of it and of the next.
    return UnixNanos{std::chrono::sys_days(*date)} + std::chrono::hours(end ? 29 : 5) -
           Nanos(end ? 1 : 0);
}

}  // namespace tickstock
