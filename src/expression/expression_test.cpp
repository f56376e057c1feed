#include "expression/expression.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>

namespace tickstock {
namespace {

constexpr std::array<Field, 5> fields{{
    {"price", ValueType::Number, "USD"},
    {"volume", ValueType::Number, "shares"},
    {"rel_volume", ValueType::Number, ""},
    {"regular", ValueType::Boolean, ""},
    {"router.error_rate", ValueType::Number, "percent"},
}};
constexpr std::array<double, 5> values{100.5, 2000, 3, 1, 7.5};

bool holds(std::string_view text) {
    const auto expression = Expression::parse(text, fields, ValueType::Boolean);
    EXPECT_TRUE(expression.ok()) << text << ": " << expression.error().message;
    const Evaluation result = expression->evaluate(values);
    EXPECT_TRUE(result.ok()) << text;
    return result.is_true();
}

double value_of(std::string_view text) {
    const auto expression = Expression::parse(text, fields, ValueType::Number);
    EXPECT_TRUE(expression.ok()) << text << ": " << expression.error().message;
    const Evaluation result = expression->evaluate(values);
    EXPECT_TRUE(result.ok()) << text;
    return result.value;
}

EvaluationError failure_of(std::string_view text) {
    return Expression::parse(text, fields, ValueType::Number)->evaluate(values).error;
}

/// "COLUMN: MESSAGE"; empty when it parses.
std::string refusal_of(std::string_view text, ValueType wanted = ValueType::Boolean) {
    const auto expression = Expression::parse(text, fields, wanted);
    return expression.ok()
               ? ""
               : std::to_string(expression.error().column) + ": " + expression.error().message;
}

TEST(Expression, ComparesAFieldWithANumber) {
    EXPECT_TRUE(holds("price > 100"));
    EXPECT_FALSE(holds("price > 100.5"));
    EXPECT_TRUE(holds("price >= 100.5"));
    EXPECT_TRUE(holds("price <= 100.5"));
    EXPECT_FALSE(holds("price < 100.5"));
    EXPECT_TRUE(holds("price == 100.5"));
    EXPECT_FALSE(holds("price != 100.5"));
    EXPECT_TRUE(holds("router.error_rate > 5"));
}

TEST(Expression, WordsAndSignsOfLogicAreTheSame) {
    EXPECT_TRUE(holds("price > 100 and volume >= 2000"));
    EXPECT_TRUE(holds("price > 100 && volume >= 2000"));
    EXPECT_FALSE(holds("not (price > 100 or volume > 5000)"));
    EXPECT_FALSE(holds("!(price > 100 || volume > 5000)"));
    EXPECT_TRUE(holds("regular"));
    EXPECT_FALSE(holds("not regular"));
}

TEST(Expression, AndBindsTighterThanOrAndNotLooserThanComparisons) {
    EXPECT_TRUE(holds("regular or regular and price < 0"));
    EXPECT_FALSE(holds("(regular or regular) and price < 0"));
    EXPECT_TRUE(holds("not price < 100"));
    EXPECT_FALSE(holds("not regular or price < 0"));
}

TEST(Expression, ArithmeticHasTheUsualOrder) {
    EXPECT_EQ(value_of("1 + 2 * 3"), 7);
    EXPECT_EQ(value_of("(1 + 2) * 3"), 9);
    EXPECT_EQ(value_of("10 - 4 - 3"), 3);
    EXPECT_EQ(value_of("100 / 10 / 5"), 2);
    EXPECT_EQ(value_of("-2 * -3"), 6);
    EXPECT_EQ(value_of("1 - -1"), 2);
    EXPECT_EQ(value_of("--1"), 1);
    EXPECT_EQ(value_of("price*volume"), 201000);
    EXPECT_EQ(value_of("1.5e3 + .5 + 2."), 1502.5);
}

TEST(Expression, ASideThatDoesNotMatterIsNotEvaluated) {
    EXPECT_FALSE(holds("price < 0 and 1 / 0 > 1"));
    EXPECT_TRUE(holds("price > 0 or 1 / 0 > 1"));
    EXPECT_TRUE(holds("price < 0 and 1 / 0 > 1 or regular"));
}

TEST(Expression, WhatHasNoFiniteValueIsAnError) {
    EXPECT_EQ(failure_of("price / (volume - 2000)"), EvaluationError::DivisionByZero);
    EXPECT_EQ(failure_of("1e300 * 1e300"), EvaluationError::NotFinite);
    EXPECT_EQ(failure_of("price"), EvaluationError::None);
    auto broken = values;
    broken[0] = std::numeric_limits<double>::quiet_NaN();
    const auto expression = Expression::parse("price > 1", fields, ValueType::Boolean);
    EXPECT_EQ(expression->evaluate(broken).error, EvaluationError::NotFinite);
}

TEST(Expression, AnErrorNamesTheColumnAndWhatIsAccepted) {
    EXPECT_EQ(refusal_of("prize > 5"),
              "1: unknown field \"prize\"; accepted are price, volume, rel_volume, regular, "
              "router.error_rate");
    EXPECT_EQ(refusal_of("price = 5"), "7: \"=\": accepted is ==");
    EXPECT_EQ(refusal_of("price <> 5"), "7: \"<>\": accepted is !=");
    EXPECT_EQ(refusal_of("price > "),
              "9: the end of the expression: accepted is a number, a field, -, not or (");
    EXPECT_EQ(refusal_of(""),
              "1: the end of the expression: accepted is a number, a field, -, not or (");
    EXPECT_EQ(refusal_of("(price > 5"),
              "11: the end of the expression: accepted is an operator or ) for the ( of column 1");
    EXPECT_EQ(refusal_of("price > 5)"), "10: \")\": accepted is an operator or the end");
    EXPECT_EQ(refusal_of("price > 5 volume"), "11: \"volume\": accepted is an operator or the end");
    EXPECT_EQ(refusal_of("price > 100k"),
              "9: \"100k\": accepted is a number, a field, -, not or (");
    EXPECT_EQ(refusal_of("price > 1e999"),
              "9: \"1e999\": accepted is a number that a double can hold");
    EXPECT_EQ(refusal_of("price > \xe2\x82\xac"),
              "9: the byte 0xe2: accepted is a number, a field, -, not or (");
    EXPECT_EQ(refusal_of("1 < price < 5"),
              "11: \"<\": accepted is one comparison at a time, joined by and");
}

TEST(Expression, NumbersAndConditionsDoNotMix) {
    EXPECT_EQ(refusal_of("price + 1"), "1: the whole is a number: accepted is a condition");
    EXPECT_EQ(refusal_of("price > 1", ValueType::Number),
              "1: the whole is a condition: accepted is a number");
    EXPECT_EQ(refusal_of("price and regular"), "1: a number stands here: and takes a condition");
    EXPECT_EQ(refusal_of("regular and price"), "13: a number stands here: and takes a condition");
    EXPECT_EQ(refusal_of("regular > 1"), "1: a condition stands here: > takes a number");
    EXPECT_EQ(refusal_of("1 + regular > 1"), "5: a condition stands here: + takes a number");
    EXPECT_EQ(refusal_of("not price"), "5: a number stands here: not takes a condition");
    EXPECT_EQ(refusal_of("-regular > 1"), "2: a condition stands here: - takes a number");
}

TEST(Expression, TextNestingAndSizeAreBounded) {
    const auto nested = [](std::size_t levels) {
        return std::string(levels, '(') + "regular" + std::string(levels, ')');
    };
    EXPECT_EQ(refusal_of(nested(32)), "");
    EXPECT_EQ(refusal_of(nested(33)), "34: nested too deep: accepted are 32 levels");
    std::string deep_right;  // the most that the stack of an evaluation must hold
    for (int level = 0; level < 32; ++level) {
        deep_right += "1+1*(";
    }
    EXPECT_EQ(value_of(deep_right + "1" + std::string(32, ')')), 33);

    std::string sum = "1";
    for (int terms = 1; terms < 128; ++terms) {
        sum += "+1";
    }
    EXPECT_EQ(value_of(sum), 128);
    EXPECT_EQ(refusal_of(sum + "+1", ValueType::Number),
              "258: too long: accepted are 256 numbers, fields and operators");
    EXPECT_EQ(refusal_of(std::string(1025, ' ')), "1025: too long: accepted are 1024 bytes");
}

TEST(Expression, TellsWhichFieldsItUses) {
    const auto expression = Expression::parse("price > 1 and regular", fields, ValueType::Boolean);
    EXPECT_TRUE(expression->uses(0));
    EXPECT_FALSE(expression->uses(1));
    EXPECT_TRUE(expression->uses(3));
}

TEST(Expression, ACaretStandsUnderTheColumn) {
    EXPECT_EQ(point_at("price = 5", {7, "x"}), "price = 5\n      ^");
    EXPECT_EQ(point_at("price\t>\n", {9, "x"}), "price > \n        ^");
}

}  // namespace
}  // namespace tickstock
