// Random expressions: the compiled program against a tree that is walked as it was drawn.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "expression/expression.hpp"

namespace tickstock {
namespace {

constexpr std::array<Field, 3> fields{{
    {"a", ValueType::Number, ""},
    {"b.c", ValueType::Number, ""},
    {"flag", ValueType::Boolean, ""},
}};

struct Node {
    std::string sign;  // operator, or the literal or name of a leaf
    std::vector<std::unique_ptr<Node>> sides;
    ValueType type = ValueType::Number;
};

const std::vector<std::string> comparisons{"<", "<=", ">", ">=", "==", "!="};
const std::vector<std::string> arithmetic{"+", "-", "*", "/"};

std::unique_ptr<Node> draw(ValueType type, int depth) {
    auto node = std::make_unique<Node>();
    node->type = type;
    const auto add = [&](ValueType side) { node->sides.push_back(draw(side, depth - 1)); };
    const int choice = *rc::gen::inRange(0, 10);
    if (type == ValueType::Number) {
        if (depth == 0 || choice < 4) {
            const int value = *rc::gen::inRange(0, 4);
            node->sign = choice < 2 ? std::to_string(value) : value < 2 ? "a" : "b.c";
        } else if (choice == 4) {
            node->sign = "-";
            add(ValueType::Number);
        } else {
            node->sign = *rc::gen::elementOf(arithmetic);
            add(ValueType::Number);
            add(ValueType::Number);
        }
    } else if (depth == 0 || choice < 1) {
        node->sign = "flag";
    } else if (choice < 5) {
        node->sign = *rc::gen::elementOf(comparisons);
        add(ValueType::Number);
        add(ValueType::Number);
    } else if (choice < 6) {
        node->sign = *rc::gen::element<std::string>("not", "!");
        add(ValueType::Boolean);
    } else {
        node->sign = *rc::gen::element<std::string>("and", "or", "&&", "||");
        add(ValueType::Boolean);
        add(ValueType::Boolean);
    }
    return node;
}

bool is_and(const Node& node) {
    return node.sign == "and" || node.sign == "&&";
}
bool is_not(const Node& node) {
    return node.sign == "not" || node.sign == "!";
}

/// Nothing = an error.
std::optional<double> walk(const Node& node, const std::array<double, 3>& values) {
    if (node.sides.empty()) {
        return node.sign == "a"      ? values[0]
               : node.sign == "b.c"  ? values[1]
               : node.sign == "flag" ? values[2]
                                     : std::stod(node.sign);
    }
    const auto left = walk(*node.sides[0], values);
    if (!left) {
        return std::nullopt;
    }
    if (node.sides.size() == 1) {
        return is_not(node) ? (*left == 0 ? 1 : 0) : -*left;
    }
    const bool logic = node.type == ValueType::Boolean && node.sides[0]->type == ValueType::Boolean;
    if (logic && (*left != 0) != is_and(node)) {
        return left;
    }
    const auto right = walk(*node.sides[1], values);
    if (!right || logic) {
        return right;
    }
    if (node.sign == "/" && *right == 0) {
        return std::nullopt;
    }
    const double result = node.sign == "+"    ? *left + *right
                          : node.sign == "-"  ? *left - *right
                          : node.sign == "*"  ? *left * *right
                          : node.sign == "/"  ? *left / *right
                          : node.sign == "<"  ? *left < *right
                          : node.sign == "<=" ? *left <= *right
                          : node.sign == ">"  ? *left > *right
                          : node.sign == ">=" ? *left >= *right
                          : node.sign == "==" ? *left == *right
                                              : *left != *right;
    return std::isfinite(result) ? std::optional(result) : std::nullopt;
}

/// 1 `or` … 7 leaves: the table of docs/rules.md.
int level_of(const Node& node) {
    if (node.sides.empty()) {
        return 7;
    }
    if (node.sides.size() == 1) {
        return is_not(node) ? 3 : 7;
    }
    if (node.type == ValueType::Boolean) {
        return node.sides[0]->type == ValueType::Number ? 4 : is_and(node) ? 2 : 1;
    }
    return node.sign == "+" || node.sign == "-" ? 5 : 6;
}

/// With as few parentheses as the table allows; operators of one level group from the left.
std::string write(const Node& node) {
    const auto side = [&](std::size_t i, int least) {
        const Node& inner = *node.sides[i];
        const std::string text = write(inner);
        return level_of(inner) < least ? "(" + text + ")" : text;
    };
    if (node.sides.empty()) {
        return node.sign;
    }
    const int level = level_of(node);
    if (node.sides.size() == 1) {
        return node.sign + " " + side(0, level);
    }
    const int left = level == 4 ? 5 : level;
    return side(0, left) + " " + node.sign + " " + side(1, level + 1);
}

TEST(ExpressionProperty, TheProgramGivesWhatTheTreeGives) {
    EXPECT_TRUE(rc::check([] {
        const ValueType type = *rc::gen::element(ValueType::Number, ValueType::Boolean);
        const auto tree = draw(type, *rc::gen::inRange(0, 6));
        const std::string text = write(*tree);
        const auto expression = Expression::parse(text, fields, type);
        if (!expression.ok()) {
            RC_ASSERT(expression.error().message.starts_with("too long") ||
                      expression.error().message.starts_with("nested too deep"));
            RC_DISCARD("over a limit");
        }
        for (const double a : {0.0, 1.0, -2.5}) {
            for (const double b : {0.0, 2.0}) {
                for (const double flag : {0.0, 1.0}) {
                    const std::array<double, 3> values{a, b, flag};
                    const auto expected = walk(*tree, values);
                    const Evaluation result = expression->evaluate(values);
                    RC_ASSERT(result.ok() == expected.has_value());
                    if (expected) {
                        RC_ASSERT(result.value == *expected);
                    }
                }
            }
        }
    }));
}

}  // namespace
}  // namespace tickstock
