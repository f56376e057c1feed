#include "model/record.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <type_traits>

namespace tickstock {
namespace {

static_assert(std::is_trivially_copyable_v<Trade> && std::is_trivially_copyable_v<Bar>);
static_assert(sizeof(Record) == 128);

template <class T>
T with_header(std::uint32_t symbol) {
    T record{};
    record.header.symbol = SymbolId{symbol};
    record.header.source_sequence = 42;
    return record;
}

TEST(Record, TakesItsKindFromWhatItHolds) {
    EXPECT_EQ(Record(with_header<Trade>(1)).kind(), RecordKind::Trade);
    EXPECT_EQ(Record(with_header<Quote>(1)).kind(), RecordKind::Quote);
    EXPECT_EQ(Record(with_header<Bar>(1)).kind(), RecordKind::Bar);
    EXPECT_EQ(Record(with_header<FairValue>(1)).kind(), RecordKind::FairValue);
    EXPECT_EQ(Record(with_header<TradingStatus>(1)).kind(), RecordKind::TradingStatus);
}

TEST(Record, HeaderIsSharedByAllKinds) {
    Record record(with_header<FairValue>(7));
    EXPECT_EQ(record.header().symbol, SymbolId{7});
    EXPECT_EQ(record.header().source_sequence, 42U);
    record.header().sequence = Sequence{3};
    EXPECT_EQ(record.fair_value().header.sequence, Sequence{3});
}

TEST(Record, CopiesAreWhole) {
    auto trade = with_header<Trade>(5);
    trade.price = Price::from_cents(18425);
    trade.size = Size::from_shares(100);
    trade.id = TradeId("52983525029461");
    trade.conditions.add(37);
    const Record copy = Record(trade);
    EXPECT_EQ(copy.trade().price, Price::from_cents(18425));
    EXPECT_EQ(copy.trade().size, Size::from_shares(100));
    EXPECT_EQ(copy.trade().id.view(), "52983525029461");
    EXPECT_EQ(copy.trade().conditions.codes()[0], 37);
}

TEST(Record, ClockTickCarriesItsTimeAndNoSymbol) {
    const auto tick = Record::clock_tick(unix_nanos(99));
    EXPECT_EQ(tick.kind(), RecordKind::ClockTick);
    EXPECT_EQ(to_ns(tick.header().ts_event), 99);
    EXPECT_EQ(to_ns(tick.header().ts_recv), 99);
    EXPECT_EQ(tick.header().symbol, symbol_none);
}

TEST(ConditionList, KeepsEightInOrder) {
    ConditionList conditions;
    EXPECT_TRUE(conditions.empty());
    for (unsigned code = 10; code < 18; ++code) {
        EXPECT_TRUE(conditions.add(code));
    }
    EXPECT_FALSE(conditions.add(18));
    ASSERT_EQ(conditions.codes().size(), 8U);
    EXPECT_EQ(conditions.codes().front(), 10);
    EXPECT_EQ(conditions.codes().back(), 17);
}

TEST(ConditionList, CodesBeyondAByteBecomeTheUnknownOne) {
    ConditionList conditions;
    conditions.add(254);
    conditions.add(255);
    conditions.add(256 + 12);
    conditions.add(~0U);
    EXPECT_EQ(conditions.codes()[0], 254);
    EXPECT_EQ(conditions.codes()[1], 255);
    EXPECT_EQ(conditions.codes()[2], 255) << "never taken for code 12";
    EXPECT_EQ(conditions.codes()[3], 255);
}

TEST(TradeId, ComparesByItsText) {
    EXPECT_TRUE(TradeId().empty());
    EXPECT_TRUE(TradeId(std::string_view{}).empty());
    EXPECT_EQ(TradeId("12"), TradeId("12"));
    EXPECT_FALSE(TradeId("12") == TradeId("123"));
    const std::string longest(TradeId::max_length, 'x');
    EXPECT_EQ(TradeId(longest).view(), longest);
}

TEST(Enums, NamesAreUniqueWithinTheirKind) {
    std::set<std::string_view> periods;
    for (int i = 0; i < 6; ++i) {
        periods.insert(to_string(static_cast<MarketPeriod>(i)));
    }
    EXPECT_EQ(periods.size(), 6U);
    EXPECT_EQ(to_string(MarketPeriod::Base), "BASE");
    EXPECT_EQ(to_string(TradingSession::Overnight), "overnight");
    EXPECT_EQ(to_string(RecordKind::ClockTick), "clock_tick");
    EXPECT_EQ(to_string(Direction::Up), "up");
    EXPECT_EQ(to_string(Timeframe::Day1), "1d");
    EXPECT_EQ(to_string(EventType::Control), "control");
    EXPECT_EQ(to_string(SourceKind::Channel), "channel");
    EXPECT_EQ(to_string(ChannelType::Fmv), "fmv");
}

}  // namespace
}  // namespace tickstock
