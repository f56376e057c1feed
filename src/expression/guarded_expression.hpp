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

    // State of a key, for snapshots and moves; 0 for a key that never failed.

    std::uint8_t failures_in_a_row(std::uint32_t key) const {
        return key < streaks_.size() ? streaks_[key] : std::uint8_t{0};
    }
    /// disabled_keys follows. REQUIRES: failures <= failure_limit.
    void set_failures_in_a_row(std::uint32_t key, std::uint8_t failures);
    /// As if nothing had failed: every key is tried again. The counts of evaluations stay.
    void forget_failures();
    /// Adds what was evaluated elsewhere; disabled_keys comes with the keys.
    void add_counts(std::uint64_t evaluated, std::uint64_t failed) {
        counts_.evaluated += evaluated;
        counts_.failed += failed;
    }

private:
    Expression expression_;
    std::vector<std::uint8_t> streaks_;  // by key: failures in a row; empty until one fails
    Counts counts_;
};

}  // namespace tickstock
