#pragma once

// Figures of the last while, from those that only grow: an alert about what was long ago would
// never resolve. One thread; times are monotonic and passed in.

#include <cstdint>
#include <deque>
#include <optional>

#include "base/time.hpp"
#include "metrics/histogram.hpp"

namespace tickstock {

/// How much a counter has grown within a window. It keeps some sixty samples, so the window is up
/// to a sixtieth longer.
class RecentIncrease {
public:
    /// `from_zero`: all that the first look shows is recent, too; else it is of an earlier run.
    explicit RecentIncrease(bool from_zero = true) : from_zero_(from_zero) {}

    /// The count is `count` now; gives its increase since `now` − `window`, or since the first look
    /// while that is later. A count that went down begins anew, with itself.
    double look(double count, Nanos now, Nanos window);

private:
    struct Sample {
        Nanos at{0};
        double count = 0;
    };
    bool from_zero_;
    std::deque<Sample> samples_;
};

/// Recent durations of a histogram that only grows.
struct RecentTimes {
    std::uint64_t count = 0;  ///< the rest is zero while this is
    Nanos mean{0};
    Nanos p50{0};
    Nanos p95{0};
    Nanos p99{0};
};

/// Keeps a dozen copies (19 KiB each), so the window is up to a twelfth longer.
class RecentHistogram {
public:
    /// As of a histogram that was empty when the process began.
    RecentTimes look(const Histogram& times, Nanos now, Nanos window);

private:
    struct Sample {
        Nanos at{0};
        Histogram times;
    };
    std::deque<Sample> samples_;
};

/// The duration that the share `q` of those in `now` and not in `before` does not exceed; as exact
/// as Histogram::quantile. REQUIRES: `before` is an earlier copy of `now`.
Nanos quantile_between(const Histogram& before, const Histogram& now, double q);

/// A figure against its own median of the last hour: a sample each 10 s.
class HourMedian {
public:
    static constexpr Nanos interval = std::chrono::seconds(10);
    static constexpr Nanos length = std::chrono::hours(1);
    static constexpr std::size_t enough = 30;  ///< samples; before them there is no median

    void look(double value, Nanos now);
    std::optional<double> median() const;

private:
    struct Sample {
        Nanos at{0};
        double value = 0;
    };
    std::deque<Sample> samples_;
};

}  // namespace tickstock
