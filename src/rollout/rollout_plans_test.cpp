#include "rollout/rollout_plans.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "rollout/feature_flags.hpp"
#include "rollout/test_rollout_support.hpp"

namespace tickstock {
namespace {

using namespace rollout_test;
using Cause = RolloutChange::Cause;

/// A rollout in some phase, and what a wish makes of it.
class Plans : public ::testing::Test {
protected:
    void begin(std::uint8_t phase) {
        last_.phase = phase;
        last_.phase_since = start;
        last_.flags = phase_flags(phase, last_.flags);
    }
    PlanContext context() const {
        return {last_, statistics_, settings_, start + 10h, usable_, refusal_, "20240306T003000-1"};
    }
    template <class Wish>
    RolloutChange done(const Wish& wish) {
        auto change = plan_change(wish, context());
        EXPECT_TRUE(change.ok()) << change.error().message;
        return change ? *change : RolloutChange{};
    }
    template <class Wish>
    std::string refused(const Wish& wish) {
        const auto change = plan_change(wish, context());
        EXPECT_FALSE(change.ok());
        return change ? "" : change.error().message;
    }

    RolloutChange last_;
    std::vector<SymbolStatistics> statistics_{low_risk("LOW"), medium_risk("MID"),
                                              high_risk("TOP")};
    RolloutSettings settings_;
    bool usable_ = true;
    std::string refusal_;
};

TEST_F(Plans, AdvanceBeginsTheNextPhase) {
    begin(1);
    last_.forgives = true;
    const RolloutChange next = done(AdvanceRollout{});
    EXPECT_EQ(next.cause, Cause::Advance);
    EXPECT_EQ(next.phase, 2);
    EXPECT_EQ(next.phase_since, start + 10h);
    EXPECT_EQ(next.flags, phase_flags(2, {}));
    EXPECT_TRUE(next.selection.selects(sym("LOW")));
    EXPECT_FALSE(next.forgives);
    refusal_ = "not yet";
    EXPECT_EQ(refused(AdvanceRollout{}), "not yet");
}

TEST_F(Plans, FlagsKeepThePhase) {
    begin(2);
    SetRolloutFlags wish;
    wish.rollout_percentage = 50;
    const RolloutChange next = done(wish);
    EXPECT_EQ(next.cause, Cause::Flags);
    EXPECT_EQ(next.phase, 2);
    EXPECT_EQ(next.phase_since, start);
    EXPECT_EQ(next.flags.rollout_buckets, 5'000);
}

TEST_F(Plans, FlagsThatStandSoAlready) {
    begin(1);
    SetRolloutFlags wish;
    EXPECT_EQ(refused(wish), "the flags stand so already");
    wish.router_enabled = true;
    EXPECT_EQ(refused(wish), "the flags stand so already");
    begin(2);
    wish.rollout_percentage = 1;  // the same share, of symbols that are known now
    EXPECT_TRUE(done(wish).selection.selects(sym("LOW")));
}

TEST_F(Plans, SingleSymbolsAreMergedWithTheListsThatHold) {
    begin(2);
    last_.flags.rollout_tickers = {sym("B"), sym("D")};
    last_.flags.excluded_tickers = {sym("C"), sym("X")};
    SetRolloutFlags wish;
    wish.add_rollout_tickers = {sym("C"), sym("A"), sym("C")};
    wish.remove_rollout_tickers = {sym("D"), sym("UNKNOWN")};
    const FeatureFlags flags = done(wish).flags;
    EXPECT_EQ(flags.rollout_tickers, (std::vector{sym("A"), sym("B"), sym("C")}));
    EXPECT_EQ(flags.excluded_tickers, std::vector{sym("X")}) << "C is in the other list now";
    wish = {};
    wish.add_excluded_tickers = {sym("D")};
    wish.remove_excluded_tickers = {sym("X")};
    EXPECT_EQ(done(wish).flags.rollout_tickers, std::vector{sym("B")});
    EXPECT_EQ(done(wish).flags.excluded_tickers, (std::vector{sym("C"), sym("D")}));
}

TEST_F(Plans, SingleSymbolsThatChangeNothingOrContradict) {
    begin(2);
    last_.flags.rollout_tickers = {sym("B")};
    SetRolloutFlags wish;
    wish.add_rollout_tickers = {sym("B")};
    wish.remove_excluded_tickers = {sym("C")};
    EXPECT_EQ(refused(wish), "the flags stand so already");
    wish.excluded_tickers = {sym("D")};
    EXPECT_EQ(refused(wish),
              "\"excluded_tickers\" is the whole list: not together with "
              "\"add_excluded_tickers\" or \"remove_excluded_tickers\"");
    wish.excluded_tickers.reset();
    wish.remove_rollout_tickers = {sym("B")};
    EXPECT_EQ(refused(wish),
              "B stands in both \"add_rollout_tickers\" and \"remove_rollout_tickers\"");
    wish = {};
    for (std::size_t i = 0; i < rollout_list_limit; ++i) {
        last_.flags.excluded_tickers.push_back(sym("N" + std::to_string(i)));
    }
    std::ranges::sort(last_.flags.excluded_tickers);
    wish.add_excluded_tickers = {sym("ONE"), sym("MORE")};
    EXPECT_EQ(refused(wish), "excluded_tickers has 10002 symbols (accepted: up to 10000)");
}

TEST_F(Plans, ASymbolThatIsNoMoreExcludedNeedsTheChannel) {
    begin(2);
    last_.flags.excluded_tickers = {sym("C")};
    usable_ = false;
    SetRolloutFlags wish;
    wish.remove_excluded_tickers = {sym("C")};
    EXPECT_EQ(refused(wish), "the tick channel is paused or in error: resume it first");
}

TEST_F(Plans, AnIncidentIsEndedByEnableOnly) {
    begin(2);
    last_.flags.multichannel_system_enabled = false;
    last_.incident = "20240305T143000-1";
    SetRolloutFlags on;
    on.multichannel_system_enabled = true;
    EXPECT_NE(refused(on).find("incident 20240305T143000-1 holds"), std::string::npos);
    SetRolloutFlags excluded;
    excluded.excluded_tickers = {sym("MID")};
    EXPECT_EQ(done(excluded).incident, "20240305T143000-1");
    EXPECT_NE(refused(SetRolloutPhase{2}).find("enable again first"), std::string::npos);
    EXPECT_EQ(done(SetRolloutPhase{0}).incident, "20240305T143000-1");
    EXPECT_EQ(done(ReEnableMultiChannel{}).incident, "");
}

TEST_F(Plans, DisableTakesTheSystemOffAndKeepsThePercentageForPeople) {
    begin(3);
    const RolloutChange off = done(DisableMultiChannel{});
    EXPECT_EQ(off.cause, Cause::Disable);
    EXPECT_FALSE(off.flags.is_fully_enabled());
    EXPECT_TRUE(off.flags.integration_layer_enabled);
    EXPECT_EQ(off.flags.rollout_buckets, 1'000);
    EXPECT_EQ(off.incident, "20240306T003000-1");
    EXPECT_EQ(off.phase, 3);
    EXPECT_EQ(off.phase_since, start);
}

TEST_F(Plans, DisableAgainOnlyToUninstall) {
    begin(3);
    last_ = done(DisableMultiChannel{});
    EXPECT_EQ(refused(DisableMultiChannel{}),
              "it is disabled already: incident 20240306T003000-1 holds");
    last_ = done(DisableMultiChannel{true});
    EXPECT_FALSE(last_.flags.runs_multi_channel() || last_.flags.router_enabled ||
                 last_.flags.compares());
    EXPECT_EQ(last_.incident, "20240306T003000-1");
    refused(DisableMultiChannel{true});
}

TEST_F(Plans, DisableWorksInEveryPhaseAndWithAParkedChannel) {
    usable_ = false;
    for (std::uint8_t phase = 0; phase < rollout_phase_count; ++phase) {
        begin(phase);
        EXPECT_FALSE(done(DisableMultiChannel{true}).flags.integration_layer_enabled);
    }
}

TEST_F(Plans, EnableBeginsSmallInThePhaseThatFits) {
    begin(4);
    last_ = done(DisableMultiChannel{true});
    const RolloutChange small = done(ReEnableMultiChannel{});
    EXPECT_EQ(small.cause, Cause::ReEnable);
    EXPECT_EQ(small.phase, 2);
    EXPECT_EQ(small.phase_since, start + 10h);
    EXPECT_EQ(small.flags, phase_flags(2, {}));
    EXPECT_TRUE(small.forgives);
    EXPECT_EQ(small.incident, "");
    settings_.re_enable = 5;
    EXPECT_EQ(done(ReEnableMultiChannel{}).flags.rollout_buckets, 500);
    EXPECT_EQ(done(ReEnableMultiChannel{}).phase, 3);
    EXPECT_EQ(done(ReEnableMultiChannel{60}).phase, 4);
    EXPECT_EQ(done(ReEnableMultiChannel{0}).phase, 1);
    EXPECT_FALSE(done(ReEnableMultiChannel{0}).flags.is_fully_enabled());
    EXPECT_NE(refused(ReEnableMultiChannel{101}).find("accepted: 0 to 100"), std::string::npos);
}

TEST_F(Plans, EnableBeforeAnyUserWasTouchedGoesBackToThatPhase) {
    begin(1);
    last_ = done(DisableMultiChannel{true});
    const RolloutChange again = done(ReEnableMultiChannel{});
    EXPECT_EQ(again.phase, 1);
    EXPECT_EQ(again.flags, phase_flags(1, {}));
    EXPECT_EQ(again.incident, "");
}

TEST_F(Plans, EnableWithoutAnIncidentForgives) {
    begin(3);
    const RolloutChange again = done(ReEnableMultiChannel{});
    EXPECT_TRUE(again.forgives);
    EXPECT_EQ(again.flags, last_.flags);
    EXPECT_EQ(again.phase_since, start) << "the evidence stays";
    begin(1);
    EXPECT_EQ(refused(ReEnableMultiChannel{}),
              "nothing is disabled: phase 1 (phase_1_parallel_testing) goes on");
}

TEST_F(Plans, NobodyIsGivenToAChannelThatIsParked) {
    usable_ = false;
    begin(3);
    SetRolloutFlags more;
    more.rollout_percentage = 20;
    EXPECT_EQ(refused(more), "the tick channel is paused or in error: resume it first");
    refused(ReEnableMultiChannel{});
    SetRolloutFlags named;
    named.rollout_tickers = {sym("TOP")};
    refused(named);
    SetRolloutFlags less;
    less.rollout_percentage = 2;
    EXPECT_EQ(done(less).flags.rollout_buckets, 200);
    EXPECT_EQ(done(SetRolloutPhase{0}).phase, 0);
    last_ = done(DisableMultiChannel{});
    refused(ReEnableMultiChannel{});
}

TEST_F(Plans, BackToAnEarlierPhaseOrToItsBegin) {
    begin(3);
    last_.flags.rollout_buckets = 4'000;
    const RolloutChange back = done(SetRolloutPhase{2});
    EXPECT_EQ(back.phase, 2);
    EXPECT_EQ(back.phase_since, start + 10h);
    EXPECT_EQ(back.flags.rollout_buckets, 100);
    EXPECT_FALSE(back.forgives);
    EXPECT_EQ(done(SetRolloutPhase{3}).flags.rollout_buckets, 1'000);
    EXPECT_TRUE(done(SetRolloutPhase{0}).forgives) << "the next trial is a new one";
    EXPECT_EQ(refused(SetRolloutPhase{4}),
              "phase 4 is not accepted: the present one is 3, later ones come by advance "
              "(accepted: 0 to 3)");
    refused(SetRolloutPhase{255});
}

TEST_F(Plans, InstallationBeginsWithPhaseZeroUnlessSettingsSayMore) {
    EXPECT_EQ(plan_installation(settings_, start).phase, 0);
    EXPECT_EQ(plan_installation(settings_, start).flags, phase_flags(0, {}));
    settings_.enable_parallel_processing = true;
    EXPECT_TRUE(plan_installation(settings_, start).flags.compares());
    settings_.enable_multi_channel = true;
    const RolloutChange full = plan_installation(settings_, start);
    EXPECT_EQ(full.phase, 4);
    EXPECT_TRUE(full.flags.is_fully_enabled() && full.selection.selects(sym("ANY")));
    EXPECT_EQ(full.cause, Cause::Install);
}

TEST_F(Plans, AReasonIsAsked) {
    EXPECT_EQ(problem_of_reason("Störung behoben"), "");
    EXPECT_EQ(problem_of_reason(std::string(200, 'x')), "");
    for (const std::string& wrong :
         {std::string(), std::string(201, 'x'), std::string("   "), std::string("a\nb"),
          std::string("a\0b", 3), std::string("\xff"), std::string("\x1b[2J")}) {
        EXPECT_NE(problem_of_reason(wrong).find("accepted: 1 to 200 bytes"), std::string::npos);
    }
}

TEST_F(Plans, TextsSayWhatAChangeIs) {
    begin(1);
    EXPECT_EQ(describe_change(last_, done(AdvanceRollout{})),
              "phase 1 -> 2, multichannel_system_enabled off -> on, rollout_percentage 0 -> 1");
    begin(2);
    EXPECT_EQ(describe_change(last_, done(DisableMultiChannel{})),
              "multichannel_system_enabled on -> off, incident 20240306T003000-1");
    EXPECT_EQ(describe_change(last_, done(SetRolloutPhase{2})), "phase 2 begins");
}

}  // namespace
}  // namespace tickstock
