#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "config/config.hpp"
#include "model/event.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"
#include "rollout/path_evidence.hpp"
#include "rollout/rollout_status.hpp"

namespace tickstock {

/// Holds two lists of detections against each other, a run at a time: those of the linear and of
/// the multi-channel path, or of two configurations. What both found in every detail is matched;
/// what is of one symbol, type, direction and trading session within the tolerances is near. A
/// Missing may come after all within `lost_after` of the clock. Allocates nothing while all match.
/// Holds no clock. One thread: the shard's.
class PathComparison {
public:
    struct Settings {
        Nanos lost_after = std::chrono::seconds(5);
        double price_tolerance = 0.01;  ///< percent
        Nanos time_tolerance = std::chrono::seconds(1);
    };
    explicit PathComparison(Settings settings) : settings_(settings) {}
    void set_settings(Settings settings) { settings_ = settings; }

    /// Of one run, both in any order. `clock`: how far the run goes. Appends what differs, without
    /// number, symbol text, record and in_charge; `linear` and `multi_channel` stay as they are.
    void compare(std::span<const Detection> linear, std::span<const Detection> multi_channel,
                 UnixNanos clock, std::vector<PathDifference>& out);
    /// Nothing is awaited any more: paused, or another selection. What was missing counts as that.
    void forget_pending() { pending_.clear(); }

    const ComparisonCounts& counts() const { return counts_; }

    /// The same in every detail that is published (key, type, price, evidence, data).
    static bool same(const Detection& a, const Detection& b);

private:
    struct Pending {
        Detection detection;
        UnixNanos lost_at;
    };

    Settings settings_;
    ComparisonCounts counts_;
    std::vector<Pending> pending_;     // missing, oldest first; bounded
    std::vector<std::uint8_t> taken_;  // of multi_channel, reused
};

}  // namespace tickstock
