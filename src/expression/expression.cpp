#include "expression/expression.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/assert.hpp"

namespace tickstock {

std::string_view to_string(EvaluationError error) {
    switch (error) {
        case EvaluationError::None: return "none";
        case EvaluationError::DivisionByZero: return "division by zero";
        case EvaluationError::NotFinite: return "not a finite number";
    }
    TS_ASSERT(false);
}

bool Expression::compare(Op op, double left, double right) {
    switch (op) {
        case Op::Less: return left < right;
        case Op::LessOrEqual: return left <= right;
        case Op::Greater: return left > right;
        case Op::GreaterOrEqual: return left >= right;
        case Op::Equal: return left == right;
        case Op::NotEqual: return left != right;
        default: TS_ASSERT(false);
    }
}

Evaluation Expression::evaluate(std::span<const double> values) const {
    std::array<double, stack_limit> stack;  // written before it is read: parse() saw to that
    std::size_t size = 0;
    const std::size_t end = program_.size();
    for (std::size_t at = 0; at < end; ++at) {
        const Instruction& step = program_[at];
        switch (step.op) {
            case Op::Number: stack[size++] = step.number; continue;
            case Op::Field:
                stack[size] = values[step.operand];
                if (!std::isfinite(stack[size++])) {
                    return {0, EvaluationError::NotFinite};
                }
                continue;
            case Op::Negate: stack[size - 1] = -stack[size - 1]; continue;
            case Op::Not: stack[size - 1] = stack[size - 1] == 0 ? 1 : 0; continue;
            case Op::SkipWhenFalse:
            case Op::SkipWhenTrue:
                if ((stack[size - 1] != 0) == (step.op == Op::SkipWhenTrue)) {
                    at = step.operand - std::size_t{1};
                } else {
                    --size;
                }
                continue;
            default: break;
        }
        const double right = stack[--size];
        double& left = stack[size - 1];
        switch (step.op) {
            case Op::Add: left += right; break;
            case Op::Subtract: left -= right; break;
            case Op::Multiply: left *= right; break;
            case Op::Divide:
                if (right == 0) {
                    return {0, EvaluationError::DivisionByZero};
                }
                left /= right;
                break;
            default: left = compare(step.op, left, right) ? 1 : 0; break;
        }
        if (!std::isfinite(left)) {
            return {0, EvaluationError::NotFinite};
        }
    }
    TS_ASSERT(size == 1);
    return {stack[0], EvaluationError::None};
}

bool Expression::uses(std::size_t index) const {
    return std::any_of(program_.begin(), program_.end(), [&](const Instruction& step) {
        return step.op == Op::Field && step.operand == index;
    });
}

std::string point_at(std::string_view text, const ExpressionError& error) {
    std::string lines(text.substr(0, Expression::text_limit));
    std::replace_if(
        lines.begin(), lines.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
    lines += '\n';
    lines.append(std::min(error.column, Expression::text_limit + 1) - 1, ' ');
    lines += '^';
    return lines;
}

}  // namespace tickstock
