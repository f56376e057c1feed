// What load, the disk and failures decide: shedding, stops of admission, moves between shards,
// channels in error. A replay of the journal gives the same stream.

#include <gtest/gtest.h>

#include <stdexcept>

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

/// Fails on all samples while it shall; finds nothing.
class FragileDetector final : public SampleDetector {
public:
    explicit FragileDetector(const bool& fails) : fails_(fails) {}

    void reset(SymbolId /*symbol*/) override {}
    void on_sample(const Sample& /*sample*/, SessionStats& /*stats*/, const Moment& /*moment*/,
                   DetectionSink& /*sink*/) override {
        if (fails_) {
            throw std::runtime_error("made to fail");
        }
    }
    const char* name() const override { return "fragile"; }
    void save_symbol(SymbolId /*symbol*/, StateWriter& /*out*/) const override {}
    void load_symbol(SymbolId /*symbol*/, StateReader& /*in*/) override {}
    void forget_symbol(SymbolId /*symbol*/) override {}

private:
    const bool& fails_;
};

/// A switch a shard.
using Switches = std::array<bool, 4>;

PipelineExtensions fragile(const Switches& fails, unsigned shards) {
    PipelineExtensions extensions;
    extensions.detectors.push_back(
        [&fails, shards, made = std::make_shared<unsigned>(0)](const PipelineSettings&) {
            return std::make_unique<FragileDetector>(fails[(*made)++ % shards]);
        });
    return extensions;
}

void expect_replay_equal(Bench& bench) {
    const Replayed again = replay(bench.disk, bench.config, 2);
    EXPECT_EQ(again.failure, "");
    ASSERT_FALSE(again.hashes.empty());
    EXPECT_EQ(again.hashes.back(), bench.stream->hash());
}

TEST(RuntimeControl, ShedsWhileTooManyEventsWaitAndStopsWhenTheyAreOut) {
    const RecordBatch tape = lively_tape(31, 6'000, 6);
    Bench bench(tape, 2);
    bench.config.journal.durability = Durability::Always;
    bench.config.pipeline.priority.event_capacity = 40;
    bench.sync_stalls = true;  // so the gate stays shut
    bench.feed().due = 1'500;
    bench.open();
    bench.settle();
    EXPECT_EQ(bench.heard.total(), 0U);
    EXPECT_GE(bench.status().control.shed.level, 1U);
    bench.pass(4s);
    EXPECT_EQ(bench.status().control.shed.level, 4U);
    EXPECT_LE(bench.status().control.shed.pending, 10 * 40U) << "the bound of memory";
    bench.feed().due = 3'000;
    bench.run(200);
    bench.sync_stalls = false;
    bench.settle();
    EXPECT_EQ(bench.status().control.shed.pending, 0U);
    const std::uint64_t shed = bench.status().accounting.priority.dropped_for(Reason::Shed);
    EXPECT_GT(shed, 0U);
    bench.pass(45s, 250ms);
    EXPECT_EQ(bench.status().control.shed.level, 0U);
    bench.feed().due = tape.records.size();
    bench.feed().longest = 5;
    bench.settle();
    EXPECT_EQ(bench.status().accounting.priority.dropped_for(Reason::Shed), shed);
    expect_replay_equal(bench);
    EXPECT_EQ(decisions_of<ShedChange>(replay(bench.disk, bench.config)).size(), 8U);
}

TEST(RuntimeControl, NoSnapshotTakesALongPauseThroughMemory) {
    RecordBatch tape = testing::rising_tape(10);
    const Record last = tape.records.back();
    for (int i = 0; i < 60'000; ++i) {
        tape.records.push_back(last);
    }
    Bench bench(tape, 2);
    bench.feed().longest = 10'000;
    bench.feed().ends = false;
    bench.feed().due = 5;
    bench.open();
    bench.settle();
    bench.command(PauseChannel{ChannelType::Tick});
    bench.pass(70s, 1s);
    const std::uint64_t snapshots = bench.status().control.snapshot.count;
    EXPECT_EQ(snapshots, 1U) << "a short pause stands in it";
    bench.feed().due = tape.records.size();
    bench.settle();
    const std::uint64_t kept = bench.status().channels[0].queue_size;
    EXPECT_GT(kept, 50'000U);
    bench.pass(140s, 1s);
    EXPECT_EQ(bench.status().control.snapshot.count, snapshots);
    EXPECT_TRUE(bench.stop());
    bench.open();
    EXPECT_EQ(bench.status().channels[0].queue_size, kept);
    bench.command(ResumeChannel{ChannelType::Tick});
    bench.settle();
    EXPECT_EQ(bench.status().channels[0].queue_size, 0U);
    bench.pass(70s, 1s);
    EXPECT_GE(bench.status().control.snapshot.count, 1U);
}

TEST(RuntimeControl, PolicyAlwaysLetsEntriesGather) {
    const RecordBatch tape = lively_tape(33, 400, 6);
    const auto syncs = [&](Nanos group_commit, std::size_t bytes) {
        Bench bench(tape, 2);
        bench.config.journal.durability = Durability::Always;
        bench.config.journal.group_commit = group_commit;
        bench.config.journal.group_commit_bytes = bytes;
        bench.feed().due = 0;
        bench.open();
        bench.settle();
        for (std::size_t due = 1; due <= 200; ++due) {  // one each half a millisecond
            bench.feed().due = due;
            bench.pass(500us, 50us);
        }
        bench.pass(2s);
        const JournalSummary journal = bench.status().control.journal;
        EXPECT_EQ(journal.durable, journal.last);
        return journal.syncs;
    };
    const std::uint64_t at_once = syncs(0ms, 64 * 1024);
    EXPECT_GE(at_once, 200U);
    const std::uint64_t gathered = syncs(2ms, 64 * 1024);
    EXPECT_GE(gathered, 40U);
    EXPECT_LT(gathered, 80U) << "about four entries together";
    EXPECT_GE(syncs(2ms, 1), 200U) << "the bytes are enough";
}

TEST(RuntimeControl, AFullDiskStopsAdmissionAndTellsTheGap) {
    const RecordBatch tape = lively_tape(32, 3'000, 6);
    for (const unsigned shards : {1U, 3U}) {
        Bench bench(tape, shards);
        bench.feed().due = 500;
        bench.open();
        bench.settle();
        bench.disk.set_capacity(bench.disk.bytes_used());
        bench.feed().due = tape.records.size();
        bench.run(300);
        EXPECT_FALSE(bench.feed().is_through());
        EXPECT_EQ(bench.status().control.journal.state, "disk_full");
        const std::uint64_t taken = bench.feed().taken;
        bench.pass(5s);
        EXPECT_EQ(bench.feed().taken, taken) << "admitted with a full disk";
        EXPECT_LE(bench.status().last_sequence,
                  replay(bench.disk, bench.config).last.value() + 100);
        bench.disk.set_capacity(std::uint64_t{1} << 30);
        bench.pass(1s);
        bench.settle();
        EXPECT_FALSE(bench.failed) << bench.runtime->failure();
        EXPECT_TRUE(bench.feed().is_through());
        const EngineStatus& status = bench.status();
        EXPECT_EQ(status.control.journal.state, "writing");
        EXPECT_EQ(status.control.journal.disk_full_stops, 1U);
        EXPECT_EQ(status.events_by_type[static_cast<std::size_t>(EventType::Control)], 2U);
        const auto gaps = decisions_of<SourceGap>(replay(bench.disk, bench.config));
        ASSERT_EQ(gaps.size(), 2U);  // both are told when there is room again
        EXPECT_FALSE(gaps[0].recovered);
        EXPECT_TRUE(gaps[1].recovered);
        EXPECT_EQ(gaps[1].reason, "disk_full");
        EXPECT_GE(gaps[1].to - gaps[1].from, 5s);
        expect_replay_equal(bench);
    }
}

TEST(RuntimeControl, AFailedSyncEndsTheEngine) {
    Bench bench(lively_tape(33, 500, 4));
    bench.config.journal.durability = Durability::Always;
    bench.feed().due = 100;
    bench.open();
    bench.settle();
    bench.disk.set_faults([](MemoryDisk::Operation operation, const std::string&) {
        return operation == MemoryDisk::Operation::Sync
                   ? std::optional(MemoryDisk::Fault{EIO, 0, false})
                   : std::nullopt;
    });
    const auto heard = bench.heard.total();
    bench.feed().due = 500;
    bench.run(20);
    EXPECT_TRUE(bench.failed);
    EXPECT_NE(bench.runtime->failure(), "");
    EXPECT_EQ(bench.heard.total(), heard) << "published, and not on the disk";
}

TEST(RuntimeControl, ARoutingRuleComesBeforeTheStrategyAndChangesNoEvent) {
    const RecordBatch tape = lively_tape(35, 3'000, 9);
    Bench bench(tape, 3);
    bench.extensions.routing_rules = {{"all on the last", 1, {"*"}, nullptr, {2}}};
    bench.open();
    bench.settle();
    const EngineStatus status = bench.status();
    EXPECT_EQ(status.control.shards[0].symbols + status.control.shards[1].symbols, 0U);
    EXPECT_EQ(status.control.shards[2].symbols, status.symbols);
    EXPECT_EQ(bench.stream->hash(), plain_run(tape).hash);
    expect_replay_equal(bench);
    EXPECT_TRUE(bench.stop());
    bench.extensions.routing_rules.front().shards = {3};
    EXPECT_NE(bench.try_open(), "") << "there is no shard 3";
    bench.extensions.routing_rules.clear();
    bench.config.router.rules = {"NONE -> 0", "* -> 1"};
    bench.open();
    EXPECT_EQ(bench.status().control.shards[1].symbols, bench.status().symbols);
}

TEST(RuntimeControl, SymbolsMoveAwayFromAShardThatFails) {
    const RecordBatch tape = lively_tape(34, 6'000, 9);
    const auto plain = plain_run(tape);
    Switches fails{};
    Bench bench(tape, 3);
    bench.config.router.strategy = RouterStrategy::HealthBased;
    bench.extensions = fragile(fails, 3);
    bench.feed().due = 0;
    bench.open();
    for (std::size_t due = 0; due < tape.records.size(); due += 50) {
        fails[1] = due > 500 && due < 2'000;
        fails[2] = due > 3'500 && due < 4'500;
        bench.feed().due = due;
        bench.run_until([&] { return bench.feed().is_through(); });
        bench.pass(1s, 250ms);
    }
    bench.feed().due = tape.records.size();
    bench.settle();
    const EngineStatus& status = bench.status();
    EXPECT_GT(status.control.router.moves, 0U);
    EXPECT_GT(status.channels[0].dead_letter_total, 0U);
    EXPECT_EQ(bench.stream->hash(), plain.hash);
    expect_replay_equal(bench);
    std::size_t moved = 0;
    for (const PlaceSymbols& places :
         decisions_of<PlaceSymbols>(replay(bench.disk, bench.config))) {
        moved += places.places.size();
    }
    EXPECT_EQ(moved, status.control.router.moves);
}

TEST(RuntimeControl, AChannelThatFailsOnAllShardsGoesIntoErrorAndReturns) {
    RecordBatch tape = lively_tape(35, 20'000, 12);
    std::erase_if(tape.records,
                  [](const Record& record) { return record.kind() != RecordKind::Trade; });
    for (std::size_t i = 0; i < tape.records.size(); ++i) {  // each closes the second of the last
        Trade trade = tape.records[i].trade();
        trade.header.ts_event = trade.header.ts_recv =
            from_unix_second(testing::ten_o_clock + static_cast<std::int64_t>(i));
        trade.conditions = {};
        tape.records[i] = Record(trade);
    }
    Switches fails{};
    Bench bench(tape, 2);
    bench.extensions = fragile(fails, 2);
    bench.feed().due = 0;
    bench.feed().longest = 1'000'000;  // in batches that are large enough to fail as a whole
    bench.open();
    const auto feed_on = [&](ChannelStatus until) {  // some records a second, until the channel is
        return bench.run_until(
            [&] {
                bench.feed().due = std::min(bench.feed().due + 60, tape.records.size());
                bench.clock.advance(100ms);
                const auto status = bench.runtime->status();
                return status && status->channels[0].status == until;
            },
            1'000);
    };
    ASSERT_TRUE(feed_on(ChannelStatus::Active));
    fails = {true, true, true, true};
    for (unsigned time = 1; time <= 6; ++time) {
        const bool in_error = feed_on(ChannelStatus::Error);
        const ChannelSummary& tick = bench.status().channels[0];
        ASSERT_TRUE(in_error) << time << ": " << tick.errors << " errors in " << tick.batches
                              << " batches, " << tick.counts.out << " records";
        const Nanos begin = bench.clock.monotonic();
        EXPECT_EQ(bench.runtime->status()->channels[0].returns_last_hour, time - 1);
        if (time == 6) {
            break;
        }
        bench.run_until([&] {
            bench.clock.advance(100ms);
            return bench.runtime->status()->channels[0].status == ChannelStatus::Active;
        });
        EXPECT_GE(bench.clock.monotonic() - begin, 58s);
        EXPECT_LE(bench.clock.monotonic() - begin, 63s);
    }
    bench.pass(120s, 500ms);
    EXPECT_EQ(bench.status().channels[0].status, ChannelStatus::Error);
    EXPECT_TRUE(bench.status().channels[0].failed);
    fails = {};
    EXPECT_EQ(bench.command(ResumeChannel{ChannelType::Tick}).code, CommandAnswer::Code::Done);
    bench.feed().due = tape.records.size();
    bench.settle();
    const EngineStatus& status = bench.status();
    EXPECT_EQ(status.channels[0].status, ChannelStatus::Active);
    EXPECT_FALSE(status.channels[0].failed);
    EXPECT_EQ(status.accounting.coordination.in, plain_run(tape).accounting.coordination.in)
        << "what waited was lost";
    expect_replay_equal(bench);
    EXPECT_EQ(decisions_of<ChannelChange>(replay(bench.disk, bench.config)).size(), 12U);
}

TEST(RuntimeControl, SnapshotsComeInTimeAndLetTheJournalForget) {
    const RecordBatch tape = lively_tape(36, 3'000, 6);
    Bench bench(tape, 2);
    bench.config.journal.segment_bytes = 16 * 1024;
    bench.config.journal.retention_bytes = 64 * 1024;
    bench.feed().due = 0;
    bench.open();
    for (std::size_t due = 0; due <= tape.records.size(); due += 300) {
        bench.feed().due = due;
        bench.settle();
        bench.pass(61s, 500ms);
    }
    const EngineStatus& status = bench.status();
    EXPECT_GE(status.control.snapshot.count, 10U);
    EXPECT_EQ(status.control.snapshot.failures, 0U);
    EXPECT_LT(status.control.journal.bytes, 200'000U);
    EXPECT_EQ(bench.stream->hash(), plain_run(tape).hash);
    std::size_t snapshots = 0;
    for (const std::string& path : bench.disk.paths()) {
        snapshots += path.find("/snapshots/") != std::string::npos ? 1U : 0U;
    }
    EXPECT_EQ(snapshots, 3U);
}

}  // namespace
}  // namespace tickstock
