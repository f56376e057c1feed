#include "sources/formats/dynamic_decoder.hpp"

#include <gtest/gtest.h>

#include "sources/files/test_support.hpp"
#include "sources/formats/identify.hpp"

namespace tickstock {
namespace {

DynamicObject object_of(std::initializer_list<std::pair<std::string_view, std::string_view>> keys) {
    DynamicObject object;
    for (const auto& [name, value] : keys) {
        object.set(find_dynamic_key(name), value);
    }
    return object;
}

TEST(Identify, TheWordDecidesBeforeTheShape) {
    for (const auto& [word, kind] : std::initializer_list<std::pair<std::string_view, DynamicKind>>{
             {"tick", DynamicKind::Trade},
             {"trade", DynamicKind::Trade},
             {"TRADE", DynamicKind::Trade},
             {"ohlcv", DynamicKind::Bar},
             {"bar", DynamicKind::Bar},
             {"fmv", DynamicKind::FairValue},
             {"valuation", DynamicKind::FairValue},
             {"quote", DynamicKind::Quote}}) {
        EXPECT_EQ(identify(object_of({{"ev", word}})), kind) << word;
        EXPECT_EQ(identify(object_of({{"type", word}})), kind) << word;
        EXPECT_EQ(identify(object_of({{"type", word}, {"fmv", "1"}})), kind) << word;
    }
    EXPECT_EQ(identify(object_of({{"ev", "tick"}, {"type", "bar"}})), DynamicKind::Trade);
    EXPECT_EQ(identify(object_of({{"ev", "??"}, {"type", "bar"}})), DynamicKind::Bar);
}

TEST(Identify, TheShapesHaveAnOrder) {
    const auto bar = object_of({{"open", "1"},
                                {"high", "1"},
                                {"low", "1"},
                                {"close", "1"},
                                {"volume", "1"},
                                {"fmv", "1"}});
    EXPECT_EQ(identify(bar), DynamicKind::Bar);
    EXPECT_EQ(identify(object_of({{"open", "1"}, {"high", "1"}, {"low", "1"}, {"close", "1"}})),
              DynamicKind::Unknown);
    for (const std::string_view key : {"fair_market_value", "fmv", "fair_value", "valuation"}) {
        EXPECT_EQ(
            identify(object_of({{key, "1"}, {"symbol", "A"}, {"price", "1"}, {"timestamp", "1"}})),
            DynamicKind::FairValue)
            << key;
    }
    for (const std::string_view key : {"ticker", "symbol", "sym"}) {
        EXPECT_EQ(identify(object_of({{key, "A"}, {"price", "1"}, {"timestamp", "1"}})),
                  DynamicKind::Trade)
            << key;
    }
    EXPECT_EQ(identify(object_of({{"symbol", "A"}, {"price", "1"}})), DynamicKind::Unknown);
    EXPECT_EQ(identify(object_of({{"type", "status"}})), DynamicKind::Unknown);
    EXPECT_EQ(identify(object_of({{"type", "status"}, {"action", "halt"}})),
              DynamicKind::TradingStatus);
}

class Ndjson : public ::testing::Test {
protected:
    DecoderHarness harness{Format::Ndjson};
};

TEST_F(Ndjson, ATradeWithEveryKey) {
    const auto records = harness.decode(
        R"({"ticker":"AAPL","price":150.25,"timestamp":1700000000.123,"volume":"1.5",)"
        R"("conditions":[14,41],"exchange":4,"id":"x1","correction":1,"extra":{"a":[1]}})");
    ASSERT_EQ(records.size(), 1U);
    const Trade& trade = records[0].trade();
    EXPECT_EQ(harness.symbol(records[0]), "AAPL");
    EXPECT_EQ(trade.price, Price::from_cents(15025));
    EXPECT_EQ(to_ns(trade.header.ts_event), 1700000000123000000);
    EXPECT_EQ(trade.size.raw(), 1'500'000);
    EXPECT_EQ(trade.conditions.codes().size(), 2U);
    EXPECT_EQ(trade.exchange, 4);
    EXPECT_EQ(trade.id.view(), "x1");
    EXPECT_EQ(trade.correction, Trade::correction_replace);
}

TEST_F(Ndjson, SizeIsOptionalAndAVenuesNameIsNoId) {
    const auto records =
        harness.decode(R"({"sym":"A","price":1,"timestamp":1700000000,"exchange":"NASDAQ"})");
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].trade().size, Size{});
    EXPECT_EQ(records[0].trade().exchange, 0);
}

TEST_F(Ndjson, BarsFairValuesQuotesAndStatus) {
    const auto bar = harness.decode(
        R"({"symbol":"A","open":1,"high":3,"low":1,"close":2,"volume":100,"timestamp":1700000000000,)"
        R"("timeframe":"5m","percent_change":-1.25,"avg_volume":55.5,"vwap":1.5})");
    ASSERT_EQ(bar.size(), 1U);
    EXPECT_EQ(bar[0].bar().timeframe, Timeframe::Minute5);
    EXPECT_EQ(bar[0].bar().percent_change_micro, -1'250'000);
    EXPECT_TRUE(bar[0].bar().has_percent_change);
    EXPECT_EQ(bar[0].bar().average_volume.raw(), 55'500'000);
    EXPECT_TRUE(bar[0].bar().has_average_volume);
    EXPECT_EQ(bar[0].bar().vwap.raw(), 1'500'000'000);

    const auto value =
        harness.decode(R"({"symbol":"A","fair_value":101.5,"market_price":100,"confidence":0.75,)"
                       R"("timestamp":1700000000000000})");
    ASSERT_EQ(value.size(), 1U);
    EXPECT_EQ(value[0].fair_value().value, Price::from_cents(10150));
    EXPECT_EQ(value[0].fair_value().market_price, Price::from_cents(10000));
    EXPECT_EQ(value[0].fair_value().confidence, 0.75);

    const auto quote = harness.decode(
        R"({"type":"quote","symbol":"A","bid":1.1,"ask":1.2,"bid_size":3,"ask_size":4,)"
        R"("timestamp":1700000000})");
    ASSERT_EQ(quote.size(), 1U);
    EXPECT_EQ(quote[0].quote().bid_size, Size::from_shares(3)) << "never lots";

    const auto halt = harness.decode(
        R"({"type":"halt","symbol":"A","action":"pause","reason":"LULD pause, volatility",)"
        R"("timestamp":1700000000})");
    ASSERT_EQ(halt.size(), 1U);
    EXPECT_EQ(halt[0].status().action, TradingStatus::Action::Pause);
    EXPECT_EQ(std::string_view(halt[0].status().reason.data(), 15), "LULD pause, vol");
}

TEST_F(Ndjson, BadLinesByReason) {
    const struct {
        Reason reason;
        std::string_view line;
    } lines[] = {
        {Reason::Malformed, "nonsense"},
        {Reason::Malformed, "[1]"},
        {Reason::Malformed, R"({"symbol":"A")"},
        {Reason::Malformed, R"({"symbol":"A","price":1,"timestamp":1700000000} {})"},
        {Reason::Malformed, R"({"symbol":"A","open":1,"high":1,"low":1,"close":1,"volume":1,)"
                            R"("timestamp":1700000000,"timeframe":"7m"})"},
        {Reason::Unidentified, R"({"hello":"world"})"},
        {Reason::Unidentified, R"({"symbol":"A","price":null,"timestamp":1700000000})"},
        {Reason::UnsupportedMessage, R"({"type":"status","symbol":"A","action":"open"})"},
        {Reason::MissingField, R"({"type":"trade","symbol":"A","timestamp":1700000000})"},
        {Reason::BadNumber, R"({"symbol":"A","price":"a lot","timestamp":1700000000})"},
        {Reason::BadNumber, R"({"symbol":"A","fmv":1,"confidence":1.5,"timestamp":1700000000})"},
    };
    for (const auto& bad : lines) {
        const std::uint64_t before = harness.dropped(bad.reason);
        EXPECT_TRUE(harness.decode(bad.line).empty()) << bad.line;
        EXPECT_EQ(harness.dropped(bad.reason), before + 1) << bad.line;
    }
}

TEST_F(Ndjson, EscapedKeysAndTextsAreUnescaped) {
    const auto records =
        harness.decode(R"({"s\u0079mbol":"\u0041B","price":1,"timestamp":1700000000,"id":"a\"b"})");
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(harness.symbol(records[0]), "AB");
    EXPECT_EQ(records[0].trade().id.view(), "a\"b");
}

TEST(Csv, ColumnsAreFoundByTheirNames) {
    DecoderHarness harness(Format::Csv,
                           "timestamp,Symbol,price,volume,conditions,exchange,id,note");
    const auto records =
        harness.decode("2023-11-14T22:13:20Z,BRK.B,350.125,12.5,\"14,37\",12,77,\"a, b\"");
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(harness.symbol(records[0]), "BRK.B");
    EXPECT_EQ(records[0].trade().price.raw(), 350'125'000'000);
    EXPECT_EQ(records[0].trade().size.raw(), 12'500'000);
    EXPECT_EQ(records[0].trade().conditions.codes().size(), 2U);
    EXPECT_EQ(records[0].trade().id.view(), "77");
    EXPECT_EQ(to_ns(records[0].header().ts_event), 1'700'000'000'000'000'000);
}

TEST(Csv, BarsFairValuesAndMixedRows) {
    DecoderHarness bars(Format::Csv, "ticker,open,high,low,close,volume,timestamp");
    EXPECT_EQ(bars.decode("A,1,3,1,2,10,1700000000").at(0).bar().timeframe, Timeframe::Minute1);
    DecoderHarness values(Format::Csv, "symbol,fmv,market_price,timestamp");
    EXPECT_EQ(values.decode("A,1.5,2,1700000000").at(0).kind(), RecordKind::FairValue);
    DecoderHarness mixed(Format::Csv, "type,symbol,price,size,fmv,action,reason,timestamp");
    EXPECT_EQ(mixed.decode("trade,A,1.5,2,,,,1700000000").at(0).kind(), RecordKind::Trade);
    EXPECT_EQ(mixed.decode(",A,1.5,2,1.6,,,1700000000").at(0).kind(), RecordKind::FairValue);
    EXPECT_EQ(mixed.decode("status,A,,,,halt,T1,1700000000").at(0).status().action,
              TradingStatus::Action::Halt);
    EXPECT_TRUE(mixed.decode("x,A,,,,,,1700000000").empty());
    EXPECT_EQ(mixed.dropped(Reason::Unidentified), 1U);
}

TEST(Csv, AHeaderThatMakesNoRecordIsAnError) {
    SymbolCache symbols;
    RowLedger ledger;
    DecodeContext context(SourceId{0}, symbols, ledger);
    for (const std::string_view header :
         {"price,size,timestamp", "symbol,price", "symbol,timestamp", "symbol,bid,timestamp"}) {
        EXPECT_FALSE(make_line_decoder(Format::Csv, header, context).ok()) << header;
    }
}

}  // namespace
}  // namespace tickstock
