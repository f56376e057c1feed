#include "engine/watchdog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "engine/thread_stack.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// In calls that a sanitizer, too, lets a signal in.
void hang(const std::atomic<bool>& held) {
    while (held) {
        std::this_thread::sleep_for(1ms);
    }
}

/// Looks with a clock that only the test moves; who was stuck.
struct Bench {
    explicit Bench(Watchdog::Limits limits = {}) : watchdog(limits, clock, on_stuck()) {
        watchdog.look();
    }
    std::function<void(const std::string&)> on_stuck() {
        return [this](const std::string& thread) { stuck.push_back(thread); };
    }
    /// Time passes, looked at as the thread would.
    void pass(Nanos time, WatchedLoop* beats = nullptr) {
        for (; time > 0ns; time -= Watchdog::look_interval) {
            clock.advance(Watchdog::look_interval);
            if (beats != nullptr) {
                beats->beat();
            }
            watchdog.look();
        }
    }
    std::uint64_t stalls(const std::string& thread) const {
        for (const Watchdog::Stalls& each : watchdog.stalls()) {
            if (each.thread == thread) {
                return each.count;
            }
        }
        return 999;
    }
    /// Lines of the watchdog itself, without stacks.
    std::vector<std::string> told() const {
        std::vector<std::string> lines;
        for (const std::string& line : log.lines()) {
            if (line.find(" watchdog: ") != std::string::npos) {
                lines.push_back(line);
            }
        }
        return lines;
    }

    LogCapture log;
    ManualClock clock{UnixNanos{}};
    std::vector<std::string> stuck;
    Watchdog watchdog;
};

TEST(Watchdog, ALoopThatBeatsIsNeverTold) {
    Bench bench;
    WatchedLoop loop(&bench.watchdog, "ts-busy", Watchdog::Kind::Work);
    bench.pass(60s, &loop);
    EXPECT_TRUE(bench.log.lines().empty());
    EXPECT_EQ(bench.stalls("ts-busy"), 0U);
}

TEST(Watchdog, ALoopThatIsParkedIsNeverStuck) {
    Bench bench;
    WatchedLoop fresh(&bench.watchdog, "ts-fresh", Watchdog::Kind::Work);
    WatchedLoop loop(&bench.watchdog, "ts-idle", Watchdog::Kind::Work);
    loop.beat();
    bench.pass(1s);
    loop.park();
    bench.pass(60s);
    loop.beat();
    bench.pass(2s + Watchdog::look_interval);  // counted from the first look on
    EXPECT_TRUE(bench.log.lines().empty());
    bench.pass(250ms);
    EXPECT_EQ(bench.stalls("ts-idle"), 1U);
    EXPECT_EQ(bench.stalls("ts-fresh"), 0U);
}

TEST(Watchdog, SaysWhoHangsAtThisMoment) {
    Bench bench;
    WatchedLoop loop(&bench.watchdog, "ts-slow", Watchdog::Kind::Work);
    WatchedLoop disk(&bench.watchdog, "ts-sync", Watchdog::Kind::Disk);
    const auto hanging = [&] {
        std::vector<std::string> names;
        for (const Watchdog::Stalls& each : bench.watchdog.stalls()) {
            if (each.now) {
                names.push_back(each.thread);
            }
        }
        return names;
    };
    loop.beat();
    disk.beat();
    bench.watchdog.look();
    bench.pass(2s);
    EXPECT_THAT(hanging(), ElementsAre());
    bench.pass(1s);
    EXPECT_THAT(hanging(), ElementsAre("ts-slow", "ts-sync"));
    EXPECT_EQ(bench.watchdog.stalls()[0].kind, Watchdog::Kind::Work);
    EXPECT_EQ(bench.watchdog.stalls()[1].kind, Watchdog::Kind::Disk);
    loop.beat();
    bench.watchdog.look();
    EXPECT_THAT(hanging(), ElementsAre("ts-sync"));
}

TEST(Watchdog, AStallIsToldOnceWithItsStackAndWithItsEnd) {
    Bench bench;
    WatchedLoop loop(&bench.watchdog, "ts-slow", Watchdog::Kind::Work);
    loop.beat();
    bench.watchdog.look();
    bench.pass(2s);
    EXPECT_TRUE(bench.log.lines().empty());
    bench.pass(3s);
    const auto lines = bench.log.lines();
    EXPECT_THAT(bench.told(), ElementsAre("error watchdog: ts-slow: no step has ended for 2.2 s"));
    // The test's own thread is the one that is told of.
    EXPECT_THAT(lines, Contains(HasSubstr("error ts-slow: #0 ")));
    EXPECT_THAT(lines, Contains(HasSubstr("engine_test(+0x")));
    loop.beat();
    bench.pass(250ms);
    EXPECT_EQ(bench.told().size(), 2U);
    EXPECT_EQ(bench.told().back(), "warn watchdog: ts-slow goes on after 5.2 s");
    EXPECT_EQ(bench.stalls("ts-slow"), 1U);
    bench.pass(3s);
    EXPECT_EQ(bench.stalls("ts-slow"), 2U);
    EXPECT_TRUE(bench.stuck.empty());
}

TEST(Watchdog, AStuckLoopIsGivenUpOnceAndInTime) {
    Bench bench;
    WatchedLoop other(&bench.watchdog, "ts-other", Watchdog::Kind::Work);
    WatchedLoop loop(&bench.watchdog, "ts-stuck", Watchdog::Kind::Work);
    loop.beat();
    bench.watchdog.look();
    bench.pass(10s, &other);
    EXPECT_TRUE(bench.stuck.empty());
    bench.pass(250ms, &other);
    EXPECT_THAT(bench.stuck, ElementsAre("ts-stuck"));
    EXPECT_THAT(bench.told().back(), HasSubstr("ts-stuck is stuck: no step has ended for 10.2 s"));
    bench.pass(60s, &other);
    EXPECT_EQ(bench.stuck.size(), 1U);
}

TEST(Watchdog, AShortLimitTellsBeforeItGivesUp) {
    Bench bench({2s, 1s});
    WatchedLoop loop(&bench.watchdog, "ts-stuck", Watchdog::Kind::Work);
    loop.beat();
    bench.watchdog.look();
    bench.pass(1250ms);
    EXPECT_EQ(bench.told().size(), 2U);
    EXPECT_EQ(bench.stuck.size(), 1U);
}

TEST(Watchdog, ASlowDiskIsToldAndNeverGivenUp) {
    Bench bench;
    WatchedLoop loop(&bench.watchdog, "ts-disk", Watchdog::Kind::Disk);
    loop.beat();
    bench.watchdog.look();
    bench.pass(120s);
    EXPECT_THAT(bench.told(),
                ElementsAre("error watchdog: ts-disk: the disk has not answered for 2.2 s"));
    EXPECT_TRUE(bench.stuck.empty());
    EXPECT_EQ(bench.stalls("ts-disk"), 1U);
}

TEST(Watchdog, AProcessThatStoodStillIsNotStuck) {
    Bench bench;
    WatchedLoop loop(&bench.watchdog, "ts-engine", Watchdog::Kind::Work);
    loop.beat();
    bench.pass(9s);
    bench.clock.advance(3h);  // suspended, or in a debugger
    bench.watchdog.look();
    EXPECT_TRUE(bench.stuck.empty());
    EXPECT_THAT(bench.told().back(), HasSubstr("nothing was watched for 10800.0 s"));
    bench.pass(9s);
    EXPECT_TRUE(bench.stuck.empty());
    bench.pass(2s);
    EXPECT_EQ(bench.stuck.size(), 1U) << "and is watched as before";
}

TEST(Watchdog, ALoopThatHasEndedIsForgottenButNotItsStalls) {
    Bench bench;
    {
        WatchedLoop loop(&bench.watchdog, "ts-ended", Watchdog::Kind::Work);
        loop.beat();
        bench.pass(3s);
    }
    bench.pass(60s);
    EXPECT_TRUE(bench.stuck.empty());
    EXPECT_EQ(bench.stalls("ts-ended"), 1U);
    WatchedLoop nobodys(nullptr, "ts-nobodys", Watchdog::Kind::Work);
    nobodys.beat();
}

TEST(Watchdog, LooksOnAThreadOfItsOwn) {
    const LogCapture log;
    const SystemClock clock;
    std::promise<std::string> stuck;
    Watchdog watchdog({50ms, 100ms}, clock,
                      [&](const std::string& name) { stuck.set_value(name); });
    std::atomic<bool> held{true};
    std::thread thread([&] {
        WatchedLoop loop(&watchdog, "ts-hangs", Watchdog::Kind::Work);
        loop.beat();
        hang(held);
    });
    watchdog.start();
    EXPECT_EQ(stuck.get_future().get(), "ts-hangs");
    held = false;
    thread.join();
    EXPECT_THAT(log.lines(), Contains(HasSubstr("ts-hangs: #")));
}

TEST(Watchdog, ASettingOfNoneMakesNone) {
    const SystemClock clock;
    EngineSettings settings;
    EXPECT_NE(make_watchdog(settings, clock), nullptr);
    settings.watchdog = 0s;
    EXPECT_EQ(make_watchdog(settings, clock), nullptr);
}

TEST(ThreadStack, TellsWhereAnotherThreadStands) {
    std::atomic<bool> held{true};
    std::promise<pid_t> thread_id;
    std::thread thread([&] {
        thread_id.set_value(gettid());
        hang(held);
    });
    const pid_t id = thread_id.get_future().get();
    for (int i = 0; i < 3; ++i) {
        EXPECT_GE(thread_stack(id).size(), 2U);
    }
    held = false;
    thread.join();
    EXPECT_TRUE(thread_stack(id).empty()) << "it has ended";
}

TEST(ThreadStack, AThreadThatTakesNoSignalIsLeftAlone) {
    std::atomic<bool> held{true};
    std::promise<pid_t> thread_id;
    std::thread thread([&] {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, nullptr);
        thread_id.set_value(gettid());
        hang(held);
        pthread_sigmask(SIG_UNBLOCK, &all, nullptr);  // the late signal finds nobody who asks
    });
    EXPECT_TRUE(thread_stack(thread_id.get_future().get()).empty());
    EXPECT_FALSE(thread_stack(gettid()).empty()) << "the next one is asked";
    held = false;
    thread.join();
}

TEST(ThreadStack, ASignalThatNobodyAskedForDoesNothing) {
    prepare_thread_stacks();
    EXPECT_EQ(raise(thread_stack_signal()), 0);
}

}  // namespace
}  // namespace tickstock
