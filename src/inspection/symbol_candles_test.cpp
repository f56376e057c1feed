// Candles against a slow count of the same prints, and against bars that somebody else counted.

#include "inspection/symbol_candles.hpp"

#include <gtest/gtest.h>

#include <map>

#include "engine/test_market.hpp"

namespace tickstock {
namespace {

using testing::lively_tape;
using testing::ten_o_clock;

SymbolCandles fresh(const PipelineSettings& settings = {}) {
    return SymbolCandles(CandleRules::make(settings).value());
}

Record print_at(Nanos after, std::int64_t cents, std::int64_t shares = 100) {
    Trade trade;
    trade.header.ts_event = trade.header.ts_recv = from_unix_second(ten_o_clock) + after;
    trade.price = Price::from_cents(cents);
    trade.size = Size::from_shares(shares);
    return Record(trade);
}

using std::chrono::seconds;

TEST(SymbolCandles, AreThePrintsOfTheirStretch) {
    SymbolCandles candles = fresh();
    candles.take(print_at(seconds(1), 1000));
    candles.take(print_at(seconds(20), 1030, 300));
    candles.take(print_at(seconds(40), 990));
    candles.take(print_at(seconds(61), 1010));
    const auto minutes = candles.candles(60, 10, 0);
    ASSERT_EQ(minutes.size(), 2U);
    EXPECT_EQ(minutes[0].start, ten_o_clock);
    EXPECT_EQ(minutes[0].open, Price::from_cents(1000));
    EXPECT_EQ(minutes[0].high, Price::from_cents(1030));
    EXPECT_EQ(minutes[0].low, Price::from_cents(990));
    EXPECT_EQ(minutes[0].close, Price::from_cents(990));
    EXPECT_EQ(minutes[0].volume, Size::from_shares(500).raw());
    EXPECT_EQ(minutes[0].trades, 3U);
    EXPECT_EQ(candles.candles(15, 10, 0).size(), 4U);
    EXPECT_EQ(candles.candles(60, 1, 0).front().start, ten_o_clock + 60);
    EXPECT_EQ(candles.candles(60, 10, ten_o_clock + 60).size(), 1U);
    ASSERT_TRUE(candles.session());
    EXPECT_EQ(candles.session()->figures.open, Price::from_cents(1000));
    EXPECT_EQ(candles.session()->session, TradingSession::Regular);
}

TEST(SymbolCandles, TakeAPrintWhereThePipelineDoes) {
    SymbolCandles candles = fresh();
    candles.take(print_at(seconds(1), 1000));
    Trade volume_only = print_at(seconds(2), 5000).trade();
    volume_only.conditions.add(2);
    candles.take(Record(volume_only));
    candles.take(print_at(seconds(3), 9000));  // the guard's
    Trade late = print_at(seconds(4), 1200).trade();
    late.ts_execution = late.header.ts_event - std::chrono::hours(1);
    candles.take(Record(late));
    Trade nothing = print_at(seconds(5), 1000).trade();
    nothing.conditions.add(15);
    candles.take(Record(nothing));
    Trade correction = print_at(seconds(6), 1000).trade();
    correction.correction = Trade::correction_cancel;
    candles.take(Record(correction));
    const auto minute = candles.candles(60, 10, 0).at(0);
    EXPECT_EQ(minute.high, Price::from_cents(1000));
    EXPECT_EQ(minute.close, Price::from_cents(1000));
    EXPECT_EQ(minute.volume, Size::from_shares(300).raw());
    EXPECT_EQ(minute.trades, 3U);
}

TEST(SymbolCandles, AStretchOfVolumeAloneHasTheCloseBefore) {
    SymbolCandles candles = fresh();
    Trade volume_only = print_at(seconds(1), 5000).trade();
    volume_only.conditions.add(2);
    candles.take(Record(volume_only));
    EXPECT_TRUE(candles.candles(60, 10, 0).empty());  // no price is known
    candles.take(print_at(seconds(70), 1000));
    volume_only.header.ts_event += seconds(140);
    candles.take(Record(volume_only));
    const auto minutes = candles.candles(60, 10, 0);
    ASSERT_EQ(minutes.size(), 2U);
    EXPECT_EQ(minutes[1].open, Price::from_cents(1000));
    EXPECT_EQ(minutes[1].high, Price::from_cents(1000));
    EXPECT_EQ(minutes[1].volume, Size::from_shares(100).raw());
}

TEST(SymbolCandles, OfBarsWhereThereIsNothingElse) {
    SymbolCandles candles = fresh();
    const auto bar_at = [](std::int64_t minute, std::int64_t cents) {
        Bar bar;
        bar.header.ts_event = bar.header.ts_recv = from_unix_second(ten_o_clock + 60 * minute);
        bar.open = Price::from_cents(cents);
        bar.close = Price::from_cents(cents + 5);
        bar.high = Price::from_cents(cents + 10);
        bar.low = Price::from_cents(cents - 10);
        bar.volume = Size::from_shares(1000);
        bar.vwap = Price::from_cents(cents);
        return Record(bar);
    };
    for (std::int64_t minute = 0; minute < 10; ++minute) {
        candles.take(bar_at(minute, 1000 + minute));
    }
    candles.take(bar_at(9, 2000));  // told again
    EXPECT_TRUE(candles.candles(15, 10, 0).empty());
    EXPECT_EQ(candles.candles(60, 100, 0).size(), 10U);
    const auto fives = candles.candles(300, 10, 0);
    ASSERT_EQ(fives.size(), 2U);
    EXPECT_EQ(fives[0].open, Price::from_cents(1000));
    EXPECT_EQ(fives[0].close, Price::from_cents(1009));
    EXPECT_EQ(fives[1].high, Price::from_cents(2010));
    EXPECT_EQ(fives[1].volume, Size::from_shares(5000).raw());
    EXPECT_EQ(candles.session()->figures.volume, Size::from_shares(10'000).raw());
    candles.take(print_at(seconds(1), 1000));
    EXPECT_EQ(candles.candles(60, 100, 0).size(), 1U);  // a trade is worth more than any bar
}

TEST(SymbolCandles, AddUpToTheSecondsOfAnyTape) {
    SymbolCandles candles = fresh();
    std::map<std::int64_t, Candle> minutes;
    for (const Record& record : lively_tape(7, 1'500, 1).records) {
        if (record.kind() == RecordKind::Trade) {
            candles.take(record);
        }
    }
    for (const Candle& second : candles.candles(1, 1'000, 0)) {
        const std::int64_t start = candle_start(second.start, 60);
        minutes[start].start = start;
        minutes[start].append(second);
    }
    const auto found = candles.candles(60, 1'000, 0);
    ASSERT_GT(found.size(), 3U);
    for (std::size_t i = 1; i < found.size(); ++i) {  // the first second may have had no price
        const Candle& slow = minutes[found[i].start];
        EXPECT_EQ(found[i].volume, slow.volume);
        EXPECT_EQ(found[i].trades, slow.trades);
        EXPECT_EQ(found[i].close, slow.close);
        EXPECT_EQ(found[i].notional, slow.notional);
    }
}

TEST(SymbolCandles, AnOlderPrintGoesToItsOwnCandle) {
    SymbolCandles candles = fresh();
    candles.take(print_at(seconds(130), 1000));
    candles.take(print_at(seconds(10), 1001));
    candles.take(print_at(seconds(70), 1002));
    const auto found = candles.candles(60, 10, 0);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[1].close, Price::from_cents(1002));
}

}  // namespace
}  // namespace tickstock
