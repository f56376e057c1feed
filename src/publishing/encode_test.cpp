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
    R"("exchange":11,"conditions":[14,255],"prior_extreme":10,)"
    R"("prior_extreme_ts":1709650799999999999,"thresholds":{"min_price_change":0.02,)"
    R"("min_percent_change":0.2,"period":"PREMARKET","origin":"default"},)"
    R"("rule_version":"high_low/1","corroborated_by":[],"suppressed":[],"rules":[]}})";

TEST(EncodeBody, OfAHighHasEveryMemberInTheCommittedOrder) {
    EXPECT_EQ(body_of(high(), "AAPL"), high_body);
    std::string hash;
    append_hex16(hash, xxh64(body_of(high(), "AAPL")));
    EXPECT_EQ(hash, "7c56ffbb70ad922b");  // computed apart, over the text above
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
    EXPECT_NE(body.find(R"("conditions":[])"), std::string::npos);
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
              R"("priority":1,"volume":null,"data":{"kind":"halt","reason":"fifteen bytes.."},)"
              R"("evidence":null})");
}

TEST(EncodeBody, ARevisionTellsItsNumberAndWhoCorroborates) {
    Event event = high();
    event.revision = 2;
    std::get<HighLowData>(event.detection.data).cancelled = true;
    event.corroborated_by = 1U << 2 | 1U << 4;
    event.detection.evidence.configured = true;
    const std::string body = body_of(event, "AAPL");
    EXPECT_NE(body.find(R"("rev":2)"), std::string::npos);
    EXPECT_NE(body.find(R"("cancelled":true)"), std::string::npos);
    EXPECT_NE(body.find(R"("origin":"configured")"), std::string::npos);
    EXPECT_NE(body.find(R"("corroborated_by":["ohlcv","channel"])"), std::string::npos);
}

}  // namespace
}  // namespace tickstock
