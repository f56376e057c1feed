#include "config/routing_rule_text.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

using Words = std::vector<std::string>;

TEST(RoutingRuleText, IsSymbolsAnArrowAndShards) {
    const auto rule = parse_routing_rule("SPY  QQQ BRK.*->0 11 ");
    ASSERT_TRUE(rule);
    EXPECT_EQ(rule->symbols, (Words{"SPY", "QQQ", "BRK.*"}));
    EXPECT_EQ(rule->shards, (std::vector<unsigned>{0, 11}));
}

TEST(RoutingRuleText, IsNothingElse) {
    for (const char* text : {"", "SPY", "SPY 0", "-> 0", "SPY ->", "SPY -> x", "SPY -> 1x",
                             "SPY -> -1", "SPY -> 0 -> 1", "SPY -> 99999999999"}) {
        EXPECT_FALSE(parse_routing_rule(text)) << text;
    }
}

}  // namespace
}  // namespace tickstock
