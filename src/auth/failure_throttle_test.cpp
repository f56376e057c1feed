#include "auth/failure_throttle.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

using namespace std::chrono_literals;

TEST(FailureThrottle, FiveAtOnceThenOneEveryTwelveSeconds) {
    FailureThrottle throttle({5, 100});
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(throttle.allows("a", 100s));
        throttle.failed("a", 100s);
    }
    EXPECT_FALSE(throttle.allows("a", 100s));
    EXPECT_EQ(throttle.wait("a", 100s), 12s);
    EXPECT_TRUE(throttle.allows("b", 100s));
    EXPECT_FALSE(throttle.allows("a", 112s - 1ns));
    EXPECT_TRUE(throttle.allows("a", 112s));
    throttle.failed("a", 112s);
    EXPECT_FALSE(throttle.allows("a", 112s));
    EXPECT_TRUE(throttle.allows("a", 124s));
    EXPECT_EQ(throttle.wait("a", 1000s), 0s);
}

TEST(FailureThrottle, NeverMoreThanTwiceTheNumberInAnyMinute) {
    FailureThrottle throttle({5, 100});
    int failed = 0;
    for (Nanos now = 0s; now < 600s; now += 100ms) {
        if (throttle.allows("a", now)) {
            throttle.failed("a", now);
            ++failed;
        }
    }
    EXPECT_EQ(failed, 5 + 49);  // five at once, then one in twelve seconds
}

TEST(FailureThrottle, IsBoundedAndForgetsWhoFailedLongestAgo) {
    FailureThrottle throttle({1, 3});
    for (const char* key : {"a", "b", "c"}) {
        throttle.failed(key, 1s);
    }
    throttle.failed("a", 2s);
    throttle.failed("d", 3s);
    EXPECT_EQ(throttle.size(), 3u);
    EXPECT_TRUE(throttle.allows("b", 3s));
    EXPECT_FALSE(throttle.allows("a", 3s));
    EXPECT_FALSE(throttle.allows("c", 3s));
    EXPECT_FALSE(throttle.allows("d", 3s));
    for (int i = 0; i < 10'000; ++i) {
        throttle.failed(std::to_string(i), 4s);
    }
    EXPECT_EQ(throttle.size(), 3u);
}

TEST(ThrottleKey, IsWhatOnePersonHolds) {
    EXPECT_EQ(throttle_key("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(throttle_key("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(throttle_key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    EXPECT_EQ(throttle_key("2001:db8:1:2:ffff::1"), "2001:db8:1:2::/64");
    EXPECT_NE(throttle_key("2001:db8:1:3::1"), "2001:db8:1:2::/64");
    EXPECT_EQ(throttle_key("no address"), "no address");
}

}  // namespace
}  // namespace tickstock
