#include "metrics/rate_cap.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

using namespace std::chrono_literals;

TEST(RateCap, HoldsBackBeyondTheLimitUntilTheNextSecond) {
    RateCap cap(2);
    EXPECT_TRUE(cap.allow(0ns));
    EXPECT_TRUE(cap.allow(500ms));
    EXPECT_FALSE(cap.allow(600ms));
    EXPECT_FALSE(cap.allow(999ms));
    EXPECT_TRUE(cap.allow(1s));
    EXPECT_EQ(cap.take_suppressed(), 2U);
    EXPECT_EQ(cap.take_suppressed(), 0U);
    EXPECT_TRUE(cap.allow(1500ms));
    EXPECT_FALSE(cap.allow(1999ms));
}

TEST(RateCap, FirstLineMayComeAtAnyTime) {
    RateCap cap(1);
    EXPECT_TRUE(cap.allow(-100s));
    EXPECT_FALSE(cap.allow(-100s));
}

}  // namespace
}  // namespace tickstock
