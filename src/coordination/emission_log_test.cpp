#include "coordination/emission_log.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <utility>

#include "base/state_archive.hpp"

namespace tickstock {
namespace {

std::uint32_t emit(EmissionLog& log, std::int64_t ts, std::uint32_t parts) {
    const std::uint32_t n = log.next_n(unix_nanos(ts), parts);
    log.add(unix_nanos(ts), parts, n);
    return n;
}

TEST(EmissionLog, CountsEmissionsOfTheSameParts) {
    EmissionLog log;
    EXPECT_EQ(emit(log, 5, 1), 0U);
    EXPECT_EQ(emit(log, 5, 2), 0U);
    EXPECT_EQ(emit(log, 6, 1), 0U);
    EXPECT_EQ(emit(log, 5, 1), 1U);
    EXPECT_EQ(emit(log, 5, 1), 2U);
    EXPECT_EQ(emit(log, 5, 2), 1U);
    EXPECT_EQ(log.size(), 3U) << "an entry for each set of parts, not for each emission";
}

TEST(EmissionLog, IsBounded) {
    EmissionLog log;
    for (int i = 0; i < 100'000; ++i) {
        EXPECT_EQ(emit(log, i, 1), 0U);
    }
    EXPECT_LE(log.size(), EmissionLog::limit);
}

TEST(EmissionLog, CountsExactlyWithinTheNewestHalf) {
    EmissionLog log;
    for (int i = 0; i < 100'000; ++i) {
        emit(log, i, 1);
    }
    EXPECT_EQ(emit(log, 100'000 - static_cast<int>(EmissionLog::limit) / 2, 1), 1U);
    EXPECT_EQ(emit(log, 100'000, 1), 0U);
}

TEST(EmissionLog, GivesAForgottenTimeACountThatNoneHad) {
    EmissionLog log;
    emit(log, 1, 1);
    emit(log, 1, 1);
    emit(log, 2, 1);
    log.keep_newest(1);
    EXPECT_GT(emit(log, 1, 1), 1U);
}

RC_GTEST_PROP(EmissionLog, NeverRepeats, ()) {
    const auto emissions = *rc::gen::container<std::vector<std::pair<std::uint8_t, std::uint8_t>>>(
        600, rc::gen::arbitrary<std::pair<std::uint8_t, std::uint8_t>>());
    EmissionLog log;
    std::set<std::tuple<std::int64_t, std::uint32_t, std::uint32_t>> seen;
    for (const auto& [ts, parts] : emissions) {
        if (ts == 0) {
            log.keep_newest(8);  // a session begins
        }
        const std::uint32_t few_parts = parts % 3;
        RC_ASSERT(seen.insert({ts, few_parts, emit(log, ts, few_parts)}).second);
    }
}

RC_GTEST_PROP(EmissionLog, IsExactWhileNothingIsForgotten, ()) {
    const auto emissions = *rc::gen::arbitrary<std::vector<std::pair<std::uint8_t, bool>>>();
    EmissionLog log;
    std::map<std::pair<int, bool>, std::uint32_t> counts;
    for (const auto& [ts, parts] : emissions) {
        const int few_times = ts % 60;
        std::uint32_t& count = counts[{few_times, parts}];
        RC_ASSERT(emit(log, few_times, parts ? 1 : 0) == count++);
    }
}

TEST(EmissionLog, WhatItHasForgottenOutlivesARestart) {
    EmissionLog log;
    for (int i = 0; i < 5; ++i) {
        log.add(unix_nanos(i), 7, log.next_n(unix_nanos(i), 7));
    }
    log.keep_newest(2);
    StateWriter out;
    out(log);
    EmissionLog loaded;
    StateReader in(out.text());
    in(loaded);
    ASSERT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(loaded.size(), 2U);
    EXPECT_EQ(loaded.next_n(unix_nanos(1), 7), 5U) << "one that no id ever had";
    EXPECT_EQ(loaded.next_n(unix_nanos(4), 7), 1U);
    EXPECT_EQ(loaded.next_n(unix_nanos(5), 7), 0U);
}

}  // namespace
}  // namespace tickstock
