#include "rollout/rollout_report.hpp"

#include <gtest/gtest.h>

#include "rollout/feature_flags.hpp"
#include "rollout/test_rollout_support.hpp"

namespace tickstock {
namespace {

using namespace rollout_test;

constexpr const char* recommend = "RECOMMEND: Advance to next rollout phase";
constexpr const char* caution = "CAUTION: Continue current phase, monitor performance";
constexpr const char* stop = "STOP: Investigate issues before proceeding";

/// Of 1,000 events so many matched, of 1,000 pairs so many won.
RolloutStatus status_with(std::uint64_t matched, std::uint64_t wins) {
    RolloutStatus status;
    status.in_phase.comparison.linear = 1'000;
    status.in_phase.comparison.matched = matched;
    status.in_phase.times.pairs = 1'000;
    status.in_phase.times.wins = wins;
    return status;
}

TEST(RolloutMetrics, BeforeAnythingTheyAreHarmless) {
    EXPECT_EQ(success_rate_percent({}), 100);
    EXPECT_EQ(fallback_rate_percent({}), 0);
    EXPECT_EQ(channel_success_rate({}), 100);
    EXPECT_EQ(channel_win_rate({}), 0);
    EXPECT_EQ(avg_time_improvement_ms({}), 0);
    EXPECT_EQ(rollout_recommendation({}), caution) << "nobody has won anything yet";
}

TEST(RolloutMetrics, AreThoseOfTheSeeds) {
    PathCounts counts;
    counts.channel_requests = 200;
    counts.channel_successes = 190;
    counts.channel_failures = 10;
    counts.legacy_fallbacks = 8;
    EXPECT_DOUBLE_EQ(success_rate_percent(counts), 95);
    EXPECT_DOUBLE_EQ(fallback_rate_percent(counts), 4);

    PathTimes times;
    times.add_pair(4ms, 2ms);        // won
    times.add_pair(1ms, 2ms);        // within 1 ms: won
    times.add_pair(1ms, 2ms + 1ns);  // lost
    EXPECT_NEAR(channel_win_rate(times), 200.0 / 3, 1e-9);
    EXPECT_NEAR(avg_time_improvement_ms(times), -1e-6 / 3, 1e-12);
}

TEST(RolloutMetrics, RecommendAtTheLimits) {
    EXPECT_EQ(rollout_recommendation(status_with(950, 700)), recommend);
    EXPECT_EQ(rollout_recommendation(status_with(949, 1'000)), caution);
    EXPECT_EQ(rollout_recommendation(status_with(1'000, 699)), caution);
    EXPECT_EQ(rollout_recommendation(status_with(900, 0)), caution);
    EXPECT_EQ(rollout_recommendation(status_with(899, 1'000)), stop);
    RolloutStatus status = status_with(1'000, 1'000);
    status.incident = "20240305T143000-1";
    EXPECT_EQ(rollout_recommendation(status), stop);
}

TEST(RolloutReport, ReadinessAtTheLimits) {
    RolloutStatus status = status_with(950, 700);
    status.in_phase.paths.channel_requests = 1'000;
    status.in_phase.paths.legacy_fallbacks = 49;
    RolloutReport report = RolloutReport::of(status);
    EXPECT_TRUE(report.ready_for_next_phase);
    EXPECT_TRUE(report.performance_acceptable);
    EXPECT_TRUE(report.stability_confirmed);
    status.in_phase.comparison.matched = 949;
    status.in_phase.times.saved_ns = -1;
    status.in_phase.paths.legacy_fallbacks = 50;
    report = RolloutReport::of(status);
    EXPECT_FALSE(report.ready_for_next_phase);
    EXPECT_FALSE(report.performance_acceptable);
    EXPECT_FALSE(report.stability_confirmed);
    status = status_with(1'000, 1'000);
    status.incident = "20240305T143000-1";
    EXPECT_FALSE(RolloutReport::of(status).ready_for_next_phase);
    EXPECT_FALSE(RolloutReport::of(status).stability_confirmed);
}

TEST(RolloutReport, JsonHasTheKeysOfTheSeed) {
    RolloutStatus status = status_with(1'000, 1'000);
    status.flags = phase_flags(2, {});
    status.in_phase.times.saved_ns = 2'500'000'000;
    std::string text;
    JsonWriter json(text);
    write_rollout_report(json, status);
    EXPECT_EQ(text,
              R"({"summary":{"multichannel_enabled":true,"success_rate":100,"fallback_rate":0,)"
              R"("performance_improvement":2.5},"comparison_analysis":{"linear":1000,)"
              R"("multi_channel":0,"matched":1000,"near":0,"missing":0,"extra":0,"late":0,)"
              R"("lost":0,"pairs":1000,"wins":1000,"channel_success_rate":100,)"
              R"("channel_win_rate":100,"avg_time_improvement_ms":2.5},)"
              R"("recommendations":"RECOMMEND: Advance to next rollout phase",)"
              R"("rollout_readiness":{"ready_for_next_phase":true,)"
              R"("performance_acceptable":true,"stability_confirmed":true}})");
}

TEST(RolloutReport, TextTellsPeopleTheSame) {
    RolloutStatus status = status_with(900, 0);
    status.phase = 2;
    status.criteria = {{"error_rate", "0.1 % of less than 1 %", 0.1, 1, "%", true},
                       {"duration", "1.00 h of at least 168 h", 1, 168, "h", false}};
    status.incident = "20240305T143000-1";
    const std::string text = rollout_report_text(status);
    for (const char* line :
         {stop, "Phase 2: phase_2_limited_rollout", "[met] error_rate: 0.1 % of less than 1 %",
          "[not met] duration: 1.00 h of at least 168 h", "incident 20240305T143000-1 holds",
          "900 the same (90.00 %)", "won 0 of 1000 pairs", "ready for the next phase: no"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
    }
    EXPECT_EQ(text.back(), '\n');
}

}  // namespace
}  // namespace tickstock
