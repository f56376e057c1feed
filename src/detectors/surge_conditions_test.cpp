#include "detectors/surge_conditions.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tickstock {
namespace {

/// 1 % and 0.50 USD, three times the volume.
constexpr SurgeLimits limits_in(SurgeMode mode) {
    return {10'000'000'000'000, 500'000'000'000, 3'000'000, mode};
}

/// A move from 100 USD by `change_raw` (1e-9 USD); the span's hundred seconds had 100 shares each,
/// so 20 s at its pace are 2,000.
std::string trigger(SurgeMode mode, std::int64_t change_raw, std::int64_t recent_raw) {
    const SurgeMove move{Price::from_raw(change_raw), Price::from_cents(10'000), recent_raw,
                         int128{10'000} * Size::units_per_share, 100};
    const auto found = surge_trigger(move, limits_in(mode));
    return found ? std::string(to_string(*found)) : "";
}

constexpr std::int64_t dollar = 1'000'000'000;
constexpr std::int64_t share = 1'000'000;

TEST(SurgeConditions, StrictNeedsBothAndCountsTheThresholdItself) {
    constexpr SurgeMode strict = SurgeMode::Strict;
    EXPECT_EQ(trigger(strict, dollar, 6'000 * share), "price_and_volume");
    EXPECT_EQ(trigger(strict, -dollar, 6'000 * share), "price_and_volume");
    EXPECT_EQ(trigger(strict, dollar - 1, 6'000 * share), "");
    EXPECT_EQ(trigger(strict, 1 - dollar, 6'000 * share), "");
    EXPECT_EQ(trigger(strict, dollar, 6'000 * share - 1), "");
}

TEST(SurgeConditions, EitherIsContentWithOne) {
    constexpr SurgeMode either = SurgeMode::Either;
    EXPECT_EQ(trigger(either, dollar, 6'000 * share), "price_and_volume");
    EXPECT_EQ(trigger(either, dollar, 6'000 * share - 1), "price");
    EXPECT_EQ(trigger(either, dollar - 1, 6'000 * share), "volume");
    EXPECT_EQ(trigger(either, dollar - 1, 6'000 * share - 1), "");
}

TEST(SurgeConditions, AdaptiveLetsAStrongOneMakeUpForAWeakOne) {
    constexpr SurgeMode adaptive = SurgeMode::Adaptive;
    EXPECT_EQ(trigger(adaptive, dollar, 6'000 * share), "price_and_volume");
    EXPECT_EQ(trigger(adaptive, dollar, 6'000 * share - 1), "");
    // 1.5 times the percent with 0.7 of the volume
    EXPECT_EQ(trigger(adaptive, 3 * dollar / 2, 4'200 * share), "price_driven");
    EXPECT_EQ(trigger(adaptive, 3 * dollar / 2 - 1, 4'200 * share), "");
    EXPECT_EQ(trigger(adaptive, 3 * dollar / 2, 4'200 * share - 1), "");
    // twice the volume with half the percent
    EXPECT_EQ(trigger(adaptive, dollar / 2, 12'000 * share), "volume_driven");
    EXPECT_EQ(trigger(adaptive, dollar / 2 - 1, 12'000 * share), "");
    EXPECT_EQ(trigger(adaptive, dollar / 2, 12'000 * share - 1), "");
}

TEST(SurgeConditions, AdaptiveDoesNotAskTheDrivenOnesForDollars) {
    SurgeLimits limits = limits_in(SurgeMode::Adaptive);
    limits.price_e12 = 2'000'000'000'000;  // 2 USD
    SurgeMove move{Price::from_raw(3 * dollar / 2), Price::from_cents(10'000),
                   int128{6'000} * share, int128{10'000} * share, 100};
    EXPECT_EQ(surge_trigger(move, limits), SurgeData::Trigger::PriceDriven);
    move.change = Price::from_raw(dollar);
    EXPECT_EQ(surge_trigger(move, limits), std::nullopt);
}

TEST(SurgeConditions, ThePriceConditionIsPercentAndDollars) {
    SurgeLimits limits = limits_in(SurgeMode::Either);
    SurgeMove move{Price::from_raw(dollar / 2), Price::from_cents(5'000), 0, int128{10'000} * share,
                   100};  // 1 % and 0.50
    EXPECT_EQ(surge_trigger(move, limits), SurgeData::Trigger::Price);
    limits.price_e12 += 1'000;  // a billionth of a dollar more
    EXPECT_EQ(surge_trigger(move, limits), std::nullopt);
}

TEST(SurgeConditions, NoMoveIsNoSurge) {
    EXPECT_EQ(trigger(SurgeMode::Either, 0, 1'000'000 * share), "");
    EXPECT_EQ(trigger(SurgeMode::Either, 1, 1'000'000 * share), "volume");
}

TEST(SurgeConditions, HoldTheLargestNumbers) {
    SurgeLimits limits{200'000'000'000'000'000, 100'000'000'000'000, 10'000'000'000,
                       SurgeMode::Adaptive};
    const SurgeMove move{Price::from_raw(Price::limit_raw - 1), Price::from_raw(1),
                         int128{INT64_MAX} * 20, int128{INT64_MAX} * 100, 100};
    EXPECT_EQ(surge_trigger(move, limits), std::nullopt);
    limits.volume = 100'000;
    EXPECT_EQ(surge_trigger(move, limits), SurgeData::Trigger::PriceAndVolume);
}

}  // namespace
}  // namespace tickstock
