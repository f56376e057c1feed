#include "monitoring/windows.hpp"

#include <gtest/gtest.h>

#include <random>

namespace tickstock {
namespace {

using namespace std::chrono_literals;

TEST(RecentIncrease, IsThatOfTheWindow) {
    RecentIncrease recent;
    EXPECT_EQ(recent.look(10, 0s, 60s), 10) << "all of this run";
    EXPECT_EQ(recent.look(15, 30s, 60s), 15);
    EXPECT_EQ(recent.look(15, 59s, 60s), 15);
    EXPECT_EQ(recent.look(15, 61s, 60s), 5) << "what came with the first look is too long ago";
    EXPECT_EQ(recent.look(15, 90s, 60s), 0);
    EXPECT_EQ(recent.look(16, 91s, 60s), 1);
    EXPECT_EQ(recent.look(16, 200s, 60s), 0);
}

TEST(RecentIncrease, OfAnEarlierRunItKnowsNothing) {
    RecentIncrease recent(false);
    EXPECT_EQ(recent.look(1'000, 0s, 60s), 0);
    EXPECT_EQ(recent.look(1'003, 1s, 60s), 3);
}

TEST(RecentIncrease, BeginsAnewWithACountThatWentDown) {
    RecentIncrease recent;
    EXPECT_EQ(recent.look(2, 0s, 60s), 2);
    EXPECT_EQ(recent.look(1, 1s, 60s), 0);
    EXPECT_EQ(recent.look(2, 2s, 60s), 1);
}

TEST(RecentIncrease, FollowsAWindowThatChanges) {
    RecentIncrease recent(false);
    for (int i = 0; i <= 100; ++i) {
        recent.look(i, std::chrono::seconds(i), 60s);
    }
    EXPECT_EQ(recent.look(100, 100s, 10s), 10);
}

TEST(QuantileBetween, IsThatOfTheDifference) {
    std::mt19937_64 random(5);
    for (int round = 0; round < 50; ++round) {
        Histogram before;
        Histogram between;
        const auto fill = [&](Histogram& times, int count, std::uint64_t most) {
            for (int i = 0; i < count; ++i) {
                times.record(Nanos{static_cast<std::int64_t>(random() % most)});
            }
        };
        fill(before, 500, 1'000'000'000);
        fill(between, 1 + static_cast<int>(random() % 300), 1'000 + random() % 100'000'000);
        Histogram now = before;
        now += between;
        for (const double q : {0.0, 0.5, 0.95, 0.99, 1.0}) {
            const Nanos exact = between.quantile(q);
            const Nanos found = quantile_between(before, now, q);
            // The exact one knows the greatest duration, this one the end of its bucket.
            EXPECT_GE(found, exact);
            EXPECT_LE(found - exact, exact / 64 + 1ns);
        }
    }
    EXPECT_EQ(quantile_between({}, {}, 0.99), 0ns);
}

TEST(RecentHistogram, ForgetsWhatWasSlowLongAgo) {
    RecentHistogram recent;
    Histogram times;
    for (int i = 0; i < 100; ++i) {
        times.record(100ms);
    }
    EXPECT_GE(recent.look(times, 0s, 60s).p99, 100ms);
    for (int second = 1; second < 60; ++second) {
        times.record(1ms);
        EXPECT_GE(recent.look(times, std::chrono::seconds(second), 60s).p99, 99ms) << second;
    }
    RecentTimes later;
    for (int second = 61; second <= 70; ++second) {
        times.record(1ms);
        later = recent.look(times, std::chrono::seconds(second), 60s);
    }
    EXPECT_LT(later.p99, 2ms);
    EXPECT_LE(later.count, 66U);
    EXPECT_GE(later.count, 59U);
    EXPECT_GE(later.mean, 1ms);
    EXPECT_EQ(recent.look(times, 200s, 60s).count, 0U);
}

TEST(HourMedian, IsThatOfTheLastHour) {
    HourMedian hour;
    for (int i = 0; i < 29; ++i) {
        hour.look(2, i * 10s);
        hour.look(1'000, i * 10s + 1s);  // too soon
        EXPECT_FALSE(hour.median().has_value());
    }
    hour.look(2, 290s);
    EXPECT_EQ(hour.median(), 2);
    for (int i = 30; i < 60; ++i) {
        hour.look(8, i * 10s);
    }
    hour.look(8, 600s);
    EXPECT_EQ(hour.median(), 8);
    hour.look(3, 600s + 2h);
    EXPECT_FALSE(hour.median().has_value()) << "all the others are too old";
}

}  // namespace
}  // namespace tickstock
