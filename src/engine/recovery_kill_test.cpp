// A process that dies at any step, or the machine under it: the next one goes on as if nothing had
// been.

#include <gtest/gtest.h>

#include "engine/test_runtime.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::lively_tape;
using testing::plain_run;
using testing::replay;
using testing::TapeRun;

/// A short life with snapshots in it.
std::unique_ptr<Bench> short_life(const RecordBatch& tape, unsigned shards, std::uint64_t seed) {
    auto bench = std::make_unique<Bench>(tape, shards);
    bench->random.seed(seed);
    bench->feed().random.seed(seed);
    bench->feed().longest = 12;
    bench->config.snapshot.interval = 20ms;
    bench->config.journal.segment_bytes = 8 * 1024;
    bench->config.journal.sync_interval = 5ms;
    bench->tick = 500us;
    return bench;
}

/// To the end of the tape, by dice.
void run_on(Bench& bench) {
    bench.settle();
    ASSERT_TRUE(bench.feed().is_through());
}

TEST(RecoveryAfterKill, AtAnyStepTheStreamGoesOn) {
    const RecordBatch tape = lively_tape(41, 240, 4);
    const TapeRun plain = plain_run(tape);
    std::uint64_t snapshots = 0;
    for (int at = 0; at < 260; at += 2) {
        const auto bench = short_life(tape, 1 + static_cast<unsigned>(at) % 4 / 2, 5);
        bench->open();
        for (int step = 0; step < at; ++step) {
            bench->step();
        }
        const std::string epoch = bench->epoch();
        const bool had_epoch = !bench->heard.of(epoch).empty();
        bench->kill();
        bench->config.engine.shards = 1 + static_cast<unsigned>(at) % 3;  // any number
        ASSERT_EQ(bench->try_open(), "") << at;
        const RecoveryReport& recovery = bench->runtime->recovery();
        EXPECT_TRUE(!had_epoch || !recovery.new_epoch) << at << ": " << recovery.why_new_epoch;
        snapshots += recovery.had_snapshot ? 1U : 0U;
        run_on(*bench);
        if (had_epoch) {
            EXPECT_EQ(bench->epoch(), epoch);
        }
        EXPECT_EQ(bench->stream->hash(), plain.hash) << "killed after step " << at;
        EXPECT_EQ(bench->heard.of(bench->epoch()).size(), plain.events);
        EXPECT_EQ(bench->status().accounting.sources.out, tape.records.size());
        if (::testing::Test::HasFailure()) {
            break;
        }
    }
    EXPECT_GT(snapshots, 10U) << "hardly any start had a snapshot: it proves too little";
}

TEST(RecoveryAfterKill, InAnyOperationOfTheDisk) {
    const RecordBatch tape = lively_tape(42, 240, 4);
    const TapeRun plain = plain_run(tape);
    std::uint64_t in_all = 0;
    {
        const auto bench = short_life(tape, 2, 6);
        bench->open();
        run_on(*bench);
        in_all = bench->disk.operations();
    }
    ASSERT_GT(in_all, 60U);
    for (std::uint64_t at = 0; at < in_all; at += 1 + in_all / 120) {
        const auto bench = short_life(tape, 2, 6);
        bench->disk.kill_at(at, at % 37);
        std::string epoch;
        if (bench->try_open().empty()) {
            for (int i = 0; i < 10'000 && !bench->disk.killed(); ++i) {
                bench->step();
            }
            epoch = bench->heard.total() > 0 ? bench->epoch() : "";
        }
        bench->failed = false;
        bench->kill();
        ASSERT_EQ(bench->try_open(), "") << at;
        run_on(*bench);
        EXPECT_EQ(bench->stream->hash(), plain.hash) << "killed in operation " << at;
        EXPECT_TRUE(epoch.empty() || epoch == bench->epoch())
            << at << ": " << bench->runtime->recovery().why_new_epoch;
        if (::testing::Test::HasFailure()) {
            break;
        }
    }
}

TEST(RecoveryAfterKill, AgainAndAgain) {
    const RecordBatch tape = lively_tape(43, 2'000, 6);
    const auto bench = short_life(tape, 3, 7);
    bench->open();
    bench->random.seed(99);
    for (int life = 0; life < 60; ++life) {
        const auto steps = bench->random() % 60;
        for (std::uint64_t step = 0; step < steps; ++step) {
            bench->step();
        }
        bench->kill();
        bench->config.engine.shards = 1 + static_cast<unsigned>(life) % 4;
        ASSERT_EQ(bench->try_open(), "") << life;
    }
    run_on(*bench);
    EXPECT_EQ(bench->stream->hash(), plain_run(tape).hash);
    EXPECT_EQ(bench->epochs_made, 1U);
    EXPECT_EQ(replay(bench->disk, bench->config).records, tape.records.size());
}

TEST(RecoveryAfterPowerCut, WithAlwaysTheEpochSurvives) {
    const RecordBatch tape = lively_tape(44, 240, 4);
    const TapeRun plain = plain_run(tape);
    for (int at = 20; at < 260; at += 3) {
        const auto bench = short_life(tape, 2, 8);
        bench->config.journal.durability = Durability::Always;
        bench->open();
        for (int step = 0; step < at; ++step) {
            bench->step();
        }
        const std::string epoch = bench->heard.total() > 0 ? bench->epoch() : "";
        bench->cut_power(static_cast<std::uint64_t>(at));
        ASSERT_EQ(bench->try_open(), "") << at;
        run_on(*bench);
        EXPECT_TRUE(epoch.empty() || epoch == bench->epoch())
            << at << ": " << bench->runtime->recovery().why_new_epoch;
        EXPECT_EQ(bench->stream->hash(), plain.hash) << "after step " << at;
        if (::testing::Test::HasFailure()) {
            break;
        }
    }
}

TEST(RecoveryAfterPowerCut, WithLessANewEpochBeginsAndKeepsTheState) {
    const RecordBatch tape = lively_tape(45, 240, 4);
    for (int at = 20; at < 260; at += 5) {
        const auto bench = short_life(tape, 2, 9);
        bench->config.journal.sync_interval = 30ms;
        bench->open();
        for (int step = 0; step < at; ++step) {
            bench->step();
        }
        const std::string epoch = bench->epoch();
        const bool told = bench->heard.total() > 0;
        bench->cut_power(static_cast<std::uint64_t>(at));
        ASSERT_EQ(bench->try_open(), "") << at;
        const std::string why = bench->runtime->recovery().why_new_epoch;
        run_on(*bench);
        if (told) {
            EXPECT_NE(bench->epoch(), epoch) << at << ": " << why;
        }
        // Whatever the journal lost came again from its source; what it kept is state.
        const auto again = replay(bench->disk, bench->config);
        EXPECT_EQ(again.failure, "");
        EXPECT_EQ(again.records, tape.records.size());
        EXPECT_EQ(again.hashes.back(), bench->stream->hash());
        if (::testing::Test::HasFailure()) {
            break;
        }
    }
}

}  // namespace
}  // namespace tickstock
