#include "config/alert_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "config/alert_metrics.hpp"
#include "config/settings.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

AlertFiles read(std::string_view text) {
    AlertFiles files;
    read_alert_text(text, "/c/alerts/mine.json", files);
    return files;
}

/// The only error about a file with one rule of these members.
std::string error_of(const std::string& members) {
    const AlertFiles files = read("{\"alerts\":[\n{\n" + members + "\n}]}");
    EXPECT_EQ(files.errors.size(), 1U) << members;
    EXPECT_TRUE(files.rules.empty()) << members;
    return files.errors.empty() ? "no error" : files.errors[0];
}

std::string error_with(const std::string& member) {
    return error_of(R"("name":"a","condition":"channel.errors > 1",)" + member);
}

TEST(AlertFiles, AWholeRuleAndTheSeedsExample) {
    const AlertFiles files = read(R"({
  "alerts": [
    {  // comments are allowed
      "name": "slow_day", "condition": "system.events_per_second  <= 0.5",
      "severity": "info", "description": "Nothing happens.", "for": "5m", "enabled": true
    },
    {"name": "channel_latency", "condition": "channel_routing.avg_routing_time_ms > 50",
     "severity": "critical", "description": "Channel routing latency exceeded threshold"},
    {"name": "short", "condition": "channel.failed == 1", "for": 1.5},
    {"name": "UNKNOWN_CONDITION", "enabled": false}
  ]
})");
    ASSERT_THAT(files.errors, ElementsAre());
    ASSERT_EQ(files.rules.size(), 4U);
    const AlertRule slow{"slow_day",
                         "system.events_per_second",
                         AlertComparison::AtMost,
                         0.5,
                         AlertSeverity::Info,
                         "Nothing happens.",
                         5min,
                         true};
    EXPECT_EQ(files.rules[0], slow);
    EXPECT_EQ(files.rules[1].severity, AlertSeverity::Critical);
    EXPECT_EQ(files.rules[1].threshold, 50);
    EXPECT_EQ(files.rules[1].hold, 0s);
    EXPECT_EQ(files.rules[2].comparison, AlertComparison::Equal);
    EXPECT_EQ(files.rules[2].severity, AlertSeverity::Warning) << "the default";
    EXPECT_EQ(files.rules[2].hold, 1500ms);
    EXPECT_FALSE(files.rules[3].enabled);
}

TEST(AlertFiles, EveryErrorNamesPlaceKeyValueAndWhatIsAccepted) {
    EXPECT_EQ(
        error_with(R"("severity":"bad")"),
        "/c/alerts/mine.json:3: severity = \"bad\": accepted is info, warning, error, critical");
    EXPECT_EQ(error_with(R"("enabled":1)"),
              "/c/alerts/mine.json:3: enabled = 1: accepted is true, false");
    EXPECT_THAT(error_with(R"("until":1)"), HasSubstr("until = 1: unknown key"));
    for (const std::string hold : {"\"5\"", "\"5d\"", "-1", "\"25h\"", "true", "\"\"", "[]"}) {
        EXPECT_THAT(error_with("\"for\":" + hold), HasSubstr("seconds, or text as 90s, 5m, 1h"))
            << hold;
    }
    EXPECT_THAT(error_of(R"("name":"a")"), HasSubstr("2: condition: is missing"));
    EXPECT_THAT(error_of(R"("condition":"channel.errors > 1")"), HasSubstr("2: name: is missing"));
    EXPECT_THAT(error_of(R"("name":"a b","condition":"channel.errors > 1")"),
                HasSubstr("name = \"a b\": accepted is 1 to 64 of"));
    for (const std::string condition :
         {"", "channel.errors", "channel.errors >", "channel.errors>1", "channel.errors > x",
          "channel.errors => 1", "channel.errors > 1 2", "channel.errors > nan"}) {
        EXPECT_THAT(error_of(R"("name":"a","condition":")" + condition + "\""),
                    HasSubstr("accepted is METRIC OP NUMBER"))
            << condition;
    }
}

TEST(AlertFiles, AnUnknownMetricIsRefusedWithTheNearestKnownOnes) {
    EXPECT_THAT(error_of(R"("name":"a","condition":"channel_routing.error_rat > 5")"),
                HasSubstr("no metric is called channel_routing.error_rat; the nearest are "
                          "channel_routing.error_rate,"));
    EXPECT_THAT(nearest_alert_metrics("router.error_rate"),
                StartsWith("channel_routing.error_rate"));
    EXPECT_THAT(nearest_alert_metrics("channel.latency_p90_ms"),
                HasSubstr("channel.latency_p99_ms"));
}

TEST(AlertFiles, TheSameNameTwiceAndOtherShapesAreRefused) {
    const AlertFiles files = read(R"({"alerts":[
{"name":"a","condition":"channel.errors > 1"},
{"name":"a","condition":"channel.errors > 2"}],
"rules":[]})");
    EXPECT_THAT(
        files.errors,
        ElementsAre("/c/alerts/mine.json:3: name = \"a\": given twice; accepted is a name once "
                    "in all files",
                    "/c/alerts/mine.json:4: rules: unknown key; accepted beside it are "
                    "alerts"));
    EXPECT_THAT(read(R"({"alerts":[3]})").errors[0], HasSubstr("accepted is a list of objects"));
    EXPECT_THAT(read("{").errors[0], StartsWith("/c/alerts/mine.json:1"));
    EXPECT_TRUE(read(R"({"alerts":[]})").errors.empty());
}

TEST(AlertFiles, AreLoadedWithTheConfiguration) {
    std::string folder = (fs::temp_directory_path() / "tickstock_alerts_XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    fs::create_directory(fs::path(folder) / "alerts");
    std::ofstream(fs::path(folder) / "alerts" / "b.json")
        << R"({"alerts":[{"name":"b","condition":"channel.errors > 1"}]})";
    std::ofstream(fs::path(folder) / "alerts" / "a.json")
        << R"({"alerts":[{"name":"c","condition":"channel.errors > 1"}]})";
    auto config = load_config(folder, {}, {});
    ASSERT_TRUE(config.ok()) << config.error().message;
    ASSERT_EQ(config->alert_rules.size(), 2U);
    EXPECT_EQ(config->alert_rules[0].name, "b") << "by name";
    std::ofstream(fs::path(folder) / "alerts" / "b.json") << R"({"alerts":[{"name":"b"}]})";
    config = load_config(folder, {}, {});
    ASSERT_FALSE(config.ok());
    EXPECT_THAT(config.error().message, HasSubstr("alerts/b.json:1: condition: is missing"));
    fs::remove_all(folder);
}

}  // namespace
}  // namespace tickstock
