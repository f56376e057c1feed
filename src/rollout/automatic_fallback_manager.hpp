#pragma once

#include <optional>
#include <string>

#include "config/config.hpp"
#include "rollout/error_tracker.hpp"

namespace tickstock {

/// S4's monitor: says when all symbols must go back to the linear path. Every
/// rollout.fallback_interval it judges the last rollout.fallback_window: error rate or mean over
/// the limit, events lost, or accounting that does not close. With fewer than
/// rollout.fallback_records in it, it says nothing; events that were lost then count at the next
/// judgement. A tick channel that is paused or in error ends it at once. Holds no clock.
class AutomaticFallbackManager {
public:
    struct Verdict {
        std::string cause;  ///< "channel", "accounting", "lost_events", "error_rate", "latency"
        std::string text;   ///< all that is wrong, with limits
        ErrorTracker::Window window;
    };

    explicit AutomaticFallbackManager(const RolloutSettings& settings) : settings_(settings) {}
    void set_settings(const RolloutSettings& settings) { settings_ = settings; }

    /// The window and the pause begin anew: somebody else is in charge.
    void reset();
    /// Every 250 ms. `in_charge`: of anybody; else there is nothing to fall back from, and it never
    /// says so. Nothing = all is well, or not known yet.
    std::optional<Verdict> look(Nanos now, const PathEvidence& total, bool in_charge,
                                bool tick_channel_usable);

    ErrorTracker::Window window() const { return tracker_.window(); }
    /// There are enough records to judge by.
    bool window_full() const { return window().paths.records >= settings_.fallback_records; }

private:
    std::optional<Verdict> judge(const PathEvidence& total) const;

    RolloutSettings settings_;
    ErrorTracker tracker_;
    std::optional<Nanos> next_;      // judgement
    std::uint64_t lost_before_ = 0;  // events, up to the last judgement
};

}  // namespace tickstock
