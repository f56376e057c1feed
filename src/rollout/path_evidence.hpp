#pragma once

#include <array>
#include <cstdint>

#include "base/time.hpp"
#include "metrics/histogram.hpp"
#include "model/rollout.hpp"

namespace tickstock {

/// What the integrator did with records of trades (S0 section 4). Grows only.
struct PathCounts {
    std::uint64_t records = 0;           ///< of all symbols
    std::uint64_t channel_requests = 0;  ///< of symbols that the multi-channel path is in charge of
    std::uint64_t channel_successes = 0;  ///< and it found what the linear path found, in time
    std::uint64_t channel_failures = 0;   ///< and it did not
    std::uint64_t legacy_fallbacks = 0;   ///< failures that the linear path answered
    std::uint64_t set_aside = 0;          ///< failures with fallback_to_legacy off
    std::array<std::uint64_t, 5> failures_by_cause{};  ///< by FallbackCause
    /// Failures of the path while it is muted, too: what a phase without anybody in charge shows.
    std::uint64_t errors = 0;
    std::uint64_t not_rolled_out = 0;  ///< bars and fair values

    PathCounts& operator+=(const PathCounts& other);
    /// Leaves what came since `earlier`; what has shrunk since is 0.
    PathCounts& operator-=(const PathCounts& earlier);
    friend bool operator==(const PathCounts&, const PathCounts&) = default;
};

/// What came of holding the two paths' detections against each other.
struct ComparisonCounts {
    std::uint64_t linear = 0;         ///< found by the linear path
    std::uint64_t multi_channel = 0;  ///< found by the other
    std::uint64_t matched = 0;        ///< the same in every detail
    std::uint64_t near = 0;           ///< the same kind within the tolerances
    std::uint64_t missing = 0;        ///< found by the linear path alone
    std::uint64_t extra = 0;          ///< found by the multi-channel path alone
    std::uint64_t late = 0;           ///< of the missing: found after all
    std::uint64_t lost = 0;           ///< of the missing: not within rollout.lost_after_seconds

    ComparisonCounts& operator+=(const ComparisonCounts& other);
    ComparisonCounts& operator-=(const ComparisonCounts& earlier);
    /// Of the linear path's events those that the multi-channel path has not found, not even late.
    std::uint64_t missed() const { return missing > late ? missing - late : 0; }
    friend bool operator==(const ComparisonCounts&, const ComparisonCounts&) = default;
};

/// Times of the two paths for the same records; a batch is one pair, its times are those of a
/// record in it.
struct PathTimes {
    Histogram linear;
    Histogram multi_channel;
    Histogram added;  ///< that the integrator adds to the path in charge: the standby's and its own
    std::uint64_t pairs = 0;
    std::uint64_t wins = 0;     ///< multi-channel faster, or within 1 ms
    std::int64_t saved_ns = 0;  ///< Σ (linear − multi-channel)

    void add_pair(Nanos linear_time, Nanos multi_channel_time);
    PathTimes& operator+=(const PathTimes& other);
    PathTimes& operator-=(const PathTimes& earlier);
};

/// All of it: of one shard, or of all. Since the process's start.
struct PathEvidence {
    PathCounts paths;
    ComparisonCounts comparison;
    PathTimes times;
    bool accounting_closes = true;

    PathEvidence& operator+=(const PathEvidence& other);
    /// Leaves what came since `earlier`, a copy of this one; accounting_closes stays.
    PathEvidence& operator-=(const PathEvidence& earlier);
};

/// A pair is a win up to here.
inline constexpr Nanos win_margin = std::chrono::milliseconds(1);

}  // namespace tickstock
