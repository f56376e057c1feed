#include "cli/command_line_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "config/rule_fields.hpp"

namespace tickstock {
namespace {

std::string free_name(const std::vector<UserRule>& rules) {
    for (std::size_t number = 1;; ++number) {
        const std::string name = number == 1 ? "rule" : fmt::format("rule-{}", number);
        const bool taken = std::any_of(rules.begin(), rules.end(),
                                       [&](const UserRule& rule) { return rule.name == name; });
        if (!taken) {
            return name;
        }
    }
}

}  // namespace

std::string CommandLineRules::add_to(std::vector<UserRule>& rules) const {
    if (!std::isfinite(cooldown_seconds)) {
        return "--rule-cooldown: accepted are 0 to 86400 seconds";
    }
    for (const std::string& expression : expressions) {
        if (expression.empty()) {
            return "--rule '': accepted is a condition; `tickstock rules fields` lists the fields";
        }
        UserRule rule;
        rule.kind = RuleKind::Event;
        rule.name = free_name(rules);
        rule.when = expression;
        rule.cooldown =
            std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(cooldown_seconds));
        rule.origin = "--rule";
        if (const auto compiled = compile_condition(rule); !compiled) {
            return fmt::format("--rule: column {}: {}\n{}", compiled.error().column,
                               compiled.error().message, point_at(expression, compiled.error()));
        }
        rules.push_back(std::move(rule));
    }
    return {};
}

}  // namespace tickstock
