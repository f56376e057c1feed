// Faults of the multi-channel path in every phase: what is published never shows them, the journal
// names the cause from the right entry on, and a return is exact.

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "rollout/rig.hpp"

namespace tickstock::rollout_walk {
namespace {

using testing::decisions_of;
using testing::lively_tape;
using testing::replay;

constexpr std::size_t before = 500;   // records until the faults begin
constexpr std::size_t during = 700;   // and until they end
constexpr std::size_t after = 1'000;  // and until the path is on trial again

class PhaseFaults : public ::testing::TestWithParam<std::tuple<FaultKind, unsigned>> {};

TEST_P(PhaseFaults, AreNeverSeenAndEndInTheFallback) {
    const auto [kind, phase] = GetParam();
    const RecordBatch tape = only_trades(lively_tape(11 + phase, 2'600, 5));
    const auto linear = linear_run(tape);
    ASSERT_GT(linear.size(), 100U);
    Life life(tape, 2);
    life.bench.config.rollout.fallback_records = 1'000'000;  // symbol by symbol alone
    life.bench.config.rollout.fallback_mean = std::chrono::hours(1);
    life.open();
    life.go_to_phase(phase);
    life.run_to(before);
    EXPECT_EQ(life.rollout().phase, phase);
    EXPECT_TRUE(life.path->faults.empty());
    life.break_path(kind, kind == FaultKind::Fails ? 5 : kind == FaultKind::Stalls ? 3 : 1, 3);
    life.run_to(before + during);
    life.mend_path();
    ASSERT_FALSE(life.path->faults.empty());
    const RolloutStatus fallen = life.rollout();
    EXPECT_EQ(fallen.fallen.empty(), phase < 2) << "nobody falls while nobody is in charge";
    if (kind != FaultKind::AltersOwner && phase < 4 && phase >= 2) {
        EXPECT_EQ(fallen.fallen.size(), 2U) << "the named symbols alone";
    }
    // What a phase without anybody in charge shows of it. Phase 0 compares nothing.
    if (kind == FaultKind::Fails || (kind == FaultKind::Stalls && phase > 0)) {
        EXPECT_GT(fallen.total.paths.errors, 0U);
    } else if (kind != FaultKind::Stalls && phase > 0) {
        EXPECT_GT(fallen.difference_total, 0U);
    }
    EXPECT_EQ(fallen.total.paths.set_aside, 0U);
    life.expect_fallbacks();

    life.run_to(before + during + 100);
    if (phase >= 2) {
        life.must(re_enable(100));
        life.run_to(before + during + after);
        const RolloutStatus again = life.rollout();
        EXPECT_TRUE(again.fallen.empty()) << "the return is not exact";
        EXPECT_EQ(again.total.comparison.missing, fallen.total.comparison.missing);
        EXPECT_EQ(again.symbols_multi_channel, 5U);
    }
    life.run_to_end();
    life.expect_linear(linear);
    life.expect_fallbacks();
}

std::string name_of(const ::testing::TestParamInfo<std::tuple<FaultKind, unsigned>>& info) {
    return fmt::format("{}InPhase{}", to_string(std::get<0>(info.param)), std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(All, PhaseFaults,
                         ::testing::Combine(::testing::Values(FaultKind::Fails, FaultKind::Swallows,
                                                              FaultKind::AltersPrice,
                                                              FaultKind::AltersPlace,
                                                              FaultKind::AltersOwner,
                                                              FaultKind::Adds, FaultKind::Stalls),
                                            ::testing::Values(0U, 1U, 2U, 3U, 4U)),
                         name_of);

}  // namespace
}  // namespace tickstock::rollout_walk
