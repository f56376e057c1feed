#include "rules/source_specific_rules_engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace tickstock {
namespace {

UserRule rule_of(RuleKind kind, const std::string& when, const std::string& field = "",
                 const std::string& value = "") {
    UserRule rule;
    rule.name = "test";
    rule.kind = kind;
    rule.when = when;
    rule.field = field;
    rule.value = value;
    return rule;
}

SourceSpecificRulesEngine engine_of(std::vector<UserRule> rules) {
    PipelineSettings settings;
    settings.rules.user = std::move(rules);
    return SourceSpecificRulesEngine(settings);
}

Trade trade_of(std::int64_t cents, std::int64_t shares, SourceKind source = SourceKind::Tick) {
    Trade trade;
    trade.header.symbol = SymbolId(0);
    trade.header.source_kind = source;
    trade.price = Price::from_cents(cents);
    trade.size = Size::from_shares(shares);
    return trade;
}

Bar bar_of(std::int64_t open_cents, std::int64_t close_cents) {
    Bar bar;
    bar.header.symbol = SymbolId(0);
    bar.header.source_kind = SourceKind::Ohlcv;
    bar.open = Price::from_cents(open_cents);
    bar.close = Price::from_cents(close_cents);
    bar.volume = Size::from_shares(1'000);
    return bar;
}

Detection high_of(std::int64_t cents, double significance = 50) {
    Detection detection;
    detection.symbol = SymbolId(0);
    detection.direction = Direction::Up;
    detection.price = Price::from_cents(cents);
    detection.volume = Size::from_shares(200);
    detection.score = significance;
    HighLowData data;
    data.session_high = detection.price;
    data.percent_change = 2;
    data.count_up = 3;
    detection.data = data;
    return detection;
}

Detection bar_event(double percent, double multiple) {
    Detection detection;
    detection.symbol = SymbolId(0);
    detection.source = SourceKind::Ohlcv;
    detection.timeframe = Timeframe::Minute5;
    detection.data = BarData{percent, multiple};
    return detection;
}

/// What is left of one detection; nothing when it was dropped.
std::optional<Detection> after(SourceSpecificRulesEngine& engine, Detection detection) {
    std::vector<Detection> detections{std::move(detection)};
    engine.apply(detections);
    EXPECT_TRUE(engine.counts().closes());
    return detections.empty() ? std::nullopt : std::optional(detections[0]);
}

TEST(SourceRules, WithoutUserRulesNothingIsAskedOrChanged) {
    auto engine = engine_of({});
    EXPECT_FALSE(engine.validates());
    const auto high = after(engine, high_of(100));
    ASSERT_TRUE(high);
    EXPECT_TRUE(high->evidence.rules.empty());
}

TEST(SourceRules, ValidateKeepsRecordsForWhichItsConditionHolds) {
    auto engine = engine_of({rule_of(RuleKind::Validate, "size >= 100 and price < 50")});
    EXPECT_TRUE(engine.validates());
    EXPECT_TRUE(engine.accepts(trade_of(4'999, 100)));
    EXPECT_FALSE(engine.accepts(trade_of(4'999, 99)));
    EXPECT_FALSE(engine.accepts(trade_of(5'000, 100)));
}

TEST(SourceRules, ValidateLooksAtRecordsThatHaveItsFieldsOnly) {
    auto engine = engine_of({rule_of(RuleKind::Validate, "percent_change < 5")});
    EXPECT_FALSE(engine.accepts(bar_of(10'000, 10'500)));
    EXPECT_TRUE(engine.accepts(bar_of(10'000, 10'499)));
    EXPECT_TRUE(engine.accepts(trade_of(1, 1)));
    EXPECT_TRUE(engine.accepts(Quote{}));
    FairValue value;
    value.header.symbol = SymbolId(0);
    EXPECT_TRUE(engine.accepts(value));
}

TEST(SourceRules, ValidateActsOnItsSourcesOnly) {
    auto rule = rule_of(RuleKind::Validate, "size >= 100");
    rule.sources = {SourceKind::WebSocket};
    auto engine = engine_of({rule});
    EXPECT_TRUE(engine.accepts(trade_of(100, 1)));
    EXPECT_FALSE(engine.accepts(trade_of(100, 1, SourceKind::WebSocket)));
}

TEST(SourceRules, CorrectionsAreNotValidated) {
    auto engine = engine_of({rule_of(RuleKind::Validate, "size >= 100")});
    Trade cancel = trade_of(100, 1);
    cancel.correction = Trade::correction_cancel;
    EXPECT_TRUE(engine.accepts(cancel));
}

TEST(SourceRules, FilterKeepsDetectionsForWhichItsConditionHoldsAndMarksThem) {
    auto engine = engine_of({rule_of(RuleKind::Filter, "price >= 1 and count == 3")});
    EXPECT_FALSE(after(engine, high_of(99)));
    const auto high = after(engine, high_of(100));
    ASSERT_TRUE(high);
    ASSERT_EQ(high->evidence.rules.size(), 1U);
    EXPECT_EQ(high->evidence.rules[0].rule.view(), "test");
    EXPECT_EQ(high->evidence.rules[0].action, RuleMark::Action::Passed);
    EXPECT_EQ(engine.counts().dropped_for(Reason::RuleFiltered), 1U);
}

TEST(SourceRules, FilterActsOnItsTypesAndSourcesOnly) {
    auto rule = rule_of(RuleKind::Filter, "price < 0");
    rule.types = {EventType::Low};
    auto of_lows = engine_of({rule});
    EXPECT_TRUE(after(of_lows, high_of(100)));
    rule.types = {EventType::High};
    rule.sources = {SourceKind::Fmv};
    auto of_fair_values = engine_of({rule});
    EXPECT_TRUE(after(of_fair_values, high_of(100)));
    rule.sources = {SourceKind::Fmv, SourceKind::Tick};
    auto of_trades_too = engine_of({rule});
    EXPECT_FALSE(after(of_trades_too, high_of(100)));
}

TEST(SourceRules, ControlEventsPass) {
    auto engine = engine_of({rule_of(RuleKind::Filter, "price < 0")});
    Detection control;
    control.type = EventType::Control;
    control.data = ControlData{};
    EXPECT_TRUE(after(engine, control));
}

TEST(SourceRules, TransformSetsWithinBounds) {
    auto engine = engine_of({rule_of(RuleKind::Transform, "", "confidence", "score / 100")});
    EXPECT_EQ(after(engine, high_of(100, 50))->confidence, 0.5);
    EXPECT_EQ(after(engine, high_of(100, 500))->confidence, 1);
    const auto low = after(engine, high_of(100, -1));
    EXPECT_EQ(low->confidence, 0);
    EXPECT_EQ(low->evidence.rules[0].action, RuleMark::Action::Transformed);
    EXPECT_EQ(low->evidence.rules[0].field.view(), "confidence");
    EXPECT_EQ(low->evidence.rules[0].value, 0);
}

TEST(SourceRules, ALaterRuleSeesWhatAnEarlierOneSet) {
    auto half = rule_of(RuleKind::Transform, "", "score", "score / 2");
    auto strong = rule_of(RuleKind::Filter, "score >= 30");
    strong.priority = 200;
    auto filter_last = engine_of({strong, half});
    EXPECT_FALSE(after(filter_last, high_of(100, 50)));
    strong.priority = 1;
    auto filter_first = engine_of({strong, half});
    EXPECT_EQ(after(filter_first, high_of(100, 50))->score, 25);
}

TEST(SourceRules, EnrichAddsToTheEvidenceWhereItsConditionHolds) {
    auto engine = engine_of({rule_of(RuleKind::Enrich, "price > 1", "notional", "price * volume")});
    EXPECT_TRUE(after(engine, high_of(100))->evidence.rules.empty());
    const auto high = after(engine, high_of(1'050));
    ASSERT_EQ(high->evidence.rules.size(), 1U);
    EXPECT_EQ(high->evidence.rules[0].field.view(), "notional");
    EXPECT_EQ(high->evidence.rules[0].value, 2'100);
}

TEST(SourceRules, AFailingRuleDoesNothingAndIsOffAfterTenInARow) {
    auto engine = engine_of({rule_of(RuleKind::Filter, "1 / (price - 1) > 5")});
    EXPECT_FALSE(after(engine, high_of(200)));  // 1 > 5
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(after(engine, high_of(100)));
    }
    EXPECT_TRUE(after(engine, high_of(200)));  // off
    std::array<RuleActivity, 1> activity{};
    engine.add_rule_activity(activity);
    EXPECT_EQ(activity[0].acted, 1U);
    EXPECT_EQ(activity[0].failed, 10U);
    EXPECT_EQ(activity[0].disabled_symbols, 1U);
}

TEST(SourceRules, RejectingNeverSwitchesARuleOff) {
    auto engine = engine_of({rule_of(RuleKind::Validate, "size >= 100")});
    for (int i = 0; i < 100; ++i) {
        EXPECT_FALSE(engine.accepts(trade_of(100, 1)));
    }
}

TEST(SourceRules, ACorrectionIsJudgedAsWhatItTakesBack) {
    auto engine = engine_of({rule_of(RuleKind::Filter, "price >= 1")});
    Detection revision = high_of(100);
    revision.revises_last = true;
    revision.price = Price::from_cents(99);  // the prior extreme; the event told 1.00
    EXPECT_TRUE(after(engine, revision));
}

TEST(SourceRules, BarMinimaHoldForAllEventsOfBarsWhereTheScopeSaysSo) {
    PipelineSettings settings;
    SourceSpecificRulesEngine surges(settings);
    EXPECT_TRUE(after(surges, bar_event(0.1, 1)));
    settings.rules.ohlcv_scope = RuleSettings::OhlcvScope::All;
    SourceSpecificRulesEngine all(settings);
    EXPECT_TRUE(after(all, bar_event(0.5, 1.5)));
    EXPECT_TRUE(after(all, bar_event(-0.5, 1.5)));
    EXPECT_FALSE(after(all, bar_event(0.499, 1.5)));
    EXPECT_FALSE(after(all, bar_event(-0.499, 1.5)));
    EXPECT_FALSE(after(all, bar_event(0.5, 1.499)));
    EXPECT_TRUE(after(all, high_of(100)));
}

TEST(RuleValues, EveryFieldOfARecordIsFilled) {
    RecordValues values{};
    values.fill(std::numeric_limits<double>::quiet_NaN());
    Trade trade = trade_of(12'345, 7);
    trade.exchange = 11;
    trade.header.ts_event = unix_nanos(10'000'000'000);
    trade.header.ts_recv = unix_nanos(10'500'000'000);
    trade.ts_execution = unix_nanos(8'000'000'000);
    fill_record_values(trade, values);
    EXPECT_EQ(values[field_index(record_rule_fields, "price")], 123.45);
    EXPECT_EQ(values[field_index(record_rule_fields, "delay_seconds")], 0.5);
    EXPECT_EQ(values[field_index(record_rule_fields, "report_delay_seconds")], 2);
    fill_record_values(bar_of(100, 101), values);
    EXPECT_EQ(values[field_index(record_rule_fields, "percent_change")], 1);
    EXPECT_EQ(values[field_index(record_rule_fields, "timeframe_seconds")], 60);
    FairValue value;
    value.value = Price::from_cents(5);
    fill_record_values(value, values);
    EXPECT_EQ(values[field_index(record_rule_fields, "confidence")], -1);
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_FALSE(std::isnan(values[i])) << record_rule_fields[i].name;
    }
}

TEST(RuleValues, TypesTellTheirOwnAndZeroElsewhere) {
    const auto value = [](const Detection& detection, std::string_view name) {
        const auto* field = std::find_if(detection_rule_fields.begin(), detection_rule_fields.end(),
                                         [&](const Field& one) { return one.name == name; });
        return detection_values(
            detection)[static_cast<std::size_t>(field - detection_rule_fields.begin())];
    };
    Detection surge;
    surge.direction = Direction::Down;
    surge.data = SurgeData{-2.5, 70, Strength::Moderate, {}, 4, {}, 6, {}};
    EXPECT_EQ(value(surge, "magnitude"), -2.5);
    EXPECT_EQ(value(surge, "strength"), 2);
    EXPECT_EQ(value(surge, "count"), 6);
    EXPECT_EQ(value(surge, "direction"), -1);
    EXPECT_EQ(value(surge, "percent_change"), 0);
    Detection trend;
    TrendData data;
    data.score = 0.25;
    data.count_down = 2;
    trend.direction = Direction::Down;
    trend.data = data;
    EXPECT_EQ(value(trend, "trend_score"), 0.25);
    EXPECT_EQ(value(trend, "count"), 2);
    Detection valuation;
    valuation.data = ValuationData{Price::from_cents(500), {}, 1.5, 0.2};
    EXPECT_EQ(value(valuation, "deviation"), 1.5);
    EXPECT_EQ(value(valuation, "fair_value"), 5);
    EXPECT_EQ(value(bar_event(1.25, 3), "timeframe_seconds"), 300);
    EXPECT_EQ(value(bar_event(1.25, 3), "volume_multiplier"), 3);
    EXPECT_EQ(value(high_of(100), "regular"), 1);
    EXPECT_EQ(value(high_of(100), "premarket"), 0);
}

}  // namespace
}  // namespace tickstock
