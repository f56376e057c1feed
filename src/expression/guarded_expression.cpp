#include "expression/guarded_expression.hpp"

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

}  // namespace tickstock
