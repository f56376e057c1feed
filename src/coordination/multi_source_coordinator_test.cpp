#include "coordination/multi_source_coordinator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "coordination/test_support.hpp"

namespace tickstock {
namespace {

using Coordination = CoordinationTest;

TEST_F(Coordination, EventsOfOneSourceNeverConflict) {
    for (int i = 0; i < 5; ++i) {
        add(detection(i, SourceKind::Tick, 1000 + i));
    }
    ASSERT_EQ(events_.size(), 5U);
    for (const Event& event : events_) {
        EXPECT_EQ(event.revision, 0U);
        EXPECT_EQ(event.corroborated_by, 0U);
    }
    EXPECT_EQ(conflicts(), 0U);
}

TEST_F(Coordination, TheSamePartsAreCountedInTheId) {
    add(detection(0, SourceKind::Tick));
    add(detection(0, SourceKind::Tick, 1001));
    add(detection(0, SourceKind::Tick, 1002));
    ASSERT_EQ(events_.size(), 3U);
    const std::set<std::uint64_t> ids{events_[0].id, events_[1].id, events_[2].id};
    EXPECT_EQ(ids.size(), 3U);
}

TEST_F(Coordination, HaltAndResumeOfOneInstantAreBothTheFirstOfTheirKind) {
    add(halt(0, ControlData::Kind::Halt, 8));
    add(halt(0, ControlData::Kind::Resume, 8));
    add(halt(0, ControlData::Kind::Halt, 8));

    SymbolTable symbols;
    MultiSourceCoordinator alone({}, symbols);
    Detection resume = halt(0, ControlData::Kind::Resume, 8);
    resume.symbol = *symbols.intern("AAPL");
    std::vector<Event> out;
    alone.add(resume, out);

    ASSERT_EQ(events_.size(), 3U);
    EXPECT_EQ(events_[1].id, out[0].id) << "n counts halts for a resume";
    EXPECT_NE(events_[0].id, events_[2].id);
}

TEST_F(Coordination, ALateStatusOfAnEarlierSessionHasAnIdOfItsOwn) {
    add(halt(0, ControlData::Kind::Halt, 8));
    add(halt(10, ControlData::Kind::Resume, 9));  // the next session
    Detection late = halt(0, ControlData::Kind::Halt, 9);
    late.key.fire = unix_nanos(start + 20 * ms);
    add(late);
    ASSERT_EQ(events_.size(), 3U);
    EXPECT_NE(events_[0].id, events_[2].id);
}

TEST_F(Coordination, AWorseSourceWithinTheWindowOnlyCorroborates) {
    add(detection(0, SourceKind::Tick));
    add(detection(100, SourceKind::Ohlcv, 1005));
    EXPECT_EQ(coordinator_.counts().held, 1U);
    advance(499);
    EXPECT_EQ(events_.size(), 1U);
    advance(500);
    EXPECT_EQ(events_.size(), 1U);
    EXPECT_EQ(dropped(Reason::Corroboration), 1U);
    EXPECT_EQ(coordinator_.counts().held, 0U);
}

TEST_F(Coordination, AWorseSourceAloneInItsWindowIsEmittedAtTheWindowsEnd) {
    add(detection(0, SourceKind::Tick));
    add(detection(600, SourceKind::Ohlcv));
    ASSERT_EQ(events_.size(), 1U);
    advance(1099);
    ASSERT_EQ(events_.size(), 1U);
    advance(1100);
    ASSERT_EQ(events_.size(), 2U);
    EXPECT_EQ(events_[1].detection.source, SourceKind::Ohlcv);
    EXPECT_EQ(events_[1].revision, 0U);
    EXPECT_EQ(events_[1].detection.key.fire, unix_nanos(start + 1100 * ms));
    EXPECT_EQ(events_[1].detection.key.phase, 0);
}

TEST_F(Coordination, ABetterSourceAfterAnEmissionOfTheWindowRevisesIt) {
    add(detection(0, SourceKind::Ohlcv, 1000));  // the first source of this type: passes
    add(detection(100, SourceKind::Tick, 1002));
    ASSERT_EQ(events_.size(), 2U);
    EXPECT_EQ(events_[1].id, events_[0].id);
    EXPECT_EQ(events_[1].revision, 1U);
    EXPECT_EQ(events_[1].detection.source, SourceKind::Tick);
}

TEST_F(Coordination, AWindowIsHalfOpen) {
    add(detection(0, SourceKind::Ohlcv, 1000));
    add(detection(500, SourceKind::Tick, 1002));  // opens the next window
    ASSERT_EQ(events_.size(), 2U);
    EXPECT_NE(events_[1].id, events_[0].id);
    EXPECT_EQ(events_[1].revision, 0U);
}

TEST_F(Coordination, TheNextSessionForgetsWhichSourceWasBest) {
    add(detection(0, SourceKind::Tick));
    Detection next = detection(10'000, SourceKind::Ohlcv);
    next.session_key = 9;
    add(next);
    EXPECT_EQ(events_.size(), 2U) << "no trade has produced a high in this session yet";
}

TEST_F(Coordination, SymbolsAndTypesDoNotMeet) {
    add(detection(0, SourceKind::Tick));
    add(detection(1, SourceKind::Ohlcv, 900, EventType::Low));
    Detection other = detection(2, SourceKind::Fmv);
    other.symbol = *symbols_.intern("MSFT");
    add(other);
    EXPECT_EQ(events_.size(), 3U);
    EXPECT_EQ(conflicts(), 0U);
}

TEST_F(Coordination, ACorrectionRevisesTheEmissionOfItsTime) {
    add(detection(0, SourceKind::Tick, 1000));
    add(detection(2000, SourceKind::Tick, 1010));
    Detection correction = detection(2000, SourceKind::Tick, 1000);
    correction.key.fire = unix_nanos(start + 9000 * ms);
    correction.revises_last = true;
    add(correction);
    ASSERT_EQ(events_.size(), 3U);
    EXPECT_EQ(events_[2].id, events_[1].id);
    EXPECT_EQ(events_[2].revision, 1U);
    EXPECT_EQ(events_[2].detection.price, Price::from_cents(1000));
}

TEST_F(Coordination, ACorrectionOfWhatWasNeverPublishedIsCounted) {
    Detection correction = detection(0, SourceKind::Tick);
    correction.revises_last = true;
    add(correction);
    EXPECT_TRUE(events_.empty());
    EXPECT_EQ(coordinator_.counts().dropped_total(), 1U);
}

TEST_F(Coordination, AHeldOneAloneIsNoConflict) {
    add(detection(0, SourceKind::Tick));
    add(detection(600, SourceKind::Ohlcv));
    EXPECT_EQ(conflicts(), 0U);
    add(detection(700, SourceKind::Fmv));
    EXPECT_EQ(conflicts(), 1U);
    finish();
    EXPECT_EQ(events_.size(), 2U);
    EXPECT_EQ(coordinator_.table().at(SourceKind::Fmv, EventType::High).conflicts, 1U);
    EXPECT_EQ(coordinator_.table().at(SourceKind::Fmv, EventType::High).resolved, 1U);
    EXPECT_EQ(coordinator_.table().at(SourceKind::Fmv, EventType::High).suppressed, 1U);
}

TEST_F(Coordination, ThreeSourcesInAnyOrderEndInOneEvent) {
    std::vector<SourceKind> order{SourceKind::Tick, SourceKind::Ohlcv, SourceKind::Fmv};
    do {
        SymbolTable symbols;
        symbols.intern("AAPL");
        MultiSourceCoordinator coordinator({}, symbols);
        std::vector<Event> events;
        for (std::size_t i = 0; i < order.size(); ++i) {
            coordinator.add(detection(static_cast<std::int64_t>(i), order[i]), events);
        }
        coordinator.advance(time_never, ClockIndex({}), events);
        std::set<std::uint64_t> ids;
        for (const Event& event : events) {
            ids.insert(event.id);
        }
        EXPECT_EQ(ids.size(), 1U);
        EXPECT_EQ(events.back().detection.source, SourceKind::Tick);
        const auto first = std::find(order.begin(), order.end(), SourceKind::Tick);
        const CoordinationCounts total = coordinator.table().total();
        EXPECT_EQ(total.conflicts, 2U) << "the second and the third";
        EXPECT_EQ(total.resolved, 2U);
        EXPECT_EQ(total.emitted + total.suppressed, 3U);
        unsigned before = 0;
        for (auto source = order.begin(); source != first; ++source) {
            before |= bit(*source);
        }
        EXPECT_EQ(events.back().corroborated_by, before);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(Coordination, OneWhoseSourceIsTheBestOfTheSessionPassesThoughItIsWorseThanTick) {
    add(detection(0, SourceKind::Fmv));
    add(detection(1000, SourceKind::Ohlcv));
    add(detection(2000, SourceKind::Fmv));
    EXPECT_EQ(events_.size(), 2U) << "bars have produced a high by now";
    finish();
    EXPECT_EQ(events_.size(), 3U);
}

TEST_F(Coordination, TheBestHeldOneIsEmittedAndNamesWhoAgreedAndWhoLost) {
    add(surge(0, SourceKind::Tick, Direction::Up));
    add(surge(1000, SourceKind::Ohlcv, Direction::Up));
    add(surge(1050, SourceKind::Fmv, Direction::Down));
    add(surge(1100, SourceKind::Channel, Direction::Up));
    EXPECT_EQ(coordinator_.counts().held, 3U);
    advance(1199);
    ASSERT_EQ(events_.size(), 1U);
    advance(1200);
    ASSERT_EQ(events_.size(), 2U);
    EXPECT_EQ(events_[1].detection.source, SourceKind::Ohlcv);
    EXPECT_EQ(events_[1].corroborated_by, bit(SourceKind::Channel));
    EXPECT_EQ(events_[1].suppressed, bit(SourceKind::Fmv));
    ASSERT_EQ(losers().size(), 2U);
    EXPECT_EQ(losers()[0].source, SourceKind::Fmv);
    EXPECT_EQ(losers()[0].reason, Reason::Superseded);
    EXPECT_EQ(losers()[0].direction, Direction::Down);
    EXPECT_EQ(losers()[0].winner, events_[1].id);
    EXPECT_EQ(losers()[1].reason, Reason::Corroboration);
}

TEST_F(Coordination, AHeldOneAgainstAPublishedOneLosesWithItsId) {
    add(surge(0, SourceKind::Tick, Direction::Up));
    add(surge(50, SourceKind::Ohlcv, Direction::Down));
    EXPECT_EQ(events_[0].suppressed, 0U) << "came after publication";
    finish();
    EXPECT_EQ(events_.size(), 1U);
    ASSERT_EQ(losers().size(), 1U);
    EXPECT_EQ(losers()[0].reason, Reason::Superseded);
    EXPECT_EQ(losers()[0].winner, events_[0].id);
}

TEST_F(Coordination, ARevisionNamesTheSourceThatItReplaces) {
    add(surge(0, SourceKind::Ohlcv, Direction::Up));
    add(surge(50, SourceKind::Tick, Direction::Down));
    ASSERT_EQ(events_.size(), 2U);
    EXPECT_EQ(events_[1].id, events_[0].id);
    EXPECT_EQ(events_[1].suppressed, bit(SourceKind::Ohlcv));
    EXPECT_EQ(events_[1].corroborated_by, 0U);
}

TEST_F(Coordination, ASecondOfTheBestSourceAfterARevisionIsAnEventOfItsOwn) {
    add(detection(0, SourceKind::Ohlcv));
    add(detection(100, SourceKind::Tick, 1001));
    add(detection(200, SourceKind::Tick, 1002));
    ASSERT_EQ(events_.size(), 3U);
    EXPECT_EQ(events_[1].id, events_[0].id);
    EXPECT_NE(events_[2].id, events_[0].id);
    EXPECT_EQ(events_[2].revision, 0U);
    EXPECT_EQ(events_[2].corroborated_by, bit(SourceKind::Ohlcv));
}

TEST_F(Coordination, EachBetterSourceOfAWindowRaisesTheRevision) {
    add(detection(0, SourceKind::Fmv));
    add(detection(1, SourceKind::Ohlcv));
    add(detection(2, SourceKind::WebSocket));
    add(detection(3, SourceKind::Tick));
    ASSERT_EQ(events_.size(), 4U);
    for (std::uint32_t i = 0; i < 4; ++i) {
        EXPECT_EQ(events_[i].id, events_[0].id);
        EXPECT_EQ(events_[i].revision, i);
    }
    EXPECT_EQ(events_[3].corroborated_by,
              bit(SourceKind::Fmv) | bit(SourceKind::Ohlcv) | bit(SourceKind::WebSocket));
    EXPECT_EQ(coordinator_.table().total().resolved, 3U);
}

TEST_F(Coordination, AWindowsSourcesAreForgottenInTheNext) {
    add(detection(0, SourceKind::Ohlcv));
    add(detection(600, SourceKind::Tick));
    ASSERT_EQ(events_.size(), 2U);
    EXPECT_EQ(events_[1].corroborated_by, 0U);
    EXPECT_EQ(conflicts(), 0U);
}

TEST_F(Coordination, WindowsFollowEachOther) {
    add(detection(0, SourceKind::Tick));
    for (int window = 1; window <= 5; ++window) {
        add(detection(window * 500, SourceKind::Ohlcv));  // each at the end of the one before
        EXPECT_EQ(events_.size(), static_cast<std::size_t>(window));
    }
    finish();
    EXPECT_EQ(events_.size(), 6U);
    EXPECT_EQ(events_[5].detection.key.fire, at(3000));
}

TEST_F(Coordination, EachTypeHasItsWindow) {
    struct Case {
        EventType type;
        std::int64_t window_ms;
    };
    std::int64_t now = 0;
    for (const auto& [type, window_ms] :
         {Case{EventType::High, 500}, Case{EventType::Low, 500}, Case{EventType::Trend, 1000},
          Case{EventType::Surge, 200}, Case{EventType::Valuation, 500}}) {
        now += 10'000;
        add(detection(now, SourceKind::Tick, 1000, type));
        const std::size_t before = events_.size();
        add(detection(now + 5000, SourceKind::Ohlcv, 1000, type));
        EXPECT_EQ(coordinator_.next_deadline(), at(now + 5000 + window_ms)) << to_string(type);
        advance(now + 5000 + window_ms);
        EXPECT_EQ(events_.size(), before + 1);
    }
}

TEST_F(Coordination, ANewerSessionEndsTheOldWindowFirst) {
    add(detection(0, SourceKind::Tick));
    add(detection(1000, SourceKind::Ohlcv));
    Detection next = detection(1100, SourceKind::Tick);
    next.session_key = 9;
    next.key.sequence = Sequence{77};
    add(next);
    ASSERT_EQ(events_.size(), 3U);
    EXPECT_EQ(events_[1].detection.source, SourceKind::Ohlcv);
    EXPECT_EQ(events_[1].detection.session_key, 8);
    EXPECT_EQ(events_[1].detection.key.fire, at(1100));
    EXPECT_EQ(events_[1].detection.key.sequence, Sequence{77});
    EXPECT_EQ(events_[1].detection.key.phase, 0);
    EXPECT_EQ(events_[2].detection.session_key, 9);
    EXPECT_EQ(events_[2].corroborated_by, 0U);
    EXPECT_EQ(coordinator_.next_deadline(), time_never);
    EXPECT_EQ(conflicts(), 0U);
    finish();
    EXPECT_EQ(events_.size(), 3U);
}

TEST_F(Coordination, TheNewSessionsWindowIsItsOwn) {
    add(detection(0, SourceKind::Tick));
    Detection next = detection(100, SourceKind::Ohlcv);
    next.session_key = 9;
    add(next);
    Detection tick = detection(550, SourceKind::Tick);
    tick.session_key = 9;
    add(tick);
    ASSERT_EQ(events_.size(), 3U);
    EXPECT_EQ(events_[2].id, events_[1].id) << "within 500 ms of the session's first";
}

TEST_F(Coordination, AnIdOfAHeldOneDoesNotRepeatOverASessionChange) {
    add(detection(0, SourceKind::Tick));
    add(detection(600, SourceKind::Ohlcv));
    Detection next = detection(700, SourceKind::Ohlcv);
    next.session_key = 9;
    next.ts = at(600);
    add(next);
    finish();
    ASSERT_EQ(events_.size(), 3U);
    EXPECT_NE(events_[1].id, events_[2].id);
}

TEST_F(Coordination, TheEndOfInputEndsAllWindows) {
    add(detection(0, SourceKind::Tick));
    add(detection(0, SourceKind::Tick, 900, EventType::Low));
    add(detection(600, SourceKind::Ohlcv));
    add(detection(700, SourceKind::Ohlcv, 900, EventType::Low));
    finish();
    ASSERT_EQ(events_.size(), 4U);
    EXPECT_EQ(events_[2].detection.key.fire, at(1100));
    EXPECT_EQ(events_[3].detection.key.fire, at(1200));
    EXPECT_EQ(events_[3].detection.key.sequence, sequence_end);
}

TEST_F(Coordination, WindowsOfASymbolThatEndTogetherEndInTheOrderOfTheirTypes) {
    add(detection(0, SourceKind::Tick));
    add(detection(0, SourceKind::Tick, 900, EventType::Low));
    for (const int order : {0, 1}) {
        const std::size_t before = events_.size();
        const std::int64_t now = 1000 * (order + 1);
        for (const EventType type : order == 0 ? std::array{EventType::Low, EventType::High}
                                               : std::array{EventType::High, EventType::Low}) {
            add(detection(now, SourceKind::Ohlcv, 1000, type));
        }
        advance(now + 500);
        ASSERT_EQ(events_.size(), before + 2);
        EXPECT_EQ(events_[before].detection.type, EventType::High);
    }
}

TEST_F(Coordination, WhatTradesHadShownIsCorroborationAtOnce) {
    add(detection(0, SourceKind::Tick));
    Detection known = detection(100, SourceKind::Ohlcv);
    known.known_from_trades = true;
    add(known);
    EXPECT_EQ(dropped(Reason::Corroboration), 1U);
    EXPECT_EQ(coordinator_.counts().held, 0U);
    EXPECT_EQ(conflicts(), 0U);
    ASSERT_EQ(losers().size(), 1U);
    EXPECT_EQ(losers()[0].winner, events_[0].id);
}

TEST_F(Coordination, WhatTradesHadShownOpensNoWindowAndMakesNoSourceKnown) {
    Detection known = detection(0, SourceKind::Tick);
    known.known_from_trades = true;
    add(known);
    EXPECT_TRUE(events_.empty());
    EXPECT_EQ(losers()[0].winner, 0U);
    add(detection(100, SourceKind::Ohlcv));
    ASSERT_EQ(events_.size(), 1U) << "no better source has produced a high";
    EXPECT_EQ(events_[0].corroborated_by, 0U);
    add(detection(599, SourceKind::WebSocket));
    EXPECT_EQ(events_[1].id, events_[0].id) << "the window began at 100";
}

TEST_F(Coordination, WhatTradesHadShownCorroboratesWhatIsHeld) {
    add(detection(0, SourceKind::Tick));
    add(detection(600, SourceKind::Ohlcv));
    Detection known = detection(700, SourceKind::Fmv);
    known.known_from_trades = true;
    add(known);
    finish();
    ASSERT_EQ(events_.size(), 2U);
    EXPECT_EQ(events_[1].corroborated_by, bit(SourceKind::Fmv));
    EXPECT_EQ(conflicts(), 0U);
}

TEST_F(Coordination, WhatTradesHadShownCorroboratesTheNextEventOfItsWindow) {
    add(detection(0, SourceKind::Tick));
    Detection known = detection(100, SourceKind::Ohlcv);
    known.known_from_trades = true;
    add(known);
    add(detection(200, SourceKind::Tick));
    add(detection(500, SourceKind::Tick));
    ASSERT_EQ(events_.size(), 3U);
    EXPECT_EQ(events_[1].corroborated_by, bit(SourceKind::Ohlcv));
    EXPECT_EQ(events_[2].corroborated_by, 0U) << "of the next window";
}

TEST_F(Coordination, ControlAndRuleEventsPassAlone) {
    add(halt(0, ControlData::Kind::Halt, 8));
    Detection other = halt(1, ControlData::Kind::Halt, 8);
    other.source = SourceKind::Channel;
    add(other);
    Detection rule = detection(2, SourceKind::Channel, 1000, EventType::Rule);
    rule.direction = Direction::None;
    rule.data = RuleData{RuleName("one"), 1};
    add(rule);
    rule.data = RuleData{RuleName("two"), 1};
    rule.source = SourceKind::Tick;
    add(rule);
    ASSERT_EQ(events_.size(), 4U);
    for (const Event& event : events_) {
        EXPECT_EQ(event.revision, 0U);
        EXPECT_EQ(event.corroborated_by, 0U);
    }
    EXPECT_EQ(conflicts(), 0U);
}

TEST_F(Coordination, ACorrectionOfALostOneLeavesItsSourcesEventAlone) {
    add(detection(0, SourceKind::WebSocket));
    add(detection(600, SourceKind::Tick));
    const Detection lost = detection(700, SourceKind::WebSocket);
    add(lost);
    advance(1100);
    add(correction_of(lost, 1200));
    EXPECT_EQ(events_.size(), 2U);
    EXPECT_EQ(dropped(Reason::Superseded), 1U);
}

TEST_F(Coordination, ACorrectionFindsItsSourcesEventBehindAnotherSources) {
    const Detection tick = detection(0, SourceKind::Tick);
    add(tick);
    add(detection(600, SourceKind::Ohlcv));
    advance(1100);
    add(correction_of(tick, 1200));
    ASSERT_EQ(events_.size(), 3U);
    EXPECT_EQ(events_[2].id, events_[0].id);
    EXPECT_EQ(events_[2].revision, 1U);
    add(detection(1300, SourceKind::Ohlcv));
    finish();
    EXPECT_EQ(events_.size(), 4U) << "a correction is no event of a window";
}

TEST_F(Coordination, ACorrectionKeepsWhatTheEventSaidOfOtherSources) {
    add(detection(0, SourceKind::Ohlcv));
    const Detection tick = detection(100, SourceKind::Tick);
    add(tick);
    add(correction_of(tick, 5000));
    ASSERT_EQ(events_.size(), 3U);
    EXPECT_EQ(events_[2].id, events_[0].id);
    EXPECT_EQ(events_[2].revision, 2U);
    EXPECT_EQ(events_[2].corroborated_by, bit(SourceKind::Ohlcv));
}

TEST_F(Coordination, ACorrectionOfAVersionThatABetterSourceReplacedHasNoEffect) {
    const Detection pushed = detection(0, SourceKind::WebSocket);
    add(pushed);
    add(detection(100, SourceKind::Tick));
    add(correction_of(pushed, 200));
    EXPECT_EQ(events_.size(), 2U);
    EXPECT_EQ(dropped(Reason::Superseded), 1U);
}

TEST_F(Coordination, ACorrectionOfWhatIsHeldTakesItBack) {
    add(detection(0, SourceKind::Tick));
    const Detection pushed = detection(600, SourceKind::WebSocket);
    add(pushed);
    add(correction_of(pushed, 700));
    EXPECT_EQ(coordinator_.counts().held, 0U);
    EXPECT_EQ(coordinator_.next_deadline(), time_never);
    EXPECT_EQ(dropped(Reason::Superseded), 2U);
    add(detection(800, SourceKind::Ohlcv));
    EXPECT_EQ(coordinator_.next_deadline(), at(1100)) << "its window is still open";
    EXPECT_EQ(conflicts(), 0U);
    finish();
    EXPECT_EQ(events_.size(), 2U);
    EXPECT_EQ(events_[1].corroborated_by, 0U);
}

}  // namespace
}  // namespace tickstock
