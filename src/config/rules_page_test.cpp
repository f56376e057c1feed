// docs/rules.md: every expression in a fence marked `expression KIND` or `value KIND` compiles.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "config/rule_fields.hpp"
#include "config/rule_files.hpp"

namespace tickstock {
namespace {

const std::map<std::string, RuleKind> kinds{{"event", RuleKind::Event},
                                            {"filter", RuleKind::Filter},
                                            {"validate", RuleKind::Validate},
                                            {"transform", RuleKind::Transform},
                                            {"enrich", RuleKind::Enrich}};

TEST(RulesPage, ItsExpressionsCompile) {
    std::ifstream page(TICKSTOCK_SOURCE_DIR "/docs/rules.md");
    std::string fence;  // what stands behind the open one; empty outside
    std::map<std::string, int> seen;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("```")) {
            fence = line.substr(3);
            continue;
        }
        const auto space = fence.find(' ');
        if (space == std::string::npos) {
            continue;
        }
        const RuleKind kind = kinds.at(fence.substr(space + 1));
        const bool is_value = fence.starts_with("value ");
        const auto compiled = Expression::parse(line, fields_of(kind),
                                                is_value ? ValueType::Number : ValueType::Boolean);
        EXPECT_TRUE(compiled.ok())
            << line << "\ncolumn " << compiled.error().column << ": " << compiled.error().message;
        if (kind == RuleKind::Validate && compiled.ok()) {
            EXPECT_TRUE(record_kinds_of(*compiled).any()) << line;
        }
        ++seen[fence];
    }
    EXPECT_EQ(seen.size(), 5U);
    EXPECT_GE(seen["expression event"], 9);
}

TEST(RulesPage, ItsFileIsGood) {
    std::ifstream page(TICKSTOCK_SOURCE_DIR "/docs/rules.md");
    std::string json;
    bool inside = false;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("```")) {
            inside = line == "```json";
        } else if (inside) {
            json += line + "\n";
        }
    }
    RuleFiles files;
    read_rule_text(json, "docs/rules.md", "docs/rules.md", files);
    EXPECT_TRUE(files.errors.empty()) << files.errors[0];
    EXPECT_EQ(files.rules.size(), 1U);
}

}  // namespace
}  // namespace tickstock
