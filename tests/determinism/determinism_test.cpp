// What comes out depends on the records alone: not on shards, not on how they are cut into batches,
// not on when the clock is told to move between them (DESIGN 4, SPEC 9).

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>

#include "determinism/recorded_market.hpp"

namespace tickstock::determinism {
namespace {

std::string text_of(const Outcome& outcome) {
    std::string text;
    for (std::size_t type = 0; type < outcome.events.size(); ++type) {
        text += std::string(to_string(static_cast<EventType>(type))) + " " +
                std::to_string(outcome.events[type]) + "  ";
    }
    return text;
}

PipelineSettings strict() {
    PipelineSettings settings;
    settings.coordination.mode = CoordinationMode::Strict;
    return settings;
}

/// Every shard count of the specification, with batches of one, a few, many and all.
void expect_one_stream(const Market& market, const PipelineSettings& settings) {
    const Outcome whole = run(market, settings, 1, {});
    EXPECT_TRUE(whole.accounting_closes);
    std::uint64_t seed = 1;
    for (const unsigned shards : {1U, 2U, 3U, 8U}) {
        for (const std::size_t longest : {std::size_t{0}, std::size_t{50}, std::size_t{20'000}}) {
            EXPECT_EQ(run(market, settings, shards, {++seed, longest, false}), whole)
                << shards << " shards, batches of up to " << longest;
        }
        EXPECT_EQ(run(market, settings, shards, {++seed, 700, true}), whole)
            << shards << " shards, clock ticks between";
    }
}

class SyntheticMorning : public ::testing::Test {
protected:
    static const Market& market() {
        static const Market made = synthetic_morning(7, 12, 40);
        return made;
    }
};

TEST_F(SyntheticMorning, HasEventsOfEveryKind) {
    const Outcome outcome = run(market(), {}, 1, {});
    for (const EventType type : {EventType::High, EventType::Low, EventType::Trend,
                                 EventType::Surge, EventType::Valuation}) {
        EXPECT_GT(outcome.events[static_cast<std::size_t>(type)], 0U)
            << to_string(type)
            << " is missing, so that nothing is proved of it: " << text_of(outcome);
    }
}

TEST_F(SyntheticMorning, GivesOneStreamEager) {
    expect_one_stream(market(), {});
}

TEST_F(SyntheticMorning, GivesOneStreamStrict) {
    expect_one_stream(market(), strict());
}

TEST_F(SyntheticMorning, ModesAreNotTheSame) {
    EXPECT_NE(run(market(), {}, 1, {}).hash, run(market(), strict(), 1, {}).hash);
}

TEST_F(SyntheticMorning, AnyBatchBoundariesGiveTheSameStream) {
    const Outcome whole = run(market(), {}, 1, {});
    rc::check([&] {
        const auto seed = *rc::gen::arbitrary<std::uint64_t>();
        const auto longest = *rc::gen::element<std::size_t>(2, 3, 10, 100, 1'000, 10'000);
        const auto shards = *rc::gen::element(1U, 2U, 3U, 5U, 8U);
        const auto ticks = *rc::gen::arbitrary<bool>();
        RC_ASSERT(run(market(), {}, shards, {seed, longest, ticks}) == whole);
    });
}

/// Every shard count of the specification, stepped by dice and with threads, with stops between.
void expect_one_live_stream(const Market& market, const PipelineSettings& settings) {
    const Outcome whole = run(market, settings, 1, {});
    for (const unsigned shards : {1U, 2U, 3U, 8U}) {
        EXPECT_EQ(run_live(market, settings, shards, {shards, false, 0, 700, 1}), whole)
            << shards << " shards, stepped";
        EXPECT_EQ(run_live(market, settings, shards, {shards, false, 0, 5'000, 4}), whole)
            << shards << " shards, stopped three times";
        EXPECT_EQ(run_live(market, settings, shards, {shards, true, whole.hash, 3'000, 1}), whole)
            << shards << " shards with a thread each";
    }
}

TEST_F(SyntheticMorning, GivesOneStreamLiveEager) {
    expect_one_live_stream(market(), {});
}

TEST_F(SyntheticMorning, GivesOneStreamLiveStrict) {
    expect_one_live_stream(market(), strict());
}

class RecordedFile : public ::testing::TestWithParam<const char*> {};

TEST_P(RecordedFile, GivesOneStream) {
    const auto market = recorded_file(GetParam());
    if (!market) {
        GTEST_SKIP() << "no recorded data: " << GetParam();
    }
    expect_one_stream(*market, {});
}

INSTANTIATE_TEST_SUITE_P(Data, RecordedFile,
                         ::testing::Values("lean_flat/2013-10-07.trades.csv.gz",
                                           "lean_flat/2013-10-08.minute_all.csv.gz"),
                         [](const auto& file) {
                             std::string name = file.param;
                             std::replace_if(
                                 name.begin(), name.end(),
                                 [](char c) { return std::isalnum(c) == 0; }, '_');
                             return name;
                         });

}  // namespace
}  // namespace tickstock::determinism
