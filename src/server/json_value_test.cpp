#include "server/json_value.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

std::string object_of(int members) {
    std::string text = "{";
    for (int i = 0; i < members; ++i) {
        text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
    }
    return text + "}";
}

TEST(JsonValue, AnObjectHasSixtyFourMembersAtMost) {
    EXPECT_TRUE(parse_json(object_of(64)));
    EXPECT_FALSE(parse_json(object_of(65)));
    // A search for repetitions among so many would take minutes.
    EXPECT_FALSE(parse_json(object_of(500'000)));
}

TEST(JsonValue, NothingStandsBehindIt) {
    EXPECT_TRUE(parse_json("{}  "));
    EXPECT_FALSE(parse_json("{} x"));
    EXPECT_FALSE(parse_json(std::string_view("{}\0x", 4)));
    EXPECT_FALSE(parse_json(std::string_view("{}\0", 3)));
}

TEST(JsonValue, NumbersKeepTheirText) {
    EXPECT_EQ(parse_json(R"({"p":100.10})")->find("p")->text, "100.10");
    EXPECT_FALSE(parse_json(R"({"p":1,"p":2})"));
}

}  // namespace
}  // namespace tickstock
