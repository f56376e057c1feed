#include "inspection/event_comparison.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "coordination/event_id.hpp"
#include "inspection/comparison_tally.hpp"

namespace tickstock {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const UnixNanos morning = unix_nanos(1'709'649'000'000'000'000);  // 2024-03-05 09:30 New York

Event event_at(Nanos after, std::string_view symbol = "A", std::int64_t cents = 10'000) {
    Event event;
    Detection& detection = event.detection;
    detection.direction = Direction::Up;
    detection.price = Price::from_cents(cents);
    detection.ts = morning + after;
    detection.key.fire = detection.ts;
    detection.data = HighLowData{};
    event.id = event_id(detection, symbol, 0);
    return event;
}

struct Found {
    ComparisonTally tally{100, ComparisonTally::Keep::First};
    EventComparison comparison;

    explicit Found(EventComparison::Settings settings = {})
        : comparison(settings, [this](const ComparisonOutcome& outcome) { tally.add(outcome); }) {}
    void a(const Event& event, std::string_view symbol = "A") {
        comparison.add(ComparedSide::A, event, SymbolText(symbol));
    }
    void b(const Event& event, std::string_view symbol = "A") {
        comparison.add(ComparedSide::B, event, SymbolText(symbol));
    }
};

TEST(EventComparison, TheSameIdIsBothAtOnce) {
    Found found;
    found.a(event_at(seconds(1)));
    found.b(event_at(seconds(1)));
    EXPECT_EQ(found.tally.total().both, 1U);
    EXPECT_EQ(found.tally.total().changed, 0U);
    EXPECT_EQ(found.comparison.held(), 0U);
}

TEST(EventComparison, OtherDetailsUnderOneIdAreChangedButNotOtherEvidence) {
    Found found;
    Event other = event_at(seconds(1));
    other.detection.evidence.thresholds.add("min_price_change", 1);
    found.a(event_at(seconds(1)));
    found.b(other);
    EXPECT_EQ(found.tally.total().changed, 0U);
    other = event_at(seconds(2));
    other.priority = 1;
    found.a(event_at(seconds(2)));
    found.b(other);
    EXPECT_EQ(found.tally.total().both, 2U);
    EXPECT_EQ(found.tally.total().changed, 1U);
    ASSERT_EQ(found.tally.differences().size(), 1U);
}

TEST(EventComparison, ARevisionIsAnEventOfItsOwn) {
    Found found;
    Event revised = event_at(seconds(1));
    revised.revision = 1;
    found.a(event_at(seconds(1)));
    found.a(revised);
    found.b(event_at(seconds(1)));
    found.comparison.finish();
    EXPECT_EQ(found.tally.total().both, 1U);
    EXPECT_EQ(found.tally.total().only_a, 1U);
}

TEST(EventComparison, NearUpToTheTolerancesAndOnlyAfterTheWindow) {
    const EventComparison::Settings settings{seconds(10), seconds(1), 0.01, 1000};
    for (const auto& [after, cents, is_near] :
         {std::tuple(Nanos(seconds(1)), 10'001, true),
          std::tuple(Nanos(seconds(1)) + Nanos(1), 10'001, false),
          std::tuple(Nanos(seconds(1)), 10'002, false)}) {
        Found found(settings);
        found.a(event_at(Nanos(0)));
        found.b(event_at(after, "A", cents));
        found.comparison.advance(morning + seconds(20) - Nanos(1));
        EXPECT_EQ(found.comparison.held(), 2U);
        found.comparison.advance(morning + seconds(30));
        EXPECT_EQ(found.comparison.held(), 0U);
        EXPECT_EQ(found.tally.total().near, is_near ? 1U : 0U);
        EXPECT_EQ(found.tally.total().only_a, is_near ? 0U : 1U);
        EXPECT_EQ(found.tally.total().only_b, is_near ? 0U : 1U);
    }
}

TEST(EventComparison, AnIdFoundLaterGoesBeforeANearOne) {
    Found found;
    found.a(event_at(Nanos(0)));
    found.b(event_at(milliseconds(100)));
    found.a(event_at(milliseconds(100)));
    found.comparison.finish();
    EXPECT_EQ(found.tally.total().both, 1U);
    EXPECT_EQ(found.tally.total().only_a, 1U);
    EXPECT_EQ(found.tally.total().near, 0U);
}

TEST(EventComparison, OtherSymbolsAreNeverNear) {
    Found found;
    found.a(event_at(Nanos(0), "A"), "A");
    found.b(event_at(milliseconds(1), "B"), "B");
    found.comparison.finish();
    EXPECT_EQ(found.tally.total().near, 0U);
    EXPECT_EQ(found.tally.total().differences(), 2U);
    EXPECT_EQ(found.tally.top_symbols(10).size(), 2U);
}

TEST(EventComparison, WhatIsHeldIsBounded) {
    Found found({seconds(10), seconds(1), 0.01, 50});
    for (int i = 0; i < 500; ++i) {
        found.a(event_at(milliseconds(i)));
        EXPECT_LE(found.comparison.held(), 50U);
    }
    found.comparison.finish();
    EXPECT_EQ(found.tally.total().only_a, 500U);
}

TEST(ComparisonTally, WhatIsAtOneSideOnlyGoesBeforeOtherDetails) {
    ComparisonTally tally(2, ComparisonTally::Keep::First);
    const ComparedEvent one{event_at(Nanos(0)), SymbolText("A"), 1};
    for (int i = 0; i < 3; ++i) {
        tally.add({ComparisonOutcome::Kind::Changed, &one, &one});
    }
    tally.add({ComparisonOutcome::Kind::OnlyB, nullptr, &one});
    ASSERT_EQ(tally.differences().size(), 2U);
    EXPECT_EQ(tally.differences()[1].kind, ComparisonOutcome::Kind::OnlyB);
    EXPECT_EQ(tally.by_hour()[9].differences(), 4U) << "09:30 in New York";
}

TEST(ComparisonTally, TheNewestAreKeptWhereWanted) {
    ComparisonTally tally(2, ComparisonTally::Keep::Newest);
    for (std::uint64_t i = 1; i <= 5; ++i) {
        const ComparedEvent one{event_at(Nanos(0)), SymbolText("A"), i};
        tally.add({ComparisonOutcome::Kind::OnlyA, &one, nullptr});
    }
    ASSERT_EQ(tally.differences().size(), 2U);
    EXPECT_EQ(tally.differences()[0].a.offset, 4U);
    EXPECT_EQ(tally.differences()[1].a.offset, 5U);
}

/// Two streams, told in any order of the sides, against set arithmetic over ids.
RC_GTEST_PROP(EventComparison, CountsAreThoseOfTheSetsOfIds, ()) {
    std::vector<Event> a;
    std::vector<Event> b;
    const auto steps = *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(0U, 12U));
    Nanos now{0};
    for (const unsigned step : steps) {
        now += seconds(2);  // so far apart that none is near another
        (step % 4 != 1) ? a.push_back(event_at(now)) : void();
        (step % 4 != 2) ? b.push_back(event_at(now)) : void();
    }
    Found found;
    std::size_t at_a = 0;
    std::size_t at_b = 0;
    while (at_a < a.size() || at_b < b.size()) {
        // A side runs at most a few seconds ahead, as batches do.
        const bool take_a =
            at_a < a.size() &&
            (at_b == b.size() || (a[at_a].detection.ts <= b[at_b].detection.ts + seconds(6) &&
                                  (*rc::gen::arbitrary<bool>() ||
                                   b[at_b].detection.ts > a[at_a].detection.ts + seconds(6))));
        take_a ? found.a(a[at_a++]) : found.b(b[at_b++]);
        const UnixNanos through = std::min(at_a == 0 ? morning : a[at_a - 1].detection.ts,
                                           at_b == 0 ? morning : b[at_b - 1].detection.ts);
        found.comparison.advance(through);
    }
    found.comparison.finish();
    const EventTally& total = found.tally.total();
    std::uint64_t both = 0;
    for (const Event& one : a) {
        both += std::any_of(b.begin(), b.end(), [&](const Event& e) { return e.id == one.id; });
    }
    RC_ASSERT(total.a == a.size());
    RC_ASSERT(total.b == b.size());
    RC_ASSERT(total.both == both);
    RC_ASSERT(total.only_a == a.size() - both);
    RC_ASSERT(total.only_b == b.size() - both);
    RC_ASSERT(found.comparison.held() == 0U);
}

}  // namespace
}  // namespace tickstock
