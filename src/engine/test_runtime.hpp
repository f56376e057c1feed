#pragma once

// For tests of the running engine: one stepped by hand over a disk in memory.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/memory_disk.hpp"
#include "engine/runtime.hpp"
#include "engine/test_runs.hpp"

namespace tickstock::testing {

class TestClock final : public Clock {
public:
    UnixNanos wall() const override { return wall_; }
    Nanos monotonic() const override { return monotonic_; }
    void advance(Nanos by) {
        wall_ += by;
        monotonic_ += by;
    }
    void jump(Nanos by) { wall_ += by; }

private:
    UnixNanos wall_ = from_unix_second(1'800'000'000);
    Nanos monotonic_ = std::chrono::hours(1);
};

/// A running engine that is stepped by hand. Change config, feeds, extensions before open().
class Bench {
public:
    explicit Bench(RecordBatch tape, unsigned shards = 1) {
        config.engine.shards = shards;
        config.router.strategy = RouterStrategy::HashBased;
        config.data.directory = "data";
        config.journal.reserve_bytes = 16 * 1024;
        add_feed(std::move(tape));
    }
    ~Bench() {
        runtime.reset();  // before what it works on
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    TapeFeed& add_feed(RecordBatch tape) {
        feeds.push_back(std::make_unique<TapeFeed>());
        feeds.back()->tape = std::move(tape);
        return *feeds.back();
    }
    TapeFeed& feed() { return *feeds.front(); }

    /// Why it cannot be opened; empty = it is.
    std::string try_open() {
        stream = std::make_unique<EventStream>("nothing yet", EventStream::Options{});
        heard.forget_stream();
        std::vector<std::unique_ptr<LiveSource>> sources;
        for (const auto& feed : feeds) {
            sources.push_back(std::make_unique<TapeSource>(*feed));
        }
        if (more_sources) {
            more_sources(sources);
        }
        const auto make_epoch = [this] {
            EpochId epoch{};
            epoch[15] = ++epochs_made;
            return epoch;
        };
        auto opened = Runtime::open(
            {config, disk, clock, *stream, make_epoch, boot, logic_version, extensions, history},
            std::move(sources));
        if (!opened) {
            return opened.error().message;
        }
        runtime = std::move(*opened);
        runtime->set_wake([] {});
        heard.listen(*stream);
        stream->set_listener([this] { heard.listen(*stream); });
        return "";
    }
    void open() { ASSERT_EQ(try_open(), ""); }

    /// The process dies: the disk keeps what was written.
    void kill() {
        disk.kill();
        runtime.reset();
        disk.restart();
    }
    void cut_power(std::uint64_t seed) {
        disk.kill();
        runtime.reset();
        disk.power_cut(seed);
        ++boot[0];
    }
    bool stop() {
        runtime->drain();
        run_until([this] { return runtime->drained(); });
        const bool good = runtime->stop();
        look_at_status();
        runtime.reset();
        return good;
    }

    /// One step of one part, by dice.
    bool step() {
        const auto parts = static_cast<unsigned>(3 + runtime->shards());
        return step_part(static_cast<unsigned>(random() % parts));
    }
    bool step_part(unsigned part) {
        clock.advance(tick + Nanos{static_cast<std::int64_t>(random() % 100'000)});
        Runtime::Step done;
        switch (part) {
            case 0: done = runtime->step_sequencer(); break;
            case 1: done = publisher_stalls ? Runtime::Step{} : runtime->step_publisher(); break;
            case 2: done = sync_stalls ? Runtime::Step{} : runtime->step_sync(); break;
            default:
                if (!stalled.contains(part - 3)) {
                    done = runtime->step_shard(part - 3);
                }
        }
        failed = failed || done.failed;
        look_at_status();
        return done.worked;
    }
    /// Each part once.
    bool round() {
        bool worked = false;
        for (unsigned part = 0; part < 3 + runtime->shards(); ++part) {
            worked = step_part(part) || worked;
        }
        return worked;
    }
    template <class Condition>
    bool run_until(Condition condition, int rounds = 50'000) {
        for (int i = 0; i < rounds; ++i) {
            if (condition()) {
                return true;
            }
            round();
        }
        return condition();
    }
    void run(int rounds) {
        for (int i = 0; i < rounds; ++i) {
            round();
        }
    }
    /// Until nothing has anything to do for some rounds.
    void settle() {
        int quiet = 0;
        for (int i = 0; i < 100'000 && quiet < 4 && !failed; ++i) {
            quiet = round() ? 0 : quiet + 1;
        }
        ASSERT_EQ(quiet, 4) << (failed ? runtime->failure() : "it never rests");
    }
    /// Lets so much time pass, in steps that are short enough for everybody.
    void pass(Nanos time, Nanos each = std::chrono::milliseconds(100)) {
        for (const Nanos end = clock.monotonic() + time; clock.monotonic() < end;) {
            clock.advance(each);
            round();
        }
    }

    /// Posts it, and runs until it is answered.
    CommandAnswer command(CommandAction action) {
        auto answer = std::make_shared<std::optional<CommandAnswer>>();
        EXPECT_TRUE(runtime->commands().post(
            {std::move(action), "test", [answer](CommandAnswer done) { *answer = done; }}));
        run_until([&] { return answer->has_value(); }, 1'000);
        EXPECT_TRUE(answer->has_value()) << "no answer";
        return answer->value_or(CommandAnswer{});
    }

    /// As of now: lets the second pass that the status may be old.
    const EngineStatus& status() {
        pass(std::chrono::milliseconds(1'700));
        looked_at_.push_back(runtime->status());  // stays, whatever comes after it
        return *looked_at_.back();
    }
    std::string epoch() const { return stream->range().epoch; }

    Config config;
    MemoryDisk disk;
    TestClock clock;
    std::vector<std::unique_ptr<TapeFeed>> feeds;
    /// Called at each open(), to add sources of another kind behind the feeds.
    std::function<void(std::vector<std::unique_ptr<LiveSource>>&)> more_sources;
    std::function<std::vector<RestoredSession>()> history;
    PipelineExtensions extensions;
    std::uint32_t logic_version = 0;
    BootId boot{1};
    std::uint8_t epochs_made = 0;
    std::unique_ptr<EventStream> stream;
    std::unique_ptr<Runtime> runtime;
    Heard heard;
    std::mt19937_64 random{7};
    Nanos tick{10'000};  ///< that passes with each step
    std::set<unsigned> stalled;
    bool publisher_stalls = false;
    bool sync_stalls = false;
    bool failed = false;
    std::uint64_t statuses = 0;  ///< seen; the accounting of each closed

private:
    void look_at_status() {
        const auto status = runtime->status();
        if (status == nullptr || status == last_status_) {
            return;
        }
        last_status_ = status;
        ++statuses;
        EXPECT_TRUE(status->accounting.closes()) << text_of(status->accounting);
    }
    static std::string text_of(const Accounting& accounting) {
        std::string text;
        const auto add = [&](const char* name, const StageCounts& counts) {
            text += std::string(name) + " in " + std::to_string(counts.in) + " out " +
                    std::to_string(counts.out) + " held " + std::to_string(counts.held);
            for (std::size_t i = 0; i < reason_count; ++i) {
                if (counts.dropped[i] != 0) {
                    text += " " + std::string(to_string(static_cast<Reason>(i))) + " " +
                            std::to_string(counts.dropped[i]);
                }
            }
            text += "\n";
        };
        add("sources", accounting.sources);
        add("sequencer", accounting.sequencer);
        add("router", accounting.router);
        add("intake", accounting.intake);
        for (const StageCounts& channel : accounting.channels) {
            add("channel", channel);
        }
        add("detectors", accounting.detectors);
        add("linear", accounting.linear);
        add("selection", accounting.selection);
        add("linear", accounting.linear);
        add("selection", accounting.selection);
        add("rules", accounting.rules);
        add("coordination", accounting.coordination);
        add("priority", accounting.priority);
        add("publishing", accounting.publishing);
        return text;
    }

    std::shared_ptr<const EngineStatus> last_status_;
    std::vector<std::shared_ptr<const EngineStatus>> looked_at_;
};

/// Takes the tape up to `due`, with a snapshot on the way at each of `snapshots`.
inline void live_to(Bench& bench, std::size_t due, const std::vector<std::size_t>& snapshots = {}) {
    for (const std::size_t at : snapshots) {
        bench.feed().due = at;
        bench.settle();
        bench.pass(std::chrono::seconds(63), std::chrono::seconds(1));  // due at 60, and a lull
    }
    bench.feed().due = due;
    bench.settle();
}

/// To the end of the tape: the stream is that of a run without any break.
inline void expect_goes_on(Bench& bench, const TapeRun& plain) {
    live_to(bench, bench.feed().tape.records.size());
    EXPECT_EQ(bench.stream->hash(), plain.hash);
    EXPECT_EQ(bench.heard.of(bench.epoch()).size(), plain.events);
    EXPECT_EQ(bench.status().accounting.sources.out, bench.feed().tape.records.size());
    EXPECT_EQ(replay(bench.disk, bench.config, 2).hashes.back(), plain.hash);
}

}  // namespace tickstock::testing
