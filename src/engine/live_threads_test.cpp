// The running engine with threads of its own, flat out: what comes out is what the plain engine
// gives, whatever is asked of it meanwhile and whenever it is stopped. Meant for TSan, too.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "base/memory_disk.hpp"
#include "engine/live_engine.hpp"
#include "engine/test_runs.hpp"
#include "engine/watchdog.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::lively_tape;
using testing::plain_run;
using testing::replay;
using testing::TapeFeed;
using testing::TapeRun;
using testing::TapeSource;

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::size_t records = 60'000;
#else
constexpr std::size_t records = 200'000;
#endif

template <class Condition>
bool eventually(Condition condition) {
    for (int i = 0; i < 12'000; ++i) {
        if (condition()) {
            return true;
        }
        std::this_thread::sleep_for(5ms);
    }
    return false;
}

/// Several lives of an engine over one disk and one tape.
struct LiveBench {
    LiveBench(const RecordBatch& tape, unsigned shards, unsigned threads) {
        feed.tape = tape;
        feed.longest = 3'000;
        config.engine.shards = shards;
        config.engine.threads = threads;
        config.journal.reserve_bytes = 1 << 20;
        config.journal.segment_bytes = 4 << 20;
        config.snapshot.interval = 100ms;
    }
    void start() {
        stream = std::make_unique<EventStream>("nothing yet", EventStream::Options{});
        std::vector<std::unique_ptr<LiveSource>> sources;
        sources.push_back(std::make_unique<TapeSource>(feed));
        auto opened = Runtime::open({config, disk, clock, *stream, random_epoch, {}, 0, extensions},
                                    std::move(sources));
        ASSERT_TRUE(opened) << opened.error().message;
        runtime = std::move(*opened);
        EXPECT_FALSE(runtime->recovery().new_epoch) << runtime->recovery().why_new_epoch;
        engine = std::make_unique<LiveEngine>(
            *runtime, config, clock, [this](const std::string&) { ++failures; }, watchdog.get());
        engine->start();
    }
    bool stop() {
        const bool good = engine->stop();
        const auto status = runtime->status();
        EXPECT_TRUE(status && status->accounting.closes());
        engine.reset();
        runtime.reset();
        return good;
    }
    /// Until the last deadline behind the tape has fired.
    bool ends_with(std::uint64_t hash) {
        return eventually([&] { return stream->hash() == hash || failures > 0; });
    }

    Config config;
    MemoryDisk disk;
    const SystemClock clock;
    TapeFeed feed;
    PipelineExtensions extensions;
    std::atomic<int> failures{0};
    std::unique_ptr<Watchdog> watchdog;
    std::unique_ptr<EventStream> stream;
    std::unique_ptr<Runtime> runtime;
    std::unique_ptr<LiveEngine> engine;
};

struct Tape {
    RecordBatch tape = lively_tape(81, records, 26);
    TapeRun plain = plain_run(tape);
};
const Tape& big_tape() {
    static const Tape tape;
    return tape;
}

TEST(LiveThreads, TheStreamIsThePlainRuns) {
    const auto& [tape, plain] = big_tape();
    for (const auto& [shards, threads] :
         {std::pair{1U, 1U}, {3U, 1U}, {1U, 4U}, {2U, 4U}, {3U, 4U}}) {
        LiveBench bench(tape, shards, threads);
        bench.start();
        EXPECT_EQ(bench.engine->threads(), threads == 1 ? 3U : shards + 3U);
        EXPECT_TRUE(bench.ends_with(plain.hash)) << shards << " shards, threads " << threads;
        EXPECT_TRUE(bench.stop());
        EXPECT_EQ(bench.failures, 0);
        EXPECT_EQ(bench.stream->counts().out, plain.events);
    }
}

TEST(LiveThreads, TheStatusTellsTheirProcessorTime) {
    for (const unsigned threads : {1U, 4U}) {
        LiveBench bench(big_tape().tape, 2, threads);
        bench.start();
        std::vector<std::string> names;
        const std::vector<ThreadSummary> none;
        ASSERT_TRUE(eventually([&] {
            const auto status = bench.runtime->status();
            names.clear();
            double seconds = 0;
            for (const ThreadSummary& thread : status ? status->control.threads : none) {
                names.push_back(thread.name);
                seconds += thread.cpu_seconds;
            }
            return names.size() >= bench.engine->threads() && seconds > 0;
        }));
        EXPECT_EQ(names, threads == 1
                             ? (std::vector<std::string>{"ts-disk", "ts-engine", "ts-snapshot"})
                             : (std::vector<std::string>{"ts-disk", "ts-sequencer", "ts-shard-0",
                                                         "ts-shard-1", "ts-snapshot"}));
        EXPECT_TRUE(bench.stop());
    }
}

TEST(LiveThreads, WithEverythingOnTheDiskFirst) {
    const auto& [tape, plain] = big_tape();
    LiveBench bench(tape, 2, 4);
    bench.config.journal.durability = Durability::Always;
    bench.start();
    EXPECT_TRUE(bench.ends_with(plain.hash));
    EXPECT_TRUE(bench.stop());
}

TEST(LiveThreads, SmallQueuesHoldTheSourceBack) {
    const auto& [tape, plain] = big_tape();
    LiveBench bench(tape, 3, 4);
    bench.feed.tape.records.resize(records / 4);
    for (ChannelSettings& channel : bench.config.pipeline.channels) {
        channel.overflow = OverflowAction::Block;
        channel.queue_size = 200;
    }
    bench.start();
    EXPECT_TRUE(bench.ends_with(plain_run(bench.feed.tape).hash));
    EXPECT_TRUE(bench.stop());
}

TEST(LiveThreads, DropOldestWhileTheShardsAreSlow) {
    const auto& [tape, plain] = big_tape();
    LiveBench bench(tape, 2, 4);
    bench.feed.tape.records.resize(records / 4);
    for (ChannelSettings& channel : bench.config.pipeline.channels) {
        channel.overflow = OverflowAction::DropOldest;
        channel.queue_size = 500;
    }
    bench.extensions.before_run = [](unsigned, const tickstock::Run&) {
        std::this_thread::sleep_for(1ms);
    };
    bench.start();
    EXPECT_TRUE(eventually([&] {
        const auto status = bench.runtime->status();
        return status && status->sources[0].state == "ended" &&
               status->control.shards[0].done_through.value() == status->last_sequence;
    }));
    EXPECT_TRUE(bench.stop());
    EXPECT_EQ(replay(bench.disk, bench.config).hashes.back(), bench.stream->hash());
}

TEST(LiveThreads, CommandsFromOtherThreadsMeanwhile) {
    const auto& [tape, plain] = big_tape();
    LiveBench bench(tape, 3, 4);
    bench.start();
    std::atomic<int> answered{0};
    std::vector<std::thread> people;
    for (const ChannelType channel : {ChannelType::Tick, ChannelType::Ohlcv, ChannelType::Fmv}) {
        people.emplace_back([&bench, &answered, channel] {
            const auto ask = [&](CommandAction action) {
                std::atomic<bool> done{false};
                const bool taken = bench.runtime->commands().post(
                    {std::move(action), "test", [&](const CommandAnswer&) {
                         ++answered;
                         done = true;
                     }});
                while (taken && !done) {
                    std::this_thread::yield();
                }
                EXPECT_NE(bench.stream->range().epoch, "");
                (void)bench.runtime->status();
            };
            for (int i = 0; i < 25; ++i) {
                ask(PauseChannel{channel});
                ask(SetUniverse{"of-" + std::string(to_string(channel)),
                                {SymbolText(i % 2 == 0 ? "ZSYM" : "YSYM")},
                                i % 3 == 0});
                ask(HaltSymbol{SymbolText("XSYM"), i % 2 == 0, "T1"});
                ask(ResumeChannel{channel});
            }
        });
    }
    for (std::thread& person : people) {
        person.join();
    }
    EXPECT_EQ(answered, 300);
    EXPECT_TRUE(eventually([&] {
        const auto status = bench.runtime->status();
        return status && status->sources[0].state == "ended";
    }));
    EXPECT_TRUE(bench.stop());
    for (const unsigned shards : {1U, 2U}) {
        const auto again = replay(bench.disk, bench.config, shards);
        EXPECT_EQ(again.failure, "");
        EXPECT_EQ(again.hashes.back(), bench.stream->hash());
        EXPECT_EQ(again.records, records);
    }
}

// RELIABILITY 45: a thousand changes of settings under load, snapshots among them. A record sees
// the one or the other configuration as a whole, the same in a replay on any number of shards.
TEST(LiveThreads, AThousandReloads) {
    const auto& [tape, plain] = big_tape();
    for (const unsigned threads : {1U, 4U}) {
        LiveBench bench(tape, 3, threads);
        bench.feed.longest = 100;  // many runs, so that many of them stand between two reloads
        bench.start();
        std::uint64_t taken = 0;
        std::uint64_t decisions = 0;
        for (int i = 0; i < 1'000; ++i) {
            auto next = std::make_shared<Config>(bench.config);
            next->pipeline.high_low.min_percent_change = i % 3 == 0 ? 100'000 : 700'000;
            next->pipeline.trend.enabled = i % 2 == 0;
            next->pipeline.surge.enabled = i % 5 != 0;
            next->pipeline.channels[2].queue_size = static_cast<std::uint64_t>(300 + i % 7);
            std::atomic<bool> answered{false};
            CommandAnswer answer;
            ASSERT_TRUE(bench.runtime->commands().post(
                {Reconfigure{next, ""}, "test", [&](CommandAnswer done) {
                     answer = std::move(done);
                     answered = true;
                 }}));
            for (int waits = 0; waits < 1'000'000 && !answered; ++waits) {
                std::this_thread::sleep_for(50us);
            }
            ASSERT_TRUE(answered);
            taken += answer.code == CommandAnswer::Code::Done ? 1U : 0U;
            decisions += answer.sequence != 0 ? 1U : 0U;
            bench.config = *next;
        }
        EXPECT_EQ(taken, 1'000U);
        EXPECT_GT(decisions, 900U);
        EXPECT_TRUE(eventually([&] {
            const auto status = bench.runtime->status();
            return status && status->accounting.sources.out == tape.records.size();
        }));
        EXPECT_TRUE(bench.stop());
        EXPECT_EQ(bench.failures, 0);
        for (const unsigned shards : {1U, 2U}) {
            const auto again = replay(bench.disk, bench.config, shards);
            EXPECT_EQ(again.failure, "");
            EXPECT_EQ(again.hashes.back(), bench.stream->hash());
        }
    }
}

/// Fails on a record now and then, on whatever thread the shard is.
struct SometimesWrong final : MultiChannelTap {
    bool fails(const Record& record) override {
        return wrong && record.header().sequence.value() % 397 == 0;
    }
    std::atomic<bool> wrong{false};
};

TEST(LiveThreads, PathsChangeUnderLoad) {
    RecordBatch tape = big_tape().tape;
    std::erase_if(tape.records, [](const Record& record) {  // what the linear path knows
        return record.kind() != RecordKind::Trade && record.kind() != RecordKind::Quote;
    });
    const TapeRun plain = plain_run(tape);
    for (const unsigned threads : {1U, 4U}) {
        LiveBench bench(tape, 3, threads);
        bench.feed.longest = 100;
        bench.config.pipeline.integration.installed = true;
        bench.config.rollout.fallback_records = 1'000'000'000;  // symbol by symbol alone
        bench.config.rollout.channel_timeout = 60s;             // a busy machine is no fault here
        const auto tap = std::make_shared<SometimesWrong>();
        bench.extensions.tap = tap;
        bench.start();
        std::uint64_t done = 0;
        for (int i = 0; i < 200; ++i) {
            tap->wrong = i % 4 == 1;
            RolloutCommand command;
            command.reason = "a test";
            if (i % 3 == 2) {
                command.action = ReEnableMultiChannel{100.0};
            } else {
                SetRolloutFlags flags;
                flags.integration_layer_enabled = flags.router_enabled =
                    flags.tick_channel_enabled = flags.parallel_processing_enabled =
                        flags.multichannel_system_enabled = true;
                flags.rollout_percentage = i % 3 == 0 ? 100.0 : 40.0;
                command.action = flags;
            }
            std::atomic<bool> answered{false};
            ASSERT_TRUE(bench.runtime->commands().post(
                {command, "test", [&](const CommandAnswer& answer) {
                     done += answer.code == CommandAnswer::Code::Done ? 1U : 0U;
                     answered = true;
                 }}));
            for (int waits = 0; waits < 1'000'000 && !answered; ++waits) {
                std::this_thread::sleep_for(50us);
            }
            ASSERT_TRUE(answered);
        }
        EXPECT_GT(done, 100U);
        EXPECT_TRUE(bench.ends_with(plain.hash));
        EXPECT_TRUE(eventually([&] {
            const auto status = bench.runtime->status();
            return status && status->rollout->total.paths.channel_requests > 0;
        }));
        EXPECT_TRUE(bench.stop());
        EXPECT_EQ(bench.failures, 0);
        for (const unsigned shards : {1U, 2U}) {
            const auto again = replay(bench.disk, bench.config, shards);
            EXPECT_EQ(again.failure, "");
            EXPECT_EQ(again.hashes.back(), bench.stream->hash());
        }
    }
}

TEST(LiveThreads, StopsAtAnyMomentAndGoesOn) {
    const auto& [tape, plain] = big_tape();
    LiveBench bench(tape, 1, 4);
    std::mt19937_64 random(5);
    for (unsigned life = 0; life < 12; ++life) {
        bench.config.engine.shards = 1 + life % 3;
        bench.config.engine.threads = life % 4 == 0 ? 1 : 4;
        bench.start();
        std::this_thread::sleep_for(Nanos{static_cast<std::int64_t>(random() % 12'000'000)});
        EXPECT_TRUE(bench.stop());
    }
    bench.start();
    EXPECT_TRUE(bench.ends_with(plain.hash));
    EXPECT_TRUE(bench.stop());
    EXPECT_EQ(bench.failures, 0);
}

TEST(LiveThreads, AThreadThatDiesIsToldOnce) {
    const auto& [tape, plain] = big_tape();
    for (const unsigned threads : {1U, 4U}) {
        LiveBench bench(tape, 3, threads);
        bench.extensions.before_run = [](unsigned, const tickstock::Run& run) {
            if (run.last().value() > 5'000) {
                throw std::runtime_error("made to die");
            }
        };
        bench.start();
        EXPECT_TRUE(eventually([&] { return bench.failures > 0; }));
        EXPECT_FALSE(bench.engine->stop());
        EXPECT_EQ(bench.failures, 1);
    }
}

TEST(LiveThreads, AThreadThatHangsIsNamedAndOnlyThat) {
    const auto& [tape, plain] = big_tape();
    for (const unsigned threads : {1U, 4U}) {
        const LogCapture log;
        LiveBench bench(tape, 3, threads);
        std::mutex mutex;
        std::set<std::string> stuck;
        bench.watchdog = std::make_unique<Watchdog>(Watchdog::Limits{300ms, 1500ms}, bench.clock,
                                                    [&](const std::string& thread) {
                                                        const std::lock_guard lock(mutex);
                                                        stuck.insert(thread);
                                                    });
        bench.watchdog->start();
        std::atomic<bool> held{true};
        bench.extensions.before_run = [&](unsigned shard, const tickstock::Run& run) {
            while (shard == 1 && run.last().value() > 5'000 && held) {
                std::this_thread::sleep_for(1ms);
            }
        };
        bench.start();
        EXPECT_TRUE(eventually([&] {
            const std::lock_guard lock(mutex);
            return !stuck.empty();
        }));
        held = false;
        EXPECT_TRUE(bench.ends_with(plain.hash));
        EXPECT_TRUE(bench.stop());
        EXPECT_EQ(stuck, std::set<std::string>{threads == 1 ? "ts-engine" : "ts-shard-1"});
        std::vector<std::string> watched;
        for (const Watchdog::Stalls& stalls : bench.watchdog->stalls()) {
            watched.push_back(stalls.thread);
        }
        EXPECT_EQ(watched,
                  threads == 1
                      ? (std::vector<std::string>{"ts-disk", "ts-engine", "ts-snapshot"})
                      : (std::vector<std::string>{"ts-disk", "ts-sequencer", "ts-shard-0",
                                                  "ts-shard-1", "ts-shard-2", "ts-snapshot"}));
    }
}

TEST(LiveThreads, AFailedDiskIsToldOnce) {
    const auto& [tape, plain] = big_tape();
    LiveBench bench(tape, 2, 4);
    bench.start();
    bench.disk.set_faults([](MemoryDisk::Operation operation, const std::string&) {
        return operation == MemoryDisk::Operation::WriteAt
                   ? std::optional(MemoryDisk::Fault{EIO, 0, false})
                   : std::nullopt;
    });
    EXPECT_TRUE(eventually([&] { return bench.failures > 0; }));
    EXPECT_FALSE(bench.engine->stop());
    EXPECT_EQ(bench.failures, 1);
}

}  // namespace
}  // namespace tickstock
