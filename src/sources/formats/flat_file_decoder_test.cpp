#include "sources/formats/flat_file_decoder.hpp"

#include <gtest/gtest.h>

#include "sources/files/test_support.hpp"

namespace tickstock {
namespace {

constexpr std::string_view trades_header =
    "ticker,conditions,correction,exchange,id,participant_timestamp,price,sequence_number,"
    "sip_timestamp,size,tape,trf_id,trf_timestamp";
constexpr std::string_view quotes_header =
    "ticker,ask_exchange,ask_price,ask_size,bid_exchange,bid_price,bid_size,conditions,indicators,"
    "participant_timestamp,sequence_number,sip_timestamp,tape,trf_timestamp";
constexpr std::string_view bars_header =
    "ticker,volume,open,close,high,low,window_start,transactions";

TEST(FlatTrades, AllColumnsReachTheRecord) {
    DecoderHarness harness(Format::PolygonTradesCsv, trades_header);
    const auto records = harness.decode(
        "ABC,\"12,37\",2,4,71697245,1762349000123456789,10.001500,8812,1762349001000000001,"
        "0.001500,3,202,1762349000900000000");
    ASSERT_EQ(records.size(), 1U);
    const Trade& trade = records[0].trade();
    EXPECT_EQ(records[0].kind(), RecordKind::Trade);
    EXPECT_EQ(harness.symbol(records[0]), "ABC");
    EXPECT_EQ(trade.header.source, SourceId{3});
    EXPECT_EQ(trade.header.source_kind, SourceKind::Tick);
    EXPECT_EQ(to_ns(trade.header.ts_event), 1762349001000000001);
    EXPECT_EQ(trade.header.ts_recv, trade.header.ts_event);
    EXPECT_EQ(to_ns(trade.ts_execution), 1762349000123456789);
    EXPECT_EQ(trade.header.source_sequence, 8812U);
    EXPECT_EQ(trade.price.raw(), 10'001'500'000);
    EXPECT_EQ(trade.size.raw(), 1500);
    EXPECT_EQ(trade.correction, Trade::correction_cancel);
    EXPECT_EQ(trade.exchange, 4);
    EXPECT_EQ(trade.tape, 3);
    EXPECT_EQ(trade.id.view(), "71697245");
    ASSERT_EQ(trade.conditions.codes().size(), 2U);
    EXPECT_EQ(trade.conditions.codes()[0], 12);
    EXPECT_EQ(trade.conditions.codes()[1], 37);
}

TEST(FlatTrades, ColumnsMayStandInAnyOrderAndOptionalOnesMayBeAbsent) {
    DecoderHarness harness(Format::PolygonTradesCsv, "size,sip_timestamp,color,price,ticker");
    const auto records = harness.decode("100,1381132800464000000,red,167.41,SPY");
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(harness.symbol(records[0]), "SPY");
    EXPECT_EQ(records[0].trade().ts_execution, time_unknown);
    EXPECT_TRUE(records[0].trade().conditions.empty());
    EXPECT_TRUE(records[0].trade().id.empty());
}

struct BadRow {
    Reason reason;
    std::string_view row;
};

TEST(FlatTrades, BadRowsAreCountedByReasonAndHarmNoOther) {
    static constexpr BadRow rows[] = {
        {Reason::Malformed, "SPY,,0,11,1,1381132800464000000,167.41,1,1381132800464000000,100,2,0"},
        {Reason::Malformed,
         "SPY,,0,11,1,1381132800464000000,167.41,1,1381132800464000000,1,2,0,0,"},
        {Reason::Malformed, "SPY,\"12,0,11,1,1381132800464000000,1,1,1381132800464000000,1,2,0,0"},
        {Reason::Malformed, "garbage"},
        {Reason::BadNumber, "SPY,,0,11,1,0,NaN,1,1381132800464000000,100,2,0,0"},
        {Reason::BadNumber, "SPY,,0,11,1,0,1.1,1,yesterday,100,2,0,0"},
        {Reason::BadNumber, "SPY,,0,1100,1,0,1.1,1,1381132800464000000,100,2,0,0"},
        {Reason::BadNumber, "SPY,,x,11,1,0,1.1,1,1381132800464000000,100,2,0,0"},
        {Reason::MissingField, "SPY,,0,11,1,0,,1,1381132800464000000,100,2,0,0"},
        {Reason::MissingField, ",,0,11,1,0,1.1,1,1381132800464000000,100,2,0,0"},
        {Reason::MissingField, "SPY,,0,11,1,0,1.1,1,,100,2,0,0"},
        {Reason::PriceOutOfRange, "SPY,,0,11,1,0,0,1,1381132800464000000,100,2,0,0"},
        {Reason::PriceOutOfRange, "SPY,,0,11,1,0,-3,1,1381132800464000000,100,2,0,0"},
        {Reason::SizeOutOfRange, "SPY,,0,11,1,0,3,1,1381132800464000000,-100,2,0,0"},
        {Reason::TimeOutOfRange, "SPY,,0,11,1,0,3,1,381132800,100,2,0,0"},
        {Reason::BadSymbol, "A\tB,,0,11,1,0,3,1,1381132800464000000,100,2,0,0"},
        {Reason::BadSymbol, "SEVENTEENLETTERSX,,0,11,1,0,3,1,1381132800464000000,100,2,0,0"},
        {Reason::BadSymbol, "\xc3\x84,,0,11,1,0,3,1,1381132800464000000,100,2,0,0"},
        {Reason::TooManyConditions,
         "SPY,\"1,2,3,4,5,6,7,8,9\",0,11,1,0,3,1,1381132800464000000,100,2,0,0"},
        {Reason::TradeIdTooLong,
         "SPY,,0,11,123456789012345678901234567890123456789012,0,3,1,1381132800464000000,1,2,0,0"},
    };
    DecoderHarness harness(Format::PolygonTradesCsv, trades_header);
    for (const BadRow& bad : rows) {
        const std::uint64_t before = harness.dropped(bad.reason);
        EXPECT_TRUE(harness.decode(bad.row).empty()) << bad.row;
        EXPECT_EQ(harness.dropped(bad.reason), before + 1) << bad.row;
        EXPECT_EQ(harness
                      .decode("SPY,,0,11,1,1381132800464000000,167.41,1,1381132800464000000,100,2,"
                              "0,0")
                      .size(),
                  1U);
    }
    EXPECT_EQ(harness.ledger.counts().out, std::size(rows));
    EXPECT_EQ(harness.symbols.size(), 1U) << "a rejected row interns no symbol";
}

TEST(FlatTrades, ASixteenByteSymbolAndALongIdFit) {
    DecoderHarness harness(Format::PolygonTradesCsv, trades_header);
    const auto records = harness.decode(
        "SIXTEENLETTERSXX,,0,11,12345678901234567890123456789012345678901,0,3,1,"
        "1381132800464000000,100,2,0,0");
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(harness.symbol(records[0]), "SIXTEENLETTERSXX");
    EXPECT_EQ(records[0].trade().id.view().size(), TradeId::max_length);
}

TEST(FlatQuotes, SizesCountLotsUntilTheVendorChangedTheUnit) {
    DecoderHarness harness(Format::PolygonQuotesCsv, quotes_header);
    const auto old = harness.decode(
        "MSFT,7,114.128,160,4,114.125,100,1,604,1536036818784000000,50385480,1536036818784000000,3,"
        "0");
    ASSERT_EQ(old.size(), 1U);
    const Quote& quote = old[0].quote();
    EXPECT_EQ(quote.bid.raw(), 114'125'000'000);
    EXPECT_EQ(quote.ask.raw(), 114'128'000'000);
    EXPECT_EQ(quote.bid_size, Size::from_shares(10'000));
    EXPECT_EQ(quote.ask_size, Size::from_shares(16'000));
    EXPECT_EQ(quote.bid_exchange, 4);
    EXPECT_EQ(quote.ask_exchange, 7);
    EXPECT_EQ(quote.condition, 1);
    EXPECT_EQ(quote.tape, 3);
    EXPECT_EQ(quote.header.source_sequence, 50385480U);
    const auto last_lots = harness.decode("MSFT,7,114.2,2,4,114.1,1,,,0,1,1762145999999999999,3,0");
    const auto first_shares =
        harness.decode("MSFT,7,114.2,200,4,114.1,100,,,0,1,1762146000000000000,3,0");
    EXPECT_EQ(last_lots.at(0).quote().bid_size, Size::from_shares(100));
    EXPECT_EQ(first_shares.at(0).quote().bid_size, Size::from_shares(100));
    harness.context->quote_sizes = QuoteSizeRule::Shares;
    EXPECT_EQ(
        harness.decode("MSFT,7,1,2,4,1,5,,,0,1,1536036818784000000,3,0").at(0).quote().bid_size,
        Size::from_shares(5));
}

TEST(FlatQuotes, OneSideMayBeMissingButNotBoth) {
    DecoderHarness harness(Format::PolygonQuotesCsv, quotes_header);
    const auto records = harness.decode("A,0,0,0,4,1.5,1,,,0,1,1536036818784000000,3,0");
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].quote().ask, Price{});
    EXPECT_TRUE(harness.decode("A,0,,0,4,,1,,,0,1,1536036818784000000,3,0").empty());
    EXPECT_TRUE(harness.decode("A,0,-1,0,4,1,1,,,0,1,1536036818784000000,3,0").empty());
    EXPECT_EQ(harness.dropped(Reason::MissingField), 1U);
    EXPECT_EQ(harness.dropped(Reason::PriceOutOfRange), 1U);
}

TEST(FlatBars, TheVendorsOrderIsOpenCloseHighLow) {
    DecoderHarness harness(Format::PolygonMinuteCsv, bars_header);
    const auto records = harness.decode("AIG,3200,48.87,48.83,48.90,48.80,1381132980000000000,4");
    ASSERT_EQ(records.size(), 1U);
    const Bar& bar = records[0].bar();
    EXPECT_EQ(bar.header.source_kind, SourceKind::Ohlcv);
    EXPECT_EQ(bar.open, Price::from_cents(4887));
    EXPECT_EQ(bar.close, Price::from_cents(4883));
    EXPECT_EQ(bar.high, Price::from_cents(4890));
    EXPECT_EQ(bar.low, Price::from_cents(4880));
    EXPECT_EQ(bar.volume, Size::from_shares(3200));
    EXPECT_EQ(bar.transactions, 4U);
    EXPECT_EQ(bar.timeframe, Timeframe::Minute1);
    EXPECT_EQ(to_ns(bar.header.ts_event), 1381132980000000000);
    EXPECT_FALSE(bar.has_percent_change);
    DecoderHarness days(Format::PolygonDayCsv, bars_header);
    EXPECT_EQ(days.decode("AIG,1,2,2,2,2,1381118400000000000,4").at(0).bar().timeframe,
              Timeframe::Day1);
}

TEST(FlatBars, InconsistentBarsAndBlankPricesAreRefused) {
    DecoderHarness harness(Format::PolygonMinuteCsv, bars_header);
    EXPECT_TRUE(harness.decode("A,1,2,3,2.5,1,1381132980000000000,4").empty());
    EXPECT_TRUE(harness.decode("A,1,2,3,4,2.5,1381132980000000000,4").empty());
    EXPECT_EQ(harness.dropped(Reason::BarInconsistent), 2U);
    EXPECT_TRUE(harness.decode("A,1,,,,,1381132980000000000,4").empty());
    EXPECT_EQ(harness.dropped(Reason::MissingField), 1U);
}

TEST(FlatFiles, AMissingColumnIsNamed) {
    SymbolCache symbols;
    RowLedger ledger;
    DecodeContext context(SourceId{0}, symbols, ledger);
    const auto decoder = make_line_decoder(Format::PolygonTradesCsv, "ticker,price,size", context);
    ASSERT_FALSE(decoder.ok());
    EXPECT_EQ(decoder.error().message, "no column 'sip_timestamp', which polygon-trades-csv needs");
}

TEST(FlatFiles, TheFirstRejectOfEachReasonIsToldWithItsPosition) {
    std::vector<std::string> told;
    SymbolCache symbols;
    RowLedger ledger("day.csv", [&](const Reject& reject) {
        told.push_back(std::string(reject.file) + ":" + std::to_string(reject.line) + "@" +
                       std::to_string(reject.byte) + " " + std::string(to_string(reject.reason)) +
                       " " + std::string(reject.excerpt));
    });
    ledger.at(7, 420);
    ledger.reject(Reason::BadNumber, "row");
    ledger.at(8, 440);
    ledger.reject(Reason::BadNumber, "row");
    ledger.reject(Reason::Malformed, std::string(500, 'x'));
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0], "day.csv:7@420 bad_number row");
    EXPECT_EQ(told[1].size(), std::string("day.csv:8@440 malformed ").size() + 200);
}

}  // namespace
}  // namespace tickstock
