// The state of a coordinator to bytes and back: restarts, other numbers of shards, moved symbols.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>

#include "base/state_archive.hpp"
#include "coordination/event_id.hpp"
#include "coordination/multi_source_coordinator.hpp"
#include "coordination/test_detections.hpp"
#include "coordination/test_support.hpp"

namespace tickstock {
namespace {

using namespace arbitrary_detections;

template <class T>
std::string bytes_of(const T& value) {
    StateWriter out;
    out(value);
    return out.take();
}

std::string symbol_bytes(const MultiSourceCoordinator& coordinator, SymbolId symbol) {
    StateWriter out;
    coordinator.save_symbol(symbol, out);
    return out.take();
}

std::string totals_bytes(const MultiSourceCoordinator& coordinator) {
    StateWriter out;
    coordinator.save_totals(out);
    return out.take();
}

/// Coordinators that share the symbols of a stream.
class Parts {
public:
    Parts(const Stream& stream, CoordinationMode mode, std::size_t count)
        : stream_(stream), mode_(mode), homes_(stream.symbols.size() + 1) {
        build(count);
    }

    void add(const Detection& detection, std::vector<Event>& out) {
        for (const auto& part : parts_) {
            part->advance(detection.key.fire, ClockIndex({}), out);
        }
        parts_[home_of(detection.symbol)]->add(detection, out);
        expect_closed();
    }
    void finish(std::vector<Event>& out) {
        for (const auto& part : parts_) {
            part->advance(time_never, ClockIndex({}), out);
        }
        expect_closed();
    }

    /// Everything to bytes, and from those `count` new ones with the symbols elsewhere.
    void restart(std::size_t count, std::size_t shift) {
        std::vector<std::string> states;
        for (std::size_t place = 0; place < homes_.size(); ++place) {
            states.push_back(symbol_bytes(*parts_[homes_[place]], symbol_at(place)));
        }
        std::vector<std::string> totals;
        for (const auto& part : parts_) {
            totals.push_back(totals_bytes(*part));
        }
        build(count);
        for (std::size_t place = 0; place < homes_.size(); ++place) {
            homes_[place] = (place + shift) % count;
            load(homes_[place], symbol_at(place), states[place]);
        }
        for (std::size_t i = 0; i < totals.size(); ++i) {
            StateReader in(totals[i]);
            parts_[(i + shift) % count]->add_totals(in);
            RC_ASSERT(in.ok() && in.at_end());
        }
        expect_closed();
    }

    void move(std::size_t place, std::size_t to) {
        const std::size_t from = homes_[place];
        const std::string state = symbol_bytes(*parts_[from], symbol_at(place));
        parts_[from]->forget_symbol(symbol_at(place));
        homes_[place] = to % parts_.size();
        load(homes_[place], symbol_at(place), state);
        expect_closed();
    }

    std::size_t places() const { return homes_.size(); }
    /// The last place is the whole feed's.
    SymbolId symbol_at(std::size_t place) const {
        return place + 1 == homes_.size() ? symbol_none
                                          : SymbolId{static_cast<std::uint32_t>(place)};
    }
    std::string state_at(std::size_t place) const {
        return symbol_bytes(*parts_[homes_[place]], symbol_at(place));
    }
    const MultiSourceCoordinator& part(std::size_t i) const { return *parts_[i]; }

    StageCounts counts() const {
        StageCounts sum;
        for (const auto& part : parts_) {
            sum += part->counts();
        }
        return sum;
    }
    CoordinationTable table() const {
        CoordinationTable sum;
        for (const auto& part : parts_) {
            sum += part->table();
        }
        return sum;
    }
    /// Byte by byte, in the order of those.
    std::vector<std::string> losers() const {
        std::vector<std::string> all;
        for (const auto& part : parts_) {
            for (const Loser& loser : part->losers().newest()) {
                all.push_back(bytes_of(loser));
            }
        }
        std::sort(all.begin(), all.end());
        return all;
    }

private:
    void build(std::size_t count) {
        parts_.clear();
        for (std::size_t i = 0; i < count; ++i) {
            parts_.push_back(std::make_unique<MultiSourceCoordinator>(
                CoordinationSettings{.mode = mode_}, stream_.symbols));
        }
    }
    void load(std::size_t part, SymbolId symbol, const std::string& state) {
        StateReader in(state);
        parts_[part]->load_symbol(symbol, in);
        RC_ASSERT(in.ok() && in.at_end());
        RC_ASSERT((symbol_bytes(*parts_[part], symbol) == state));
    }
    std::size_t home_of(SymbolId symbol) const {
        return homes_[symbol == symbol_none ? homes_.size() - 1 : symbol.value()];
    }
    void expect_closed() const {
        for (const auto& part : parts_) {
            const StageCounts& counts = part->counts();
            const CoordinationCounts total = part->table().total();
            RC_ASSERT(counts.closes());
            RC_ASSERT(total.received == counts.in);
            RC_ASSERT(total.emitted == counts.out);
            RC_ASSERT(total.suppressed == counts.dropped_total());
            RC_ASSERT(total.resolved <= total.conflicts);
            RC_ASSERT((counts.held == 0) == (part->next_deadline() == time_never));
        }
    }

    const Stream& stream_;
    const CoordinationMode mode_;
    std::vector<std::size_t> homes_;  // by place: which of parts_
    std::vector<std::unique_ptr<MultiSourceCoordinator>> parts_;
};

/// A stream that speaks of the whole feed, too, and whose detections have evidence.
Stream stream_with_feed() {
    Stream stream = arbitrary_stream();
    std::uint32_t n = 0;
    for (Detection& detection : stream.detections) {
        if (detection.type == EventType::Control) {
            detection.direction = Direction::None;
            detection.data = ControlData{ControlData::Kind::SourceGap, {"feed"}};
            detection.symbol = n % 2 == 0 ? symbol_none : detection.symbol;
        }
        detection.evidence.trade_id = TradeId("t" + std::to_string(n++));
        detection.evidence.thresholds.add("limit", n);
        detection.evidence.rules.push_back({RuleName("mine"), RuleMark::Action::Passed, {}, 0});
    }
    return stream;
}

void put_in_order(std::vector<Event>& events, const SymbolTable& symbols) {
    std::stable_sort(events.begin(), events.end(), [&](const Event& a, const Event& b) {
        return comes_before(a.detection.key, a.detection.symbol, b.detection.key,
                            b.detection.symbol, symbols);
    });
}

void expect_equal(std::vector<Event> a, std::vector<Event> b, const SymbolTable& symbols) {
    put_in_order(a, symbols);
    put_in_order(b, symbols);
    RC_ASSERT(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        RC_ASSERT((bytes_of(a[i]) == bytes_of(b[i])));
    }
}

RC_GTEST_PROP(CoordinatorState, RestartsLeaveNoTrace, ()) {
    const Stream stream = stream_with_feed();
    const CoordinationMode mode = arbitrary_mode();
    std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
    Parts plain(stream, mode, 1);
    Parts restarted(stream, mode, 1);
    std::vector<Event> expected;
    std::vector<Event> events;
    for (const Detection& detection : stream.detections) {
        plain.add(detection, expected);
        restarted.add(detection, events);
        if (random() % 10 == 0) {
            restarted.restart(1, 0);
        }
    }
    for (const bool ended : {false, true}) {
        for (std::size_t place = 0; place < plain.places(); ++place) {
            RC_ASSERT((plain.state_at(place) == restarted.state_at(place)));
        }
        RC_ASSERT((totals_bytes(plain.part(0)) == totals_bytes(restarted.part(0))));
        if (!ended) {
            plain.finish(expected);
            restarted.finish(events);
        }
    }
    RC_ASSERT(events.size() == expected.size());
    for (std::size_t i = 0; i < events.size(); ++i) {  // in the same order, even of ties
        RC_ASSERT((bytes_of(events[i]) == bytes_of(expected[i])));
    }
}

RC_GTEST_PROP(CoordinatorState, ShardsMayChangeAndSymbolsMayMove, ()) {
    const Stream stream = stream_with_feed();
    const CoordinationMode mode = arbitrary_mode();
    std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
    Parts plain(stream, mode, 1);
    Parts moved(stream, mode, 2);
    std::vector<Event> expected;
    std::vector<Event> events;
    for (const Detection& detection : stream.detections) {
        plain.add(detection, expected);
        moved.add(detection, events);
        const std::size_t dice = random() % 100;
        if (dice < 5) {
            moved.restart(1 + dice % 3, dice);
        } else if (dice < 30) {
            moved.move(dice % moved.places(), dice / 7);
        }
    }
    for (const bool ended : {false, true}) {
        for (std::size_t place = 0; place < plain.places(); ++place) {
            RC_ASSERT((plain.state_at(place) == moved.state_at(place)));
        }
        RC_ASSERT((bytes_of(plain.counts()) == bytes_of(moved.counts())));
        RC_ASSERT(plain.table() == moved.table());
        RC_ASSERT((plain.losers() == moved.losers()));
        if (!ended) {
            plain.finish(expected);
            moved.finish(events);
        }
    }
    expect_equal(events, expected, stream.symbols);
}

class CoordinatorStateCases : public CoordinationTest {};

TEST_F(CoordinatorStateCases, CutOffBytesAreRefusedAndLeaveNothing) {
    add(detection(0, SourceKind::Tick, 1000));
    add(detection(100, SourceKind::Fmv, 1001));
    add(surge(120, SourceKind::Ohlcv, Direction::Up));
    ASSERT_EQ(coordinator_.counts().held, 1U);
    const std::string state = symbol_bytes(coordinator_, symbol_);
    const std::string totals = totals_bytes(coordinator_);
    for (std::size_t size = 0; size < state.size(); ++size) {
        MultiSourceCoordinator fresh({}, symbols_);
        StateReader in(std::string_view(state).substr(0, size));
        fresh.load_symbol(symbol_, in);
        ASSERT_FALSE(in.ok()) << size;
        EXPECT_EQ(fresh.next_deadline(), time_never);
        EXPECT_EQ(fresh.counts().in, 0U);
        EXPECT_EQ(symbol_bytes(fresh, symbol_), std::string(1, '\0'));
    }
    for (std::size_t size = 0; size < totals.size(); ++size) {
        MultiSourceCoordinator fresh({}, symbols_);
        StateReader in(std::string_view(totals).substr(0, size));
        fresh.add_totals(in);
        ASSERT_FALSE(in.ok()) << size;
        EXPECT_EQ(fresh.counts().in, 0U);
        EXPECT_TRUE(fresh.losers().newest().empty());
    }
}

TEST_F(CoordinatorStateCases, AForgottenSymbolBeginsAfresh) {
    add(detection(0, SourceKind::Tick, 1000));
    add(detection(100, SourceKind::Fmv, 1001));
    EXPECT_EQ(coordinator_.counts().held, 1U);
    coordinator_.forget_symbol(symbol_);
    EXPECT_EQ(coordinator_.counts().held, 0U);
    EXPECT_EQ(coordinator_.next_deadline(), time_never);
    expect_closed();
    coordinator_.forget_symbol(SymbolId{7});
    add(detection(200, SourceKind::Fmv, 1001));
    ASSERT_EQ(events_.size(), 2U) << "no better source is known any more";
    EXPECT_EQ(events_[1].revision, 0U);
}

TEST_F(CoordinatorStateCases, EventsOfTheWholeFeedHaveIdsOfTheirOwnAndComeFirst) {
    Detection gap = halt(5, ControlData::Kind::SourceGap, 8);
    gap.symbol = symbol_none;
    add(gap);
    add(gap);  // another source's, at the same time
    add(halt(5, ControlData::Kind::SourceGap, 8));
    ASSERT_EQ(events_.size(), 3U);
    // xxh64("|control|source_gap|tick||1709650800005000000|0"), and |1
    EXPECT_EQ(events_[0].id, event_id(gap, "", 0));
    EXPECT_EQ(events_[1].id, event_id(gap, "", 1));
    EXPECT_EQ(events_[2].id, event_id(gap, "AAPL", 0));
    EXPECT_TRUE(comes_before(events_[0].detection.key, symbol_none, events_[2].detection.key,
                             symbol_, symbols_));
    EXPECT_FALSE(comes_before(events_[2].detection.key, symbol_, events_[0].detection.key,
                              symbol_none, symbols_));

    MultiSourceCoordinator fresh({}, symbols_);
    const std::string state = symbol_bytes(coordinator_, symbol_none);
    StateReader in(state);
    fresh.load_symbol(symbol_none, in);
    ASSERT_TRUE(in.ok() && in.at_end());
    fresh.add(gap, events_);
    EXPECT_EQ(events_[3].id, event_id(gap, "", 2)) << "no id comes again after a restart";
    fresh.forget_symbol(symbol_none);
    fresh.add(gap, events_);
    EXPECT_EQ(events_[4].id, event_id(gap, "", 0));
}

TEST(LoserLogState, LogsAddUpByTimeAndKeepTheNewest) {
    const auto loser = [](int fire) {
        Loser result;
        result.key.fire = unix_nanos(fire);
        return result;
    };
    LoserLog a(4);
    LoserLog b(4);
    for (const int fire : {1, 2, 5, 6, 9}) {
        a.add(loser(fire));
    }
    for (const int fire : {4, 7}) {
        b.add(loser(fire));
    }
    StateWriter out;
    b.save(out);
    StateReader in(out.text());
    a.add(in);
    std::vector<std::int64_t> times;
    for (const Loser& one : a.newest()) {
        times.push_back(to_ns(one.key.fire));
    }
    EXPECT_EQ(times, (std::vector<std::int64_t>{5, 6, 7, 9}));
    a.add(loser(10));
    EXPECT_EQ(to_ns(a.newest().front().key.fire), 6);
    EXPECT_EQ(to_ns(a.newest().back().key.fire), 10);
}

}  // namespace
}  // namespace tickstock
