// Clients that are further behind than memory reaches.
#include <gtest/gtest.h>

#include "server/test_stored_events.hpp"

namespace tickstock::testing {
namespace {

using std::chrono::milliseconds;
using Kind = Delivery::Kind;

TEST(CatchUp, WhatHasLeftMemoryComesFromTheDisk) {
    StoredFixture test;
    test.publish("AAPL", 900);
    ASSERT_GT(test.stream.range().first, Offset{800});
    const auto subscription = test.subscribe(from(0));
    const auto subscribed = test.next(*subscription);
    EXPECT_TRUE(subscribed->recovered);
    EXPECT_FALSE(test.next(*subscription).has_value()) << "nothing is read on this thread";
    EXPECT_TRUE(subscription->waits_for_disk());
    std::uint64_t position = 0;
    while (position < 900) {
        const auto frame = test.wait(*subscription);
        ASSERT_TRUE(frame.has_value());
        ASSERT_EQ(frame->kind, Kind::Events);
        ASSERT_EQ(frame->first, Offset{position + 1});
        EXPECT_EQ(events_in(frame->body->str()), expected_in(test, {}, *frame));
        position = frame->last.value();
    }
    EXPECT_FALSE(test.next(*subscription).has_value());
    EXPECT_FALSE(subscription->waits_for_disk());
}

TEST(CatchUp, BeyondRetentionIsEvicted) {
    StoredFixture test(8'000, 10'000);
    test.publish("AAPL", 2'000);
    test.stored->retain(test.clock.wall());
    test.fanout->refresh();
    const Offset oldest = test.fanout->oldest();
    ASSERT_GT(oldest, Offset{1});
    ASSERT_LT(oldest, test.stream.range().first);
    const auto subscription = test.subscribe(from(0));
    const auto subscribed = test.next(*subscription);
    EXPECT_FALSE(subscribed->recovered);
    EXPECT_EQ(subscribed->reason, "evicted");
    const auto gap = test.next(*subscription);
    EXPECT_EQ(gap->kind, Kind::Gap);
    EXPECT_EQ(gap->first, Offset{1});
    EXPECT_EQ(gap->last.value() + 1, oldest.value());
    EXPECT_EQ(test.wait(*subscription)->first, oldest);
}

TEST(CatchUp, RetentionUnderACursorIsAGap) {
    StoredFixture test(8'000, 10'000);
    test.publish("AAPL", 600);
    const auto subscription = test.subscribe(from(0));
    test.next(*subscription);
    EXPECT_EQ(test.wait(*subscription)->first, Offset{1});
    test.publish("AAPL", 2'000);
    test.stored->retain(test.clock.wall());
    std::uint64_t position = 0;
    bool has_gap = false;
    while (const auto delivery = test.wait(*subscription)) {
        has_gap = has_gap || delivery->kind == Kind::Gap;
        if (position != 0) {
            ASSERT_EQ(delivery->first, Offset{position + 1});
        }
        position = delivery->last.value();
    }
    EXPECT_TRUE(has_gap);
    EXPECT_EQ(position, 2'600U);
}

TEST(CatchUp, DamageIsNamed) {
    StoredFixture test;
    test.publish("AAPL", 900);
    const std::string file = "stream/" + stored_name(2);
    std::string bytes = test.disk.content(file).value();
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    test.disk.put(file, bytes);
    const Offset third = *test.stored->next_file_first(
        "epoch-1", *test.stored->next_file_first("epoch-1", Offset{1}));
    const auto subscription = test.subscribe(from(0));
    test.next(*subscription);
    std::uint64_t position = 0;
    std::vector<Delivery> gaps;
    while (const auto delivery = test.wait(*subscription)) {
        ASSERT_EQ(delivery->first, Offset{position + 1});
        position = delivery->last.value();
        if (delivery->kind == Kind::Gap) {
            gaps.push_back(*delivery);
        } else {
            EXPECT_EQ(events_in(delivery->body->str()), expected_in(test, {}, *delivery));
        }
    }
    EXPECT_EQ(position, 900U);
    ASSERT_EQ(gaps.size(), 1U);
    EXPECT_EQ(gaps[0].reason, "unreadable");
    EXPECT_EQ(gaps[0].last.value() + 1, third.value());
}

TEST(CatchUp, AConflatingClientDoesABoundedPieceATurn) {
    StoredFixture test;
    test.publish("AAPL", 2'000);
    const auto subscription = test.subscribe(from(0), {}, milliseconds(100), true);
    test.next(*subscription);
    std::uint64_t position = 0;
    while (position < 2'000) {
        const auto frame = test.wait(*subscription);
        ASSERT_TRUE(frame.has_value());
        ASSERT_EQ(frame->first, Offset{position + 1});
        EXPECT_EQ(frame->events, 1U) << "one symbol and type";
        position = frame->last.value();
    }
}

}  // namespace
}  // namespace tickstock::testing
