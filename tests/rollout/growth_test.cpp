// A share that grows keeps every symbol that it had: over phases, percentages, starts, and when
// symbols become of another risk meanwhile.

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rollout/expected_fallbacks.hpp"
#include "rollout/rig.hpp"

namespace tickstock::rollout_walk {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t symbols = 400;
constexpr std::size_t trades_a_day = 3;
constexpr std::size_t day_records = symbols * trades_a_day;

SymbolText name_of(std::uint32_t symbol) {
    return SymbolText(fmt::format("S{:03}", symbol));
}

/// Days of trades at one price. A quarter of the symbols is of medium risk and a quarter of high
/// risk by their volume; on the third day a quarter of the others, too.
RecordBatch days_of_trades(int days) {
    RecordBatch tape;
    for (std::uint32_t symbol = 0; symbol < symbols; ++symbol) {
        tape.new_symbols.push_back(name_of(symbol));
    }
    for (int day = 0; day < days; ++day) {
        const int weekend = day >= 4 ? 2 : 0;  // the first one is a Tuesday
        UnixNanos at = from_unix_second(testing::ten_o_clock) + 24h * (day + weekend);
        for (std::size_t i = 0; i < day_records; ++i) {
            const auto symbol = static_cast<std::uint32_t>(i % symbols);
            const bool grown = day >= 2 && symbol % 8 == 2;
            Trade trade;
            trade.header.symbol = SymbolId{symbol};
            trade.header.ts_event = trade.header.ts_recv = at;
            trade.price = Price::from_cents(5'000);
            trade.size = Size::from_shares(symbol % 4 == 0   ? 5'000'000
                                           : symbol % 4 == 1 ? 1'000'000
                                           : grown           ? 90'000'000
                                                             : 1'000);
            tape.records.emplace_back(trade);
            at += 2s;
        }
    }
    return tape;
}

std::set<std::string> selected(Life& life) {
    const auto known = read_rollout(life.bench.disk, life.bench.config);
    std::set<std::string> names;
    for (std::uint32_t symbol = 0; symbol < symbols; ++symbol) {
        if (known.changes.back().second.selection.selects(name_of(symbol))) {
            names.emplace(name_of(symbol).view());
        }
    }
    return names;
}

void expect_keeps(const std::set<std::string>& before, const std::set<std::string>& after) {
    std::vector<std::string> gone;
    std::ranges::set_difference(before, after, std::back_inserter(gone));
    EXPECT_TRUE(gone.empty()) << gone.size() << " symbols are gone, " << gone.front()
                              << " among them";
}

/// Two days are known, and the statistics have come to the control.
void open_with_statistics(Life& life) {
    life.open();
    life.run_to(2 * day_records + symbols);
    life.bench.pass(65s, 1s);
}

TEST(RolloutGrowth, PhasesKeepEverySymbolOverKillsAndOtherRisks) {
    const RecordBatch tape = days_of_trades(5);
    const auto linear = linear_run(tape);
    Life life(tape, 2);
    open_with_statistics(life);
    const RolloutStatus known = life.rollout();
    EXPECT_EQ(known.symbols_by_tier[0] + known.symbols_by_tier[1] + known.symbols_by_tier[2],
              symbols);
    life.must(advance());
    life.run_on(100);
    life.bench.status();
    life.must(advance());
    const auto one = selected(life);
    EXPECT_EQ(one.size(), 4U) << "1 % of 400";
    for (const std::string& name : one) {
        EXPECT_GE(std::stoi(name.substr(1)) % 4, 2) << name << " is not of low risk";
    }
    // The third day ends: some of low risk are of high risk from now on.
    life.run_to(4 * day_records);
    life.bench.pass(65s, 1s);
    life.restart(Life::End::Kill);
    EXPECT_EQ(selected(life), one);
    EXPECT_EQ(life.rollout().symbols_multi_channel, 4U);
    life.must(advance());
    const auto ten = selected(life);
    EXPECT_EQ(ten.size(), 40U);
    expect_keeps(one, ten);
    life.run_to(4 * day_records + symbols);
    EXPECT_EQ(life.rollout().symbols_multi_channel, 40U);
    life.bench.pass(65s, 1s);
    life.restart(Life::End::Stop);
    EXPECT_EQ(selected(life), ten);
    EXPECT_EQ(life.rollout().symbols_multi_channel, 40U);
    life.run_on(symbols);
    life.bench.status();
    life.must(advance());
    const auto all = selected(life);
    EXPECT_EQ(all.size(), symbols);
    life.run_to_end();
    life.expect_linear(linear);
}

TEST(RolloutGrowth, EveryPercentageKeepsThoseBelowIt) {
    const RecordBatch tape = days_of_trades(4);
    Life life(tape);
    open_with_statistics(life);
    life.must(advance());
    life.run_on(100);
    life.bench.status();
    life.must(advance());
    auto before = selected(life);
    for (const double percentage : {1.5, 3.0, 7.0, 10.0, 12.0, 30.0, 55.0, 80.0, 99.0, 100.0}) {
        SCOPED_TRACE(percentage);
        life.run_on(37);
        life.bench.pass(65s, 1s);
        life.must(share(percentage));
        const auto now = selected(life);
        expect_keeps(before, now);
        EXPECT_NEAR(static_cast<double>(now.size()), symbols * percentage / 100, 2.0);
        if (percentage == 10.0 || percentage == 55.0) {
            life.restart(Life::End::Kill);
            EXPECT_EQ(selected(life), now);
        }
        before = now;
    }
    EXPECT_EQ(before.size(), symbols);
}

TEST(RolloutGrowth, NamedAndExcludedSymbolsStandAboveThePercentage) {
    const RecordBatch tape = days_of_trades(3);
    const auto linear = linear_run(tape);
    Life life(tape, 2);
    life.open();
    life.run_to(symbols);
    life.must(advance());
    life.run_on(50);
    life.bench.status();
    SetRolloutFlags named;
    named.rollout_tickers = {name_of(0), name_of(1), name_of(2)};
    named.excluded_tickers = {name_of(1)};
    life.must(set_flags(named));
    life.must(advance());
    life.run_on(symbols);
    EXPECT_EQ(life.rollout().symbols_multi_channel, 2U) << "statistics are not known yet";
    life.must(share(100));
    EXPECT_EQ(life.rollout().symbols_multi_channel, symbols - 1);
    life.must(share(0));
    EXPECT_EQ(life.rollout().symbols_multi_channel, 2U);
    life.restart(Life::End::Kill);
    EXPECT_EQ(life.rollout().symbols_multi_channel, 2U);
    life.run_to_end();
    life.expect_linear(linear);
}

}  // namespace
}  // namespace tickstock::rollout_walk
