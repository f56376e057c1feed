// Second bars, trends and surges (SPEC 7.2 to 7.4), and the flags that highs and lows show of them,
// of the engine against the naive oracle: the same events, every field to the last bit and in the
// same order, whatever the batches and the shards.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include "regression/fact_comparison.hpp"
#include "regression/random_tape.hpp"
#include "regression/recorded_trades.hpp"
#include "regression/trend_surge_tape.hpp"
#include "support/engine_run.hpp"
#include "support/naive_session_market.hpp"

namespace tickstock::naive {
namespace {

using Counts = std::map<std::string, std::uint64_t>;

void count(Counts& counts, const Played& played) {
    for (const auto& [name, times] : played.kept.branches) {
        counts[name] += times;
    }
    for (const Fact& fact : played.facts) {
        const std::string type(to_string(fact.type));
        const std::string direction(to_string(fact.direction));
        ++counts[type + " " + direction];
        if (fact.type == EventType::Trend) {
            ++counts["trend " + std::string(to_string(fact.trend.strength))];
            ++counts["trend turn " + std::string(to_string(fact.trend.turn))];
            ++counts["trend vwap " + std::string(to_string(fact.trend.vwap_position))];
            counts["trend with its session's end"] += fact.fire < fact.ts ? 1U : 0U;
            ++counts["trend in " + std::string(to_string(fact.evidence.period))];
        } else if (fact.type == EventType::Surge) {
            ++counts["surge " + std::string(to_string(fact.surge.strength))];
            ++counts["surge in " + std::string(to_string(fact.evidence.period))];
            counts["surge second of its date"] += fact.surge.daily_count > 1 ? 1U : 0U;
        } else if (fact.type != EventType::Control) {
            ++counts["flag trend " + std::string(to_string(fact.data.trend_flag))];
            ++counts["flag surge " + std::string(to_string(fact.data.surge_flag))];
        }
    }
}

std::string difference_of(const Tape& tape, const PipelineSettings& settings) {
    return first_difference(play(tape, settings).facts, run_engine(tape, settings, 1, 1, 40));
}

/// The tape without whatever is not needed for a difference.
Tape shrink(Tape tape, const PipelineSettings& settings) {
    for (std::size_t size = tape.records.size() / 2; size > 0; size /= 2) {
        for (std::size_t at = 0; at + size <= tape.records.size();) {
            Tape shorter = tape;
            const auto from = shorter.records.begin() + static_cast<std::ptrdiff_t>(at);
            shorter.records.erase(from, from + static_cast<std::ptrdiff_t>(size));
            if (difference_of(shorter, settings).empty()) {
                at += size;
            } else {
                tape = std::move(shorter);
            }
        }
    }
    return tape;
}

/// False when the engine differs from the oracle.
bool check(const Tape& tape, const PipelineSettings& settings, std::uint64_t seed, Counts& counts) {
    const Played played = play(tape, settings);
    count(counts, played);
    const EngineRun one = run_engine(tape, settings, 1, seed, 1 + seed % 60);
    if (!first_difference(played.facts, one).empty()) {
        const Tape small = shrink(tape, settings);
        ADD_FAILURE() << "seed " << seed << ": " << first_difference(played.facts, one)
                      << "and of the smallest such tape: " << difference_of(small, settings)
                      << text_of(small);
        return false;
    }
    EXPECT_TRUE(one.accounting.intake.closes());
    EXPECT_TRUE(one.accounting.detectors.closes());
    EXPECT_TRUE(one.accounting.coordination.closes());
    EXPECT_EQ(run_engine(tape, settings, 3, seed + 1, 17).hash, one.hash) << "seed " << seed;
    return true;
}

void expect_each(const Counts& counts, const std::vector<std::string>& names, std::uint64_t least) {
    for (const auto& [name, times] : counts) {
        std::printf("  %s: %llu\n", name.c_str(), static_cast<unsigned long long>(times));
    }
    for (const std::string& name : names) {
        EXPECT_GE(counts.contains(name) ? counts.at(name) : 0, least) << name;
    }
}

TEST(TrendsAndSurges, OfRandomMarketsAreTheOracles) {
    Counts counts;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        if (!check(trend_surge_tape(seed, 4000), trend_surge_settings(seed), seed, counts)) {
            return;
        }
    }
    expect_each(counts,
                {"trend up",
                 "trend down",
                 "trend weak",
                 "trend moderate",
                 "trend strong",
                 "trend first",
                 "trend turned",
                 "trend turned from 0",
                 "trend higher class",
                 "trend interval",
                 "trend again from 0",
                 "trend retraced",
                 "trend muted",
                 "trend factor 8",
                 "trend factor 10",
                 "trend factor 15",
                 "trend turn up-now-down",
                 "trend turn down-now-up",
                 "trend vwap above",
                 "trend vwap below",
                 "trend in OPENING",
                 "trend in MIDDAY",
                 "trend in CLOSING",
                 "trend in PREMARKET",
                 "trend in AFTERHOURS",
                 "surge up",
                 "surge down",
                 "surge weak",
                 "surge moderate",
                 "surge strong",
                 "surge price_and_volume",
                 "surge price",
                 "surge volume",
                 "surge price_driven",
                 "surge volume_driven",
                 "surge in cooldown",
                 "surge muted",
                 "surge factor 1",
                 "surge factor 2",
                 "surge factor 4",
                 "surge band 0",
                 "surge band 1",
                 "surge band 2",
                 "surge band 3",
                 "surge band 4",
                 "surge in OPENING",
                 "surge in MIDDAY",
                 "surge in CLOSING",
                 "surge in PREMARKET",
                 "surge in AFTERHOURS",
                 "surge second of its date",
                 "flag trend up",
                 "flag trend down",
                 "flag surge up",
                 "flag surge down",
                 "trend with its session's end",
                 "window restarted",
                 "late for its second",
                 "second without a bar"},
                20);
}

TEST(TrendsAndSurges, OfFeedsWithTheirOwnSecondBarsAreTheOracles) {
    Counts counts;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        PipelineSettings settings = trend_surge_settings(seed);
        settings.intake.second_bars_from_feed = true;
        if (!check(trend_surge_tape(seed, 3000, true), settings, seed, counts)) {
            return;
        }
    }
    expect_each(counts,
                {"trend up", "trend down", "surge up", "surge down", "flag trend up",
                 "feed bar out of order"},
                20);
}

/// Settings under which a calm or short tape makes plenty of everything.
PipelineSettings lively_settings() {
    PipelineSettings settings;
    settings.bars.enabled = false;
    settings.valuation.enabled = false;
    for (TrendPeriodSettings& period : settings.trend.periods) {
        period.direction_threshold = 10'000;
        period.strength_threshold = 20'000;
        period.min_data_points = 1;
        period.warm_up = Nanos{0};
        period.interval = std::chrono::seconds(3);
    }
    for (SurgePeriodSettings& period : settings.surge.periods) {
        period.threshold_multiplier = 200'000;
        period.min_data_points = 1;
        period.mode = SurgeMode::Either;
    }
    settings.surge.cooldown = std::chrono::seconds(1);
    settings.surge.expiration = std::chrono::seconds(2);
    return settings;
}

/// The tapes of the high/low tests.
TEST(TrendsAndSurges, OfTheHighLowTapesAreTheOracles) {
    const PipelineSettings settings = lively_settings();
    Counts counts;
    for (const Flavour flavour : {Flavour::File, Flavour::Live, Flavour::Cooldown, Flavour::Guard,
                                  Flavour::Corrections, Flavour::Halts, Flavour::Borders}) {
        for (std::uint64_t seed = 1; seed <= 150; ++seed) {
            Dice dice(seed);
            std::vector<std::uint64_t> words(300);
            std::generate(words.begin(), words.end(), [&] { return dice.next(); });
            if (!check(random_tape(flavour, seed, words), settings, seed, counts)) {
                return;
            }
        }
    }
    expect_each(counts,
                {"trend up", "trend down", "surge up", "surge down", "flag trend up",
                 "flag trend down", "flag surge up", "flag surge down"},
                20);
}

// ---------------------------------------------------------------- recorded days

class RecordedTrendsAndSurges : public ::testing::TestWithParam<std::string> {};

TEST_P(RecordedTrendsAndSurges, AreTheOracles) {
    if (!has_trades(GetParam())) {
        GTEST_SKIP() << "no recorded trades of " << GetParam();
    }
    const Tape tape = read_trades(GetParam());
    PipelineSettings calm;
    calm.bars.enabled = false;
    calm.valuation.enabled = false;
    Counts counts;
    for (const PipelineSettings& settings : {calm, lively_settings()}) {
        const Played played = play(tape, settings);
        count(counts, played);
        const EngineRun one = run_engine(tape, settings, 1, 1, 5000);
        EXPECT_EQ(first_difference(played.facts, one), "");
        EXPECT_EQ(run_engine(tape, settings, 3, 2, 777).hash, one.hash);
    }
    expect_each(
        counts,
        {"trend up", "trend down", "surge up", "surge down", "flag trend up", "flag trend down"},
        5);
}

INSTANTIATE_TEST_SUITE_P(Lean, RecordedTrendsAndSurges, ::testing::ValuesIn(recorded_days()));

}  // namespace
}  // namespace tickstock::naive
