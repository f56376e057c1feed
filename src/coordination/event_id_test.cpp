#include "coordination/event_id.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/hash.hpp"

namespace tickstock {
namespace {

Detection high_of(std::int64_t ts) {
    Detection detection;
    detection.type = EventType::High;
    detection.direction = Direction::Up;
    detection.ts = unix_nanos(ts);
    detection.data = HighLowData{};
    return detection;
}

std::string hex_id(const Detection& detection, std::string_view symbol, std::uint32_t n) {
    std::string text;
    append_hex16(text, event_id(detection, symbol, n));
    return text;
}

constexpr std::int64_t ts = 1'709'650'800'000'000'000;

// The digits were computed with a separate XXH64 over the texts in the comments. Clients key on
// them: they may never change.

TEST(EventId, IsTheHashOfItsParts) {
    // AAPL|high||tick|up|1709650800000000000|0
    EXPECT_EQ(hex_id(high_of(ts), "AAPL", 0), "d8adf6b895bcd32d");
    // AAPL|high||tick|up|1709650800000000000|1
    EXPECT_EQ(hex_id(high_of(ts), "AAPL", 1), "7af0ee29f16b15f5");
}

TEST(EventId, TimeframeAndSourceStandInIt) {
    Detection low = high_of(ts + 1);
    low.type = EventType::Low;
    low.direction = Direction::Down;
    low.timeframe = Timeframe::Minute1;
    low.source = SourceKind::Ohlcv;
    // BRK.B|low|1m|ohlcv|down|1709650800000000001|0
    EXPECT_EQ(hex_id(low, "BRK.B", 0), "6929710df86ee8dd");
}

TEST(EventId, OfAControlEventHasItsKindAndNoDirection) {
    Detection control = high_of(ts);
    control.type = EventType::Control;
    control.direction = Direction::None;
    control.data = ControlData{ControlData::Kind::Halt, {}};
    // AAPL|control|halt|tick||1709650800000000000|0
    EXPECT_EQ(hex_id(control, "AAPL", 0), "f8def88fdcb4d7bd");
    control.data = ControlData{ControlData::Kind::Resume, {}};
    // AAPL|control|resume|tick||1709650800000000000|0
    EXPECT_EQ(hex_id(control, "AAPL", 0), "942184e815d4082a");
}

TEST(EventId, OfACountOfTwoDigits) {
    Detection low = high_of(1'381'132'800'464'000'000);
    low.type = EventType::Low;
    low.direction = Direction::Down;
    low.source = SourceKind::Channel;
    // A|low||channel|down|1381132800464000000|17
    EXPECT_EQ(hex_id(low, "A", 17), "3d79c157bbeef055");
}

TEST(EventId, OfARulesEventHasTheRulesName) {
    Detection rule = high_of(ts);
    rule.type = EventType::Rule;
    rule.direction = Direction::None;
    rule.source = SourceKind::Channel;
    rule.data = RuleData{RuleName("big_print"), 1};
    // AAPL|rule|big_print|channel||1709650800000000000|0
    std::string expected;
    append_hex16(expected, xxh64("AAPL|rule|big_print|channel||1709650800000000000|0"));
    EXPECT_EQ(hex_id(rule, "AAPL", 0), expected);
}

TEST(EventId, PriceSessionAndVolumeAreNoParts) {
    Detection detection = high_of(ts);
    const std::uint64_t id = event_id(detection, "AAPL", 0);
    detection.price = Price::from_cents(1);
    detection.session = TradingSession::After;
    detection.volume = Size::from_shares(5);
    detection.session_key = 9;
    EXPECT_EQ(event_id(detection, "AAPL", 0), id);
}

}  // namespace
}  // namespace tickstock
