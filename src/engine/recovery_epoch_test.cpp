// Starts after which the stream cannot go on: a new epoch, with as much state as can be had.

#include <gtest/gtest.h>

#include "engine/logic_version.hpp"
#include "engine/test_runtime.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::lively_tape;
using testing::plain_run;
using testing::replay;
using testing::rising_tape;

/// What a bench has told in the epoch at hand.
std::vector<std::string> told(Bench& bench) {
    return bench.heard.of(bench.epoch());
}

/// The highs of a rising tape are those of the whole one from there on: state was warm.
void expect_warm(Bench& bench, const std::string& old_epoch, std::size_t told_before) {
    bench.settle();
    EXPECT_NE(bench.epoch(), old_epoch);
    EXPECT_EQ(bench.stream->range().first, Offset{1});
    Bench whole(bench.feed().tape);
    whole.config.pipeline = bench.config.pipeline;
    whole.open();
    whole.settle();
    const auto all = told(whole);
    const auto now = told(bench);
    ASSERT_GT(all.size(), told_before);
    EXPECT_EQ(now, std::vector<std::string>(all.begin() + static_cast<std::ptrdiff_t>(told_before),
                                            all.end()));
    EXPECT_EQ(bench.heard.of(old_epoch).size(), told_before);
}

TEST(RecoveryEpoch, ASecondWarmUpKnowsWhatCameBeforeTheFirst) {
    const RecordBatch tape = rising_tape(60);
    Bench bench(tape, 2);
    bench.logic_version = 7;
    bench.feed().due = 25;
    bench.open();
    bench.settle();
    EXPECT_TRUE(bench.stop());
    bench.logic_version = 8;
    bench.open();
    bench.feed().due = 40;
    bench.settle();
    EXPECT_TRUE(bench.stop());
    const std::string second = bench.epoch();
    bench.logic_version = 9;
    bench.open();
    bench.feed().due = tape.records.size();
    bench.settle();
    ASSERT_NE(bench.epoch(), second);
    Bench whole(tape);
    whole.open();
    whole.settle();
    const auto all = told(whole);
    const auto now = told(bench);
    ASSERT_EQ(now.size(), 20U);
    EXPECT_EQ(now, std::vector<std::string>(all.end() - 20, all.end()));
}

// Killed anywhere in the start behind a power cut: the one after it still knows of the cut.
TEST(RecoveryEpoch, APowerCutIsNotForgottenByAStartThatDies) {
    for (unsigned n = 0;; ++n) {
        SCOPED_TRACE(n);
        const RecordBatch tape = rising_tape(60);
        Bench bench(tape, 1);
        bench.feed().due = 25;
        bench.open();
        bench.settle();
        const std::string epoch = bench.epoch();
        bench.kill();
        ++bench.boot[0];
        bench.disk.kill_at(n);
        bench.try_open();
        const bool was_killed = bench.disk.killed();
        if (!was_killed) {
            EXPECT_GT(n, 20U);
            break;
        }
        bench.kill();
        bench.open();
        bench.settle();
        ASSERT_NE(bench.epoch(), epoch);
    }
}

// A pause from before the begin with empty state, which a warm-up starts at.
TEST(RecoveryEpoch, WhatAPauseKeepsIsStillKeptBehindAWarmUp) {
    for (const bool warm : {false, true}) {
        SCOPED_TRACE(warm);
        const RecordBatch tape = rising_tape(60);
        Bench bench(tape, 1);
        bench.feed().loops = 1;
        bench.feed().ends = false;
        bench.logic_version = 7;
        bench.feed().due = 10;
        bench.open();
        bench.settle();
        bench.command(PauseChannel{ChannelType::Tick});
        bench.feed().due = 60;
        bench.run_until([&] { return bench.feed().taken >= 60; });
        bench.run(3);
        bench.feed().due = 30;
        bench.settle();
        const std::uint64_t queue = bench.status().channels[0].queue_size;
        EXPECT_GT(queue, 20U);
        EXPECT_TRUE(bench.stop());
        bench.logic_version = warm ? 8 : 7;
        bench.open();
        bench.settle();
        EXPECT_EQ(bench.status().channels[0].queue_size, queue);
        bench.command(ResumeChannel{ChannelType::Tick});
        bench.settle();
        EXPECT_GT(told(bench).size(), 20U);
    }
}

TEST(RecoveryEpoch, AnotherLogicVersionWarmsUpInSilence) {
    for (const bool clean : {true, false}) {
        const RecordBatch tape = rising_tape(40);
        Bench bench(tape, 2);
        bench.logic_version = 7;
        bench.feed().due = 25;
        bench.open();
        bench.settle();
        const std::string epoch = bench.epoch();
        const std::size_t before = told(bench).size();
        ASSERT_EQ(before, 24U);
        if (clean) {
            EXPECT_TRUE(bench.stop());
        } else {
            bench.kill();
        }
        bench.logic_version = 8;
        bench.open();
        const RecoveryReport& recovery = bench.runtime->recovery();
        EXPECT_TRUE(recovery.new_epoch);
        EXPECT_NE(recovery.why_new_epoch.find("logic version"), std::string::npos);
        EXPECT_GE(recovery.events_unheard, 24U);
        EXPECT_EQ(bench.feed().resumed_at, 25U);
        bench.feed().due = tape.records.size();
        expect_warm(bench, epoch, before);
        EXPECT_EQ(bench.stream->range().last.value(), 15U);
        EXPECT_TRUE(bench.stop());
        bench.open();  // under the same version again
        EXPECT_FALSE(bench.runtime->recovery().new_epoch)
            << bench.runtime->recovery().why_new_epoch;
    }
}

TEST(RecoveryEpoch, AReplayOfTheJournalFollowsTheWarmUp) {
    const RecordBatch tape = lively_tape(71, 1'200, 5);
    Bench bench(tape, 2);
    bench.logic_version = 7;
    bench.feed().due = 700;
    bench.open();
    bench.settle();
    bench.kill();
    bench.logic_version = 8;
    bench.open();
    bench.feed().due = tape.records.size();
    bench.settle();
    for (const unsigned shards : {1U, 3U}) {
        const auto again = replay(bench.disk, bench.config, shards);
        ASSERT_EQ(again.hashes.size(), 2U);
        EXPECT_EQ(again.hashes[1], bench.stream->hash());
    }
    // And a start after that: without a snapshot, from the journal alone.
    const std::string epoch = bench.epoch();
    bench.kill();
    bench.open();
    EXPECT_FALSE(bench.runtime->recovery().new_epoch) << bench.runtime->recovery().why_new_epoch;
    EXPECT_EQ(bench.epoch(), epoch);
    bench.settle();
}

TEST(RecoveryEpoch, AnotherConfigurationWarmsUpUnderIt) {
    const RecordBatch tape = rising_tape(40);
    Bench bench(tape, 2);
    bench.feed().due = 25;
    bench.open();
    bench.settle();
    const std::string epoch = bench.epoch();
    const std::size_t before = told(bench).size();
    EXPECT_TRUE(bench.stop());
    bench.config.pipeline.high_low.cooldown = 1'500ms;  // of no effect on this tape
    bench.open();
    EXPECT_TRUE(bench.runtime->recovery().new_epoch);
    EXPECT_EQ(bench.runtime->recovery().why_new_epoch, "another configuration");
    bench.feed().due = tape.records.size();
    expect_warm(bench, epoch, before);
    EXPECT_EQ(testing::decisions_of<ConfigurationChange>(replay(bench.disk, bench.config)).size(),
              2U);
    EXPECT_TRUE(bench.stop());
    bench.open();
    EXPECT_FALSE(bench.runtime->recovery().new_epoch) << bench.runtime->recovery().why_new_epoch;
}

TEST(RecoveryEpoch, SettingsOfTheWorkAreNoOtherConfiguration) {
    const RecordBatch tape = lively_tape(72, 600, 4);
    Bench bench(tape, 2);
    bench.feed().due = 300;
    bench.open();
    bench.settle();
    EXPECT_TRUE(bench.stop());
    bench.config.pipeline.channels[1].max_batch_size = 7;
    bench.config.pipeline.channels[0].queue_size = 10;
    bench.config.engine.shards = 4;
    bench.config.router.strategy = RouterStrategy::RoundRobin;
    bench.config.journal.durability = Durability::Always;
    bench.open();
    EXPECT_FALSE(bench.runtime->recovery().new_epoch) << bench.runtime->recovery().why_new_epoch;
    bench.feed().due = tape.records.size();
    bench.settle();
    EXPECT_EQ(bench.stream->hash(), plain_run(tape).hash);
}

TEST(RecoveryEpoch, OtherSourcesBeginWithEmptyState) {
    const RecordBatch tape = rising_tape(30);
    Bench bench(tape, 2);
    bench.feed().due = 20;
    bench.open();
    bench.settle();
    const std::string epoch = bench.epoch();
    EXPECT_TRUE(bench.stop());
    bench.feed().identity = "another tape";
    bench.feed().due = tape.records.size();
    bench.open();
    EXPECT_TRUE(bench.runtime->recovery().new_epoch);
    EXPECT_EQ(bench.runtime->recovery().why_new_epoch, "other inputs than before");
    bench.settle();
    EXPECT_NE(bench.epoch(), epoch);
    EXPECT_EQ(bench.stream->hash(), plain_run(tape).hash) << "the state was not empty";
    EXPECT_EQ(replay(bench.disk, bench.config).hashes.back(), bench.stream->hash());
}

TEST(RecoveryEpoch, ASourceThatNeverGoesOnKeepsEpochAndState) {
    const RecordBatch tape = rising_tape(30);
    Bench bench(tape);
    bench.feed().identity = "";
    bench.feed().ends = false;
    bench.feed().due = 20;
    bench.open();
    bench.settle();
    const std::string epoch = bench.epoch();
    EXPECT_TRUE(bench.stop());
    bench.feed().tape.records.erase(bench.feed().tape.records.begin(),
                                    bench.feed().tape.records.begin() + 20);
    bench.feed().due = 10;  // what others push now
    bench.open();
    EXPECT_FALSE(bench.runtime->recovery().new_epoch) << bench.runtime->recovery().why_new_epoch;
    bench.settle();
    EXPECT_EQ(bench.epoch(), epoch);
    EXPECT_EQ(told(bench).size(), 29U);
    EXPECT_EQ(bench.stream->hash(), plain_run(tape).hash);
}

TEST(RecoveryEpoch, AnotherBootWithoutACleanStopBeginsOneUnlessAllWasOnTheDisk) {
    const RecordBatch tape = lively_tape(73, 600, 4);
    for (const Durability durability :
         {Durability::Always, Durability::Interval, Durability::None}) {
        for (const bool clean : {true, false}) {
            for (const bool same_boot : {true, false}) {
                Bench bench(tape, 2);
                bench.config.journal.durability = durability;
                bench.feed().due = 300;
                bench.open();
                bench.settle();
                const std::string epoch = bench.epoch();
                if (clean) {
                    EXPECT_TRUE(bench.stop());
                } else {
                    bench.kill();
                }
                bench.boot[0] = same_boot ? 1 : 2;
                bench.open();
                const bool anew = durability != Durability::Always && !clean && !same_boot;
                EXPECT_EQ(bench.runtime->recovery().new_epoch, anew);
                bench.settle();
                EXPECT_EQ(bench.epoch() != epoch, anew);
                bench.feed().due = tape.records.size();
                bench.settle();
                if (!anew) {
                    EXPECT_EQ(bench.stream->hash(), plain_run(tape).hash);
                }
                EXPECT_EQ(replay(bench.disk, bench.config).hashes.back(), bench.stream->hash());
            }
        }
    }
}

TEST(RecoveryEpoch, ALoopIsGoneOnWithInItsPass) {
    const RecordBatch tape = lively_tape(74, 400, 4);
    for (const bool clean : {true, false}) {
        Bench bench(tape, 2);
        bench.feed().loops = 2;
        bench.open();
        bench.run_until([&] { return bench.epochs_made == 2 && bench.feed().taken > 150; });
        const std::string epoch = bench.epoch();
        if (clean) {
            EXPECT_TRUE(bench.stop());
        } else {
            bench.kill();
        }
        bench.open();
        EXPECT_FALSE(bench.runtime->recovery().new_epoch)
            << bench.runtime->recovery().why_new_epoch;
        EXPECT_EQ(bench.feed().resumed_pass, 2U);
        EXPECT_GT(bench.feed().resumed_at, 0U);
        bench.settle();
        EXPECT_EQ(bench.epochs_made, 3U);
        EXPECT_EQ(bench.stream->hash(), plain_run(tape).hash);
        const auto again = replay(bench.disk, bench.config);
        ASSERT_EQ(again.hashes.size(), 3U);
        EXPECT_EQ(again.hashes[1], plain_run(tape).hash);
    }
}

}  // namespace
}  // namespace tickstock
