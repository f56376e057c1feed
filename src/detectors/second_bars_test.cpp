#include "detectors/second_bars.hpp"

#include <gtest/gtest.h>

#include "detectors/session_stats.hpp"

namespace tickstock {
namespace {

constexpr std::int64_t start = 1'709'650'800;  // s
const Eligibility all = Eligibility::all();
const Eligibility volume_only{Eligibility::volume_bit};
const Eligibility last_only{Eligibility::last_bit};

class SecondBarsTest : public ::testing::Test {
protected:
    /// A trade `at_ms` after the start, its record's clock at `clock_ms`.
    void trade(std::int64_t at_ms, std::int64_t clock_ms, std::int64_t cents, std::int64_t shares,
               Eligibility eligibility = all, std::uint32_t symbol = 0) {
        Trade result;
        result.header.symbol = SymbolId(symbol);
        result.header.ts_event = from_unix_second(start) + std::chrono::milliseconds(at_ms);
        result.price = Price::from_cents(cents);
        result.size = Size::from_shares(shares);
        IntakeNote note;
        note.eligibility = eligibility;
        note.period = MarketPeriod::Midday;
        bars_.on_trade(result, note, from_unix_second(start) + std::chrono::milliseconds(clock_ms));
    }
    std::vector<SecondBars::ClosedBar> close_next() {
        std::vector<SecondBars::ClosedBar> closed;
        bars_.close_next(closed);
        return closed;
    }
    std::int64_t next() const { return unix_second(bars_.next_deadline()) - start; }

    SecondBars bars_;
};

TEST_F(SecondBarsTest, FoldsASecond) {
    EXPECT_EQ(bars_.next_deadline(), time_never);
    trade(0, 0, 1000, 10);
    trade(500, 500, 1005, 20, volume_only);
    trade(999, 999, 1002, 30);
    EXPECT_EQ(next(), 1);
    const auto closed = close_next();
    ASSERT_EQ(closed.size(), 1U);
    EXPECT_EQ(closed[0].second, start);
    EXPECT_EQ(closed[0].close, Price::from_cents(1002));
    EXPECT_EQ(closed[0].volume, Size::from_shares(60));
    EXPECT_EQ(closed[0].period, MarketPeriod::Midday);
    EXPECT_EQ(bars_.next_deadline(), time_never);
    EXPECT_EQ(bars_.open_seconds(), 0U);
}

TEST_F(SecondBarsTest, ASecondWithoutACloseGivesItsVolumeToTheNextBar) {
    trade(0, 0, 1000, 10, volume_only);
    EXPECT_TRUE(close_next().empty());
    trade(5000, 5000, 1000, 20, volume_only);
    EXPECT_TRUE(close_next().empty());
    trade(9000, 9000, 1000, 5, last_only);
    const auto closed = close_next();
    ASSERT_EQ(closed.size(), 1U);
    EXPECT_EQ(closed[0].volume, Size::from_shares(30));
    trade(10'000, 10'000, 1000, 7);
    EXPECT_EQ(close_next()[0].volume, Size::from_shares(7));
}

TEST_F(SecondBarsTest, TheNextSessionGetsNothingOfTheOldOnes) {
    trade(0, 0, 1000, 10, volume_only);
    EXPECT_TRUE(close_next().empty());
    bars_.reset(SymbolId(0));
    trade(1000, 1000, 1000, 1);
    EXPECT_EQ(close_next()[0].volume, Size::from_shares(1));
}

TEST_F(SecondBarsTest, ATradeForAClosedSecondIsLate) {
    trade(0, 999, 1000, 1);
    trade(500, 1000, 2000, 1);  // the clock has reached the second's end
    EXPECT_EQ(bars_.late_trades(), 1U);
    EXPECT_EQ(close_next()[0].close, Price::from_cents(1000));
}

TEST_F(SecondBarsTest, SeveralSecondsOfASymbolMayBeOpen) {
    trade(2000, 0, 1002, 1);
    trade(0, 0, 1000, 1);
    trade(1000, 0, 1001, 1);
    trade(200'000, 0, 1200, 1);
    trade(500, 0, 1010, 1);
    EXPECT_EQ(bars_.open_seconds(), 4U);
    for (const std::int64_t cents : {1010, 1001, 1002, 1200}) {
        const auto closed = close_next();
        ASSERT_EQ(closed.size(), 1U);
        EXPECT_EQ(closed[0].close, Price::from_cents(cents));
    }
    EXPECT_EQ(bars_.open_seconds(), 0U);
    EXPECT_EQ(bars_.bars_closed(), 4U);
}

TEST_F(SecondBarsTest, ClosingASymbolGoesInOrderAndLeavesTheOthersOpen) {
    trade(3000, 0, 1003, 1);
    trade(1000, 0, 1001, 1);
    trade(2000, 0, 1002, 1);
    trade(1000, 0, 5000, 1, all, 9);
    std::vector<SecondBars::ClosedBar> closed;
    bars_.close_symbol(SymbolId(0), closed);
    ASSERT_EQ(closed.size(), 3U);
    EXPECT_EQ(closed[0].second, start + 1);
    EXPECT_EQ(closed[1].second, start + 2);
    EXPECT_EQ(closed[2].second, start + 3);
    bars_.close_symbol(SymbolId(0), closed);
    bars_.close_symbol(SymbolId(1000), closed);
    EXPECT_EQ(closed.size(), 3U);
    EXPECT_EQ(bars_.open_seconds(), 1U);
    closed.clear();
    while (bars_.next_deadline() != time_never) {  // stale entries do nothing
        bars_.close_next(closed);
    }
    ASSERT_EQ(closed.size(), 1U);
    EXPECT_EQ(closed[0].symbol, SymbolId(9));
}

TEST_F(SecondBarsTest, AbsurdSizesDoNotOverflow) {
    const std::int64_t greatest = INT64_MAX / Size::units_per_share;
    trade(0, 0, 1000, greatest, volume_only);
    trade(1, 1, 1000, greatest, volume_only);
    EXPECT_TRUE(close_next().empty());
    trade(1000, 1000, 1000, greatest, volume_only);
    EXPECT_TRUE(close_next().empty());
    trade(2000, 2000, 1000, greatest);
    EXPECT_EQ(close_next()[0].volume.raw(), INT64_MAX);

    SessionStats stats;
    const Price dear = Price::from_raw(Price::limit_raw - 1);
    for (int i = 0; i < 5; ++i) {
        stats.add_volume(dear, Size::from_raw(INT64_MAX));
    }
    EXPECT_EQ(stats.volume_trades, 1U);
    EXPECT_NEAR(stats.vwap(), dear.to_double(), 1e-3);
    stats.add_volume(dear, Size::from_raw(0));
    EXPECT_EQ(stats.volume_trades, 2U);
}

TEST_F(SecondBarsTest, TheEdgeOfTheNearSecondsIsNoSpecialPlace) {
    for (const std::int64_t second : {0, 63, 64, 65, 127, 128}) {
        trade(second * 1000, 0, 1000 + second, 1);
    }
    for (const std::int64_t second : {0, 63, 64, 65, 127, 128}) {
        ASSERT_EQ(next(), second + 1);
        const auto closed = close_next();
        ASSERT_EQ(closed.size(), 1U) << second;
        EXPECT_EQ(closed[0].close, Price::from_cents(1000 + second));
    }
}

/// As another shard would take it over.
SecondBars moved(SecondBars& from, SymbolId symbol) {
    StateWriter out;
    from.save_symbol(symbol, out);
    from.forget_symbol(symbol);
    SecondBars to;
    StateReader in(out.text());
    to.load_symbol(symbol, in);
    EXPECT_TRUE(in.ok() && in.at_end());
    return to;
}

TEST_F(SecondBarsTest, ASymbolMovesWithItsOpenSeconds) {
    trade(0, 0, 1000, 40, volume_only);
    EXPECT_TRUE(close_next().empty());  // 40 shares are carried
    for (const std::int64_t ms : {3000, 1000, 200'000, 5000}) {
        trade(ms, 1000, 1000 + ms / 1000, 1);
    }
    trade(2000, 1000, 5000, 1, all, 9);
    SecondBars other = moved(bars_, SymbolId(0));
    EXPECT_EQ(bars_.open_seconds(), 1U);
    EXPECT_EQ(bars_.next_deadline(), from_unix_second(start + 3));
    EXPECT_EQ(close_next()[0].symbol, SymbolId(9));
    EXPECT_EQ(bars_.next_deadline(), time_never);

    EXPECT_EQ(other.open_seconds(), 4U);
    std::int64_t carried = 40;
    for (const std::int64_t second : {1, 3, 5, 200}) {
        EXPECT_EQ(other.next_deadline(), from_unix_second(start + second + 1));
        std::vector<SecondBars::ClosedBar> closed;
        other.close_next(closed);
        ASSERT_EQ(closed.size(), 1U);
        EXPECT_EQ(closed[0].volume, Size::from_shares(1 + carried));
        carried = 0;
    }
    EXPECT_EQ(other.next_deadline(), time_never);
}

TEST_F(SecondBarsTest, TotalsAreAdded) {
    trade(0, 0, 1000, 1);
    trade(500, 1000, 1000, 1);  // late
    close_next();
    StateWriter out;
    bars_.save_totals(out);
    StateReader in(out.text());
    bars_.add_totals(in);
    EXPECT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(bars_.bars_closed(), 2U);
    EXPECT_EQ(bars_.late_trades(), 2U);
}

}  // namespace
}  // namespace tickstock
