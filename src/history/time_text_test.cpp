#include "history/time_text.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

using namespace std::chrono_literals;

constexpr UnixNanos now = unix_nanos(1'709'650'800'000'000'000);  // 2024-03-05 10:00 New York

std::string read(std::string_view text) {
    const auto time = parse_time(text, now);
    return time ? new_york_text(*time, 9) : "none";
}

TEST(TimeText, TakesDatesNewYorkTimesOffsetsNanosecondsAndAges) {
    EXPECT_EQ(read("2024-03-05"), "2024-03-05 00:00:00.000000000");
    EXPECT_EQ(read("2024-03-05T09:30"), "2024-03-05 09:30:00.000000000");
    EXPECT_EQ(read("2024-03-05 09:30:01.25"), "2024-03-05 09:30:01.250000000");
    EXPECT_EQ(read("2024-07-05T09:30:00"), "2024-07-05 09:30:00.000000000");
    EXPECT_EQ(read("2024-03-05T14:30:00Z"), "2024-03-05 09:30:00.000000000");
    EXPECT_EQ(read("2024-03-05T14:30:00.123456789Z"), "2024-03-05 09:30:00.123456789");
    EXPECT_EQ(read("2024-03-05T09:30-05:00"), "2024-03-05 09:30:00.000000000");
    EXPECT_EQ(read("2024-03-05T15:30+01:00"), "2024-03-05 09:30:00.000000000");
    EXPECT_EQ(read("1709650800000000001"), "2024-03-05 10:00:00.000000001");
    EXPECT_EQ(read("now"), "2024-03-05 10:00:00.000000000");
    EXPECT_EQ(read("90s"), "2024-03-05 09:58:30.000000000");
    EXPECT_EQ(read("30m"), "2024-03-05 09:30:00.000000000");
    EXPECT_EQ(read("2h"), "2024-03-05 08:00:00.000000000");
    EXPECT_EQ(read("7d"), "2024-02-27 10:00:00.000000000");
}

TEST(TimeText, WhereTheClockTurnsTheEarlierIsMeantAndNoneIsLost) {
    EXPECT_EQ(parse_time("2024-11-03T01:30", now), parse_time("2024-11-03T05:30Z", now));
    EXPECT_EQ(parse_time("2024-03-10T02:30", now), parse_time("2024-03-10T07:30Z", now));
    EXPECT_EQ(begin_of(*parse_date("2024-03-11")) - begin_of(*parse_date("2024-03-10")), 23h);
    EXPECT_EQ(begin_of(*parse_date("2024-11-04")) - begin_of(*parse_date("2024-11-03")), 25h);
}

TEST(TimeText, TakesNothingElse) {
    for (const std::string_view bad : {"",
                                       " ",
                                       "today",
                                       "2024-3-5",
                                       "2024-02-30",
                                       "1989-01-01",
                                       "2036-01-01",
                                       "2024-03-05T",
                                       "2024-03-05T9:30",
                                       "2024-03-05T24:00",
                                       "2024-03-05T09:60",
                                       "2024-03-05T09:30:60",
                                       "2024-03-05T09:30:00.",
                                       "2024-03-05T09:30:00.1234567890",
                                       "2024-03-05T09:30ZZ",
                                       "2024-03-05T09:30+1",
                                       "2024-03-05x09:30",
                                       "-5m",
                                       "5",
                                       "5x",
                                       "h",
                                       "99999999999999999999",
                                       "1e9",
                                       "2h ",
                                       "' OR 1=1 --"}) {
        if (bad != "5") {
            EXPECT_EQ(parse_time(bad, now), std::nullopt) << bad;
        }
        EXPECT_EQ(parse_date(bad), std::nullopt) << bad;
    }
    EXPECT_EQ(new_york_text(now, 0), "2024-03-05 10:00:00");
}

}  // namespace
}  // namespace tickstock
