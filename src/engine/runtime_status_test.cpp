// What the running engine tells of itself: times, slow records, circuits, threads, states.

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "engine/test_runtime.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::lively_tape;
using testing::plain_run;

/// Does something on each sample; finds nothing.
class HookDetector final : public SampleDetector {
public:
    explicit HookDetector(std::function<void()> on_each) : on_each_(std::move(on_each)) {}

    void reset(SymbolId /*symbol*/) override {}
    void on_sample(const Sample& /*sample*/, SessionStats& /*stats*/, const Moment& /*moment*/,
                   DetectionSink& /*sink*/) override {
        on_each_();
    }
    const char* name() const override { return "hook"; }
    void save_symbol(SymbolId /*symbol*/, StateWriter& /*out*/) const override {}
    void load_symbol(SymbolId /*symbol*/, StateReader& /*in*/) override {}
    void forget_symbol(SymbolId /*symbol*/) override {}

private:
    const std::function<void()> on_each_;
};

PipelineExtensions hooked(std::function<void()> on_each) {
    PipelineExtensions extensions;
    extensions.detectors.push_back(
        [on_each](const PipelineSettings&) { return std::make_unique<HookDetector>(on_each); });
    return extensions;
}

/// Trades of one symbol, a second apart: each closes the second of the one before.
RecordBatch slow_tape(std::uint64_t seed, std::size_t records) {
    RecordBatch tape = lively_tape(seed, 3 * records, 1);
    std::erase_if(tape.records,
                  [](const Record& record) { return record.kind() != RecordKind::Trade; });
    tape.records.resize(std::min(tape.records.size(), records));
    for (std::size_t i = 0; i < tape.records.size(); ++i) {
        Trade trade = tape.records[i].trade();
        trade.header.ts_event = trade.header.ts_recv =
            from_unix_second(testing::ten_o_clock + static_cast<std::int64_t>(i));
        trade.conditions = {};
        trade.correction = 0;
        tape.records[i] = Record(trade);
    }
    return tape;
}

const ChannelSummary& tick_of(Bench& bench) {
    return bench.status().channels[0];
}

TEST(RuntimeStatus, TellsWhatTookLong) {
    Bench bench(slow_tape(51, 400));
    Nanos work{0};
    bench.extensions = hooked([&] { bench.clock.advance(work); });
    bench.feed().longest = 4;
    bench.feed().due = 200;
    bench.open();
    bench.settle();
    work = 60ms;
    bench.feed().due = 260;
    bench.settle();
    const ChannelSummary slow = tick_of(bench);
    ASSERT_FALSE(slow.slowest.empty());
    EXPECT_TRUE(std::ranges::is_sorted(slow.slowest, std::greater<>(), &SlowRecordEntry::time));
    for (const SlowRecordEntry& entry : slow.slowest) {
        EXPECT_GE(entry.time, 15ms);
        EXPECT_LE(entry.time, 61ms);
        EXPECT_GE(entry.records, 1U);
        EXPECT_GT(entry.sequence.value(), 200U) << "of those before none took any time";
        EXPECT_GE(to_ns(entry.clock) / 1'000'000'000, testing::ten_o_clock + 190);
        EXPECT_NE(entry.symbol, "");
    }
    EXPECT_GE(slow.last_time, 15ms);
    EXPECT_GT(slow.timed_out, 0U);
    EXPECT_LE(slow.timed_out, 60U) << "records";
    const RouterSummary& router = bench.status().control.router;
    EXPECT_EQ(router.timed_out, slow.timed_out);
    EXPECT_EQ(router.routing_errors, router.timed_out + router.none_healthy);
    EXPECT_GT(router.routing_time.count(), 0U);
    work = 0ms;
    bench.feed().due = 280;
    bench.settle();
    EXPECT_LT(tick_of(bench).last_time, 1ms);
}

TEST(RuntimeStatus, TheLowerLanesHaveSlowRecordsToo) {
    const RecordBatch tape = lively_tape(52, 4'000, 6);
    Bench bench(tape, 2);
    bench.open();
    bench.settle();
    for (const ChannelSummary& channel : bench.status().channels) {
        ASSERT_FALSE(channel.slowest.empty()) << to_string(channel.type);
        for (const SlowRecordEntry& entry : channel.slowest) {
            EXPECT_NE(entry.symbol, "");
            EXPECT_NE(entry.sequence.value(), 0U);
            EXPECT_NE(to_ns(entry.clock), 0);
        }
    }
    EXPECT_GT(bench.status().control.router.selection_time.count(), 0U);
}

TEST(RuntimeStatus, WhatAPausedChannelKeepsGrowsOld) {
    Bench bench(slow_tape(56, 100));
    bench.feed().due = 50;
    bench.open();
    bench.settle();
    EXPECT_EQ(bench.command(PauseChannel{ChannelType::Tick}).code, CommandAnswer::Code::Done);
    bench.pass(5s);
    EXPECT_EQ(tick_of(bench).oldest_age, 0s) << "nothing waits yet";
    bench.feed().due = 60;
    bench.settle();
    bench.pass(10s);
    EXPECT_EQ(tick_of(bench).parked, 10U);
    EXPECT_GE(tick_of(bench).oldest_age, 10s);
    EXPECT_LE(tick_of(bench).oldest_age, 20s);
    EXPECT_TRUE(tick_of(bench).healthy) << "a person wants it so";
    EXPECT_EQ(bench.command(ResumeChannel{ChannelType::Tick}).code, CommandAnswer::Code::Done);
    bench.settle();
    EXPECT_EQ(tick_of(bench).oldest_age, 0s);
}

TEST(RuntimeStatus, CircuitsHaveAHistory) {
    Bench bench(slow_tape(53, 2'000));
    bool fails = false;
    bench.extensions = hooked([&] {
        if (fails) {
            throw std::runtime_error("made to fail");
        }
    });
    bench.config.router.channel_circuit_failures = 3;
    bench.feed().longest = 2;
    bench.feed().due = 50;
    bench.open();
    const auto feed_for = [&](int steps) {
        for (int i = 0; i < steps; ++i) {
            bench.feed().due += 5;
            bench.pass(1s, 100ms);
        }
    };
    feed_for(5);
    EXPECT_TRUE(tick_of(bench).circuit_history.empty());
    fails = true;
    feed_for(30);
    fails = false;
    feed_for(120);
    const std::vector<CircuitEntry> tick = tick_of(bench).circuit_history;
    ASSERT_GE(tick.size(), 2U);
    EXPECT_EQ(tick.front().circuit, "tick/0");
    EXPECT_EQ(tick.front().to, CircuitState::Open);
    EXPECT_EQ(tick.front().reason, "records failed");
    EXPECT_EQ(tick.back().to, CircuitState::Closed);
    EXPECT_NE(tick.back().reason, "");
    EXPECT_LT(tick.front().sequence, tick.back().sequence);
    EXPECT_GT(to_ns(tick.front().clock) / 1'000'000'000, testing::ten_o_clock);
    const RouterSummary& router = bench.status().control.router;
    ASSERT_GE(router.circuit_history.size(), 2U);
    EXPECT_EQ(router.circuit_history.front().circuit, "router");
    EXPECT_EQ(router.circuit_history.front().to, CircuitState::Open);
    EXPECT_EQ(router.circuit_history.front().reason, "none_healthy");
    EXPECT_EQ(router.circuit_history.back().to, router.circuit);
    EXPECT_TRUE(bench.status().channels[2].circuit_history.empty());
}

TEST(RuntimeStatus, AShardWithoutRecordsDoesNotHoldAChannelsErrorUp) {
    Bench bench(slow_tape(54, 600), 3);  // one symbol: two shards have nothing
    bench.extensions = hooked([] { throw std::runtime_error("made to fail"); });
    bench.feed().longest = 2;
    bench.feed().due = 0;
    bench.open();
    EXPECT_TRUE(bench.run_until(
        [&] {
            bench.feed().due = std::min(bench.feed().due + 2, bench.feed().tape.records.size());
            bench.clock.advance(100ms);
            const auto status = bench.runtime->status();
            return status && status->channels[0].status == ChannelStatus::Error;
        },
        500));
}

TEST(RuntimeStatus, AFullDiskHasItsTimeAlsoWhenOnlyEventsWait) {
    Bench bench(lively_tape(55, 3'000, 6));
    bench.feed().due = 500;
    bench.open();
    bench.settle();
    const JournalSummary before = bench.status().control.journal;
    EXPECT_EQ(before.state, "writing");
    EXPECT_NE(to_ns(before.since), 0);
    bench.pass(10s);
    EXPECT_EQ(bench.status().control.journal.since, before.since);
    bench.disk.set_faults([](MemoryDisk::Operation operation, const std::string& path) {
        return operation == MemoryDisk::Operation::WriteAt && path.find("/stream/") != path.npos
                   ? std::optional(MemoryDisk::Fault{ENOSPC, 0, false})
                   : std::nullopt;
    });
    const UnixNanos full = bench.clock.wall();
    bench.feed().due = 3'000;
    bench.run(200);
    const JournalSummary during = bench.status().control.journal;
    EXPECT_EQ(during.state, "disk_full");
    EXPECT_GE(during.since, full);
    EXPECT_LE(during.since, bench.clock.wall());
    bench.pass(5s);
    EXPECT_EQ(bench.status().control.journal.since, during.since) << "since, not last seen";
    bench.disk.set_faults({});
    bench.settle();
    const JournalSummary after = bench.status().control.journal;
    EXPECT_EQ(after.state, "writing");
    EXPECT_GT(after.since, during.since + 5s);
}

}  // namespace
}  // namespace tickstock
