#include "history/operations_feed.hpp"

#include <gtest/gtest.h>

#include "storage/test_operations.hpp"

namespace tickstock {
namespace {

using namespace test_database;

std::string waiting(const OperationsFeed& feed) {
    const OperationsRows& rows = feed.waiting();
    return std::to_string(rows.differences.size()) + ' ' + std::to_string(rows.audit.size()) + ' ' +
           std::to_string(rows.incidents.size()) + ' ' + std::to_string(rows.alerts.size());
}

TEST(OperationsFeed, TellsEachRowOnceAndAgainWhenItChanges) {
    OperationsFeed feed;
    EXPECT_TRUE(feed.has_waiting());  // what an earlier process left standing
    EXPECT_TRUE(feed.waiting().closes_alerts);
    feed.take(make_operations(3));
    EXPECT_EQ(waiting(feed), "3 3 3 3");
    feed.take(make_operations(3));  // not stored meanwhile
    EXPECT_EQ(waiting(feed), "3 3 3 3");
    feed.stored();
    EXPECT_FALSE(feed.has_waiting());
    OperationsRows now = make_operations(4);
    now.incidents[1].resolved = 5;
    now.alerts[2].seen = 9;
    feed.take(now);
    EXPECT_EQ(waiting(feed), "1 1 2 2");
    now.alerts[2].seen = 10;
    feed.take(now);
    EXPECT_EQ(waiting(feed), "1 1 2 2");
    EXPECT_EQ(feed.waiting().alerts[0].seen, 10);
    EXPECT_EQ(feed.waiting().incidents[0].resolved, 5);
    EXPECT_EQ(feed.differences_taken(), 4U);
    EXPECT_EQ(feed.lost(), 0U);
}

TEST(OperationsFeed, WhatMemoryDroppedIsCounted) {
    OperationsFeed feed;
    feed.take(make_operations(2));
    OperationsRows now;
    now.differences = {make_difference(7), make_difference(8)};  // 3 … 6 are gone
    now.audit = {make_audit(7), make_audit(8)};                  // how many are gone nobody knows
    feed.take(now);
    EXPECT_EQ(feed.lost(), 5U);
    EXPECT_EQ(waiting(feed), "4 4 2 2");
    now.audit.push_back(make_audit(9));
    feed.take(now);
    EXPECT_EQ(feed.lost(), 5U);
}

TEST(OperationsFeed, ALongOutageKeepsTheNewest) {
    OperationsFeed feed;
    constexpr auto most = static_cast<std::int64_t>(OperationsFeed::most_differences);
    for (std::int64_t n = 1; n <= most + 10; ++n) {
        OperationsRows now;
        now.differences = {make_difference(n)};
        feed.take(std::move(now));
    }
    EXPECT_EQ(feed.waiting().differences.size(), OperationsFeed::most_differences);
    EXPECT_EQ(feed.waiting().differences.front().number, 11U);
    EXPECT_EQ(feed.lost(), 10U);
}

TEST(OperationsFeed, ANewDatabaseGetsAllThatMemoryHolds) {
    OperationsFeed feed;
    feed.take(make_operations(3));
    feed.stored();
    feed.forget();
    EXPECT_EQ(feed.differences_taken(), 0U);
    feed.take(make_operations(3));
    EXPECT_EQ(waiting(feed), "3 3 3 3");
    EXPECT_EQ(feed.lost(), 0U);
}

}  // namespace
}  // namespace tickstock
