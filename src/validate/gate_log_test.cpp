#include "validate/gate_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tickstock::validate {
namespace {

using namespace std::chrono_literals;

const GateOutcome& named(const std::vector<GateOutcome>& outcomes, std::string_view name) {
    return *std::find_if(outcomes.begin(), outcomes.end(),
                         [&](const GateOutcome& outcome) { return outcome.spec->name == name; });
}

TEST(GateLog, JudgesFiguresByTheTable) {
    ManualClock clock(UnixNanos{});
    std::vector<std::string> told;
    GateLog log(GateGroup::Latency, clock,
                [&](const GateOutcome& outcome) { told.emplace_back(outcome.spec->name); });
    clock.advance(3s);
    log.figure("tick_mean", 9.99, "good");
    log.figure("tick_p99", 50.0, "too slow");
    log.figure("router", 0.1, "");
    log.figure("end_to_end", 12, "");
    log.figure("integration", 0.1, "");
    const auto outcomes = log.finish("");
    EXPECT_EQ(named(outcomes, "tick_mean").verdict, Verdict::Pass);
    EXPECT_EQ(named(outcomes, "tick_mean").seconds, 3.0);
    EXPECT_EQ(named(outcomes, "tick_p99").verdict, Verdict::Fail);
    EXPECT_EQ(named(outcomes, "tick_p99").detail, "too slow");
    EXPECT_EQ(told.size(), 5u);
}

TEST(GateLog, AGateThatIsNotRequiredMayBeSkipped) {
    const ManualClock clock(UnixNanos{});
    GateLog log(GateGroup::Memory, clock);
    log.skip("standby", "not there");
    const auto outcomes = log.finish("");
    EXPECT_EQ(named(outcomes, "standby").verdict, Verdict::Skip);
    EXPECT_EQ(named(outcomes, "standby").detail, "not there");
}

TEST(GateLog, WhatWasNotToldHasFailed) {
    const ManualClock clock(UnixNanos{});
    GateLog log(GateGroup::Recovery, clock);
    log.check("kill", true, "");
    const auto outcomes = log.finish("the server did not start");
    ASSERT_EQ(outcomes.size(), 3u);
    EXPECT_EQ(named(outcomes, "kill").verdict, Verdict::Pass);
    EXPECT_EQ(named(outcomes, "restart").verdict, Verdict::Fail);
    EXPECT_EQ(named(outcomes, "restart").detail, "was not measured: the server did not start");
    EXPECT_EQ(named(outcomes, "torn_tail").verdict, Verdict::Fail);
}

TEST(GateLog, AStatementThatDoesNotHoldFails) {
    const ManualClock clock(UnixNanos{});
    GateLog log(GateGroup::Monitoring, clock);
    log.check("metrics", false, "missing: tickstock_clients");
    EXPECT_EQ(named(log.finish(""), "metrics").verdict, Verdict::Fail);
}

}  // namespace
}  // namespace tickstock::validate
