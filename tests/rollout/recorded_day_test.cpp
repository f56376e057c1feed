// A recorded day at its own pace on a virtual clock, from the installation to everybody in charge,
// with a kill in every phase: the stream is that of the linear path alone.

#include <gtest/gtest.h>

#include <algorithm>

#include "determinism/recorded_market.hpp"
#include "engine/paced_live_source.hpp"
#include "rollout/expected_fallbacks.hpp"
#include "rollout/rig.hpp"

namespace tickstock::rollout_walk {
namespace {

using namespace std::chrono_literals;
using determinism::Market;
using testing::Bench;
using Code = CommandAnswer::Code;

/// Hands out a market that is in memory.
class MarketReader final : public RecordReader {
public:
    explicit MarketReader(const Market& market) : market_(market) {}

    bool read(RecordBatch& batch) override {
        constexpr std::size_t longest = 2'000;
        batch.clear();
        if (at_ == market_.records.size()) {
            return false;
        }
        if (at_ == 0) {
            batch.new_symbols = market_.symbols;
        }
        const std::size_t end = std::min(at_ + longest, market_.records.size());
        batch.records.assign(market_.records.begin() + static_cast<std::ptrdiff_t>(at_),
                             market_.records.begin() + static_cast<std::ptrdiff_t>(end));
        at_ = end;
        return true;
    }
    StageCounts counts() const override {
        StageCounts counts;
        counts.in = counts.out = at_;
        return counts;
    }

private:
    const Market& market_;
    std::size_t at_ = 0;
};

class RecordedDay : public ::testing::Test {
protected:
    static constexpr Nanos step = 5s;

    void SetUp() override {
        market_ = determinism::recorded_file("lean_flat/2013-10-07.trades.csv.gz");
        if (!market_) {
            GTEST_SKIP() << "no recorded data";
        }
    }

    /// With the thresholds as shipped the day has some dozen events.
    static void tell_every_extreme(PipelineSettings& settings) {
        settings.high_low.min_price_change = 0;
        settings.high_low.min_percent_change = 0;
        settings.high_low.cooldown = 0s;
    }
    /// The engine, whose only source is the day at its own pace.
    std::unique_ptr<Bench> paced_bench(unsigned shards) {
        auto bench = std::make_unique<Bench>(RecordBatch{}, shards);
        bench->feeds.clear();
        bench->config.journal.reserve_bytes = 1 << 20;
        bench->config.pipeline.integration.installed = true;
        tell_every_extreme(bench->config.pipeline);
        RolloutSettings& rollout = bench->config.rollout;
        rollout.phase_0 = 2h;
        rollout.phase_1 = rollout.phase_2 = rollout.phase_3 = 3h;
        bench->more_sources = [this](std::vector<std::unique_ptr<LiveSource>>& sources) {
            auto open = [this] { return std::make_unique<MarketReader>(*market_); };
            sources.push_back(std::make_unique<PacedLiveSource>(
                PacedLiveSource::About{"replay", "a recorded day", "recorded day", 1},
                std::make_unique<PacedSource>(std::move(open), PacedSourceOptions{})));
        };
        // The wall clock is that of the day.
        bench->clock.jump(market_->records.front().header().ts_event - bench->clock.wall());
        return bench;
    }
    void go_on(Bench& bench, Nanos time) {
        const Nanos end = bench.clock.monotonic() + time;
        while (bench.clock.monotonic() < end) {
            bench.clock.advance(step);
            bench.round();
        }
    }
    RecordBatch tape() const {
        RecordBatch tape;
        tape.records = market_->records;
        tape.new_symbols = market_->symbols;
        return tape;
    }
    static void kill_and_compare(Bench& bench) {
        const RolloutStatus before = *bench.status().rollout;
        const auto selected = read_rollout(bench.disk, bench.config).changes.back().second;
        bench.kill();
        bench.open();
        EXPECT_FALSE(bench.runtime->recovery().new_epoch)
            << bench.runtime->recovery().why_new_epoch;
        const RolloutStatus after = *bench.status().rollout;
        EXPECT_EQ(after.phase, before.phase);
        EXPECT_EQ(after.phase_since, before.phase_since);
        EXPECT_EQ(after.flags, before.flags);
        EXPECT_EQ(after.fallen.size(), before.fallen.size());
        EXPECT_EQ(after.symbols_multi_channel, before.symbols_multi_channel);
        const auto again = read_rollout(bench.disk, bench.config).changes.back().second;
        EXPECT_EQ(again, selected);
    }

    std::optional<Market> market_;
};

TEST_F(RecordedDay, WalksAllPhases) {
    Config plain;
    tell_every_extreme(plain.pipeline);
    const std::vector<std::string> linear = linear_run(tape(), plain);
    ASSERT_GT(linear.size(), 300U);
    const auto bench = paced_bench(2);
    bench->open();
    const std::array<std::uint64_t, rollout_phase_count> in_charge{0, 0, 1, 1, 4};
    const std::array<Nanos, rollout_phase_count - 1> durations{2h, 3h, 3h, 3h};
    for (std::uint8_t phase = 0; phase + 1U < rollout_phase_count; ++phase) {
        SCOPED_TRACE(::testing::Message() << "phase " << unsigned{phase});
        go_on(*bench, durations[phase] / 3);
        kill_and_compare(*bench);
        go_on(*bench, durations[phase] / 3);
        const CommandAnswer early = bench->command(advance());
        EXPECT_EQ(early.code, Code::Refused);
        EXPECT_NE(early.text.find("duration"), std::string::npos) << early.text;
        if (phase == 1) {  // nobody here is of low risk
            ASSERT_EQ(bench->command(tickers({SymbolText("IBM")})).code, Code::Done);
        }
        go_on(*bench, durations[phase] / 3 + 60s);
        const RolloutStatus status = *bench->status().rollout;
        EXPECT_EQ(status.phase, phase);
        EXPECT_EQ(status.symbols_multi_channel, in_charge[phase]);
        EXPECT_EQ(status.total.comparison.missing + status.total.comparison.extra, 0U);
        EXPECT_EQ(status.refusal, "");
        const CommandAnswer next = bench->command(advance());
        ASSERT_EQ(next.code, Code::Done) << next.text;
    }
    go_on(*bench, 2h);
    kill_and_compare(*bench);
    EXPECT_EQ(bench->command(advance()).code, Code::Refused) << "there is no phase 5";
    bench->run_until([&] {
        bench->clock.advance(step);
        return bench->status().accounting.sources.out == market_->records.size();
    });
    bench->settle();
    const RolloutStatus end = *bench->status().rollout;
    EXPECT_EQ(end.phase, 4U);
    EXPECT_EQ(end.symbols_multi_channel, 4U);
    EXPECT_GT(end.in_phase.paths.channel_successes, 20'000U);
    EXPECT_EQ(end.in_phase.paths.channel_failures, 0U);
    EXPECT_EQ(bench->epochs_made, 1U);
    EXPECT_TRUE(bench->heard.of(bench->epoch()) == linear)
        << bench->heard.of(bench->epoch()).size() << " events, linear " << linear.size();
    for (const unsigned shards : {1U, 3U}) {
        const auto again = testing::replay(bench->disk, bench->config, shards);
        EXPECT_EQ(again.failure, "");
        EXPECT_EQ(again.hashes.back(), bench->stream->hash()) << shards << " shards";
    }
}

}  // namespace
}  // namespace tickstock::rollout_walk
