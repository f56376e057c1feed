#include "monitoring/monitor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <limits>
#include <set>

#include "config/alert_metrics.hpp"
#include "monitoring/alert_json.hpp"
#include "monitoring/built_in_rules.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr UnixNanos wall = from_unix_second(1'800'000'000);

Reading reading(std::string name, double value, std::string channel = "", std::string detail = "") {
    return {std::move(name), std::move(channel), value, std::move(detail), {}};
}

/// "TYPE channel severity" of all that one reading meets under the built-in rules.
std::vector<std::string> met_by(Reading one, const MonitoringSettings& settings = {}) {
    std::vector<std::string> met;
    for (const Finding& finding : find_alerts(monitor_rules(settings, {}), {std::move(one)})) {
        met.push_back(finding.type + " " + finding.channel + " " +
                      std::to_string(static_cast<int>(finding.severity)));
    }
    return met;
}

AlertRule rule(std::string name, std::string metric, double threshold) {
    AlertRule made;
    made.name = std::move(name);
    made.metric = std::move(metric);
    made.threshold = threshold;
    return made;
}

TEST(BuiltInRules, HoldTheSpecificationsThresholds) {
    EXPECT_THAT(met_by(reading("channel.latency_p99_ms", 50, "tick")), IsEmpty());
    EXPECT_THAT(met_by(reading("channel.latency_p99_ms", 50.1, "tick")),
                ElementsAre("HIGH_LATENCY tick 1"));
    EXPECT_THAT(met_by(reading("channel.success_rate", 95, "fmv")), IsEmpty());
    EXPECT_THAT(met_by(reading("channel.success_rate", 94.9, "fmv")),
                ElementsAre("LOW_SUCCESS_RATE fmv 1"));
    EXPECT_THAT(met_by(reading("channel.success_rate", 89.9, "fmv")),
                ElementsAre("LOW_SUCCESS_RATE fmv 1", "LOW_SUCCESS_RATE fmv 2"));
    EXPECT_THAT(met_by(reading("process.memory_bytes", 2e9)), IsEmpty());
    EXPECT_THAT(met_by(reading("process.memory_bytes", 2e9 + 1)), ElementsAre("MEMORY_USAGE  1"));
    EXPECT_THAT(met_by(reading("channel.queue_percent", 75, "tick")), IsEmpty());
    EXPECT_THAT(met_by(reading("channel.queue_percent", 75.1, "tick")),
                ElementsAre("QUEUE_OVERFLOW tick 1"));
    EXPECT_THAT(met_by(reading("channel.queue_percent", 95.1, "tick")),
                ElementsAre("QUEUE_OVERFLOW tick 1", "QUEUE_OVERFLOW tick 2"));
    EXPECT_THAT(met_by(reading("channel_routing.error_rate", 5)), IsEmpty());
    EXPECT_THAT(met_by(reading("channel_routing.error_rate", 5.1)),
                ElementsAre("channel_error_rate  1"));
    EXPECT_THAT(met_by(reading("channel_routing.avg_routing_time_ms", 50.1)),
                ElementsAre("channel_latency  3"));
    EXPECT_THAT(met_by(reading("channel.degradation", 2.1, "tick")),
                ElementsAre("PERFORMANCE_DEGRADATION tick 1"));
    EXPECT_THAT(met_by(reading("channel.confidence", 0.79, "fmv")),
                ElementsAre("LOW_CONFIDENCE fmv 0"));
    EXPECT_THAT(met_by(reading("source.idle_seconds", 30.1, "polygon")),
                ElementsAre("FEED_STALE polygon 2"));
    EXPECT_THAT(met_by(reading("system.health", 1, "storage")),
                ElementsAre("SYSTEM_HEALTH storage 1"));
    EXPECT_THAT(met_by(reading("system.health", 2, "engine")),
                ElementsAre("SYSTEM_HEALTH engine 1", "SYSTEM_HEALTH engine 2"));
    for (const auto& [metric, alert] : std::vector<std::pair<std::string, std::string>>{
             {"channel.failed", "CHANNEL_FAILURE x 3"},
             {"channel.unhealthy", "CHANNEL_UNHEALTHY x 2"},
             {"channel_routing.circuit_open", "ROUTING_ERRORS x 2"},
             {"channel_routing.failures", "ROUTING_ERRORS x 1"},
             {"fallback.active", "EMERGENCY_FALLBACK x 3"},
             {"rollout.fallbacks", "ROLLOUT_FALLBACK x 1"},
             {"rollout.differences", "ROLLOUT_DIFFERENCES x 1"},
             {"rollout.lost_events", "ROLLOUT_DIFFERENCES x 2"},
             {"source.gaps", "FEED_GAP x 1"},
             {"intake.unknown_conditions", "UNKNOWN_CONDITION x 1"},
             {"journal.stopped", "JOURNAL x 3"},
             {"shedding.level", "SHEDDING x 1"},
             {"snapshot.failing", "SNAPSHOT x 2"},
             {"rules.disabled_symbols", "RULE_DISABLED x 2"},
             {"thread.stalls", "THREAD_STALL x 2"}}) {
        EXPECT_THAT(met_by(reading(metric, 0, "x")), IsEmpty());
        EXPECT_THAT(met_by(reading(metric, 1, "x")), ElementsAre(alert));
    }
}

TEST(BuiltInRules, TakeTheSettingsThresholds) {
    MonitoringSettings settings;
    settings.queue_warning = 10;
    settings.memory_limit = 1;
    EXPECT_THAT(met_by(reading("channel.queue_percent", 11, "tick"), settings),
                ElementsAre("QUEUE_OVERFLOW tick 1"));
    EXPECT_THAT(met_by(reading("process.memory_bytes", 2), settings),
                ElementsAre("MEMORY_USAGE  1"));
}

TEST(BuiltInRules, LookAtKnownMetricsAndHaveARunbook) {
    std::set<std::string> types;
    for (const MonitorRule& one : built_in_rules({})) {
        EXPECT_NE(find_alert_metric(one.metric), nullptr) << one.metric;
        EXPECT_FALSE(one.description.empty()) << one.type;
        EXPECT_FALSE(one.levels.empty()) << one.type;
        EXPECT_FALSE(runbook_of(one.type).empty()) << one.type;
        types.insert(one.type);
    }
    EXPECT_EQ(types.size(), 23U);
    EXPECT_EQ(runbook_of("HIGH_LATENCY"), "high_latency");
    EXPECT_EQ(runbook_of("mine"), "");
}

TEST(MonitorRules, AValueThatIsNoNumberMeetsNothing) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const auto comparison :
         {AlertComparison::Above, AlertComparison::AtLeast, AlertComparison::Below,
          AlertComparison::AtMost, AlertComparison::Equal, AlertComparison::NotEqual}) {
        AlertRule mine = rule("mine", "channel.errors", 1);
        mine.comparison = comparison;
        EXPECT_THAT(find_alerts(monitor_rules({}, {mine}), {reading("channel.errors", nan)}),
                    IsEmpty());
        EXPECT_EQ(find_alerts(monitor_rules({}, {mine}), {reading("channel.errors", 1)}).size(),
                  comparison == AlertComparison::AtLeast || comparison == AlertComparison::AtMost ||
                          comparison == AlertComparison::Equal
                      ? 1U
                      : 0U);
    }
}

TEST(MonitorRules, APersonsRuleTakesABuiltInOnesPlace) {
    AlertRule mine = rule("QUEUE_OVERFLOW", "channel.queue_percent", 99);
    mine.severity = AlertSeverity::Critical;
    const auto rules = monitor_rules({}, {mine});
    EXPECT_THAT(find_alerts(rules, {reading("channel.queue_percent", 98, "tick")}), IsEmpty());
    const auto found = find_alerts(rules, {reading("channel.queue_percent", 99.5, "tick")});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].severity, AlertSeverity::Critical);
    mine.enabled = false;
    EXPECT_THAT(find_alerts(monitor_rules({}, {mine}), {reading("channel.queue_percent", 100)}),
                IsEmpty());
}

TEST(MonitorRules, MessagesTellTheDetailOrTheFigures) {
    AlertRule mine = rule("mine", "channel.latency_p99_ms", 12.5);
    mine.description = "Too slow";
    const auto rules = monitor_rules({}, {mine});
    const auto found =
        find_alerts(rules, {reading("channel.latency_p99_ms", 60.1239, "tick", "tick is slow")});
    ASSERT_EQ(found.size(), 2U);
    std::vector<std::string> messages{found[0].message, found[1].message};
    EXPECT_THAT(messages, UnorderedElementsAre(
                              "tick is slow",
                              "Too slow: channel.latency_p99_ms of tick is 60.12 ms, the alert is "
                              "at > 12.5 ms"));
}

TEST(Monitor, LooksReportsAndFollowsNewSettings) {
    Monitor monitor({}, {});
    const Readings full{reading("channel.queue_percent", 80, "tick")};
    EXPECT_EQ(monitor.look(full, wall, 1s).size(), 1U);
    AlertReport report = monitor.report();
    EXPECT_EQ(report.active.size(), 1U);
    EXPECT_EQ(report.raised, 1U);
    EXPECT_EQ(report.looked, wall);
    EXPECT_EQ(find_reading(report.readings, "channel.queue_percent", "tick")->value, 80);
    MonitoringSettings settings;
    settings.queue_warning = 90;
    settings.webhook_urls = {"https://secret"};
    settings.webhook_secret_file = "file";
    monitor.configure(settings, {rule("mine", "channel.queue_percent", 70)});
    const auto changes = monitor.look(full, wall + 1s, 2s);
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_EQ(changes[0].change, AlertChange::Resolved) << "no rule wants it any more";
    EXPECT_EQ(changes[1].alert.type, "mine");
    report = monitor.report();
    EXPECT_EQ(report.settings->queue_warning, 90);
    EXPECT_THAT(report.settings->webhook_urls, IsEmpty());
    EXPECT_EQ(report.settings->webhook_secret_file, "");
    EXPECT_EQ(report.rules->back().type, "mine");
    settings.enabled = false;
    monitor.configure(settings, {rule("mine", "channel.queue_percent", 70)});
    EXPECT_EQ(monitor.look(full, wall + 2s, 3s).size(), 1U);
    EXPECT_THAT(monitor.report().active, IsEmpty());
}

TEST(AlertJson, HasEveryMember) {
    Alert alert;
    alert.id = 7;
    alert.type = "QUEUE_OVERFLOW";
    alert.severity = AlertSeverity::Error;
    alert.channel = "tick";
    alert.message = "a \"b\"";
    alert.value = 99.5;
    alert.threshold = 95;
    alert.raised = wall;
    alert.runbook = "queue_overflow";
    EXPECT_EQ(notice_json({AlertChange::Worsened, alert}, wall + 1500ms),
              R"({"change":"worsened","sent":1800000001500000000,"alert":{"id":7,)"
              R"("type":"QUEUE_OVERFLOW","severity":"error","channel":"tick","message":"a \"b\"",)"
              R"("value":99.5,"threshold":95,"raised":1800000000000000000,"resolved":null,)"
              R"("duration_seconds":1.5,"runbook":"queue_overflow"}})");
    alert.resolved = wall + 2s;
    alert.channel.clear();
    alert.runbook.clear();
    EXPECT_THAT(notice_json({AlertChange::Resolved, alert}, wall + 9s),
                HasSubstr(R"("channel":null,"message":"a \"b\"","value":99.5,"threshold":95,)"
                          R"("raised":1800000000000000000,"resolved":1800000002000000000,)"
                          R"("duration_seconds":2,"runbook":null)"));
}

}  // namespace
}  // namespace tickstock
