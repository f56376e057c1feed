// Faults of the engine, each an alert until it is over (SPEC 13).

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

#include "engine/watchdog.hpp"
#include "metrics/log.hpp"
#include "watch.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::TestClock;
using testing::Watch;

/// Fails on its samples, or takes its time, as it is told to.
class MadeDetector final : public SampleDetector {
public:
    struct Behaviour {
        bool fails = false;
        Nanos takes{0};
        TestClock* clock = nullptr;
    };
    explicit MadeDetector(const Behaviour& behaviour) : behaviour_(behaviour) {}

    void reset(SymbolId /*symbol*/) override {}
    void on_sample(const Sample& /*sample*/, SessionStats& /*stats*/, const Moment& /*moment*/,
                   DetectionSink& /*sink*/) override {
        behaviour_.clock->advance(behaviour_.takes);
        if (behaviour_.fails) {
            throw std::runtime_error("made to fail");
        }
    }
    const char* name() const override { return "made"; }
    void save_symbol(SymbolId /*symbol*/, StateWriter& /*out*/) const override {}
    void load_symbol(SymbolId /*symbol*/, StateReader& /*in*/) override {}
    void forget_symbol(SymbolId /*symbol*/) override {}

private:
    const Behaviour& behaviour_;
};

/// Trades, a second apart, so that each closes the second of the last.
RecordBatch trades(std::size_t count) {
    RecordBatch tape = testing::lively_tape(35, 2 * count, 12);
    std::erase_if(tape.records,
                  [](const Record& record) { return record.kind() != RecordKind::Trade; });
    tape.records.resize(std::min(count, tape.records.size()));
    for (std::size_t i = 0; i < tape.records.size(); ++i) {
        Trade trade = tape.records[i].trade();
        trade.header.ts_event = trade.header.ts_recv =
            from_unix_second(testing::ten_o_clock + static_cast<std::int64_t>(i));
        trade.conditions = {};
        tape.records[i] = Record(trade);
    }
    return tape;
}

/// A bench with a detector that the test may break, fed by some trades a second.
struct Rig {
    explicit Rig(unsigned shards = 1) : bench(trades(15'000), shards) {
        behaviour.clock = &bench.clock;
        bench.config.pipeline.channels[0].processing_timeout = 10s;
        bench.extensions.detectors.push_back(
            [this](const PipelineSettings&) { return std::make_unique<MadeDetector>(behaviour); });
        bench.feed().due = 0;
        bench.feed().longest = 1'000'000;
        bench.feed().ends = false;
        bench.open();
        bench.settle();
    }
    /// So many seconds of the market with 20 trades each, looked at each second.
    void feed(Watch& watch, int seconds, std::size_t a_second = 20) {
        for (int i = 0; i < seconds; ++i) {
            bench.feed().due += a_second;
            bench.run_until([this] { return bench.feed().is_through(); });
            bench.pass(1s);
            watch.look();
        }
    }

    MadeDetector::Behaviour behaviour;
    Bench bench;
};

TEST(AlertCauses, AChannelThatFails) {
    const LogCapture log;
    Rig rig(2);
    Watch watch(rig.bench);
    rig.feed(watch, 5, 60);
    EXPECT_TRUE(watch.quiet()) << watch.all();
    rig.behaviour.fails = true;
    for (int second = 0; second < 300 && watch.told("CHANNEL_FAILURE") == 0; ++second) {
        rig.feed(watch, 1, 60);
    }
    const Alert* failure = watch.active("CHANNEL_FAILURE", "tick");
    ASSERT_NE(failure, nullptr) << watch.all();
    EXPECT_EQ(failure->severity, AlertSeverity::Critical);
    EXPECT_GE(watch.told("CHANNEL_UNHEALTHY"), 1U);
    EXPECT_EQ(watch.told("LOW_SUCCESS_RATE"), 1U);
    ASSERT_NE(watch.active("LOW_SUCCESS_RATE", "tick"), nullptr);
    EXPECT_EQ(watch.active("LOW_SUCCESS_RATE", "tick")->severity, AlertSeverity::Error);
    rig.feed(watch, 12, 60);  // nobody has the channel healthy
    ASSERT_NE(watch.active("ROUTING_ERRORS"), nullptr) << watch.all();
    ASSERT_NE(watch.active("channel_error_rate"), nullptr) << watch.all();
    EXPECT_EQ(watch.active("channel_error_rate")->severity, AlertSeverity::Warning);
    ASSERT_NE(watch.active("SYSTEM_HEALTH", "engine"), nullptr) << watch.all();
    rig.behaviour.fails = false;
    ASSERT_TRUE(
        watch.pass_until([&] { return watch.active("CHANNEL_FAILURE", "tick") == nullptr; }));
    rig.feed(watch, 150, 60);
    EXPECT_TRUE(watch.quiet()) << watch.all();
    EXPECT_EQ(watch.told("CHANNEL_FAILURE", AlertChange::Resolved), 1U);
    EXPECT_EQ(watch.told("ROUTING_ERRORS", AlertChange::Resolved), 1U);
    EXPECT_EQ(watch.told("channel_error_rate", AlertChange::Resolved), 1U);
}

TEST(AlertCauses, ASlowDetector) {
    const LogCapture log;
    Rig rig;
    Watch watch(rig.bench);
    rig.behaviour.takes = 2ms;
    rig.feed(watch, 340);
    EXPECT_TRUE(watch.quiet()) << watch.all();
    ASSERT_NE(watch.reading("channel.degradation", "tick"), nullptr);
    EXPECT_NEAR(watch.reading("channel.degradation", "tick")->value, 1, 0.1);
    rig.behaviour.takes = 7ms;  // slower than it was, and not slow
    rig.feed(watch, 50);
    EXPECT_EQ(watch.active("PERFORMANCE_DEGRADATION", "tick"), nullptr) << "held for too short";
    rig.feed(watch, 30);
    ASSERT_NE(watch.active("PERFORMANCE_DEGRADATION", "tick"), nullptr) << watch.all();
    EXPECT_EQ(watch.active("HIGH_LATENCY", "tick"), nullptr);
    rig.behaviour.takes = 80ms;
    rig.feed(watch, 5);
    const Alert* slow = watch.active("HIGH_LATENCY", "tick");
    ASSERT_NE(slow, nullptr) << watch.all();
    EXPECT_EQ(slow->severity, AlertSeverity::Warning);
    EXPECT_GE(slow->value, 75);
    rig.behaviour.takes = 2ms;
    rig.feed(watch, 70);
    EXPECT_EQ(watch.active("HIGH_LATENCY", "tick"), nullptr) << "the window has passed";
    EXPECT_EQ(watch.active("PERFORMANCE_DEGRADATION", "tick"), nullptr) << watch.all();
    EXPECT_EQ(watch.told("HIGH_LATENCY", AlertChange::Resolved), 1U);
}

TEST(AlertCauses, Shedding) {
    const LogCapture log;
    Bench bench(testing::lively_tape(31, 6'000, 6), 2);
    bench.config.journal.durability = Durability::Always;
    bench.config.pipeline.priority.event_capacity = 40;
    bench.sync_stalls = true;  // so the gate stays shut
    bench.feed().due = 1'500;
    bench.feed().ends = false;
    bench.open();
    bench.settle();
    Watch watch(bench);
    watch.pass(2s);
    ASSERT_NE(watch.active("SHEDDING"), nullptr) << watch.all();
    bench.sync_stalls = false;
    bench.settle();
    EXPECT_TRUE(watch.pass_until([&] { return watch.active("SHEDDING") == nullptr; }));
}

TEST(AlertCauses, ADiskThatIsFullAndSnapshotsThatFail) {
    const LogCapture log;
    Bench bench(testing::lively_tape(32, 3'000, 6), 1);
    bench.feed().due = 500;
    bench.feed().ends = false;
    bench.open();
    bench.settle();
    Watch watch(bench);
    watch.pass(2s);
    EXPECT_TRUE(watch.quiet()) << watch.all();
    bench.disk.set_capacity(bench.disk.bytes_used());
    bench.feed().due = 2'000;
    bench.run(300);
    ASSERT_TRUE(watch.pass_until([&] { return watch.active("JOURNAL") != nullptr; }));
    EXPECT_EQ(watch.active("JOURNAL")->severity, AlertSeverity::Critical);
    ASSERT_TRUE(
        watch.pass_until([&] { return watch.active("SYSTEM_HEALTH", "engine") != nullptr; }));
    EXPECT_NE(watch.active("SYSTEM_HEALTH", "engine")->message.find("journal: disk_full"),
              std::string::npos);
    bench.disk.set_capacity(std::uint64_t{1} << 30);
    ASSERT_TRUE(watch.pass_until([&] { return watch.active("JOURNAL") == nullptr; }));
    bench.settle();
    bench.disk.set_faults([](MemoryDisk::Operation, const std::string& path) {
        return path.find("/snapshots/") != std::string::npos
                   ? std::optional(MemoryDisk::Fault{EIO, 0, false})
                   : std::nullopt;
    });
    ASSERT_TRUE(watch.pass_until([&] { return watch.active("SNAPSHOT") != nullptr; }, 30min))
        << watch.all();
    bench.disk.set_faults({});
    bench.feed().due = 3'000;
    bench.feed().due = 2'000;
    ASSERT_TRUE(watch.pass_until([&] { return watch.active("SNAPSHOT") == nullptr; }, 30min));
    EXPECT_EQ(watch.told("JOURNAL"), 1U);
    EXPECT_EQ(watch.told("SNAPSHOT"), 1U);
}

TEST(AlertCauses, AThreadThatHangs) {
    const LogCapture log;
    Bench bench(testing::rising_tape(3));
    bench.open();
    bench.settle();
    Watch watch(bench);
    Watchdog watchdog({}, bench.clock, {});
    WatchedLoop loop(&watchdog, "ts-worker", Watchdog::Kind::Disk);
    const auto look = [&](int looks) {
        for (int i = 0; i < looks; ++i) {
            bench.clock.advance(Watchdog::look_interval);
            watchdog.look();
            watch.extra.stalls = watchdog.stalls();
            watch.look();
        }
    };
    loop.beat();
    look(4);
    EXPECT_EQ(watch.active("THREAD_STALL", "ts-worker"), nullptr);
    look(12);
    const Alert* stall = watch.active("THREAD_STALL", "ts-worker");
    ASSERT_NE(stall, nullptr) << watch.all();
    EXPECT_NE(stall->message.find("hangs"), std::string::npos) << stall->message;
    look(400);
    EXPECT_NE(watch.active("THREAD_STALL", "ts-worker"), nullptr) << "it hangs on and on";
    loop.beat();
    look(4);
    watch.pass(62s);
    EXPECT_EQ(watch.active("THREAD_STALL", "ts-worker"), nullptr);
}

TEST(AlertCauses, AnEngineThatTellsNothing) {
    const LogCapture log;
    Bench bench(testing::rising_tape(3));
    bench.feed().ends = false;
    bench.open();
    bench.settle();
    Watch watch(bench);
    watch.pass(3s);
    EXPECT_TRUE(watch.quiet()) << watch.all();
    for (int i = 0; i < 25; ++i) {
        bench.clock.advance(1s);
        watch.look();
    }
    const Alert* health = watch.active("SYSTEM_HEALTH", "engine");
    ASSERT_NE(health, nullptr);
    EXPECT_EQ(health->severity, AlertSeverity::Error);
    EXPECT_NE(health->message.find("has told nothing for"), std::string::npos) << health->message;
    watch.pass(3s);
    EXPECT_EQ(watch.active("SYSTEM_HEALTH", "engine"), nullptr) << watch.all();
    ASSERT_NE(watch.reading("system.uptime_percent"), nullptr);
    EXPECT_LT(watch.reading("system.uptime_percent")->value, 70);
    EXPECT_GT(watch.reading("system.uptime_percent")->value, 20);
}

TEST(AlertCauses, AHistoryThatCannotBeReached) {
    Bench bench(testing::rising_tape(3));
    bench.feed().ends = false;
    bench.open();
    bench.settle();
    Watch watch(bench);
    HistoryStatus history;
    history.state = HistoryState::Unreachable;
    history.last_error = "no route to host";
    watch.extra.history = history;
    watch.pass(15s);
    const Alert* health = watch.active("SYSTEM_HEALTH", "storage");
    ASSERT_NE(health, nullptr) << watch.all();
    EXPECT_EQ(health->severity, AlertSeverity::Warning);
    watch.extra.history->state = HistoryState::Failed;
    watch.pass(15s);
    ASSERT_NE(watch.active("SYSTEM_HEALTH", "storage"), nullptr);
    EXPECT_EQ(watch.active("SYSTEM_HEALTH", "storage")->severity, AlertSeverity::Error);
    watch.extra.history->state = HistoryState::Ok;
    watch.pass(1s);
    EXPECT_EQ(watch.active("SYSTEM_HEALTH", "storage"), nullptr);
}

}  // namespace
}  // namespace tickstock
