#include "channels/channel_health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "channels/processing_result.hpp"

namespace tickstock {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const CircuitSettings circuit_of_five{5, seconds(60)};

ChannelHealth fresh() {
    return {milliseconds(25), circuit_of_five};
}
BatchDone batch_of(std::uint64_t records, std::uint64_t errors = 0) {
    return {records, {}, milliseconds(1), errors, 0};
}

TEST(ChannelHealth, AFreshChannelIsHealthyInThreeStatesOnly) {
    ChannelHealth health = fresh();
    for (const ChannelStatus status :
         {ChannelStatus::Initializing, ChannelStatus::Active, ChannelStatus::Paused}) {
        health.set_status(status);
        EXPECT_TRUE(health.healthy(Nanos{0}));
    }
    for (const ChannelStatus status : {ChannelStatus::Error, ChannelStatus::Shutdown}) {
        health.set_status(status);
        EXPECT_FALSE(health.healthy(Nanos{0}));
    }
    EXPECT_THAT(health.why_unhealthy(Nanos{0}), ElementsAre("status is shutdown"));
}

TEST(ChannelHealth, JudgesTheErrorRateOfAMinuteFromTwentyRecordsOn) {
    ChannelHealth health = fresh();
    health.on_batch_done(batch_of(19, 9), seconds(1));
    EXPECT_TRUE(health.healthy(seconds(1)));
    health.on_batch_done(batch_of(1), seconds(2));
    EXPECT_DOUBLE_EQ(health.error_rate(seconds(2)), 0.45);
    EXPECT_THAT(health.why_unhealthy(seconds(2)),
                ElementsAre("error rate 45.0 % over the last 60 s, limit 10 %"));
    health.on_batch_done(batch_of(70), seconds(3));
    EXPECT_TRUE(health.healthy(seconds(3))) << "9 of 90 are 10 %";
    health.on_batch_done(batch_of(10, 5), seconds(30));
    EXPECT_FALSE(health.healthy(seconds(30)));
    EXPECT_DOUBLE_EQ(health.lifetime_error_rate(), 0.14);
    EXPECT_TRUE(health.healthy(seconds(63))) << "10 records are left";
    EXPECT_DOUBLE_EQ(health.lifetime_error_rate(), 0.14);
}

TEST(ChannelHealth, JudgesMeanTimeAndLag) {
    ChannelHealth health(std::chrono::hours(1), circuit_of_five);
    health.on_batch_done({1, {}, seconds(5), 0, 0}, seconds(1));
    EXPECT_TRUE(health.healthy(seconds(1)));
    health.on_batch_done({1, {}, seconds(6), 0, 0}, seconds(1));
    EXPECT_THAT(health.why_unhealthy(seconds(1)),
                ElementsAre("mean time 5.5 s over the last 60 s, limit 5.0 s"));
    EXPECT_TRUE(health.healthy(seconds(61)));
    health.set_lag(seconds(1));
    EXPECT_TRUE(health.healthy(seconds(61)));
    health.set_lag(milliseconds(2300));
    EXPECT_THAT(health.why_unhealthy(seconds(61)), ElementsAre("lag 2.3 s, limit 1.0 s"));
}

TEST(ChannelHealth, WaitAndWorkBeyondTheTimeoutCount) {
    ChannelHealth health = fresh();
    EXPECT_FALSE(health.on_batch_done({3, milliseconds(20), milliseconds(5), 0, 0}, seconds(1)));
    EXPECT_TRUE(
        health.on_batch_done({3, milliseconds(20), milliseconds(5) + Nanos(1), 0, 0}, seconds(1)));
    EXPECT_EQ(health.timed_out(), 1U);
    EXPECT_EQ(health.timed_out_records(), 3U);
    EXPECT_EQ(health.circuit().failures_in_row(), 1U);
    EXPECT_EQ(health.failures_in_row(), 0U);
    for (int i = 0; i < 4; ++i) {
        health.on_batch_done({1, seconds(1), {}, 0, 0}, seconds(2));
    }
    EXPECT_EQ(health.circuit().state(), CircuitState::Open);
    EXPECT_THAT(health.why_unhealthy(seconds(2)),
                ElementsAre("circuit is open: a batch timed out"));
    EXPECT_FALSE(health.usable(seconds(2)));
    EXPECT_THAT(health.why_unhealthy(seconds(62)), ElementsAre(HasSubstr("circuit is half_open")));
    EXPECT_FALSE(health.healthy(seconds(62)));
    EXPECT_TRUE(health.usable(seconds(62)));
    health.on_batch_done(batch_of(1), seconds(62));
    EXPECT_TRUE(health.healthy(seconds(62)));
}

TEST(ChannelHealth, ABatchFailsWhenMostOfItFailed) {
    ChannelHealth health = fresh();
    health.on_batch_done(batch_of(4, 2), seconds(1));
    EXPECT_EQ(health.failures_in_row(), 0U);
    health.on_batch_done(batch_of(4, 3), seconds(1));
    health.on_batch_done({1, seconds(1), {}, 0, 0}, seconds(1));  // a time-out ends no row …
    EXPECT_EQ(health.failures_in_row(), 1U);
    health.on_batch_done({1, seconds(1), {}, 1, 0}, seconds(1));
    EXPECT_EQ(health.failures_in_row(), 2U);
    EXPECT_EQ(health.circuit().failures_in_row(), 3U);  // … and counts for the circuit
    health.on_batch_done(batch_of(4, 1), seconds(1));
    EXPECT_EQ(health.failures_in_row(), 0U);
    EXPECT_EQ(health.circuit().failures_in_row(), 0U);
}

TEST(ChannelHealth, KeepsTheSlowestRecordsOfTheLastHour) {
    ChannelHealth health = fresh();
    const auto slow = [&](std::uint64_t sequence, int ms, Nanos at) {
        health.on_slow({SymbolId(1), Sequence(sequence), {}, milliseconds(ms), at});
    };
    for (std::uint64_t i = 1; i <= 15; ++i) {
        slow(i, static_cast<int>(i * 7 % 16), seconds(1));
    }
    ASSERT_EQ(health.slowest().size(), ChannelHealth::slowest_limit);
    for (std::size_t i = 0; i < health.slowest().size(); ++i) {
        EXPECT_EQ(health.slowest()[i].time, milliseconds(15 - static_cast<int>(i)));
    }
    slow(20, 1, seconds(3600));
    EXPECT_EQ(health.slowest().size(), ChannelHealth::slowest_limit);
    slow(21, 1, seconds(3601));
    ASSERT_EQ(health.slowest().size(), 1U);
    EXPECT_EQ(health.slowest()[0].sequence, Sequence(21));
}

TEST(ChannelHealth, KeepsTheLastErrors) {
    ChannelHealth health = fresh();
    for (std::uint64_t i = 1; i <= 25; ++i) {
        health.on_error({SymbolId(3),
                         Sequence(i),
                         {},
                         channel_error_text("default_tick", ChannelType::Tick, "no luck")});
    }
    ASSERT_EQ(health.errors().size(), ChannelHealth::errors_limit);
    EXPECT_EQ(health.errors().front().sequence, Sequence(6));
    EXPECT_EQ(health.errors().back().text, "Channel default_tick (tick): no luck");
}

TEST(ChannelHealth, MetricsHaveTheSeedsKeys) {
    ChannelHealth health = fresh();
    health.set_status(ChannelStatus::Active);
    health.on_batch_done({10, milliseconds(1), milliseconds(2), 0, 3}, seconds(1));
    health.on_batch_done({30, milliseconds(1), milliseconds(6), 2, 1}, seconds(1));
    health.set_lag(milliseconds(40));
    const ChannelMetrics metrics = health.metrics(seconds(1));
    EXPECT_EQ(metrics.processed_count, 40U);
    EXPECT_EQ(metrics.error_count, 2U);
    EXPECT_DOUBLE_EQ(metrics.last_processing_time_ms, 6);
    EXPECT_DOUBLE_EQ(metrics.avg_processing_time_ms, 4);
    EXPECT_EQ(metrics.events_generated, 4U);
    EXPECT_EQ(metrics.status, ChannelStatus::Active);
    EXPECT_DOUBLE_EQ(metrics.error_rate, 5);
    EXPECT_DOUBLE_EQ(metrics.success_rate, 95);
    EXPECT_DOUBLE_EQ(metrics.mean_time_ms, 4);
    EXPECT_DOUBLE_EQ(metrics.lag_ms, 40);
    EXPECT_NEAR(metrics.p99_ms, 7, 0.2);
    EXPECT_NEAR(metrics.p50_ms, 3, 0.1);
    EXPECT_TRUE(metrics.healthy);
    EXPECT_EQ(health.record_time().count(), 2U);
    EXPECT_EQ(health.record_time().max(), Nanos(milliseconds(6)) / 30);
    EXPECT_EQ(health.last_record_time(), Nanos(milliseconds(6)) / 30);
}

TEST(ChannelHealth, BatchesThatNobodyWaitedForAreInNoTime) {
    ChannelHealth health = fresh();
    health.on_batch_done({10, milliseconds(1), milliseconds(2), 0, 3}, seconds(1));
    BatchDone warm_up{1'000, Nanos(0), Nanos(0), 0, 1};
    warm_up.timed = false;
    health.on_batch_done(warm_up, seconds(1));
    EXPECT_EQ(health.metrics(seconds(1)).processed_count, 1'010U);
    EXPECT_DOUBLE_EQ(health.metrics(seconds(1)).last_processing_time_ms, 2);
    EXPECT_EQ(health.last_record_time(), Nanos(milliseconds(2)) / 10);
    EXPECT_EQ(health.record_time().count(), 1U);
    EXPECT_EQ(health.latency().min(), milliseconds(3));
}

TEST(ChannelHealth, IsIdleWithoutARecordForAMinute) {
    ChannelHealth health = fresh();
    EXPECT_TRUE(health.idle(seconds(1)));
    health.on_batch_done({1, Nanos(0), milliseconds(1), 0, 0}, seconds(1));
    EXPECT_FALSE(health.idle(seconds(60)));
    EXPECT_TRUE(health.idle(seconds(61)));
}

RC_GTEST_PROP(ChannelHealthProperty, TheWindowIsASumOverItsSeconds,
              (const std::vector<std::tuple<std::uint8_t, std::uint8_t, std::uint16_t>>& steps)) {
    SlidingMinute minute;
    struct Entry {
        std::int64_t second;
        SlidingMinute::Sums sums;
    };
    std::vector<Entry> all;
    Nanos now{0};
    for (const auto& [records, errors, pause] : steps) {
        now += milliseconds(pause % 20'000);
        const std::int64_t second = std::chrono::floor<seconds>(now).count();
        all.push_back({second, {records, errors, 1, Nanos(pause)}});
        minute.add(now, all.back().sums);
        SlidingMinute::Sums expected;
        for (const Entry& entry : all) {
            if (entry.second > second - 60) {
                expected.records += entry.sums.records;
                expected.errors += entry.sums.errors;
                expected.batches += 1;
                expected.time += entry.sums.time;
            }
        }
        const auto& sums = minute.at(now);
        RC_ASSERT(sums.records == expected.records && sums.errors == expected.errors &&
                  sums.batches == expected.batches && sums.time == expected.time);
    }
}

}  // namespace
}  // namespace tickstock
