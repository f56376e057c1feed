#include "expression/guarded_expression.hpp"

#include "base/assert.hpp"

namespace tickstock {

std::optional<double> GuardedExpression::evaluate(std::uint32_t key,
                                                  std::span<const double> values) {
    const bool failed_before = key < streaks_.size() && streaks_[key] > 0;
    if (failed_before && streaks_[key] == failure_limit) {
        return std::nullopt;
    }
    ++counts_.evaluated;
    const Evaluation result = expression_.evaluate(values);
    if (result.ok()) {
        if (failed_before) {
            streaks_[key] = 0;
        }
        return result.value;
    }
    ++counts_.failed;
    if (key >= streaks_.size()) {
        streaks_.resize(std::size_t{key} + 1);
    }
    if (++streaks_[key] == failure_limit) {
        ++counts_.disabled_keys;
    }
    return std::nullopt;
}

void GuardedExpression::set_failures_in_a_row(std::uint32_t key, std::uint8_t failures) {
    TS_ASSERT(failures <= failure_limit);
    if (key >= streaks_.size()) {
        if (failures == 0) {
            return;
        }
        streaks_.resize(std::size_t{key} + 1);
    }
    counts_.disabled_keys -= streaks_[key] == failure_limit ? 1U : 0U;
    counts_.disabled_keys += failures == failure_limit ? 1U : 0U;
    streaks_[key] = failures;
}

void GuardedExpression::forget_failures() {
    streaks_.clear();
    counts_.disabled_keys = 0;
}

}  // namespace tickstock
