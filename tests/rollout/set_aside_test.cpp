// integration.fallback_to_legacy = false: nothing falls back. What fails is set aside and counted,
// and what the path does not find is told as missing.

#include <gtest/gtest.h>

#include <set>

#include "rollout/expected_fallbacks.hpp"
#include "rollout/rig.hpp"

namespace tickstock::rollout_walk {
namespace {

using testing::lively_tape;

class SetAsideRecords : public ::testing::Test {
protected:
    SetAsideRecords()
        : tape_(only_trades(lively_tape(71, 3'000, 5))),
          linear_(linear_run(tape_)),
          life_(tape_, 2) {
        life_.bench.config.pipeline.integration.fallback_to_legacy = false;
        life_.bench.config.rollout.fallback_records = 1'000'000;
    }
    std::size_t not_told() {
        const auto told = life_.told();
        const std::set<std::string> mine(told.begin(), told.end());
        std::size_t missing = 0;
        for (const std::string& event : linear_) {
            missing += mine.contains(event) ? 0U : 1U;
        }
        return missing;
    }
    void expect_nobody_fell() {
        EXPECT_TRUE(life_.rollout().fallen.empty());
        EXPECT_TRUE(read_rollout(life_.bench.disk, life_.bench.config).fallbacks.empty());
        EXPECT_EQ(life_.rollout().symbols_multi_channel, 5U);
        EXPECT_EQ(life_.rollout().total.paths.legacy_fallbacks, 0U);
    }

    RecordBatch tape_;
    std::vector<std::string> linear_;
    Life life_;
};

TEST_F(SetAsideRecords, OfADetectorThatFailsAreCounted) {
    life_.open();
    life_.go_to_phase(4);
    life_.break_path(FaultKind::Fails, 4, 1);
    life_.run_on(800);
    life_.mend_path();
    const RolloutStatus status = life_.rollout();
    EXPECT_EQ(status.total.paths.failures_by_cause[0], life_.path->faults.size());
    EXPECT_GE(status.total.paths.set_aside, life_.path->faults.size());
    EXPECT_EQ(status.total.paths.channel_failures, status.total.paths.set_aside);
    EXPECT_GT(status.difference_total, 0U);
    expect_nobody_fell();
    life_.run_to_end();
    EXPECT_GT(not_told(), 0U) << "without the fallback something is missed";
    for (const unsigned shards : {1U, 3U}) {  // nothing in the journal says what failed
        EXPECT_EQ(testing::replay(life_.bench.disk, life_.bench.config, shards).failure, "");
    }
}

TEST_F(SetAsideRecords, EventsThatThePathMissesAreTold) {
    life_.open();
    life_.go_to_phase(4);
    life_.break_path(FaultKind::Swallows, 2, 4);
    life_.run_on(900);
    life_.mend_path();
    life_.run_on(600);
    const RolloutStatus status = life_.rollout();
    EXPECT_GE(status.total.comparison.missing, life_.path->faults.size());
    EXPECT_EQ(status.total.comparison.lost, status.total.comparison.missing);
    EXPECT_EQ(status.difference_total, status.total.comparison.missing);
    EXPECT_EQ(status.total.comparison.extra, 0U);
    expect_nobody_fell();
    life_.run_to_end();
    EXPECT_GT(not_told(), 0U);
    EXPECT_LE(not_told(), status.total.comparison.missing);
}

TEST_F(SetAsideRecords, AHealthyPathMissesNothing) {
    life_.open();
    life_.go_to_phase(4);
    life_.run_to_end();
    expect_nobody_fell();
    life_.expect_linear(linear_);
}

}  // namespace
}  // namespace tickstock::rollout_walk
