// Start and stop: the stream goes on where it stood, or begins anew and says why.

#include "engine/recovery.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/test_runtime.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::expect_goes_on;
using testing::live_to;
using testing::lively_tape;
using testing::plain_run;
using testing::replay;
using testing::rising_tape;

TEST(Recovery, AStopAndAStartGoOnWithoutRunningAnything) {
    const RecordBatch tape = lively_tape(51, 1'500, 6);
    Bench bench(tape, 2);
    bench.open();
    live_to(bench, 700);
    const std::string epoch = bench.epoch();
    EXPECT_TRUE(bench.stop());
    bench.open();
    const RecoveryReport& recovery = bench.runtime->recovery();
    EXPECT_TRUE(recovery.had_journal);
    EXPECT_TRUE(recovery.had_snapshot);
    EXPECT_EQ(recovery.snapshot, recovery.recovered_through);
    EXPECT_EQ(recovery.entries_run, 0U);
    EXPECT_FALSE(recovery.new_epoch) << recovery.why_new_epoch;
    EXPECT_EQ(bench.epoch(), epoch);
    EXPECT_EQ(bench.feed().resumed_at, 700U);
    expect_goes_on(bench, plain_run(tape));
}

TEST(Recovery, AStopBeforeAnythingCameIsAStart) {
    const RecordBatch tape = lively_tape(52, 300, 3);
    Bench bench(tape);
    bench.feed().due = 0;
    bench.open();
    EXPECT_TRUE(bench.stop());
    bench.open();
    EXPECT_FALSE(bench.runtime->recovery().new_epoch) << bench.runtime->recovery().why_new_epoch;
    expect_goes_on(bench, plain_run(tape));
}

TEST(Recovery, AStopWithDeadlinesOpenLeavesThemOpen) {
    const RecordBatch tape = rising_tape(6, 400ms);
    Bench bench(tape, 2);
    bench.open();
    live_to(bench, 3);  // the third waits for the cooldown
    EXPECT_EQ(bench.heard.total(), 1U);
    EXPECT_TRUE(bench.stop());
    EXPECT_EQ(bench.heard.total(), 1U);
    bench.open();
    expect_goes_on(bench, plain_run(tape));
}

TEST(Recovery, OfASnapshotAndTheJournalBehindIt) {
    const RecordBatch tape = lively_tape(53, 1'500, 6);
    Bench bench(tape, 3);
    bench.open();
    live_to(bench, 900, {300, 600});
    bench.kill();
    bench.config.engine.shards = 2;
    bench.open();
    const RecoveryReport& recovery = bench.runtime->recovery();
    EXPECT_TRUE(recovery.had_snapshot);
    EXPECT_GE(recovery.entries_run, 300U);
    EXPECT_LT(recovery.entries_run, 400U);
    EXPECT_GT(recovery.events_compared, 0U);
    EXPECT_EQ(recovery.events_published, 0U);
    expect_goes_on(bench, plain_run(tape));
}

TEST(Recovery, PausesAndParkedRecordsOutliveAStop) {
    const RecordBatch tape = lively_tape(62, 1'200, 6);
    for (const bool clean : {true, false}) {
        Bench bench(tape, 3);
        bench.feed().due = 300;
        bench.open();
        bench.settle();
        for (const ChannelType channel : {ChannelType::Tick, ChannelType::Ohlcv}) {
            bench.command(PauseChannel{channel});
        }
        live_to(bench, 700, {500});
        const EngineStatus before = bench.status();
        if (clean) {
            EXPECT_TRUE(bench.stop());
        } else {
            bench.kill();
        }
        bench.config.engine.shards = 2;
        bench.open();
        const EngineStatus& after = bench.status();
        for (std::size_t i = 0; i < channel_type_count; ++i) {
            EXPECT_EQ(after.channels[i].status, before.channels[i].status);
            EXPECT_EQ(after.channels[i].parked, before.channels[i].parked);
            EXPECT_EQ(after.channels[i].queue_size, before.channels[i].queue_size);
        }
        EXPECT_GT(after.channels[0].parked, 0U);
        for (const ChannelType channel : {ChannelType::Ohlcv, ChannelType::Tick}) {
            EXPECT_EQ(bench.command(ResumeChannel{channel}).code, CommandAnswer::Code::Done);
        }
        live_to(bench, tape.records.size());
        const auto again = replay(bench.disk, bench.config, 1);
        EXPECT_EQ(again.hashes.back(), bench.stream->hash()) << (clean ? "stop" : "kill");
        EXPECT_EQ(bench.status().accounting.coordination.in,
                  plain_run(tape).accounting.coordination.in);
    }
}

TEST(Recovery, WhatPeopleHaveDecidedHolds) {
    const RecordBatch tape = lively_tape(63, 900, 4);
    for (const bool clean : {true, false}) {
        Bench bench(tape, 2);
        UserRule rule;
        rule.name = "cheap";
        rule.when = "price > 0";
        rule.cooldown = Nanos{0};
        bench.config.pipeline.rules.user.push_back(rule);
        bench.feed().due = 200;
        bench.open();
        bench.settle();
        bench.command(SwitchRule{"cheap", false});
        bench.command(SetUniverse{"mine", {SymbolText("XSYM")}, true});
        bench.command(HaltSymbol{SymbolText("YSYM"), true, "T1"});
        live_to(bench, 500, {400});
        if (clean) {
            EXPECT_TRUE(bench.stop());
        } else {
            bench.kill();
        }
        bench.open();
        bench.settle();
        const EngineStatus& status = bench.status();
        ASSERT_NE(status.control.universes, nullptr);
        ASSERT_EQ(status.control.universes->size(), 1U);
        EXPECT_EQ(status.control.universes->front().name, "mine");
        EXPECT_EQ(status.halted_symbols, 1U);
        ASSERT_EQ(status.rules.size(), 1U);
        EXPECT_FALSE(status.rules[0].on);
        EXPECT_EQ(bench.command(SwitchRule{"cheap", false}).sequence, 0U) << "it is off already";
        live_to(bench, tape.records.size());
        EXPECT_EQ(replay(bench.disk, bench.config).hashes.back(), bench.stream->hash());
    }
}

}  // namespace
}  // namespace tickstock
