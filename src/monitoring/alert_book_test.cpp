#include "monitoring/alert_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "monitoring/alert_json.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A book whose clock is moved by hand.
class Bench {
public:
    static Finding queue(AlertSeverity severity, double percent,
                         const std::string& channel = "tick", Nanos hold = 0s) {
        Finding finding;
        finding.type = "QUEUE_OVERFLOW";
        finding.channel = channel;
        finding.severity = severity;
        finding.message = "full";
        finding.value = percent;
        finding.threshold = severity == AlertSeverity::Error ? 95 : 75;
        finding.hold = hold;
        return finding;
    }
    static std::vector<Finding> warning(double percent = 80) {
        return {queue(AlertSeverity::Warning, percent)};
    }
    static std::vector<Finding> error(double percent = 99) {
        return {queue(AlertSeverity::Warning, percent), queue(AlertSeverity::Error, percent)};
    }

    /// Lets the time pass, then looks; what changed as "raised 1 tick error".
    std::vector<std::string> after(Nanos time, const std::vector<Finding>& findings) {
        now += time;
        std::vector<std::string> changes;
        for (const AlertNotice& notice : book.look(findings, wall + now, now)) {
            changes.push_back(
                std::string(to_string(notice.change)) + " " + std::to_string(notice.alert.id) +
                " " + notice.alert.channel + " " +
                (notice.alert.severity == AlertSeverity::Error ? "error" : "warning"));
        }
        EXPECT_EQ(book.raised(), book.resolved() + book.active().size());
        return changes;
    }

    const UnixNanos wall = from_unix_second(1'800'000'000);
    Nanos now = 0s;
    AlertBook book{{300s, 24h}};
};

TEST(AlertBook, GoesOnWhereAnEarlierProcessEnded) {
    Bench bench;
    const auto alert = [&](Nanos resolved) {
        Alert old;
        old.type = "FEED_STALE";
        old.raised = bench.wall - 25h;
        old.resolved = bench.wall - resolved;
        return old;
    };
    bench.book.restore({alert(1h), alert(23h)});
    ASSERT_EQ(bench.book.recent()->size(), 2U);
    EXPECT_EQ(bench.book.recent()->at(0).id, 2U);  // newest first
    EXPECT_EQ(bench.book.recent()->at(1).id, 1U);
    EXPECT_EQ(bench.book.raised(), 0U);  // not by this process
    EXPECT_THAT(bench.after(1s, Bench::warning(80)), ElementsAre("raised 3 tick warning"));
    EXPECT_THAT(bench.after(1s, {}), ElementsAre("resolved 3 tick warning"));
    ASSERT_EQ(bench.book.recent()->size(), 3U);
    EXPECT_EQ(bench.book.recent()->front().type, "QUEUE_OVERFLOW");
    bench.after(2h, {});  // one is too old by now
    EXPECT_EQ(bench.book.recent()->size(), 2U);
}

TEST(AlertBook, RaisesOnceAndResolves) {
    Bench bench;
    EXPECT_THAT(bench.after(1s, {}), IsEmpty());
    EXPECT_THAT(bench.after(1s, Bench::warning(80)), ElementsAre("raised 1 tick warning"));
    EXPECT_THAT(bench.after(1s, Bench::warning(85)), IsEmpty());
    ASSERT_EQ(bench.book.active().size(), 1U);
    EXPECT_EQ(bench.book.active()[0].value, 85) << "the newest";
    EXPECT_EQ(bench.book.active()[0].raised, bench.wall + 2s);
    EXPECT_EQ(bench.book.active()[0].runbook, "queue_overflow");
    EXPECT_THAT(bench.after(1s, {}), ElementsAre("resolved 1 tick warning"));
    EXPECT_THAT(bench.book.active(), IsEmpty());
    ASSERT_EQ(bench.book.recent()->size(), 1U);
    EXPECT_EQ(bench.book.recent()->front().resolved, bench.wall + 4s);
}

TEST(AlertBook, ChannelsAndTypesAreApart) {
    Bench bench;
    Finding other = Bench::queue(AlertSeverity::Warning, 80);
    other.type = "HIGH_LATENCY";
    EXPECT_THAT(
        bench.after(1s, {Bench::queue(AlertSeverity::Warning, 80, "tick"),
                         Bench::queue(AlertSeverity::Warning, 80, "fmv"), other}),
        ElementsAre("raised 1 tick warning", "raised 2 fmv warning", "raised 3 tick warning"));
    EXPECT_THAT(bench.after(1s, {other, Bench::queue(AlertSeverity::Warning, 80, "fmv")}),
                ElementsAre("resolved 1 tick warning"));
}

TEST(AlertBook, AWorseLevelIsToldOnceAndAMilderOneOnlyShown) {
    Bench bench;
    EXPECT_THAT(bench.after(1s, Bench::warning()), ElementsAre("raised 1 tick warning"));
    EXPECT_THAT(bench.after(1s, Bench::error()), ElementsAre("worsened 1 tick error"));
    EXPECT_EQ(bench.book.active()[0].threshold, 95);
    EXPECT_THAT(bench.after(1s, Bench::warning()), IsEmpty());
    EXPECT_EQ(bench.book.active()[0].severity, AlertSeverity::Warning);
    EXPECT_THAT(bench.after(1s, Bench::error()), IsEmpty()) << "told before";
    EXPECT_EQ(bench.book.raised(), 1U);
    EXPECT_THAT(bench.after(1s, {}), ElementsAre("resolved 1 tick error"));
}

TEST(AlertBook, ForWaitsUntilItHasHeldWithoutABreak) {
    Bench bench;
    const std::vector<Finding> slow{Bench::queue(AlertSeverity::Warning, 80, "tick", 60s)};
    EXPECT_THAT(bench.after(1s, slow), IsEmpty());
    EXPECT_THAT(bench.after(59s, slow), IsEmpty());
    EXPECT_THAT(bench.after(1s, {}), IsEmpty()) << "nothing was raised, nothing resolves";
    EXPECT_THAT(bench.after(1s, slow), IsEmpty());
    EXPECT_THAT(bench.after(59s, slow), IsEmpty());
    EXPECT_THAT(bench.after(1s, slow), ElementsAre("raised 1 tick warning"));
}

TEST(AlertBook, WithinTheCooldownItIsSuppressedAndCountedOnceEachTime) {
    Bench bench;
    bench.after(1s, Bench::warning());
    bench.after(1s, {});
    for (int i = 1; i <= 3; ++i) {
        EXPECT_THAT(bench.after(1s, Bench::warning()), IsEmpty());
        EXPECT_THAT(bench.after(1s, Bench::warning()), IsEmpty());
        EXPECT_EQ(bench.book.suppressed(), static_cast<std::uint64_t>(i));
        EXPECT_THAT(bench.after(1s, {}), IsEmpty());
    }
    EXPECT_EQ(bench.book.raised(), 1U);
    EXPECT_THAT(bench.after(1s, {Bench::queue(AlertSeverity::Warning, 80, "fmv")}),
                ElementsAre("raised 2 fmv warning"))
        << "another channel has its own cooldown";
}

TEST(AlertBook, WhatStillHoldsAsTheCooldownEndsIsRaisedThen) {
    Bench bench;
    bench.after(1s, Bench::warning());
    bench.after(1s, {});
    EXPECT_THAT(bench.after(1s, Bench::warning()), IsEmpty());
    EXPECT_THAT(bench.after(297s, Bench::warning()), IsEmpty()) << "299 s after the raise";
    EXPECT_THAT(bench.after(1s, Bench::warning()), ElementsAre("raised 2 tick warning"));
    EXPECT_EQ(bench.book.suppressed(), 1U);
    EXPECT_THAT(bench.after(400s, {}), ElementsAre("resolved 2 tick warning"));
    EXPECT_THAT(bench.after(1s, Bench::warning()), ElementsAre("raised 3 tick warning"));
}

TEST(AlertBook, AnActiveAlertKnowsNoCooldown) {
    Bench bench;
    bench.after(1s, Bench::warning());
    for (int i = 0; i < 10; ++i) {
        EXPECT_THAT(bench.after(100s, Bench::warning()), IsEmpty());
    }
    EXPECT_EQ(bench.book.suppressed(), 0U);
}

TEST(AlertBook, HistoryIsKeptForItsTimeNewestFirst) {
    Bench bench;
    bench.after(1s, Bench::warning());
    bench.after(1s, {});
    bench.after(12h, Bench::warning());
    bench.after(1s, {});
    ASSERT_EQ(bench.book.recent()->size(), 2U);
    EXPECT_EQ(bench.book.recent()->front().id, 2U);
    bench.after(12h, {});
    ASSERT_EQ(bench.book.recent()->size(), 1U) << "the first is older than a day";
    EXPECT_EQ(bench.book.recent()->front().id, 2U);
    bench.after(13h, {});
    EXPECT_THAT(*bench.book.recent(), IsEmpty());
    EXPECT_EQ(bench.book.resolved(), 2U);
}

TEST(AlertBook, ActiveAreWorstFirstThenOldest) {
    Bench bench;
    bench.after(1s, {Bench::queue(AlertSeverity::Warning, 80, "a")});
    bench.after(1s, {Bench::queue(AlertSeverity::Warning, 80, "a"),
                     Bench::queue(AlertSeverity::Error, 99, "b"),
                     Bench::queue(AlertSeverity::Warning, 80, "c")});
    std::vector<std::string> order;
    for (const Alert& alert : bench.book.active()) {
        order.push_back(alert.channel);
    }
    EXPECT_THAT(order, ElementsAre("b", "a", "c"));
}

}  // namespace
}  // namespace tickstock
