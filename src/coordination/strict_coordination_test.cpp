// Mode strict: one event a key and window, at its end.

#include <gtest/gtest.h>

#include <algorithm>

#include "coordination/test_support.hpp"

namespace tickstock {
namespace {

class StrictCoordination : public CoordinationTest {
protected:
    StrictCoordination() : CoordinationTest(CoordinationMode::Strict) {}
};

TEST_F(StrictCoordination, NothingPassesBeforeTheWindowsEnd) {
    add(detection(0, SourceKind::Tick));
    EXPECT_TRUE(events_.empty());
    EXPECT_EQ(coordinator_.counts().held, 1U);
    advance(499);
    EXPECT_TRUE(events_.empty());
    advance(500);
    ASSERT_EQ(events_.size(), 1U);
    EXPECT_EQ(events_[0].detection.key.fire, at(500));
    EXPECT_EQ(events_[0].detection.key.phase, 0);
    EXPECT_EQ(events_[0].revision, 0U);
}

TEST_F(StrictCoordination, TheBestSourceWinsInAnyOrder) {
    std::vector<SourceKind> order{SourceKind::Tick, SourceKind::WebSocket, SourceKind::Fmv};
    std::int64_t now = 0;
    do {
        const std::size_t before = events_.size();
        for (const SourceKind source : order) {
            add(detection(now + 1, source));
        }
        now += 1000;
        advance(now);
        ASSERT_EQ(events_.size(), before + 1);
        EXPECT_EQ(events_.back().detection.source, SourceKind::Tick);
        EXPECT_EQ(events_.back().corroborated_by,
                  bit(SourceKind::WebSocket) | bit(SourceKind::Fmv));
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(dropped(Reason::Corroboration), 12U);
    EXPECT_EQ(coordinator_.table().total().conflicts, 12U);
    EXPECT_EQ(coordinator_.table().total().resolved, 12U);
}

TEST_F(StrictCoordination, OfOneSourceTheLatestWins) {
    add(detection(0, SourceKind::Tick, 1000));
    add(detection(100, SourceKind::Tick, 1001));
    finish();
    ASSERT_EQ(events_.size(), 1U);
    EXPECT_EQ(events_[0].detection.price, Price::from_cents(1001));
    EXPECT_EQ(events_[0].corroborated_by, 0U) << "only other sources stand there";
    EXPECT_EQ(conflicts(), 0U) << "two of one source never conflict";
    EXPECT_EQ(dropped(Reason::Corroboration), 1U);
}

TEST_F(StrictCoordination, AtEqualTimesThePriceDecides) {
    Detection late = detection(100, SourceKind::Tick, 1002);
    late.ts = at(0);
    add(detection(0, SourceKind::Tick, 1001));
    add(late);
    Detection low = detection(200, SourceKind::Tick, 1000);
    low.ts = at(0);
    add(low);
    finish();
    ASSERT_EQ(events_.size(), 1U);
    EXPECT_EQ(events_[0].detection.price, Price::from_cents(1002));
}

TEST_F(StrictCoordination, AFullTieGoesToTheSmallerId) {
    for (const bool up_first : {true, false}) {
        SymbolTable symbols;
        symbols.intern("AAPL");
        MultiSourceCoordinator coordinator({.mode = CoordinationMode::Strict}, symbols);
        std::vector<Event> events;
        for (const bool up : {up_first, !up_first}) {
            coordinator.add(surge(0, SourceKind::Tick, up ? Direction::Up : Direction::Down),
                            events);
        }
        coordinator.advance(time_never, ClockIndex({}), events);
        ASSERT_EQ(events.size(), 1U);
        const auto id_of = [&](Direction direction) {
            MultiSourceCoordinator alone({}, symbols);
            std::vector<Event> out;
            alone.add(surge(0, SourceKind::Tick, direction), out);
            return out[0].id;
        };
        EXPECT_EQ(events[0].id, std::min(id_of(Direction::Up), id_of(Direction::Down)));
        EXPECT_EQ(coordinator.counts().dropped_for(Reason::Superseded), 1U);
        EXPECT_EQ(events[0].suppressed, 0U) << "only other sources stand there";
    }
}

TEST_F(StrictCoordination, WhoAgreedIsCorroborationAndWhoDidNotIsSuperseded) {
    add(surge(0, SourceKind::Fmv, Direction::Down));
    add(surge(10, SourceKind::Tick, Direction::Up));
    add(surge(20, SourceKind::Ohlcv, Direction::Up));
    finish();
    ASSERT_EQ(events_.size(), 1U);
    EXPECT_EQ(events_[0].detection.source, SourceKind::Tick);
    EXPECT_EQ(events_[0].corroborated_by, bit(SourceKind::Ohlcv));
    EXPECT_EQ(events_[0].suppressed, bit(SourceKind::Fmv));
    EXPECT_EQ(dropped(Reason::Superseded), 1U);
    EXPECT_EQ(dropped(Reason::Corroboration), 1U);
    EXPECT_EQ(losers()[0].winner, events_[0].id);
}

TEST_F(StrictCoordination, ADetectionAtTheEndOpensTheNextWindow) {
    add(detection(0, SourceKind::Ohlcv));
    add(detection(500, SourceKind::Tick));
    ASSERT_EQ(events_.size(), 1U);
    finish();
    ASSERT_EQ(events_.size(), 2U);
    EXPECT_NE(events_[0].id, events_[1].id);
    EXPECT_EQ(events_[1].detection.key.fire, at(1000));
}

TEST_F(StrictCoordination, ANewerSessionEndsTheWindow) {
    add(detection(0, SourceKind::Tick));
    Detection next = detection(100, SourceKind::Tick);
    next.session_key = 9;
    add(next);
    ASSERT_EQ(events_.size(), 1U);
    EXPECT_EQ(events_[0].detection.key.fire, at(100));
    EXPECT_EQ(coordinator_.next_deadline(), at(600));
    finish();
    EXPECT_EQ(events_.size(), 2U);
}

TEST_F(StrictCoordination, ASessionChangeAtOneInstantLeavesOneDeadline) {
    add(detection(0, SourceKind::Tick));
    Detection next = detection(0, SourceKind::Tick);
    next.session_key = 9;
    add(next);
    EXPECT_EQ(coordinator_.next_deadline(), at(500));
    advance(500);
    EXPECT_EQ(events_.size(), 2U);
    EXPECT_NE(events_[0].id, events_[1].id);
    finish();
}

TEST_F(StrictCoordination, ACorrectionOfWhatIsHeldLeavesTheOthers) {
    const Detection tick = detection(0, SourceKind::Tick);
    add(tick);
    add(detection(100, SourceKind::Ohlcv));
    add(correction_of(tick, 200));
    EXPECT_EQ(dropped(Reason::Superseded), 2U);
    finish();
    ASSERT_EQ(events_.size(), 1U);
    EXPECT_EQ(events_[0].detection.source, SourceKind::Ohlcv);
    EXPECT_EQ(events_[0].corroborated_by, 0U);
}

TEST_F(StrictCoordination, ACorrectionOfWhatIsPublishedPassesAtOnce) {
    const Detection tick = detection(0, SourceKind::Tick);
    add(tick);
    advance(500);
    add(detection(600, SourceKind::Tick, 1001));  // in the next window, held
    add(correction_of(tick, 700));
    ASSERT_EQ(events_.size(), 2U);
    EXPECT_EQ(events_[1].id, events_[0].id);
    EXPECT_EQ(events_[1].revision, 1U);
    EXPECT_EQ(events_[1].detection.key.fire, at(700));
    finish();
    EXPECT_EQ(events_.size(), 3U);
}

TEST_F(StrictCoordination, ACorrectionMeansTheNewestOfItsTimeThoughItHasLost) {
    Detection higher = detection(0, SourceKind::Tick, 1002);
    Detection lower = detection(0, SourceKind::Tick, 1001);
    add(higher);
    add(lower);
    advance(500);
    ASSERT_EQ(events_.size(), 1U);
    add(correction_of(lower, 600));
    EXPECT_EQ(events_.size(), 1U);
    EXPECT_EQ(dropped(Reason::Superseded), 1U);

    add(detection(1000, SourceKind::Tick, 1003));  // and when the newest has won
    higher.key.fire = at(1100);
    higher.ts = at(1000);
    higher.price = Price::from_cents(1004);
    add(higher);
    advance(1500);
    add(correction_of(higher, 1600));
    EXPECT_EQ(events_.size(), 3U);
}

TEST_F(StrictCoordination, WhatTradesHadShownCorroboratesTheWindow) {
    add(detection(0, SourceKind::Tick));
    Detection known = detection(100, SourceKind::Ohlcv);
    known.known_from_trades = true;
    add(known);
    EXPECT_EQ(dropped(Reason::Corroboration), 1U);
    finish();
    ASSERT_EQ(events_.size(), 1U);
    EXPECT_EQ(events_[0].corroborated_by, bit(SourceKind::Ohlcv));
}

TEST_F(StrictCoordination, ControlEventsPassAtOnce) {
    add(halt(0, ControlData::Kind::Halt, 8));
    EXPECT_EQ(events_.size(), 1U);
}

}  // namespace
}  // namespace tickstock
