#include "config/rule_files.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "config/json_entries.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

RuleFiles read(std::string_view text) {
    RuleFiles files;
    read_rule_text(text, "/c/rules/mine.json", "rules/mine.json", files);
    return files;
}

/// The only error about a file with one rule of these members, from its line on.
std::string error_of(const std::string& members) {
    const RuleFiles files = read("{\"rules\":[\n{\n" + members + "\n}]}");
    EXPECT_EQ(files.rules.size() + files.errors.size(), 1U) << members;
    return files.errors.empty() ? "no error" : files.errors[0].substr(19);
}

std::string event_with(const std::string& members) {
    return error_of(R"("name":"a","kind":"event","when":"price > 1",)" + members);
}

TEST(RuleFiles, AWholeRule) {
    const RuleFiles files = read(R"({
  "rules": [
    {  // comments are allowed
      "name": "big-move",
      "kind": "event",
      "sources": ["tick", "websocket"],
      "when": "percent_change > 3",
      "priority": 7,
      "cooldown_seconds": 1.5,
      "enabled": false,
      "description": "Up a lot."
    },
    {"name": "x", "kind": "transform", "types": ["high"], "field": "confidence", "value": 0.5}
  ]
})");
    ASSERT_THAT(files.errors, ElementsAre());
    ASSERT_EQ(files.rules.size(), 2U);
    const UserRule& rule = files.rules[0].rule;
    EXPECT_EQ(rule.name, "big-move");
    EXPECT_EQ(rule.kind, RuleKind::Event);
    EXPECT_THAT(rule.sources, ElementsAre(SourceKind::Tick, SourceKind::WebSocket));
    EXPECT_EQ(rule.when, "percent_change > 3");
    EXPECT_EQ(rule.priority, 7);
    EXPECT_EQ(rule.cooldown, std::chrono::milliseconds(1500));
    EXPECT_EQ(rule.origin, "rules/mine.json:3");
    EXPECT_FALSE(files.rules[0].enabled);
    EXPECT_EQ(files.rules[0].description, "Up a lot.");
    const UserRule& second = files.rules[1].rule;
    EXPECT_THAT(second.types, ElementsAre(EventType::High));
    EXPECT_EQ(second.value, "0.5");
    EXPECT_EQ(second.priority, 100);
    EXPECT_EQ(second.cooldown, std::chrono::seconds(60));
    ASSERT_EQ(files.enabled().size(), 1U);
    EXPECT_EQ(files.enabled()[0].name, "x");
}

TEST(RuleFiles, AnErrorNamesLineKeyValueAndWhatIsAccepted) {
    EXPECT_EQ(error_of(R"("name":"A b","kind":"event","when":"price > 1")"),
              "3: name = \"A b\": accepted is 1 to 40 of a-z, 0-9, _ and -");
    EXPECT_EQ(error_of(R"("name":"a","kind":"evnt","when":"price > 1")"),
              "3: kind = \"evnt\": accepted is filter, validate, transform, enrich, event");
    EXPECT_EQ(event_with("\"sources\":[\"tik\"]"),
              "3: sources = [\"tik\"]: accepted is a list of tick, websocket, ohlcv, fmv, channel");
    EXPECT_EQ(event_with("\"priority\":-1"),
              "3: priority = -1: accepted is integer, 0 to 10000, smaller first");
    EXPECT_EQ(event_with("\"priority\":1.5"),
              "3: priority = 1.5: accepted is integer, 0 to 10000, smaller first");
    EXPECT_EQ(event_with("\"cooldown_seconds\":86401"),
              "3: cooldown_seconds = 86401: accepted is decimal, 0 to 86400 s");
    EXPECT_EQ(event_with("\"cooldown_seconds\":86400"), "no error");
    EXPECT_EQ(event_with("\"enabled\":\"yes\""), "3: enabled = \"yes\": accepted is true, false");
    EXPECT_THAT(
        event_with("\"colour\":1"),
        HasSubstr("3: colour = 1: unknown key; accepted beside it are name, kind, sources"));
}

TEST(RuleFiles, AnExpressionsErrorNamesItsColumn) {
    EXPECT_EQ(error_of(R"("name":"a","kind":"event","when":"price = 5")"),
              "3: when = \"price = 5\": column 7: \"=\": accepted is ==");
    EXPECT_THAT(error_of(R"("name":"a","kind":"validate","when":"score > 5")"),
                HasSubstr("column 1: unknown field \"score\"; accepted are delay_seconds, price"));
    EXPECT_EQ(error_of(R"("name":"a","kind":"enrich","field":"x","value":"price > 1")"),
              "3: value = \"price > 1\": column 1: the whole is a condition: accepted is a number");
    EXPECT_EQ(error_of(R"("name":"a","kind":"validate","when":"size > 1 and close > 1")"),
              "3: when = \"size > 1 and close > 1\": no kind of record has all these fields; "
              "accepted are those of trades, of bars or of fair values");
}

TEST(RuleFiles, EachKindHasItsMembers) {
    EXPECT_EQ(error_of(R"("kind":"event","when":"price > 1")"),
              "2: name: is missing; every rule needs it");
    EXPECT_EQ(error_of(R"("name":"a","when":"price > 1")"),
              "2: kind: is missing; every rule needs it");
    EXPECT_EQ(error_of(R"("name":"a","kind":"filter")"),
              "2: when: is missing; a rule of kind filter needs it");
    EXPECT_EQ(error_of(R"("name":"a","kind":"transform","value":1)"),
              "2: field: is missing; a rule of kind transform needs it");
    EXPECT_EQ(event_with("\"field\":\"score\""),
              "3: field = \"score\": accepted in rules of kind transform, enrich only");
    EXPECT_EQ(event_with("\"types\":[\"high\"]"),
              "3: types = [\"high\"]: accepted in rules of kind filter, transform, enrich only");
    EXPECT_EQ(error_of(R"("name":"a","kind":"filter","when":"price > 1","cooldown_seconds":1)"),
              "3: cooldown_seconds = 1: accepted in rules of kind event only");
    EXPECT_EQ(error_of(R"("name":"a","kind":"transform","field":"price","value":1)"),
              "3: field = \"price\": accepted is confidence, score");
    EXPECT_EQ(error_of(R"("name":"a","kind":"enrich","field":"no tional","value":1)"),
              "3: field = \"no tional\": accepted is 1 to 40 of a-z, 0-9, _ and -");
    EXPECT_THAT(error_of(R"("name":"a","kind":"filter","when":"price > 1","types":["control"])"),
                HasSubstr("accepted is a list of trend, surge, high, low, valuation, rule"));
}

TEST(RuleFiles, ANameStandsOnce) {
    RuleFiles files;
    const std::string text = R"({"rules":[{"name":"a","kind":"event","when":"price > 1"}]})";
    read_rule_text(text, "one.json", "rules/one.json", files);
    read_rule_text(text, "two.json", "rules/two.json", files);
    EXPECT_THAT(files.errors,
                ElementsAre("two.json:1: name = \"a\": given twice, first in rules/one.json:1"));
}

TEST(RuleFiles, AtMostAThousandRules) {
    RuleFiles files;
    for (int i = 0; i <= 1000; ++i) {
        read_rule_text(
            fmt::format(R"({{"rules":[{{"name":"r{}","kind":"event","when":"price > 1"}}]}})", i),
            "f.json", "rules/f.json", files);
    }
    EXPECT_EQ(files.rules.size(), 1000U);
    EXPECT_THAT(files.errors,
                ElementsAre("f.json:1: name = \"r1000\": too many rules: accepted are 1000"));
}

TEST(RuleFiles, OtherShapesAreRefused) {
    EXPECT_THAT(read("{\"rules\":5}").errors,
                ElementsAre("/c/rules/mine.json:1: rules = 5: accepted is a list of objects"));
    EXPECT_THAT(read("{\"rules\":[5]}").errors,
                ElementsAre("/c/rules/mine.json:1: rules = 5: accepted is a list of objects"));
    EXPECT_THAT(
        read("{\"rule\":[]}").errors,
        ElementsAre("/c/rules/mine.json:1: rule: unknown key; accepted beside it are rules"));
    EXPECT_THAT(read("{\"rules\":[{\"name\":{}}]}").errors[0], HasSubstr("name"));
    EXPECT_EQ(read("{\"rules\":[").errors.size(), 1U);
    EXPECT_EQ(read("[]").errors.size(), 1U);
    EXPECT_EQ(read("{\"rules\":[]}").errors.size(), 0U);
    EXPECT_EQ(read("{}").errors.size(), 0U);
    EXPECT_EQ(read("{\"rules\":[{}]}").errors.size(), 2U);  // name and kind
}

class RuleDirectory : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = ::testing::TempDir() + "rules_test_XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
        fs::create_directories(directory_ / "rules");
    }
    void TearDown() override { fs::remove_all(directory_); }
    void write(const std::string& file, const std::string& name, const std::string& when) {
        std::ofstream(directory_ / "rules" / file) << fmt::format(
            R"({{"rules":[{{"name":"{}","kind":"event","when":"{}"}}]}})", name, when);
    }

    fs::path directory_;
};

TEST_F(RuleDirectory, FilesAreReadByName) {
    write("b.json", "second", "price > 2");
    write("a.json", "first", "price > 1");
    write("c.txt", "no-rule", "nonsense");
    const auto config = load_config(directory_.string(), {}, {});
    ASSERT_TRUE(config.ok()) << config.error().message;
    const auto& rules = config->pipeline.rules.user;
    ASSERT_EQ(rules.size(), 2U);
    EXPECT_EQ(rules[0].name, "first");
    EXPECT_EQ(rules[1].origin, "rules/b.json:1");
}

TEST_F(RuleDirectory, AMissingFolderHoldsNoneAndIsNotMade) {
    fs::remove_all(directory_ / "rules");
    ASSERT_TRUE(load_config(directory_.string(), {}, {}).ok());
    EXPECT_FALSE(fs::exists(directory_ / "rules"));
}

TEST_F(RuleDirectory, ItsErrorsAreErrorsOfTheConfiguration) {
    write("a.json", "first", "prize > 1");
    const auto config = load_config(directory_.string(), {}, {});
    ASSERT_FALSE(config.ok());
    EXPECT_THAT(config.error().message,
                HasSubstr("rules/a.json:1: when = \"prize > 1\": column 1"));
}

TEST(ShippedRules, AreGoodAndOff) {
    const RuleFiles shipped = read_rule_directory(TICKSTOCK_SOURCE_DIR "/config");
    EXPECT_THAT(shipped.errors, ElementsAre());
    EXPECT_GE(shipped.rules.size(), 5U);
    EXPECT_TRUE(shipped.enabled().empty());
}

TEST(JsonEntries, ObjectsInListsHaveTheirPlaceAsKey) {
    const auto entries =
        read_json_entries("{\"a\":[{\"x\":1,\n\"y\":[1,2]},{}],\"b\":[3,{}]}", true);
    ASSERT_TRUE(entries.ok()) << entries.error().message;
    std::vector<std::string> paths;
    for (const JsonEntry& entry : *entries) {
        paths.push_back(fmt::format("{}:{}:{}", entry.path, entry.line, entry.value.items.size()));
    }
    EXPECT_THAT(paths, ElementsAre("a:1:0", "a.0:1:0", "a.0.x:1:0", "a.0.y:2:2", "a.1:2:0", "b:2:1",
                                   "b.0:2:0"));
    EXPECT_FALSE(read_json_entries("{\"a\":[{}]}").ok());
    EXPECT_FALSE(read_json_entries("{\"a\":[[1]]}", true).ok());
}

}  // namespace
}  // namespace tickstock
