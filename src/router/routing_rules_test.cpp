#include "router/routing_rules.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace tickstock {
namespace {

const auto all_healthy = [](unsigned) { return true; };

RoutingRule rule_of(std::string name, int priority, std::vector<std::string> symbols,
                    std::vector<unsigned> shards) {
    return {std::move(name), priority, std::move(symbols), {}, std::move(shards)};
}

TEST(RoutingRules, TheFirstByPriorityThatHoldsNamesTheShard) {
    RoutingRules rules(4);
    EXPECT_FALSE(rules.add(rule_of("rest", 9, {"*"}, {3})));
    EXPECT_FALSE(rules.add(rule_of("banks", 1, {"JPM", "BA?"}, {1})));
    EXPECT_FALSE(rules.add(rule_of("banks too", 1, {"BAC"}, {2})));
    EXPECT_EQ(rules.shard_for("JPM", all_healthy), 1U);
    EXPECT_EQ(rules.shard_for("BAC", all_healthy), 1U) << "the one added first among equals";
    EXPECT_EQ(rules.shard_for("BA", all_healthy), 3U);
    const auto second_is_ill = [](unsigned shard) { return shard != 1; };
    EXPECT_EQ(rules.shard_for("BAC", second_is_ill), 2U) << "passed over while none is healthy";
    EXPECT_EQ(rules.all().front().name, "banks");
    EXPECT_TRUE(rules.remove("rest"));
    EXPECT_FALSE(rules.remove("rest"));
    EXPECT_EQ(rules.shard_for("BA", all_healthy), std::nullopt);
}

TEST(RoutingRules, APredicateMustAgreeWithTheSymbols) {
    RoutingRules rules(2);
    RoutingRule rule = rule_of("short ones", 1, {"A*"}, {1});
    rule.predicate = [](std::string_view symbol) { return symbol.size() <= 2; };
    EXPECT_FALSE(rules.add(rule));
    EXPECT_EQ(rules.shard_for("AA", all_healthy), 1U);
    EXPECT_EQ(rules.shard_for("AAA", all_healthy), std::nullopt);
    EXPECT_EQ(rules.shard_for("BA", all_healthy), std::nullopt);
    rule.name = "without symbols";
    rule.symbols.clear();
    EXPECT_FALSE(rules.add(rule));
    EXPECT_EQ(rules.shard_for("BA", all_healthy), 1U);
}

TEST(RoutingRules, SaysWhatIsWrongWithARule) {
    RoutingRules rules(2);
    const auto error = [&](RoutingRule rule) { return rules.add(std::move(rule))->message; };
    EXPECT_EQ(error(rule_of("", 1, {"A"}, {0})), "router rule \"\": it needs a name");
    EXPECT_EQ(error(rule_of("a", 1, {}, {0})),
              "router rule \"a\": it needs symbols or a predicate");
    EXPECT_EQ(error(rule_of("a", 1, {"A"}, {})), "router rule \"a\": it needs a shard");
    EXPECT_EQ(error(rule_of("a", 1, {"A"}, {0, 2})),
              "router rule \"a\": shard 2 does not exist: accepted is 0 to 1");
    EXPECT_FALSE(rules.add(rule_of("a", 1, {"A"}, {0})));
    EXPECT_EQ(error(rule_of("a", 2, {"B"}, {1})),
              "router rule \"a\": there is one of this name already");
    EXPECT_EQ(rules.all().size(), 1U);
}

TEST(Pattern, StarAndQuestionMark) {
    EXPECT_TRUE(matches_pattern("BRK.A", "BRK.A"));
    EXPECT_FALSE(matches_pattern("BRK.A", "BRK.AB"));
    EXPECT_TRUE(matches_pattern("BRK*", "BRK"));
    EXPECT_TRUE(matches_pattern("*.?", "BRK.A"));
    EXPECT_FALSE(matches_pattern("*.?", "BRK."));
    EXPECT_TRUE(matches_pattern("*A*B", "xAxBxB"));
    EXPECT_FALSE(matches_pattern("", "A"));
    EXPECT_TRUE(matches_pattern("", ""));
}

/// The same by trying every length for each star.
bool naive_matches(std::string_view pattern, std::string_view text) {
    if (pattern.empty()) {
        return text.empty();
    }
    if (pattern[0] == '*') {
        for (std::size_t n = 0; n <= text.size(); ++n) {
            if (naive_matches(pattern.substr(1), text.substr(n))) {
                return true;
            }
        }
        return false;
    }
    return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
           naive_matches(pattern.substr(1), text.substr(1));
}

RC_GTEST_PROP(PatternProperty, IsAsTryingEveryLengthSays, ()) {
    const auto text_of = [](std::size_t length, const std::string& letters) {
        return *rc::gen::container<std::string>(length, rc::gen::elementOf(letters));
    };
    const std::string pattern = text_of(*rc::gen::inRange<std::size_t>(0, 7), "AB*?");
    const std::string text = text_of(*rc::gen::inRange<std::size_t>(0, 7), "AB");
    RC_ASSERT(matches_pattern(pattern, text) == naive_matches(pattern, text));
}

}  // namespace
}  // namespace tickstock
