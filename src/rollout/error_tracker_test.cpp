#include "rollout/error_tracker.hpp"

#include <gtest/gtest.h>

#include "rollout/test_rollout_support.hpp"

namespace tickstock {
namespace {

using namespace rollout_test;

TEST(ErrorRate, IsTheWorseOfAllRecordsAndThoseInCharge) {
    PathCounts counts;
    EXPECT_EQ(error_rate_percent(counts), 0);
    counts.records = 1'000;
    counts.errors = 20;
    EXPECT_DOUBLE_EQ(error_rate_percent(counts), 2);
    counts.channel_requests = 10;
    counts.channel_failures = 1;
    EXPECT_DOUBLE_EQ(error_rate_percent(counts), 10);
}

TEST(ErrorTracker, TellsWhatCameInTheWindow) {
    ErrorTracker tracker;
    EXPECT_EQ(tracker.window().paths, PathCounts{});
    PathEvidence total = good_evidence(100, 1us, 4ms);
    tracker.add(0s, total, 30s);
    EXPECT_EQ(tracker.window().paths.records, 0U);
    total += good_evidence(50, 1us, 2ms);
    tracker.add(20s, total, 30s);
    EXPECT_EQ(tracker.window().paths.records, 50U);
    EXPECT_EQ(tracker.window().span, Nanos(20s));
    EXPECT_DOUBLE_EQ(tracker.window().mean_ms(), 2);
    total += good_evidence(10, 1us, 1ms);
    tracker.add(50s, total, 30s);  // the copy of 20 s is just the window's begin
    EXPECT_EQ(tracker.window().paths.records, 10U);
    EXPECT_DOUBLE_EQ(tracker.window().mean_ms(), 1);
    EXPECT_EQ(tracker.window().comparison.matched, 10U);
    tracker.reset();
    EXPECT_EQ(tracker.window().paths.records, 0U);
}

TEST(ErrorTracker, StaysSmallAndKeepsItsWindow) {
    ErrorTracker tracker;
    PathEvidence total;
    for (int i = 0; i < 100'000; ++i) {
        ++total.paths.records;
        tracker.add(i * Nanos(1ms), total, 10s);
        ASSERT_LE(tracker.samples(), ErrorTracker::samples_limit);
    }
    EXPECT_GE(tracker.window().span, Nanos(10s));
    EXPECT_LE(tracker.window().span, Nanos(10s) + Nanos(10s) / 100);
    EXPECT_GE(tracker.window().paths.records, 10'000U);
    tracker.add(100s, total, 1s);  // a shorter one from now on
    EXPECT_LE(tracker.window().span, Nanos(1s) + Nanos(10s) / 100);
}

TEST(ErrorTracker, CountsThatShrinkMakeNoGiants) {
    ErrorTracker tracker;
    PathEvidence total = good_evidence(100);
    tracker.add(0s, total, 30s);
    total.paths.channel_successes -= 3;  // a failure is known later than its request
    tracker.add(1s, total, 30s);
    EXPECT_EQ(tracker.window().paths.channel_successes, 0U);
    tracker.add(2s, PathEvidence{}, 30s);
    EXPECT_EQ(tracker.window().paths.records, 0U);
    EXPECT_EQ(tracker.window().timed, 0U);
}

}  // namespace
}  // namespace tickstock
