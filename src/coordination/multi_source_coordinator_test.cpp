#include "coordination/multi_source_coordinator.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace tickstock {
namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t start = 1'709'650'800'000 * ms;

class Coordination : public ::testing::Test {
protected:
    Coordination() : symbol_(*symbols_.intern("AAPL")), coordinator_({}, symbols_) {}

    Detection detection(std::int64_t at_ms, SourceKind source, std::int64_t cents = 1000,
                        EventType type = EventType::High) const {
        Detection result;
        result.symbol = symbol_;
        result.type = type;
        result.direction = type == EventType::High ? Direction::Up : Direction::Down;
        result.source = source;
        result.session_key = 8;
        result.price = Price::from_cents(cents);
        result.ts = unix_nanos(start + at_ms * ms);
        result.key.fire = result.ts;
        result.key.sequence = Sequence{1};
        result.key.rank = rank_of(type);
        result.data = HighLowData{};
        return result;
    }

    Detection halt(std::int64_t at_ms, ControlData::Kind kind, std::int64_t session_key) const {
        Detection result = detection(at_ms, SourceKind::Tick, 0, EventType::Control);
        result.direction = Direction::None;
        result.session_key = session_key;
        result.data = ControlData{kind, {}};
        return result;
    }

    /// As the pipeline does it: time first, then the detection. `at_ms` = its fire.
    void add(Detection detection) {
        coordinator_.advance(detection.key.fire, ClockIndex({}), events_);
        coordinator_.add(std::move(detection), events_);
        EXPECT_TRUE(coordinator_.counts().closes());
    }
    void advance(std::int64_t to_ms) {
        coordinator_.advance(unix_nanos(start + to_ms * ms), ClockIndex({}), events_);
        EXPECT_TRUE(coordinator_.counts().closes());
    }

    SymbolTable symbols_;
    SymbolId symbol_;
    MultiSourceCoordinator coordinator_;
    std::vector<Event> events_;
};

TEST_F(Coordination, EventsOfOneSourceNeverConflict) {
    for (int i = 0; i < 5; ++i) {
        add(detection(i, SourceKind::Tick, 1000 + i));
    }
    ASSERT_EQ(events_.size(), 5U);
    for (const Event& event : events_) {
        EXPECT_EQ(event.revision, 0U);
        EXPECT_EQ(event.corroborated_by, 0U);
    }
    EXPECT_EQ(coordinator_.conflicts(), 0U);
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
    EXPECT_EQ(coordinator_.counts().dropped_for(Reason::Corroboration), 1U);
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
    EXPECT_EQ(coordinator_.conflicts(), 0U);
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

}  // namespace
}  // namespace tickstock
