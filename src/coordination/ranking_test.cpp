#include "coordination/ranking.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

Detection detection(EventType type = EventType::High) {
    Detection result;
    result.type = type;
    result.source = SourceKind::Ohlcv;
    result.ts = unix_nanos(1000);
    result.confidence = 0.9;
    result.price = Price::from_cents(1000);
    result.score = 10;
    return result;
}

bool is_better(const Detection& a, const Detection& b) {
    EXPECT_EQ(compare_rank(a, b) > 0, compare_rank(b, a) < 0);
    return compare_rank(a, b) > 0;
}

TEST(Ranking, PutsSourcesInTheOrderOfTheSpecification) {
    constexpr SourceKind order[] = {SourceKind::Tick, SourceKind::WebSocket, SourceKind::Ohlcv,
                                    SourceKind::Fmv, SourceKind::Channel};
    for (std::size_t i = 0; i + 1 < std::size(order); ++i) {
        Detection better = detection();
        Detection worse = detection();
        better.source = order[i];
        worse.source = order[i + 1];
        worse.ts = unix_nanos(2000);  // source goes before everything else
        worse.confidence = 1;
        worse.price = Price::from_cents(9000);
        EXPECT_TRUE(is_better(better, worse)) << to_string(order[i]);
    }
}

TEST(Ranking, ThenTakesTheLatest) {
    Detection later = detection();
    later.ts = unix_nanos(1001);
    later.confidence = 0.1;
    later.price = Price::from_cents(1);
    EXPECT_TRUE(is_better(later, detection()));
}

TEST(Ranking, ThenTheSurest) {
    Detection surer = detection();
    surer.confidence = 0.91;
    surer.price = Price::from_cents(1);
    EXPECT_TRUE(is_better(surer, detection()));
}

TEST(Ranking, ThenTheHigherHighAndTheLowerLow) {
    Detection higher = detection();
    higher.price = Price::from_cents(1001);
    higher.score = 0;
    EXPECT_TRUE(is_better(higher, detection()));
    Detection lower = detection(EventType::Low);
    lower.price = Price::from_cents(999);
    EXPECT_TRUE(is_better(lower, detection(EventType::Low)));
}

TEST(Ranking, ComparesPricesExactly) {
    // Neighbours above 2^53: one double for both.
    Detection a = detection();
    Detection b = detection();
    a.price = Price::from_raw((std::int64_t{1} << 60) + 1);
    b.price = Price::from_raw(std::int64_t{1} << 60);
    EXPECT_TRUE(is_better(a, b));
    a.type = b.type = EventType::Low;
    EXPECT_TRUE(is_better(b, a));
}

TEST(Ranking, ThenTheLargerScoreOfTheOthers) {
    for (const EventType type : {EventType::Trend, EventType::Surge, EventType::Valuation}) {
        Detection stronger = detection(type);
        stronger.score = 11;
        stronger.price = Price::from_cents(1);
        EXPECT_TRUE(is_better(stronger, detection(type))) << to_string(type);
    }
}

TEST(Ranking, TakesTheStrongerTrendWhateverItsSign) {
    Detection down = detection(EventType::Trend);
    down.score = -11;
    EXPECT_TRUE(is_better(down, detection(EventType::Trend)));
}

TEST(Ranking, LeavesTheRestToTheId) {
    for (const EventType type : {EventType::High, EventType::Low, EventType::Surge}) {
        EXPECT_TRUE(compare_rank(detection(type), detection(type)) == 0);
    }
}

}  // namespace
}  // namespace tickstock
