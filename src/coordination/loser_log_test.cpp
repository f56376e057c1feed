#include "coordination/loser_log.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

Loser loser(std::uint64_t winner) {
    Loser result;
    result.winner = winner;
    return result;
}

TEST(LoserLog, KeepsTheNewestInOrder) {
    LoserLog log(3);
    EXPECT_TRUE(log.newest().empty());
    for (std::uint64_t i = 1; i <= 2; ++i) {
        log.add(loser(i));
    }
    ASSERT_EQ(log.newest().size(), 2U);
    EXPECT_EQ(log.newest().front().winner, 1U);
    for (std::uint64_t i = 3; i <= 8; ++i) {
        log.add(loser(i));
    }
    const std::vector<Loser> newest = log.newest();
    ASSERT_EQ(newest.size(), 3U);
    EXPECT_EQ(newest[0].winner, 6U);
    EXPECT_EQ(newest[1].winner, 7U);
    EXPECT_EQ(newest[2].winner, 8U);
}

TEST(LoserLog, HandsOutEachOnceOnRequest) {
    LoserLog log(1);
    log.add(loser(1));
    log.collect();
    log.add(loser(2));
    log.add(loser(3));
    std::vector<Loser> all;
    log.drain(all);
    ASSERT_EQ(all.size(), 2U) << "from the request on, more than the ring keeps";
    EXPECT_EQ(all[0].winner, 2U);
    log.drain(all);
    EXPECT_EQ(all.size(), 2U);
}

TEST(LoserLog, MayKeepNone) {
    LoserLog log(0);
    log.add(loser(1));
    EXPECT_TRUE(log.newest().empty());
}

}  // namespace
}  // namespace tickstock
