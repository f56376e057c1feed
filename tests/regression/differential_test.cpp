// The engine against the naive oracle (tests/support/naive_session_market.hpp): the same records
// in, the same events out, field by field and in the same order, whatever the batches and the
// shards.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "detectors/second_bars.hpp"
#include "intake/intake.hpp"
#include "regression/fact_comparison.hpp"
#include "regression/random_tape.hpp"
#include "regression/recorded_trades.hpp"
#include "support/engine_run.hpp"
#include "support/naive_session_market.hpp"

namespace tickstock::naive {
namespace {

// ---------------------------------------------------------------- running the engine

/// Trends and surges are trend_surge_test.cpp's.
PipelineSettings high_low_alone() {
    PipelineSettings settings;
    settings.trend.enabled = false;
    settings.surge.enabled = false;
    settings.bars.enabled = false;
    settings.valuation.enabled = false;
    return settings;
}

std::map<std::string, std::uint64_t>& seen() {
    static std::map<std::string, std::uint64_t> counts;
    return counts;
}

void count_seen(const std::vector<Fact>& facts) {
    for (const Fact& fact : facts) {
        ++seen()[std::string(to_string(fact.type)) + fact.control_kind];
        seen()["revision"] += fact.revises ? 1 : 0;
        seen()["by deadline"] += fact.phase == 0 ? 1 : 0;
        seen()["coalesced"] += fact.data.coalesced > 1 ? 1 : 0;
        ++seen()["reversal " + std::string(to_string(fact.data.reversal))];
    }
}

/// More tapes than RapidCheck's hundred, unless RC_PARAMS says otherwise.
[[maybe_unused]] const int more_tapes = setenv("RC_PARAMS", "max_success=1000", 0);

void check_tapes(Flavour flavour) {
    seen().clear();
    const bool good = rc::check([flavour](std::uint64_t seed) {
        const auto words = *rc::gen::scale(10.0, rc::gen::container<std::vector<std::uint64_t>>(
                                                     rc::gen::arbitrary<std::uint64_t>()));
        const Tape tape = random_tape(flavour, seed, words);
        const std::vector<Fact> facts = events_of(tape, high_low_alone());
        const EngineRun one = run_engine(tape, high_low_alone(), 1, seed, 1 + seed % 40);
        const std::string difference = first_difference(facts, one);
        if (!difference.empty()) {
            RC_LOG() << difference << text_of(tape);
            RC_FAIL();
        }
        RC_ASSERT(one.accounting.intake.closes());
        RC_ASSERT(one.accounting.detectors.closes());
        RC_ASSERT(one.accounting.coordination.closes());
        for (const unsigned shards : {2U, 3U, 8U}) {
            RC_ASSERT(run_engine(tape, high_low_alone(), shards, seed + shards, 17).hash ==
                      one.hash);
        }
        count_seen(facts);
    });
    EXPECT_TRUE(good);
    for (const auto& [what, count] : seen()) {
        std::printf("  %s: %llu\n", what.c_str(), static_cast<unsigned long long>(count));
    }
}

TEST(RandomTapes, OfFilesGiveTheOraclesEvents) {
    check_tapes(Flavour::File);
    EXPECT_GT(seen()["high"], 0U);
    EXPECT_GT(seen()["low"], 0U);
}
TEST(RandomTapes, OfLiveFeedsAheadOfTheClockGiveTheOraclesEvents) {
    check_tapes(Flavour::Live);
    EXPECT_GT(seen()["by deadline"], 0U);
}
TEST(RandomTapes, AroundTheCooldownGiveTheOraclesEvents) {
    check_tapes(Flavour::Cooldown);
    EXPECT_GT(seen()["by deadline"], 0U);
    EXPECT_GT(seen()["coalesced"], 0U);
}
TEST(RandomTapes, OfAbsurdPricesGiveTheOraclesEvents) {
    check_tapes(Flavour::Guard);
    EXPECT_GT(seen()["high"], 0U);
}
TEST(RandomTapes, OfCorrectionsGiveTheOraclesEvents) {
    check_tapes(Flavour::Corrections);
    EXPECT_GT(seen()["revision"], 0U);
}
TEST(RandomTapes, AcrossSessionBordersGiveTheOraclesEvents) {
    check_tapes(Flavour::Borders);
    EXPECT_GT(seen()["by deadline"], 0U);
}
TEST(RandomTapes, OfHaltsGiveTheOraclesEvents) {
    check_tapes(Flavour::Halts);
    EXPECT_GT(seen()["controlhalt"], 0U);
    EXPECT_GT(seen()["controlresume"], 0U);
}

// ---------------------------------------------------------------- recorded days

class RecordedDay : public ::testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        if (!has_trades(GetParam())) {
            GTEST_SKIP() << "no recorded trades at " << recorded_file(GetParam());
        }
    }
};

TEST_P(RecordedDay, GivesTheOraclesEvents) {
    const Tape tape = read_trades(GetParam());
    ASSERT_GT(tape.records.size(), 300'000U);
    const std::vector<Fact> facts = events_of(tape, high_low_alone());
    EXPECT_GT(facts.size(), 20U);
    const EngineRun one = run_engine(tape, high_low_alone(), 1, 1, 5000);
    EXPECT_EQ(first_difference(facts, one), "");
    EXPECT_EQ(run_engine(tape, high_low_alone(), 3, 2, 777).hash, one.hash);
    const Kept kept = kept_away(tape, high_low_alone());
    EXPECT_EQ(one.accounting.intake.dropped_for(Reason::Quarantined), kept.quarantined);
    EXPECT_EQ(one.accounting.intake.dropped_for(Reason::Closed), kept.closed);
    EXPECT_EQ(one.accounting.intake.dropped_for(Reason::LateSession), kept.late_session);
    std::printf("  %s: %zu trades, %zu events, %llu quarantined, %llu closed\n", GetParam(),
                tape.records.size(), facts.size(),
                static_cast<unsigned long long>(kept.quarantined),
                static_cast<unsigned long long>(kept.closed));
}

struct MinuteBar {
    std::int64_t open = 0;
    std::int64_t high = 0;
    std::int64_t low = 0;
    std::int64_t close = 0;
    std::int64_t volume = 0;
    bool guarded = false;         // a guard kept something of this minute away
    bool form_t_regular = false;  // Form T in regular: the file keeps it eligible, SPEC 3 does not
};

/// What intake lets a trade update, folded by minute.
std::map<std::pair<std::string, std::int64_t>, MinuteBar> fold_minutes(const Tape& tape) {
    const TradingCalendar calendar;
    Intake intake(IntakeSettings{}, calendar, ConditionTable{});
    std::map<std::pair<std::string, std::int64_t>, MinuteBar> bars;
    for (const Record& record : tape.records) {
        const Trade& trade = record.trade();
        const std::int64_t minute = to_ns(trade.header.ts_event) / 60'000'000'000;
        const std::uint64_t late_before = intake.late_prints();
        IntakeNote note;
        const bool accepted = intake.accept(record, note);
        const Rights rights = rights_of(trade, TradingSession::Pre);
        const bool counted = rights.high_low || rights.last || rights.volume;
        if (!accepted && !counted) {
            continue;
        }
        MinuteBar& bar = bars[{tape.symbols[trade.header.symbol.value()], minute}];
        const std::int64_t price = trade.price.raw();
        bar.guarded = bar.guarded || !accepted || intake.late_prints() != late_before;
        const auto codes = trade.conditions.codes();
        bar.form_t_regular =
            bar.form_t_regular || (note.session == TradingSession::Regular &&
                                   std::find(codes.begin(), codes.end(), 12) != codes.end());
        if (note.eligibility.volume()) {
            bar.volume += accepted ? trade.size.raw() : 0;
        }
        if (accepted && note.eligibility.high_low()) {
            bar.high = std::max(bar.high, price);
            bar.low = bar.low == 0 ? price : std::min(bar.low, price);
        }
        if (accepted && note.eligibility.last()) {
            bar.open = bar.open == 0 ? price : bar.open;
            bar.close = price;
        }
    }
    return bars;
}

TEST_P(RecordedDay, MinuteBarsAgreeWithTheIndependentOnes) {
    const auto bars = fold_minutes(read_trades(GetParam()));
    const auto rows = read_rows(recorded_file(std::string(GetParam()) + ".minute_rules.csv.gz"));
    ASSERT_GT(rows.size(), 2000U);
    std::size_t same = 0;
    std::size_t guarded = 0;
    std::size_t form_t = 0;
    for (const auto& row : rows) {
        // ticker,volume,open,close,high,low,window_start,transactions
        const auto price = [&](std::size_t cell) {
            return row[cell].empty() ? 0 : fixed_point(row[cell], 9);
        };
        const std::int64_t minute = std::stoll(row[6]) / 60'000'000'000;
        const auto found = bars.find({row[0], minute});
        const MinuteBar bar = found == bars.end() ? MinuteBar{} : found->second;
        const bool agrees = bar.open == price(2) && bar.close == price(3) && bar.high == price(4) &&
                            bar.low == price(5) && bar.volume == fixed_point(row[1], 6);
        same += agrees ? 1 : 0;
        guarded += !agrees && bar.guarded ? 1 : 0;
        form_t += !agrees && !bar.guarded && bar.form_t_regular ? 1 : 0;
        EXPECT_TRUE(agrees || bar.guarded || bar.form_t_regular)
            << row[0] << " minute " << minute << ": file o " << row[2] << " c " << row[3] << " h "
            << row[4] << " l " << row[5] << " v " << row[1] << ", ours o " << bar.open << " c "
            << bar.close << " h " << bar.high << " l " << bar.low << " v " << bar.volume;
        if (!agrees) {
            std::printf("  %s minute %lld differs by %s\n", row[0].c_str(),
                        static_cast<long long>(minute), bar.guarded ? "a guard" : "Form T");
        }
    }
    std::printf("  %s: %zu minutes, %zu agree, %zu differ by a guard, %zu by Form T in regular\n",
                GetParam(), rows.size(), same, guarded, form_t);
    EXPECT_GT(same, rows.size() * 99 / 100);
}

INSTANTIATE_TEST_SUITE_P(Lean, RecordedDay, ::testing::Values("2013-10-07", "2013-10-08"));

// ---------------------------------------------------------------- second bars

struct NaiveBar {
    std::uint32_t symbol;
    std::int64_t second;
    std::int64_t close;
    std::int64_t volume;
    auto operator<=>(const NaiveBar&) const = default;
};

struct SecondTrade {
    std::uint32_t symbol;
    std::int64_t ts;     // ns
    std::int64_t clock;  // ns, of its record
    std::int64_t price;
    std::int64_t size;
    Rights rights;
};

/// Bars of a symbol by re-reading all its trades for each second, in order of time.
std::vector<NaiveBar> naive_seconds(const std::vector<SecondTrade>& trades, std::uint32_t symbol) {
    constexpr std::int64_t second_ns = 1'000'000'000;
    std::vector<std::int64_t> seconds;
    for (const SecondTrade& trade : trades) {
        seconds.push_back(trade.ts / second_ns);
    }
    std::sort(seconds.begin(), seconds.end());
    seconds.erase(std::unique(seconds.begin(), seconds.end()), seconds.end());
    std::vector<NaiveBar> bars;
    std::int64_t left_over = 0;
    for (const std::int64_t second : seconds) {
        NaiveBar bar{symbol, second, 0, left_over};
        for (const SecondTrade& trade : trades) {
            const bool in_time = trade.clock < (second + 1) * second_ns;
            if (trade.symbol != symbol || trade.ts / second_ns != second || !in_time) {
                continue;
            }
            bar.close = trade.rights.last ? trade.price : bar.close;
            bar.volume += trade.rights.volume ? trade.size : 0;
        }
        left_over = bar.close == 0 ? bar.volume : 0;
        if (bar.close != 0) {
            bars.push_back(bar);
        }
    }
    return bars;
}

std::vector<NaiveBar> real_seconds(const std::vector<SecondTrade>& trades) {
    SecondBars second_bars;
    std::vector<SecondBars::ClosedBar> closed;
    const auto close_until = [&](std::int64_t clock) {
        while (second_bars.next_deadline() != time_never &&
               to_ns(second_bars.next_deadline()) <= clock) {
            second_bars.close_next(closed);
        }
    };
    for (const SecondTrade& row : trades) {
        close_until(row.clock);
        Trade trade;
        trade.header.symbol = SymbolId(row.symbol);
        trade.header.ts_event = unix_nanos(row.ts);
        trade.price = Price::from_raw(row.price);
        trade.size = Size::from_raw(row.size);
        IntakeNote note;
        note.eligibility = Eligibility(
            static_cast<std::uint8_t>((row.rights.last ? Eligibility::last_bit : 0) |
                                      (row.rights.volume ? Eligibility::volume_bit : 0)));
        second_bars.on_trade(trade, note, unix_nanos(row.clock));
    }
    close_until(INT64_MAX);
    RC_ASSERT(second_bars.open_seconds() == 0U);
    std::vector<NaiveBar> bars;
    std::int64_t last = 0;
    for (const auto& bar : closed) {
        RC_ASSERT(bar.second >= last);  // in order of time
        last = bar.second;
        bars.push_back({bar.symbol.value(), bar.second, bar.close.raw(), bar.volume.raw()});
    }
    return bars;
}

TEST(SecondBarsOfRandomTapes, AreThoseOfReadingEverySecondAgain) {
    const bool good = rc::check([](std::uint64_t seed) {
        Dice dice(seed);
        const auto words = *rc::gen::scale(4.0, rc::gen::container<std::vector<std::uint64_t>>(
                                                    rc::gen::arbitrary<std::uint64_t>()));
        std::vector<SecondTrade> trades;
        const std::uint32_t symbols = 1 + static_cast<std::uint32_t>(dice.below(4));
        std::int64_t now = 1'720'022'400'000'000'000 + static_cast<std::int64_t>(dice.below(64));
        for (const std::uint64_t word : words) {
            Dice row(word);
            static constexpr std::int64_t steps[] = {
                0, 1, 300'000'000, 999'999'999, 1'000'000'000, 62'000'000'000, 65'000'000'000};
            // Event times up to 130 s ahead of the clock: several seconds of a symbol are open.
            static constexpr std::int64_t ahead[] = {0,
                                                     0,
                                                     0,
                                                     250'000'000,
                                                     -1,
                                                     -1'500'000'000,
                                                     3'000'000'000,
                                                     63'000'000'000,
                                                     64'000'000'000,
                                                     130'000'000'000};
            now += row.pick(steps);
            SecondTrade trade{static_cast<std::uint32_t>(row.below(symbols)),
                              now + row.pick(ahead),
                              now,
                              1 + static_cast<std::int64_t>(row.below(1000)),
                              static_cast<std::int64_t>(row.below(1000)),
                              {}};
            trade.rights.last = !row.one_in(3);
            trade.rights.volume = !trade.rights.last || !row.one_in(5);
            trades.push_back(trade);
        }
        std::vector<NaiveBar> expected;
        for (std::uint32_t symbol = 0; symbol < symbols; ++symbol) {
            const auto bars = naive_seconds(trades, symbol);
            expected.insert(expected.end(), bars.begin(), bars.end());
        }
        std::vector<NaiveBar> real = real_seconds(trades);
        std::sort(expected.begin(), expected.end());
        std::sort(real.begin(), real.end());
        RC_ASSERT(real == expected);
    });
    EXPECT_TRUE(good);
}

}  // namespace
}  // namespace tickstock::naive
