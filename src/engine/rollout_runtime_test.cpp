// Integration and rollout in the running engine: two paths, one stream. SPEC 15.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engine/test_runtime.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::decisions_of;
using testing::live_to;
using testing::lively_tape;
using testing::replay;
using testing::rising_tape;
using Code = CommandAnswer::Code;

RolloutCommand set_flags(bool everything, double percentage, std::vector<SymbolText> tickers = {}) {
    SetRolloutFlags flags;
    flags.integration_layer_enabled = true;
    flags.router_enabled = flags.tick_channel_enabled = flags.multichannel_system_enabled =
        everything;
    flags.parallel_processing_enabled = everything;
    flags.rollout_percentage = percentage;
    flags.rollout_tickers = std::move(tickers);
    return {flags, "a test"};
}

RecordBatch only_trades(RecordBatch tape) {
    std::erase_if(tape.records, [](const Record& record) {
        return record.kind() != RecordKind::Trade && record.kind() != RecordKind::Quote;
    });
    return tape;
}

/// What the multi-channel pipeline alone gives.
std::vector<std::string> without_integrator(const RecordBatch& tape) {
    Bench bench(tape);
    bench.open();
    bench.settle();
    return bench.heard.of(bench.epoch());
}

class RolloutRuntime : public ::testing::Test {
protected:
    static void install(Bench& bench) { bench.config.pipeline.integration.installed = true; }
    static std::vector<std::string> told(Bench& bench) { return bench.heard.of(bench.epoch()); }
    static void run_to(Bench& bench, std::size_t due) {
        bench.feed().due = due;
        bench.settle();
    }
    static void expect_replay_equal(Bench& bench) {
        for (const unsigned shards : {1U, 3U}) {
            const auto again = replay(bench.disk, bench.config, shards);
            EXPECT_EQ(again.failure, "");
            ASSERT_FALSE(again.hashes.empty());
            EXPECT_EQ(again.hashes.back(), bench.stream->hash()) << shards << " shards";
        }
    }
};

TEST_F(RolloutRuntime, TheLinearPathAloneTellsTheSameEventsOfTrades) {
    const RecordBatch tape = lively_tape(3, 4'000, 7);
    const auto all = without_integrator(only_trades(tape));
    ASSERT_GT(all.size(), 50U);
    Bench bench(only_trades(tape), 2);
    install(bench);
    bench.open();
    bench.settle();
    EXPECT_EQ(told(bench), all);
    const EngineStatus& status = bench.status();
    ASSERT_NE(status.rollout, nullptr);
    EXPECT_EQ(status.rollout->total.paths.channel_requests, 0U);
    EXPECT_GT(status.accounting.linear.in, 1'000U);
    EXPECT_GT(status.accounting.selection.dropped_for(Reason::Muted), 50U);
    expect_replay_equal(bench);
}

TEST_F(RolloutRuntime, BarsAndFairValuesWaitUntilTheirSymbolIsRolledOut) {
    const RecordBatch tape = lively_tape(4, 4'000, 5);
    Bench bench(tape);
    install(bench);
    bench.feed().due = 0;
    bench.open();
    run_to(bench, 2'000);
    const EngineStatus before = bench.status();
    const auto& bars = before.accounting.channels[1];
    EXPECT_GT(bars.in, 20U);
    EXPECT_EQ(bars.out, 0U);
    EXPECT_EQ(bars.dropped_for(Reason::NotRolledOut), bars.in);
    EXPECT_EQ(bench.command(set_flags(true, 100)).code, Code::Done);
    run_to(bench, tape.records.size());
    EXPECT_GT(bench.status().accounting.channels[1].out, 20U);
    expect_replay_equal(bench);
}

TEST_F(RolloutRuntime, ASwitchInTheMiddleLosesAndDoublesNothing) {
    const RecordBatch tape = only_trades(lively_tape(5, 6'000, 9));
    const auto all = without_integrator(tape);
    Bench bench(tape, 3);
    install(bench);
    bench.feed().due = 0;
    bench.open();
    std::size_t at = 0;
    for (const double percentage : {1.0, 30.0, 100.0, 0.0, 100.0}) {
        run_to(bench, at += 1'000);
        const CommandAnswer answer = bench.command(set_flags(percentage > 0, percentage));
        EXPECT_EQ(answer.code, Code::Done) << answer.text;
    }
    run_to(bench, tape.records.size());
    EXPECT_EQ(told(bench), all);
    const auto& paths = bench.status().rollout->total.paths;
    EXPECT_GT(paths.channel_requests, 1'000U);
    EXPECT_LT(paths.channel_requests, 5'000U);
    EXPECT_EQ(paths.channel_failures, 0U);
    expect_replay_equal(bench);
}

/// A multi-channel path that goes wrong from a record on.
struct FaultyPath final : MultiChannelTap {
    enum class Kind { None, Fails, Swallows, Adds, Alters, Stalls } kind = Kind::None;
    testing::TestClock* clock = nullptr;

    void begins(unsigned) override {
        if (kind == Kind::Stalls) {
            clock->advance(150ms);
        }
    }
    bool fails(const Record& record) override {
        return kind == Kind::Fails && record.header().sequence.value() % 3 == 0;
    }
    void found(std::vector<Detection>& detections) override {
        if (kind == Kind::Swallows) {
            detections.clear();
        } else if (kind == Kind::Adds && !detections.empty()) {
            detections.push_back(detections.front());
            detections.back().price = Price::from_cents(1);
        } else if (kind == Kind::Alters) {
            for (Detection& detection : detections) {
                detection.price = Price::from_raw(detection.price.raw() + 1);
            }
        }
    }
};

class FaultyRollout : public RolloutRuntime,
                      public ::testing::WithParamInterface<FaultyPath::Kind> {};

TEST_P(FaultyRollout, NothingIsMissedOrDoubled) {
    const RecordBatch tape = only_trades(lively_tape(6, 5'000, 6));
    const auto all = without_integrator(tape);
    Bench bench(tape, 2);
    install(bench);
    bench.config.rollout.fallback_records = 1'000'000;  // symbol by symbol alone
    bench.feed().due = 0;
    const auto tap = std::make_shared<FaultyPath>();
    tap->clock = &bench.clock;
    bench.extensions.tap = tap;
    bench.open();
    ASSERT_EQ(bench.command(set_flags(true, 100)).code, Code::Done);
    run_to(bench, 2'000);
    EXPECT_EQ(decisions_of<PathFallback>(replay(bench.disk, bench.config)).size(), 0U);
    tap->kind = GetParam();
    run_to(bench, 3'500);
    tap->kind = FaultyPath::Kind::None;
    EXPECT_GT(decisions_of<PathFallback>(replay(bench.disk, bench.config)).size(), 0U);
    EXPECT_FALSE(bench.status().rollout->fallen.empty());
    const CommandAnswer again = bench.command(RolloutCommand{ReEnableMultiChannel{100}, "again"});
    EXPECT_EQ(again.code, Code::Done) << again.text;
    run_to(bench, 4'500);
    EXPECT_TRUE(bench.status().rollout->fallen.empty()) << "the return is not exact";
    bench.kill();
    bench.open();
    run_to(bench, tape.records.size());
    EXPECT_EQ(told(bench), all);
    EXPECT_EQ(bench.epochs_made, 1U);
    expect_replay_equal(bench);
}

std::string name_of(const ::testing::TestParamInfo<FaultyPath::Kind>& kind) {
    static constexpr std::array names{"None", "Fails", "Swallows", "Adds", "Alters", "Stalls"};
    return names[static_cast<std::size_t>(kind.param)];
}

INSTANTIATE_TEST_SUITE_P(Faults, FaultyRollout,
                         ::testing::Values(FaultyPath::Kind::Fails, FaultyPath::Kind::Swallows,
                                           FaultyPath::Kind::Adds, FaultyPath::Kind::Alters,
                                           FaultyPath::Kind::Stalls),
                         name_of);

TEST_F(RolloutRuntime, APausedTickChannelGivesItsSymbolsBackAtOnce) {
    const RecordBatch tape = only_trades(lively_tape(7, 4'000, 6));
    const auto all = without_integrator(tape);
    Bench bench(tape, 2);
    install(bench);
    bench.feed().due = 0;
    bench.open();
    ASSERT_EQ(bench.command(set_flags(true, 100)).code, Code::Done);
    run_to(bench, 1'500);
    EXPECT_EQ(bench.command(PauseChannel{ChannelType::Tick}).code, Code::Done);
    run_to(bench, 2'500);
    bench.kill();
    bench.open();
    run_to(bench, 3'000);
    EXPECT_EQ(bench.command(ResumeChannel{ChannelType::Tick}).code, Code::Done);
    run_to(bench, tape.records.size());
    EXPECT_EQ(told(bench), all);
    expect_replay_equal(bench);
}

TEST_F(RolloutRuntime, AStartFindsPhaseFlagsAndFallenSymbolsAgain) {
    const RecordBatch tape = only_trades(lively_tape(8, 4'000, 6));
    const auto all = without_integrator(tape);
    Bench bench(tape, 2);
    install(bench);
    bench.feed().due = 0;
    const auto tap = std::make_shared<FaultyPath>();
    bench.extensions.tap = tap;
    bench.config.rollout.fallback_records = 1'000'000;
    bench.open();
    ASSERT_EQ(bench.command(set_flags(true, 100, {SymbolText("AAPL")})).code, Code::Done);
    tap->kind = FaultyPath::Kind::Fails;
    run_to(bench, 60);
    tap->kind = FaultyPath::Kind::None;
    const RolloutStatus before = *bench.status().rollout;
    ASSERT_FALSE(before.fallen.empty());
    for (const bool with_snapshot : {false, true}) {
        if (with_snapshot) {
            bench.pass(63s, 1s);
        }
        bench.kill();
        bench.open();
        const RolloutStatus after = *bench.status().rollout;
        EXPECT_EQ(after.flags, before.flags);
        EXPECT_EQ(after.phase, before.phase);
        EXPECT_EQ(after.fallen.size(), before.fallen.size());
    }
    bench.config.pipeline.high_low.min_percent_change += 1;  // a new epoch begins
    bench.kill();
    bench.open();
    EXPECT_EQ(bench.status().rollout->flags, before.flags);
    EXPECT_EQ(bench.status().rollout->fallen.size(), before.fallen.size());
}

TEST_F(RolloutRuntime, WithoutTheIntegratorACommandSaysSo) {
    Bench bench(rising_tape(5));
    bench.open();
    const CommandAnswer answer = bench.command(RolloutCommand{AdvanceRollout{}, "go"});
    EXPECT_EQ(answer.code, Code::Refused);
    EXPECT_NE(answer.text.find("integration.installed"), std::string::npos);
    EXPECT_EQ(bench.status().rollout, nullptr);
}

}  // namespace
}  // namespace tickstock
