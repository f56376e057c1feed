// A burst of bars among steady ticks (issue 4): ticks are not held up by it.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "overload/engine_rig.hpp"
#include "overload/rate_source.hpp"

namespace tickstock::overload {
namespace {

constexpr std::uint64_t bars_in_burst = 8'000;
constexpr double tick_rate = 2'000;
constexpr Nanos told_limit =
    std::chrono::milliseconds(20);                       // the promise; `./dev overload` holds it
constexpr Nanos limit = std::chrono::milliseconds(200);  // of a machine that does other things

class Burst : public ::testing::TestWithParam<unsigned> {};

/// Batches with a tick, from admission to publication, between two looks.
struct Window {
    std::uint64_t count = 0;
    std::uint64_t late = 0;  // beyond the limit
    double within_promise = 1;

    Window(const Histogram& before, const Histogram& after)
        : count(after.count() - before.count()),
          late(count - (after.count_up_to(limit) - before.count_up_to(limit))) {
        const auto good = after.count_up_to(told_limit) - before.count_up_to(told_limit);
        within_promise = static_cast<double>(good) / static_cast<double>(std::max(count, good + 1));
    }
};

TEST_P(Burst, TicksGoOnWhileBarsAreWorkedOff) {
    EngineRig rig(EngineRig::config(GetParam()));
    EngineRig::Sources sources;
    sources.push_back(std::make_unique<RateSource>(trade, tick_rate, 6 * 2'000));
    sources.push_back(
        std::make_unique<RateSource>(bar, 1e9, bars_in_burst, std::chrono::seconds(2)));
    ASSERT_EQ(rig.start(std::move(sources)), "");
    const auto ticks_of = [](const EngineStatus& status) {
        return status.batch_latency_by_kind[static_cast<std::size_t>(SourceKind::Tick)];
    };
    // The last look before the burst, the first behind it, and the end.
    std::shared_ptr<const EngineStatus> before;
    std::shared_ptr<const EngineStatus> behind;
    ASSERT_TRUE(eventually([&] {
        const auto status = rig.status();
        if (status && status->records_by_kind[2] == 0) {
            before = status;
        }
        const bool done = status && status->channels[1].counts.out == bars_in_burst;
        behind = done ? status : nullptr;
        return done || rig.failures() > 0;
    })) << rig.why();
    ASSERT_TRUE(before && behind);
    ASSERT_TRUE(eventually(
        [&] { return rig.status()->sources[0].state == "ended" || rig.failures() > 0; }));
    ASSERT_TRUE(rig.stop()) << rig.why();
    const auto end = rig.status();
    EXPECT_EQ(end->channels[1].counts.out, bars_in_burst);
    EXPECT_TRUE(end->accounting.closes());
    const Window during(ticks_of(*before), ticks_of(*behind));
    const Window after(ticks_of(*behind), ticks_of(*end));
    std::printf(
        "  %u thread(s): %llu tick batches around the burst, %.2f %% within 20 ms; "
        "%llu after it, %.2f %%; slowest of all %.3f ms\n",
        GetParam(), static_cast<unsigned long long>(during.count), 100 * during.within_promise,
        static_cast<unsigned long long>(after.count), 100 * after.within_promise,
        static_cast<double>(ticks_of(*end).max().count()) / 1e6);
    EXPECT_GT(during.count, 100U);
    EXPECT_GT(after.count, 100U);
    EXPECT_LE(during.late, during.count / 100);
    EXPECT_LE(after.late, after.count / 100);
    if (std::getenv("TICKSTOCK_OVERLOAD_SECONDS") != nullptr) {  // on a machine for it alone
        EXPECT_GE(during.within_promise, 0.99);
        EXPECT_GE(after.within_promise, 0.99);
    }
    EXPECT_EQ(rig.replay().hash, rig.stream().hash());
}

INSTANTIATE_TEST_SUITE_P(Threads, Burst, ::testing::Values(1U, 3U),
                         [](const auto& each) { return "Threads" + std::to_string(each.param); });

}  // namespace
}  // namespace tickstock::overload
