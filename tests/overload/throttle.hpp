#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "engine/extensions.hpp"

namespace tickstock::overload {

/// Lets each of the first `slow_shards` take in at most so many records a second of those that it
/// sees, until lifted. (When only one is slow, its symbols move to the others.)
class Throttle {
public:
    Throttle(double records_per_second, unsigned slow_shards)
        : each_(1 / records_per_second), next_(slow_shards) {}

    void lift() { lifted_ = true; }

    PipelineExtensions extensions() {
        PipelineExtensions extensions;
        extensions.before_run = [this](unsigned shard, const Run& run) {
            if (shard >= next_.size()) {
                return;
            }
            using Steady = std::chrono::steady_clock;
            const Steady::time_point now = Steady::now();
            const std::chrono::duration<double> cost(static_cast<double>(run.entries()) * each_);
            next_[shard] =
                std::max(next_[shard], now) + std::chrono::duration_cast<Steady::duration>(cost);
            while (!lifted_ && Steady::now() < next_[shard]) {
                std::this_thread::sleep_for(std::min<Steady::duration>(
                    next_[shard] - Steady::now(), std::chrono::milliseconds(10)));
            }
        };
        return extensions;
    }

private:
    const double each_;                                        // seconds a record
    std::vector<std::chrono::steady_clock::time_point> next_;  // each its shard's thread
    std::atomic<bool> lifted_{false};
};

}  // namespace tickstock::overload
