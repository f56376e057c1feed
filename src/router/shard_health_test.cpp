#include "router/shard_health.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

namespace tickstock {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ShardHealth, ScoreLosesAQuarterForEachThingThatIsAtItsLimit) {
    ShardHealth health;
    EXPECT_DOUBLE_EQ(ShardHealthBoard::score_of(health), 100);
    health.circuit = CircuitState::HalfOpen;
    EXPECT_DOUBLE_EQ(ShardHealthBoard::score_of(health), 87.5);
    health.circuit = CircuitState::Open;
    EXPECT_DOUBLE_EQ(ShardHealthBoard::score_of(health), 75);
    health.error_rate = 0.05;
    EXPECT_DOUBLE_EQ(ShardHealthBoard::score_of(health), 62.5);
    health.lag = milliseconds(400);
    EXPECT_DOUBLE_EQ(ShardHealthBoard::score_of(health), 52.5);
    health.mean_time = seconds(1);
    EXPECT_DOUBLE_EQ(ShardHealthBoard::score_of(health), 47.5);
    health = {true, CircuitState::Open, 1, seconds(9), seconds(9), 0};
    EXPECT_DOUBLE_EQ(ShardHealthBoard::score_of(health), 0) << "each loses its quarter at most";
}

TEST(ShardHealth, AShardIsAsGoodAsItsWorstChannel) {
    ShardHealthBoard board(2);
    EXPECT_EQ(board.healthy_shards(), 2U);
    board.update(0, ChannelType::Tick, {true, CircuitState::Closed, 0.05, {}, {}, 7});
    board.update(0, ChannelType::Fmv, {true, CircuitState::Closed, 0.02, {}, {}, 5});
    EXPECT_DOUBLE_EQ(board.score(0), 87.5);
    EXPECT_EQ(board.queued(0), 12U);
    EXPECT_TRUE(board.healthy(0));
    board.update(0, ChannelType::Fmv, {true, CircuitState::Open, 0, {}, {}, 5});
    EXPECT_FALSE(board.healthy(0));
    EXPECT_EQ(board.healthy_shards(), 1U);
    EXPECT_FALSE(board.none_healthy(ChannelType::Fmv));
    board.update(1, ChannelType::Fmv, {false, CircuitState::Closed, 0, {}, {}, 0});
    EXPECT_TRUE(board.none_healthy(ChannelType::Fmv));
    EXPECT_FALSE(board.none_healthy(ChannelType::Tick));
    board.update(1, ChannelType::Fmv, {true, CircuitState::HalfOpen, 0, {}, {}, 0});
    EXPECT_FALSE(board.none_healthy(ChannelType::Fmv));
    EXPECT_TRUE(board.healthy(1));
}

RC_GTEST_PROP(ShardHealthProperty, SumsAreThoseOfTheNewestOfEach,
              (const std::vector<std::tuple<std::uint8_t, std::uint8_t, bool, bool>>& updates)) {
    constexpr unsigned shards = 3;
    ShardHealthBoard board(shards);
    std::vector<std::vector<bool>> fine(shards, std::vector<bool>(3, true));
    for (const auto& [shard, channel, usable, open] : updates) {
        ShardHealth health;
        health.usable = usable;
        health.circuit = open ? CircuitState::Open : CircuitState::Closed;
        board.update(shard % shards, static_cast<ChannelType>(channel % 3), health);
        fine[shard % shards][channel % 3] = usable && !open;
        unsigned healthy = 0;
        for (unsigned s = 0; s < shards; ++s) {
            const bool all = std::count(fine[s].begin(), fine[s].end(), true) == 3;
            RC_ASSERT(board.healthy(s) == all);
            healthy += all ? 1 : 0;
        }
        RC_ASSERT(board.healthy_shards() == healthy);
        for (std::size_t c = 0; c < 3; ++c) {
            RC_ASSERT(board.none_healthy(static_cast<ChannelType>(c)) ==
                      !(fine[0][c] || fine[1][c] || fine[2][c]));
        }
    }
}

}  // namespace
}  // namespace tickstock
