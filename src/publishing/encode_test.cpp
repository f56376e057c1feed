#include "publishing/encode.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "base/hash.hpp"

namespace tickstock {
namespace {

std::string body_of(const Event& event, std::string_view symbol) {
    std::string text;
    encode_body(event, symbol, text);
    return text;
}

Event high() {
    HighLowData data;
    data.session_high = Price::from_raw(10'015'000'001);
    data.session_low = Price::from_cents(999);
    data.has_vwap = true;
    data.vwap = 10.0078125;  // a tie, exactly
    data.previous_high = Price::from_cents(1000);
    data.previous_low = Price::from_cents(1000);
    data.count_up = 1;
    data.count_down = 0;
    data.coalesced = 3;
    data.percent_change = 0.1500001;
    data.vwap_divergence = -0.0000001;
    data.rel_volume = 2.5;
    data.significance = 32.75;
    data.reversal = Reversal::WBottom;

    Event event;
    event.id = 0xd8adf6b895bcd32d;
    event.revision = 0;
    event.priority = 2;
    Detection& detection = event.detection;
    detection.type = EventType::High;
    detection.direction = Direction::Up;
    detection.price = Price::from_raw(10'015'000'001);
    detection.ts = unix_nanos(1'709'650'800'000'000'000);
    detection.session = TradingSession::Pre;
    detection.volume = Size::from_raw(1'500);
    detection.data = data;
    detection.evidence.trade_id = TradeId("5\"2");
    detection.evidence.source_sequence = 18'446'744'073'709'551'615U;
    detection.evidence.conditions.add(14);
    detection.evidence.conditions.add(300);
    detection.evidence.exchange = 11;
    detection.evidence.prior_extreme = Price::from_cents(1000);
    detection.evidence.prior_extreme_ts = unix_nanos(1'709'650'799'999'999'999);
    detection.evidence.period = MarketPeriod::Premarket;
    detection.evidence.thresholds.add("min_price_change", 20'000'000'000);
    detection.evidence.thresholds.add("min_percent_change", 200'000'000'000);
    detection.evidence.rule_version = "high_low/1";
    return event;
}

// Golden vectors. Stream hashes and stored events depend on every byte.

constexpr std::string_view high_body =
    R"({"id":"d8adf6b895bcd32d","rev":0,"type":"high","symbol":"AAPL","direction":"up",)"
    R"("price":10.015000001,"ts":1709650800000000000,"session":"pre","source":"tick",)"
    R"("confidence":1,"priority":2,"volume":0.0015,"data":{"session_high":10.015000001,)"
    R"("session_low":9.99,"vwap":10.007812,"previous_high":10,"previous_low":10,"count_up":1,)"
    R"("count_down":0,"coalesced":3,"percent_change":0.15,"vwap_divergence":0,"rel_volume":2.5,)"
    R"("significance":32.75,"reversal":"W-bottom","trend_flag":"","surge_flag":"",)"
    R"("cancelled":false},"evidence":{"trade_id":"5\"2","source_sequence":18446744073709551615,)"
    R"("exchange":11,"conditions":[14,255],"luld_band":null,"prior_extreme":10,)"
    R"("prior_extreme_ts":1709650799999999999,"thresholds":{"min_price_change":0.02,)"
    R"("min_percent_change":0.2,"period":"PREMARKET","origin":"default"},)"
    R"("rule_version":"high_low/1","corroborated_by":[],"suppressed":[],"rules":[]}})";

TEST(EncodeBody, OfAHighHasEveryMemberInTheCommittedOrder) {
    EXPECT_EQ(body_of(high(), "AAPL"), high_body);
    std::string hash;
    append_hex16(hash, xxh64(body_of(high(), "AAPL")));
    EXPECT_EQ(hash, "f3a0ef6e1053f15b");  // computed apart, over the text above
}

TEST(EncodeBody, NullStandsWhereNothingApplies) {
    Event event = high();
    auto& data = std::get<HighLowData>(event.detection.data);
    data.has_vwap = false;
    data.reversal = Reversal::None;
    event.detection.evidence.trade_id = TradeId();
    event.detection.evidence.source_sequence = 0;
    event.detection.evidence.conditions = {};
    const std::string body = body_of(event, "AAPL");
    EXPECT_NE(body.find(R"("vwap":null)"), std::string::npos);
    EXPECT_NE(body.find(R"("vwap_divergence":null)"), std::string::npos);
    EXPECT_NE(body.find(R"("reversal":false)"), std::string::npos);
    EXPECT_NE(body.find(R"("trade_id":null,"source_sequence":null)"), std::string::npos);
    EXPECT_NE(body.find(R"("conditions":[],"luld_band":null)"), std::string::npos);
}

TEST(EncodeBody, SaysAtWhichPriceBandATradeStood) {
    Event event = high();
    event.detection.evidence.luld_band = LuldBand::Upper;
    EXPECT_NE(body_of(event, "AAPL").find(R"([14,255],"luld_band":"upper","prior_extreme")"),
              std::string::npos);
    event.detection.evidence.luld_band = LuldBand::Lower;
    EXPECT_NE(body_of(event, "AAPL").find(R"("luld_band":"lower")"), std::string::npos);
}

TEST(EncodeBody, OfAControlEventHasNoPriceAndNoEvidence) {
    Event event;
    event.id = 1;
    event.priority = 1;
    event.detection.type = EventType::Control;
    event.detection.ts = unix_nanos(5);
    event.detection.session = TradingSession::Closed;
    ControlData data;
    std::memcpy(data.reason.data(), "fifteen bytes..", 15);  // no room for a zero
    event.detection.data = data;
    EXPECT_EQ(body_of(event, ""),
              R"({"id":"0000000000000001","rev":0,"type":"control","symbol":"","direction":null,)"
              R"("price":null,"ts":5,"session":"closed","source":"tick","confidence":1,)"
              R"("priority":1,"volume":null,"data":{"kind":"halt","reason":"fifteen bytes..",)"
              R"("from":null,"to":null},)"
              R"("evidence":null})");
}

TEST(EncodeBody, OfAGapTellsItsInterval) {
    Event event;
    event.detection.type = EventType::Control;
    ControlData data;
    data.kind = ControlData::Kind::SourceGap;
    data.from = unix_nanos(7);
    data.to = unix_nanos(9);
    event.detection.data = data;
    EXPECT_NE(body_of(event, "").find(R"("reason":null,"from":7,"to":9})"), std::string::npos);
}

/// The data object of an event with such data.
std::string data_of(EventData data, Timeframe timeframe = Timeframe::None) {
    Event event;
    event.detection.timeframe = timeframe;
    event.detection.data = std::move(data);
    const std::string body = body_of(event, "A");
    const auto begin = body.find("\"data\":") + 7;
    return body.substr(begin, body.find(",\"evidence\"") - begin);
}

TEST(EncodeBody, OfATrend) {
    TrendData data;
    data.strength = Strength::Moderate;
    data.score = -0.1234567;
    data.score_short = -0.2;
    data.score_medium = -0.1;
    data.score_long = 0;
    data.vwap_position = TrendData::VwapPosition::Below;
    data.age_seconds = 301;
    data.turn = TrendData::Turn::UpNowDown;
    data.count_up = 2;
    data.count_down = 1;
    EXPECT_EQ(data_of(data),
              R"({"trend_strength":"moderate","trend_score":-0.123457,"trend_short_score":-0.2,)"
              R"("trend_medium_score":-0.1,"trend_long_score":0,"trend_vwap_position":"below",)"
              R"("trend_age":301,"reversal":"up-now-down","count_up":2,"count_down":1})");
    data.turn = TrendData::Turn::None;
    EXPECT_NE(data_of(data).find(R"("reversal":false)"), std::string::npos);
}

TEST(EncodeBody, OfASurgeTellsItInAPlainSentence) {
    SurgeData data;
    data.magnitude = -1.525;
    data.score = 83.5;
    data.strength = Strength::Strong;
    data.trigger = SurgeData::Trigger::PriceDriven;
    data.volume_multiplier = 4.06;
    data.expiration = unix_nanos(30);
    data.daily_count = 3;
    data.baseline = Price::from_cents(1001);
    EXPECT_EQ(data_of(data),
              R"({"magnitude":-1.525,"score":83.5,"surge_strength":"strong",)"
              R"("trigger_type":"price_driven","volume_multiplier":4.06,"expiration":30,)"
              R"("daily_surge_count":3,"baseline":10.01,)"
              R"("description":"down 1.53 % in 20 s on 4.1 times the usual volume"})");
}

TEST(EncodeBody, AnAbsurdSurgeHasAPlainSentenceToo) {
    SurgeData data;
    data.magnitude = 1e20;
    data.volume_multiplier = 1e20;
    EXPECT_NE(data_of(data).find("up 10000000000000 % in 20 s on 100000000000000 times"),
              std::string::npos)
        << data_of(data);
}

TEST(EncodeBody, OfABarNamesItsTimeframeFirst) {
    EXPECT_EQ(data_of(BarData{1.5, 2.25}, Timeframe::Minute5),
              R"({"timeframe":"5m","percent_change":1.5,"volume_multiplier":2.25})");
}

TEST(EncodeBody, OfAValuationNamesTheSignal) {
    ValuationData data;
    data.fair_value = Price::from_cents(1020);
    data.reference = Price::from_cents(1000);
    data.deviation = 2;
    data.strength = 0.18;
    EXPECT_EQ(data_of(data),
              R"({"signal":"undervalued","fair_value":10.2,"reference":10,"deviation":2,)"
              R"("strength":0.18})");
    data.deviation = -2;
    EXPECT_NE(data_of(data).find(R"("signal":"overvalued")"), std::string::npos);
}

TEST(EncodeBody, AValuationHasNoVolume) {
    Event event;
    event.detection.type = EventType::Valuation;
    event.detection.data = ValuationData{};
    EXPECT_NE(body_of(event, "A").find(R"("volume":null)"), std::string::npos);
}

TEST(EncodeBody, OfAUserRule) {
    EXPECT_EQ(data_of(RuleData{RuleName("big-move"), 4}), R"({"rule":"big-move","count":4})");
}

TEST(EncodeBody, EvidenceOfNoTradeIsNull) {
    Event event;
    event.detection.data = BarData{};
    event.detection.evidence.rule_version = "bars/1";
    event.detection.evidence.rules.push_back(
        {RuleName("doubt"), RuleMark::Action::Transformed, RuleName("confidence"), 0.5});
    event.detection.evidence.rules.push_back({RuleName("liquid"), RuleMark::Action::Passed, {}, 0});
    const std::string body = body_of(event, "A");
    EXPECT_NE(body.find(R"("trade_id":null,"source_sequence":null,"exchange":null)"),
              std::string::npos);
    EXPECT_NE(body.find(R"("prior_extreme":null,"prior_extreme_ts":null)"), std::string::npos);
    EXPECT_NE(body.find(R"("rules":[{"rule":"doubt","action":"transformed","field":"confidence",)"
                        R"("value":0.5},{"rule":"liquid","action":"passed"}])"),
              std::string::npos)
        << body;
}

TEST(EncodeBody, ARevisionTellsItsNumberAndWhoCorroborates) {
    Event event = high();
    event.revision = 2;
    std::get<HighLowData>(event.detection.data).cancelled = true;
    event.corroborated_by = 1U << 2 | 1U << 4;
    event.suppressed = 1U << 3;
    event.detection.evidence.configured = true;
    const std::string body = body_of(event, "AAPL");
    EXPECT_NE(body.find(R"("rev":2)"), std::string::npos);
    EXPECT_NE(body.find(R"("cancelled":true)"), std::string::npos);
    EXPECT_NE(body.find(R"("origin":"configured")"), std::string::npos);
    EXPECT_NE(body.find(R"("corroborated_by":["ohlcv","channel"],"suppressed":["fmv"])"),
              std::string::npos);
}

}  // namespace
}  // namespace tickstock
