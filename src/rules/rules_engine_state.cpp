// The state of SourceSpecificRulesEngine to bytes and back, and the switch of its rules.

#include <algorithm>

#include "rules/source_specific_rules_engine.hpp"

namespace tickstock {

/// Of a rule that has failed for the symbol.
struct SourceSpecificRulesEngine::SymbolFailures {
    RuleName rule;
    std::uint8_t of_condition = 0;
    std::uint8_t of_value = 0;

    template <class Archive>
    void archive(Archive& a) {
        a(rule, of_condition, of_value);
    }
};

struct SourceSpecificRulesEngine::RuleTotals {
    RuleName rule;
    std::uint64_t evaluated = 0;
    std::uint64_t failed = 0;
    std::uint64_t value_evaluated = 0;
    std::uint64_t value_failed = 0;
    std::uint64_t acted = 0;
    bool on = true;

    template <class Archive>
    void archive(Archive& a) {
        a(rule, evaluated, failed, value_evaluated, value_failed, acted, on);
    }
};

template <class Use>
void SourceSpecificRulesEngine::for_each_rule(Use use) const {
    std::for_each(validate_rules_.begin(), validate_rules_.end(), use);
    std::for_each(detection_rules_.begin(), detection_rules_.end(), use);
}

SourceSpecificRulesEngine::Rule* SourceSpecificRulesEngine::find_rule(std::string_view name) {
    for (std::vector<Rule>* rules : {&validate_rules_, &detection_rules_}) {
        for (Rule& rule : *rules) {
            if (rule.name.view() == name) {
                return &rule;
            }
        }
    }
    return nullptr;
}

bool SourceSpecificRulesEngine::switch_rule(std::string_view name, bool on) {
    Rule* rule = find_rule(name);
    if (rule == nullptr) {
        return false;
    }
    if (on && !rule->on) {
        rule->condition.forget_failures();
        if (rule->value) {
            rule->value->forget_failures();
        }
    }
    rule->on = on;
    list_validators();
    return true;
}

void SourceSpecificRulesEngine::save_symbol(SymbolId symbol, StateWriter& out) const {
    std::vector<SymbolFailures> failures;
    for_each_rule([&](const Rule& rule) {
        const SymbolFailures of_rule{
            rule.name, rule.condition.failures_in_a_row(symbol.value()),
            rule.value ? rule.value->failures_in_a_row(symbol.value()) : std::uint8_t{0}};
        if (of_rule.of_condition > 0 || of_rule.of_value > 0) {
            failures.push_back(of_rule);
        }
    });
    out(failures);
}

void SourceSpecificRulesEngine::load_symbol(SymbolId symbol, StateReader& in) {
    std::vector<SymbolFailures> failures;
    in(failures);
    for (const SymbolFailures& of_rule : failures) {
        constexpr std::uint8_t limit = GuardedExpression::failure_limit;
        Rule* rule = in.ok() ? find_rule(of_rule.rule.view()) : nullptr;
        if (rule == nullptr) {
            continue;
        }
        rule->condition.set_failures_in_a_row(symbol.value(),
                                              std::min(of_rule.of_condition, limit));
        if (rule->value) {
            rule->value->set_failures_in_a_row(symbol.value(), std::min(of_rule.of_value, limit));
        }
    }
}

void SourceSpecificRulesEngine::forget_symbol(SymbolId symbol) {
    for (std::vector<Rule>* rules : {&validate_rules_, &detection_rules_}) {
        for (Rule& rule : *rules) {
            rule.condition.set_failures_in_a_row(symbol.value(), 0);
            if (rule.value) {
                rule.value->set_failures_in_a_row(symbol.value(), 0);
            }
        }
    }
}

void SourceSpecificRulesEngine::save_totals(StateWriter& out) const {
    std::vector<RuleTotals> totals;
    for_each_rule([&](const Rule& rule) {
        const GuardedExpression::Counts condition = rule.condition.counts();
        const GuardedExpression::Counts value =
            rule.value ? rule.value->counts() : GuardedExpression::Counts{};
        totals.push_back({rule.name, condition.evaluated, condition.failed, value.evaluated,
                          value.failed, rule.acted, rule.on});
    });
    out(counts_, totals);
}

void SourceSpecificRulesEngine::add_totals(StateReader& in) {
    StageCounts counts;
    std::vector<RuleTotals> totals;
    in(counts, totals);
    if (!in.ok()) {
        return;
    }
    counts_ += counts;
    for (const RuleTotals& of_rule : totals) {
        Rule* rule = find_rule(of_rule.rule.view());
        if (rule == nullptr) {
            continue;
        }
        rule->condition.add_counts(of_rule.evaluated, of_rule.failed);
        if (rule->value) {
            rule->value->add_counts(of_rule.value_evaluated, of_rule.value_failed);
        }
        rule->acted += of_rule.acted;
        rule->on = rule->on && of_rule.on;
    }
    list_validators();
}

}  // namespace tickstock
