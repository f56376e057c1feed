// The running engine, stepped by hand: what it publishes is what the plain engine gives.

#include "engine/runtime.hpp"

#include <gtest/gtest.h>

#include "engine/test_runtime.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::lively_tape;
using testing::plain_run;
using testing::replay;
using testing::rising_tape;
using testing::TapeRun;

TEST(Runtime, TheStreamIsThePlainRunsForAnyShardsAndOrderOfSteps) {
    const RecordBatch tape = lively_tape(1, 3'000, 9);
    const TapeRun plain = plain_run(tape);
    for (const EventType type : {EventType::High, EventType::Low, EventType::Valuation}) {
        ASSERT_GT(plain.by_type[static_cast<std::size_t>(type)], 0U) << "it proves too little";
    }
    for (const unsigned shards : {1U, 2U, 4U}) {
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            Bench bench(tape, shards);
            bench.random.seed(seed);
            bench.feed().random.seed(seed);
            bench.tick = 1ms;
            bench.open();
            while (!bench.feed().is_through()) {
                bench.step();
            }
            bench.settle();
            EXPECT_EQ(bench.stream->hash(), plain.hash) << shards << " shards, seed " << seed;
            EXPECT_GT(bench.statuses, 0U);
            EXPECT_EQ(bench.status().accounting.sources.out, tape.records.size());
            EXPECT_TRUE(bench.stop());
            EXPECT_EQ(bench.heard.total(), plain.events);
            const auto again = replay(bench.disk, bench.config, 3);
            EXPECT_EQ(again.failure, "");
            ASSERT_EQ(again.hashes.size(), 1U);
            EXPECT_EQ(again.hashes[0], plain.hash);
            EXPECT_EQ(again.records, tape.records.size());
        }
    }
}

TEST(Runtime, EveryStrategyOfPlacementGivesTheSameStream) {
    const RecordBatch tape = lively_tape(2, 2'000, 9);
    const TapeRun plain = plain_run(tape);
    for (const RouterStrategy strategy :
         {RouterStrategy::RoundRobin, RouterStrategy::LoadBased, RouterStrategy::HealthBased}) {
        Bench bench(tape, 3);
        bench.config.router.strategy = strategy;
        bench.open();
        bench.settle();
        EXPECT_EQ(bench.stream->hash(), plain.hash) << to_string(strategy);
        EXPECT_EQ(replay(bench.disk, bench.config).hashes.back(), plain.hash);
        for (const ShardSummary& shard : bench.status().control.shards) {
            EXPECT_GT(shard.symbols, 0U) << "they all live on one";
        }
    }
}

TEST(Runtime, DeadlinesFireInAQuietMarket) {
    RecordBatch tape = rising_tape(4, 400ms);
    Trade last = tape.records.back().trade();
    last.header.ts_event = last.header.ts_recv = last.header.ts_event + 1s;
    tape.records.back() = Record(last);
    Bench bench(tape);
    bench.feed().due = 3;  // the second is a high, the third waits for the cooldown
    bench.open();
    bench.settle();
    EXPECT_EQ(bench.stream->range().last.value(), 1U);
    bench.feed().clock = from_unix_second(testing::ten_o_clock) + 1'399ms;
    bench.settle();
    EXPECT_EQ(bench.stream->range().last.value(), 1U);
    bench.feed().clock = from_unix_second(testing::ten_o_clock) + 1'400ms;
    bench.settle();
    EXPECT_EQ(bench.stream->range().last.value(), 2U);
    bench.feed().due = 4;
    bench.settle();
    EXPECT_EQ(bench.stream->hash(), plain_run(tape).hash);
    EXPECT_EQ(replay(bench.disk, bench.config).hashes.back(), bench.stream->hash());
}

TEST(Runtime, ClockTicksBetweenTheRecordsChangeNothing) {
    const RecordBatch tape = lively_tape(3, 1'500, 5);
    const TapeRun plain = plain_run(tape);
    Bench bench(tape, 2);
    bench.feed().due = 0;
    bench.open();
    for (std::size_t due = 0; due < tape.records.size(); due += 17) {
        bench.feed().due = due;
        bench.feed().clock = tape.records[due].header().ts_recv - Nanos{1};
        bench.run_until([&] { return bench.feed().is_through(); });
        bench.clock.advance(100ms);
        bench.run(2);
    }
    bench.feed().due = tape.records.size();
    bench.settle();
    EXPECT_EQ(bench.stream->hash(), plain.hash);
    const auto again = replay(bench.disk, bench.config);
    EXPECT_EQ(again.hashes.back(), plain.hash);
    EXPECT_GT(again.last.value() - again.records - again.decisions.size(), 20U)
        << "hardly any tick: it proves too little";
}

TEST(Runtime, EveryPassIsAnEpochWithEmptyState) {
    const RecordBatch tape = lively_tape(4, 600, 4);
    const TapeRun plain = plain_run(tape);
    Bench bench(tape, 2);
    bench.feed().loops = 2;
    bench.open();
    bench.settle();
    EXPECT_EQ(bench.stream->hash(), plain.hash);
    const auto again = replay(bench.disk, bench.config);
    ASSERT_EQ(again.hashes.size(), 3U);
    for (const std::uint64_t hash : again.hashes) {
        EXPECT_EQ(hash, plain.hash);
    }
    EXPECT_EQ(bench.heard.total(), 3 * plain.events);
    const EngineStatus& status = bench.status();
    EXPECT_EQ(status.accounting.sources.out, 3 * tape.records.size());
    for (std::size_t i = 0; i < channel_type_count; ++i) {  // no pass sets a counter back
        EXPECT_EQ(status.accounting.channels[i].in, 3 * plain.accounting.channels[i].in);
    }
    EXPECT_EQ(status.accounting.coordination.in, 3 * plain.accounting.coordination.in);
    EXPECT_EQ(status.channels[0].events + status.channels[1].events + status.channels[2].events,
              status.accounting.coordination.in);
}

TEST(Runtime, TwoSourcesShareOneOrder) {
    Bench bench(lively_tape(5, 800, 4), 2);
    bench.add_feed(lively_tape(6, 800, 6)).identity = "another tape";
    bench.open();
    bench.settle();
    const auto again = replay(bench.disk, bench.config);
    EXPECT_EQ(again.hashes.back(), bench.stream->hash());
    EXPECT_EQ(again.records, 1'600U);
    const EngineStatus& status = bench.status();
    EXPECT_EQ(status.symbols, 6U);  // four of them are the same
    EXPECT_EQ(status.sources[1].counts.out, 800U);
}

TEST(Runtime, AJumpOfTheWallClockIsWrittenDownAndMovesNothing) {
    const RecordBatch tape = lively_tape(7, 400, 3);
    Bench bench(tape);
    bench.feed().due = 200;
    bench.open();
    bench.settle();
    bench.clock.jump(-1h);
    bench.pass(1s);
    bench.feed().due = 400;
    bench.settle();
    EXPECT_EQ(bench.stream->hash(), plain_run(tape).hash);
    const auto steps = testing::decisions_of<WallStep>(replay(bench.disk, bench.config));
    ASSERT_EQ(steps.size(), 1U);
    EXPECT_EQ(steps[0].step, Nanos(-1h));
}

}  // namespace
}  // namespace tickstock
