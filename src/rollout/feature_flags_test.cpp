#include "rollout/feature_flags.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "rollout/test_rollout_support.hpp"

namespace tickstock {
namespace {

using namespace rollout_test;

std::string refusal(const FeatureFlags& before, const SetRolloutFlags& wanted) {
    const auto flags = with_flags(before, wanted);
    return flags ? std::string() : flags.error().message;
}

TEST(FeatureFlagsPhase, EachAddsToThoseBefore) {
    const FeatureFlags zero = phase_flags(0, {});
    EXPECT_TRUE(zero.integration_layer_enabled);
    EXPECT_FALSE(zero.router_enabled || zero.tick_channel_enabled);
    EXPECT_FALSE(zero.parallel_processing_enabled || zero.performance_comparison_enabled);
    EXPECT_FALSE(zero.multichannel_system_enabled);
    EXPECT_EQ(zero.rollout_buckets, 0);
    EXPECT_FALSE(zero.compares());

    const FeatureFlags one = phase_flags(1, {});
    EXPECT_TRUE(one.compares() && one.performance_comparison_enabled);
    EXPECT_FALSE(one.multichannel_system_enabled);
    EXPECT_EQ(one.rollout_buckets, 0);

    const FeatureFlags two = phase_flags(2, {});
    EXPECT_TRUE(two.is_fully_enabled() && two.compares());
    EXPECT_EQ(two.rollout_buckets, 100);
    EXPECT_EQ(phase_flags(3, {}).rollout_buckets, 1'000);
    EXPECT_EQ(phase_flags(4, {}).rollout_buckets, 10'000);
    EXPECT_TRUE(phase_flags(4, {}).compares());
}

TEST(FeatureFlagsPhase, ListsStay) {
    FeatureFlags before;
    before.rollout_tickers = {sym("AAPL")};
    before.excluded_tickers = {sym("TSLA")};
    for (std::uint8_t phase = 0; phase < rollout_phase_count; ++phase) {
        EXPECT_EQ(phase_flags(phase, before).rollout_tickers, before.rollout_tickers);
        EXPECT_EQ(phase_flags(phase, before).excluded_tickers, before.excluded_tickers);
    }
}

TEST(FeatureFlagsPhase, AnAdvanceTakesNothingAway) {
    FeatureFlags before = phase_flags(2, {});
    before.rollout_buckets = 2'500;
    EXPECT_EQ(advanced_flags(3, before).rollout_buckets, 2'500);
    EXPECT_EQ(advanced_flags(4, before).rollout_buckets, 10'000);
    before.parallel_processing_enabled = before.performance_comparison_enabled = false;
    EXPECT_TRUE(advanced_flags(3, before).compares());
}

TEST(FeatureFlagsPhase, APercentageHasItsPhase) {
    EXPECT_EQ(phase_of(0), 1);
    EXPECT_EQ(phase_of(1), 2);
    EXPECT_EQ(phase_of(100), 2);
    EXPECT_EQ(phase_of(101), 3);
    EXPECT_EQ(phase_of(1'000), 3);
    EXPECT_EQ(phase_of(1'001), 4);
    EXPECT_EQ(phase_of(10'000), 4);
}

TEST(FeatureFlagsPercentage, FromNoneToAllInHundredths) {
    EXPECT_EQ(buckets_of(0).value(), 0);
    EXPECT_EQ(buckets_of(0.01).value(), 1);
    EXPECT_EQ(buckets_of(1.5).value(), 150);
    EXPECT_EQ(buckets_of(100).value(), 10'000);
    EXPECT_EQ(buckets_of(-0.0).value(), 0);
    for (const double wrong : {-1.0, -0.001, 100.001, 1e300, std::nan(""),
                               std::numeric_limits<double>::infinity(), 0.001}) {
        EXPECT_FALSE(buckets_of(wrong).ok()) << wrong;
    }
    EXPECT_EQ(buckets_of(101).error().message,
              "rollout_percentage 101 is not accepted (accepted: 0 to 100)");
}

TEST(FeatureFlagsCommand, SaysWhatAFlagNeeds) {
    SetRolloutFlags wanted;
    wanted.multichannel_system_enabled = true;
    EXPECT_EQ(refusal({}, wanted),
              "multichannel_system_enabled needs integration_layer_enabled and router_enabled and "
              "tick_channel_enabled: switch that on as well, or multichannel_system_enabled off");
    EXPECT_EQ(refusal(phase_flags(1, {}), wanted), "");

    SetRolloutFlags off;
    off.integration_layer_enabled = false;
    EXPECT_EQ(refusal(phase_flags(0, {}), off), "");
    EXPECT_NE(refusal(phase_flags(1, {}), off).find("router_enabled needs integration_layer"),
              std::string::npos);

    SetRolloutFlags comparison;
    comparison.performance_comparison_enabled = true;
    EXPECT_EQ(refusal(phase_flags(0, {}), comparison),
              "performance_comparison_enabled needs parallel_processing_enabled: switch that on as "
              "well, or performance_comparison_enabled off");
}

TEST(FeatureFlagsCommand, NothingElseChanges) {
    const FeatureFlags before = phase_flags(3, {});
    SetRolloutFlags wanted;
    wanted.performance_comparison_enabled = false;
    FeatureFlags expected = before;
    expected.performance_comparison_enabled = false;
    EXPECT_EQ(with_flags(before, wanted).value(), expected);
    EXPECT_EQ(with_flags(before, SetRolloutFlags{}).value(), before);
}

TEST(FeatureFlagsCommand, APercentageNeedsTheSystem) {
    SetRolloutFlags wanted;
    wanted.rollout_percentage = 5;
    EXPECT_NE(refusal(phase_flags(1, {}), wanted).find("acts on nobody"), std::string::npos);
    wanted.multichannel_system_enabled = true;
    EXPECT_EQ(with_flags(phase_flags(1, {}), wanted).value().rollout_buckets, 500);
    wanted = {};
    wanted.rollout_percentage = 0;
    EXPECT_EQ(refusal(phase_flags(1, {}), wanted), "");
    wanted.rollout_percentage = 200;
    EXPECT_NE(refusal(phase_flags(2, {}), wanted).find("accepted: 0 to 100"), std::string::npos);
}

TEST(FeatureFlagsCommand, ListsAreSortedAndBounded) {
    SetRolloutFlags wanted;
    wanted.rollout_tickers = {sym("MSFT"), sym("AAPL"), sym("MSFT")};
    EXPECT_EQ(with_flags({}, wanted).value().rollout_tickers,
              (std::vector{sym("AAPL"), sym("MSFT")}));
    wanted.rollout_tickers = std::vector<SymbolText>(rollout_list_limit, sym("A"));
    EXPECT_EQ(refusal({}, wanted), "");
    wanted.rollout_tickers->push_back(sym("B"));
    EXPECT_EQ(refusal({}, wanted), "rollout_tickers has 10001 symbols (accepted: up to 10000)");
    wanted.rollout_tickers = {SymbolText()};
    EXPECT_EQ(refusal({}, wanted), "rollout_tickers has a symbol without a name");
}

TEST(FeatureFlagsCommand, AllThatIsWrongIsTold) {
    SetRolloutFlags wanted;
    wanted.multichannel_system_enabled = true;
    wanted.rollout_percentage = -1;
    wanted.excluded_tickers = {SymbolText()};
    const std::string text = refusal({}, wanted);
    EXPECT_NE(text.find("excluded_tickers"), std::string::npos);
    EXPECT_NE(text.find("rollout_percentage -1"), std::string::npos);
    EXPECT_NE(text.find("needs integration_layer_enabled"), std::string::npos);
}

TEST(FeatureFlagsText, TellsWhatChanges) {
    FeatureFlags before = phase_flags(2, {});
    FeatureFlags after = before;
    EXPECT_EQ(describe_change(before, after), "");
    after.multichannel_system_enabled = false;
    after.rollout_buckets = 250;
    before.rollout_tickers = {sym("GONE")};
    after.rollout_tickers = {sym("A"), sym("B"), sym("C"), sym("D"), sym("E"), sym("F"), sym("G")};
    EXPECT_EQ(describe_change(before, after),
              "multichannel_system_enabled on -> off, rollout_percentage 1 -> 2.5, "
              "rollout_tickers +A +B +C +D +E +2 more -GONE");
}

}  // namespace
}  // namespace tickstock
