#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "expression/expression.hpp"

namespace tickstock {

/// An expression that is evaluated for many keys (symbols) and switched off for a key for which it
/// failed ten times in a row. Per key, so that what one symbol's data does never depends on the
/// others, on their order or on how symbols are spread over shards. One thread.
class GuardedExpression {
public:
    static constexpr std::uint8_t failure_limit = 10;

    struct Counts {
        std::uint64_t evaluated = 0;
        std::uint64_t failed = 0;
        std::uint64_t disabled_keys = 0;
    };

    explicit GuardedExpression(Expression expression) : expression_(std::move(expression)) {}

    /// Nothing when it failed or is switched off for `key`. Keys are dense from 0.
    std::optional<double> evaluate(std::uint32_t key, std::span<const double> values);

    const Expression& expression() const { return expression_; }
    const Counts& counts() const { return counts_; }

private:
    Expression expression_;
    std::vector<std::uint8_t> streaks_;  // by key: failures in a row; empty until one fails
    Counts counts_;
};

}  // namespace tickstock
