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

Histogram& Histogram::operator-=(const Histogram& earlier) {
    const std::uint64_t least = min_;
    const std::uint64_t most = max_;
    sum_ -= std::min(sum_, earlier.sum_);
    count_ = 0;
    min_ = limit_ns;
    max_ = 0;
    for (std::size_t i = 0; i < bucket_count; ++i) {
        buckets_[i] -= std::min(buckets_[i], earlier.buckets_[i]);
        if (buckets_[i] != 0) {
            count_ += buckets_[i];
            min_ = std::min(min_, std::max(first_of_bucket(i), least));
            max_ = std::min(last_of_bucket(i), most);
        }
    }
    return *this;
}

Histogram::Parts Histogram::parts() const {
    Parts parts;
    for (std::size_t i = 0; i < bucket_count; ++i) {
        if (buckets_[i] != 0) {
            parts.buckets.emplace_back(static_cast<std::uint16_t>(i), buckets_[i]);
        }
    }
    if (count_ != 0) {
        parts.sum_ns = sum_;
        parts.min_ns = min_;
        parts.max_ns = max_;
    }
    return parts;
}

std::optional<Histogram> Histogram::from_parts(const Parts& parts) {
    Histogram histogram;
    if (parts.buckets.empty()) {
        const bool empty = parts.sum_ns == 0 && parts.min_ns == 0 && parts.max_ns == 0;
        return empty ? std::optional(histogram) : std::nullopt;
    }
    constexpr std::uint64_t most = std::uint64_t{1} << 62;  // no two of them overflow
    int next = 0;
    for (const auto& [bucket, count] : parts.buckets) {
        if (bucket < next || bucket >= bucket_count || count == 0 || count > most) {
            return std::nullopt;
        }
        next = bucket + 1;
        histogram.buckets_[bucket] = count;
        histogram.count_ += count;
        if (histogram.count_ > most) {
            return std::nullopt;
        }
    }
    const std::size_t first = parts.buckets.front().first;
    const std::size_t last = parts.buckets.back().first;
    const auto lies_in = [](std::uint64_t ns, std::size_t bucket) {
        return ns >= first_of_bucket(bucket) && ns <= last_of_bucket(bucket);
    };
    // All are at least the least and at most the longest. Divided, so that nothing overflows; the
    // sum of durations of many years is cut off by 64 bits and is nobody's.
    if (!lies_in(parts.min_ns, first) || !lies_in(parts.max_ns, last) ||
        parts.min_ns > parts.max_ns || parts.sum_ns / histogram.count_ > parts.max_ns ||
        parts.sum_ns / histogram.count_ < parts.min_ns) {
        return std::nullopt;
    }
    histogram.sum_ = parts.sum_ns;
    histogram.min_ = parts.min_ns;
    histogram.max_ = parts.max_ns;
    return histogram;
}

}  // namespace tickstock
