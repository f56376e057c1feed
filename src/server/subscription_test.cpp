// The cursor by itself, with the time in the test's hand.
#include "server/subscription.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "server/limits.hpp"
#include "server/test_support.hpp"

namespace tickstock::testing {
namespace {

using std::chrono::milliseconds;
using Kind = Delivery::Kind;

struct Fixture {
    explicit Fixture(std::size_t memory = std::size_t{32} << 20)
        : events(memory), clock(unix_nanos(0)), fanout(events.stream, clock) {}

    std::unique_ptr<Subscription> subscribe(Since since, std::string_view symbol = "",
                                            Nanos interval = Nanos{0}, bool conflate = false) {
        SubscribeRequest request;
        request.id = "s";
        request.since = std::move(since);
        request.interval = interval;
        request.conflate = conflate;
        if (!symbol.empty()) {
            add_symbol(request.filter, symbol);
        }
        return std::make_unique<Subscription>(request, Encoding::Native, fanout);
    }
    std::optional<Delivery> next(Subscription& subscription, bool draining = false) {
        fanout.refresh();
        return subscription.next(clock.monotonic(), draining);
    }

    TestStream events;
    ManualClock clock;
    Fanout fanout;
};

Since from(std::uint64_t offset) {
    return {Since::Kind::From, {"epoch-1", Offset{offset}}};
}

TEST(Subscription, BookmarkAfterASecondAndNotBefore) {
    Fixture test;
    const auto subscription = test.subscribe({}, "IBM");
    EXPECT_EQ(test.next(*subscription)->kind, Kind::Subscribed);
    test.events.publish("AAPL", 999);
    EXPECT_FALSE(test.next(*subscription).has_value());
    test.clock.advance(milliseconds(999));
    EXPECT_FALSE(test.next(*subscription).has_value());
    test.clock.advance(milliseconds(1));
    const auto bookmark = test.next(*subscription);
    ASSERT_TRUE(bookmark.has_value());
    EXPECT_EQ(bookmark->first, Offset{1});
    EXPECT_EQ(bookmark->last, Offset{999});
    EXPECT_EQ(bookmark->body, nullptr);
    test.clock.advance(std::chrono::seconds(10));
    EXPECT_FALSE(test.next(*subscription).has_value()) << "nothing new to say";
    test.events.publish("AAPL", 1);
    test.clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(test.next(*subscription)->first, Offset{1000});
}

TEST(Subscription, ThousandSkippedNeedNoSecond) {
    Fixture test;
    const auto subscription = test.subscribe({}, "IBM");
    test.next(*subscription);
    test.events.publish("AAPL", 1000);
    EXPECT_EQ(test.next(*subscription)->last, Offset{1000});
}

TEST(Subscription, IntervalsHoldEventsBackAndDrainDoesNotWait) {
    Fixture test;
    test.clock.advance(milliseconds(1030));
    const auto subscription = test.subscribe({}, "", milliseconds(100));
    test.next(*subscription);
    test.events.publish("AAPL", 1);
    EXPECT_EQ(test.next(*subscription)->last, Offset{1}) << "the first at once";
    test.events.publish("AAPL", 2);
    test.clock.advance(milliseconds(69));
    EXPECT_FALSE(test.next(*subscription).has_value());
    test.clock.advance(milliseconds(1));
    EXPECT_EQ(test.next(*subscription)->last, Offset{3}) << "at a multiple of the interval";
    test.events.publish("AAPL", 1);
    EXPECT_FALSE(test.next(*subscription).has_value());
    EXPECT_EQ(test.next(*subscription, true)->last, Offset{4});
}

TEST(Subscription, FramesAreBounded) {
    Fixture test;
    test.events.publish_block(std::vector<std::string>(2500, "AAPL"));
    const auto subscription = test.subscribe(from(0));
    test.next(*subscription);
    std::uint64_t position = 0;
    while (position < 2500) {
        const auto frame = test.next(*subscription);
        ASSERT_TRUE(frame.has_value());
        EXPECT_EQ(frame->first, Offset{position + 1});
        EXPECT_LE(frame->events, limits::events_per_frame);
        EXPECT_LT(frame->body->size(), 2 * limits::frame_bytes);
        position = frame->last.value();
    }
}

TEST(Subscription, EvictionUnderALiveCursorIsABookmarkThenAGap) {
    Fixture test(20'000);
    const auto subscription = test.subscribe({}, "IBM");
    test.next(*subscription);
    test.events.publish("AAPL", 3);
    EXPECT_FALSE(test.next(*subscription).has_value()) << "three looked at, none accepted";
    test.events.publish("IBM", 300);
    const auto oldest = test.events.stream.range().first.value();
    const auto bookmark = test.next(*subscription);
    EXPECT_EQ(bookmark->kind, Kind::Events);
    EXPECT_EQ(bookmark->last, Offset{3}) << "those were not lost";
    const auto gap = test.next(*subscription);
    EXPECT_EQ(gap->kind, Kind::Gap);
    EXPECT_EQ(gap->first, Offset{4});
    EXPECT_EQ(gap->last, Offset{oldest - 1});
    EXPECT_EQ(test.next(*subscription)->first, Offset{oldest});
}

TEST(Subscription, SnapshotSlotsAreBoundedAndComeBack) {
    Fixture test;
    test.events.publish("AAPL", 1);
    std::vector<std::unique_ptr<Subscription>> all;
    for (std::size_t i = 0; i < limits::snapshots_at_once; ++i) {
        all.push_back(test.subscribe({Since::Kind::Snapshot, {}}));
        EXPECT_TRUE(test.next(*all.back()).has_value());
    }
    const auto waiting = test.subscribe({Since::Kind::Snapshot, {}});
    EXPECT_FALSE(test.next(*waiting).has_value());
    all[0].reset();  // its client is gone
    EXPECT_EQ(test.next(*waiting)->kind, Kind::Subscribed);
    const auto next_one = test.subscribe({Since::Kind::Snapshot, {}});
    EXPECT_FALSE(test.next(*next_one).has_value());
    EXPECT_FALSE(test.next(*all[1])->more);  // its snapshot is whole
    EXPECT_EQ(test.next(*next_one)->kind, Kind::Subscribed);
}

TEST(Subscription, BytesDueCountWhatTheFilterAcceptsSinceTheWrite) {
    Fixture test;
    const auto all = test.subscribe({});
    const auto ibm = test.subscribe({}, "IBM");
    const auto conflating = test.subscribe({}, "", milliseconds(100), true);
    for (const auto* one : {&all, &ibm, &conflating}) {
        test.next(**one);
        (*one)->mark_write();
    }
    test.events.publish("AAPL", 10);
    test.fanout.refresh();
    EXPECT_GT(all->bytes_due(), 1000U);
    EXPECT_EQ(all->bytes_due(), all->bytes_due()) << "nothing is counted twice";
    EXPECT_EQ(ibm->bytes_due(), 0U);
    EXPECT_EQ(conflating->bytes_due(), 0U);
    all->mark_write();
    EXPECT_EQ(all->bytes_due(), 0U);
}

/// Whatever is published, evicted and asked for in whatever rhythm: each offset is told, or named
/// as a gap, or was refused by the filter, exactly once and in order.
RC_GTEST_PROP(Subscription, NothingIsLostInSilence, ()) {
    Fixture test(*rc::gen::element<std::size_t>(8'000, 30'000, std::size_t{32} << 20));
    const auto interval = *rc::gen::element(Nanos{0}, Nanos{milliseconds(70)});
    const std::string symbol = *rc::gen::element<std::string>("", "AAPL");
    test.events.publish("AAPL", *rc::gen::inRange(0, 40));
    const auto subscription = test.subscribe(from(0), symbol, interval);
    std::uint64_t position = 0;
    const auto take = [&] {
        const auto delivery = test.next(*subscription);
        if (!delivery || delivery->kind == Kind::Subscribed) {
            // After an eviction the answer's position lies behind the gap that follows.
            return delivery.has_value();
        }
        RC_ASSERT(delivery->first == Offset{position + 1});
        RC_ASSERT(delivery->last >= delivery->first);
        position = delivery->last.value();
        return true;
    };
    for (int step = *rc::gen::inRange(5, 40); step > 0; --step) {
        switch (*rc::gen::inRange(0, 3)) {
            case 0: test.events.publish("AAPL", *rc::gen::inRange(1, 30)); break;
            case 1: test.events.publish("IBM", *rc::gen::inRange(1, 30)); break;
            default: test.clock.advance(milliseconds(*rc::gen::inRange(0, 1200))); break;
        }
        take();
    }
    test.clock.advance(std::chrono::seconds(5));
    while (take()) {
        test.clock.advance(std::chrono::seconds(2));
    }
    RC_ASSERT(position == static_cast<std::uint64_t>(test.events.published));
}

}  // namespace
}  // namespace tickstock::testing
