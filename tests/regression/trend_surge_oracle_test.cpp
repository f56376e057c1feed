// The oracle of second bars, trends and surges itself, on cases computed by hand.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "detectors/decay_table.hpp"
#include "support/naive_powers.hpp"
#include "support/naive_samples.hpp"
#include "support/naive_surge.hpp"
#include "support/naive_trend.hpp"

namespace tickstock::naive {
namespace {

constexpr std::int64_t ten_o_clock = 1720015200;  // 2024-07-03 in New York
constexpr std::int64_t dollar = 1'000'000'000;
constexpr std::int64_t share = 1'000'000;

PlainSample sample(std::int64_t t, std::int64_t price, std::int64_t shares, double vwap = 100) {
    return {ten_o_clock + t,        price, shares * share, vwap, MarketPeriod::Midday,
            TradingSession::Regular};
}

TEST(Powers, AreTheNearestDoubles) {
    EXPECT_EQ(decay_of_window(180, 0), 1.0);
    EXPECT_EQ(decay_of_window(180, 9), 0.9);
    EXPECT_EQ(decay_of_window(360, 18), 0.9);
    EXPECT_EQ(decay_of_window(600, 30), 0.9);
    EXPECT_EQ(decay_of_window(600, 60), 0.81);
    for (const int window : {180, 360, 600}) {
        EXPECT_EQ(decay_of_window(window, window), 0.12157665459056928801);  // 0.9^20
    }
    EXPECT_EQ(decay_of_volatility(100), 0.5);
    EXPECT_EQ(decay_of_volatility(600), 0.015625);
    EXPECT_EQ(decay_of_volatility(50), std::sqrt(0.5));
}

TEST(Powers, AreThoseThatTheEngineCommitted) {
    for (std::size_t seconds = 0; seconds <= 600; ++seconds) {
        const auto t = static_cast<std::int64_t>(seconds);
        if (seconds <= 180) {
            EXPECT_EQ(trend_decay_180[seconds], decay_of_window(180, t)) << seconds;
        }
        if (seconds <= 360) {
            EXPECT_EQ(trend_decay_360[seconds], decay_of_window(360, t)) << seconds;
        }
        EXPECT_EQ(trend_decay_600[seconds], decay_of_window(600, t)) << seconds;
        EXPECT_EQ(volatility_decay[seconds], decay_of_volatility(t)) << seconds;
    }
}

TEST(SecondFold, ClosesSecondsInOrderAndCarriesVolumeOverOnesWithoutAClose) {
    const std::int64_t start = ten_o_clock * 1'000'000'000;
    SecondFold seconds;
    seconds.add(start + 5, start, {100 * dollar, 10 * share, false, true});
    seconds.add(start + 2'000'000'000, start, {102 * dollar, 20 * share, true, true});
    seconds.add(start + 2'999'999'999, start, {103 * dollar, 30 * share, true, false});
    seconds.add(start + 5, start + 1'000'000'000, {1, 1, true, true});  // its second is over
    EXPECT_EQ(seconds.late, 1U);
    EXPECT_EQ(seconds.next_end(), start + 1'000'000'000);
    EXPECT_FALSE(seconds.close_next({}));
    EXPECT_EQ(seconds.next_end(), start + 3'000'000'000);
    const auto bar = seconds.close_next({int128{202} * dollar * share, 2 * share});
    ASSERT_TRUE(bar);
    EXPECT_EQ(bar->t, ten_o_clock + 3);
    EXPECT_EQ(bar->price, 103 * dollar);
    EXPECT_EQ(bar->volume, 30 * share);  // 20 and the 10 left over
    EXPECT_EQ(bar->vwap, 101);
    EXPECT_EQ(bar->period, MarketPeriod::Midday);
    EXPECT_FALSE(seconds.next_end());
}

TEST(TrendWindow, OfTwoSamplesIsAsComputedByHand) {
    TrendWindow window;
    const PlainSample first = sample(0, 100 * dollar, 10);
    const PlainSample second = sample(9, 101 * dollar, 10);
    window.begin(first);
    EXPECT_EQ(window.score(1), 0);
    window.add(first, second, 180);  // g = 0.9
    const double price = 1 / (0.05 * 191 / 1.9);
    const double vwap = 0.01 + 10 * 0.01;
    const double volume = 1.0 / 3;
    EXPECT_NEAR(window.score(2), 0.5 * price + 0.3 * vwap + 0.2 * volume, 1e-15);
    EXPECT_EQ(window.score(3), 0);
}

/// The recursion's values are sums over all samples, each weighted by its age.
TEST(TrendWindow, IsASumWeightedByAge) {
    std::vector<PlainSample> samples;
    std::int64_t t = 0;
    for (std::int64_t i = 0; i < 50; ++i) {
        t += 1 + i * i % 17;
        samples.push_back(sample(t, (100 + i * 7 % 11) * dollar, 1 + i % 5, 99.0 + double(i % 3)));
    }
    TrendWindow window;
    window.begin(samples[0]);
    for (std::size_t i = 1; i < samples.size(); ++i) {
        window.add(samples[i - 1], samples[i], 360);
    }
    TrendWindow sum;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const PlainSample& s = samples[i];
        const double weight = std::pow(0.9, static_cast<double>(t + ten_o_clock - s.t) / 18);
        sum.mp += weight * s.p();
        sum.mq += weight * s.q();
        sum.mw += weight;
        if (i > 0) {
            const PlainSample& b = samples[i - 1];
            const double r = (s.p() - s.vwap) / s.vwap;
            sum.k += weight;
            sum.x += weight * (s.p() - b.p());
            sum.y += weight * r;
            sum.z += weight * (r - (b.p() - b.vwap) / b.vwap);
        }
    }
    EXPECT_EQ(window.n, 50);
    EXPECT_NEAR(window.mp, sum.mp, 1e-9);
    EXPECT_NEAR(window.mq, sum.mq, 1e-9);
    EXPECT_NEAR(window.mw, sum.mw, 1e-12);
    EXPECT_NEAR(window.k, sum.k, 1e-12);
    EXPECT_NEAR(window.x, sum.x, 1e-9);
    EXPECT_NEAR(window.y, sum.y, 1e-12);
    EXPECT_NEAR(window.z, sum.z, 1e-12);
}

TEST(Volatility, IsTheWeightedDeviation) {
    Volatility volatility;
    for (std::int64_t i = 0; i < 12; ++i) {  // 99 and 101 in turn: σ about 1 % of μ
        volatility.add(sample(i, (i % 2 == 0 ? 99 : 101) * dollar, 1));
        EXPECT_EQ(volatility.trend_factor_tenths(), i < 9 ? 10 : 15);
        EXPECT_EQ(volatility.surge_factor_halves(), i < 9 ? 2 : 4);
    }
    EXPECT_NEAR(volatility.rho(), 0.01, 1e-4);
    volatility.add(sample(11 + 601, 100 * dollar, 1));
    EXPECT_EQ(volatility.rho(), 0);
    EXPECT_EQ(volatility.trend_factor_tenths(), 10);
}

TEST(NaiveTrend, RisesTurnsAndTellsItsAge) {
    TrendSettings settings;
    settings.periods[static_cast<std::size_t>(MarketPeriod::Midday)] = {
        10'000, 20'000, 1'000'000, std::chrono::seconds(30), 500'000, 1, Nanos{0}};
    NaiveTrend trend(settings);
    Branches branches;
    std::vector<TrendFinding> findings;
    std::vector<std::int64_t> times;
    std::int64_t price = 100 * dollar;
    for (std::int64_t t = 0; t < 60; ++t) {
        price += t < 40 ? dollar / 5 : -dollar;
        if (auto finding = trend.on_sample(sample(t, price, 100), false, branches)) {
            findings.push_back(*finding);
            times.push_back(t);
        }
    }
    ASSERT_GE(findings.size(), 3U);
    EXPECT_EQ(times[0], 2);  // n = 3 · min_data_points
    EXPECT_EQ(findings[0].direction, Direction::Up);
    EXPECT_EQ(findings[0].branch, "trend first");
    EXPECT_EQ(findings[0].data.age_seconds, 0);
    EXPECT_EQ(findings[0].data.vwap_position, TrendData::VwapPosition::Above);
    EXPECT_EQ(findings[1].branch, "trend interval");
    EXPECT_EQ(findings[1].data.age_seconds, times[1] - times[0]);
    EXPECT_EQ(times[1], 32);
    EXPECT_EQ(branches["trend retraced"], 1U);
    const TrendFinding& turn = findings[2];
    EXPECT_EQ(turn.direction, Direction::Down);
    EXPECT_EQ(turn.data.turn, TrendData::Turn::UpNowDown);
    EXPECT_EQ(turn.data.age_seconds, 0);
    EXPECT_EQ(turn.data.count_up, 2U);
    EXPECT_EQ(turn.data.count_down, 1U);
    EXPECT_EQ(trend.state(), Direction::Down);
    trend.reset();
    EXPECT_EQ(trend.state(), Direction::None);
}

TEST(NaiveSurge, MeasuresAgainstTheSpanAndCoolsDown) {
    SurgeSettings settings;
    settings.periods[static_cast<std::size_t>(MarketPeriod::Midday)] = {400'000, 1'100'000, 5,
                                                                        SurgeMode::Strict};
    NaiveSurge surge(settings);
    Branches branches;
    for (std::int64_t t = 0; t <= 20; t += 5) {
        EXPECT_FALSE(surge.on_sample(sample(t, 100 * dollar, 100), 1, false, branches));
    }
    // Span: five samples through t = 21, 500 shares in L = 21 − (0 − 1) = 22 s, so that the
    // reference is 20 · 500 / 22 shares and 500 shares are exactly 1.1 times it.
    const auto finding = surge.on_sample(sample(41, 101 * dollar, 500), 1, false, branches);
    ASSERT_TRUE(finding);
    EXPECT_EQ(finding->direction, Direction::Up);
    EXPECT_EQ(finding->data.trigger, SurgeData::Trigger::PriceAndVolume);
    EXPECT_EQ(finding->data.magnitude, 1);
    EXPECT_NEAR(finding->data.volume_multiplier, 1.1, 1e-15);
    EXPECT_EQ(finding->data.baseline.raw(), 100 * dollar);
    EXPECT_EQ(finding->percent_threshold_e12, 400'000'000'000);  // 1 % · 0.4
    EXPECT_EQ(finding->price_threshold_e12, 100'000'000'000);
    EXPECT_NEAR(finding->data.score, 75, 1e-12);  // 25 · 2 + 25 · 1
    EXPECT_EQ(finding->data.strength, Strength::Moderate);
    EXPECT_EQ(finding->data.daily_count, 1U);
    const std::int64_t expiration = (ten_o_clock + 41 + 30) * 1'000'000'000;
    EXPECT_EQ(to_ns(finding->data.expiration), expiration);
    EXPECT_EQ(surge.flag(expiration - 1), Direction::Up);
    EXPECT_EQ(surge.flag(expiration), Direction::None);
    EXPECT_FALSE(surge.on_sample(sample(44, 103 * dollar, 5000), 1, false, branches));
    EXPECT_EQ(branches["surge in cooldown"], 1U);
    const auto down = surge.on_sample(sample(46, 95 * dollar, 5000), 1, false, branches);
    ASSERT_TRUE(down);  // each direction cools down for itself
    EXPECT_EQ(down->data.daily_count, 2U);
}

}  // namespace
}  // namespace tickstock::naive
