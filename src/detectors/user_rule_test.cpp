#include "detectors/user_rule.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace tickstock {
namespace {

// Tuesday 2024-03-05 10:00:00 in New York.
constexpr std::int64_t ten = 1'709'650'800;

UserRule rule_of(const std::string& when, std::int64_t cooldown_seconds = 0) {
    UserRule rule;
    rule.name = "test";
    rule.when = when;
    rule.cooldown = std::chrono::seconds(cooldown_seconds);
    return rule;
}

class UserRules : public ::testing::Test {
protected:
    UserRules() {
        stats_.session_key = 8;
        stats_.session = TradingSession::Regular;
        stats_.add_volume(Price::from_cents(10'000), Size::from_shares(300));
    }

    void use(std::vector<UserRule> rules) {
        PipelineSettings settings;
        settings.rules.user = std::move(rules);
        detector_ = std::make_unique<UserRuleDetector>(settings);
        detector_->reset(SymbolId(0));
    }
    Sample sample_at(std::int64_t second, std::int64_t cents, std::uint32_t symbol = 0) {
        Sample sample;
        sample.symbol = SymbolId(symbol);
        sample.t = from_unix_second(ten + second);
        sample.price = Price::from_cents(cents);
        sample.volume = Size::from_shares(100);
        sample.vwap = 100;
        sample.period = MarketPeriod::Midday;
        sample.session = TradingSession::Regular;
        sample.session_open = Price::from_cents(10'000);
        sample.session_high = Price::from_cents(12'000);
        sample.session_low = Price::from_cents(8'000);
        return sample;
    }
    /// The number of events so far.
    std::size_t sample(std::int64_t second, std::int64_t cents, std::uint32_t symbol = 0) {
        const Sample sample = sample_at(second, cents, symbol);
        detector_->on_sample(sample, stats_, {sample.t, Sequence{7}, 0}, sink_);
        return found().size();
    }
    std::vector<Detection>& found() { return sink_.detections(); }
    RuleActivity activity() const {
        std::array<RuleActivity, 1> by_rule{};
        detector_->add_rule_activity(by_rule);
        return by_rule[0];
    }

    std::unique_ptr<UserRuleDetector> detector_;
    SessionStats stats_;
    DetectionSink sink_;
};

TEST_F(UserRules, AnEventWhenTheConditionComesTrue) {
    use({rule_of("price > 100")});
    EXPECT_EQ(sample(1, 10'000), 0U);
    EXPECT_EQ(sample(2, 10'001), 1U);
    EXPECT_EQ(sample(3, 10'002), 1U);  // still true
    EXPECT_EQ(sample(4, 9'999), 1U);
    EXPECT_EQ(sample(5, 10'001), 2U);
    const Detection& event = found()[1];
    EXPECT_EQ(event.type, EventType::Rule);
    EXPECT_EQ(event.direction, Direction::None);
    EXPECT_EQ(event.source, SourceKind::Channel);
    EXPECT_EQ(event.price, Price::from_cents(10'001));
    EXPECT_EQ(event.ts, from_unix_second(ten + 5));
    EXPECT_EQ(event.key.rank, EventRank::Rule);
    EXPECT_EQ(event.session_key, 8);
    EXPECT_EQ(std::get<RuleData>(event.data).rule.view(), "test");
    EXPECT_EQ(std::get<RuleData>(event.data).count, 2U);
}

TEST_F(UserRules, AtMostOneInTheCooldownAndNothingWaits) {
    use({rule_of("price > 100", 60)});
    EXPECT_EQ(sample(1, 10'001), 1U);
    EXPECT_EQ(sample(2, 9'999), 1U);
    EXPECT_EQ(sample(60, 10'001), 1U);  // 59 s later
    EXPECT_EQ(sample(61, 10'001), 1U);  // did not come true now
    EXPECT_EQ(sample(62, 9'999), 1U);
    EXPECT_EQ(sample(63, 10'001), 2U);
}

TEST_F(UserRules, TheCooldownEndsWithItsLastNanosecond) {
    use({rule_of("price > 100", 60)});
    EXPECT_EQ(sample(1, 10'001), 1U);
    EXPECT_EQ(sample(2, 9'999), 1U);
    EXPECT_EQ(sample(61, 10'001), 2U);
}

TEST_F(UserRules, ASessionBeginsAnew) {
    use({rule_of("price > 100", 3'600)});
    EXPECT_EQ(sample(1, 10'001), 1U);
    detector_->reset(SymbolId(0));
    EXPECT_EQ(sample(2, 10'001), 2U);
    EXPECT_EQ(std::get<RuleData>(found()[1].data).count, 1U);
}

TEST_F(UserRules, SymbolsAndRulesDoNotKnowOfEachOther) {
    use({rule_of("price > 100", 60), rule_of("price > 100.5", 60)});
    EXPECT_EQ(sample(1, 10'001, 0), 1U);
    EXPECT_EQ(sample(1, 10'001, 5), 2U);
    EXPECT_EQ(sample(2, 10'060, 0), 3U);
    EXPECT_EQ(found()[1].symbol, SymbolId(5));
}

TEST_F(UserRules, RulesOfOneSecondStandByPriority) {
    auto rules = std::vector{rule_of("price > 100"), rule_of("price > 50")};
    rules[0].name = "later";
    rules[1].name = "sooner";
    rules[1].priority = 1;
    use(rules);
    EXPECT_EQ(sample(1, 10'001), 2U);
    EXPECT_EQ(std::get<RuleData>(found()[0].data).rule.view(), "sooner");
}

TEST_F(UserRules, AHaltedSymbolMakesNoEvents) {
    use({rule_of("price > 100")});
    stats_.muted = true;
    EXPECT_EQ(sample(1, 10'001), 0U);
    stats_.muted = false;
    EXPECT_EQ(sample(2, 10'001), 0U);  // it had come true before
    EXPECT_EQ(sample(3, 9'999), 0U);
    EXPECT_EQ(sample(4, 10'001), 1U);
}

TEST_F(UserRules, OnlySecondsOfTheRulesSources) {
    auto rule = rule_of("price > 100");
    rule.sources = {SourceKind::WebSocket};
    use({rule});
    EXPECT_EQ(sample(1, 10'001), 0U);
    Sample pushed = sample_at(2, 10'001);
    pushed.source = SourceKind::WebSocket;
    detector_->on_sample(pushed, stats_, {pushed.t, Sequence{7}, 0}, sink_);
    EXPECT_EQ(found().size(), 1U);
}

TEST_F(UserRules, ARuleThatFailsTenTimesInARowIsOffForThatSymbol) {
    use({rule_of("1 / (price - 100) > 0")});
    for (int second = 1; second <= 10; ++second) {
        EXPECT_EQ(sample(second, 10'000), 0U);
    }
    EXPECT_EQ(sample(11, 10'001), 0U);
    EXPECT_EQ(sample(11, 10'001, 1), 1U);
    EXPECT_EQ(activity().failed, 10U);
    EXPECT_EQ(activity().disabled_symbols, 1U);
    EXPECT_EQ(activity().acted, 1U);
}

TEST_F(UserRules, FieldsTellTheSecondAndItsSession) {
    stats_.trend_flag = Direction::Up;
    stats_.surge_direction = Direction::Down;
    stats_.surge_expiration = from_unix_second(ten + 30);
    const auto holds = [&](const std::string& condition) {
        use({rule_of(condition)});
        const std::size_t before = found().size();
        return sample(1, 11'000) == before + 1;
    };
    EXPECT_TRUE(holds("price == 110 and volume == 100 and vwap == 100 and vwap_divergence == 10"));
    EXPECT_TRUE(holds("percent_change == 10 and session_open == 100"));
    EXPECT_TRUE(holds("session_high == 120 and session_low == 80 and percent_from_low == 37.5"));
    EXPECT_TRUE(holds("percent_from_high < -8.33 and percent_from_high > -8.34"));
    EXPECT_TRUE(holds("session_volume == 300 and session_trades == 1 and mean_size == 300"));
    EXPECT_TRUE(holds("trend == 1 and surge == -1"));
    EXPECT_TRUE(holds("seconds_of_session == 1801 and seconds_left == 21599"));
    EXPECT_TRUE(holds("regular and midday and not (premarket or afterhours)"));
    EXPECT_FALSE(holds("opening or closing"));
}

TEST(UserRuleSettings, TheRegistryHasNoRuleDetectorWithoutEventRules) {
    PipelineSettings settings;
    const std::size_t without = make_sample_detectors(settings).size();
    settings.rules.user = {rule_of("price > 1")};
    settings.rules.user[0].kind = RuleKind::Validate;
    EXPECT_EQ(make_sample_detectors(settings).size(), without);
    settings.rules.user[0].kind = RuleKind::Event;
    EXPECT_EQ(make_sample_detectors(settings).size(), without + 1);
}

TEST_F(UserRules, StateIsFoundAgainByTheRulesName) {
    UserRule first = rule_of("price > 100", 60);
    first.name = "first";
    UserRule second = rule_of("1 / (price - 102) > 0", 0);  // fails at 102
    second.name = "second";
    use({first, second});
    for (std::int64_t t = 1; t <= 10; ++t) {
        sample(t, 10'200);
    }
    ASSERT_EQ(found().size(), 1U);
    StateWriter symbol;
    detector_->save_symbol(SymbolId(0), symbol);
    StateWriter totals;
    detector_->save_totals(totals);

    UserRule other = rule_of("price > 100", 60);
    other.name = "other";
    use({other, second, first});
    StateReader in(symbol.text());
    detector_->load_symbol(SymbolId(0), in);
    EXPECT_TRUE(in.ok() && in.at_end());
    StateReader in_totals(totals.text());
    detector_->add_totals(in_totals);
    EXPECT_TRUE(in_totals.ok() && in_totals.at_end());
    sample(11, 10'300);
    EXPECT_EQ(found().size(), 2U) << "only `other` is new; `second` is off for the symbol";
    std::array<RuleActivity, 3> by_rule{};
    detector_->add_rule_activity(by_rule);
    EXPECT_EQ(by_rule[0].acted, 1U);
    EXPECT_EQ(by_rule[1].failed, 10U);
    EXPECT_EQ(by_rule[1].disabled_symbols, 1U);
    EXPECT_EQ(by_rule[2].acted, 1U);
    EXPECT_EQ(by_rule[2].evaluated, 11U);
    detector_->forget_symbol(SymbolId(0));
    sample(12, 10'300);
    EXPECT_EQ(found().size(), 5U) << "all are as new";
}

}  // namespace
}  // namespace tickstock
