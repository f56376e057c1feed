// Ten times the rate that a throttled shard can take (issue 4): TICKSTOCK_OVERLOAD_SECONDS long.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "overload/engine_rig.hpp"
#include "overload/rate_source.hpp"
#include "overload/throttle.hpp"

namespace tickstock::overload {
namespace {

constexpr double rate = 40'000;  // records a second, offered
constexpr std::uint64_t queue_size = 1000;

std::uint64_t seconds() {
    const char* text = std::getenv("TICKSTOCK_OVERLOAD_SECONDS");
    return text == nullptr ? 4 : std::strtoull(text, nullptr, 10);
}

/// Of this process, in bytes.
std::uint64_t resident_memory() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    file >> all >> resident;
    return resident * 4096;
}

/// What was seen while the shard was throttled, and what there is in the end.
struct Outcome {
    bool read_from_file = false;
    std::uint64_t longest_queue = 0;  // of a shard's ticks
    std::uint64_t most_memory = 0;    // above what there was before
    std::uint64_t offered = 0;
    std::shared_ptr<const EngineStatus> status;
    std::uint64_t hash = 0;
    std::uint64_t events = 0;
    EngineRig::Replayed replayed;

    const ChannelSummary& ticks() const { return status->channels[0]; }
    std::uint64_t queue_full() const {
        return status->accounting.sequencer.dropped[static_cast<std::size_t>(Reason::QueueFull)];
    }
};

class Overload : public ::testing::TestWithParam<unsigned> {
protected:
    /// One thread takes turns, so a full queue takes a batch larger than the queue; three threads
    /// let a shard fall behind.
    bool threaded() const { return GetParam() > 1; }

    Outcome run(OverflowAction action, unsigned slow_shards = 2) {
        Config config = EngineRig::config(GetParam());
        config.pipeline.channels[0].overflow = action;
        config.pipeline.channels[0].queue_size = queue_size;
        Outcome outcome;
        outcome.offered = static_cast<std::uint64_t>(rate) * seconds();
        EngineRig rig(config);
        Throttle throttle(rate / 10, slow_shards);
        const std::uint64_t memory_before = resident_memory();
        EngineRig::Sources sources;
        sources.push_back(std::make_unique<RateSource>(trade, rate, outcome.offered));
        EXPECT_EQ(rig.start(std::move(sources), throttle.extensions()), "");
        const auto look = [&] {
            const auto status = rig.status();
            if (!status) {
                return;
            }
            for (const ShardSummary& shard : status->control.shards) {
                outcome.read_from_file = outcome.read_from_file || shard.reading_from_file;
                outcome.longest_queue = std::max(outcome.longest_queue, shard.queued[0]);
            }
            outcome.most_memory =
                std::max(outcome.most_memory,
                         resident_memory() - std::min(resident_memory(), memory_before));
        };
        const Nanos end = rig.clock().monotonic() + std::chrono::seconds(seconds());
        eventually([&] {
            look();
            return rig.clock().monotonic() >= end;
        });
        throttle.lift();
        EXPECT_TRUE(eventually([&] {
            look();
            const auto status = rig.status();
            return rig.failures() > 0 ||
                   (status && status->sources[0].state == "ended" &&
                    status->last_sequence == status->control.shards[0].done_through.value());
        }));
        EXPECT_TRUE(rig.stop()) << rig.why();
        outcome.status = rig.status();
        outcome.hash = rig.stream().hash();
        outcome.events = rig.stream().range().last.value();
        outcome.replayed = rig.replay();
        return outcome;
    }

    /// True of every action.
    static void expect_sound(const Outcome& outcome) {
        EXPECT_TRUE(outcome.status->accounting.closes());
        EXPECT_EQ(outcome.status->accounting.sources.out, outcome.offered);
        EXPECT_EQ(outcome.status->accounting.sequencer.in, outcome.offered);
        EXPECT_EQ(outcome.ticks().queue_size, 0U);
        EXPECT_EQ(outcome.replayed.failure, "");
        EXPECT_EQ(outcome.replayed.hash, outcome.hash) << "a replay of the journal tells otherwise";
        EXPECT_EQ(outcome.replayed.events, outcome.events);
        EXPECT_EQ(outcome.replayed.refused, outcome.queue_full());
        EXPECT_EQ(outcome.replayed.records + outcome.replayed.refused, outcome.offered);
        EXPECT_GE(outcome.events, symbol_count);
        // The tail, a segment read by each shard, the stream: not what waits.
        EXPECT_LT(outcome.most_memory, std::uint64_t{96} << 20);
    }
};

TEST_P(Overload, SpillLosesNothingAndKeepsMemoryBounded) {
    const Outcome outcome = run(OverflowAction::Spill);
    expect_sound(outcome);
    EXPECT_EQ(outcome.replayed.records, outcome.offered);
    EXPECT_EQ(outcome.ticks().counts.in, outcome.offered);
    EXPECT_EQ(outcome.ticks().counts.out, outcome.offered);
    EXPECT_EQ(outcome.read_from_file, threaded());
}

TEST_P(Overload, SymbolsLeaveASlowShardAndTheStreamIsTheSame) {
    const Outcome outcome = run(OverflowAction::Spill, 1);
    expect_sound(outcome);
    EXPECT_EQ(outcome.ticks().counts.out, outcome.offered);
    if (threaded()) {  // in one thread a slow shard holds the other up
        EXPECT_GT(outcome.status->control.router.moves, 0U);
    }
}

TEST_P(Overload, DropNewestCountsWhatItRefuses) {
    const Outcome outcome = run(OverflowAction::DropNewest);
    expect_sound(outcome);
    EXPECT_GT(outcome.queue_full(), 0U);
    EXPECT_EQ(outcome.ticks().counts.out + outcome.queue_full(), outcome.offered);
    EXPECT_EQ(outcome.ticks().queue_full, outcome.queue_full());
    EXPECT_LE(outcome.longest_queue, queue_size);
    EXPECT_EQ(outcome.replayed.skipped, 0U);
}

TEST_P(Overload, DropOldestCountsWhatItSkips) {
    const Outcome outcome = run(OverflowAction::DropOldest);
    expect_sound(outcome);
    EXPECT_GT(outcome.ticks().skipped, 0U);
    EXPECT_EQ(outcome.queue_full(), 0U);
    EXPECT_EQ(outcome.replayed.skipped, outcome.ticks().skipped);
    EXPECT_EQ(outcome.ticks().counts.out + outcome.ticks().skipped, outcome.offered);
}

TEST_P(Overload, BlockHoldsTheSourceBack) {
    const Outcome outcome = run(OverflowAction::Block);
    expect_sound(outcome);
    EXPECT_EQ(outcome.queue_full(), 0U);
    EXPECT_EQ(outcome.ticks().counts.out, outcome.offered);
    EXPECT_LE(outcome.longest_queue, queue_size);
    EXPECT_FALSE(outcome.read_from_file);
}

INSTANTIATE_TEST_SUITE_P(Threads, Overload, ::testing::Values(1U, 3U),
                         [](const auto& each) { return "Threads" + std::to_string(each.param); });

}  // namespace
}  // namespace tickstock::overload
