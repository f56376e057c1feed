#include "base/time.hpp"

#include <gtest/gtest.h>

#include "base/clock.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;

TEST(Time, SecondsAreFloorsBeforeAndAfter1970) {
    EXPECT_EQ(unix_second(unix_nanos(1'999'999'999)), 1);
    EXPECT_EQ(unix_second(unix_nanos(2'000'000'000)), 2);
    EXPECT_EQ(unix_second(unix_nanos(0)), 0);
    EXPECT_EQ(unix_second(unix_nanos(-1)), -1);
    EXPECT_EQ(unix_second(unix_nanos(-1'000'000'000)), -1);
    EXPECT_EQ(unix_second(unix_nanos(-1'000'000'001)), -2);
    EXPECT_EQ(to_ns(from_unix_second(3)), 3'000'000'000);
    EXPECT_GT(time_never, unix_nanos(4'102'444'800'000'000'000)) << "the year 2100";
}

TEST(ManualClock, StandsStillUntilMoved) {
    ManualClock clock(unix_nanos(100));
    const auto before = clock.monotonic();
    EXPECT_EQ(to_ns(clock.wall()), 100);
    clock.advance(5ns);
    EXPECT_EQ(to_ns(clock.wall()), 105);
    EXPECT_EQ(clock.monotonic() - before, 5ns);
}

}  // namespace
}  // namespace tickstock
