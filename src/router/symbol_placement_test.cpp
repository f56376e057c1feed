#include "router/symbol_placement.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "router/data_channel_router.hpp"

namespace tickstock {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

ShardHealth ill() {
    ShardHealth health;
    health.usable = false;
    return health;
}

class Placement : public ::testing::Test {
protected:
    std::vector<SymbolId> symbols(std::size_t count) {
        std::vector<SymbolId> ids;
        for (std::size_t i = 0; i < count; ++i) {
            ids.push_back(*table_.intern("S" + std::to_string(table_.size())));
        }
        return ids;
    }
    unsigned hash_of(SymbolId symbol, unsigned shards) const {
        return DataChannelRouter::rendezvous(table_.text(symbol).view(), shards);
    }
    /// place_new() and, as the engine does, apply(): symbols by shard.
    std::vector<std::uint64_t> place(SymbolPlacement& placement, const std::vector<SymbolId>& ids) {
        placement.apply(placement.place_new(ids, table_), table_);
        std::vector<std::uint64_t> on;
        for (unsigned shard = 0; shard < placement.health().shards(); ++shard) {
            on.push_back(placement.symbols_on(shard));
        }
        return on;
    }

    SymbolTable table_;
};

TEST_F(Placement, AHealthyEngineNeedsNoDecisionByHashOrHealth) {
    for (const RouterStrategy strategy : {RouterStrategy::HashBased, RouterStrategy::HealthBased}) {
        SymbolPlacement placement(4, strategy);
        const auto ids = symbols(100);
        EXPECT_TRUE(placement.place_new(ids, table_).places.empty());
        EXPECT_EQ(placement.placed(), 100U);
        for (const SymbolId id : ids) {
            EXPECT_EQ(placement.shard_of(id, table_), hash_of(id, 4));
        }
    }
}

TEST_F(Placement, NothingLivesOnAShardUntilItsDecisionIsApplied) {
    SymbolPlacement placement(2, RouterStrategy::RoundRobin);
    const auto ids = symbols(20);
    const PlaceSymbols proposal = placement.place_new(ids, table_);
    EXPECT_FALSE(proposal.places.empty());
    EXPECT_EQ(placement.placed() + proposal.places.size(), 20U);
    for (const auto& [symbol, shard] : proposal.places) {
        EXPECT_NE(shard, hash_of(symbol, 2)) << "told only where the hash says something else";
    }
    placement.apply(proposal, table_);
    EXPECT_EQ(placement.symbols_on(0), 10U);
    EXPECT_EQ(placement.symbols_on(1), 10U);
    EXPECT_EQ(placement.moved(), 0U);
    EXPECT_TRUE(placement.place_new(ids, table_).places.empty()) << "they are not new";
}

TEST_F(Placement, RoundRobinPassesOverUnhealthyShards) {
    SymbolPlacement placement(3, RouterStrategy::RoundRobin);
    placement.health().update(1, ChannelType::Ohlcv, ill());
    EXPECT_EQ(place(placement, symbols(10)), (std::vector<std::uint64_t>{5, 0, 5}));
}

TEST_F(Placement, LoadBasedFillsUpWhereLeastWaits) {
    SymbolPlacement placement(3, RouterStrategy::LoadBased);
    ShardHealth busy;
    busy.queued = 30;
    placement.health().update(0, ChannelType::Tick, busy);
    EXPECT_EQ(place(placement, symbols(40)), (std::vector<std::uint64_t>{0, 20, 20}));
    EXPECT_EQ(place(placement, symbols(50)), (std::vector<std::uint64_t>{10, 40, 40}));
}

TEST_F(Placement, HealthBasedLeavesOutShardsThatAreClearlyWorse) {
    SymbolPlacement placement(3, RouterStrategy::HealthBased);
    ShardHealth slow;
    slow.lag = std::chrono::milliseconds(100);  // 2.5 points: as good as the others
    placement.health().update(0, ChannelType::Tick, slow);
    auto on = place(placement, symbols(300));
    EXPECT_GT(on[0], 60U);
    slow.lag = std::chrono::milliseconds(300);  // 7.5 points
    placement.health().update(0, ChannelType::Tick, slow);
    const auto later = place(placement, symbols(300));
    EXPECT_EQ(later[0], on[0]);
    EXPECT_GT(later[1], on[1] + 100);
    EXPECT_GT(later[2], on[2] + 100);
}

TEST_F(Placement, WithoutAHealthyShardTheHashDecides) {
    SymbolPlacement placement(2, RouterStrategy::LoadBased);
    placement.health().update(0, ChannelType::Tick, ill());
    placement.health().update(1, ChannelType::Fmv, ill());
    const auto ids = symbols(50);
    EXPECT_TRUE(placement.place_new(ids, table_).places.empty());
    for (const SymbolId id : ids) {
        EXPECT_EQ(placement.shard_of(id, table_), hash_of(id, 2));
    }
    EXPECT_TRUE(placement.moves(seconds(1), table_).places.empty());
}

TEST_F(Placement, MovesAwayFromAnUnhealthyShardInBoundedSteps) {
    SymbolPlacement placement(3, RouterStrategy::HashBased);
    place(placement, symbols(3000));
    const std::uint64_t on_ill = placement.symbols_on(1);
    ASSERT_GT(on_ill, 500U);
    EXPECT_TRUE(placement.moves(seconds(1), table_).places.empty());
    placement.health().update(1, ChannelType::Tick, ill());
    std::uint64_t moved = 0;
    for (PlaceSymbols moves = placement.moves(seconds(2), table_); !moves.places.empty();
         moves = placement.moves(seconds(2), table_)) {
        EXPECT_LE(moves.places.size(), SymbolPlacement::moves_at_once);
        for (const auto& [symbol, shard] : moves.places) {
            EXPECT_NE(shard, 1U);
        }
        placement.apply(moves, table_, seconds(2));
        moved += moves.places.size();
    }
    EXPECT_EQ(moved, on_ill);
    EXPECT_EQ(placement.moved(), on_ill);
    EXPECT_EQ(placement.symbols_on(1), 0U);
    placement.health().update(1, ChannelType::Tick, {});
    EXPECT_TRUE(placement.moves(minutes(10), table_).places.empty()) << "nobody returns";
}

TEST_F(Placement, ASymbolMovesAtMostOnceAMinute) {
    SymbolPlacement placement(2, RouterStrategy::HashBased);
    const SymbolId symbol = symbols(1)[0];
    const unsigned home = placement.shard_of(symbol, table_);
    const unsigned other = 1 - home;
    placement.health().update(home, ChannelType::Tick, ill());
    PlaceSymbols moves = placement.moves(seconds(10), table_);
    ASSERT_EQ(moves.places.size(), 1U);
    EXPECT_EQ(moves.places[0].second, other);
    EXPECT_EQ(placement.moves(seconds(11), table_).places, moves.places) << "not applied yet";
    placement.apply(moves, table_, seconds(12));
    placement.health().update(home, ChannelType::Tick, {});
    placement.health().update(other, ChannelType::Tick, ill());
    EXPECT_TRUE(placement.moves(seconds(71), table_).places.empty());
    EXPECT_EQ(placement.moves(seconds(72), table_).places.size(), 1U);
}

TEST_F(Placement, RulesPinBeforeTheStrategyAndMoveWhoIsElsewhereOnce) {
    SymbolPlacement placement(4, RouterStrategy::HealthBased);
    const auto ids = symbols(1200);
    place(placement, ids);
    const std::uint64_t at_home = placement.symbols_on(2);
    ASSERT_FALSE(placement.add_rule({"all on 2", 1, {"S*"}, {}, {2}}));
    EXPECT_EQ(placement.moves(seconds(1), table_).places,
              placement.moves(seconds(1), table_).places)
        << "what is not applied is proposed again";
    std::uint64_t moved = 0;
    for (PlaceSymbols moves = placement.moves(seconds(1), table_); !moves.places.empty();
         moves = placement.moves(seconds(1), table_)) {
        EXPECT_LE(moves.places.size(), SymbolPlacement::moves_at_once);
        moved += moves.places.size();
        placement.apply(moves, table_, seconds(1));
    }
    EXPECT_EQ(moved, 1200 - at_home);
    EXPECT_EQ(placement.symbols_on(2), 1200U);
    EXPECT_EQ(place(placement, symbols(10))[2], 1210U);
    placement.health().update(2, ChannelType::Tick, ill());
    EXPECT_EQ(place(placement, symbols(10))[2], 1210U) << "passed over while its shard is ill";
    placement.health().update(2, ChannelType::Tick, {});
    EXPECT_TRUE(placement.moves(minutes(5), table_).places.empty()) << "rules move nobody later";
    EXPECT_TRUE(placement.remove_rule("all on 2"));
    EXPECT_TRUE(placement.moves(minutes(5), table_).places.empty());
}

TEST_F(Placement, AJournalOfARunWithMoreShardsIsTakenAsFarAsItGoes) {
    SymbolPlacement placement(2, RouterStrategy::HashBased);
    const auto ids = symbols(40);
    PlaceSymbols decision;
    for (const SymbolId id : ids) {
        decision.places.emplace_back(id, static_cast<std::uint16_t>(id.value() % 4));
    }
    placement.apply(decision, table_);
    for (const SymbolId id : ids) {
        const unsigned told = id.value() % 4;
        EXPECT_EQ(placement.shard_of(id, table_), told < 2 ? told : hash_of(id, 2));
    }
}

TEST_F(Placement, AllSymbolsCanBeTakenToAnother) {
    SymbolPlacement placement(3, RouterStrategy::RoundRobin);
    const auto ids = symbols(30);
    place(placement, ids);
    SymbolPlacement restored(3, RouterStrategy::HashBased);
    restored.apply(placement.all(), table_);
    for (const SymbolId id : ids) {
        EXPECT_EQ(restored.shard_of(id, table_), placement.shard_of(id, table_));
    }
    EXPECT_EQ(restored.all().places, placement.all().places);
}

RC_GTEST_PROP(PlacementProperty, MovesAreRareBoundedAndOnlyFromIllToHealthy,
              (std::uint8_t strategy,
               const std::vector<std::tuple<std::uint8_t, bool, std::uint8_t>>& steps)) {
    constexpr unsigned shards = 3;
    SymbolTable table;
    std::vector<SymbolId> ids;
    for (int i = 0; i < 30; ++i) {
        ids.push_back(*table.intern("P" + std::to_string(i)));
    }
    SymbolPlacement placement(shards, static_cast<RouterStrategy>(strategy % 4));
    placement.apply(placement.place_new(ids, table), table);
    std::map<std::uint32_t, unsigned> lives_on;
    std::map<std::uint32_t, Nanos> moved_at;
    for (const SymbolId id : ids) {
        lives_on[id.value()] = placement.shard_of(id, table);
    }
    Nanos now{0};
    for (const auto& [shard, fine, wait] : steps) {
        now += seconds(wait % 64);
        placement.health().update(shard % shards, ChannelType::Tick, fine ? ShardHealth{} : ill());
        const PlaceSymbols moves = placement.moves(now, table);
        for (const auto& [symbol, to] : moves.places) {
            RC_ASSERT(!placement.health().healthy(lives_on[symbol.value()]));
            RC_ASSERT(placement.health().healthy(to));
            RC_ASSERT(!moved_at.contains(symbol.value()) ||
                      now - moved_at[symbol.value()] >= minutes(1));
            lives_on[symbol.value()] = to;
            moved_at[symbol.value()] = now;
        }
        placement.apply(moves, table, now);
        for (const SymbolId id : ids) {
            RC_ASSERT(placement.shard_of(id, table) == lives_on[id.value()]);
            const bool stays = placement.health().healthy_shards() == 0 ||
                               placement.health().healthy(lives_on[id.value()]) ||
                               now - moved_at[id.value()] < minutes(1);
            RC_ASSERT(stays);
        }
    }
}

}  // namespace
}  // namespace tickstock
