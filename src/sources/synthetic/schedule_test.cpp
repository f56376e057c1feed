#include "sources/synthetic/schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sources/synthetic/random.hpp"

namespace tickstock {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::year;

const TradingCalendar calendar;

UnixNanos utc(std::chrono::year_month_day date, Nanos time) {
    return UnixNanos{std::chrono::sys_days{date}} + time;
}

TEST(SyntheticSchedule, AFullDayRunsFromFourToEight) {
    const auto day = resolve_day(calendar, "2024-06-12", UnixNanos{});
    ASSERT_TRUE(day.ok());
    EXPECT_EQ(day->midnight, utc(year{2024} / 6 / 12, hours{4}));
    EXPECT_EQ(day->begin - day->midnight, hours{4});
    EXPECT_EQ(day->open - day->midnight, hours{9} + minutes{30});
    EXPECT_EQ(day->close - day->midnight, hours{16});
    EXPECT_EQ(day->end - day->midnight, hours{20});
    EXPECT_TRUE(day->regular(day->open));
    EXPECT_FALSE(day->regular(day->close));
}

TEST(SyntheticSchedule, WinterDaysStandAnHourLater) {
    const auto day = resolve_day(calendar, "2024-01-10", UnixNanos{});
    ASSERT_TRUE(day.ok());
    EXPECT_EQ(day->midnight, utc(year{2024} / 1 / 10, hours{5}));
}

TEST(SyntheticSchedule, NoDateIsTheLastTradingDayThatIsOver) {
    const auto date_at = [](UnixNanos now) { return resolve_day(calendar, "", now)->date; };
    const auto local = [](std::chrono::year_month_day date) {
        return std::chrono::local_days{date};
    };
    // A Monday morning: Friday. The Monday after Good Friday: Thursday.
    EXPECT_EQ(date_at(utc(year{2024} / 6 / 17, hours{15})), local(year{2024} / 6 / 14));
    EXPECT_EQ(date_at(utc(year{2024} / 4 / 1, hours{15})), local(year{2024} / 3 / 28));
    // 02:00 UTC on Thursday is Wednesday 22:00 in New York, after the day's end: Wednesday.
    EXPECT_EQ(date_at(utc(year{2024} / 6 / 13, hours{2})), local(year{2024} / 6 / 12));
    // On a weekend: Friday.
    EXPECT_EQ(date_at(utc(year{2024} / 6 / 15, hours{15})), local(year{2024} / 6 / 14));
    EXPECT_EQ(date_at(utc(year{2024} / 6 / 16, hours{15})), local(year{2024} / 6 / 14));
}

TEST(SyntheticSchedule, RefusesOtherTexts) {
    for (const char* date : {"2024-6-12", "20240612", "2024-13-01", "2024-02-30", "1989-06-12",
                             "2024-06-1x", "-024-06-12", "2024-06-15", "2024-07-04"}) {
        EXPECT_FALSE(resolve_day(calendar, date, UnixNanos{}).ok()) << date;
    }
    for (const char* time :
         {"9:30", "09:60", "25:00", "24:01", "09:30:61", "0930", "", "-9:30", "09:30:"}) {
        EXPECT_FALSE(parse_time_of_day(time).ok()) << time;
    }
}

TEST(SyntheticSchedule, ReadsTimesOfDay) {
    EXPECT_EQ(*parse_time_of_day("09:30"), hours{9} + minutes{30});
    EXPECT_EQ(*parse_time_of_day("23:59:59"), hours{24} - seconds{1});
    EXPECT_EQ(*parse_time_of_day("24:00"), hours{24});
}

TEST(SyntheticSchedule, CurvesAreNormalizedOverTheRegularSession) {
    for (const char* date : {"2024-06-12", "2024-11-29"}) {  // the second closes early
        const auto day = resolve_day(calendar, date, UnixNanos{});
        const ActivityCurve curve(*day);
        double trades = 0;
        double variance = 0;
        for (UnixNanos t = day->open; t < day->close; t += minutes{1}) {
            trades += curve.trades(t);
            variance += 60 * curve.variance(t);
        }
        const auto session_minutes = static_cast<double>((day->close - day->open) / minutes{1});
        EXPECT_NEAR(trades / session_minutes, 1, 1e-9);
        EXPECT_NEAR(variance, 1, 1e-9);
        const UnixNanos noon = day->open + (day->close - day->open) / 2;
        EXPECT_GT(curve.trades(day->open), 2 * curve.trades(noon));
        EXPECT_GT(curve.trades(day->close - minutes{1}), 2 * curve.trades(noon));
        EXPECT_LT(curve.trades(day->begin), 0.02);
        EXPECT_LT(curve.trades(day->end - minutes{1}), 0.02);
    }
}

TEST(SyntheticRandom, FunctionsAgreeWithTheMathLibrary) {
    for (double x = 1e-12; x < 1e12; x *= 1.37) {
        EXPECT_NEAR(stable_log(x), std::log(x), 1e-8 + 1e-9 * std::abs(std::log(x))) << x;
    }
    for (double x = -30; x < 30; x += 0.173) {
        EXPECT_NEAR(stable_exp(x) / std::exp(x), 1, 1e-12) << x;
    }
}

TEST(SyntheticRandom, NumbersHaveTheirMoments) {
    Random random(11, 0);
    double sum = 0;
    double squares = 0;
    double exponential = 0;
    double uniform = 0;
    constexpr int n = 200'000;
    for (int i = 0; i < n; ++i) {
        const double z = random.normal();
        sum += z;
        squares += z * z;
        exponential += random.exponential();
        const double u = random.unit();
        ASSERT_GE(u, 0);
        ASSERT_LT(u, 1);
        uniform += u;
        ASSERT_LT(random.below(7), 7U);
        const auto drawn = random.between(-3, 3);
        ASSERT_GE(drawn, -3);
        ASSERT_LE(drawn, 3);
    }
    EXPECT_NEAR(sum / n, 0, 0.01);
    EXPECT_NEAR(squares / n, 1, 0.02);
    EXPECT_NEAR(exponential / n, 1, 0.01);
    EXPECT_NEAR(uniform / n, 0.5, 0.005);
}

TEST(SyntheticRandom, StreamsDiffer) {
    Random a(1, 0);
    Random b(1, 1);
    Random c(2, 0);
    const auto first = a.next();
    EXPECT_NE(first, b.next());
    EXPECT_NE(first, c.next());
    EXPECT_EQ(first, Random(1, 0).next());
}

}  // namespace
}  // namespace tickstock
