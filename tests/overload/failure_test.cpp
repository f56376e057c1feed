// Parts that fail under threads (RELIABILITY 51, 52).

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "detectors/sample.hpp"
#include "overload/engine_rig.hpp"
#include "overload/rate_source.hpp"

namespace tickstock::overload {
namespace {

EngineRig::Sources trades(std::uint64_t total) {
    EngineRig::Sources sources;
    sources.push_back(std::make_unique<RateSource>(trade, 1e9, total));
    return sources;
}

std::size_t threads_of_engine() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream file(entry.path() / "comm");
        std::string name;
        std::getline(file, name);
        count += name.starts_with("ts-");
    }
    return count;
}

class Failure : public ::testing::TestWithParam<unsigned> {};

TEST_P(Failure, AThreadThatDiesEndsTheEngineLoudly) {
    EngineRig rig(EngineRig::config(GetParam()));
    PipelineExtensions dying;
    dying.before_run = [](unsigned shard, const tickstock::Run& run) {
        if (shard == 1 && run.last().value() > 10'000) {
            throw std::runtime_error("planted");
        }
    };
    ASSERT_EQ(rig.start(trades(100'000), dying), "");
    ASSERT_TRUE(eventually([&] { return rig.failures() > 0; }));
    EXPECT_TRUE(eventually([] { return threads_of_engine() == 0; }));
    EXPECT_FALSE(rig.stop());
    EXPECT_EQ(rig.failures(), 1);
    EXPECT_NE(rig.why().find("planted"), std::string::npos) << rig.why();
    EXPECT_NE(rig.why().find(GetParam() == 1 ? "ts-engine" : "ts-shard-1"), std::string::npos);
    const std::string epoch = rig.stream().range().epoch;
    const std::uint64_t events = rig.stream().range().last.value();
    rig.forget();
    // The next process finds all of it again.
    ASSERT_EQ(rig.start(trades(0)), "");
    EXPECT_GT(rig.runtime().recovery().recovered_through.value(), 10'000U);
    ASSERT_TRUE(rig.stop()) << rig.why();
    EXPECT_EQ(rig.stream().range().epoch, epoch);
    EXPECT_GE(rig.stream().range().last.value(), events);
    EXPECT_EQ(rig.replay().hash, rig.stream().hash());
}

/// Fails on every sample of one symbol.
class PoisonedDetector final : public SampleDetector {
public:
    explicit PoisonedDetector(bool poisoned) : poisoned_(poisoned) {}
    void reset(SymbolId) override {}
    void on_sample(const Sample& sample, SessionStats&, const Moment&, DetectionSink&) override {
        if (poisoned_ && sample.symbol == SymbolId{7}) {
            throw std::runtime_error("poison");
        }
    }
    const char* name() const override { return "poisoned"; }
    void save_symbol(SymbolId, StateWriter&) const override {}
    void load_symbol(SymbolId, StateReader&) override {}
    void forget_symbol(SymbolId) override {}

private:
    const bool poisoned_;
};

TEST_P(Failure, ADetectorThatThrowsForASymbolLeavesAllElseAsItWas) {
    std::uint64_t hash[2] = {};
    for (const bool poisoned : {false, true}) {
        PipelineExtensions extensions;
        extensions.detectors.push_back([poisoned](const PipelineSettings&) {
            return std::make_unique<PoisonedDetector>(poisoned);
        });
        EngineRig rig(EngineRig::config(GetParam()));
        ASSERT_EQ(rig.start(trades(300'000), extensions), "");
        ASSERT_TRUE(eventually([&] {
            const auto status = rig.status();
            return status && status->sources[0].state == "ended";
        }));
        ASSERT_TRUE(rig.stop()) << rig.why();
        hash[poisoned] = rig.stream().hash();
        const auto status = rig.status();
        EXPECT_TRUE(status->accounting.closes());
        EXPECT_GT(rig.stream().range().last.value(), symbol_count);
        const ChannelSummary& ticks = status->channels[0];
        EXPECT_EQ(ticks.dead_letter_total > 0, poisoned);
        EXPECT_EQ(ticks.status, ChannelStatus::Shutdown);
        if (poisoned) {
            ASSERT_FALSE(ticks.dead_letters.empty());
            EXPECT_EQ(ticks.dead_letters.back().symbol, symbol_text(7).view());
            EXPECT_EQ(ticks.dead_letters.back().detector, "poisoned");
        }
        EXPECT_EQ(rig.replay(1, extensions).hash, hash[poisoned]);
    }
    EXPECT_EQ(hash[0], hash[1]);
}

INSTANTIATE_TEST_SUITE_P(Threads, Failure, ::testing::Values(1U, 3U),
                         [](const auto& each) { return "Threads" + std::to_string(each.param); });

}  // namespace
}  // namespace tickstock::overload
