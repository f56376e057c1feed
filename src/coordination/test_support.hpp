#pragma once

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "coordination/multi_source_coordinator.hpp"

namespace tickstock {

/// Detections of AAPL, times in ms from a Tuesday in March 2024.
class CoordinationTest : public ::testing::Test {
protected:
    static constexpr std::int64_t ms = 1'000'000;
    static constexpr std::int64_t start = 1'709'650'800'000 * ms;

    explicit CoordinationTest(CoordinationMode mode = CoordinationMode::Eager)
        : symbol_(*symbols_.intern("AAPL")), coordinator_({.mode = mode}, symbols_) {}

    static UnixNanos at(std::int64_t at_ms) { return unix_nanos(start + at_ms * ms); }

    Detection detection(std::int64_t at_ms, SourceKind source, std::int64_t cents = 1000,
                        EventType type = EventType::High) const {
        Detection result;
        result.symbol = symbol_;
        result.type = type;
        result.direction = type == EventType::Low ? Direction::Down : Direction::Up;
        result.source = source;
        result.session_key = 8;
        result.price = Price::from_cents(cents);
        result.ts = at(at_ms);
        result.key.fire = result.ts;
        result.key.sequence = Sequence{1};
        result.key.rank = rank_of(type);
        result.data = HighLowData{};
        return result;
    }

    Detection surge(std::int64_t at_ms, SourceKind source, Direction direction) const {
        Detection result = detection(at_ms, source, 1000, EventType::Surge);
        result.direction = direction;
        result.data = SurgeData{};
        return result;
    }

    Detection halt(std::int64_t at_ms, ControlData::Kind kind, std::int64_t session_key) const {
        Detection result = detection(at_ms, SourceKind::Tick, 0, EventType::Control);
        result.direction = Direction::None;
        result.session_key = session_key;
        result.data = ControlData{kind, {}};
        return result;
    }

    /// The revision that takes `original` back, at `at_ms`.
    Detection correction_of(Detection original, std::int64_t at_ms) const {
        original.key.fire = at(at_ms);
        original.revises_last = true;
        return original;
    }

    static constexpr unsigned bit(SourceKind source) { return 1U << static_cast<unsigned>(source); }

    /// As the pipeline does it: time first, then the detection.
    void add(Detection detection) {
        coordinator_.advance(detection.key.fire, ClockIndex({}), events_);
        coordinator_.add(std::move(detection), events_);
        expect_closed();
    }
    void advance(std::int64_t to_ms) {
        coordinator_.advance(at(to_ms), ClockIndex({}), events_);
        expect_closed();
    }
    void finish() {
        coordinator_.advance(time_never, ClockIndex({}), events_);
        expect_closed();
        EXPECT_EQ(coordinator_.counts().held, 0U);
        EXPECT_EQ(coordinator_.next_deadline(), time_never);
    }
    void expect_closed() const {
        const StageCounts& counts = coordinator_.counts();
        const CoordinationCounts total = coordinator_.table().total();
        EXPECT_TRUE(counts.closes());
        EXPECT_EQ(total.received, counts.in);
        EXPECT_EQ(total.emitted, counts.out);
        EXPECT_EQ(total.suppressed, counts.dropped_total());
        EXPECT_LE(total.resolved, total.conflicts);
    }
    std::uint64_t dropped(Reason reason) const { return coordinator_.counts().dropped_for(reason); }
    std::vector<Loser> losers() const { return coordinator_.losers().newest(); }
    std::uint64_t conflicts() const { return coordinator_.table().total().conflicts; }

    SymbolTable symbols_;
    SymbolId symbol_;
    MultiSourceCoordinator coordinator_;
    std::vector<Event> events_;
};

}  // namespace tickstock
