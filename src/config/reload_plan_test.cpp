#include "config/reload_plan.hpp"

#include <gtest/gtest.h>

#include "config/settings.hpp"

namespace tickstock {
namespace {

TEST(PlanReload, TellsLiveAndRestartApart) {
    Config next;
    next.pipeline.high_low.cooldown = std::chrono::seconds(2);
    next.monitoring.latency_p99 = std::chrono::milliseconds(80);
    next.server.port = 9;
    const ReloadPlan plan = plan_reload(Config{}, next);
    ASSERT_EQ(plan.changes.size(), 2U);
    EXPECT_EQ(plan.summary(),
              "monitoring.latency_p99_ms: 50 -> 80, high_low.cooldown_seconds: 1 -> 2");
    EXPECT_EQ(plan.changes[1].from_json, "1");
    ASSERT_EQ(plan.needs_restart.size(), 1U);
    EXPECT_EQ(plan.needs_restart[0].text(), "server.port: 8080 -> 9");
    EXPECT_FALSE(plan.is_possible());
    EXPECT_TRUE(plan_reload(next, next).is_empty());
    EXPECT_NE(config_hash(next), config_hash(Config{}));
}

TEST(PlanReload, EverySettingThatDiffersIsTold) {
    for (const Setting& setting : settings_table()) {
        Config next;
        const SettingValue value = setting.read(next);
        if (const auto* flag = std::get_if<bool>(&value)) {
            setting.write(next, !*flag);
        } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
            setting.write(next, *number == setting.minimum ? setting.maximum : setting.minimum);
        } else if (std::holds_alternative<std::string>(value) && setting.words.empty()) {
            setting.write(next, std::get<std::string>(value) + "x");
        } else {
            continue;
        }
        const ReloadPlan plan = plan_reload(Config{}, next);
        const bool restart = setting.change == SettingChange::Restart;
        ASSERT_EQ(plan.changes.size() + plan.needs_restart.size(), 1U) << setting.name;
        const auto& found = restart ? plan.needs_restart : plan.changes;
        ASSERT_EQ(found.size(), 1U) << setting.name;
        EXPECT_EQ(found[0].name, setting.name);
        EXPECT_NE(config_hash(next), config_hash(Config{})) << setting.name;
    }
}

TEST(PlanReload, SecretsAreNotTold) {
    Config next;
    next.monitoring.webhook_urls = {"https://a.example/canary"};
    const ReloadPlan plan = plan_reload(Config{}, next);
    ASSERT_EQ(plan.changes.size(), 1U);
    EXPECT_TRUE(plan.changes[0].hidden);
    EXPECT_EQ(plan.changes[0].to_json, "null");
    EXPECT_EQ(plan.summary().find("canary"), std::string::npos);
}

UserRule rule(const std::string& name, const std::string& when, const std::string& origin) {
    UserRule made;
    made.name = name;
    made.when = when;
    made.origin = origin;
    return made;
}

TEST(PlanReload, RulesAndUniversesNeedARestartByFile) {
    Config current;
    current.pipeline.rules.user = {rule("a", "price > 1", "rules/one.json:3"),
                                   rule("b", "price > 2", "rules/two.json:3")};
    current.universes = {{"core", {"IBM"}, false, ""}};
    Config next = current;
    next.pipeline.rules.user[0].origin = "rules/one.json:30";
    EXPECT_TRUE(plan_reload(current, next).is_empty()) << "a rule that moved is the same";
    EXPECT_EQ(config_hash(next), config_hash(current));

    next.pipeline.rules.user[1].when = "price > 3";
    next.universes = {{"tech", {"MSFT"}, false, ""}};
    const ReloadPlan plan = plan_reload(current, next);
    EXPECT_TRUE(plan.changes.empty());
    std::vector<std::string> told;
    for (const ConfigDifference& found : plan.needs_restart) {
        told.push_back(found.text());
    }
    EXPECT_EQ(told, (std::vector<std::string>{"rules/two.json: as it was -> changed",
                                              "universes/core.json: there -> gone",
                                              "universes/tech.json: not there -> new"}));
}

TEST(PlanReload, AlertRulesAreLive) {
    Config next;
    AlertRule alert;
    alert.name = "MINE";
    next.alert_rules = {alert};
    const ReloadPlan plan = plan_reload(Config{}, next);
    EXPECT_TRUE(plan.is_possible());
    EXPECT_EQ(plan.summary(), "alert rule MINE: not there -> new");
    EXPECT_EQ(plan.changes[0].change, SettingChange::Live);
}

}  // namespace
}  // namespace tickstock
