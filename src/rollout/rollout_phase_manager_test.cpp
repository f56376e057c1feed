#include "rollout/rollout_phase_manager.hpp"

#include <gtest/gtest.h>

#include "rollout/feature_flags.hpp"
#include "rollout/test_rollout_support.hpp"

namespace tickstock {
namespace {

using namespace rollout_test;

/// A phase at its end, with evidence that meets every criterion, to be spoilt.
class PhaseEnd : public ::testing::Test {
protected:
    void begin(std::uint8_t phase) {
        phase_ = phase;
        flags_ = phase_flags(phase, {});
        elapsed_ = manager_.definition(phase).duration;
    }
    std::vector<RolloutCriterion> criteria() const {
        return manager_.criteria({phase_, elapsed_, flags_, evidence_, alerts_});
    }
    /// Names of those that are not met, with commas.
    std::string unmet() const {
        std::string names;
        for (const RolloutCriterion& criterion : criteria()) {
            if (!criterion.met) {
                names += (names.empty() ? "" : ",") + criterion.name;
            }
        }
        return names;
    }
    std::string refusal() const {
        return RolloutPhaseManager::refusal(phase_, criteria(), incident_, usable_);
    }
    const RolloutCriterion criterion(std::string_view name) const {
        for (const RolloutCriterion& one : criteria()) {
            if (one.name == name) {
                return one;
            }
        }
        ADD_FAILURE() << "no criterion " << name;
        return {};
    }
    /// The 1,000 records again, with these times.
    void take(Nanos linear, Nanos multi_channel) {
        evidence_ = good_evidence(1'000, linear, multi_channel);
    }

    RolloutPhaseManager manager_{RolloutSettings{}};
    std::uint8_t phase_ = 0;
    FeatureFlags flags_;
    Nanos elapsed_{0};
    PathEvidence evidence_ = good_evidence(1'000);
    std::uint64_t alerts_ = 0;
    std::string incident_;
    bool usable_ = true;
};

TEST_F(PhaseEnd, DefinitionsAreThoseOfTheSeeds) {
    const std::vector<Nanos> durations{24h, 72h, 168h, 168h, 0h};
    for (std::uint8_t phase = 0; phase < rollout_phase_count; ++phase) {
        const RolloutPhase definition = manager_.definition(phase);
        EXPECT_EQ(definition.number, phase);
        EXPECT_EQ(definition.name, rollout_phase_name(phase));
        EXPECT_FALSE(definition.description.empty());
        EXPECT_EQ(definition.flags, phase_flags(phase, {}));
        EXPECT_EQ(definition.duration, durations[phase]);
    }
    EXPECT_EQ(rollout_phase_description(rollout_phase_count), "");
}

TEST_F(PhaseEnd, GoodEvidenceOverTheWholeDurationIsEnough) {
    for (std::uint8_t phase = 0; phase < 4; ++phase) {
        begin(phase);
        EXPECT_EQ(unmet(), "") << int{phase};
        EXPECT_EQ(refusal(), "") << int{phase};
        elapsed_ -= 1ns;
        EXPECT_EQ(unmet(), "duration") << int{phase};
    }
}

TEST_F(PhaseEnd, ARefusalNamesEachCriterionWithItsValueAndLimit) {
    begin(2);
    elapsed_ = 90min;
    evidence_.paths.errors = 25;
    evidence_.comparison.missing = 3;
    evidence_.comparison.late = 1;
    EXPECT_EQ(refusal(),
              "phase 2 (phase_2_limited_rollout) is not over: duration: 1.50 h of at least 168 h; "
              "error_rate: 2.5 % of less than 1 %; missed_events: 2 of 1000 events of the linear "
              "path missed (none accepted)");
}

TEST_F(PhaseEnd, IncidentChannelAndTheLastPhaseRefuse) {
    begin(1);
    incident_ = "20240305T143000-1";
    EXPECT_NE(refusal().find("incident 20240305T143000-1 holds"), std::string::npos);
    incident_.clear();
    usable_ = false;
    EXPECT_NE(refusal().find("the tick channel is paused or in error"), std::string::npos);
    usable_ = true;
    begin(4);
    EXPECT_EQ(refusal(), "phase 4 (phase_4_full_rollout) is the last one");
    EXPECT_TRUE(criteria().empty());
}

TEST_F(PhaseEnd, WithoutEvidenceNoPhaseEnds) {
    evidence_ = PathEvidence{};
    begin(0);
    EXPECT_EQ(unmet(), "records,added_time");
    begin(1);
    EXPECT_EQ(unmet(), "pairs");
    begin(2);
    EXPECT_EQ(unmet(), "pairs,requests");
    begin(3);
    EXPECT_EQ(unmet(), "pairs,requests");
}

TEST_F(PhaseEnd, ClockThatWasSetBackIsNoTime) {
    begin(0);
    elapsed_ = -5h;
    EXPECT_EQ(unmet(), "duration");
    EXPECT_EQ(criterion("duration").value, 0);
}

TEST_F(PhaseEnd, Phase0AddedTimeUpToTwoMilliseconds) {
    begin(0);
    evidence_.times.added.reset();
    evidence_.times.added.record(1ms);
    evidence_.times.added.record(3ms);
    EXPECT_EQ(unmet(), "");
    EXPECT_DOUBLE_EQ(criterion("added_time").value, 2);
    evidence_.times.added.record(2ms + 3ns);
    EXPECT_EQ(unmet(), "added_time");
}

TEST_F(PhaseEnd, Phase0NoErrorAlert) {
    begin(0);
    alerts_ = 1;
    EXPECT_EQ(unmet(), "error_alerts");
    EXPECT_EQ(criterion("error_alerts").text,
              "1 alerts of severity error or worse (none accepted)");
}

TEST_F(PhaseEnd, Phase1LatencyWithinAMillisecondOfFastPaths) {
    begin(1);
    take(1ms, 2ms);
    EXPECT_EQ(criterion("mean_latency").limit, 2);
    EXPECT_TRUE(criterion("mean_latency").met);
    take(1ms, 2ms + 1us);
    EXPECT_FALSE(criterion("mean_latency").met);
}

TEST_F(PhaseEnd, Phase1LatencyWithinFivePercentOfSlowPaths) {
    begin(1);
    take(100ms, 105ms);
    EXPECT_TRUE(criterion("mean_latency").met);
    EXPECT_TRUE(criterion("p99_latency").met);
    take(100ms, 105ms + 1us);
    EXPECT_FALSE(criterion("mean_latency").met);
    take(100ms, 110ms);
    EXPECT_EQ(unmet(), "mean_latency,p99_latency");
}

TEST_F(PhaseEnd, Phase1LooksAtTheSlowestHundredth) {
    begin(1);
    take(1us, 1us);
    for (int i = 0; i < 15; ++i) {  // over 1 % of the records
        evidence_.times.add_pair(1us, 20ms);
    }
    EXPECT_EQ(unmet(), "p99_latency");
}

TEST_F(PhaseEnd, ErrorsAreUnderOnePercentInEveryComparedPhase) {
    for (const std::uint8_t phase : std::initializer_list<std::uint8_t>{1, 2, 3}) {
        begin(phase);
        evidence_.paths.errors = 9;
        EXPECT_EQ(unmet(), "");
        evidence_.paths.errors = 10;  // 1 %: at the limit
        EXPECT_EQ(unmet(), "error_rate");
        evidence_.paths.errors = 0;
        evidence_.paths.channel_requests = 100;
        evidence_.paths.channel_failures = 1;
        EXPECT_EQ(unmet(), "error_rate");
        evidence_ = good_evidence(1'000);
    }
}

TEST_F(PhaseEnd, AMissedEventAndOneThatCameLate) {
    for (const std::uint8_t phase : std::initializer_list<std::uint8_t>{1, 2, 3}) {
        begin(phase);
        evidence_.comparison.missing = 2;
        evidence_.comparison.late = 2;
        EXPECT_EQ(unmet(), "");
        evidence_.comparison.missing = 3;
        EXPECT_EQ(unmet(), "missed_events");
        evidence_.comparison = good_evidence(1).comparison;
    }
}

TEST_F(PhaseEnd, NobodyKnowsOfMissedEventsWithoutComparison) {
    for (const std::uint8_t phase : std::initializer_list<std::uint8_t>{1, 2, 3}) {
        begin(phase);
        flags_.parallel_processing_enabled = false;
        EXPECT_EQ(unmet(), "missed_events");
        EXPECT_NE(refusal().find("the paths are not compared"), std::string::npos);
    }
}

TEST_F(PhaseEnd, AccountingMustCloseInEveryPhase) {
    evidence_.accounting_closes = false;
    for (const std::uint8_t phase : std::initializer_list<std::uint8_t>{0, 1, 2, 3}) {
        begin(phase);
        EXPECT_EQ(unmet(), "accounting");
    }
}

TEST_F(PhaseEnd, Phase3MeanUpToOneMillisecondMore) {
    begin(3);
    take(100ms, 101ms);
    EXPECT_EQ(unmet(), "");
    take(100ms, 101ms + 1us);
    EXPECT_EQ(unmet(), "mean_latency");
}

TEST_F(PhaseEnd, Phase2NeedsSomebodyInCharge) {
    begin(2);
    evidence_.paths.channel_requests = evidence_.paths.channel_successes = 0;
    EXPECT_EQ(unmet(), "requests");
    EXPECT_NE(refusal().find("rollout_tickers"), std::string::npos);
}

}  // namespace
}  // namespace tickstock
