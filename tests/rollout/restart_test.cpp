// Ends of the process in every phase: phase, flags, set and fallen symbols stay, and the stream
// goes on.

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "rollout/expected_fallbacks.hpp"
#include "rollout/rig.hpp"

namespace tickstock::rollout_walk {
namespace {

using namespace std::chrono_literals;
using testing::lively_tape;

class Restart : public ::testing::TestWithParam<std::tuple<unsigned, Life::End>> {};

TEST_P(Restart, KeepsPhaseSetAndFallenSymbols) {
    const auto [phase, end] = GetParam();
    const RecordBatch tape = only_trades(lively_tape(20 + phase, 2'400, 6));
    const auto linear = linear_run(tape);
    Life life(tape, 3);
    life.bench.config.journal.durability = Durability::Always;
    life.bench.config.rollout.fallback_records = 1'000'000;
    life.open();
    life.go_to_phase(phase);
    life.break_path(FaultKind::Fails, 12, 5);
    life.run_on(200);
    life.mend_path();
    for (const bool with_snapshot : {false, true, false}) {
        if (with_snapshot) {
            life.bench.pass(63s, 1s);
        }
        life.run_on(150);
        const RolloutStatus before = life.rollout();
        const auto decided = read_rollout(life.bench.disk, life.bench.config);
        life.restart(end);
        const RolloutStatus after = life.rollout();
        EXPECT_EQ(after.phase, before.phase);
        EXPECT_EQ(after.phase_since, before.phase_since);
        EXPECT_EQ(after.flags, before.flags);
        EXPECT_EQ(after.incident, before.incident);
        ASSERT_EQ(after.fallen.size(), before.fallen.size());
        for (std::size_t i = 0; i < after.fallen.size(); ++i) {
            EXPECT_EQ(after.fallen[i].symbol, before.fallen[i].symbol);
            EXPECT_EQ(after.fallen[i].from, before.fallen[i].from);
            EXPECT_EQ(after.fallen[i].cause, before.fallen[i].cause);
        }
        EXPECT_EQ(after.symbols_multi_channel, before.symbols_multi_channel);
        if (end == Life::End::Stop) {  // else the last minute's may be lost
            EXPECT_GE(after.in_phase.paths.records, before.in_phase.paths.records);
        }
        const auto again = read_rollout(life.bench.disk, life.bench.config);
        EXPECT_EQ(again.changes.size(), decided.changes.size()) << "a start has changed something";
        EXPECT_EQ(again.changes.back().second, decided.changes.back().second);
    }
    EXPECT_EQ(life.rollout().fallen.empty(), phase < 2);
    life.run_to_end();
    life.expect_linear(linear);
    life.expect_fallbacks();
}

std::string name_of(const ::testing::TestParamInfo<std::tuple<unsigned, Life::End>>& info) {
    static constexpr std::array names{"Kill", "PowerCut", "Stop"};
    return fmt::format("Phase{}{}", std::get<0>(info.param),
                       names[static_cast<std::size_t>(std::get<1>(info.param))]);
}

INSTANTIATE_TEST_SUITE_P(All, Restart,
                         ::testing::Combine(::testing::Values(0U, 1U, 2U, 3U, 4U),
                                            ::testing::Values(Life::End::Kill, Life::End::PowerCut,
                                                              Life::End::Stop)),
                         name_of);

// The fallback is found, and the process dies at each step until it is journaled and seen.
TEST(RestartBetween, AFallbackAndItsPlaceInTheJournal) {
    const RecordBatch tape = only_trades(lively_tape(31, 900, 3));
    const auto linear = linear_run(tape);
    for (const FaultKind kind : {FaultKind::Fails, FaultKind::AltersPrice, FaultKind::Stalls}) {
        for (unsigned steps = 0; steps < 12; ++steps) {
            SCOPED_TRACE(::testing::Message() << to_string(kind) << ", " << steps << " steps");
            Life life(tape, 2);
            life.bench.config.rollout.fallback_records = 1'000'000;
            life.open();
            life.go_to_phase(4);
            life.break_path(kind);
            life.bench.feed().due += 80;
            const auto has_fault = [&] { return !life.path->faults.empty(); };
            for (int i = 0; i < 10'000 && !has_fault(); ++i) {
                life.bench.step();
            }
            ASSERT_TRUE(has_fault());
            for (unsigned i = 0; i < steps; ++i) {
                life.bench.step();
            }
            life.restart(Life::End::Kill);
            life.run_to_end();
            life.expect_linear(linear);
            life.expect_fallbacks();
        }
    }
}

}  // namespace
}  // namespace tickstock::rollout_walk
