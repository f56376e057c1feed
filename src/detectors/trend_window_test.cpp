#include "detectors/trend_window.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "detectors/decay_table.hpp"

namespace tickstock {
namespace {

using std::chrono::seconds;

TEST(TrendWindow, OfOneSampleScoresNothing) {
    TrendWindow window;
    window.restart({100, 500, 0, 0.01, 0});
    EXPECT_EQ(window.samples(), 1U);
    EXPECT_EQ(window.score(1), 0);  // no change yet: K = 0
    EXPECT_EQ(window.score(2), 0);
}

TEST(TrendWindow, OfTwoSamplesAsWorkedByHand) {
    // 100 -> 101 at ten, then thirty shares, VWAP 100; nine seconds later, so g = 0.9.
    TrendWindow window;
    window.restart({100, 10, 0, 0, 0});
    window.add({101, 30, 1, 0.01, 0.01}, 0.9);
    // Mp = 191, Mq = 39, Mw = 1.9, K = 1, X = 1, Y = Z = 0.01.
    const double price = 1 / (0.05 * 191 / 1.9);    // 0.198953
    const double vwap = 0.01 + 10 * 0.01;           // 0.11
    const double volume = 30 / (39 / 1.9) / 1 / 3;  // 0.487179
    EXPECT_NEAR(window.score(2), 0.5 * price + 0.3 * vwap + 0.2 * volume, 1e-15);
    EXPECT_NEAR(window.score(2), 0.2299123, 1e-7);
    EXPECT_EQ(window.score(3), 0);  // not enough samples
}

TEST(TrendWindow, OfThreeSamplesAsWorkedByHand) {
    TrendWindow window;
    window.restart({100, 10, 0, 0, 0});
    window.add({101, 30, 1, 0.01, 0.01}, 0.9);
    window.add({100.5, 30, -0.5, 0, -0.01}, 0.81);  // eighteen seconds later
    // Mp = 0.81·191 + 100.5 = 255.21, Mq = 61.59, Mw = 2.539, K = 1.81, X = 0.31, Y = 0.0081,
    // Z = −0.0019, U = 0.81·(30/(39/1.9)) − 30/(61.59/2.539)
    const double price = 0.31 / (0.05 * 255.21 / 2.539);
    const double vwap = 0.0081 / 1.81 - 0.019;
    const double volume = (0.81 * 30 * 1.9 / 39 - 30 * 2.539 / 61.59) / 1.81 / 3;
    EXPECT_NEAR(window.score(3), 0.5 * price + 0.3 * vwap + 0.2 * volume, 1e-12);
}

TEST(TrendWindow, ClampsEveryPart) {
    // Price doubles at ten times the volume, far above VWAP: P = V = 1. The volume counts at most
    // threefold: here 1000/(1090/1.9) = 1.74, so Q = 0.581.
    TrendWindow up;
    up.restart({100, 100, 0, 0, 0});
    up.add({200, 1000, 100, 1, 1}, 0.9);
    EXPECT_NEAR(up.score(1), 0.5 + 0.3 + 0.2 * (1000 * 1.9 / 1090 / 3), 1e-12);
    TrendWindow down;
    down.restart({200, 0, 0, 1, 0});
    down.add({1, 0, -199, -0.99, -1.99}, 0.9);
    EXPECT_NEAR(down.score(1), -0.5 - 0.3, 1e-15);  // no volume at all: Q = 0
}

TEST(TrendWindow, CountsVolumeAtMostThreefold) {
    TrendWindow window;
    window.restart({100, 1, 0, 0, 0});
    for (int i = 0; i < 9; ++i) {
        window.add({100, 1, 0, 0, 0}, 1);
    }
    window.add({100.0001, 1'000'000, 0.0001, 0, 0}, 1);  // 11 times the mean
    EXPECT_NEAR(window.score(1), 0.2 * 3 / 10 / 3 + 0.5 * 0.0001 / (0.05 * 100), 1e-6);
}

// ---------------------------------------------------------------- three windows

TEST(TrendWindows, WeighTheirScores) {
    TrendWindows windows;
    windows.add(100, 10, 100, 5'000);
    windows.add(101, 30, 100, 5'009);
    const TrendScore score = windows.score(2);
    EXPECT_NEAR(score.short_window, 0.2299123, 1e-7);
    EXPECT_NE(score.medium_window, score.short_window);  // another λ, so other means
    EXPECT_NEAR(score.total,
                0.3 * score.short_window + 0.4 * score.medium_window + 0.3 * score.long_window,
                1e-15);
}

TEST(TrendWindows, RestartEachAfterItsOwnGap) {
    const auto after_gap = [](std::int64_t gap) {
        TrendWindows windows;
        windows.add(100, 10, 100, 5'000);
        windows.add(101, 10, 100, 5'001);
        windows.add(102, 10, 100, 5'001 + gap);
        return windows;
    };
    EXPECT_NE(after_gap(180).score(3).short_window, 0);
    EXPECT_EQ(after_gap(181).score(1).short_window, 0);  // one sample: nothing to compare with
    EXPECT_NE(after_gap(360).score(3).medium_window, 0);
    EXPECT_EQ(after_gap(361).score(1).medium_window, 0);
    EXPECT_NE(after_gap(361).score(3).long_window, 0);
    EXPECT_NE(after_gap(600).score(3).long_window, 0);
    EXPECT_TRUE(after_gap(600).ready(1, seconds(601)));
    const TrendWindows all = after_gap(601);
    EXPECT_EQ(all.score(1).total, 0);
    EXPECT_FALSE(all.ready(1, seconds(0)));  // one sample of three
}

TEST(TrendWindows, AreReadyWithThriceTheSamplesAndTheWarmUp) {
    TrendWindows windows;
    for (int i = 0; i < 12; ++i) {
        EXPECT_FALSE(windows.ready(4, seconds(0))) << i;
        windows.add(100, 10, 100, 5'000 + 10 * i);
    }
    EXPECT_TRUE(windows.ready(4, seconds(0)));
    EXPECT_TRUE(windows.ready(4, seconds(110)));  // since the first sample
    EXPECT_FALSE(windows.ready(4, seconds(111)));
    EXPECT_FALSE(windows.ready(5, seconds(0)));
}

/// The same score from the definition: every sample weighted by its age.
double score_from_scratch(const std::vector<TrendStep>& steps, const std::vector<int>& at,
                          long double lambda) {
    const auto sum = [&](std::size_t from, std::size_t to, auto term) {
        long double total = 0;
        for (std::size_t i = from; i <= to; ++i) {
            total += std::pow(lambda, static_cast<long double>(at[to] - at[i])) *
                     static_cast<long double>(term(i));
        }
        return total;
    };
    const auto one = [](std::size_t) { return 1.0; };
    const auto volume = [&](std::size_t i) { return steps[i].volume; };
    const std::size_t last = steps.size() - 1;
    const long double mean_price =
        sum(0, last, [&](std::size_t i) { return steps[i].price; }) / sum(0, last, one);
    const long double weight = sum(1, last, one);
    const auto flow = [&](std::size_t i) {
        const long double mean = sum(0, i, volume) / sum(0, i, one);
        const double change = steps[i].price_change;
        return (change > 0   ? 1
                : change < 0 ? -1
                             : 0) *
               std::min(static_cast<double>(steps[i].volume / mean), 3.0);
    };
    const auto clamp = [](long double x) { return std::clamp(static_cast<double>(x), -1.0, 1.0); };
    const long double x = sum(1, last, [&](std::size_t i) { return steps[i].price_change; });
    const long double y = sum(1, last, [&](std::size_t i) { return steps[i].vwap_distance; });
    const long double z =
        sum(1, last, [&](std::size_t i) { return steps[i].vwap_distance_change; });
    return 0.5 * clamp(x / (0.05L * mean_price)) + 0.3 * clamp(y / weight + 10 * z) +
           0.2 * clamp(sum(1, last, flow) / weight / 3);
}

RC_GTEST_PROP(TrendWindowProperty, EqualsTheSumOverAllSamplesAndStaysWithinOne, ()) {
    const auto count = *rc::gen::inRange<std::size_t>(2, 30);
    std::vector<TrendStep> steps;
    std::vector<int> at;
    TrendWindow window;
    for (std::size_t i = 0; i < count; ++i) {
        TrendStep step;
        step.price = *rc::gen::inRange(9'000, 11'000) / 100.0;
        step.volume = *rc::gen::inRange(1, 1'000);
        step.vwap_distance = (step.price - 100) / 100;
        if (i == 0) {
            at.push_back(0);
            window.restart(step);
        } else {
            const int gap = *rc::gen::inRange(1, 181);
            at.push_back(at.back() + gap);
            step.price_change = step.price - steps.back().price;
            step.vwap_distance_change = step.vwap_distance - steps.back().vwap_distance;
            window.add(step, trend_decay_180[static_cast<std::size_t>(gap)]);
        }
        steps.push_back(step);
    }
    const double score = window.score(1);
    RC_ASSERT(score >= -1 && score <= 1);
    const double wanted = score_from_scratch(steps, at, std::pow(0.9L, 20.0L / 180));
    RC_ASSERT(std::abs(score - wanted) < 1e-9);
}

}  // namespace
}  // namespace tickstock
