// A shard that stands still or is slow: each overflow action keeps its word, to the record.

#include <gtest/gtest.h>

#include "engine/test_runtime.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::decisions_of;
using testing::lively_tape;
using testing::plain_run;
using testing::replay;
using testing::Replayed;

constexpr std::uint64_t queue = 60;

void set_overflow(Bench& bench, OverflowAction action) {
    for (ChannelSettings& channel : bench.config.pipeline.channels) {
        channel.queue_size = queue;
        channel.overflow = action;
    }
}

/// Everything that must hold whatever was dropped.
void expect_replay_equal(Bench& bench, const Replayed& again) {
    EXPECT_EQ(again.failure, "");
    ASSERT_EQ(again.hashes.size(), 1U);
    EXPECT_EQ(again.hashes[0], bench.stream->hash());
    EXPECT_EQ(replay(bench.disk, bench.config, 4).hashes[0], bench.stream->hash());
}

TEST(RuntimeOverflow, SpillReadsTheJournalAndLosesNothing) {
    const RecordBatch tape = lively_tape(21, 4'000, 6);
    for (const unsigned shards : {1U, 3U}) {
        Bench bench(tape, shards);
        set_overflow(bench, OverflowAction::Spill);
        bench.config.engine.tail_bytes = 16 * 1024;  // about a hundred records
        bench.config.journal.segment_bytes = 64 * 1024;
        bench.stalled = {0};
        bench.open();
        bench.run_until([&] { return bench.feed().is_through(); });
        EXPECT_TRUE(bench.feed().is_through()) << "a slow shard holds the others back";
        bench.stalled.clear();
        bool from_file = false;
        while (bench.round()) {
            bench.clock.advance(1s);
            from_file = from_file || bench.runtime->status()->control.shards[0].reading_from_file;
        }
        bench.settle();
        EXPECT_TRUE(from_file);
        EXPECT_FALSE(bench.status().control.shards[0].reading_from_file);
        EXPECT_EQ(bench.stream->hash(), plain_run(tape).hash);
    }
}

TEST(RuntimeOverflow, BlockHoldsTheSourceAndLosesNothing) {
    const RecordBatch tape = lively_tape(22, 2'000, 6);
    Bench bench(tape, 2);
    set_overflow(bench, OverflowAction::Block);
    bench.stalled = {0, 1};
    bench.open();
    bench.run(400);
    EXPECT_FALSE(bench.feed().is_through());
    for (const ChannelSummary& channel : bench.status().channels) {
        EXPECT_LE(channel.queue_size, 2 * queue);
    }
    EXPECT_GT(bench.status().accounting.sources.held, 0U);
    bench.stalled = {1};
    bench.run(400);
    EXPECT_FALSE(bench.feed().is_through()) << "one full shard is enough";
    bench.stalled.clear();
    bench.settle();
    EXPECT_TRUE(bench.feed().is_through());
    EXPECT_EQ(bench.stream->hash(), plain_run(tape).hash);
    expect_replay_equal(bench, replay(bench.disk, bench.config));
}

TEST(RuntimeOverflow, ABlockedSourceDoesNotBlockAnother) {
    Bench bench(lively_tape(23, 1'000, 4));
    bench.config.pipeline.channels[0].overflow = OverflowAction::Block;
    bench.config.pipeline.channels[0].queue_size = queue;
    RecordBatch bars = lively_tape(24, 1'000, 4);
    std::erase_if(bars.records,
                  [](const Record& record) { return record.kind() != RecordKind::Bar; });
    bench.add_feed(bars).identity = "bars";
    bench.stalled = {0};
    bench.open();
    bench.run(300);
    EXPECT_FALSE(bench.feed().is_through());
    EXPECT_TRUE(bench.feeds[1]->is_through());
    bench.stalled.clear();
    bench.settle();
    EXPECT_EQ(replay(bench.disk, bench.config).records,
              bench.feed().tape.records.size() + bars.records.size());
}

TEST(RuntimeOverflow, DropNewestRefusesAtAdmissionAndCountsEach) {
    const RecordBatch tape = lively_tape(25, 2'000, 6);
    Bench bench(tape, 2);
    set_overflow(bench, OverflowAction::DropNewest);
    bench.stalled = {1};
    bench.feed().due = 1'500;
    bench.open();
    bench.run_until([&] { return bench.feed().is_through(); });
    EXPECT_TRUE(bench.feed().is_through());
    bench.stalled.clear();
    bench.settle();
    bench.feed().due = tape.records.size();
    bench.feed().longest = 5;  // slow enough for everybody
    bench.settle();
    const EngineStatus& status = bench.status();
    const std::uint64_t refused = status.accounting.sequencer.dropped_for(Reason::QueueFull);
    EXPECT_GT(refused, 300U);
    EXPECT_EQ(status.accounting.sequencer.in, tape.records.size());
    const Replayed again = replay(bench.disk, bench.config);
    EXPECT_EQ(again.refused, refused);
    EXPECT_EQ(again.records, tape.records.size() - refused);
    expect_replay_equal(bench, again);
    // A start goes on behind all of them.
    bench.kill();
    bench.open();
    EXPECT_EQ(bench.feed().resumed_at, tape.records.size());
    bench.settle();
    EXPECT_EQ(replay(bench.disk, bench.config).records, tape.records.size() - refused);
}

TEST(RuntimeOverflow, DropOldestSkipsAsManyAsAreTooMany) {
    const RecordBatch tape = lively_tape(26, 2'000, 6);
    for (const unsigned shards : {1U, 2U}) {
        Bench bench(tape, shards);
        set_overflow(bench, OverflowAction::DropOldest);
        bench.stalled = {0};
        bench.feed().due = 1'500;
        bench.open();
        bench.run_until([&] { return bench.feed().is_through(); });
        EXPECT_TRUE(bench.feed().is_through());
        bench.stalled.clear();
        bench.settle();
        bench.feed().due = tape.records.size();
        bench.feed().longest = 5;
        bench.settle();
        const EngineStatus& status = bench.status();
        const Replayed again = replay(bench.disk, bench.config);
        std::uint64_t skipped = 0;
        for (const SkipRecords& skip : decisions_of<SkipRecords>(again)) {
            skipped += skip.sequences.size();
        }
        EXPECT_GT(skipped, 300U);
        std::uint64_t counted = 0;
        for (const StageCounts& channel : status.accounting.channels) {
            counted += channel.dropped_for(Reason::Skipped);
        }
        EXPECT_EQ(counted, skipped);
        EXPECT_EQ(again.records, tape.records.size());
        expect_replay_equal(bench, again);
    }
}

TEST(RuntimeOverflow, DropOldestAlsoTakesWhatAPausedLaneKeeps) {
    const RecordBatch tape = lively_tape(27, 1'500, 6);
    Bench bench(tape, 2);
    set_overflow(bench, OverflowAction::DropOldest);
    bench.feed().due = 200;
    bench.feed().longest = 5;
    bench.open();
    bench.settle();
    bench.command(PauseChannel{ChannelType::Tick});
    bench.feed().due = 1'200;
    bench.settle();
    EXPECT_LE(bench.status().channels[0].parked, 2 * queue);
    bench.command(ResumeChannel{ChannelType::Tick});
    bench.feed().due = tape.records.size();
    bench.settle();
    EXPECT_GT(bench.status().accounting.channels[0].dropped_for(Reason::Skipped), 300U);
    expect_replay_equal(bench, replay(bench.disk, bench.config));
    EXPECT_TRUE(bench.stop());
}

/// With a snapshot, skips of what it keeps parked and of what came before it, then another start.
void skip_around_a_snapshot(Bench& bench) {
    set_overflow(bench, OverflowAction::DropOldest);
    bench.feed().longest = 5;
    bench.feed().due = 200;
    bench.open();
    bench.settle();
    bench.command(PauseChannel{ChannelType::Tick});
    testing::live_to(bench, 900, {600});
    const Replayed before = replay(bench.disk, bench.config);
    ASSERT_GT(decisions_of<SkipRecords>(before).size(), 20U);
    bench.kill();
}

TEST(RuntimeOverflow, SkipsHoldForAnyShardsOfTheNextStart) {
    const RecordBatch tape = lively_tape(28, 1'500, 6);
    for (const unsigned shards : {1U, 2U, 3U, 5U}) {
        Bench bench(tape, 3);
        skip_around_a_snapshot(bench);
        bench.config.engine.shards = shards;
        bench.open();
        EXPECT_TRUE(bench.runtime->recovery().had_snapshot);
        bench.command(ResumeChannel{ChannelType::Tick});
        bench.feed().due = tape.records.size();
        bench.settle();
        expect_replay_equal(bench, replay(bench.disk, bench.config));
        EXPECT_TRUE(bench.stop());
    }
}

TEST(RuntimeOverflow, SkipsHoldInAWarmUp) {
    const RecordBatch tape = lively_tape(29, 1'500, 6);
    Bench bench(tape, 3);
    bench.logic_version = 7;
    skip_around_a_snapshot(bench);
    bench.logic_version = 8;
    bench.open();
    EXPECT_TRUE(bench.runtime->recovery().new_epoch);
    bench.command(ResumeChannel{ChannelType::Tick});
    bench.feed().due = tape.records.size();
    bench.settle();
    const Replayed again = replay(bench.disk, bench.config);
    ASSERT_EQ(again.hashes.size(), 2U);
    EXPECT_EQ(again.hashes[1], bench.stream->hash());
    EXPECT_GT(again.events[1], 0U);
    EXPECT_TRUE(bench.stop());
}

// More than one decision may hold are skipped in several.
TEST(RuntimeOverflow, DropOldestSkipsMoreThanADecisionHolds) {
    RecordBatch tape = testing::rising_tape(2);
    const Record last = tape.records.back();
    for (int i = 0; i < 250'000; ++i) {
        tape.records.push_back(last);
    }
    Bench bench(tape, 1);
    bench.feed().longest = 20'000;
    bench.feed().ends = false;
    bench.config.engine.tail_bytes = std::size_t{1} << 30;
    bench.config.pipeline.channels[0].overflow = OverflowAction::DropOldest;
    bench.stalled = {0};
    bench.open();
    bench.run_until([&] { return bench.feed().is_through(); });
    bench.stalled = {};
    bench.settle();
    const EngineStatus& status = bench.status();
    EXPECT_EQ(status.channels[0].queue_size, 0U);
    EXPECT_GT(status.channels[0].skipped, 200'000U);
}

}  // namespace
}  // namespace tickstock
