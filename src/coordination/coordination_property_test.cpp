// What holds for any stream of detections, in both modes.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "coordination/multi_source_coordinator.hpp"

namespace tickstock {
namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t start = 1'709'650'800'000 * ms;

struct Stream {
    SymbolTable symbols;
    std::vector<Detection> detections;  // in key order
};

/// Three symbols, few distinct times, prices and scores, so that ties are common.
Stream arbitrary_stream() {
    Stream stream;
    for (const char* text : {"C", "A", "B"}) {
        stream.symbols.intern(text);
    }
    const auto steps = *rc::gen::container<std::vector<std::uint32_t>>(
        *rc::gen::inRange<std::size_t>(0, 300), rc::gen::arbitrary<std::uint32_t>());
    std::int64_t now = start;
    std::int64_t session = 1;
    std::array<std::int64_t, 3 * event_type_count> last_index{};
    last_index.fill(-1);
    for (std::uint32_t bits : steps) {
        const auto take = [&](std::uint32_t count) {
            const std::uint32_t value = bits % count;
            bits /= count;
            return value;
        };
        now += std::int64_t{take(5)} * 60 * ms;
        session += take(40) == 0 ? 1 : 0;
        Detection detection;
        detection.symbol = SymbolId{take(3)};
        detection.type = static_cast<EventType>(take(event_type_count));
        const auto key = detection.symbol.value() * event_type_count +
                         static_cast<std::uint32_t>(detection.type);
        detection.source = static_cast<SourceKind>(take(5));
        detection.direction = detection.type == EventType::High  ? Direction::Up
                              : detection.type == EventType::Low ? Direction::Down
                              : take(2) == 0                     ? Direction::Up
                                                                 : Direction::Down;
        detection.session_key = session;
        detection.price = Price::from_cents(1000 + take(3));
        detection.ts = unix_nanos(now - std::int64_t{take(3)} * 60 * ms);
        detection.confidence = 1;
        detection.key.fire = unix_nanos(now);
        detection.key.sequence = Sequence{stream.detections.size() + 1};
        detection.key.rank = rank_of(detection.type);
        const bool extreme = detection.type == EventType::High || detection.type == EventType::Low;
        const std::uint32_t dice = take(8);
        if (extreme && dice == 0) {
            detection.known_from_trades = true;
        } else if (extreme && dice == 1 && last_index[key] >= 0) {
            const OrderKey order = detection.key;
            detection = stream.detections[static_cast<std::size_t>(last_index[key])];
            detection.session_key = session;
            detection.key = order;
            detection.revises_last = true;
        } else {
            last_index[key] = static_cast<std::int64_t>(stream.detections.size());
        }
        stream.detections.push_back(detection);
    }
    return stream;
}

struct Outcome {
    std::vector<Event> events;
    StageCounts counts;
    CoordinationTable table;
    std::vector<Loser> losers;
};

/// `cut` = time also passes between detections, in pieces of 7 ms.
Outcome run(const Stream& stream, CoordinationMode mode, bool cut) {
    MultiSourceCoordinator coordinator({.mode = mode}, stream.symbols);
    Outcome outcome;
    UnixNanos now = unix_nanos(start);
    for (const Detection& detection : stream.detections) {
        while (cut && now < detection.key.fire) {
            coordinator.advance(now, ClockIndex({}), outcome.events);
            now += Nanos{7 * ms};
        }
        coordinator.advance(detection.key.fire, ClockIndex({}), outcome.events);
        coordinator.add(detection, outcome.events);
        RC_ASSERT(coordinator.counts().closes());
        RC_ASSERT((coordinator.counts().held == 0) == (coordinator.next_deadline() == time_never));
    }
    coordinator.advance(time_never, ClockIndex({}), outcome.events);
    outcome.counts = coordinator.counts();
    outcome.table = coordinator.table();
    outcome.losers = coordinator.losers().newest();
    return outcome;
}

/// What can be seen of an event.
auto face(const Event& event) {
    const Detection& detection = event.detection;
    return std::tuple(event.id, event.revision, event.corroborated_by, event.suppressed,
                      detection.source, detection.direction, detection.price, detection.ts,
                      detection.key.fire, detection.key.sequence, detection.key.phase);
}

CoordinationMode arbitrary_mode() {
    return *rc::gen::element(CoordinationMode::Eager, CoordinationMode::Strict);
}

RC_GTEST_PROP(CoordinationProperty, NoIdRepeatsExceptAsTheNextRevision, ()) {
    const Stream stream = arbitrary_stream();
    std::map<std::uint64_t, std::uint32_t> revisions;
    for (const Event& event : run(stream, arbitrary_mode(), false).events) {
        const auto [entry, is_new] = revisions.try_emplace(event.id, 0);
        if (is_new) {
            RC_ASSERT(event.revision == 0U);
        } else {
            RC_ASSERT(event.revision == ++entry->second);
        }
    }
}

RC_GTEST_PROP(CoordinationProperty, EveryDetectionIsAccountedForBySourceAndType, ()) {
    const Stream stream = arbitrary_stream();
    const Outcome outcome = run(stream, arbitrary_mode(), false);
    RC_ASSERT(outcome.counts.closes());
    RC_ASSERT(outcome.counts.held == 0U);
    RC_ASSERT(outcome.counts.in == stream.detections.size());
    RC_ASSERT(outcome.counts.out == outcome.events.size());
    RC_ASSERT(outcome.losers.size() == outcome.counts.dropped_total());
    outcome.table.for_each([&](SourceKind source, EventType type, const CoordinationCounts& c) {
        RC_ASSERT(c.received == c.emitted + c.suppressed);
        RC_ASSERT(c.resolved <= c.conflicts);
        const auto losers = std::count_if(
            outcome.losers.begin(), outcome.losers.end(),
            [&](const Loser& loser) { return loser.source == source && loser.type == type; });
        RC_ASSERT(c.suppressed == static_cast<std::uint64_t>(losers));
    });
}

RC_GTEST_PROP(CoordinationProperty, HowTimeIsCutDoesNotMatter, ()) {
    const Stream stream = arbitrary_stream();
    const CoordinationMode mode = arbitrary_mode();
    const Outcome whole = run(stream, mode, false);
    const Outcome cut = run(stream, mode, true);
    RC_ASSERT(whole.events.size() == cut.events.size());
    for (std::size_t i = 0; i < whole.events.size(); ++i) {
        RC_ASSERT(face(whole.events[i]) == face(cut.events[i]));
    }
    RC_ASSERT(whole.table == cut.table);
}

RC_GTEST_PROP(CoordinationProperty, ALosersWinnerIsAnEventOfItsSymbolAndType, ()) {
    const Stream stream = arbitrary_stream();
    const Outcome outcome = run(stream, arbitrary_mode(), false);
    std::set<std::tuple<std::uint64_t, std::uint32_t, EventType>> known;
    for (const Event& event : outcome.events) {
        known.insert({event.id, event.detection.symbol.value(), event.detection.type});
    }
    for (const Loser& loser : outcome.losers) {
        RC_ASSERT(loser.winner == 0U ||
                  known.contains({loser.winner, loser.symbol.value(), loser.type}));
    }
}

RC_GTEST_PROP(CoordinationProperty, SymbolsDoNotTouchEachOther, ()) {
    Stream stream = arbitrary_stream();
    const CoordinationMode mode = arbitrary_mode();
    const Outcome all = run(stream, mode, false);
    const SymbolId kept{0};
    std::erase_if(stream.detections, [&](const Detection& d) { return d.symbol != kept; });
    const Outcome alone = run(stream, mode, false);
    std::vector<Event> of_kept;
    std::copy_if(all.events.begin(), all.events.end(), std::back_inserter(of_kept),
                 [&](const Event& event) { return event.detection.symbol == kept; });
    RC_ASSERT(of_kept.size() == alone.events.size());
    for (std::size_t i = 0; i < of_kept.size(); ++i) {
        RC_ASSERT(face(of_kept[i]) == face(alone.events[i]));
    }
}

}  // namespace
}  // namespace tickstock
