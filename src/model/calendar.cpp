#include "model/calendar.hpp"

#include <date/tz.h>

#include "base/assert.hpp"
#include "model/market_holidays.hpp"

namespace tickstock {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

/// Beyond these dates nothing trades; inside, every time fits in 64-bit nanoseconds.
constexpr local_days first_day{1970y / January / 1};
constexpr local_days last_day{2199y / December / 31};

constexpr minutes pre_opens = 4h;
constexpr minutes regular_opens = 9h + 30min;
constexpr minutes after_lasts = 4h;
constexpr minutes overnight_opens = 20h;
constexpr minutes opening_lasts = 15min;
constexpr minutes closing_lasts = 30min;

/// One trading session of a day, with its place in the day's order.
struct DaySession {
    TradingSession session = TradingSession::Closed;
    UnixNanos begin;
    UnixNanos end;
    local_days date{};
};

/// The at most four sessions of one trading date.
struct DaySessions {
    std::array<DaySession, 4> list{};
    std::size_t size = 0;

    const DaySession* begin() const { return list.data(); }
    const DaySession* end() const { return list.data() + size; }
};

const date::time_zone& new_york() {
    static const date::time_zone* const zone = date::locate_zone("America/New_York");
    return *zone;
}

/// The clocks change on Sundays at 02:00, when no session begins or ends.
UnixNanos from_new_york(local_days day, minutes time_of_day) {
    const date::local_seconds local{day.time_since_epoch() + time_of_day};
    return UnixNanos{new_york().to_sys(local, date::choose::earliest).time_since_epoch()};
}

local_days new_york_date(UnixNanos t) {
    const auto second = floor<seconds>(t);
    const auto local = new_york().to_local(date::sys_seconds{second.time_since_epoch()});
    return local_days{floor<days>(local.time_since_epoch())};
}

/// Place of a session inside its date; with the date it makes the session key.
std::int64_t ordinal(TradingSession session) {
    switch (session) {
        case TradingSession::Overnight: return 0;
        case TradingSession::Pre: return 1;
        case TradingSession::Regular: return 2;
        case TradingSession::After: return 3;
        case TradingSession::Closed: return 4;
    }
    TS_ASSERT(false);
}

std::int64_t key_of(local_days date, TradingSession session) {
    return 8 * std::int64_t{date.time_since_epoch().count()} + ordinal(session);
}

/// The night before a trading day belongs to that day, Sunday's to Monday.
DaySessions sessions_of(local_days date, bool overnight) {
    DaySessions day;
    if (date < first_day || date > last_day) {
        return day;
    }
    const auto close = us_regular_close(date);
    if (!close) {
        return day;
    }
    const auto pre = from_new_york(date, pre_opens);
    const auto regular = from_new_york(date, regular_opens);
    const auto after = from_new_york(date, *close);
    if (overnight) {
        const auto night = from_new_york(date - days{1}, overnight_opens);
        day.list[day.size++] = {TradingSession::Overnight, night, pre, date};
    }
    day.list[day.size++] = {TradingSession::Pre, pre, regular, date};
    day.list[day.size++] = {TradingSession::Regular, regular, after, date};
    day.list[day.size++] = {TradingSession::After, after, after + after_lasts, date};
    return day;
}

SessionSpan whole_span(const DaySession& of, MarketPeriod period) {
    return {of.begin,   of.end, of.begin, of.end,
            of.session, period, of.date,  key_of(of.date, of.session)};
}

/// The regular session's three periods; every other session is one.
SessionSpan span_inside(const DaySession& of, UnixNanos t) {
    switch (of.session) {
        case TradingSession::Pre: return whole_span(of, MarketPeriod::Premarket);
        case TradingSession::After: return whole_span(of, MarketPeriod::Afterhours);
        case TradingSession::Regular: break;
        default: return whole_span(of, MarketPeriod::Base);
    }
    const UnixNanos midday = of.begin + opening_lasts;
    const UnixNanos closing = of.end - closing_lasts;
    if (t < midday) {
        auto span = whole_span(of, MarketPeriod::Opening);
        span.end = midday;
        return span;
    }
    if (t < closing) {
        auto span = whole_span(of, MarketPeriod::Midday);
        span.begin = midday;
        span.end = closing;
        return span;
    }
    auto span = whole_span(of, MarketPeriod::Closing);
    span.begin = closing;
    return span;
}

/// End of the newest session that is over at `t`, whose New York date is `date`.
UnixNanos closed_since(UnixNanos t, local_days date, bool overnight) {
    for (; date >= first_day; date -= days{1}) {
        const auto day = sessions_of(date, overnight);
        for (std::size_t i = day.size; i-- > 0;) {
            if (day.list[i].end <= t) {
                return day.list[i].end;
            }
        }
    }
    return UnixNanos::min();
}

/// Begin of the first session after `t`.
UnixNanos closed_until(UnixNanos t, local_days date, bool overnight) {
    for (; date <= last_day; date += days{1}) {
        for (const auto& session : sessions_of(date, overnight)) {
            if (session.begin > t) {
                return session.begin;
            }
        }
    }
    return UnixNanos::max();
}

SessionSpan closed_span(UnixNanos t, local_days date, bool overnight) {
    DaySession closed;
    closed.begin = closed_since(t, date, overnight);
    closed.end = closed_until(t, date, overnight);
    closed.date =
        closed.begin == UnixNanos::min() ? first_day - days{1} : new_york_date(closed.begin);
    return whole_span(closed, MarketPeriod::Base);
}

SessionSpan equities_span(UnixNanos t, bool overnight) {
    const UnixNanos earliest = from_new_york(first_day, 0min);
    const UnixNanos latest = from_new_york(last_day + days{1}, 0min);
    const local_days date = t < earliest ? first_day : t >= latest ? last_day : new_york_date(t);
    for (const auto day : {date, date + days{1}}) {
        for (const auto& session : sessions_of(day, overnight)) {
            if (t >= session.begin && t < session.end) {
                return span_inside(session, t);
            }
        }
    }
    return closed_span(t, date, overnight);
}

/// Nanoseconds of a UTC midnight, held inside the range of int64.
UnixNanos midnight(sys_days day) {
    constexpr auto first = ceil<days>(UnixNanos::min());
    constexpr auto last = floor<days>(UnixNanos::max());
    return day < first ? UnixNanos::min() : day > last ? UnixNanos::max() : UnixNanos{day};
}

SessionSpan continuous_span(UnixNanos t) {
    const sys_days day = floor<days>(t);
    const DaySession whole{TradingSession::Regular, midnight(day), midnight(day + days{1}),
                           local_days{day.time_since_epoch()}};
    return whole_span(whole, MarketPeriod::Base);
}

}  // namespace

std::chrono::local_time<Nanos> new_york_time(UnixNanos t) {
    const auto second = floor<seconds>(t);
    const auto local = new_york().to_local(date::sys_seconds{second.time_since_epoch()});
    return std::chrono::local_time<Nanos>{local.time_since_epoch() + (t - second)};
}

TradingCalendar::TradingCalendar(Kind kind) : kind_(kind) {
    if (kind_ != Kind::Continuous) {
        new_york();  // a machine without time-zone data says so at start-up
    }
}

SessionSpan TradingCalendar::span_at(UnixNanos t) const {
    switch (kind_) {
        case Kind::UsEquities: return equities_span(t, false);
        case Kind::UsEquitiesOvernight: return equities_span(t, true);
        case Kind::Continuous: return continuous_span(t);
    }
    TS_ASSERT(false);
}

TradingCalendar::DayKind TradingCalendar::day_kind(local_days date) const {
    if (kind_ == Kind::Continuous) {
        return DayKind::Full;
    }
    const auto close = us_regular_close(date);
    if (!close) {
        return DayKind::Closed;
    }
    return *close < 16h ? DayKind::EarlyClose : DayKind::Full;
}

const SessionSpan& SessionLookup::find(UnixNanos t) {
    for (std::size_t i = 0; i < spans_.size(); ++i) {
        if (t >= spans_[i].begin && t < spans_[i].end) {
            newest_ = i;
            return spans_[i];
        }
    }
    newest_ = (newest_ + 1) % spans_.size();
    spans_[newest_] = calendar_->span_at(t);
    return spans_[newest_];
}

}  // namespace tickstock
