#include "engine/circuit_log.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

Decision change_of(const std::string& circuit, std::uint64_t sequence) {
    Decision decision;
    decision.sequence = Sequence{sequence};
    decision.clock = unix_nanos(static_cast<std::int64_t>(sequence) * 10);
    decision.action = CircuitChange{circuit, CircuitState::Open, "records failed"};
    return decision;
}

TEST(CircuitLog, KeepsTheNewestOfTheRouterAndOfEachChannel) {
    CircuitLog log;
    for (std::uint64_t i = 1; i <= CircuitLog::limit + 3; ++i) {
        log.add(change_of(i % 2 == 0 ? "tick/0" : "tick/11", i));
    }
    log.add(change_of("router", 100));
    Decision other;
    other.action = ChannelChange{ChannelType::Fmv, ChannelStatus::Paused, ""};
    log.add(other);
    const std::vector<CircuitEntry> tick = log.of("tick");
    ASSERT_EQ(tick.size(), CircuitLog::limit);
    EXPECT_EQ(tick.front().sequence, Sequence{4});
    EXPECT_EQ(tick.back().circuit, "tick/11");
    EXPECT_EQ(tick.back().clock, unix_nanos(230));
    EXPECT_EQ(tick.back().to, CircuitState::Open);
    EXPECT_EQ(tick.back().reason, "records failed");
    ASSERT_EQ(log.of("router").size(), 1U);
    EXPECT_TRUE(log.of("fmv").empty());
}

}  // namespace
}  // namespace tickstock
