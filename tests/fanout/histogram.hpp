#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace tickstock::fanout {

/// Counts of durations in ns, 32 steps per doubling: read-out within 3 %. One thread.
class Histogram {
public:
    void add(std::int64_t ns, std::uint64_t times = 1) {
        const auto value = static_cast<std::uint64_t>(ns < 0 ? 0 : ns);
        counts_[index_of(value)] += times;
        total_ += times;
        max_ = value > max_ ? value : max_;
    }
    std::uint64_t count() const { return total_; }
    std::uint64_t max() const { return max_; }

    /// The upper end of the step that holds the q-th of all values; 0 when there is none.
    std::uint64_t quantile(double q) const {
        const auto wanted = static_cast<std::uint64_t>(q * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size() && total_ > 0; ++i) {
            seen += counts_[i];
            if (seen > wanted || seen == total_) {
                return upper_end(i) < max_ ? upper_end(i) : max_;
            }
        }
        return 0;
    }

private:
    static constexpr std::size_t steps = 32;

    static std::size_t index_of(std::uint64_t value) {
        if (value < steps) {
            return static_cast<std::size_t>(value);
        }
        const auto shift = static_cast<std::size_t>(std::bit_width(value)) - 6;
        return (shift + 1) * steps + static_cast<std::size_t>((value >> shift) - steps);
    }
    static std::uint64_t upper_end(std::size_t index) {
        if (index < steps) {
            return index;
        }
        const std::size_t shift = index / steps - 1;
        return ((steps + index % steps + 1) << shift) - 1;
    }

    std::array<std::uint64_t, (64 - 4) * steps> counts_{};
    std::uint64_t total_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace tickstock::fanout
