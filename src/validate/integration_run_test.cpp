#include "validate/integration_run.hpp"

#include <gtest/gtest.h>

#include "validate/engine_run.hpp"

namespace tickstock::validate {
namespace {

/// Who is in charge changes no event; both paths' work takes memory of its own.
TEST(IntegrationRun, TheStatesGiveTheSameEvents) {
    const RecordBatch tape = zipf_trades(60'000, 500, 1'000);
    PipelineSettings settings;
    const auto alone = run_engine(settings, 1, tape);
    settings.integration.installed = true;
    const auto linear = run_engine(settings, 1, tape);
    FeatureFlags layer;
    layer.integration_layer_enabled = true;
    const auto both = run_engine(settings, 1, tape, layer);
    ASSERT_TRUE(alone.ok() && linear.ok() && both.ok());
    EXPECT_GT(alone->events, 0u);
    EXPECT_EQ(linear->hash, alone->hash);
    EXPECT_EQ(both->hash, alone->hash);
    // The flags have reached the engine: who works what stands in the ledgers.
    constexpr std::size_t tick = 0;
    EXPECT_EQ(alone->accounting.linear.in, 0u);
    EXPECT_EQ(
        alone->accounting.channels[tick].out + alone->accounting.channels[tick].dropped_total(),
        tape.records.size());
    EXPECT_EQ(linear->accounting.linear.in, tape.records.size());
    EXPECT_EQ(linear->accounting.channels[tick].out, 0u);
    EXPECT_EQ(both->accounting.linear.in, tape.records.size());
    EXPECT_GT(both->accounting.channels[tick].out, 0u);
    if (linear->memory_bytes > 0) {  // a sanitizer's allocator tells nothing
        EXPECT_GT(both->memory_bytes, linear->memory_bytes);
    }
}

}  // namespace
}  // namespace tickstock::validate
