#include "sources/polygon/bar_tracker.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

using namespace std::chrono_literals;

/// 2024-03-05 10:00:00 New York.
constexpr UnixNanos ten = from_unix_second(1'709'650'800);

Bar minute(std::uint32_t symbol, int number, std::int64_t shares) {
    Bar bar{};
    bar.header.symbol = SymbolId{symbol};
    bar.header.kind = RecordKind::Bar;
    bar.header.ts_event = ten + number * 1min;
    bar.timeframe = Timeframe::Minute1;
    bar.open = bar.high = bar.low = bar.close = Price::from_cents(100);
    bar.volume = Size::from_shares(shares);
    return bar;
}

struct Tracked : ::testing::Test {
    TradingCalendar calendar;
    BarTracker bars{calendar};
    bool look(std::uint32_t symbol, int number, std::int64_t shares, std::int64_t day,
              bool fetched = false) {
        return bars.look(minute(symbol, number, shares), Size::from_shares(day), fetched);
    }
};
using PolygonBarTracker = Tracked;

TEST_F(PolygonBarTracker, ContinuousVolumesAreNoGap) {
    look(0, 0, 100, 1000);
    look(0, 1, 50, 1050);
    look(0, 5, 20, 1071);  // whole shares are cut
    look(1, 5, 20, 20);
    look(0, 6, 10, 0);  // not told
    look(0, 7, 10, 5000);
    EXPECT_EQ(bars.suspected(), 0U);
    EXPECT_FALSE(bars.take_gap().has_value());
}

TEST_F(PolygonBarTracker, OneGapForManySymbolsOfAMinute) {
    for (std::uint32_t symbol = 0; symbol < 10; ++symbol) {
        look(symbol, 0, 100, 1000);
    }
    for (std::uint32_t symbol = 0; symbol < 10; ++symbol) {
        look(symbol, 2, 100, 1500);  // minute 1 is missing
        EXPECT_FALSE(bars.take_gap().has_value());
    }
    EXPECT_EQ(bars.suspected(), 10U);
    look(0, 3, 100, 1600);
    const auto gap = bars.take_gap();
    ASSERT_TRUE(gap.has_value());
    EXPECT_EQ(*gap, (FeedGap{false, ten + 1min, ten + 2min, "bars"}));
    look(1, 3, 100, 1600);
    look(0, 4, 100, 1700);
    EXPECT_FALSE(bars.take_gap().has_value());
}

TEST_F(PolygonBarTracker, ARebroadcastBarIsARevision) {
    look(0, 0, 100, 1000);
    look(0, 1, 100, 1100);
    EXPECT_TRUE(look(0, 1, 130, 1130));
    EXPECT_FALSE(look(0, 1, 130, 1130));  // the same once more
    EXPECT_TRUE(look(0, 0, 101, 1001));   // of an older one
    look(0, 2, 10, 1140);
    EXPECT_EQ(bars.suspected(), 0U);
}

TEST_F(PolygonBarTracker, ForgetsOverADayAndAnOutage) {
    look(0, 0, 100, 1000);
    look(0, 24 * 60, 100, 100);
    EXPECT_EQ(bars.suspected(), 0U);
    bars.forget_volumes();
    look(0, 24 * 60 + 5, 100, 9000);
    EXPECT_EQ(bars.suspected(), 0U);
    look(0, 24 * 60 + 6, 100, 9500);
    EXPECT_EQ(bars.suspected(), 1U);
}

TEST_F(PolygonBarTracker, FetchedBarsThatAreKnownAreDuplicates) {
    look(0, 0, 100, 1000);
    EXPECT_FALSE(look(0, 0, 100, 0, true));
    EXPECT_TRUE(look(0, 1, 100, 0, true));
    EXPECT_FALSE(look(0, 1, 100, 1100));  // the wire brings it too
    EXPECT_TRUE(look(0, 2, 100, 1200));
    EXPECT_EQ(bars.suspected(), 0U);
}

}  // namespace
}  // namespace tickstock
