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
