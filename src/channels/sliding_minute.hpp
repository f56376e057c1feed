#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace tickstock {

/// Sums over the last 60 s in buckets of a second: the second at hand and the 59 before it. O(1)
/// amortized, fixed memory. One thread; `now` never goes back.
class SlidingMinute {
public:
    static constexpr std::int64_t seconds_kept = 60;

    struct Sums {
        std::uint64_t records = 0;
        std::uint64_t errors = 0;
        std::uint64_t batches = 0;
        Nanos time{0};
    };

    void add(Nanos now, const Sums& sums) {
        advance(now);
        apply(total_, sums, 1);
        apply(buckets_[index(second_)], sums, 1);
    }
    const Sums& at(Nanos now) {
        advance(now);
        return total_;
    }
    void clear() {
        buckets_.fill({});
        total_ = {};
    }

private:
    static std::size_t index(std::int64_t second) {
        return static_cast<std::size_t>(second % seconds_kept);
    }
    static void apply(Sums& to, const Sums& sums, int sign) {
        const auto times = static_cast<std::uint64_t>(sign);  // −1 wraps as it should
        to.records += times * sums.records;
        to.errors += times * sums.errors;
        to.batches += times * sums.batches;
        to.time += sign * sums.time;
    }
    void advance(Nanos now) {
        const std::int64_t second = std::chrono::floor<std::chrono::seconds>(now).count();
        if (second <= second_) {
            return;
        }
        const std::int64_t passed = std::min(second - second_, seconds_kept);
        for (std::int64_t i = 0; i < passed; ++i) {
            Sums& oldest = buckets_[index(second - i)];
            apply(total_, oldest, -1);
            oldest = {};
        }
        second_ = second;
    }

    std::array<Sums, seconds_kept> buckets_{};
    Sums total_;
    std::int64_t second_ = 0;
};

}  // namespace tickstock
