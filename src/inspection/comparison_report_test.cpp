#include "inspection/comparison_report.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "inspection/comparison_charts.hpp"
#include "inspection/difference_fields.hpp"

namespace tickstock {
namespace {

const std::string hostile = R"(<b>"&'>)";

ComparedEvent compared(std::string_view symbol, std::int64_t cents, std::uint64_t number) {
    ComparedEvent one;
    one.symbol = SymbolText(symbol);
    one.number = number;
    Detection& detection = one.event.detection;
    detection.price = Price::from_cents(cents);
    detection.ts = unix_nanos(1'709'649'000'000'000'000);
    detection.key.fire = detection.ts;
    detection.direction = Direction::Up;
    detection.data = HighLowData{};
    detection.context.sequence = Sequence{77};
    return one;
}

ComparisonTally hostile_tally() {
    ComparisonTally tally(100, ComparisonTally::Keep::First);
    const ComparedEvent a = compared(hostile, 1000, 1);
    const ComparedEvent b = compared(hostile, 1001, 2);
    tally.add({ComparisonOutcome::Kind::OnlyA, &a, nullptr});
    tally.add({ComparisonOutcome::Kind::Near, &a, &b});
    tally.add({ComparisonOutcome::Kind::Both, &a, &a});
    return tally;
}

ComparisonFacts hostile_facts() {
    ComparisonFacts facts;
    facts.a.name = "</title><script>alert(1)</script>";
    facts.b.name = "b\" onload=\"x";
    facts.inputs = {"<file>&.csv"};
    ConfigDifference setting;
    setting.name = "rules/<i>.json";
    setting.from = "'1'";
    setting.to = "<2>";
    facts.settings = {setting};
    facts.notes = {"</dl><h1>"};
    return facts;
}

/// Every tag is closed in the order in which it was opened, attributes are quoted, and nothing but
/// known names occurs. Empty = well formed; else what is wrong.
std::string problem_of(std::string_view page) {
    const std::set<std::string, std::less<>> empty_ones{"meta", "line", "rect/", "br"};
    const std::set<std::string, std::less<>> known{
        "html",  "head", "meta", "title", "style",   "body",       "h1",    "h2",
        "p",     "dl",   "dt",   "dd",    "br",      "div",        "table", "thead",
        "tbody", "tr",   "th",   "td",    "figure",  "figcaption", "span",  "i",
        "svg",   "line", "text", "rect",  "details", "summary",    "b",     "footer"};
    std::vector<std::string> open;
    std::size_t at = page.find('>') + 1;  // behind the doctype
    while ((at = page.find('<', at)) != std::string_view::npos) {
        const std::size_t end = page.find('>', at);
        if (end == std::string_view::npos) {
            return "a tag that does not end";
        }
        std::string_view tag = page.substr(at + 1, end - at - 1);
        at = end + 1;
        const bool closes = tag.starts_with('/');
        const bool is_whole = tag.ends_with('/');
        const std::string name(
            tag.substr(closes ? 1 : 0, tag.find_first_of(" /", 1) - (closes ? 1 : 0)));
        if (!known.contains(name)) {
            return "unknown tag " + std::string(tag);
        }
        if (std::count(tag.begin(), tag.end(), '"') % 2 != 0) {
            return "odd quotes in " + std::string(tag);
        }
        if (closes) {
            if (open.empty() || open.back() != name) {
                return "closes " + name + " in " + (open.empty() ? "nothing" : open.back());
            }
            open.pop_back();
        } else if (!is_whole && !empty_ones.contains(name)) {
            open.push_back(name);
        }
    }
    return open.empty() ? "" : "left open: " + open.back();
}

TEST(ComparisonReport, ThePageIsWellFormedWhateverSymbolsAndSettingsSay) {
    const std::string page = comparison_html(hostile_facts(), hostile_tally());
    EXPECT_EQ(problem_of(page), "");
    EXPECT_EQ(page.find("<script"), std::string::npos);
    EXPECT_EQ(page.find(hostile), std::string::npos);
    EXPECT_NE(page.find(html_escape(hostile)), std::string::npos);
    EXPECT_EQ(page.find("onload=\"x"), std::string::npos);
    EXPECT_EQ(page.find("http"), std::string::npos) << "it needs nothing from elsewhere";
}

TEST(ComparisonReport, TheCheckOfThePageItselfSeesFaults) {
    EXPECT_NE(problem_of("<!doctype html><p><b></p></b>"), "");
    EXPECT_NE(problem_of("<!doctype html><script></script>"), "");
    EXPECT_NE(problem_of("<!doctype html><p>"), "");
}

TEST(ComparisonReport, AnEqualPairSaysSo) {
    ComparisonTally tally(10, ComparisonTally::Keep::First);
    const ComparedEvent a = compared("A", 1000, 1);
    tally.add({ComparisonOutcome::Kind::Both, &a, &a});
    EXPECT_NE(comparison_text({}, tally, 10).find("the same 1 events"), std::string::npos);
    EXPECT_NE(comparison_json({}, tally).find("\"equal\":true"), std::string::npos);
    EXPECT_EQ(problem_of(comparison_html({}, tally)), "");
    const ComparisonTally none(10, ComparisonTally::Keep::First);
    EXPECT_EQ(problem_of(comparison_html({}, none)), "");
}

TEST(ComparisonReport, TextAndJsonNameBothSidesOfADifference) {
    const std::string json = comparison_json(hostile_facts(), hostile_tally());
    EXPECT_NE(json.find("\"counts\":{\"a\":3,\"b\":2,\"both\":1,\"changed\":0,\"near\":1,"
                        "\"only_a\":1,\"only_b\":0}"),
              std::string::npos)
        << json;
    EXPECT_NE(json.find("\"offset\":2,\"sequence\":77"), std::string::npos);
    const std::string text = comparison_text(hostile_facts(), hostile_tally(), 10);
    EXPECT_NE(text.find("A 10 up, offset 1, record 77 | B 10.01 up, offset 2"), std::string::npos)
        << text;
}

TEST(DifferenceFields, ReadsNestedMembersArraysAndEscapes) {
    const auto fields =
        body_fields(R"({"id":"1","data":{"x":1,"y":{"z":[1,{"q":2}]}},"t":"a\",b","e":null})");
    ASSERT_EQ(fields.size(), 5U);
    EXPECT_EQ(fields[1].name, "data.x");
    EXPECT_EQ(fields[2].name, "data.y.z");
    EXPECT_EQ(fields[2].value, R"([1,{"q":2}])");
    EXPECT_EQ(fields[3].value, R"(a\",b)");
    EXPECT_EQ(fields[4].value, "null");
    EXPECT_TRUE(body_fields("").empty());
}

}  // namespace
}  // namespace tickstock
