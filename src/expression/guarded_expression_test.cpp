#include "expression/guarded_expression.hpp"

#include <gtest/gtest.h>

#include <array>

namespace tickstock {
namespace {

constexpr std::array<Field, 1> fields{{{"x", ValueType::Number, ""}}};

GuardedExpression inverse() {
    return GuardedExpression(*Expression::parse("1 / x", fields, ValueType::Number));
}

std::optional<double> of(GuardedExpression& expression, std::uint32_t key, double x) {
    return expression.evaluate(key, std::array{x});
}

TEST(GuardedExpression, IsSwitchedOffForAKeyAfterTenFailuresInARow) {
    GuardedExpression expression = inverse();
    for (int i = 0; i < 9; ++i) {
        EXPECT_EQ(of(expression, 3, 0), std::nullopt);
    }
    EXPECT_EQ(of(expression, 3, 2), 0.5);  // the streak ends
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(of(expression, 3, 0), std::nullopt);
    }
    EXPECT_EQ(expression.counts().disabled_keys, 1U);
    EXPECT_EQ(of(expression, 3, 2), std::nullopt);
    EXPECT_EQ(expression.counts().failed, 19U);
    EXPECT_EQ(expression.counts().evaluated, 20U);
}

TEST(GuardedExpression, FailuresOfOtherKeysDoNotCount) {
    GuardedExpression expression = inverse();
    for (std::uint32_t key = 0; key < 20; ++key) {
        EXPECT_EQ(of(expression, key, 0), std::nullopt);
    }
    EXPECT_EQ(of(expression, 7, 4), 0.25);
    EXPECT_EQ(expression.counts().disabled_keys, 0U);
}

}  // namespace
}  // namespace tickstock
