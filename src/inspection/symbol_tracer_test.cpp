// A symbol alone, with the others' time, meets the fate that it met in the whole market.

#include "inspection/symbol_tracer.hpp"

#include <gtest/gtest.h>

#include "engine/test_market.hpp"
#include "inspection/test_traces.hpp"

namespace tickstock {
namespace {

using testing::all_records;
using testing::bodies_of;
using testing::expect_traces_equal;
using testing::lively_tape;
using testing::run_market;
using testing::trace_of;

TEST(SymbolTracer, EachSymbolsEventsAreTheMarkets) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        expect_traces_equal(run_market(lively_tape(seed, 4'000, 6), {}), {});
    }
}

TEST(SymbolTracer, TheSameWithStrictCoordination) {
    PipelineSettings settings;
    settings.coordination.mode = CoordinationMode::Strict;
    for (const std::uint64_t seed : {4U, 5U}) {
        expect_traces_equal(run_market(lively_tape(seed, 4'000, 6), settings), settings);
    }
}

TEST(SymbolTracer, TheSameForAnyCutIntoRuns) {
    const auto tape = lively_tape(6, 2'000, 4);
    for (const std::size_t longest : {std::size_t{1}, std::size_t{7}, std::size_t{2'000}}) {
        expect_traces_equal(run_market(tape, {}, longest), {});
    }
}

TEST(SymbolTracer, ARangeClosesToo) {
    for (const auto mode : {CoordinationMode::Eager, CoordinationMode::Strict}) {
        PipelineSettings settings;
        settings.coordination.mode = mode;
        const auto run = run_market(lively_tape(7, 4'000, 5), settings);
        for (std::uint64_t from = 1; from < run.records.size(); from += 371) {
            const auto tracer = trace_of(run, run.texts[1], settings, Sequence{from});
            EXPECT_EQ(tracer->check(), "") << from;
            for (const TracedRecord& record : tracer->records()) {
                EXPECT_GE(record.sequence().value(), from);
            }
        }
    }
}

TEST(SymbolTracer, KeepsTheNewestAndSumsAll) {
    const auto run = run_market(lively_tape(8, 3'000, 3), {});
    const auto all = trace_of(run, run.texts[0], {});
    const auto newest = trace_of(run, run.texts[0], {}, Sequence{1}, 10);
    ASSERT_EQ(newest->records().size(), 10U);
    EXPECT_EQ(newest->records().back().sequence(), all->records().back().sequence());
    EXPECT_EQ(newest->check(), "");
    EXPECT_EQ(newest->ledger_sum(), all->ledger_sum());
    EXPECT_EQ(newest->traced(), all->records().size());
}

TEST(SymbolTracer, EachRecordHasAFateAtEveryStageItReached) {
    const auto run = run_market(lively_tape(9, 3'000, 3), {});
    const auto tracer = trace_of(run, run.texts[0], {});
    for (const TracedRecord& record : tracer->records()) {
        ASSERT_GE(record.fate.size(), 3U) << record.sequence().value();
        EXPECT_EQ(record.fate[0].stage, Stage::Sources);
        EXPECT_EQ(record.fate[1].stage, Stage::Router);
        EXPECT_EQ(record.fate[2].stage, Stage::Intake);
        const bool is_dropped = record.fate[2].outcome == FateStep::Outcome::Dropped;
        EXPECT_EQ(record.fate.size() == 3, is_dropped);
        std::uint64_t published = 0;
        for (const FateStep& step : record.fate) {
            published += step.stage == Stage::Publishing ? step.count : 0U;
        }
        EXPECT_EQ(published, record.events.size());
    }
}

TEST(SymbolTracer, APlantedWrongFateIsFound) {
    const auto run = run_market(lively_tape(10, 2'000, 3), {});
    const auto fresh = [&] { return trace_of(run, run.texts[0], {}); };
    std::size_t planted = 0;
    const std::size_t records = fresh()->records().size();
    for (std::size_t i = 0; i < records; i += 97) {
        auto tracer = fresh();
        ASSERT_EQ(tracer->check(), "");
        TracedRecord& record = tracer->records()[i];
        const std::size_t place = i % record.fate.size();
        switch (i % 4) {
            case 0:
                record.fate.erase(record.fate.begin() + static_cast<std::ptrdiff_t>(place));
                break;
            case 1: record.fate.push_back(record.fate[place]); break;
            case 2:
                record.fate[place].outcome = record.fate[place].outcome == FateStep::Outcome::Out
                                                 ? FateStep::Outcome::Held
                                                 : FateStep::Outcome::Out;
                break;
            default:
                record.fate[place].outcome = FateStep::Outcome::Dropped;
                record.fate[place].reason =
                    record.fate[place].reason == Reason::Closed ? Reason::LateBar : Reason::Closed;
        }
        EXPECT_NE(tracer->check(), "") << i;
        ++planted;
    }
    EXPECT_GT(planted, 4U);
}

TEST(SymbolTracer, SaysWhichGuardAndWhatOnlyVolumeMeans) {
    RecordBatch tape = testing::rising_tape(8);
    Trade odd = tape.records[4].trade();  // a price from nowhere
    odd.price = Price::from_cents(90'000);
    tape.records[4] = Record(odd);
    Trade volume_only = tape.records[6].trade();
    volume_only.conditions.add(2);  // average price: volume only
    tape.records[6] = Record(volume_only);
    const auto run = run_market(tape, {});
    const auto tracer = trace_of(run, "UP", {});
    const auto& held_back = tracer->records()[4].fate;
    EXPECT_EQ(held_back.back().reason, Reason::Quarantined);
    EXPECT_NE(held_back.back().note.find("guard: "), std::string::npos) << held_back.back().note;
    const auto& quiet = tracer->records()[6].fate;
    EXPECT_NE(quiet[2].note.find("volume only (conditions 2)"), std::string::npos) << quiet[2].note;
    EXPECT_EQ(tracer->check(), "");
}

}  // namespace
}  // namespace tickstock
