#pragma once

#include <cstdint>
#include <deque>

#include "base/time.hpp"
#include "rollout/path_evidence.hpp"

namespace tickstock {

/// Of the multi-channel path, in percent: the larger of what it failed on of all records, muted or
/// not, and of those that it was in charge of. 0 before any record.
double error_rate_percent(const PathCounts& counts);

/// What the two paths did over the last so long: differences between copies of counts that only
/// grow. Bounded, whatever the window and however often it is fed. Holds no clock.
class ErrorTracker {
public:
    /// Copies that are kept at most; the window is known to a share of 1/200 of itself.
    static constexpr std::size_t samples_limit = 204;

    struct Window {
        Nanos span{0};
        PathCounts paths;
        ComparisonCounts comparison;
        std::uint64_t timed = 0;  ///< records of which the multi-channel path's time is known
        Nanos time{0};            ///< that it took for them

        double mean_ms() const;
    };

    /// Everything before is forgotten.
    void reset() { samples_.clear(); }
    /// `now` never goes back. REQUIRES: window > 0.
    void add(Nanos now, const PathEvidence& total, Nanos window);
    /// At least the window of the last add(), less when it began later.
    Window window() const;
    std::size_t samples() const { return samples_.size(); }

private:
    struct Sample {
        Nanos at{0};
        PathCounts paths;
        ComparisonCounts comparison;
        std::uint64_t timed = 0;
        Nanos time{0};
    };

    std::deque<Sample> samples_;  // oldest first
    Sample newest_;
};

}  // namespace tickstock
