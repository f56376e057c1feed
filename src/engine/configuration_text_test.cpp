#include "engine/configuration_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickstock {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

UserRule rule(const std::string& name, const std::string& when) {
    UserRule rule;
    rule.name = name;
    rule.when = when;
    return rule;
}

TEST(ConfigurationChanges, TheSameTextHasNone) {
    const Config config;
    EXPECT_THAT(configuration_changes(configuration_text(config), configuration_text(config)),
                IsEmpty());
    EXPECT_THAT(configuration_changes("", ""), IsEmpty());
}

TEST(ConfigurationChanges, NameTheSettingWithBothValues) {
    Config was;
    was.pipeline.integration.installed = true;  // the other text has no line of the integrator
    Config is;
    is.pipeline.high_low.min_price_change = 20'000;
    const auto changes = configuration_changes(configuration_text(was), configuration_text(is));
    ASSERT_EQ(changes.size(), 2U) << ::testing::PrintToString(changes);
    EXPECT_EQ(changes[0], "high_low.min_price_change was 0.01, is 0.02");
    EXPECT_EQ(changes[1], "integration.installed was true, is false");
}

TEST(ConfigurationChanges, TellRulesThatCameWentOrChanged) {
    Config was;
    was.pipeline.rules.user = {rule("gone", "price > 1"), rule("other", "price > 2")};
    Config is;
    is.pipeline.rules.user = {rule("other", "price > 3"), rule("new", "price > 4")};
    EXPECT_THAT(configuration_changes(configuration_text(was), configuration_text(is)),
                ElementsAre("rule gone is not there", "rule other is another one",
                            "rule new was not there"));
}

TEST(ConfigurationChanges, TheConditionTableIsTheRestOfTheText) {
    const std::string text = configuration_text(Config());
    EXPECT_THAT(configuration_changes(text, text + "code,meaning\nA = 1\n"),
                ElementsAre("the condition table is another one"));
}

}  // namespace
}  // namespace tickstock
