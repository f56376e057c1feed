// State of the lanes to bytes and back (SPEC 4, 5): a run whose lanes are saved, loaded into fresh
// ones, spread over more or fewer of them, and whose symbols move, finds the same as one lane that
// was left alone, and is in the same state at the end.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "regression/lane_run.hpp"
#include "regression/prepared_tape.hpp"
#include "regression/random_tape.hpp"
#include "regression/trend_surge_tape.hpp"

namespace tickstock::naive {
namespace {

UserRule rule(const char* name, const char* when, int cooldown_seconds) {
    UserRule made;
    made.name = name;
    made.when = when;
    made.cooldown = std::chrono::seconds(cooldown_seconds);
    return made;
}

/// All detectors on, and rules that fire often, fail for a while and fail for ever.
PipelineSettings settings_of(std::uint64_t seed) {
    PipelineSettings settings = trend_surge_settings(seed);
    Dice dice(seed);
    settings.bars.enabled = settings.valuation.enabled = true;
    settings.high_low.cooldown = std::chrono::seconds(1 + dice.below(90));
    settings.valuation.cooldown = std::chrono::seconds(dice.below(30));
    settings.rules.user = {
        rule("moved", "percent_change > 0.05", 30),
        rule("follows", "trend != 0 or surge != 0", 0),
        rule("fails_at_the_open", "1 / percent_from_high < -2", 10),
        rule("always_fails", "1 / (session_trades - session_trades) > 0", 10),
    };
    return settings;
}

struct Subject {
    PreparedTape tape;
    PipelineSettings settings;
};

Subject subject_of(std::uint64_t seed) {
    Dice dice(seed);
    const bool feed = dice.one_in(4);
    const bool samples = feed || dice.one_in(2);
    std::vector<std::uint64_t> words(400);
    std::generate(words.begin(), words.end(), [&] { return dice.next(); });
    const auto flavour = static_cast<Flavour>(dice.below(7));
    Subject subject{{}, settings_of(seed)};
    subject.settings.intake.second_bars_from_feed = feed;
    subject.tape =
        prepare(samples ? trend_surge_tape(seed, 1'500, feed) : random_tape(flavour, seed, words),
                subject.settings, seed);
    return subject;
}

/// What the tests must have met, over all seeds.
using Seen = std::map<std::string, std::uint64_t>;

void count_types(const LaneRun& run, Seen& seen) {
    for (const auto& [type, times] : run.found_by_type()) {
        seen[type] += times;
    }
}

void expect_same_end(const LaneRun& changed, const LaneRun& reference, std::uint64_t seed) {
    ASSERT_EQ(changed.found().size(), reference.found().size()) << "seed " << seed;
    for (std::size_t i = 0; i < reference.found().size(); ++i) {
        ASSERT_EQ(changed.found()[i], reference.found()[i]) << "seed " << seed << ", find " << i;
    }
    for (std::uint32_t symbol = 0; symbol < reference.symbols(); ++symbol) {
        ASSERT_EQ(changed.saved(SymbolId{symbol}), reference.saved(SymbolId{symbol}))
            << "seed " << seed << ", symbol " << symbol;
    }
    ASSERT_EQ(changed.saved_totals(), reference.saved_totals()) << "seed " << seed;
}

TEST(LaneState, SavingLoadingAndMovingChangeNothing) {
    Seen seen;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        const Subject subject = subject_of(seed);
        LaneRun reference(subject.tape, subject.settings, 1);
        LaneRun changed(subject.tape, subject.settings, 1);
        Dice dice(seed + 7);
        while (!reference.at_end()) {
            const std::size_t length = 1 + dice.below(dice.one_in(3) ? 200 : 40);
            reference.work(length);
            changed.work(length);
            EXPECT_GE(changed.next_deadline(), reference.next_deadline()) << "seed " << seed;
            EXPECT_EQ(changed.open_seconds(), reference.open_seconds()) << "seed " << seed;
            if (dice.one_in(3)) {
                seen["open seconds at a change"] += reference.open_seconds();
                seen["deadlines at a change"] +=
                    reference.open_deadlines() - reference.open_seconds();
                changed.reload(1 + static_cast<unsigned>(dice.below(3)), dice.next());
                EXPECT_EQ(changed.open_seconds(), reference.open_seconds()) << "seed " << seed;
                ++seen["reload"];
            } else {
                const SymbolId symbol{static_cast<std::uint32_t>(dice.below(changed.symbols()))};
                changed.move(symbol, static_cast<unsigned>(dice.below(changed.shards())));
                ++seen["move"];
            }
        }
        reference.finish();
        changed.finish();
        expect_same_end(changed, reference, seed);
        if (HasFatalFailure()) {
            return;
        }
        count_types(reference, seen);
    }
    for (const char* const name :
         {"high", "low", "trend", "surge", "bars", "valuation", "rule", "control", "reload", "move",
          "open seconds at a change", "deadlines at a change"}) {
        std::printf("%s: %llu\n", name, static_cast<unsigned long long>(seen[name]));
        EXPECT_GE(seen[name], 20U) << name;
    }
}

TEST(LaneState, ASymbolThatMovesAwayAndBackLosesNothing) {
    for (std::uint64_t seed = 100; seed < 112; ++seed) {
        const Subject subject = subject_of(seed);
        LaneRun reference(subject.tape, subject.settings, 2);
        LaneRun changed(subject.tape, subject.settings, 2);
        Dice dice(seed);
        while (!reference.at_end()) {
            const std::size_t length = 1 + dice.below(60);
            reference.work(length);
            changed.work(length);
            const SymbolId symbol{static_cast<std::uint32_t>(dice.below(changed.symbols()))};
            const unsigned home = changed.shard_of(symbol);
            changed.move(symbol, 1 - home);
            changed.move(symbol, home);
        }
        reference.finish();
        changed.finish();
        expect_same_end(changed, reference, seed);
    }
}

TEST(LaneState, SavesTheSameBytesAgainAndRefusesShorterOnes) {
    for (std::uint64_t seed = 200; seed < 212; ++seed) {
        const Subject subject = subject_of(seed);
        LaneRun run(subject.tape, subject.settings, 1);
        Dice dice(seed);
        while (!run.at_end()) {
            run.work(1 + dice.below(300));
            for (std::uint32_t symbol = 0; symbol < run.symbols(); ++symbol) {
                const std::string bytes = run.saved(SymbolId{symbol});
                Lanes fresh(subject.settings);
                StateReader in(bytes);
                fresh.load_symbol(SymbolId{symbol}, in);
                ASSERT_TRUE(in.ok() && in.at_end()) << "seed " << seed;
                StateWriter again;
                fresh.save_symbol(SymbolId{symbol}, again);
                ASSERT_EQ(again.text(), bytes) << "seed " << seed;

                Lanes refusing(subject.settings);
                StateReader cut(std::string_view(bytes).substr(0, dice.below(bytes.size())));
                refusing.load_symbol(SymbolId{symbol}, cut);
                EXPECT_FALSE(cut.ok()) << "seed " << seed;
            }
        }
        StateWriter out;
        run.lanes(0).save_totals(out);
        const std::string& totals = out.text();
        for (std::size_t size = 0; size < totals.size(); ++size) {
            Lanes refusing(subject.settings);
            StateReader cut(std::string_view(totals).substr(0, size));
            refusing.add_totals(cut);
            EXPECT_FALSE(cut.ok()) << size;
        }
    }
}

TEST(LaneState, AForgottenSymbolIsAsNew) {
    for (std::uint64_t seed = 300; seed < 312; ++seed) {
        const Subject subject = subject_of(seed);
        LaneRun run(subject.tape, subject.settings, 1);
        run.work(200 + Dice(seed).below(400));
        for (std::uint32_t symbol = 0; symbol < run.symbols(); ++symbol) {
            run.lanes(0).forget_symbol(SymbolId{symbol});
            StateWriter fresh;
            Lanes(subject.settings).save_symbol(SymbolId{symbol}, fresh);
            EXPECT_EQ(run.saved(SymbolId{symbol}), fresh.text());
        }
        EXPECT_EQ(run.next_deadline(), time_never);
        EXPECT_EQ(run.open_deadlines(), 0U);
    }
}

/// Not a limit: the figures that the snapshot's design rests on.
TEST(LaneState, TimeAndBytesOfAMorningOfManySymbols) {
    constexpr std::uint32_t symbols = 8'000;
    const PipelineSettings settings = settings_of(1);
    const PreparedTape tape = prepare(busy_morning(symbols, 400'000), settings, 0);
    LaneRun run(tape, settings, 1);
    while (!run.at_end()) {
        run.work(50'000);
    }
    StateWriter out;
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint32_t symbol = 0; symbol < symbols; ++symbol) {
        run.lanes(0).save_symbol(SymbolId{symbol}, out);
    }
    const auto saved = std::chrono::steady_clock::now();
    Lanes fresh(settings);
    StateReader in(out.text());
    for (std::uint32_t symbol = 0; symbol < symbols; ++symbol) {
        fresh.load_symbol(SymbolId{symbol}, in);
    }
    const auto loaded = std::chrono::steady_clock::now();
    EXPECT_TRUE(in.ok() && in.at_end());
    const auto ms = [](auto duration) {
        return std::chrono::duration<double, std::milli>(duration).count();
    };
    std::printf("%u symbols: %zu bytes (%zu each), saved in %.1f ms, loaded in %.1f ms\n", symbols,
                out.size(), out.size() / symbols, ms(saved - begin), ms(loaded - saved));
}

}  // namespace
}  // namespace tickstock::naive
