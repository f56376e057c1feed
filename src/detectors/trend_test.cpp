#include "detectors/trend.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace tickstock {
namespace {

constexpr std::int64_t start = 1'709'650'800;

/// Feeds samples of one symbol, in cents, and keeps what comes out.
class Market {
public:
    explicit Market(const TrendSettings& settings = {}) : detector(settings) {
        stats.session_key = 8;
        stats.session = TradingSession::Regular;
    }

    /// The number of detections so far. VWAP is the price itself unless given.
    std::size_t sample(std::int64_t second, std::int64_t cents, std::int64_t shares = 100,
                       double vwap = 0) {
        Sample made;
        made.symbol = SymbolId(0);
        made.t = from_unix_second(start + second);
        made.price = Price::from_cents(cents);
        made.volume = Size::from_shares(shares);
        made.vwap = vwap > 0 ? vwap : made.price.to_double();
        made.period = period;
        made.session = stats.session;
        made.source = SourceKind::WebSocket;
        detector.on_sample(made, stats, {made.t, Sequence{7}, 0}, sink);
        return found().size();
    }
    /// A sample a second in [from, to), each a cent (or `by`) dearer. The price after the last.
    std::int64_t run(std::int64_t from, std::int64_t to, std::int64_t cents, std::int64_t by = 1) {
        for (std::int64_t second = from; second < to; ++second, cents += by) {
            sample(second, cents);
        }
        return cents;
    }
    std::vector<Detection>& found() { return sink.detections(); }
    const Detection& last() { return found().back(); }
    const TrendData& data() { return std::get<TrendData>(last().data); }
    std::int64_t last_second() { return unix_second(last().ts) - start; }
    std::int64_t threshold(const std::string& name) {
        for (const auto& threshold : last().evidence.thresholds.items()) {
            if (name == threshold.name) {
                return threshold.value_e12;
            }
        }
        return -1;
    }

    TrendDetector detector;
    SessionStats stats;
    DetectionSink sink;
    MarketPeriod period = MarketPeriod::Midday;
};

TEST(Trend, SaysNothingBeforeTheWarmUpIsOver) {
    Market market;
    const std::int64_t cents = market.run(1, 301, 10'000);
    EXPECT_TRUE(market.found().empty());
    EXPECT_EQ(market.stats.trend_flag, Direction::None);
    EXPECT_EQ(market.sample(301, cents), 1U);  // 300 s after the first sample
    EXPECT_EQ(market.stats.trend_flag, Direction::Up);
}

TEST(Trend, NeedsThriceTheMinimumOfSamples) {
    Market market;
    for (int i = 0; i < 23; ++i) {
        EXPECT_EQ(market.sample(1 + 20 * i, 10'000 + 20 * i), 0U) << i;
    }
    EXPECT_EQ(market.sample(1 + 20 * 23, 10'460), 1U);
}

TEST(Trend, MakesACompleteDetection) {
    Market market;
    market.run(1, 301, 10'000);
    market.sample(301, 10'300, 250, 101.5);
    ASSERT_EQ(market.found().size(), 1U);
    const Detection& detection = market.last();
    EXPECT_EQ(detection.type, EventType::Trend);
    EXPECT_EQ(detection.direction, Direction::Up);
    EXPECT_EQ(detection.price, Price::from_cents(10'300));
    EXPECT_EQ(detection.ts, from_unix_second(start + 301));
    EXPECT_EQ(detection.volume, Size::from_shares(250));
    EXPECT_EQ(detection.source, SourceKind::WebSocket);
    EXPECT_EQ(detection.session, TradingSession::Regular);
    EXPECT_EQ(detection.session_key, 8);
    EXPECT_EQ(detection.confidence, 1);
    EXPECT_EQ(detection.key.rank, EventRank::Trend);
    EXPECT_EQ(detection.key.sequence, Sequence{7});
    const TrendData& data = market.data();
    EXPECT_EQ(detection.score, std::abs(data.score));
    EXPECT_NEAR(data.score,
                0.3 * data.score_short + 0.4 * data.score_medium + 0.3 * data.score_long, 1e-15);
    EXPECT_EQ(data.strength, Strength::Strong);
    EXPECT_EQ(data.vwap_position, TrendData::VwapPosition::Above);
    EXPECT_EQ(data.age_seconds, 0);
    EXPECT_EQ(data.turn, TrendData::Turn::None);
    EXPECT_EQ(data.count_up, 1U);
    EXPECT_EQ(data.count_down, 0U);
    EXPECT_EQ(detection.evidence.period, MarketPeriod::Midday);
    // A dollar in 100 s is restless: 0.025 · 1.5 · 1.5 and 0.05 · 1.5 · 1.5.
    EXPECT_EQ(market.threshold("direction_threshold"), 56'250'000'000);
    EXPECT_EQ(market.threshold("strength_threshold"), 112'500'000'000);
    EXPECT_EQ(market.threshold("retracement"), 500'000'000'000);
    EXPECT_EQ(market.threshold("min_data_points"), 8'000'000'000'000);
    EXPECT_EQ(market.threshold("volatility_factor"), 1'500'000'000'000);
    EXPECT_FALSE(detection.evidence.configured);
    EXPECT_STREQ(detection.evidence.rule_version, "trend/1");
}

/// Three samples a minute apart, each 10 cents dearer, without volume, VWAP = price: S_W is P/2.
Market three_steps(Micro direction_threshold) {
    TrendSettings settings;
    settings.periods[2] = {
        direction_threshold, 20'000, 1'000'000, std::chrono::seconds(300), 500'000, 1, Nanos{0}};
    Market market(settings);
    EXPECT_EQ(market.sample(60, 10'000, 0), 0U);
    EXPECT_EQ(market.sample(120, 10'010, 0), 0U);
    EXPECT_EQ(market.sample(180, 10'020, 0), 1U);
    return market;
}

TEST(Trend, ScoresAsWorkedByHand) {
    // X = 0.1·(1 + λ^60), Mp/Mw within 0.1 of 100.1, so P is near 0.02·(1 + λ^60).
    Market market = three_steps(10'000);
    const auto score = [](double a_minute) {
        const double weighted = 100 * a_minute * a_minute + 100.1 * a_minute + 100.2;
        const double mean = weighted / (a_minute * a_minute + a_minute + 1);
        return 0.5 * (0.1 * a_minute + 0.1) / (0.05 * mean);
    };
    EXPECT_NEAR(market.data().score_short, score(std::pow(0.9, 20.0 / 3)), 1e-12);
    EXPECT_NEAR(market.data().score_medium, score(std::pow(0.9, 10.0 / 3)), 1e-12);
    EXPECT_NEAR(market.data().score_long, score(0.81), 1e-12);
    EXPECT_NEAR(market.data().score, 0.0167, 0.0001);
    EXPECT_EQ(market.data().vwap_position, TrendData::VwapPosition::Unknown);
    EXPECT_TRUE(market.last().evidence.configured);
}

TEST(Trend, IsModerateFromOneAndAQuarterOfTheDirectionThreshold) {
    EXPECT_EQ(three_steps(10'000).data().strength, Strength::Moderate);
    EXPECT_EQ(three_steps(13'200).data().strength, Strength::Moderate);  // from 0.0165
    EXPECT_EQ(three_steps(13'500).data().strength, Strength::Weak);      // from 0.0169
}

/// 25 % above VWAP all the time, and nothing else: V = 0.25, S = 0.075 in every window.
std::size_t aloft(Market& market, std::int64_t from, std::int64_t to, std::int64_t swing = 0) {
    for (std::int64_t second = from; second < to; ++second) {
        market.sample(second, 10'000 + (second % 2 == 0 ? swing : 0), 0, 80);
    }
    return market.found().size();
}

TEST(Trend, ThresholdsFollowVolatility) {
    const auto factor = [](std::int64_t swing) {
        Market market;
        EXPECT_EQ(aloft(market, 1, 303, swing), 1U) << swing;
        EXPECT_EQ(market.threshold("direction_threshold") * 1'000 / 37'500'000'000,
                  market.threshold("volatility_factor") / 1'000'000'000);
        return market.threshold("volatility_factor") / 100'000'000'000;
    };
    EXPECT_EQ(factor(0), 8);
    EXPECT_EQ(factor(12), 10);  // ρ = 0.06 %
    EXPECT_EQ(factor(60), 15);  // 0.3 %
}

TEST(Trend, ThePeriodOfTheSampleDecides) {
    Market market;
    market.period = MarketPeriod::Opening;
    // OPENING: warm-up 120 s, calm thresholds 0.048 weak, 0.06 moderate, 0.096 strong.
    EXPECT_EQ(aloft(market, 1, 121), 0U);
    EXPECT_EQ(aloft(market, 121, 150), 1U);
    EXPECT_EQ(market.last_second(), 121);
    EXPECT_EQ(market.data().strength, Strength::Moderate);
    EXPECT_EQ(market.last().evidence.period, MarketPeriod::Opening);
    // MIDDAY: the windows go on, but its warm-up is 300 s; then 0.075 is strong (0.06).
    market.period = MarketPeriod::Midday;
    EXPECT_EQ(aloft(market, 150, 301), 1U);
    EXPECT_EQ(aloft(market, 301, 302), 2U);
    EXPECT_EQ(market.data().strength, Strength::Strong);
    EXPECT_EQ(market.data().age_seconds, 180);
}

TEST(Trend, TellsATurnAndCountsBothWays) {
    Market market;
    const std::int64_t top = market.run(1, 302, 10'000);
    ASSERT_EQ(market.found().size(), 1U);
    market.run(302, 500, top, -4);
    ASSERT_EQ(market.found().size(), 2U);
    EXPECT_EQ(market.last().direction, Direction::Down);
    EXPECT_EQ(market.data().turn, TrendData::Turn::UpNowDown);
    EXPECT_LT(market.data().score, 0);
    EXPECT_EQ(market.last().score, -market.data().score);
    EXPECT_EQ(market.data().count_up, 1U);
    EXPECT_EQ(market.data().count_down, 1U);
    EXPECT_EQ(market.stats.trend_flag, Direction::Down);
    EXPECT_GE(market.last_second(), 401);  // a third of the interval
}

TEST(Trend, ARetracementClearsTheFlag) {
    Market market;
    const std::int64_t top = market.run(1, 302, 10'000);
    EXPECT_EQ(market.stats.trend_flag, Direction::Up);
    market.run(302, 600, top, 0);  // stands still: the score melts
    EXPECT_EQ(market.stats.trend_flag, Direction::None);
    EXPECT_EQ(market.found().size(), 1U);
}

TEST(Trend, AGapOverTenMinutesStartsTheWarmUpAnew) {
    Market market;
    market.run(1, 302, 10'000);
    ASSERT_EQ(market.found().size(), 1U);
    const std::int64_t resumed = 301 + 601;
    const std::int64_t cents = market.run(resumed, resumed + 300, 10'000, -4);
    EXPECT_EQ(market.found().size(), 1U);
    EXPECT_EQ(market.stats.trend_flag, Direction::Up);  // not ready: no change of state
    EXPECT_EQ(market.sample(resumed + 300, cents), 2U);
    EXPECT_EQ(market.data().turn, TrendData::Turn::UpNowDown);
}

TEST(Trend, AShorterGapRestartsTheShorterWindowsOnly) {
    Market market;
    market.run(1, 302, 10'000);
    const std::int64_t resumed = 301 + 400;
    // 180 s and 360 s begin anew; 600 s is ready at once.
    EXPECT_EQ(market.sample(resumed, 10'900), 2U);
    EXPECT_EQ(market.data().score_short, 0);
    EXPECT_EQ(market.data().score_medium, 0);
    EXPECT_GT(market.data().score_long, 0.25);
}

TEST(Trend, WhileHaltedWindowsGoOnAndTheRestStandsStill) {
    Market market;
    market.stats.muted = true;
    std::int64_t cents = market.run(1, 400, 10'000);
    EXPECT_TRUE(market.found().empty());
    EXPECT_EQ(market.stats.trend_flag, Direction::None);
    market.stats.muted = false;
    EXPECT_EQ(market.sample(400, cents), 1U);  // warm already
    market.stats.muted = true;
    cents = market.run(401, 700, cents, -4);
    EXPECT_EQ(market.found().size(), 1U);
    EXPECT_EQ(market.stats.trend_flag, Direction::Up);
    market.stats.muted = false;
    EXPECT_EQ(market.sample(700, cents), 2U);
    EXPECT_EQ(market.last().direction, Direction::Down);
}

TEST(Trend, ResetForgetsTheSession) {
    Market market;
    const std::int64_t cents = market.run(1, 302, 10'000);
    ASSERT_EQ(market.found().size(), 1U);
    market.detector.reset(SymbolId(0));
    market.run(302, 602, cents, -4);
    EXPECT_EQ(market.found().size(), 1U);
    EXPECT_EQ(market.sample(602, cents - 1'200), 2U);
    EXPECT_EQ(market.data().turn, TrendData::Turn::None);
    EXPECT_EQ(market.data().count_up, 0U);
}

TEST(Trend, ASampleThatIsNotLaterHasNoEffect) {
    Market market;
    Market same;
    market.run(1, 301, 10'000);
    same.run(1, 301, 10'000);
    same.sample(300, 90'000);
    same.sample(7, 1);
    EXPECT_EQ(market.sample(301, 10'300), 1U);
    EXPECT_EQ(same.sample(301, 10'300), 1U);
    EXPECT_EQ(market.data().score, same.data().score);
}

RC_GTEST_PROP(TrendProperty, ScoresStayWithinOneAndEmissionsKeepTheirDistances, ()) {
    TrendSettings settings;
    settings.periods[2].min_data_points = 2;
    settings.periods[2].warm_up = std::chrono::seconds(30);
    Market market(settings);
    std::int64_t second = 0;
    std::int64_t cents = 10'000;
    for (int i = 0; i < 300; ++i) {
        second += *rc::gen::weightedElement<int>({{20, 1}, {5, 7}, {1, 200}});
        cents = std::max<std::int64_t>(100, cents + *rc::gen::inRange(-50, 51));
        const double vwap = *rc::gen::inRange(9'000, 11'000) / 100.0;
        market.sample(second, cents, *rc::gen::inRange(0, 10'000), vwap);
    }
    const std::vector<Detection>& found = market.found();
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto& data = std::get<TrendData>(found[i].data);
        for (const double score :
             {data.score, data.score_short, data.score_medium, data.score_long}) {
            RC_ASSERT(score >= -1 && score <= 1);
        }
        RC_ASSERT((found[i].direction == Direction::Up) == (data.score > 0));
        RC_ASSERT(data.count_up + data.count_down == i + 1);
        if (i > 0) {
            const auto& before = std::get<TrendData>(found[i - 1].data);
            const bool early =
                found[i].direction != found[i - 1].direction || data.strength > before.strength;
            RC_ASSERT(found[i].ts - found[i - 1].ts >= std::chrono::seconds(early ? 100 : 300));
        }
    }
}

}  // namespace
}  // namespace tickstock
