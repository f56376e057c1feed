#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#include "engine/extensions.hpp"

namespace tickstock::overload {

/// Lets shard 0 take in at most so many records a second of those that it sees, until lifted.
class Throttle {
public:
    explicit Throttle(double records_per_second) : each_(1 / records_per_second) {}

    void lift() { lifted_ = true; }

    PipelineExtensions extensions() {
        PipelineExtensions extensions;
        extensions.before_run = [this](unsigned shard, const Run& run) {
            if (shard != 0) {
                return;
            }
            using Steady = std::chrono::steady_clock;
            const Steady::time_point now = Steady::now();
            const std::chrono::duration<double> cost(static_cast<double>(run.entries()) * each_);
            next_ = std::max(next_, now) + std::chrono::duration_cast<Steady::duration>(cost);
            while (!lifted_ && Steady::now() < next_) {
                std::this_thread::sleep_for(std::min<Steady::duration>(
                    next_ - Steady::now(), std::chrono::milliseconds(10)));
            }
        };
        return extensions;
    }

private:
    const double each_;                             // seconds a record
    std::chrono::steady_clock::time_point next_{};  // shard 0's thread
    std::atomic<bool> lifted_{false};
};

}  // namespace tickstock::overload
