// S4's automatic fallback for all symbols: exactly by its conditions, with an incident, until a
// person enables it again.

#include <gtest/gtest.h>

#include "rollout/rig.hpp"

namespace tickstock::rollout_walk {
namespace {

using namespace std::chrono_literals;
using testing::lively_tape;
using Code = CommandAnswer::Code;

/// Goes wrong by count: one record in `one_in` of those that come while it is on.
struct CountingPath final : MultiChannelTap {
    std::uint64_t failures = 0;  // of the records that come now
    std::uint64_t left = 0;      // detections that are lost
    bool delays = false;         // a run's detections come with the next run
    std::vector<Detection> held;

    bool fails(const Record&) override {
        if (failures == 0) {
            return false;
        }
        --failures;
        return true;
    }
    void found(std::vector<Detection>& detections) override {
        for (; left > 0 && !detections.empty(); --left) {
            detections.erase(detections.begin());
        }
        if (delays || !held.empty()) {
            std::vector<Detection> now =
                delays ? std::exchange(detections, {}) : std::vector<Detection>{};
            detections.insert(detections.begin(), held.begin(), held.end());
            held = std::move(now);
        }
    }
};

class AutomaticFallback : public ::testing::Test {
protected:
    AutomaticFallback()
        : tape_(only_trades(lively_tape(41, 4'000, 6))), linear_(linear_run(tape_)), life_(tape_) {
        counting_ = std::make_shared<CountingPath>();
    }
    /// All symbols, by the multi-channel path; the window knows nothing of the way there.
    void all_in_charge(std::shared_ptr<MultiChannelTap> tap) {
        if (tap) {
            life_.bench.extensions.tap = std::move(tap);
        }
        life_.open();
        life_.go_to_phase(4);
        life_.bench.pass(40s, 250ms);
        ASSERT_EQ(life_.rollout().incident, "");
    }
    /// Else an event that is lost is a reason of its own.
    void compare_no_more() {
        SetRolloutFlags off;
        off.parallel_processing_enabled = off.performance_comparison_enabled = false;
        life_.must(set_flags(off));
    }
    /// The fallback holds until somebody ends it, and then 1 % begins.
    void expect_incident(const std::string& cause) {
        RolloutStatus status = life_.rollout();
        ASSERT_NE(status.incident, "") << "nothing has fallen back";
        ASSERT_FALSE(status.incidents.empty());
        EXPECT_EQ(status.incidents.back().id, status.incident);
        EXPECT_EQ(status.incidents.back().cause, cause) << status.incidents.back().text;
        EXPECT_EQ(status.incidents.back().phase, 4U);
        EXPECT_EQ(status.incidents.back().percentage, 100);
        EXPECT_FALSE(status.fully_enabled);
        EXPECT_EQ(status.symbols_multi_channel, 0U);
        life_.run_on(100);
        life_.bench.pass(10min, 1s);
        life_.restart(Life::End::Kill);
        const CommandAnswer refused = life_.ask(advance());
        EXPECT_EQ(refused.code, Code::Refused);
        status = life_.rollout();
        EXPECT_NE(status.refusal, "");
        EXPECT_NE(status.incident, "");
        EXPECT_FALSE(status.fully_enabled);
        const CommandAnswer again = life_.ask(re_enable());
        ASSERT_EQ(again.code, Code::Done) << again.text;
        status = life_.rollout();
        EXPECT_EQ(status.incident, "");
        EXPECT_NE(status.incidents.back().resolved, UnixNanos{});
        EXPECT_EQ(status.flags.rollout_buckets, 100U) << "1 %";
        EXPECT_EQ(status.phase, 2U);
        EXPECT_TRUE(status.fallen.empty());
        life_.must(re_enable(100));
        life_.run_on(200);
        EXPECT_EQ(life_.rollout().symbols_multi_channel, 6U);
        life_.run_to_end();
        EXPECT_TRUE(life_.rollout().fallen.empty());
        life_.expect_linear(linear_);
    }
    void expect_none() {
        const RolloutStatus status = life_.rollout();
        EXPECT_EQ(status.incident, "") << status.incidents.back().text;
        EXPECT_TRUE(status.fully_enabled);
        life_.run_to_end();
        life_.expect_linear(linear_);
    }

    RecordBatch tape_;
    std::vector<std::string> linear_;
    Life life_;
    std::shared_ptr<CountingPath> counting_;
};

TEST_F(AutomaticFallback, ErrorsAboveTenPercentOfTheWindow) {
    all_in_charge(counting_);
    compare_no_more();
    counting_->failures = 21;
    const auto before = life_.rollout().total.paths;
    life_.run_on(200);
    const auto paths = life_.rollout().total.paths;
    ASSERT_GT(paths.errors - before.errors, (paths.records - before.records) / 10);
    life_.bench.pass(31s, 250ms);
    expect_incident("error_rate");
}

TEST_F(AutomaticFallback, NotForFewerRecordsThanAHundred) {
    all_in_charge(counting_);
    counting_->failures = 90;
    life_.run_on(90);
    life_.bench.pass(65s, 250ms);
    expect_none();
}

// Symbols that fell leave few requests: one failure each is not the share of records that fail.
TEST_F(AutomaticFallback, NotForOneErrorASymbol) {
    all_in_charge(counting_);
    compare_no_more();
    counting_->failures = 1;
    life_.run_on(400);
    life_.bench.pass(31s, 250ms);
    expect_none();
}

TEST_F(AutomaticFallback, ARecordTakesAHundredMillisecondsInTheMean) {
    life_.bench.config.rollout.channel_timeout = 10s;  // so that nothing times out
    life_.bench.feed().longest = 1;
    all_in_charge(nullptr);
    life_.path->stall = 130ms;
    life_.break_path(FaultKind::Stalls);
    life_.run_on(460);  // a minute
    life_.mend_path();
    life_.path->faults.clear();  // they were no time-outs
    EXPECT_EQ(life_.rollout().total.paths.channel_failures, 0U);
    expect_incident("latency");
}

TEST_F(AutomaticFallback, NotForTimeOutsThatAreRare) {
    life_.bench.feed().longest = 5;
    all_in_charge(nullptr);
    life_.break_path(FaultKind::Stalls, 40, 1);
    life_.run_on(400);
    life_.mend_path();
    life_.bench.pass(31s, 250ms);
    expect_none();
    life_.expect_fallbacks();
}

TEST_F(AutomaticFallback, AnEventIsLost) {
    all_in_charge(counting_);
    counting_->left = 1;
    life_.run_on(600);  // more than 5 s of the market
    life_.bench.pass(31s, 250ms);
    EXPECT_EQ(life_.rollout().total.comparison.lost, 1U);
    expect_incident("lost_events");
}

TEST_F(AutomaticFallback, NotForAnEventThatComesLate) {
    life_.bench.feed().longest = 2;  // runs of less than 5 s
    all_in_charge(counting_);
    counting_->delays = true;
    const auto has_differed = [&] { return life_.rollout().difference_total > 0; };
    for (int i = 0; i < 200 && !has_differed(); ++i) {
        life_.run_on(2);
    }
    counting_->delays = false;
    life_.run_on(600);
    life_.bench.pass(31s, 250ms);
    const ComparisonCounts counts = life_.rollout().total.comparison;
    EXPECT_GT(counts.late, 0U);
    EXPECT_EQ(counts.lost, 0U);
    EXPECT_FALSE(life_.rollout().fallen.empty()) << "its symbol fell";
    expect_none();
}

TEST_F(AutomaticFallback, APausedTickChannelAtOnce) {
    all_in_charge(nullptr);
    ASSERT_EQ(life_.bench.command(PauseChannel{ChannelType::Tick}).code, Code::Done);
    life_.run_on(50);
    life_.bench.pass(1s, 100ms);
    EXPECT_NE(life_.rollout().incident, "");
    EXPECT_EQ(life_.ask(re_enable(100)).code, Code::Refused) << "it is paused still";
    SetRolloutFlags on;
    on.multichannel_system_enabled = true;
    EXPECT_EQ(life_.ask(set_flags(on)).code, Code::Refused);
    ASSERT_EQ(life_.bench.command(ResumeChannel{ChannelType::Tick}).code, Code::Done);
    expect_incident("channel");
}

TEST_F(AutomaticFallback, NobodyFallsWhileNobodyIsInCharge) {
    life_.bench.extensions.tap = counting_;
    life_.open();
    life_.go_to_phase(1);
    counting_->failures = 300;
    life_.run_on(400);
    counting_->left = 20;
    life_.run_on(400);
    life_.bench.pass(65s, 250ms);
    const RolloutStatus status = life_.rollout();
    EXPECT_EQ(status.incident, "");
    EXPECT_GT(status.total.paths.errors, 250U);
    EXPECT_GT(status.total.comparison.lost, 0U);
    const CommandAnswer answer = life_.ask(advance());
    EXPECT_EQ(answer.code, Code::Refused) << "what shows in phase 1 is not tried on users";
    EXPECT_NE(answer.text.find("error_rate"), std::string::npos) << answer.text;
    EXPECT_NE(answer.text.find("missed_events"), std::string::npos) << answer.text;
    life_.run_to_end();
    life_.expect_linear(linear_);
}

TEST_F(AutomaticFallback, APersonsDisableIsTheSame) {
    all_in_charge(nullptr);
    ASSERT_EQ(life_.ask(disable()).code, Code::Done);
    expect_incident("manual");
}

}  // namespace
}  // namespace tickstock::rollout_walk
