#include "model/calendar.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "model/market_holidays.hpp"

namespace tickstock {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;
using Kind = TradingCalendar::Kind;
using DayKind = TradingCalendar::DayKind;

std::filesystem::path data_directory() {
    const char* given = std::getenv("TICKSTOCK_TEST_DATA");
    return given != nullptr ? given : TICKSTOCK_SOURCE_DIR "/../shared/data";
}

UnixNanos utc(year_month_day day, nanoseconds time_of_day = 0ns) {
    return UnixNanos{sys_days{day}} + time_of_day;
}

local_days local(year_month_day day) {
    return local_days{day};
}

/// "2013-07-03" or "2013-07-03T17:00:00Z".
UnixNanos parse_utc(const std::string& text) {
    int y = 0;
    unsigned m = 0, d = 0, hh = 0, mm = 0, ss = 0;
    std::sscanf(text.c_str(), "%d-%u-%uT%u:%u:%u", &y, &m, &d, &hh, &mm, &ss);
    return utc(year{y} / month{m} / day{d}, hours{hh} + minutes{mm} + seconds{ss});
}

/// The clocks of New York, told from the rules alone: the second, independent way.
bool daylight_saving(sys_days day) {
    const year y = year_month_day{day}.year();
    const sys_days begin = y >= 2007y ? y / March / Sunday[2] : y / April / Sunday[1];
    const sys_days end =
        y >= 2007y ? sys_days{y / November / Sunday[1]} : sys_days{y / October / Sunday[last]};
    return day >= begin && day < end;
}

/// 09:30 in New York as UTC.
UnixNanos opening_bell(sys_days day) {
    return UnixNanos{day} + (daylight_saving(day) ? 13h : 14h) + 30min;
}

void expect_span(const SessionSpan& span, TradingSession session, MarketPeriod period,
                 UnixNanos begin, UnixNanos end) {
    EXPECT_EQ(span.session, session);
    EXPECT_EQ(span.period, period);
    EXPECT_EQ(to_ns(span.begin), to_ns(begin));
    EXPECT_EQ(to_ns(span.end), to_ns(end));
}

TEST(Calendar, RegularDayHasItsSessionsAndPeriods) {
    const TradingCalendar calendar;
    const auto at = [&](nanoseconds t) { return calendar.span_at(utc(2013y / October / 7, t)); };
    const auto t = [](nanoseconds of_day) { return utc(2013y / October / 7, of_day); };

    expect_span(at(8h), TradingSession::Pre, MarketPeriod::Premarket, t(8h), t(13h + 30min));
    expect_span(at(13h + 30min - 1ns), TradingSession::Pre, MarketPeriod::Premarket, t(8h),
                t(13h + 30min));
    expect_span(at(13h + 30min), TradingSession::Regular, MarketPeriod::Opening, t(13h + 30min),
                t(13h + 45min));
    expect_span(at(13h + 45min), TradingSession::Regular, MarketPeriod::Midday, t(13h + 45min),
                t(19h + 30min));
    expect_span(at(20h - 1ns), TradingSession::Regular, MarketPeriod::Closing, t(19h + 30min),
                t(20h));
    expect_span(at(20h), TradingSession::After, MarketPeriod::Afterhours, t(20h), t(24h));
    expect_span(at(24h), TradingSession::Closed, MarketPeriod::Base, t(24h), t(32h));

    const auto midday = at(16h);
    EXPECT_EQ(midday.session_begin, t(13h + 30min));
    EXPECT_EQ(midday.session_end, t(20h));
    EXPECT_EQ(midday.date, local(2013y / October / 7));
    EXPECT_EQ(midday.session_key, at(13h + 30min).session_key);
}

TEST(Calendar, EarlyCloseMovesClosingAndAfter) {
    const TradingCalendar calendar;
    const auto t = [](nanoseconds of_day) { return utc(2013y / July / 3, of_day); };
    expect_span(calendar.span_at(t(16h + 45min)), TradingSession::Regular, MarketPeriod::Closing,
                t(16h + 30min), t(17h));
    expect_span(calendar.span_at(t(17h)), TradingSession::After, MarketPeriod::Afterhours, t(17h),
                t(21h));
    expect_span(calendar.span_at(t(21h)), TradingSession::Closed, MarketPeriod::Base, t(21h),
                utc(2013y / July / 5, 8h));
}

TEST(Calendar, WeekendIsOneClosedSpanAcrossTheClockChange) {
    const TradingCalendar calendar;
    const auto span = calendar.span_at(utc(2026y / March / 8, 7h));  // 02:00 EST = 03:00 EDT
    expect_span(span, TradingSession::Closed, MarketPeriod::Base, utc(2026y / March / 7, 1h),
                utc(2026y / March / 9, 8h));
    EXPECT_EQ(span.date, local(2026y / March / 6)) << "of its begin, Friday 20:00";
}

TEST(Calendar, OvernightBelongsToTheDayThatFollows) {
    const TradingCalendar calendar(Kind::UsEquitiesOvernight);
    const auto sunday = calendar.span_at(utc(2026y / November / 23, 3h));
    expect_span(sunday, TradingSession::Overnight, MarketPeriod::Base,
                utc(2026y / November / 23, 1h), utc(2026y / November / 23, 9h));
    EXPECT_EQ(sunday.date, local(2026y / November / 23));

    // No night before Thanksgiving; one between it and its half day, after which Friday ends early.
    expect_span(calendar.span_at(utc(2026y / November / 26, 3h)), TradingSession::Closed,
                MarketPeriod::Base, utc(2026y / November / 26, 1h), utc(2026y / November / 27, 1h));
    EXPECT_EQ(calendar.span_at(utc(2026y / November / 27, 1h)).session, TradingSession::Overnight);
    expect_span(calendar.span_at(utc(2026y / November / 28)), TradingSession::Closed,
                MarketPeriod::Base, utc(2026y / November / 27, 22h),
                utc(2026y / November / 30, 1h));
}

TEST(Calendar, ContinuousDayIsOneRegularSession) {
    const TradingCalendar calendar(Kind::Continuous);
    const auto span = calendar.span_at(utc(2024y / August / 10, 23h + 59min));
    expect_span(span, TradingSession::Regular, MarketPeriod::Base, utc(2024y / August / 10),
                utc(2024y / August / 11));
    EXPECT_EQ(span.session_end, span.end);
    EXPECT_EQ(span.date, local(2024y / August / 10));
    EXPECT_EQ(calendar.day_kind(local(2024y / December / 25)), DayKind::Full);
}

TEST(Calendar, EndsOfTimeHaveASpanToo) {
    for (const auto kind : {Kind::UsEquities, Kind::UsEquitiesOvernight, Kind::Continuous}) {
        const TradingCalendar calendar(kind);
        const auto first = calendar.span_at(UnixNanos::min());
        EXPECT_EQ(first.begin, UnixNanos::min());
        EXPECT_LT(first.session_key, calendar.span_at(first.end).session_key);
        const auto final = calendar.span_at(UnixNanos::max());
        EXPECT_EQ(final.end, UnixNanos::max());
        EXPECT_LT(calendar.span_at(final.begin - 1ns).session_key, final.session_key);
    }
}

TEST(Calendar, ClosuresBeyondTheRecordedTable) {
    const TradingCalendar calendar;
    const auto kind = [&](year_month_day day) { return calendar.day_kind(local(day)); };
    EXPECT_EQ(kind(2025y / January / 9), DayKind::Closed);
    EXPECT_EQ(kind(2026y / July / 3), DayKind::Closed) << "the 4th is a Saturday";
    EXPECT_EQ(kind(2026y / July / 2), DayKind::Full);
    EXPECT_EQ(kind(2027y / December / 31), DayKind::Full) << "no New Year on a Friday";
    EXPECT_EQ(kind(2028y / December / 22), DayKind::Full);
    EXPECT_EQ(kind(2033y / January / 3), DayKind::Full);
    EXPECT_EQ(kind(2034y / January / 2), DayKind::Closed) << "New Year is a Sunday";
    EXPECT_EQ(kind(2035y / March / 23), DayKind::Closed) << "Good Friday";
    EXPECT_EQ(kind(2024y / July / 3), DayKind::EarlyClose);
}

/// Month × 100 + day of each Good Friday from 1990 to 2035.
constexpr std::array good_fridays{413, 329, 417, 409, 401, 414, 405, 328, 410, 402, 421, 413,
                                  329, 418, 409, 325, 414, 406, 321, 410, 402, 422, 406, 329,
                                  418, 403, 325, 414, 330, 419, 410, 402, 415, 407, 329, 418,
                                  403, 326, 414, 330, 419, 411, 326, 415, 407, 323};

TEST(Calendar, GoodFridaysAreClosed) {
    auto y = 1990y;
    for (const int month_day : good_fridays) {
        const auto friday = local(y / (month_day / 100) / (month_day % 100));
        EXPECT_FALSE(us_regular_close(friday)) << static_cast<int>(y);
        EXPECT_TRUE(us_regular_close(friday - days{1})) << static_cast<int>(y);
        ++y;
    }
}

TEST(Calendar, DaysThatHistoryMade) {
    const auto close = [](year_month_day day) { return us_regular_close(local(day)); };
    EXPECT_FALSE(close(1994y / April / 27));
    EXPECT_TRUE(close(2001y / September / 10));
    EXPECT_FALSE(close(2001y / September / 11));
    EXPECT_FALSE(close(2001y / September / 14));
    EXPECT_TRUE(close(2001y / September / 17));
    EXPECT_FALSE(close(2004y / June / 11));
    EXPECT_FALSE(close(2007y / January / 2));
    EXPECT_FALSE(close(2012y / October / 29));
    EXPECT_FALSE(close(2012y / October / 30));
    EXPECT_FALSE(close(2018y / December / 5));
    EXPECT_TRUE(close(1997y / January / 20)) << "the day of Martin Luther King Jr. came in 1998";
    EXPECT_FALSE(close(1998y / January / 19));
    EXPECT_TRUE(close(2021y / June / 18)) << "Juneteenth came in 2022";
    EXPECT_FALSE(close(2022y / June / 20));

    EXPECT_EQ(close(1990y / November / 23), 16h) << "half days after Thanksgiving came in 1992";
    EXPECT_EQ(close(1992y / November / 27), 14h);
    EXPECT_EQ(close(1993y / November / 26), 13h);
    EXPECT_EQ(close(1999y / December / 31), 13h);
    EXPECT_EQ(close(2002y / July / 3), 16h);
    EXPECT_EQ(close(2002y / July / 5), 13h) << "with the 4th on a Thursday, until 2012";
    EXPECT_EQ(close(2013y / July / 3), 13h);
    EXPECT_EQ(close(2013y / July / 5), 16h);
}

/// Every session that the table holds is one here with the same open and close, and every day
/// between that it does not hold is closed here.
TEST(Calendar, AgreesWithRecordedSessions1990To2023) {
    const auto path = data_directory() / "calendars/exchange_calendars/tests/resources/xnys.csv";
    std::ifstream file(path);
    if (!file) {
        GTEST_SKIP() << "no recorded sessions at " << path;
    }
    const TradingCalendar calendar;
    std::map<local_days, std::pair<UnixNanos, UnixNanos>> table;
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        std::string date, open, close;
        std::getline(fields, date, ',');
        std::getline(fields, open, ',');
        std::getline(fields, close, ',');
        const auto day = floor<days>(parse_utc(date));
        table[local_days{day.time_since_epoch()}] = {parse_utc(open), parse_utc(close)};
    }
    ASSERT_GT(table.size(), 8'000U);
    for (auto day = table.begin()->first; day <= table.rbegin()->first; day += days{1}) {
        const auto found = table.find(day);
        const auto date = year_month_day{day};
        SCOPED_TRACE(::testing::Message()
                     << static_cast<int>(date.year()) << '-' << static_cast<unsigned>(date.month())
                     << '-' << static_cast<unsigned>(date.day()));
        if (found == table.end()) {
            EXPECT_EQ(calendar.day_kind(day), DayKind::Closed);
            continue;
        }
        const auto [open, close] = found->second;
        const auto span = calendar.span_at(open);
        EXPECT_EQ(span.session, TradingSession::Regular);
        EXPECT_EQ(span.date, day);
        EXPECT_EQ(to_ns(span.session_begin), to_ns(open));
        EXPECT_EQ(to_ns(span.session_end), to_ns(close));
    }
}

/// "M/D/YYYY" → date.
local_days parse_lean_date(const std::string& text) {
    unsigned m = 0, d = 0;
    int y = 0;
    std::sscanf(text.c_str(), "%u/%u/%d", &m, &d, &y);
    return local_days{year{y} / month{m} / day{d}};
}

std::string lean_section(const std::string& json, const std::string& key, char open, char close) {
    const auto begin = json.find(open, json.find('"' + key + '"'));
    return json.substr(begin, json.find(close, begin) - begin);
}

TEST(Calendar, AgreesWithSecondSource1998To2028) {
    const auto path = data_directory() / "calendars/lean/equity-usa-market-hours.json";
    std::ifstream file(path);
    if (!file) {
        GTEST_SKIP() << "no market hours at " << path;
    }
    const std::string json{std::istreambuf_iterator<char>(file), {}};
    const TradingCalendar calendar;
    const std::regex dates(R"re("(\d+/\d+/\d{4})")re");

    const auto holidays = lean_section(json, "holidays", '[', ']');
    std::size_t closed = 0;
    for (std::sregex_iterator it(holidays.begin(), holidays.end(), dates), end; it != end; ++it) {
        EXPECT_EQ(calendar.day_kind(parse_lean_date((*it)[1])), DayKind::Closed) << (*it)[1];
        ++closed;
    }
    EXPECT_EQ(closed, 293U);

    const auto early = lean_section(json, "earlyCloses", '{', '}');
    std::size_t early_closes = 0;
    for (std::sregex_iterator it(early.begin(), early.end(), dates), end; it != end; ++it) {
        const auto day = parse_lean_date((*it)[1]);
        const bool weekend = weekday{day} == Sunday;  // it lists one Sunday, 2017-12-24
        EXPECT_EQ(calendar.day_kind(day), weekend ? DayKind::Closed : DayKind::EarlyClose)
            << (*it)[1];
        ++early_closes;
    }
    EXPECT_EQ(early_closes, 65U);
}

TEST(Calendar, OpeningBellFollowsTheClockChanges1990To2035) {
    const TradingCalendar calendar;
    for (auto day = sys_days{1990y / January / 1}; day < sys_days{2036y / January / 1};
         day += days{1}) {
        if (calendar.day_kind(local_days{day.time_since_epoch()}) == DayKind::Closed) {
            continue;
        }
        const auto bell = opening_bell(day);
        const auto span = calendar.span_at(bell);
        ASSERT_EQ(to_ns(span.session_begin), to_ns(bell));
        ASSERT_EQ(span.period, MarketPeriod::Opening);
        ASSERT_EQ(calendar.span_at(bell - 1ns).session, TradingSession::Pre);
        ASSERT_EQ(to_ns(calendar.span_at(bell - 1ns).begin), to_ns(bell - 5h - 30min));
    }
}

TEST(Calendar, HolidaysOfEachYearAreNineOrTen) {
    // Saturday New Years and Carter's funeral apart, rules alone give 8 (before 1998), 9, then 10.
    for (auto y = 2026y; y <= 2035y; ++y) {
        int closed = 0;
        for (auto day = local_days{y / January / 1}; day < local_days{(y + years{1}) / January / 1};
             day += days{1}) {
            const weekday on{day};
            closed += on != Saturday && on != Sunday && !us_regular_close(day);
        }
        const bool lost = weekday{local_days{y / January / 1}} == Saturday;
        EXPECT_EQ(closed, lost ? 9 : 10) << static_cast<int>(y);
    }
}

class CalendarKinds : public ::testing::TestWithParam<Kind> {};

TEST_P(CalendarKinds, SpansTileAllTimeAndKeysGrow) {
    const TradingCalendar calendar(GetParam());
    auto span = calendar.span_at(utc(1989y / December / 30));
    std::size_t spans = 0;
    while (span.begin < utc(2036y / January / 3)) {
        ASSERT_LT(span.begin, span.end);
        ASSERT_LE(span.session_begin, span.begin);
        ASSERT_GE(span.session_end, span.end);
        const auto last_moment = calendar.span_at(span.end - 1ns);
        ASSERT_EQ(to_ns(last_moment.begin), to_ns(span.begin));
        ASSERT_EQ(last_moment.session_key, span.session_key);

        const auto next = calendar.span_at(span.end);
        ASSERT_EQ(to_ns(next.begin), to_ns(span.end)) << "a hole or an overlap";
        const bool same_session = next.session_begin == span.session_begin;
        ASSERT_EQ(next.session_key == span.session_key, same_session);
        ASSERT_EQ(next.session_key > span.session_key, !same_session);
        ASSERT_EQ(next.session_begin, same_session ? span.session_begin : span.session_end);
        span = next;
        ++spans;
    }
    EXPECT_GT(spans, 46U * 365U);
}

TEST_P(CalendarKinds, LookupAnswersAsTheCalendar) {
    const TradingCalendar calendar(GetParam());
    rc::detail::checkGTest([&] {
        SessionLookup lookup(calendar);
        const auto begin = to_ns(utc(1990y / January / 1));
        const auto end = to_ns(utc(2036y / January / 1));
        auto t = *rc::gen::inRange(begin, end);
        for (int i = 0; i < 50; ++i) {
            const SessionSpan& found = lookup.at(unix_nanos(t));
            const auto expected = calendar.span_at(unix_nanos(t));
            RC_ASSERT(found.begin == expected.begin);
            RC_ASSERT(found.end == expected.end);
            RC_ASSERT(found.session_key == expected.session_key);
            RC_ASSERT(found.period == expected.period);
            RC_ASSERT(unix_nanos(t) >= found.begin);
            RC_ASSERT(unix_nanos(t) < found.end);
            const std::int64_t hour = 3'600'000'000'000;
            const auto edge = to_ns(expected.end);
            t = *rc::gen::oneOf(rc::gen::just(edge), rc::gen::just(edge - 1),
                                rc::gen::just(to_ns(expected.begin)),
                                rc::gen::inRange(t - hour, t + 8 * hour));
        }
    });
}

TEST(NewYorkTime, ShowsTheClocksOfEveryDay) {
    for (sys_days day = year{1990} / January / 1; day < sys_days{year{2036} / January / 1};
         day += days{1}) {
        const auto bell = local_time<nanoseconds>{day.time_since_epoch() + 9h + 30min};
        ASSERT_EQ(new_york_time(opening_bell(day) + 123ns), bell + 123ns);
    }
    EXPECT_EQ(new_york_time(UnixNanos{-1ns}).time_since_epoch(), -5h - 1ns);
}

INSTANTIATE_TEST_SUITE_P(All, CalendarKinds,
                         ::testing::Values(Kind::UsEquities, Kind::UsEquitiesOvernight,
                                           Kind::Continuous));

}  // namespace
}  // namespace tickstock
