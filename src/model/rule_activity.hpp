#pragma once

#include <cstdint>

namespace tickstock {

/// What one user rule has done, over all symbols of a shard.
struct RuleActivity {
    std::uint64_t evaluated = 0;
    /// Records rejected, detections filtered or changed, events made.
    std::uint64_t acted = 0;
    std::uint64_t failed = 0;            ///< evaluations without a value
    std::uint64_t disabled_symbols = 0;  ///< for which it failed too often in a row

    RuleActivity& operator+=(const RuleActivity& other) {
        evaluated += other.evaluated;
        acted += other.acted;
        failed += other.failed;
        disabled_symbols += other.disabled_symbols;
        return *this;
    }
};

}  // namespace tickstock
