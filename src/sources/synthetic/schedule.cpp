#include "sources/synthetic/schedule.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace tickstock {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::seconds;

/// Digits only, the whole text.
std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.front() == '-' || error != std::errc{} ||
        end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

std::optional<local_days> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto y = number(text.substr(0, 4));
    const auto m = number(text.substr(5, 2));
    const auto d = number(text.substr(8, 2));
    if (!y || !m || !d) {
        return std::nullopt;
    }
    const std::chrono::year_month_day ymd{std::chrono::year{*y},
                                          std::chrono::month{static_cast<unsigned>(*m)},
                                          std::chrono::day{static_cast<unsigned>(*d)}};
    if (!ymd.ok() || *y < 1990 || *y > 2035) {
        return std::nullopt;
    }
    return local_days{ymd};
}

/// A moment inside the regular session of every trading day of the date: 11:00 or 12:00 ET.
UnixNanos probe(local_days date) {
    return UnixNanos{date.time_since_epoch() + hours{16}};
}

SyntheticDay day_of(const TradingCalendar& calendar, const SessionSpan& regular) {
    SyntheticDay day;
    day.date = regular.date;
    day.open = regular.session_begin;
    day.close = regular.session_end;
    const SessionSpan before = calendar.span_at(day.open - Nanos{1});
    const SessionSpan behind = calendar.span_at(day.close);
    day.begin = before.session == TradingSession::Pre ? before.session_begin : day.open;
    day.end = behind.session == TradingSession::After ? behind.session_end : day.close;
    const bool us = calendar.kind() != TradingCalendar::Kind::Continuous;
    day.midnight = us ? day.open - minutes{9 * 60 + 30} : day.open;
    return day;
}

double power(double base, int exponent) {
    double result = 1;
    for (int i = 0; i < exponent; ++i) {
        result *= base;
    }
    return result;
}

/// x = 0 at the open, 1 at the close.
double regular_trades(double x) {
    return 0.62 + 1.9 * power(1 - x, 14) + 0.5 * power(1 - x, 3) + 1.7 * power(x, 18);
}
double regular_variance(double x) {
    return 0.6 + 3.0 * power(1 - x, 12) + 0.6 * power(x, 14);
}
/// x = 0 at the begin of pre, 1 at the open; against the regular mean.
double pre_trades(double x) {
    return 0.006 + 0.03 * power(x, 2) + 0.12 * power(x, 8);
}
/// x = 0 at the close, 1 at the end of after.
double after_trades(double x) {
    return 0.006 + 0.02 * power(1 - x, 3) + 0.25 * power(1 - x, 30);
}

}  // namespace

std::optional<SyntheticDay> trading_day(const TradingCalendar& calendar, local_days date) {
    const SessionSpan span = calendar.span_at(probe(date));
    if (span.session != TradingSession::Regular) {
        return std::nullopt;
    }
    return day_of(calendar, span);
}

Result<SyntheticDay> resolve_day(const TradingCalendar& calendar, std::string_view date,
                                 UnixNanos now) {
    if (date.empty()) {
        // A closed span has the date of the day that ended with it.
        const SessionSpan span = calendar.span_at(now);
        local_days before =
            span.session == TradingSession::Closed ? span.date : span.date - days{1};
        // The longest closure since 1990 took a week.
        for (int tries = 0; tries < 14; ++tries, before -= days{1}) {
            if (const auto day = trading_day(calendar, before)) {
                return *day;
            }
        }
        return Error{"no trading day before today: the calendar knows 1990 to 2035"};
    }
    const auto wanted = parse_date(date);
    if (!wanted) {
        return Error{"date \"" + std::string(date) +
                     "\" is not a day: accepted is YYYY-MM-DD from 1990 to 2035"};
    }
    if (const auto day = trading_day(calendar, *wanted)) {
        return *day;
    }
    return Error{"date " + std::string(date) +
                 " is not a trading day (weekend, holiday or closure)"};
}

Result<Nanos> parse_time_of_day(std::string_view text) {
    const Error error{"time \"" + std::string(text) +
                      "\" is not a time of day: accepted is HH:MM or HH:MM:SS"};
    if ((text.size() != 5 && text.size() != 8) || text[2] != ':' ||
        (text.size() == 8 && text[5] != ':')) {
        return error;
    }
    const auto h = number(text.substr(0, 2));
    const auto m = number(text.substr(3, 2));
    const auto s = text.size() == 8 ? number(text.substr(6, 2)) : std::optional<int>{0};
    if (!h || !m || !s || *h > 24 || *m > 59 || *s > 59 || (*h == 24 && *m + *s > 0)) {
        return error;
    }
    return Nanos{hours{*h} + minutes{*m} + seconds{*s}};
}

ActivityCurve::ActivityCurve(const SyntheticDay& day) : begin_(day.begin) {
    const auto count = static_cast<std::size_t>((day.end - day.begin) / minutes{1});
    trades_.reserve(count);
    variance_.reserve(count);
    const auto position = [](UnixNanos t, UnixNanos from, UnixNanos to) {
        return static_cast<double>((t - from).count()) / static_cast<double>((to - from).count());
    };
    double trades_sum = 0;
    double variance_sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const UnixNanos middle = day.begin + minutes{i} + seconds{30};
        if (day.regular(middle)) {
            const double x = position(middle, day.open, day.close);
            trades_.push_back(regular_trades(x));
            variance_.push_back(regular_variance(x));
            trades_sum += trades_.back();
            variance_sum += variance_.back() * 60;
        } else {
            const bool pre = middle < day.open;
            trades_.push_back(pre ? pre_trades(position(middle, day.begin, day.open))
                                  : after_trades(position(middle, day.close, day.end)));
            variance_.push_back(0);
        }
    }
    const auto regular_minutes = static_cast<double>((day.close - day.open) / minutes{1});
    for (std::size_t i = 0; i < count; ++i) {
        if (day.regular(day.begin + minutes{i})) {
            trades_[i] *= regular_minutes / trades_sum;
            variance_[i] /= variance_sum;
        } else {
            // Prices move less while few trade, but more per trade.
            variance_[i] =
                0.12 / (60 * regular_minutes) + 0.3 * trades_[i] / (60 * regular_minutes);
        }
    }
}

double ActivityCurve::minute(const std::vector<double>& curve, UnixNanos t) const {
    const auto index = std::clamp<std::int64_t>((t - begin_) / minutes{1}, 0,
                                                static_cast<std::int64_t>(curve.size()) - 1);
    return curve[static_cast<std::size_t>(index)];
}

}  // namespace tickstock
