// Made-up lives with faults, by seed: whatever happens to the multi-channel path, to the process
// and to the flags, the stream is that of the linear path alone. TICKSTOCK_ROLLOUT_SEEDS runs more
// of them, TICKSTOCK_ROLLOUT_FROM begins elsewhere; a failure names its seed.

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "rollout/rig.hpp"

namespace tickstock::rollout_walk {
namespace {

using namespace std::chrono_literals;

std::uint64_t number_of(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class SeededLife {
public:
    explicit SeededLife(std::uint64_t seed)
        : dice_(seed),
          tape_(only_trades(testing::lively_tape(seed, 1'000 + dice_() % 1'200,
                                                 static_cast<std::uint32_t>(2 + dice_() % 7)))),
          life_(tape_, static_cast<unsigned>(1 + dice_() % 3)) {
        Config& config = life_.bench.config;
        config.journal.durability =
            dice_() % 2 == 0 ? Durability::Always : config.journal.durability;
        config.rollout.fallback_records = dice_() % 2 == 0 ? 100 : 1'000'000;
        config.router.strategy =
            dice_() % 2 == 0 ? RouterStrategy::HashBased : RouterStrategy::HealthBased;
        if (dice_() % 4 == 0) {
            ChannelSettings& tick = config.pipeline.channels[0];
            tick.overflow = OverflowAction::DropOldest;
            tick.queue_size = 5 + dice_() % 30;
        }
        life_.bench.random.seed(seed * 31);
        life_.bench.feed().longest = 1 + dice_() % 60;
    }

    void run() {
        const auto linear = linear_run(tape_, life_.bench.config);
        life_.open();
        life_.try_to_go_to_phase(static_cast<unsigned>(dice_() % rollout_phase_count));
        while (left() > 60 && !::testing::Test::HasFailure()) {
            happen();
            life_.run_on(dice_() % 120);
        }
        life_.mend_path();
        life_.bench.stalled.clear();
        life_.bench.command(ResumeChannel{ChannelType::Tick});
        life_.ask(re_enable(100));
        life_.run_to_end();
        EXPECT_EQ(life_.rollout().total.paths.set_aside, 0U);
        life_.expect_linear(linear);
        life_.expect_fallbacks();
    }

    std::string describe() const { return story_; }
    std::size_t faults() const { return life_.path->faults.size(); }

private:
    std::size_t left() { return tape_.records.size() - life_.bench.feed().due; }
    void note(const std::string& what) {
        story_ +=
            (story_.empty() ? "" : ", ") + what + " at " + std::to_string(life_.bench.feed().due);
    }

    void happen() {
        switch (dice_() % 14) {
            case 0:
            case 1:
            case 2:
            case 3: {
                const auto kind = static_cast<FaultKind>(dice_() % fault_kind_count);
                const std::uint64_t one_in = 1 + dice_() % 12;
                note(std::string(to_string(kind)) + " 1/" + std::to_string(one_in));
                life_.break_path(kind, one_in, dice_());
                break;
            }
            case 4:
                note("mended");
                life_.mend_path();
                break;
            case 5: {
                note("pause");
                life_.bench.command(PauseChannel{ChannelType::Tick});
                break;
            }
            case 6:
                note("resume");
                life_.bench.command(ResumeChannel{ChannelType::Tick});
                break;
            case 7:
                note("35 s");
                life_.bench.pass(35s, 500ms);
                break;
            case 8:
                note("snapshot");
                life_.bench.pass(63s, 1s);
                break;
            case 9: end_in_the_middle(); break;
            case 10:
                note("advance");
                life_.bench.status();
                life_.ask(advance());
                break;
            case 11:
                note("disable");
                life_.ask(disable(dice_() % 3 == 0));
                break;
            case 12: overflow(); break;
            default: {
                const double percentage = dice_() % 3 == 0 ? 30 : 100;
                note("enable " + std::to_string(percentage));
                life_.ask(re_enable(percentage));
            }
        }
    }

    /// Somewhere between a fault, its decision and its place on the disk.
    void end_in_the_middle() {
        Bench& bench = life_.bench;
        bench.feed().due = std::min(bench.feed().due + dice_() % 80, tape_.records.size());
        for (std::uint64_t steps = dice_() % 30; steps > 0; --steps) {
            bench.step();
        }
        const bool safe = bench.config.journal.durability == Durability::Always;
        const auto end = dice_() % 4 == 0           ? Life::End::Stop
                         : safe && dice_() % 2 == 0 ? Life::End::PowerCut
                                                    : Life::End::Kill;
        note(end == Life::End::Stop ? "stop" : end == Life::End::Kill ? "kill" : "power cut");
        life_.restart(end);
    }

    /// Shards stand still while records come.
    void overflow() {
        note("stall");
        Bench& bench = life_.bench;
        bench.stalled = {static_cast<unsigned>(dice_() % bench.runtime->shards())};
        bench.feed().due = std::min(bench.feed().due + 150, tape_.records.size());
        bench.run(30);
        bench.stalled.clear();
    }

    using Bench = testing::Bench;
    std::mt19937_64 dice_;
    RecordBatch tape_;
    Life life_;
    std::string story_;
};

class FaultSeeds : public ::testing::TestWithParam<std::uint64_t> {};

/// One of eight parts, so that they can run side by side.
TEST_P(FaultSeeds, NeverChangeTheStream) {
    const std::uint64_t seeds = number_of("TICKSTOCK_ROLLOUT_SEEDS", 240) / 8;
    const std::uint64_t from = number_of("TICKSTOCK_ROLLOUT_FROM", 1) + GetParam() * seeds;
    std::size_t faults = 0;
    for (std::uint64_t seed = from; seed < from + seeds; ++seed) {
        SeededLife life(seed);
        life.run();
        faults += life.faults();
        ASSERT_FALSE(HasFailure()) << "seed " << seed << " (TICKSTOCK_ROLLOUT_SEEDS=8 "
                                   << "TICKSTOCK_ROLLOUT_FROM=" << seed
                                   << " and the first part runs it alone): " << life.describe();
    }
    EXPECT_GT(faults, seeds * 10) << "the lives have too few faults to prove anything";
}

INSTANTIATE_TEST_SUITE_P(Parts, FaultSeeds, ::testing::Range<std::uint64_t>(0, 8));

}  // namespace
}  // namespace tickstock::rollout_walk
