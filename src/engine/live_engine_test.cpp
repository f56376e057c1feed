#include "engine/live_engine.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "base/memory_disk.hpp"
#include "engine/paced_live_source.hpp"
#include "engine/test_market.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::rising_tape;

/// A tape as a reader gives it: a record a batch.
class TapeReader final : public RecordReader {
public:
    explicit TapeReader(RecordBatch tape) : tape_(std::move(tape)) {}

    bool read(RecordBatch& batch) override {
        batch.clear();
        if (at_ == tape_.records.size()) {
            return false;
        }
        if (at_ == 0) {
            batch.new_symbols = tape_.new_symbols;
        }
        batch.records.push_back(tape_.records[at_++]);
        return true;
    }
    StageCounts counts() const override {
        StageCounts counts;
        counts.in = counts.out = at_;
        return counts;
    }

private:
    const RecordBatch tape_;
    std::size_t at_ = 0;
};

/// A running engine on a disk in memory, over a paced tape.
struct Live {
    Live(RecordBatch tape, PacedSourceOptions options, Config wanted = {})
        : config(std::move(wanted)) {
        config.journal.reserve_bytes = 16 * 1024;
        std::vector<std::unique_ptr<LiveSource>> sources;
        sources.push_back(std::make_unique<PacedLiveSource>(
            PacedLiveSource::About{"rising", "made up", "rising", options.speed},
            std::make_unique<PacedSource>(
                [tape = std::move(tape)] { return std::make_unique<TapeReader>(tape); }, options)));
        auto opened = Runtime::open({config, disk, clock, stream, random_epoch, {}, 0, {}},
                                    std::move(sources));
        EXPECT_TRUE(opened) << opened.error().message;
        runtime = std::move(*opened);
        engine = std::make_unique<LiveEngine>(*runtime, config, clock,
                                              [](const std::string& why) { ADD_FAILURE() << why; });
    }
    const SourceSummary& source() const { return runtime->status()->sources[0]; }

    Config config;
    MemoryDisk disk;
    const SystemClock clock;
    EventStream stream{"nothing yet", {}};
    std::unique_ptr<Runtime> runtime;
    std::unique_ptr<LiveEngine> engine;
};

/// Waits, bounded, for what the engine's threads shall bring about.
template <class Condition>
bool eventually(Condition condition) {
    for (int i = 0; i < 4000; ++i) {
        if (condition()) {
            return true;
        }
        std::this_thread::sleep_for(5ms);
    }
    return false;
}

TEST(LiveEngine, PublishesEveryEventAndSaysThatTheInputHasEnded) {
    Live live(rising_tape(11), {0, false, std::nullopt});
    live.engine->start();
    ASSERT_TRUE(eventually([&] {
        const auto status = live.runtime->status();
        return status && status->sources[0].state == "ended";
    }));
    EXPECT_TRUE(live.runtime->status()->ready);
    EXPECT_TRUE(live.engine->stop());
    const auto status = live.runtime->status();
    EXPECT_TRUE(status->accounting.closes());
    EXPECT_EQ(status->accounting.sources.out, 11U);
    EXPECT_GT(status->batch_latency.count(), 0U);
    EXPECT_EQ(status->batch_latency_by_kind[static_cast<std::size_t>(SourceKind::Tick)].count(),
              status->batch_latency.count());
    EXPECT_EQ(status->batch_latency_by_kind[static_cast<std::size_t>(SourceKind::Ohlcv)].count(),
              0U);
    EXPECT_EQ(live.stream.range().last.value(), 10U);  // every trade but the first is a high
    EXPECT_EQ(status->events_by_type[static_cast<std::size_t>(EventType::High)], 10U);
}

TEST(LiveEngine, EveryLoopIsANewEpochWithEmptyState) {
    Live live(rising_tape(5), {0, true, std::nullopt});
    const std::string before = live.stream.range().epoch;
    live.engine->start();
    ASSERT_TRUE(eventually([&] {  // the first epoch begins with the start
        const auto status = live.runtime->status();
        return status && status->sources[0].loops > 2 && live.stream.range().epoch != before;
    }));
    EXPECT_TRUE(live.engine->stop());
    EXPECT_LE(live.stream.range().last.value(), 4U);  // offsets begin at 1 again
    const auto status = live.runtime->status();
    EXPECT_TRUE(status->accounting.closes());
    EXPECT_GT(live.stream.counts().out, 4U);
    const auto trades = status->records_by_kind[static_cast<std::size_t>(RecordKind::Trade)];
    EXPECT_EQ(trades, status->accounting.sequencer.out) << "a loop must not set it back";
    EXPECT_EQ(status->channels[0].events, status->accounting.coordination.in);
}

TEST(LiveEngine, APendingHighComesOutAtItsDeadlineWithoutAnyRecord) {
    RecordBatch tape = rising_tape(4, 50ms);
    Trade last = tape.records.back().trade();
    last.header.ts_event = last.header.ts_recv = last.header.ts_event + 1h;
    tape.records.back() = Record(last);
    Live live(std::move(tape), {1, false, from_unix_second(testing::ten_o_clock)});
    live.engine->start();
    // The second trade is a high, the third waits for the cooldown, the fourth is an hour away.
    EXPECT_TRUE(eventually([&] { return live.stream.range().last.value() == 2; }));
    EXPECT_TRUE(eventually([&] { return live.runtime->status()->ready; }));
    EXPECT_TRUE(live.engine->stop());
    EXPECT_EQ(live.runtime->status()->accounting.sequencer.out, 3U);
}

TEST(LiveEngine, ADisabledChannelIsShutDownAndNotMissing) {
    Config config;
    config.pipeline.channels[2].enabled = false;
    Live live(rising_tape(3), {0, false, std::nullopt}, config);
    live.engine->start();
    ASSERT_TRUE(eventually([&] {
        const auto status = live.runtime->status();
        return status != nullptr && status->channels[0].counts.out == 3;
    }));
    const auto status = live.runtime->status();
    EXPECT_EQ(status->channels[2].status, ChannelStatus::Shutdown);
    EXPECT_EQ(status->channels[0].status, ChannelStatus::Active);
    EXPECT_TRUE(live.engine->stop());
}

TEST(LiveEngine, StopsAtOnceWhileItWaitsForASlowMarket) {
    Live live(rising_tape(100), {0.001, false, std::nullopt});
    live.engine->start();
    ASSERT_TRUE(eventually([&] { return live.runtime->status() != nullptr; }));
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(live.engine->stop());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
    EXPECT_EQ(live.source().state, "stopped");
    EXPECT_TRUE(live.runtime->status()->accounting.closes());
}

TEST(RandomEpoch, IsNeverTheSame) {
    EXPECT_NE(random_epoch(), random_epoch());
    EXPECT_NE(random_epoch(), EpochId{});
}

}  // namespace
}  // namespace tickstock
