#include "history/body_fields.hpp"

#include <gtest/gtest.h>

#include <string>

#include "history/trade_windows.hpp"

namespace tickstock {
namespace {

TEST(BodyFields, ReadsMembersAtTheirDepthOnly) {
    const auto fields =
        read_body(R"({"id":"00ff","x":{"id":"inner","rev":9},"rev":3,"reason":"\",\"rev\":8",)"
                  R"("session":"pre","data":{"session_high":10.000000001,"session_low":null,)"
                  R"("count_up":4,"count_down":0,"deep":[{"count_up":7}]},"evidence":null})");
    ASSERT_TRUE(fields);
    EXPECT_EQ(fields->id, "00ff");
    EXPECT_EQ(fields->rev, 3);
    EXPECT_EQ(fields->session, "pre");
    EXPECT_EQ(fields->facts.session_high, 10'000'000'001);
    EXPECT_EQ(fields->facts.session_low, std::nullopt);
    EXPECT_EQ(fields->facts.count_up, 4);
    EXPECT_EQ(fields->facts.count_down, 0);
}

TEST(BodyFields, WhatIsNoEventIsRefused) {
    const std::string good = R"({"id":"1","rev":0,"session":"pre","data":{"a":"b"}})";
    ASSERT_TRUE(read_body(good));
    for (std::size_t length = 0; length < good.size(); ++length) {
        EXPECT_FALSE(read_body(std::string_view(good).substr(0, length))) << length;
    }
    for (const char* const bad :
         {"", "[]", "null", "{}", R"({"id":"","rev":0,"session":"pre"})",
          R"({"id":"1","rev":"x","session":"pre"})", R"({"id":"1","rev":0})",
          R"({"id":"1","rev":0.5,"session":"pre"})", R"({"id":"1""rev":0,"session":"pre"})",
          R"({"id":"1","rev":0,"session":"pre\)"}) {
        EXPECT_FALSE(read_body(bad)) << bad;
    }
}

TEST(BodyFields, StorableTextIsUtf8WithoutNul) {
    EXPECT_TRUE(is_storable_text(""));
    EXPECT_TRUE(is_storable_text("Gr\xC3\xB6\xC3\x9F\x65 \xF0\x9F\x93\x88"));
    EXPECT_FALSE(is_storable_text(std::string_view("a\0b", 3)));
    EXPECT_FALSE(is_storable_text("\xC3"));
    EXPECT_FALSE(is_storable_text("\xED\xA0\x80"));
    EXPECT_FALSE(is_storable_text("\xFF"));
}

std::int64_t sum(const std::vector<WindowTrades>& windows) {
    std::int64_t all = 0;
    for (const WindowTrades& window : windows) {
        all += window.trades;
    }
    return all;
}

TEST(TradeWindows, NoTradeIsLostAndNoneIsCountedTwice) {
    constexpr std::int64_t start = 1'700'000'000'000'000'000;
    constexpr std::int64_t next = start + 10'000'000'000;
    TradeWindows windows;
    windows.add({{1, start, 10}, {2, next, 7}});
    windows.add({{1, start, 10}, {2, next, 7}, {3, start, 1}});  // time came back: another epoch
    auto due = windows.due({});
    EXPECT_EQ(sum(due), 18);
    EXPECT_EQ(due.front().at, start);
    EXPECT_EQ(due.front().trades, 11);
    EXPECT_EQ(due.size(), 2U);
    // Not stored: the same again, and what came meanwhile.
    windows.add({{4, next, 5}});
    EXPECT_EQ(sum(windows.due({})), 23);
    windows.stored();
    EXPECT_TRUE(windows.due({}).empty());
    // All trades of the window each time, those that the database had included.
    windows.add({{5, next + 10'000'000'000, 3}});
    EXPECT_EQ(windows.needed().first, next + 10'000'000'000);
    due = windows.due({{next + 10'000'000'000, 77}});
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].trades, 80);
}

}  // namespace
}  // namespace tickstock
