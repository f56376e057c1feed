#include "model/accounting.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <vector>

namespace tickstock {
namespace {

TEST(Reason, NamesAreUniqueSnakeCaseAndOneEach) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < reason_count; ++i) {
        const auto name = to_string(static_cast<Reason>(i));
        EXPECT_FALSE(name.empty()) << i;
        EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos);
        EXPECT_TRUE(names.insert(name).second) << name;
    }
    EXPECT_EQ(to_string(Reason::Malformed), "malformed");
    EXPECT_EQ(to_string(Reason::Quarantined), "quarantined");
    EXPECT_EQ(to_string(Reason::OutsideUniverses), "outside_universes");
}

TEST(StageCounts, CloseWhenEverythingInIsSomewhere) {
    StageCounts counts;
    EXPECT_TRUE(counts.closes());
    counts.in = 10;
    counts.out = 6;
    counts.held = 1;
    counts.drop(Reason::Closed);
    counts.drop(Reason::Closed);
    EXPECT_FALSE(counts.closes());
    counts.drop(Reason::Ineligible);
    EXPECT_TRUE(counts.closes());
    EXPECT_EQ(counts.dropped_for(Reason::Closed), 2U);
    EXPECT_EQ(counts.dropped_total(), 3U);

    counts += counts;
    EXPECT_EQ(counts.in, 20U);
    EXPECT_EQ(counts.dropped_for(Reason::Closed), 4U);
    EXPECT_TRUE(counts.closes());
}

/// 12 rows, 10 records, 9 of them in channels, 7 of those in detectors, 4 detections, 3 events.
Accounting closed_books() {
    Accounting books;
    books.sources.in = 12;
    books.sources.out = 10;
    books.sources.drop(Reason::Malformed);
    books.sources.drop(Reason::BadSymbol);
    books.sequencer.in = books.sequencer.out = 10;
    books.router.in = books.router.out = 10;
    books.intake.in = 10;
    books.intake.out = 9;
    books.intake.drop(Reason::Quarantined);
    books.channels[0].in = books.channels[0].out = 7;
    books.channels[1].in = books.channels[1].held = 2;
    books.detectors.in = books.detectors.out = 7;
    books.linear.in = books.linear.out = 7;
    books.selection.in = 8;
    books.selection.out = 5;
    books.selection.dropped[static_cast<std::size_t>(Reason::Muted)] = 3;
    books.rules.in = 5;
    books.rules.out = 4;
    books.rules.drop(Reason::RuleFiltered);
    books.coordination.in = 4;
    books.coordination.out = 3;
    books.coordination.drop(Reason::Corroboration);
    books.priority.in = books.priority.out = 3;
    books.publishing.in = books.publishing.out = 3;
    return books;
}

TEST(Accounting, ClosesOverAllStages) {
    Accounting books = closed_books();
    EXPECT_TRUE(books.closes());
    books += closed_books();
    EXPECT_TRUE(books.closes());
    EXPECT_EQ(books.sources.in, 24U);
    EXPECT_EQ(books.channels[1].held, 4U);
    EXPECT_TRUE(Accounting{}.closes());
}

TEST(Accounting, OneLostRecordAnywhereShows) {
    const std::vector<std::function<StageCounts&(Accounting&)>> stages{
        [](Accounting& a) -> StageCounts& { return a.sources; },
        [](Accounting& a) -> StageCounts& { return a.sequencer; },
        [](Accounting& a) -> StageCounts& { return a.router; },
        [](Accounting& a) -> StageCounts& { return a.intake; },
        [](Accounting& a) -> StageCounts& { return a.channels[0]; },
        [](Accounting& a) -> StageCounts& { return a.channels[1]; },
        [](Accounting& a) -> StageCounts& { return a.channels[2]; },
        [](Accounting& a) -> StageCounts& { return a.detectors; },
        [](Accounting& a) -> StageCounts& { return a.linear; },
        [](Accounting& a) -> StageCounts& { return a.selection; },
        [](Accounting& a) -> StageCounts& { return a.rules; },
        [](Accounting& a) -> StageCounts& { return a.coordination; },
        [](Accounting& a) -> StageCounts& { return a.priority; },
        [](Accounting& a) -> StageCounts& { return a.publishing; },
    };
    for (std::size_t i = 0; i < stages.size(); ++i) {
        Accounting lost = closed_books();
        stages[i](lost).in += 1;
        EXPECT_FALSE(lost.closes()) << "inside stage " << i;
    }
    const std::vector<std::size_t> handing_on{0, 1, 2, 3, 4, 5, 6, 9, 10, 11};
    for (const auto i : handing_on) {
        Accounting between = closed_books();
        stages[i](between).in += 1;
        stages[i](between).out += 1;
        EXPECT_FALSE(between.closes()) << "between stage " << i << " and the next";
    }
}

}  // namespace
}  // namespace tickstock
