#include "detectors/trend_state.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <optional>
#include <string>

namespace tickstock {
namespace {

using std::chrono::seconds;

constexpr TrendLimits limits{0.4, 0.5, 0.8, 0.5, seconds(300)};

UnixNanos at(int second) {
    return from_unix_second(1'709'650'800 + second);
}

/// Direction, class and turn of an emission; "" when there was none.
std::string say(TrendState& state, double score, int second, const TrendLimits& used = limits) {
    if (!state.on_score(score, used, at(second))) {
        return "";
    }
    std::string text(to_string(state.direction()));
    text += " " + std::string(to_string(state.strength()));
    if (state.turn() != TrendData::Turn::None) {
        text += " " + std::string(to_string(state.turn()));
    }
    return text;
}

TEST(TrendState, StartsWithTheFirstScoreThatIsNotNeutral) {
    TrendState state;
    EXPECT_EQ(say(state, 0.39, 0), "");
    EXPECT_EQ(say(state, -0.39, 1), "");
    EXPECT_EQ(state.direction(), Direction::None);
    EXPECT_EQ(say(state, 0.4, 2), "up weak");  // exactly the threshold
    EXPECT_EQ(state.direction(), Direction::Up);
    EXPECT_EQ(state.count_up(), 1U);
    EXPECT_EQ(state.count_down(), 0U);
}

TEST(TrendState, HasThreeClasses) {
    const auto first = [](double score) {
        TrendState state;
        return say(state, score, 0);
    };
    EXPECT_EQ(first(0.49), "up weak");
    EXPECT_EQ(first(0.5), "up moderate");
    EXPECT_EQ(first(0.79), "up moderate");
    EXPECT_EQ(first(0.8), "up strong");
    EXPECT_EQ(first(-0.8), "down strong");
}

TEST(TrendState, TellsAHigherClassAfterAThirdOfTheInterval) {
    TrendState state;
    EXPECT_EQ(say(state, 0.4, 0), "up weak");
    EXPECT_EQ(say(state, 0.6, 99), "");
    EXPECT_EQ(say(state, 0.6, 100), "up moderate");
    EXPECT_EQ(say(state, 0.9, 199), "");
    EXPECT_EQ(say(state, 0.9, 200), "up strong");
    EXPECT_EQ(say(state, 0.6, 300), "");  // a lower class waits for the whole interval
    EXPECT_EQ(state.age(at(300)), seconds(300));
    EXPECT_EQ(state.count_up(), 3U);
}

TEST(TrendState, TellsTheSameAgainAfterTheInterval) {
    TrendState state;
    EXPECT_EQ(say(state, 0.6, 0), "up moderate");
    EXPECT_EQ(say(state, 0.6, 299), "");
    EXPECT_EQ(say(state, 0.6, 300), "up moderate");
    EXPECT_EQ(say(state, 0.45, 600), "up weak");     // the class may be lower
    EXPECT_EQ(state.age(at(600)), seconds(600));     // the direction is the first one's
    EXPECT_EQ(say(state, 0.6, 700), "up moderate");  // higher than the last told
}

TEST(TrendState, TurnsAfterAThirdOfTheInterval) {
    TrendState state;
    EXPECT_EQ(say(state, 0.9, 0), "up strong");
    EXPECT_EQ(say(state, -0.4, 100), "down weak up-now-down");
    EXPECT_EQ(state.age(at(100)), seconds(0));
    EXPECT_EQ(say(state, 0.4, 200), "up weak down-now-up");
    EXPECT_EQ(state.count_up(), 2U);
    EXPECT_EQ(state.count_down(), 1U);
}

TEST(TrendState, ATurnTooEarlyEndsTheTrendAndIsToldLater) {
    TrendState state;
    EXPECT_EQ(say(state, 0.9, 0), "up strong");
    EXPECT_EQ(say(state, -0.9, 99), "");
    EXPECT_EQ(state.direction(), Direction::None);
    EXPECT_EQ(say(state, -0.9, 100), "down strong up-now-down");
}

TEST(TrendState, ARetracementEndsTheTrendInSilence) {
    TrendState state;
    EXPECT_EQ(say(state, 0.8, 0), "up strong");
    EXPECT_EQ(say(state, 0.95, 10), "");  // the peak
    EXPECT_EQ(say(state, 0.475, 20), "");
    EXPECT_EQ(state.direction(), Direction::Up);  // exactly half is kept
    EXPECT_EQ(say(state, 0.474, 30), "");
    EXPECT_EQ(state.direction(), Direction::None);
}

TEST(TrendState, AfterARetracementTheSameDirectionWaitsForTheInterval) {
    TrendState state;
    EXPECT_EQ(say(state, 0.8, 0), "up strong");
    EXPECT_EQ(say(state, 0.1, 10), "");
    EXPECT_EQ(say(state, 0.9, 110), "");  // no class is higher than that of a trend that is over
    EXPECT_EQ(say(state, 0.9, 299), "");
    EXPECT_EQ(state.direction(), Direction::None);
    EXPECT_EQ(say(state, 0.9, 300), "up strong");
    EXPECT_EQ(state.direction(), Direction::Up);
    EXPECT_EQ(state.age(at(300)), seconds(0));  // set anew
}

TEST(TrendState, TheSampleThatRetracesTellsNothingElse) {
    TrendLimits wide = limits;
    wide.weak = 0.1;
    TrendState state;
    EXPECT_EQ(say(state, 0.9, 0, wide), "up strong");
    // 0.4 is up, and the interval is over, but it is less than half of the peak.
    EXPECT_EQ(say(state, 0.4, 300, wide), "");
    EXPECT_EQ(state.direction(), Direction::None);
    EXPECT_EQ(say(state, 0.4, 301, wide), "up weak");
}

TEST(TrendState, ThePeakIsOfTheDirectionAtHand) {
    TrendState state;
    EXPECT_EQ(say(state, 0.9, 0), "up strong");
    EXPECT_EQ(say(state, -0.4, 100), "down weak up-now-down");
    EXPECT_EQ(say(state, -0.3, 110), "");  // over half of 0.4, though far under half of 0.9
    EXPECT_EQ(state.direction(), Direction::Down);
    EXPECT_EQ(say(state, -0.7, 120), "");
    EXPECT_EQ(say(state, -0.34, 130), "");
    EXPECT_EQ(state.direction(), Direction::None);
}

TEST(TrendState, KeepsThePeakOverRepeats) {
    TrendState state;
    EXPECT_EQ(say(state, 0.95, 0), "up strong");
    EXPECT_EQ(say(state, 0.5, 300), "up moderate");
    EXPECT_EQ(say(state, 0.47, 310), "");  // under half of 0.95
    EXPECT_EQ(state.direction(), Direction::None);
}

TEST(TrendState, AStrengthThresholdUnderTheDirectionsDecidesAlone) {
    TrendLimits crossed = limits;
    crossed.strong = 0.2;
    TrendState state;
    EXPECT_EQ(say(state, 0.3, 0, crossed), "up strong");
}

TEST(TrendState, AScoreOfZeroHasNoDirection) {
    TrendState state;
    EXPECT_EQ(say(state, 0, 0, {0, 0, 0, 0.5, seconds(0)}), "");
}

RC_GTEST_PROP(TrendStateProperty, EmissionsKeepTheirDistances, ()) {
    TrendState state;
    std::optional<int> last;
    Direction last_direction = Direction::None;
    Strength last_strength = Strength::Weak;
    int second = 0;
    for (int i = 0; i < 200; ++i) {
        second += *rc::gen::inRange(1, 60);
        const double score = *rc::gen::inRange(-100, 101) / 100.0;
        if (!state.on_score(score, limits, at(second))) {
            RC_ASSERT(state.direction() == Direction::None || state.direction() == last_direction);
            continue;
        }
        RC_ASSERT(std::abs(score) >= limits.weak);
        RC_ASSERT(state.direction() == (score > 0 ? Direction::Up : Direction::Down));
        if (last) {
            const bool turned = state.direction() != last_direction;
            const bool may_be_early = turned || state.strength() > last_strength;
            RC_ASSERT(second - *last >= (may_be_early ? 100 : 300));
            RC_ASSERT((state.turn() != TrendData::Turn::None) == turned);
        }
        last = second;
        last_direction = state.direction();
        last_strength = state.strength();
    }
}

}  // namespace
}  // namespace tickstock
