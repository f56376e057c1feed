#include "engine/trade_meter.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

TEST(TradeMeter, CountsByWindowsOfTime) {
    TradeMeter meter;
    const UnixNanos start = from_unix_second(1'700'000'000);
    EXPECT_TRUE(meter.closed()->empty());
    meter.count(start + std::chrono::seconds(3));
    meter.count(start + std::chrono::seconds(9));
    EXPECT_TRUE(meter.closed()->empty()) << "it is not over";
    meter.count(start + std::chrono::seconds(30));
    meter.count(start);  // another epoch
    meter.close();
    meter.close();
    const auto closed = meter.closed();
    ASSERT_EQ(closed->size(), 3U);
    EXPECT_EQ((*closed)[0].at, start);
    EXPECT_EQ((*closed)[0].trades, 2U);
    EXPECT_EQ((*closed)[1].at, start + std::chrono::seconds(30));
    EXPECT_EQ((*closed)[2].at, start);
    EXPECT_EQ((*closed)[2].number, 3U);
    EXPECT_EQ(meter.closed(), closed) << "made anew only when there is more";
}

TEST(TradeMeter, KeepsADay) {
    TradeMeter meter;
    for (std::int64_t i = 0; i < 9'000; ++i) {
        meter.count(from_unix_second(1'700'000'000 + 10 * i));
    }
    EXPECT_EQ(meter.closed()->size(), TradeMeter::kept);
    EXPECT_EQ(meter.closed()->back().number, 8'999U);
}

}  // namespace
}  // namespace tickstock
