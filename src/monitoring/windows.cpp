#include "monitoring/windows.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace tickstock {
namespace {

constexpr int counter_samples = 60;
constexpr int histogram_samples = 12;

/// Leaves one sample that is as old as the window, or older, in front.
template <class Samples>
void drop_old(Samples& samples, Nanos begin) {
    while (samples.size() > 1 && samples[1].at <= begin) {
        samples.pop_front();
    }
}

/// The newest look is always the last sample; those before it are `apart`, or more.
template <class Samples, class Sample>
void keep(Samples& samples, Sample newest, Nanos apart) {
    if (samples.size() > 1 && samples.back().at - samples[samples.size() - 2].at < apart) {
        samples.back() = std::move(newest);
    } else {
        samples.push_back(std::move(newest));
    }
}

}  // namespace

double RecentIncrease::look(double count, Nanos now, Nanos window) {
    if (!samples_.empty() && count < samples_.back().count) {
        samples_.clear();
        from_zero_ = false;
    }
    if (samples_.empty()) {
        samples_.push_back({now - window, from_zero_ ? 0 : count});
        samples_.push_back({now, count});
    }
    drop_old(samples_, now - window);
    const double increase = count - samples_.front().count;
    keep(samples_, Sample{now, count}, window / counter_samples);
    return increase;
}

RecentTimes RecentHistogram::look(const Histogram& times, Nanos now, Nanos window) {
    if (!samples_.empty() && times.count() < samples_.back().times.count()) {
        samples_.clear();
    }
    if (samples_.empty()) {
        samples_.push_back({now - window, {}});
        samples_.push_back({now, times});
    }
    drop_old(samples_, now - window);
    const Histogram& before = samples_.front().times;
    RecentTimes recent;
    recent.count = times.count() - before.count();
    if (recent.count > 0) {
        recent.mean = (times.sum() - before.sum()) / static_cast<std::int64_t>(recent.count);
        recent.p50 = quantile_between(before, times, 0.50);
        recent.p95 = quantile_between(before, times, 0.95);
        recent.p99 = quantile_between(before, times, 0.99);
    }
    keep(samples_, Sample{now, times}, window / histogram_samples);
    return recent;
}

Nanos quantile_between(const Histogram& before, const Histogram& now, double q) {
    const std::uint64_t count = now.count() - before.count();
    if (count == 0) {
        return Nanos{0};
    }
    const auto wanted = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count)));
    const std::uint64_t rank = std::clamp<std::uint64_t>(wanted, 1, count);
    // The least bound up to which there are enough: the end of a bucket.
    std::uint64_t low = 0;
    std::uint64_t high = Histogram::limit_ns;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        const Nanos bound{static_cast<std::int64_t>(middle)};
        if (now.count_up_to(bound) - before.count_up_to(bound) >= rank) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return std::min(Nanos{static_cast<std::int64_t>(low)}, now.max());
}

void HourMedian::look(double value, Nanos now) {
    if (!samples_.empty() && now - samples_.back().at < interval) {
        return;
    }
    samples_.push_back({now, value});
    while (now - samples_.front().at > length) {
        samples_.pop_front();
    }
}

std::optional<double> HourMedian::median() const {
    if (samples_.size() < enough) {
        return std::nullopt;
    }
    std::vector<double> values;
    for (const Sample& sample : samples_) {
        values.push_back(sample.value);
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

}  // namespace tickstock
