#include "base/named_thread.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <ctime>
#include <thread>

namespace tickstock {
namespace {

/// Of the thread, -1 when it is not listed.
double seconds_of(const std::string& name) {
    for (const ThreadTime& thread : thread_times()) {
        if (thread.name == name) {
            return thread.cpu_seconds;
        }
    }
    return -1;
}

double own_seconds() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

TEST(NamedThread, TellsTheProcessorTimeOfEachThreadThatRuns) {
    std::atomic<bool> is_worked{false};
    std::atomic<bool> may_end{false};
    std::thread busy([&] {
        const NamedThread named("busy");
        while (own_seconds() < 0.02) {
        }
        is_worked = true;
        is_worked.notify_one();
        may_end.wait(false);
    });
    is_worked.wait(false);
    {
        const NamedThread named("looks on");
        EXPECT_GE(seconds_of("busy"), 0.02);
        const double before = own_seconds();
        const double told = seconds_of("looks on");
        EXPECT_GE(told, before);
        EXPECT_LE(told, own_seconds());
        const NamedThread again("looks on");
        EXPECT_GE(seconds_of("looks on"), 2 * told) << "two of one name together";
    }
    may_end = true;
    may_end.notify_one();
    busy.join();
    EXPECT_EQ(seconds_of("busy"), -1);
    EXPECT_EQ(seconds_of("looks on"), -1);
}

}  // namespace
}  // namespace tickstock
