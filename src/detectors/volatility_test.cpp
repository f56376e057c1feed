#include "detectors/volatility.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "detectors/decay_table.hpp"

namespace tickstock {
namespace {

// ---------------------------------------------------------------- the committed powers

void expect_powers(const DecayTable& table, long double base, long double a_second) {
    for (std::size_t seconds = 0; seconds < table.size(); ++seconds) {
        const double entry = table[seconds];
        const long double exact = std::pow(base, static_cast<long double>(seconds) * a_second);
        const double ulp = std::nextafter(entry, 2.0) - entry;
        EXPECT_LE(std::abs(static_cast<double>(exact - entry)), ulp) << seconds << " s";
    }
}

TEST(DecayTables, AreTheWantedPowers) {
    expect_powers(trend_decay_180, 0.9L, 20.0L / 180);
    expect_powers(trend_decay_360, 0.9L, 20.0L / 360);
    expect_powers(trend_decay_600, 0.9L, 20.0L / 600);
    expect_powers(volatility_decay, 0.5L, 0.01L);
}

TEST(DecayTables, AreExactWhereThePowerIs) {
    EXPECT_EQ(trend_decay_180[0], 1.0);
    EXPECT_EQ(trend_decay_180[9], 0.9);  // 20·9/180 = 1
    EXPECT_EQ(trend_decay_360[18], 0.9);
    EXPECT_EQ(trend_decay_600[30], 0.9);
    EXPECT_EQ(trend_decay_600[60], 0.81);
    EXPECT_EQ(volatility_decay[100], 0.5);
    EXPECT_EQ(volatility_decay[600], 0.015625);
}

TEST(DecayTables, LeaveTwelvePercentAtTheWindowsAge) {
    EXPECT_NEAR(trend_decay_180[180], 0.1216, 0.0001);
    EXPECT_NEAR(trend_decay_360[360], 0.1216, 0.0001);
    EXPECT_NEAR(trend_decay_600[600], 0.1216, 0.0001);
}

// ---------------------------------------------------------------- volatility

TEST(Volatility, OfTwoSamplesAsWorkedByHand) {
    Volatility volatility;
    EXPECT_EQ(volatility.ratio(), 0);
    volatility.add(100, 1'000);
    EXPECT_EQ(volatility.ratio(), 0);
    // g = ½, w = 1.5, d = 2, μ = 100 + 4/3, s = 2·(2/3) = 4/3, σ² = 8/9.
    volatility.add(102, 1'100);
    EXPECT_NEAR(volatility.ratio(), std::sqrt(8.0 / 9.0) / (100 + 4.0 / 3.0), 1e-15);
}

/// Ten samples, a second each, to and fro between 100 and 100 + step: σ is about step/2.
Volatility swinging(double step, int samples = 10) {
    Volatility volatility;
    for (int i = 0; i < samples; ++i) {
        volatility.add(i % 2 == 0 ? 100 : 100 + step, 1'000 + i);
    }
    return volatility;
}

TEST(Volatility, HasThreeLevels) {
    EXPECT_EQ(swinging(0).level(), VolatilityLevel::Low);
    EXPECT_EQ(swinging(0.08).level(), VolatilityLevel::Low);     // 0.04 %
    EXPECT_EQ(swinging(0.12).level(), VolatilityLevel::Normal);  // 0.06 %
    EXPECT_EQ(swinging(0.38).level(), VolatilityLevel::Normal);  // 0.19 %
    EXPECT_EQ(swinging(0.42).level(), VolatilityLevel::High);    // 0.21 %
}

TEST(Volatility, IsNormalBelowTenSamples) {
    EXPECT_EQ(swinging(5, 9).level(), VolatilityLevel::Normal);
    EXPECT_EQ(swinging(5, 10).level(), VolatilityLevel::High);
    EXPECT_EQ(swinging(0, 9).level(), VolatilityLevel::Normal);
}

TEST(Volatility, ForgetsOverAGapOfMoreThanTenMinutes) {
    Volatility kept = swinging(5);
    kept.add(100, 1'009 + 600);
    EXPECT_GT(kept.ratio(), 0);
    EXPECT_EQ(kept.level(), VolatilityLevel::High);
    Volatility restarted = swinging(5);
    restarted.add(100, 1'009 + 601);
    EXPECT_EQ(restarted.ratio(), 0);
    EXPECT_EQ(restarted.level(), VolatilityLevel::Normal);  // its first sample again
}

}  // namespace
}  // namespace tickstock
