#pragma once

// For tests of the running engine: one stepped by hand over a disk in memory, what its stream has
// told over all starts, and the runs that it must equal.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/memory_disk.hpp"
#include "engine/journal_replay.hpp"
#include "engine/runtime.hpp"
#include "engine/test_market.hpp"

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

/// All that a client could have heard, by epoch and offset, over all starts. Fails when an offset
/// is told twice in two ways, or left out.
class Heard {
public:
    void listen(const EventStream& stream) {
        const StreamRange range = stream.range();
        std::vector<std::string>& bodies = by_epoch_[range.epoch];
        if (range.last.value() == 0) {
            return;
        }
        std::uint64_t at = stream_ == &stream ? bodies.size() + 1 : range.first.value();
        stream_ = &stream;
        for (; at <= range.last.value(); ++at) {
            const auto block = stream.block_at(range.epoch, Offset{at});
            ASSERT_NE(block, nullptr);
            const StreamEntry& entry = block->entries[at - block->entries.front().offset.value()];
            const std::string body(block->body(entry));
            if (at <= bodies.size()) {
                ASSERT_EQ(bodies[at - 1], body) << range.epoch << " " << at << " is told anew";
            } else {
                ASSERT_EQ(at, bodies.size() + 1) << "a hole";
                bodies.push_back(body);
            }
        }
        ASSERT_GE(range.last.value(), bodies.size()) << "told, and then taken back";
    }
    const std::vector<std::string>& of(const std::string& epoch) { return by_epoch_[epoch]; }
    std::size_t total() const {
        std::size_t events = 0;
        for (const auto& [epoch, bodies] : by_epoch_) {
            events += bodies.size();
        }
        return events;
    }
    /// The stream is another object from now on.
    void forget_stream() { stream_ = nullptr; }

private:
    std::map<std::string, std::vector<std::string>> by_epoch_;
    const EventStream* stream_ = nullptr;
};

/// What a run over the whole tape gives.
struct TapeRun {
    std::uint64_t hash = 0;
    std::uint64_t events = 0;
    std::array<std::uint64_t, event_type_count> by_type{};
    Accounting accounting;
};

/// The plain engine: one batch, one shard, no decisions.
inline TapeRun plain_run(const RecordBatch& tape, const PipelineSettings& settings = {}) {
    auto system = MultiChannelSystem::create(settings, 1).value();
    system->add_source(SourceId{0});
    EventStream stream("plain", {});
    std::vector<Event> events;
    RecordBatch batch = tape;
    system->process(batch, events);
    system->finish(events);
    stream.append(events, system->symbols(), UnixNanos{});
    return {stream.hash(), stream.counts().out, stream.events_by_type(), system->accounting()};
}

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
        const auto make_epoch = [this] {
            EpochId epoch{};
            epoch[15] = ++epochs_made;
            return epoch;
        };
        auto opened = Runtime::open(
            {config, disk, clock, *stream, make_epoch, boot, logic_version, extensions},
            std::move(sources));
        if (!opened) {
            return opened.error().message;
        }
        runtime = std::move(*opened);
        runtime->set_wake([] {});
        heard.listen(*stream);
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
        heard.listen(*stream);
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
        heard.listen(*stream);
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
        return *runtime->status();
    }
    std::string epoch() const { return stream->range().epoch; }

    Config config;
    MemoryDisk disk;
    TestClock clock;
    std::vector<std::unique_ptr<TapeFeed>> feeds;
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
        add("rules", accounting.rules);
        add("coordination", accounting.coordination);
        add("priority", accounting.priority);
        add("publishing", accounting.publishing);
        return text;
    }

    std::shared_ptr<const EngineStatus> last_status_;
};

/// The journal run again without any of the running engine.
struct Replayed {
    std::string failure;
    std::vector<std::uint64_t> hashes;  ///< of each epoch
    std::vector<std::uint64_t> events;
    std::vector<Decision> decisions;
    std::uint64_t refused = 0;
    std::uint64_t records = 0;  ///< admitted
    Sequence last;
};

inline Replayed replay(Disk& disk, const Config& config, unsigned shards = 1,
                       PipelineExtensions extensions = {}) {
    auto system =
        MultiChannelSystem::create(config.pipeline, shards, std::move(extensions)).value();
    for (std::uint16_t i = 0; i < 8; ++i) {
        system->add_source(SourceId{i});
    }
    Replayed result;
    auto opened = JournalReplay::open(disk, config.data.directory + "/journal", *system,
                                      JournalReplay::from_oldest);
    if (!opened) {
        result.failure = opened.error().message;
        return result;
    }
    EventStream stream("replay", {});
    std::vector<Event> events;
    const auto end_epoch = [&] {
        result.hashes.push_back(stream.hash());
        result.events.push_back(stream.range().last.value());
    };
    bool any_epoch = false;
    for (;;) {
        const JournalReplay::Step step = (*opened)->step(events);
        stream.append(events, system->symbols(), UnixNanos{});
        events.clear();
        if (step.kind == JournalReplay::Step::Kind::Damage) {
            result.failure = (*opened)->failure()->message;
            return result;
        }
        if (step.kind == JournalReplay::Step::Kind::End) {
            break;
        }
        result.last = step.run->last();
        if (step.run->decision) {
            result.decisions.push_back(*step.run->decision);
        }
        for (const Record& record : step.run->records) {
            result.records += record.kind() != RecordKind::ClockTick ? 1U : 0U;
        }
        if (step.begin) {
            if (any_epoch) {
                end_epoch();
            }
            any_epoch = true;
            stream.restart("replay " + std::to_string(result.hashes.size()));
        }
    }
    end_epoch();
    for (const auto& refused : (*opened)->refused()) {
        result.refused += refused.count;
    }
    return result;
}

template <class Action>
std::vector<Action> decisions_of(const Replayed& replayed) {
    std::vector<Action> found;
    for (const Decision& decision : replayed.decisions) {
        if (const auto* action = std::get_if<Action>(&decision.action)) {
            found.push_back(*action);
        }
    }
    return found;
}

}  // namespace tickstock::testing
