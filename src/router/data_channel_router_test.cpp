#include "router/data_channel_router.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>

namespace tickstock {
namespace {

Record bar_of(Timeframe timeframe) {
    Bar bar;
    bar.timeframe = timeframe;
    return bar;
}

TEST(DataChannelRouter, SendsEachKindToItsChannel) {
    EXPECT_EQ(DataChannelRouter::channel_of(Trade{}), ChannelType::Tick);
    EXPECT_EQ(DataChannelRouter::channel_of(Quote{}), ChannelType::Tick);
    EXPECT_EQ(DataChannelRouter::channel_of(TradingStatus{}), ChannelType::Tick);
    EXPECT_EQ(DataChannelRouter::channel_of(FairValue{}), ChannelType::Fmv);
    EXPECT_EQ(DataChannelRouter::channel_of(bar_of(Timeframe::Second1)), ChannelType::Tick);
    for (const Timeframe longer : {Timeframe::Minute1, Timeframe::Minute5, Timeframe::Minute15,
                                   Timeframe::Hour1, Timeframe::Day1}) {
        EXPECT_EQ(DataChannelRouter::channel_of(bar_of(longer)), ChannelType::Ohlcv);
    }
    EXPECT_EQ(DataChannelRouter::channel_of(Record::clock_tick(UnixNanos{})), std::nullopt);
}

TEST(DataChannelRouter, CountsWhatItRoutesAndWhatHasNoChannel) {
    DataChannelRouter router(2);
    EXPECT_TRUE(router.route(Trade{}).has_value());
    EXPECT_TRUE(router.route(Trade{}).has_value());
    EXPECT_TRUE(router.route(FairValue{}).has_value());
    EXPECT_FALSE(router.route(Record::clock_tick(UnixNanos{})).has_value());
    EXPECT_EQ(router.counts().in, 4U);
    EXPECT_EQ(router.counts().out, 3U);
    EXPECT_EQ(router.counts().dropped_for(Reason::NoChannel), 1U);
    EXPECT_TRUE(router.counts().closes());
    EXPECT_EQ(router.routes_by_kind()[static_cast<std::size_t>(RecordKind::Trade)], 2U);
}

TEST(DataChannelRouter, OneShardTakesAll) {
    EXPECT_EQ(DataChannelRouter::rendezvous("AAPL", 1), 0U);
    EXPECT_EQ(DataChannelRouter::rendezvous("", 1), 0U);
}

TEST(DataChannelRouter, PlacementDependsOnTheTextAlone) {
    SymbolTable first;
    SymbolTable second;
    const SymbolId a1 = *first.intern("AAPL");
    const SymbolId m1 = *first.intern("MSFT");
    const SymbolId m2 = *second.intern("MSFT");
    const SymbolId a2 = *second.intern("AAPL");
    DataChannelRouter one(7);
    DataChannelRouter two(7);
    EXPECT_EQ(one.shard_of(a1, first), two.shard_of(a2, second));
    EXPECT_EQ(one.shard_of(m1, first), two.shard_of(m2, second));
    EXPECT_EQ(one.shard_of(m1, first), DataChannelRouter::rendezvous("MSFT", 7));
}

TEST(DataChannelRouter, SpreadsSymbolsOverAllShards) {
    std::array<int, 4> symbols_on{};
    for (int i = 0; i < 4000; ++i) {
        ++symbols_on[DataChannelRouter::rendezvous("S" + std::to_string(i), 4)];
    }
    for (const int count : symbols_on) {
        EXPECT_GT(count, 850);
        EXPECT_LT(count, 1150);
    }
}

ShardHealth ill() {
    ShardHealth health;
    health.usable = false;
    return health;
}

TEST(DataChannelRouter, StatisticsHaveAllSumsAndRates) {
    DataChannelRouter router(2);
    SymbolTable symbols;
    router.shard_of(*symbols.intern("AAPL"), symbols);
    EXPECT_TRUE(router.statistics().consistent());
    Record trade = Trade{};
    trade.header().clock = unix_nanos(77);
    for (int i = 0; i < 6; ++i) {
        router.route(trade);
    }
    router.route(bar_of(Timeframe::Second1));
    router.route(bar_of(Timeframe::Minute1));
    router.route(Record::clock_tick(UnixNanos{}));
    router.add_unidentified(1);
    router.record_time(4, Nanos(4'000));
    router.record_time(0, Nanos(9'000));
    router.record_time(1, Nanos(3'000));
    const RouterStatistics statistics = router.statistics();
    EXPECT_TRUE(statistics.consistent());
    EXPECT_EQ(statistics.total_routed, 8U);
    EXPECT_EQ(statistics.routing_errors, 2U);
    EXPECT_DOUBLE_EQ(statistics.error_rate, 20);
    EXPECT_DOUBLE_EQ(statistics.success_rate, 80);
    EXPECT_NEAR(statistics.avg_routing_time_ms, 0.002, 0.0001);
    EXPECT_EQ(statistics.routes_by_type[static_cast<std::size_t>(RecordKind::Bar)], 2U);
    EXPECT_EQ(statistics.routes_by_channel, (std::array<std::uint64_t, 3>{7, 1, 0}));
    EXPECT_EQ(statistics.symbols, 1U);
    EXPECT_EQ(statistics.shards.size(), 2U);
    router.route(trade);
    EXPECT_EQ(router.statistics().last_activity, unix_nanos(77));
}

TEST(DataChannelRouter, ARecordGoesOnWhenNoShardIsHealthyAndIsCounted) {
    DataChannelRouter router(2);
    router.update_health(0, ChannelType::Fmv, ill(), Nanos(1));
    EXPECT_TRUE(router.route(FairValue{}));
    EXPECT_EQ(router.statistics().routing_errors, 0U);
    router.update_health(1, ChannelType::Fmv, ill(), Nanos(2));
    EXPECT_TRUE(router.route(FairValue{}));
    EXPECT_TRUE(router.route(Trade{}));
    router.add_timed_out(1);
    const RouterStatistics statistics = router.statistics();
    EXPECT_EQ(statistics.errors_by_reason, (std::array<std::uint64_t, 4>{0, 0, 1, 1}));
    EXPECT_EQ(router.circuit().failures(), 1U);
    EXPECT_EQ(statistics.total_routed, 3U);
    EXPECT_TRUE(router.counts().closes());
    EXPECT_TRUE(statistics.consistent());
}

TEST(DataChannelRouter, ItsCircuitStopsPlacingAndNeverRouting) {
    RouterSettings settings;
    settings.strategy = RouterStrategy::RoundRobin;
    SymbolTable symbols;
    std::vector<SymbolId> ids;
    for (int i = 0; i < 20; ++i) {
        ids.push_back(*symbols.intern("S" + std::to_string(i)));
    }
    DataChannelRouter router(2, settings);
    const auto fail = [&](int times) {
        for (int i = 0; i < times; ++i) {
            router.route(Record::clock_tick(UnixNanos{}));
        }
    };
    fail(9);
    router.route(Trade{});
    fail(9);
    EXPECT_EQ(router.circuit().state(), CircuitState::Closed);
    fail(1);
    EXPECT_EQ(router.circuit().state(), CircuitState::Open);
    EXPECT_EQ(router.circuit().history().back().reason, "no_channel");
    EXPECT_TRUE(router.route(Trade{}));
    EXPECT_FALSE(router.place_new(ids, symbols));
    router.update_health(0, ChannelType::Tick, ill(), std::chrono::seconds(59));
    for (const SymbolId id : ids) {
        router.shard_of(id, symbols);
    }
    EXPECT_FALSE(router.moves(std::chrono::seconds(59), symbols));
    const auto moves = router.moves(std::chrono::seconds(60), symbols);
    ASSERT_TRUE(moves);
    EXPECT_EQ(router.circuit().state(), CircuitState::HalfOpen);
    router.apply(*moves, symbols, std::chrono::seconds(60));
    EXPECT_EQ(router.statistics().moves, moves->places.size());
    EXPECT_TRUE(router.statistics().consistent());
    router.route(Trade{});
    EXPECT_EQ(router.circuit().state(), CircuitState::Closed);
    EXPECT_EQ(router.statistics().circuit_trips, 1U);
}

TEST(DataChannelRouter, TotalsGoToAnother) {
    DataChannelRouter before(1);
    before.route(Trade{});
    before.route(Record::clock_tick(UnixNanos{}));
    before.add_timed_out(4);
    StateWriter out;
    before.save_totals(out);
    DataChannelRouter after(3);
    after.route(Trade{});
    StateReader in(out.text());
    after.add_totals(in);
    EXPECT_TRUE(in.ok() && in.at_end());
    const RouterStatistics statistics = after.statistics();
    EXPECT_EQ(statistics.total_routed, 2U);
    EXPECT_EQ(statistics.routing_errors, 5U);
    EXPECT_EQ(after.counts().dropped_for(Reason::NoChannel), 1U);
    EXPECT_TRUE(after.counts().closes());
    EXPECT_TRUE(statistics.consistent());
}

TEST(RoutingError, HasANameAndAMessage) {
    EXPECT_EQ(to_string(RoutingError::NoneHealthy), "none_healthy");
    EXPECT_EQ(routing_error_text(RoutingError::NoChannel),
              "Routing error: no channel takes a record of this kind");
    EXPECT_EQ(to_string(RouterStrategy::HealthBased), "health_based");
}

RC_GTEST_PROP(DataChannelRouterProperty, AnotherShardMovesSymbolsOnlyToIt,
              (std::uint32_t number, std::uint8_t shards)) {
    const unsigned before = 1U + shards % 32U;
    const std::string symbol = std::to_string(number);
    const unsigned old_shard = DataChannelRouter::rendezvous(symbol, before);
    const unsigned new_shard = DataChannelRouter::rendezvous(symbol, before + 1);
    RC_ASSERT(old_shard < before);
    RC_ASSERT(new_shard == old_shard || new_shard == before);
}

}  // namespace
}  // namespace tickstock
