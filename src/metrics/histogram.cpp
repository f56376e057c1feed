#include "metrics/histogram.hpp"

#include <algorithm>
#include <cmath>

#include "base/assert.hpp"

namespace tickstock {
namespace {

Nanos nanos(std::uint64_t ns) {
    return Nanos{static_cast<std::int64_t>(ns)};
}

}  // namespace

Nanos Histogram::mean() const {
    return nanos(count_ == 0 ? 0 : sum_ / count_);
}

Nanos Histogram::min() const {
    return nanos(count_ == 0 ? 0 : min_);
}

Nanos Histogram::max() const {
    return nanos(max_);
}

Nanos Histogram::quantile(double q) const {
    TS_ASSERT(q >= 0 && q <= 1);
    if (count_ == 0) {
        return Nanos{0};
    }
    const auto wanted = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_)));
    const auto rank = std::clamp<std::uint64_t>(wanted, 1, count_);
    std::uint64_t seen = 0;
    std::size_t bucket = 0;
    for (; bucket < bucket_count; ++bucket) {
        seen += buckets_[bucket];
        if (seen >= rank) {
            break;
        }
    }
    return nanos(std::min(last_of_bucket(bucket), max_));
}

std::uint64_t Histogram::count_up_to(Nanos bound) const {
    if (bound.count() < 0) {
        return 0;
    }
    const auto ns = static_cast<std::uint64_t>(bound.count());
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < bucket_count && last_of_bucket(bucket) <= ns; ++bucket) {
        seen += buckets_[bucket];
    }
    return seen;
}

Histogram& Histogram::operator+=(const Histogram& other) {
    for (std::size_t i = 0; i < bucket_count; ++i) {
        buckets_[i] += other.buckets_[i];
    }
    count_ += other.count_;
    sum_ += other.sum_;
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
    return *this;
}

}  // namespace tickstock
