// What holds for any stream of detections, in both modes.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "coordination/multi_source_coordinator.hpp"
#include "coordination/test_detections.hpp"

namespace tickstock {
namespace {

using namespace arbitrary_detections;

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
