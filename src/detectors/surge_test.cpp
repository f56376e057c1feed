#include "detectors/surge.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

namespace tickstock {
namespace {

constexpr std::int64_t start = 1'709'650'800;
constexpr std::int64_t cent = 10'000'000;  // 1e-9 USD
constexpr std::int64_t share = 1'000'000;  // 1e-6 shares

SurgeSettings with_mode(SurgeMode mode, Micro volume_threshold = 3'000'000) {
    SurgeSettings settings;
    settings.periods[2].mode = mode;
    settings.periods[2].volume_threshold = volume_threshold;
    return settings;
}

/// Feeds samples of one symbol and keeps what comes out.
class Market {
public:
    explicit Market(const SurgeSettings& settings = {}) : detector(settings) {
        stats.session_key = 8 * 19'787 + 1;
        stats.session = TradingSession::Regular;
    }

    /// The number of detections so far.
    std::size_t sample_raw(std::int64_t second, std::int64_t price_raw, std::int64_t volume_raw) {
        Sample made;
        made.symbol = SymbolId(0);
        made.t = from_unix_second(start + second);
        made.price = Price::from_raw(price_raw);
        made.volume = Size::from_raw(volume_raw);
        made.vwap = made.price.to_double();
        made.period = period;
        made.session = stats.session;
        made.source = SourceKind::WebSocket;
        detector.on_sample(made, stats, {made.t, Sequence{7}, 0}, sink);
        return found().size();
    }
    std::size_t sample(std::int64_t second, std::int64_t cents, std::int64_t shares = 100) {
        return sample_raw(second, cents * cent, shares * share);
    }
    /// A sample a second in [from, to), each `by` cents dearer. The price after the last.
    std::int64_t run(std::int64_t from, std::int64_t to, std::int64_t cents, std::int64_t by = 0) {
        for (std::int64_t second = from; second < to; ++second, cents += by) {
            sample(second, cents);
        }
        return cents;
    }
    std::vector<Detection>& found() { return sink.detections(); }
    const Detection& last() { return found().back(); }
    const SurgeData& data() { return std::get<SurgeData>(last().data); }
    std::int64_t last_second() { return unix_second(last().ts) - start; }
    std::int64_t threshold(const std::string& name) {
        for (const auto& threshold : last().evidence.thresholds.items()) {
            if (name == threshold.name) {
                return threshold.value_e12;
            }
        }
        return -1;
    }

    SurgeDetector detector;
    SessionStats stats;
    DetectionSink sink;
    MarketPeriod period = MarketPeriod::Midday;
};

// A hundred calm seconds at 100.00 with 100 shares each. At second 101 the span is 1…81: 8,100
// shares in 81 s, 2,000 in 20 s; seconds 82…100 give 1,900. So 4,100 more are three times the pace.
// Calm halves the percent: 1.0 · 0.4 · 0.5 = 0.2 %; the dollars are 0.25 · 0.4 = 0.10.
constexpr std::int64_t surge_second = 101;

std::string after_calm(const SurgeSettings& settings, std::int64_t price_raw,
                       std::int64_t volume_raw) {
    Market market(settings);
    market.run(1, surge_second, 10'000);
    const bool told = market.sample_raw(surge_second, price_raw, volume_raw) == 1;
    return told ? std::string(to_string(market.data().trigger)) : "";
}

TEST(Surge, IsExactAtItsThresholds) {
    const SurgeSettings strict;
    EXPECT_EQ(after_calm(strict, 10'020 * cent, 4'100 * share), "price_and_volume");
    EXPECT_EQ(after_calm(strict, 10'020 * cent - 1, 4'100 * share), "");
    EXPECT_EQ(after_calm(strict, 10'020 * cent, 4'100 * share - 1), "");
    EXPECT_EQ(after_calm(strict, 9'980 * cent, 4'100 * share), "price_and_volume");
    EXPECT_EQ(after_calm(strict, 9'980 * cent + 1, 4'100 * share), "");
}

TEST(Surge, HasThreeModes) {
    const SurgeSettings either = with_mode(SurgeMode::Either);
    EXPECT_EQ(after_calm(either, 10'020 * cent, 100 * share), "price");
    EXPECT_EQ(after_calm(either, 10'001 * cent, 4'100 * share), "volume");
    EXPECT_EQ(after_calm(either, 10'000 * cent, 4'100 * share), "");  // it did not move
    EXPECT_EQ(after_calm(either, 10'020 * cent - 1, 4'100 * share - 1), "");
    const SurgeSettings adaptive = with_mode(SurgeMode::Adaptive);
    EXPECT_EQ(after_calm(adaptive, 10'020 * cent, 4'100 * share), "price_and_volume");
    EXPECT_EQ(after_calm(adaptive, 10'030 * cent, 2'300 * share), "price_driven");
    EXPECT_EQ(after_calm(adaptive, 10'030 * cent, 2'300 * share - 1), "");
    EXPECT_EQ(after_calm(adaptive, 10'010 * cent, 10'100 * share), "volume_driven");
    EXPECT_EQ(after_calm(adaptive, 10'010 * cent - 1, 10'100 * share), "");
}

TEST(Surge, MakesACompleteDetection) {
    Market market;
    market.run(1, surge_second, 10'000);
    ASSERT_EQ(market.sample(surge_second, 10'025, 8'100), 1U);
    const Detection& detection = market.last();
    EXPECT_EQ(detection.type, EventType::Surge);
    EXPECT_EQ(detection.direction, Direction::Up);
    EXPECT_EQ(detection.price, Price::from_cents(10'025));
    EXPECT_EQ(detection.ts, from_unix_second(start + surge_second));
    EXPECT_EQ(detection.volume, Size::from_shares(8'100));
    EXPECT_EQ(detection.source, SourceKind::WebSocket);
    EXPECT_EQ(detection.session, TradingSession::Regular);
    EXPECT_EQ(detection.session_key, market.stats.session_key);
    EXPECT_EQ(detection.key.rank, EventRank::Surge);
    EXPECT_EQ(detection.confidence, 1);
    const SurgeData& data = market.data();
    EXPECT_DOUBLE_EQ(data.magnitude, 0.25);
    EXPECT_DOUBLE_EQ(data.volume_multiplier, 5);
    EXPECT_DOUBLE_EQ(data.score, 25 * 1.25 + 25 * (5.0 / 3));  // 72.9
    EXPECT_EQ(detection.score, data.score);
    EXPECT_EQ(data.strength, Strength::Moderate);
    EXPECT_EQ(data.trigger, SurgeData::Trigger::PriceAndVolume);
    EXPECT_EQ(data.expiration, detection.ts + std::chrono::seconds(30));
    EXPECT_EQ(data.daily_count, 1U);
    EXPECT_EQ(data.baseline, Price::from_cents(10'000));
    EXPECT_EQ(market.stats.surge_direction, Direction::Up);
    EXPECT_EQ(market.stats.surge_expiration, data.expiration);
    EXPECT_EQ(detection.evidence.period, MarketPeriod::Midday);
    EXPECT_EQ(market.threshold("min_percent_change"), 200'000'000'000);
    EXPECT_EQ(market.threshold("min_price_change"), 100'000'000'000);
    EXPECT_EQ(market.threshold("volume_threshold"), 3'000'000'000'000);
    EXPECT_EQ(market.threshold("min_data_points"), 8'000'000'000'000);
    EXPECT_EQ(market.threshold("volatility_factor"), 500'000'000'000);
    EXPECT_FALSE(detection.evidence.configured);
    EXPECT_STREQ(detection.evidence.rule_version, "surge/1");
}

TEST(Surge, ScoresFromFiftyToAHundred) {
    const auto scored = [](std::int64_t cents, std::int64_t shares) {
        Market market;
        market.run(1, surge_second, 10'000);
        market.sample(surge_second, cents, shares);
        return market.found().empty() ? "none"
                                      : std::to_string(market.data().score).substr(0, 5) + " " +
                                            std::string(to_string(market.data().strength));
    };
    EXPECT_EQ(scored(10'020, 4'100), "50.00 weak");
    EXPECT_EQ(scored(10'028, 4'100), "60.00 moderate");  // 1.4 thresholds
    EXPECT_EQ(scored(9'972, 4'100), "60.00 moderate");
    EXPECT_EQ(scored(10'032, 7'700), "80.00 strong");   // 1.6 and 1.6 (m = 4.8)
    EXPECT_EQ(scored(10'040, 98'100), "100.0 strong");  // no more than 2 of each
}

TEST(Surge, NeedsSamplesInTheSpan) {
    const auto told_with = [](int samples) {
        Market market;
        for (int i = 0; i < samples; ++i) {
            market.sample(100 - 5 * (samples - i), 10'000);
        }
        return market.sample(120, 10'100, 100'000);
    };
    EXPECT_EQ(told_with(7), 0U);
    EXPECT_EQ(told_with(8), 1U);
}

TEST(Surge, NeedsVolumeInTheSpan) {
    Market market(with_mode(SurgeMode::Either));
    for (int second = 1; second <= 100; ++second) {
        market.sample(second, 10'000, 0);
    }
    EXPECT_EQ(market.sample(101, 10'100, 100), 0U);
    EXPECT_EQ(market.sample(121, 10'200, 100), 1U);  // what came at 101 is in the span now
}

TEST(Surge, MeasuresTheSpanFromItsFirstSample) {
    // Eight samples of 100 shares at 60…67; at 87 they are the span: 800 shares in 8 s, so 20 s at
    // that pace are 2,000.
    Market market(with_mode(SurgeMode::Either, 1'000'000));
    market.run(60, 68, 10'000);
    EXPECT_EQ(market.sample(87, 10'001, 1'999), 0U);
    Market enough(with_mode(SurgeMode::Either, 1'000'000));
    enough.run(60, 68, 10'000);
    EXPECT_EQ(enough.sample(87, 10'001, 2'000), 1U);
    EXPECT_DOUBLE_EQ(enough.data().volume_multiplier, 1);
    EXPECT_TRUE(enough.last().evidence.configured);
}

TEST(Surge, AGapOfTwoMinutesLeavesNothingToCompareWith) {
    Market market;
    market.run(1, 100, 10'000);
    EXPECT_EQ(market.sample(99 + 120, 10'500, 100'000), 0U);
    Market shorter;
    shorter.run(1, 100, 10'000);
    EXPECT_EQ(shorter.sample(92 + 119, 10'500, 100'000), 1U);  // eight are left
}

TEST(Surge, TheBandOfThePriceDecides) {
    // A cent up, onto the band's edge or just below it; the volume alone makes the surge.
    const auto thresholds = [](std::int64_t cents) {
        Market market(with_mode(SurgeMode::Either));
        for (int second = 1; second <= 100; ++second) {
            market.sample(second, cents - 1 + (second + 1) % 2 * (cents / 1'000));
        }
        EXPECT_EQ(market.sample(101, cents, 100'000), 1U) << cents;
        const std::int64_t percent = market.threshold("min_percent_change") /
                                     (market.threshold("volatility_factor") / 1'000'000);
        return std::to_string(percent) + " " +
               std::to_string(market.threshold("min_price_change") / 1'000'000);
    };
    // Percent in millionths, dollars likewise; both times 0.4.
    EXPECT_EQ(thresholds(999), "1000000 30000");
    EXPECT_EQ(thresholds(1'000), "500000 50000");
    EXPECT_EQ(thresholds(4'999), "500000 50000");
    EXPECT_EQ(thresholds(5'000), "400000 100000");
    EXPECT_EQ(thresholds(19'999), "400000 100000");
    EXPECT_EQ(thresholds(20'000), "300000 300000");
    EXPECT_EQ(thresholds(49'999), "300000 300000");
    EXPECT_EQ(thresholds(50'000), "300000 1000000");
}

TEST(Surge, ThePeriodOfTheSampleDecides) {
    SurgeSettings settings;
    for (SurgePeriodSettings& period : settings.periods) {
        period.mode = SurgeMode::Either;
    }
    const auto multiplied = [&](MarketPeriod period) {
        Market market(settings);
        market.period = period;
        market.run(1, surge_second, 10'000);
        EXPECT_EQ(market.sample(surge_second, 10'001, 100'000), 1U);
        EXPECT_EQ(market.last().evidence.period, period);
        return market.threshold("min_percent_change") / 5'000'000'000;  // calm: half of 1 %
    };
    EXPECT_EQ(multiplied(MarketPeriod::Opening), 60);
    EXPECT_EQ(multiplied(MarketPeriod::Premarket), 60);
    EXPECT_EQ(multiplied(MarketPeriod::Midday), 40);
    EXPECT_EQ(multiplied(MarketPeriod::Base), 40);
}

TEST(Surge, ThePercentFollowsVolatility) {
    const auto applied = [](std::int64_t swing) {
        Market market(with_mode(SurgeMode::Either));
        for (int second = 1; second <= 100; ++second) {
            market.sample(second, 10'000 + second % 2 * swing);
        }
        EXPECT_EQ(market.sample(101, 10'001, 100'000), 1U);
        return std::pair(market.threshold("min_percent_change") / 1'000'000'000,
                         market.threshold("volatility_factor") / 100'000'000'000);
    };
    EXPECT_EQ(applied(0), std::pair(std::int64_t{200}, std::int64_t{5}));
    EXPECT_EQ(applied(20), std::pair(std::int64_t{400}, std::int64_t{10}));  // ρ = 0.1 %
    EXPECT_EQ(applied(60), std::pair(std::int64_t{800}, std::int64_t{20}));  // 0.3 %
}

/// Any volume will do, so every move against 20 s ago is a surge.
Market restless() {
    return Market(with_mode(SurgeMode::Either, 1'000));
}

TEST(Surge, CoolsDownPerDirection) {
    Market market = restless();
    const std::int64_t top = market.run(1, 41, 10'000, 1);
    // Eight samples in the span at 28; cooldown to 68.
    ASSERT_EQ(market.found().size(), 1U);
    EXPECT_EQ(market.last_second(), 28);
    market.run(41, 70, top, -3);  // below the price of 20 s before from 46 on
    ASSERT_EQ(market.found().size(), 2U);
    EXPECT_EQ(market.last().direction, Direction::Down);
    const std::int64_t fell_at = market.last_second();
    EXPECT_LT(fell_at, 68);
    EXPECT_EQ(market.stats.surge_direction, Direction::Down);
    market.run(70, fell_at + 41, 9'900, -3);
    ASSERT_EQ(market.found().size(), 3U);
    EXPECT_EQ(market.last_second(), fell_at + 40);  // the first second after the cooldown
    EXPECT_EQ(market.data().daily_count, 3U);
}

TEST(Surge, CountsTheDayOverItsSessions) {
    Market market = restless();
    market.run(1, 29, 10'000, 1);
    ASSERT_EQ(market.found().size(), 1U);
    market.stats.session_key += 1;
    market.detector.reset(SymbolId(0));
    market.run(29, 57, 10'000, 1);  // no cooldown is left over, and no samples
    ASSERT_EQ(market.found().size(), 2U);
    EXPECT_EQ(market.last_second(), 56);
    EXPECT_EQ(market.data().daily_count, 2U);
    market.stats.session_key += 7;  // the next date
    market.detector.reset(SymbolId(0));
    market.run(57, 85, 10'000, 1);
    ASSERT_EQ(market.found().size(), 3U);
    EXPECT_EQ(market.data().daily_count, 1U);
}

TEST(Surge, WhileHaltedTheWindowGoesOnAndNothingIsTold) {
    Market market = restless();
    market.stats.muted = true;
    const std::int64_t cents = market.run(1, 41, 10'000, 1);
    EXPECT_TRUE(market.found().empty());
    EXPECT_EQ(market.stats.surge_direction, Direction::None);
    market.stats.muted = false;
    EXPECT_EQ(market.sample(41, cents), 1U);  // neither warm-up nor cooldown
    EXPECT_EQ(market.data().baseline, Price::from_cents(10'020));
}

TEST(Surge, ASampleThatIsNotLaterHasNoEffect) {
    Market market;
    market.run(1, surge_second, 10'000);
    EXPECT_EQ(market.sample(100, 20'000, 1'000'000), 0U);
    EXPECT_EQ(market.sample(surge_second, 10'020, 4'100), 1U);
    EXPECT_DOUBLE_EQ(market.data().volume_multiplier, 3);
}

RC_GTEST_PROP(SurgeProperty, ScoresAreBoundedAndEmissionsKeepTheCooldown, ()) {
    constexpr std::array modes{SurgeMode::Strict, SurgeMode::Either, SurgeMode::Adaptive};
    const SurgeMode mode = *rc::gen::elementOf(modes);
    Market market(with_mode(mode));
    std::int64_t second = 0;
    std::int64_t cents = 10'000;
    for (int i = 0; i < 300; ++i) {
        second += *rc::gen::weightedElement<int>({{20, 1}, {5, 7}, {1, 130}});
        cents = std::max<std::int64_t>(100, cents + *rc::gen::inRange(-60, 61));
        const auto loud = *rc::gen::weightedElement<int>({{10, 1}, {1, 50}});
        market.sample(second, cents, *rc::gen::inRange(0, 1'000) * loud);
    }
    std::map<Direction, UnixNanos> last;
    std::uint32_t count = 0;
    for (const Detection& detection : market.found()) {
        const auto& data = std::get<SurgeData>(detection.data);
        RC_ASSERT(data.score >= 0 && data.score <= 100);
        RC_ASSERT(mode != SurgeMode::Strict || data.score >= 49.999);
        RC_ASSERT((detection.direction == Direction::Up) == (data.magnitude > 0));
        RC_ASSERT(data.daily_count == ++count);
        const auto before = last.find(detection.direction);
        const bool cooled_down =
            before == last.end() || detection.ts - before->second >= std::chrono::seconds(40);
        RC_ASSERT(cooled_down);  // RC_ASSERT evaluates both sides of an ||
        last[detection.direction] = detection.ts;
    }
}

}  // namespace
}  // namespace tickstock
