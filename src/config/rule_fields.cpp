#include "config/rule_fields.hpp"

#include "base/assert.hpp"

namespace tickstock {

FieldCatalogue fields_of(RuleKind kind) {
    switch (kind) {
        case RuleKind::Validate: return record_rule_fields;
        case RuleKind::Event: return event_rule_fields;
        case RuleKind::Filter:
        case RuleKind::Transform:
        case RuleKind::Enrich: return detection_rule_fields;
    }
    TS_ASSERT(false);
}

RecordKinds record_kinds_of(const Expression& condition) {
    const auto uses = [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            if (condition.uses(i)) {
                return true;
            }
        }
        return false;
    };
    const bool trade = uses(first_trade_field, first_bar_field);
    const bool bar = uses(first_bar_field, first_fair_value_field);
    const bool fair_value = uses(first_fair_value_field, record_rule_fields.size());
    return {!bar && !fair_value, !trade && !fair_value, !trade && !bar};
}

std::string_view to_string(RuleKind kind) {
    switch (kind) {
        case RuleKind::Filter: return "filter";
        case RuleKind::Validate: return "validate";
        case RuleKind::Transform: return "transform";
        case RuleKind::Enrich: return "enrich";
        case RuleKind::Event: return "event";
    }
    TS_ASSERT(false);
}

Result<Expression, ExpressionError> compile_condition(const UserRule& rule) {
    return Expression::parse(rule.when.empty() ? "1 == 1" : rule.when, fields_of(rule.kind),
                             ValueType::Boolean);
}

Result<Expression, ExpressionError> compile_value(const UserRule& rule) {
    return Expression::parse(rule.value, fields_of(rule.kind), ValueType::Number);
}

}  // namespace tickstock
