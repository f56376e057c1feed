#include "rollout/smart_ticker_rollout.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "rollout/test_rollout_support.hpp"

namespace tickstock {
namespace {

using namespace rollout_test;

constexpr std::uint16_t all = FeatureFlags::all_buckets;
/// Symbols that may share a bucket with the last one that fits.
constexpr std::size_t bucket_mates = 4;

std::vector<SymbolStatistics> market(std::size_t low, std::size_t medium, std::size_t high) {
    std::vector<SymbolStatistics> symbols;
    for (std::size_t i = 0; i < low; ++i) {
        symbols.push_back(low_risk(fmt::format("L{}", i)));
    }
    for (std::size_t i = 0; i < medium; ++i) {
        symbols.push_back(medium_risk(fmt::format("M{}", i)));
    }
    for (std::size_t i = 0; i < high; ++i) {
        symbols.push_back(high_risk(fmt::format("H{}", i)));
    }
    return symbols;
}

std::set<std::string> selected(const std::vector<SymbolStatistics>& symbols,
                               const RolloutSelection& selection) {
    std::set<std::string> names;
    for (const SymbolStatistics& symbol : symbols) {
        if (selection.selects(symbol.symbol)) {
            names.emplace(symbol.symbol.view());
        }
    }
    return names;
}

std::size_t count_with(const std::set<std::string>& names, char first) {
    return static_cast<std::size_t>(
        std::ranges::count_if(names, [first](const auto& name) { return name[0] == first; }));
}

RolloutSelection select(const std::vector<SymbolStatistics>& symbols, std::uint16_t buckets) {
    return SmartTickerRollout::select(symbols, buckets, {}, 0);
}

TEST(SmartTickerRolloutRisk, HasTheLimitsOfTheSeed) {
    const auto risk = [](double volume, double volatility, double events) {
        return SmartTickerRollout::assess({sym("A"), 1, volume, volatility, events});
    };
    EXPECT_EQ(risk(999'999, 0.0499, 9.9), RiskTier::Low);
    EXPECT_EQ(risk(1'000'000, 0.01, 1), RiskTier::Medium);
    EXPECT_EQ(risk(1, 0.05, 1), RiskTier::Medium);
    EXPECT_EQ(risk(1, 0.01, 10), RiskTier::Medium);
    EXPECT_EQ(risk(10'000'000, 0.15, 100), RiskTier::Medium);
    EXPECT_EQ(risk(10'000'001, 0.01, 1), RiskTier::High);
    EXPECT_EQ(risk(1, 0.1501, 1), RiskTier::High);
    EXPECT_EQ(risk(1, 0.01, 100.5), RiskTier::High);
}

TEST(SmartTickerRolloutRisk, UnknownAndUnreadableAreHigh) {
    EXPECT_EQ(SmartTickerRollout::assess({sym("A"), 0, 1, 0.01, 1}), RiskTier::High);
    const double nan = std::nan("");
    EXPECT_EQ(SmartTickerRollout::assess({sym("A"), 5, nan, 0.01, 1}), RiskTier::High);
    EXPECT_EQ(SmartTickerRollout::assess({sym("A"), 5, 1, nan, 1}), RiskTier::High);
    EXPECT_EQ(SmartTickerRollout::assess({sym("A"), 5, 1, 0.01, nan}), RiskTier::High);
}

TEST(SmartTickerRollout, OnePercentIsOfLowRiskOnly) {
    const auto symbols = market(2'000, 4'000, 4'000);
    const auto names = selected(symbols, select(symbols, 100));
    EXPECT_EQ(count_with(names, 'L'), names.size());
    EXPECT_GE(names.size(), 100 - bucket_mates);
    EXPECT_LE(names.size(), 100U);
}

TEST(SmartTickerRollout, OnePercentIsNeverMoreThanThereIsOfLowRisk) {
    const auto symbols = market(3, 4'000, 6'000);
    const auto names = selected(symbols, select(symbols, 100));
    EXPECT_EQ(names, (std::set<std::string>{"L0", "L1", "L2"}));
    EXPECT_TRUE(selected(market(0, 50, 50), select(market(0, 50, 50), 100)).empty());
}

TEST(SmartTickerRollout, TenPercentIsOfLowThenMediumRisk) {
    const auto symbols = market(300, 4'000, 5'700);
    const auto names = selected(symbols, select(symbols, 1'000));
    EXPECT_EQ(count_with(names, 'L'), 300U);
    EXPECT_EQ(count_with(names, 'H'), 0U);
    EXPECT_GE(names.size(), 1'000 - bucket_mates);
    EXPECT_LE(names.size(), 1'000U);
    const auto many_low = market(5'000, 2'500, 2'500);
    EXPECT_EQ(count_with(selected(many_low, select(many_low, 1'000)), 'M'), 0U);
}

TEST(SmartTickerRollout, MoreIsOfAllTiersProportionally) {
    const auto symbols = market(2'000, 3'000, 5'000);
    const auto names = selected(symbols, select(symbols, 4'000));
    EXPECT_NEAR(static_cast<double>(names.size()), 4'000, bucket_mates);
    EXPECT_NEAR(static_cast<double>(count_with(names, 'L')), 800, 80);
    EXPECT_NEAR(static_cast<double>(count_with(names, 'M')), 1'200, 100);
    EXPECT_NEAR(static_cast<double>(count_with(names, 'H')), 2'000, 120);
    EXPECT_EQ(selected(symbols, select(symbols, all)).size(), symbols.size());
    EXPECT_TRUE(select({}, all).selects(sym("NEW")));
}

TEST(SmartTickerRollout, NoneIsNobodyAndAnythingIsSomebody) {
    const auto symbols = market(5, 5, 5);
    EXPECT_TRUE(selected(symbols, select(symbols, 0)).empty());
    EXPECT_EQ(selected(symbols, select(symbols, 1)).size(), 1U);
    EXPECT_EQ(selected(symbols, select(symbols, 100)).size(), 1U);
    EXPECT_EQ(selected(symbols, select(symbols, 2'000)).size(), 3U);
}

TEST(SmartTickerRollout, OneToTenToAllKeepsEverySymbol) {
    const auto symbols = market(900, 4'000, 5'100);
    RolloutSelection selection;
    std::uint16_t before = 0;
    std::set<std::string> had;
    for (const std::uint16_t share :
         std::initializer_list<std::uint16_t>{100, 1'000, 1'100, 5'000, 10'000}) {
        selection = SmartTickerRollout::select(symbols, share, selection, before);
        before = share;
        const auto now = selected(symbols, selection);
        EXPECT_TRUE(std::ranges::includes(now, had)) << share;
        EXPECT_NEAR(static_cast<double>(now.size()), share, bucket_mates);
        had = now;
    }
}

TEST(SmartTickerRollout, ASelectedSymbolStaysWhenItsTierChanges) {
    auto symbols = market(500, 500, 500);
    const RolloutSelection first = select(symbols, 100);
    const auto had = selected(symbols, first);
    for (SymbolStatistics& symbol : symbols) {
        symbol = high_risk(symbol.symbol.view());
    }
    const RolloutSelection second = SmartTickerRollout::select(symbols, 100, first, 100);
    EXPECT_EQ(selected(symbols, second), had);
    EXPECT_EQ(second.kept.size(), had.size());
    // Forgotten by the statistics altogether: the same.
    const RolloutSelection third = SmartTickerRollout::select({}, 500, second, 100);
    EXPECT_TRUE(std::ranges::includes(selected(symbols, third), had));
}

TEST(SmartTickerRollout, ATierThatGrowsLetsNoMoreInThanAreWanted) {
    const auto few_low = market(3, 0, 9'997);
    const RolloutSelection first = select(few_low, 1'000);
    EXPECT_EQ(selected(few_low, first).size(), 3U);
    auto many_low = few_low;
    for (SymbolStatistics& symbol : many_low) {
        symbol = low_risk(symbol.symbol.view());
    }
    const RolloutSelection second = SmartTickerRollout::select(many_low, 1'000, first, 1'000);
    EXPECT_NEAR(static_cast<double>(selected(many_low, second).size()), 1'000, bucket_mates);
}

TEST(SmartTickerRollout, ASymbolThatNobodyHasToldOfStays) {
    const auto symbols = market(0, 0, 200);
    const RolloutSelection half = select(symbols, 5'000);
    const auto few_known = market(0, 0, 20);  // the statistics were lost; its share is small
    const RolloutSelection more = SmartTickerRollout::select(few_known, 5'001, half, 5'000);
    EXPECT_TRUE(std::ranges::includes(selected(symbols, more), selected(symbols, half)));
    const RolloutSelection none = SmartTickerRollout::select({}, 5'001, half, 5'000);
    EXPECT_TRUE(std::ranges::includes(selected(symbols, none), selected(symbols, half)));
}

TEST(SmartTickerRollout, ASmallerShareBeginsAnew) {
    const auto symbols = market(900, 4'000, 5'100);
    const RolloutSelection half = select(symbols, 5'000);
    EXPECT_EQ(SmartTickerRollout::select(symbols, 100, half, 5'000), select(symbols, 100));
}

// ---- properties

struct Step {
    std::uint16_t buckets = 0;
    std::vector<std::uint8_t> tiers;  // by symbol: 0 … 2, 3 = without statistics, 4 = absent
};

std::vector<SymbolStatistics> market_of(const std::vector<std::uint8_t>& tiers) {
    std::vector<SymbolStatistics> symbols;
    for (std::size_t i = 0; i < tiers.size(); ++i) {
        const std::string name = fmt::format("S{}", i);
        switch (tiers[i]) {
            case 0: symbols.push_back(low_risk(name)); break;
            case 1: symbols.push_back(medium_risk(name)); break;
            case 2: symbols.push_back(high_risk(name)); break;
            case 3: symbols.push_back({sym(name), 0, 0, 0, 0}); break;
            default: break;
        }
    }
    return symbols;
}

rc::Gen<std::vector<std::uint8_t>> tiers(std::size_t count, std::uint8_t kinds) {
    return rc::gen::container<std::vector<std::uint8_t>>(count,
                                                         rc::gen::inRange<std::uint8_t>(0, kinds));
}

RC_GTEST_PROP(SmartTickerRolloutProperty, GrowthOnlyAddsWhateverTiersBecome, ()) {
    const auto count = *rc::gen::inRange<std::size_t>(1, 120);
    auto shares = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint16_t>>(
        rc::gen::weightedOneOf<std::uint16_t>({{2, rc::gen::inRange<std::uint16_t>(1, 1'200)},
                                               {1, rc::gen::inRange<std::uint16_t>(1, 10'001)}})));
    std::ranges::sort(shares);
    RolloutSelection selection;
    std::uint16_t before = 0;
    std::vector<bool> was(count, false);
    for (const std::uint16_t share : shares) {
        const auto symbols = market_of(*tiers(count, 5));
        selection = SmartTickerRollout::select(symbols, share, selection, before);
        before = share;
        for (std::size_t i = 0; i < count; ++i) {
            const bool is = selection.selects(sym(fmt::format("S{}", i)));
            RC_ASSERT(is || !was[i]);
            was[i] = is;
        }
        RC_ASSERT(std::ranges::is_sorted(selection.low));
        RC_ASSERT(std::ranges::is_sorted(selection.medium));
        RC_ASSERT(std::ranges::is_sorted(selection.kept));
    }
}

RC_GTEST_PROP(SmartTickerRolloutProperty, TheShareIsWhatIsAskedFor, ()) {
    const auto count = *rc::gen::inRange<std::size_t>(1, 400);
    const auto kinds = *tiers(count, 4);
    const auto symbols = market_of(kinds);
    const auto share = *rc::gen::inRange<std::uint16_t>(1, 10'001);
    const auto low = static_cast<std::size_t>(std::ranges::count(kinds, 0));
    const auto medium = static_cast<std::size_t>(std::ranges::count(kinds, 1));
    const std::size_t eligible = share <= 100 ? low : share <= 1'000 ? low + medium : count;
    const std::size_t wanted = std::min(eligible, std::max<std::size_t>(1, count * share / all));
    const std::size_t got = selected(symbols, select(symbols, share)).size();
    RC_ASSERT(got + bucket_mates >= wanted);
    RC_ASSERT(got <= wanted + (wanted == 1 ? bucket_mates : 0));
}

RC_GTEST_PROP(SmartTickerRolloutProperty, OrderOfInputMeansNothing, ()) {
    const auto count = *rc::gen::inRange<std::size_t>(1, 60);
    auto first = market_of(*tiers(count, 4));
    auto second = market_of(*tiers(count, 4));
    first.insert(first.end(), first.begin(), first.begin() + static_cast<long>(count / 2));
    const auto share = *rc::gen::inRange<std::uint16_t>(1, 5'000);
    const auto more = *rc::gen::inRange<std::uint16_t>(share, 10'001);
    std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
    auto first_shuffled = first;
    auto second_shuffled = second;
    std::ranges::shuffle(first_shuffled, random);
    std::ranges::shuffle(second_shuffled, random);
    const auto a = select(first, share);
    const auto b = select(first_shuffled, share);
    RC_ASSERT(a == b);
    RC_ASSERT(SmartTickerRollout::select(second, more, a, share) ==
              SmartTickerRollout::select(second_shuffled, more, b, share));
}

}  // namespace
}  // namespace tickstock
