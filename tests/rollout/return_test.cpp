// A return is exact: whatever kept the multi-channel path from the records meanwhile, it finds the
// same as the linear path from its return on.

#include <gtest/gtest.h>

#include "rollout/expected_fallbacks.hpp"
#include "rollout/rig.hpp"

namespace tickstock::rollout_walk {
namespace {

using namespace std::chrono_literals;
using testing::lively_tape;
using Code = CommandAnswer::Code;

class Return : public ::testing::Test {
protected:
    Return()
        : tape_(only_trades(lively_tape(51, 4'000, 6))),
          linear_(linear_run(tape_)),
          life_(tape_, 2) {
        life_.bench.config.rollout.fallback_records = 1'000'000;
        life_.bench.config.rollout.fallback_mean = std::chrono::hours(1);
    }
    void pause() {
        ASSERT_EQ(life_.bench.command(PauseChannel{ChannelType::Tick}).code, Code::Done);
    }
    void resume() {
        ASSERT_EQ(life_.bench.command(ResumeChannel{ChannelType::Tick}).code, Code::Done);
    }
    /// Everybody, and no difference from here to the end.
    void expect_exact_return() {
        const ComparisonCounts before = life_.rollout().total.comparison;
        life_.must(re_enable(100));
        life_.run_on(600);
        const RolloutStatus status = life_.rollout();
        EXPECT_EQ(status.total.comparison.missing, before.missing);
        EXPECT_EQ(status.total.comparison.extra, before.extra);
        EXPECT_EQ(status.total.comparison.near, before.near);
        EXPECT_GT(status.total.comparison.matched, before.matched);
        EXPECT_TRUE(status.fallen.empty());
        EXPECT_EQ(status.symbols_multi_channel, 6U);
        life_.run_to_end();
        life_.expect_linear(linear_);
    }

    RecordBatch tape_;
    std::vector<std::string> linear_;
    Life life_;
};

TEST_F(Return, BehindAnUninstallation) {
    life_.open();
    life_.go_to_phase(4);
    life_.run_on(300);
    life_.must(disable(true));
    life_.run_on(900);
    expect_exact_return();
}

TEST_F(Return, BehindAnUninstallationAndAKill) {
    life_.open();
    life_.go_to_phase(4);
    life_.must(disable(true));
    life_.run_on(500);
    life_.bench.pass(63s, 1s);
    life_.run_on(100);
    life_.restart(Life::End::Kill);
    life_.run_on(500);
    expect_exact_return();
}

TEST_F(Return, BehindAPause) {
    life_.open();
    life_.go_to_phase(4);
    pause();
    life_.run_on(700);
    resume();
    expect_exact_return();
}

// The layer is switched on while its channel is paused: what it has missed before stays missed.
TEST_F(Return, OfTheLayerWhileTheChannelIsPaused) {
    life_.open();
    life_.go_to_phase(4);
    life_.must(disable(true));
    life_.run_on(700);
    pause();
    SetRolloutFlags layer;
    layer.integration_layer_enabled = layer.router_enabled = layer.tick_channel_enabled = true;
    layer.parallel_processing_enabled = true;
    life_.must(set_flags(layer));
    life_.run_on(200);
    resume();
    life_.run_on(300);
    expect_exact_return();
}

// What a paused lane kept is dropped by its overflow: the linear path has it.
TEST_F(Return, BehindRecordsThatThePausedChannelDropped) {
    life_.bench.config.pipeline.channels[0].overflow = OverflowAction::DropOldest;
    life_.bench.config.pipeline.channels[0].queue_size = 40;
    life_.open();
    life_.go_to_phase(4);
    pause();
    for (int i = 0; i < 20; ++i) {
        life_.run_on(50);
    }
    EXPECT_GT(read_rollout(life_.bench.disk, life_.bench.config).skipped.size(), 300U);
    resume();
    expect_exact_return();
}

// Paused and back before the control has looked.
TEST_F(Return, BehindAPauseThatNobodySaw) {
    life_.open();
    life_.go_to_phase(4);
    life_.bench.tick = 1us;
    pause();
    resume();
    life_.bench.tick = 10us;
    life_.run_on(200);
    const RolloutStatus status = life_.rollout();
    EXPECT_TRUE(status.incident != "" || status.symbols_multi_channel == 6U)
        << "nobody is told that all symbols fell back";
    life_.run_on(200);
    expect_exact_return();
}

// A symbol moves to another shard while its fallback is not decided.
TEST_F(Return, OfSymbolsThatMoveBetweenShards) {
    life_.bench.config.router.strategy = RouterStrategy::RoundRobin;
    life_.open();
    life_.go_to_phase(4);
    life_.break_path(FaultKind::Fails, 7, 1);
    life_.run_on(800);
    life_.mend_path();
    life_.expect_fallbacks();
    expect_exact_return();
}

// Without the comparison the state alone must be right.
TEST_F(Return, WithoutTheComparison) {
    life_.open();
    life_.go_to_phase(4);
    SetRolloutFlags off;
    off.parallel_processing_enabled = off.performance_comparison_enabled = false;
    life_.must(set_flags(off));
    life_.break_path(FaultKind::Fails, 9, 2);
    life_.run_on(600);
    life_.mend_path();
    EXPECT_FALSE(life_.rollout().fallen.empty());
    SetRolloutFlags on;
    on.parallel_processing_enabled = on.performance_comparison_enabled = true;
    life_.must(set_flags(on));
    life_.must(re_enable());
    life_.expect_fallbacks();
    life_.must(set_flags([] {
        SetRolloutFlags less;
        less.parallel_processing_enabled = less.performance_comparison_enabled = false;
        return less;
    }()));
    life_.run_to_end();
    EXPECT_EQ(life_.rollout().symbols_multi_channel, 6U);
    life_.expect_linear(linear_);
}

// The source begins again, with an epoch of its own: flags and fallen symbols stay.
TEST(ReturnOfTheTape, ANewEpochKeepsWhatFell) {
    const RecordBatch tape = only_trades(lively_tape(61, 900, 4));
    const auto linear = linear_run(tape);
    Life life(tape, 2);
    life.bench.config.rollout.fallback_records = 1'000'000;
    life.bench.feed().loops = 1;
    life.open();
    life.go_to_phase(4);
    life.run_to(600);
    life.break_path(FaultKind::Swallows);
    const std::string first = life.bench.epoch();
    life.run_to_end();  // and again from its begin
    EXPECT_NE(life.bench.epoch(), first);
    EXPECT_TRUE(life.bench.heard.of(first) == linear)
        << life.bench.heard.of(first).size() << " of " << linear.size();
    life.bench.settle();
    EXPECT_TRUE(life.bench.heard.of(life.bench.epoch()) == linear)
        << life.bench.heard.of(life.bench.epoch()).size() << " of " << linear.size();
    life.expect_fallbacks();
    EXPECT_EQ(testing::replay(life.bench.disk, life.bench.config, 3).hashes.back(),
              life.bench.stream->hash());
}

}  // namespace
}  // namespace tickstock::rollout_walk
