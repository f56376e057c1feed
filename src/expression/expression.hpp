#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "expression/field.hpp"

namespace tickstock {

/// Why a text is no expression.
struct ExpressionError {
    std::size_t column = 1;  ///< in bytes, from 1
    std::string message;     ///< what stands there and what is accepted
};

/// Why an evaluation has no value.
enum class EvaluationError : std::uint8_t { None, DivisionByZero, NotFinite };
std::string_view to_string(EvaluationError error);

/// What an evaluation gave: a value, or why there is none.
struct Evaluation {
    double value = 0;  ///< booleans: 0 or 1
    EvaluationError error = EvaluationError::None;

    bool ok() const { return error == EvaluationError::None; }
    /// REQUIRES: ok(), a boolean expression.
    bool is_true() const { return value != 0; }
};

/// A compiled expression of the small language (docs/rules.md): comparisons, and / or / not,
/// arithmetic on doubles. Immutable; evaluation allocates nothing, is the same on every machine and
/// may run on any thread. Text, nesting and size are bounded, so an evaluation is too.
class Expression {
public:
    static constexpr std::size_t text_limit = 1024;  ///< bytes
    static constexpr std::size_t depth_limit =
        32;  ///< parentheses, not and minus within each other
    static constexpr std::size_t node_limit = 256;  ///< numbers, fields and operators

    /// `wanted` is what the whole must yield.
    static Result<Expression, ExpressionError> parse(std::string_view text, FieldCatalogue fields,
                                                     ValueType wanted);

    /// `values[i]` is field i of the catalogue that it was parsed with; booleans as 0 or 1.
    /// REQUIRES: as many values as the catalogue has fields.
    Evaluation evaluate(std::span<const double> values) const;

    /// Whether the value can depend on field `index`.
    bool uses(std::size_t index) const;

private:
    friend class ExpressionParser;

    enum class Op : std::uint8_t {
        Number,  ///< pushes `number`
        Field,   ///< pushes values[operand]
        Negate,
        Not,
        Add,
        Subtract,
        Multiply,
        Divide,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Equal,
        NotEqual,
        /// `and`: a false top stays and the right side is passed over, to `operand`; a true one
        /// goes.
        SkipWhenFalse,
        SkipWhenTrue,  ///< `or`
    };
    struct Instruction {
        Op op = Op::Number;
        std::uint16_t operand = 0;
        double number = 0;
    };
    /// Each nesting level keeps at most the left sides of a comparison, a sum and a product.
    static constexpr std::size_t stack_limit = 3 * (depth_limit + 1) + 1;

    static bool compare(Op op, double left, double right);

    std::vector<Instruction> program_;
};

/// The expression with a caret under the column, as two lines, for a terminal.
std::string point_at(std::string_view text, const ExpressionError& error);

}  // namespace tickstock
