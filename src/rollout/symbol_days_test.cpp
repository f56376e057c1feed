#include "rollout/symbol_days.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace tickstock {
namespace {

Trade trade_of(std::uint32_t symbol, std::int64_t cents, std::int64_t shares) {
    Trade trade;
    trade.header.symbol = SymbolId{symbol};
    trade.price = Price::from_cents(cents);
    trade.size = Size::from_shares(shares);
    return trade;
}

IntakeNote note_of(std::int64_t day, TradingSession session = TradingSession::Regular) {
    IntakeNote note;
    note.session_key = day * 10 + static_cast<std::int64_t>(session);
    note.session = session;
    note.eligibility = Eligibility::all();
    return note;
}

std::vector<std::pair<SymbolId, SymbolStatistics>> all_of(const SymbolDays& days) {
    std::vector<std::pair<SymbolId, SymbolStatistics>> all;
    days.for_each(
        [&](SymbolId symbol, const SymbolStatistics& means) { all.emplace_back(symbol, means); });
    return all;
}

TEST(SymbolDays, ASessionCountsOnceItIsOver) {
    SymbolDays days;
    days.on_trade(trade_of(3, 1'000, 200), note_of(1));
    days.on_trade(trade_of(3, 1'100, 300), note_of(1));
    days.on_trade(trade_of(3, 990, 100), note_of(1));
    days.on_event(SymbolId{3});
    days.on_event(SymbolId{3});
    EXPECT_TRUE(all_of(days).empty());
    days.on_trade(trade_of(3, 5'000, 9'000), note_of(1, TradingSession::After));
    const auto all = all_of(days);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].first, SymbolId{3});
    EXPECT_EQ(all[0].second.days, 1U);
    EXPECT_DOUBLE_EQ(all[0].second.daily_volume, 600);
    EXPECT_NEAR(all[0].second.daily_volatility, 1.1 / 9.9, 1e-6);
    EXPECT_DOUBLE_EQ(all[0].second.daily_events, 2);
}

TEST(SymbolDays, TheLastTwentyCount) {
    SymbolDays days;
    for (std::int64_t day = 1; day <= 30; ++day) {
        days.on_trade(trade_of(0, 1'000, day), note_of(day));
    }
    days.on_trade(trade_of(0, 1'000, 7), note_of(31));
    const auto all = all_of(days);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].second.days, 20U);
    EXPECT_NEAR(all[0].second.daily_volume, (11 + 30) / 2.0, 1e-4);
}

TEST(SymbolDays, CorrectionsAndIneligibleTradesSayNothing) {
    SymbolDays days;
    Trade correction = trade_of(0, 9'900, 1'000'000);
    correction.correction = 1;
    days.on_trade(trade_of(0, 1'000, 5), note_of(1));
    days.on_trade(correction, note_of(1));
    IntakeNote odd_lot = note_of(1);
    odd_lot.eligibility = Eligibility();
    days.on_trade(trade_of(0, 2'000, 50), odd_lot);
    days.on_trade(trade_of(0, 1'000, 5), note_of(2));
    const auto all = all_of(days);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_DOUBLE_EQ(all[0].second.daily_volume, 5);
    EXPECT_DOUBLE_EQ(all[0].second.daily_volatility, 0);
}

TEST(SymbolDays, StateGoesAndComesBack) {
    SymbolDays days;
    days.on_trade(trade_of(2, 1'000, 5), note_of(1));
    days.on_trade(trade_of(2, 1'000, 6), note_of(2));
    StateWriter out;
    days.save_symbol(SymbolId{2}, out);
    SymbolDays other;
    StateReader in(out.text());
    other.load_symbol(SymbolId{9}, in);
    EXPECT_TRUE(in.ok() && in.at_end());
    other.on_trade(trade_of(9, 1'000, 5), note_of(3));
    ASSERT_EQ(all_of(other).size(), 1U);
    EXPECT_EQ(all_of(other)[0].second.days, 2U);
    other.forget_symbol(SymbolId{9});
    EXPECT_TRUE(all_of(other).empty());
    StateReader cut(std::string_view(out.text()).substr(0, 20));
    other.load_symbol(SymbolId{1}, cut);
    EXPECT_FALSE(cut.ok());
}

}  // namespace
}  // namespace tickstock
