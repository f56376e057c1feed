#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <system_error>

#include "base/assert.hpp"
#include "expression/expression.hpp"
#include "expression/lexer.hpp"

namespace tickstock {

/// Recursive descent, one function a level of precedence, from `or` (loosest) to names (tightest).
/// Each function appends the code of its part and tells its type, or nothing after an error.
class ExpressionParser {
public:
    ExpressionParser(std::string_view text, FieldCatalogue fields) : lexer_(text), fields_(fields) {
        advance();
    }

    Result<Expression, ExpressionError> parse(ValueType wanted);

private:
    using Op = Expression::Op;
    using Kind = Token::Kind;
    /// A part of the expression: what it yields and where it begins.
    struct Part {
        ValueType type = ValueType::Number;
        std::size_t column = 1;
    };
    using Parsed = std::optional<Part>;

    Parsed disjunction();
    Parsed conjunction();
    Parsed negation();
    Parsed comparison();
    Parsed sum();
    Parsed product();
    Parsed signed_value();
    Parsed primary();
    Parsed number();
    Parsed field();

    /// `side and side and …`, or the same with `or`.
    Parsed joined(Kind word, Op skip, Parsed (ExpressionParser::*side)());
    /// Left-associative arithmetic; `op_of` names the operators of the level.
    Parsed chain(Parsed (ExpressionParser::*side)(), std::optional<Op> (*op_of)(Kind));
    /// `inner` one level deeper.
    Parsed deeper(Parsed (ExpressionParser::*inner)());
    bool require(const Part& part, ValueType type, std::string_view by);
    bool append(Op op, std::size_t operand = 0, double number = 0);
    void advance() { token_ = lexer_.next(); }
    std::nullopt_t fail(std::size_t column, std::string message);
    std::nullopt_t fail_here(std::string_view accepted);

    Lexer lexer_;
    const FieldCatalogue fields_;
    Token token_;
    std::size_t depth_ = 0;
    Expression result_;
    ExpressionError error_;  // the first one
};

namespace {

std::string_view name_of(ValueType type) {
    return type == ValueType::Number ? "a number" : "a condition";
}

std::string field_list(FieldCatalogue fields) {
    std::string list;
    for (const Field& field : fields) {
        list += list.empty() ? "" : ", ";
        list += field.name;
    }
    return list;
}

std::string quoted(const Token& token) {
    if (token.kind == Token::Kind::End) {
        return "the end of the expression";
    }
    if (const auto first = static_cast<unsigned char>(token.text[0]); first < ' ' || first > '~') {
        return fmt::format("the byte 0x{:02x}", first);
    }
    return fmt::format("\"{}\"", token.text);
}

}  // namespace

std::nullopt_t ExpressionParser::fail(std::size_t column, std::string message) {
    if (error_.message.empty()) {
        error_ = {column, std::move(message)};
    }
    return std::nullopt;
}

std::nullopt_t ExpressionParser::fail_here(std::string_view accepted) {
    if (token_.text == "=" || token_.text == "<>") {
        accepted = token_.text == "=" ? "==" : "!=";
    }
    return fail(token_.column, fmt::format("{}: accepted is {}", quoted(token_), accepted));
}

bool ExpressionParser::append(Op op, std::size_t operand, double number) {
    if (result_.program_.size() == Expression::node_limit) {
        fail(token_.column, fmt::format("too long: accepted are {} numbers, fields and operators",
                                        Expression::node_limit));
        return false;
    }
    result_.program_.push_back({op, static_cast<std::uint16_t>(operand), number});
    return true;
}

bool ExpressionParser::require(const Part& part, ValueType type, std::string_view by) {
    if (part.type != type) {
        fail(part.column,
             fmt::format("{} stands here: {} takes {}", name_of(part.type), by, name_of(type)));
    }
    return part.type == type;
}

ExpressionParser::Parsed ExpressionParser::deeper(Parsed (ExpressionParser::*inner)()) {
    if (depth_ == Expression::depth_limit) {
        return fail(token_.column, fmt::format("nested too deep: accepted are {} levels",
                                               Expression::depth_limit));
    }
    ++depth_;
    const Parsed part = (this->*inner)();
    --depth_;
    return part;
}

ExpressionParser::Parsed ExpressionParser::joined(Kind word, Op skip,
                                                  Parsed (ExpressionParser::*side)()) {
    const std::string_view by = word == Kind::And ? "and" : "or";
    Parsed left = (this->*side)();
    while (left && token_.kind == word) {
        if (!require(*left, ValueType::Boolean, by)) {
            return std::nullopt;
        }
        advance();
        const std::size_t jump = result_.program_.size();
        if (!append(skip)) {
            return std::nullopt;
        }
        const Parsed right = (this->*side)();
        if (!right || !require(*right, ValueType::Boolean, by)) {
            return std::nullopt;
        }
        result_.program_[jump].operand = static_cast<std::uint16_t>(result_.program_.size());
    }
    return left;
}

ExpressionParser::Parsed ExpressionParser::disjunction() {
    return joined(Kind::Or, Op::SkipWhenTrue, &ExpressionParser::conjunction);
}

ExpressionParser::Parsed ExpressionParser::conjunction() {
    return joined(Kind::And, Op::SkipWhenFalse, &ExpressionParser::negation);
}

ExpressionParser::Parsed ExpressionParser::negation() {
    if (token_.kind != Kind::Not) {
        return comparison();
    }
    const std::size_t column = token_.column;
    advance();
    const Parsed part = deeper(&ExpressionParser::negation);
    if (!part || !require(*part, ValueType::Boolean, "not") || !append(Op::Not)) {
        return std::nullopt;
    }
    return Part{ValueType::Boolean, column};
}

ExpressionParser::Parsed ExpressionParser::comparison() {
    const auto op_of = [](Kind kind) -> std::optional<Op> {
        switch (kind) {
            case Kind::Less: return Op::Less;
            case Kind::LessOrEqual: return Op::LessOrEqual;
            case Kind::Greater: return Op::Greater;
            case Kind::GreaterOrEqual: return Op::GreaterOrEqual;
            case Kind::Equal: return Op::Equal;
            case Kind::NotEqual: return Op::NotEqual;
            default: return std::nullopt;
        }
    };
    const Parsed left = sum();
    const auto op = op_of(token_.kind);
    if (!left || !op) {
        return left;
    }
    const std::string by(token_.text);
    if (!require(*left, ValueType::Number, by)) {
        return std::nullopt;
    }
    advance();
    const Parsed right = sum();
    if (!right || !require(*right, ValueType::Number, by) || !append(*op)) {
        return std::nullopt;
    }
    if (op_of(token_.kind)) {
        return fail_here("one comparison at a time, joined by and");
    }
    return Part{ValueType::Boolean, left->column};
}

ExpressionParser::Parsed ExpressionParser::chain(Parsed (ExpressionParser::*side)(),
                                                 std::optional<Op> (*op_of)(Kind)) {
    Parsed left = (this->*side)();
    for (auto op = op_of(token_.kind); left && op; op = op_of(token_.kind)) {
        const std::string_view by = token_.text;
        if (!require(*left, ValueType::Number, by)) {
            return std::nullopt;
        }
        advance();
        const Parsed right = (this->*side)();
        if (!right || !require(*right, ValueType::Number, by) || !append(*op)) {
            return std::nullopt;
        }
    }
    return left;
}

ExpressionParser::Parsed ExpressionParser::sum() {
    return chain(&ExpressionParser::product, [](Kind kind) {
        return kind == Kind::Plus    ? std::optional(Op::Add)
               : kind == Kind::Minus ? std::optional(Op::Subtract)
                                     : std::nullopt;
    });
}

ExpressionParser::Parsed ExpressionParser::product() {
    return chain(&ExpressionParser::signed_value, [](Kind kind) {
        return kind == Kind::Times  ? std::optional(Op::Multiply)
               : kind == Kind::Over ? std::optional(Op::Divide)
                                    : std::nullopt;
    });
}

ExpressionParser::Parsed ExpressionParser::signed_value() {
    if (token_.kind != Kind::Minus) {
        return primary();
    }
    const std::size_t column = token_.column;
    advance();
    const Parsed part = deeper(&ExpressionParser::signed_value);
    if (!part || !require(*part, ValueType::Number, "-") || !append(Op::Negate)) {
        return std::nullopt;
    }
    return Part{ValueType::Number, column};
}

ExpressionParser::Parsed ExpressionParser::primary() {
    switch (token_.kind) {
        case Kind::Number: return number();
        case Kind::Name: return field();
        case Kind::LeftParenthesis: break;
        default: return fail_here("a number, a field, -, not or (");
    }
    const std::size_t column = token_.column;
    advance();
    const Parsed part = deeper(&ExpressionParser::disjunction);
    if (!part) {
        return std::nullopt;
    }
    if (token_.kind != Kind::RightParenthesis) {
        return fail_here(fmt::format("an operator or ) for the ( of column {}", column));
    }
    advance();
    return Part{part->type, column};
}

ExpressionParser::Parsed ExpressionParser::number() {
    double value = 0;
    const char* end = token_.text.data() + token_.text.size();
    const auto [stop, status] = std::from_chars(token_.text.data(), end, value);
    if (status != std::errc() || stop != end || !std::isfinite(value)) {
        return fail_here("a number that a double can hold");
    }
    const std::size_t column = token_.column;
    if (!append(Op::Number, 0, value)) {
        return std::nullopt;
    }
    advance();
    return Part{ValueType::Number, column};
}

ExpressionParser::Parsed ExpressionParser::field() {
    const auto found = std::find_if(fields_.begin(), fields_.end(),
                                    [&](const Field& field) { return field.name == token_.text; });
    if (found == fields_.end()) {
        return fail(token_.column, fmt::format("unknown field {}; accepted are {}", quoted(token_),
                                               field_list(fields_)));
    }
    const Part part{found->type, token_.column};
    if (!append(Op::Field, static_cast<std::size_t>(found - fields_.begin()))) {
        return std::nullopt;
    }
    advance();
    return part;
}

Result<Expression, ExpressionError> ExpressionParser::parse(ValueType wanted) {
    const Parsed whole = disjunction();
    if (whole && token_.kind != Kind::End) {
        fail_here("an operator or the end");
    } else if (whole && whole->type != wanted) {
        fail(whole->column,
             fmt::format("the whole is {}: accepted is {}", name_of(whole->type), name_of(wanted)));
    }
    if (!error_.message.empty()) {
        return error_;
    }
    result_.program_.shrink_to_fit();
    return std::move(result_);
}

Result<Expression, ExpressionError> Expression::parse(std::string_view text, FieldCatalogue fields,
                                                      ValueType wanted) {
    TS_ASSERT(fields.size() <= 4096);
    if (text.size() > text_limit) {
        return ExpressionError{text_limit + 1,
                               fmt::format("too long: accepted are {} bytes", text_limit)};
    }
    return ExpressionParser(text, fields).parse(wanted);
}

}  // namespace tickstock
