#include "rollout/rollout_control.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "rollout/feature_flags.hpp"
#include "rollout/test_rollout_support.hpp"

namespace tickstock {
namespace {

using namespace rollout_test;

class Control : public ::testing::Test {
protected:
    void SetUp() override {
        control_.set_statistics({low_risk("LOW"), medium_risk("MID"), high_risk("TOP")});
        desk_.install();
    }
    /// Many records fail within the monitor's window.
    void break_it() {
        desk_.supervise();
        desk_.look().total.paths.records += 1'000;
        desk_.look().total.paths.errors += 500;
    }

    RolloutControl control_{short_phases()};
    Desk desk_{control_};
};

TEST_F(Control, BeginsWithPhaseZero) {
    const RolloutStatus status = desk_.status();
    EXPECT_TRUE(status.installed);
    EXPECT_EQ(status.phase, 0);
    EXPECT_EQ(status.phase_since, start);
    EXPECT_EQ(status.phase_duration, Nanos(1h));
    EXPECT_FALSE(status.fully_enabled);
    EXPECT_NE(status.refusal.find("duration: 0.00 h of at least 1 h"), std::string::npos);
    ASSERT_EQ(status.audit.size(), 1U);
    EXPECT_EQ(status.audit[0].kind, "install");
}

TEST_F(Control, WalksAllPhases) {
    EXPECT_EQ(go_to_phase(desk_, 4), "");
    const RolloutStatus status = desk_.status();
    EXPECT_EQ(status.flags, phase_flags(4, {}));
    EXPECT_EQ(desk_.wish(AdvanceRollout{}), "phase 4 (phase_4_full_rollout) is the last one");
    ASSERT_EQ(status.audit.size(), 5U);
    EXPECT_EQ(status.audit[4].kind, "advance");
    EXPECT_EQ(status.audit[4].by, "ann");
    EXPECT_EQ(status.audit[4].reason, "a test");
    EXPECT_EQ(status.audit[4].text, "phase 3 -> 4, rollout_percentage 10 -> 100");
    EXPECT_EQ(status.audit[4].percentage, 100);
    EXPECT_EQ(status.audit[4].phase, 4);
}

TEST_F(Control, EachPhaseIsJudgedByItsOwnEvidence) {
    ASSERT_EQ(go_to_phase(desk_, 1), "");
    EXPECT_EQ(desk_.status().in_phase.paths.records, 0U);
    desk_.pass(1h);
    const std::string refusal = desk_.wish(AdvanceRollout{});
    EXPECT_EQ(refusal,
              "phase 1 (phase_1_parallel_testing) is not over: pairs: no timed pairs of both paths "
              "so far");
    desk_.look().total += good_evidence(10);
    EXPECT_EQ(desk_.wish(AdvanceRollout{}), "");
    EXPECT_EQ(desk_.status().total.paths.records, 210U);
}

TEST_F(Control, AWishWithoutReasonIsRefused) {
    EXPECT_NE(desk_.wish(DisableMultiChannel{}, "").find("accepted: 1 to 200 bytes"),
              std::string::npos);
    EXPECT_TRUE(desk_.status().incident.empty());
}

TEST_F(Control, AnErrorAlertOfPhaseZeroIsNotForgotten) {
    desk_.look().error_alerts = 1;
    desk_.supervise();
    desk_.look().error_alerts = 0;
    desk_.pass(1h);
    desk_.look().total += good_evidence(10);
    desk_.supervise();
    EXPECT_NE(desk_.wish(AdvanceRollout{}).find("error_alerts"), std::string::npos);
    EXPECT_EQ(desk_.wish(SetRolloutPhase{0}), "") << "the phase begins anew";
    desk_.pass(1h);
    desk_.look().total += good_evidence(10);
    EXPECT_EQ(desk_.wish(AdvanceRollout{}), "");
}

TEST_F(Control, FallsBackForAllAndStaysUntilAPersonEnables) {
    ASSERT_EQ(go_to_phase(desk_, 3), "");
    desk_.look().symbols_multi_channel = 42;
    break_it();
    EXPECT_TRUE(desk_.supervise_for(31s));
    RolloutStatus status = desk_.status();
    EXPECT_FALSE(status.fully_enabled);
    EXPECT_FALSE(status.flags.multichannel_system_enabled);
    EXPECT_EQ(status.flags.rollout_buckets, 1'000) << "for people's eyes";
    EXPECT_EQ(status.phase, 3);
    EXPECT_EQ(status.incident, "20240305T173030-1");
    ASSERT_EQ(status.incidents.size(), 1U);
    const RolloutIncident incident = status.incidents[0];
    EXPECT_EQ(incident.cause, "error_rate");
    EXPECT_EQ(incident.by, "fallback monitor");
    EXPECT_NE(incident.text.find("error rate 50 %"), std::string::npos);
    EXPECT_EQ(incident.symbols, 42U);
    EXPECT_EQ(incident.percentage, 10);
    EXPECT_EQ(incident.paths.errors, 500U);
    EXPECT_DOUBLE_EQ(incident.error_rate_percent, 50);
    EXPECT_EQ(incident.sequence, status.audit.back().sequence);
    EXPECT_EQ(incident.resolved, UnixNanos{});
    EXPECT_EQ(status.audit.back().kind, "fallback");
    EXPECT_EQ(status.audit.back().reason, incident.text);

    break_it();
    EXPECT_FALSE(desk_.supervise_for(120s)) << "nobody is in charge";
    EXPECT_NE(desk_.wish(AdvanceRollout{}).find("incident 20240305T173030-1 holds"),
              std::string::npos);

    EXPECT_EQ(desk_.wish(ReEnableMultiChannel{}), "");
    status = desk_.status();
    EXPECT_TRUE(status.fully_enabled);
    EXPECT_EQ(status.phase, 2);
    EXPECT_EQ(status.flags.rollout_buckets, 100);
    EXPECT_EQ(status.incident, "");
    EXPECT_EQ(status.incidents[0].resolved, desk_.look().wall);
    EXPECT_EQ(status.incidents[0].resolved_by, "ann");
    EXPECT_EQ(status.in_phase.paths.records, 0U);
    EXPECT_FALSE(desk_.supervise_for(120s)) << "what was before is not held against it";
    EXPECT_EQ(desk_.status().window_error_percent, 0);
}

TEST_F(Control, AReturnIsJudgedByItsOwnWindow) {
    RolloutSettings settings = short_phases();
    settings.fallback_window = 120s;
    control_.set_settings(settings);
    ASSERT_EQ(go_to_phase(desk_, 3), "");
    break_it();
    ASSERT_TRUE(desk_.supervise_for(31s));
    EXPECT_EQ(desk_.wish(ReEnableMultiChannel{}), "");
    EXPECT_FALSE(desk_.supervise_for(60s)) << "the failures are of the time before";
}

TEST_F(Control, AParkedChannelEndsItForAll) {
    ASSERT_EQ(go_to_phase(desk_, 2), "");
    desk_.look().tick_channel_usable = false;
    EXPECT_TRUE(desk_.supervise());
    EXPECT_EQ(desk_.status().incidents.back().cause, "channel");
    EXPECT_NE(desk_.wish(ReEnableMultiChannel{}).find("tick channel"), std::string::npos);
    desk_.look().tick_channel_usable = true;
    EXPECT_EQ(desk_.wish(ReEnableMultiChannel{}), "");
}

TEST_F(Control, NoMonitorActsInPhasesZeroAndOneButCriteriaTell) {
    ASSERT_EQ(go_to_phase(desk_, 1), "");
    break_it();
    desk_.look().total.comparison.missing = desk_.look().total.comparison.lost = 1;
    EXPECT_FALSE(desk_.supervise_for(25s));
    EXPECT_TRUE(desk_.status().window_full);
    EXPECT_DOUBLE_EQ(desk_.status().window_error_percent, 50);
    desk_.pass(1h);
    const std::string refusal = desk_.wish(AdvanceRollout{});
    EXPECT_NE(refusal.find("error_rate: 50 %"), std::string::npos) << refusal;
    EXPECT_NE(refusal.find("missed_events: 1 of"), std::string::npos) << refusal;
}

TEST_F(Control, EmergencyDisableIsAnIncident) {
    ASSERT_EQ(go_to_phase(desk_, 4), "");
    EXPECT_EQ(desk_.wish(DisableMultiChannel{true}, "prices look wrong"), "");
    const RolloutStatus status = desk_.status();
    EXPECT_FALSE(status.flags.integration_layer_enabled);
    EXPECT_EQ(status.incidents.back().cause, "manual");
    EXPECT_EQ(status.incidents.back().text, "prices look wrong");
    EXPECT_EQ(status.incidents.back().by, "ann");
    EXPECT_EQ(status.incidents.back().phase, 4);
    EXPECT_EQ(status.audit.back().kind, "disable");
}

TEST_F(Control, SymbolsThatFellBackAreAudited) {
    ASSERT_EQ(go_to_phase(desk_, 3), "");
    PathFallback fallback;
    fallback.symbols = {{SymbolId{1}, Sequence{9}, FallbackCause::Timeout},
                        {SymbolId{2}, Sequence{9}, FallbackCause::Error},
                        {SymbolId{5}, Sequence{9}, FallbackCause::Timeout}};
    desk_.decide(fallback, "integrator");
    const RolloutAudit entry = desk_.status().audit.back();
    EXPECT_EQ(entry.kind, "path_fallback");
    EXPECT_EQ(entry.text, "3 symbols fell back: error 1, timeout 2");
    EXPECT_EQ(entry.phase, 3);
    EXPECT_EQ(entry.by, "integrator");
}

TEST_F(Control, OtherDecisionsAreNotItsBusiness) {
    desk_.decide(ShedChange{2}, "control");
    EXPECT_EQ(desk_.status().audit.size(), 1U);
}

TEST_F(Control, SaysWhoIsSelected) {
    ASSERT_EQ(go_to_phase(desk_, 2), "");
    EXPECT_EQ(control_.tier_of(sym("LOW")), RiskTier::Low);
    EXPECT_EQ(control_.tier_of(sym("MID")), RiskTier::Medium);
    EXPECT_EQ(control_.tier_of(sym("NEW")), RiskTier::High);
    EXPECT_TRUE(control_.selects(sym("LOW")));
    EXPECT_FALSE(control_.selects(sym("MID")));
    SetRolloutFlags lists;
    lists.rollout_tickers = {sym("LOW"), sym("NEW")};
    lists.excluded_tickers = {sym("LOW")};
    EXPECT_EQ(desk_.wish(lists), "");
    EXPECT_FALSE(control_.selects(sym("LOW"))) << "excluded";
    EXPECT_TRUE(control_.selects(sym("NEW")));
    EXPECT_EQ(desk_.wish(DisableMultiChannel{}), "");
    EXPECT_FALSE(control_.selects(sym("NEW")));
}

TEST_F(Control, DifferencesAreNumberedAndBounded) {
    RolloutSettings settings = short_phases();
    settings.differences = 3;
    control_.set_settings(settings);
    control_.add_differences(std::vector<PathDifference>(2));
    const auto first = desk_.status().differences;
    EXPECT_EQ(first, desk_.status().differences) << "the same copy while nothing comes";
    control_.add_differences(std::vector<PathDifference>(4));
    const RolloutStatus status = desk_.status();
    ASSERT_EQ(status.differences->size(), 3U);
    EXPECT_EQ(status.differences->front().number, 4U);
    EXPECT_EQ(status.differences->back().number, 6U);
    EXPECT_EQ(status.difference_total, 6U);
    EXPECT_EQ(first->size(), 2U) << "never changed";
}

TEST_F(Control, LiveSettingsHoldAtOnce) {
    RolloutSettings settings = short_phases();
    settings.phase_0 = 0h;
    settings.fallback_interval = settings.fallback_window = 1s;
    control_.set_settings(settings);
    desk_.look().total += good_evidence(10);
    EXPECT_EQ(desk_.wish(AdvanceRollout{}), "");
    ASSERT_EQ(go_to_phase(desk_, 2), "");
    break_it();
    EXPECT_TRUE(desk_.supervise_for(2s));
}

}  // namespace
}  // namespace tickstock
