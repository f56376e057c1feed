#pragma once

#include <cstdint>
#include <set>
#include <utility>

#include "engine/extensions.hpp"
#include "simulation/plan.hpp"
#include "simulation/random_stream.hpp"
#include "simulation/sim_clock.hpp"

namespace tickstock::sim {

/// A multi-channel path that fails on some records, is too slow for some batches, and on some
/// records is too slow and then finds nothing. Which records depends on them alone.
class FaultyPath final : public MultiChannelTap {
public:
    /// Of a replay: nothing takes time.
    explicit FaultyPath(const Plan& plan) : plan_(plan), stall_(plan.seed, "path stalls") {}
    FaultyPath(const Plan& plan, SimClock& clock, std::uint64_t process)
        : plan_(plan), clock_(&clock), stall_(plan.seed ^ process, "path stalls") {}

    void begins(unsigned /*shard*/) override {
        if (clock_ != nullptr && clock_->now() < end_of_faults() &&
            stall_.chance(plan_.path_stalls)) {
            stall();
        }
    }
    bool fails(const Record& record) override {
        const RecordHeader& header = record.header();
        if (header.ts_event >= end_of_faults()) {
            return false;
        }
        RandomStream random(
            plan_.seed ^ header.source_sequence ^ (std::uint64_t{header.source.value()} << 48),
            "faulty path");
        if (random.chance(plan_.path_lies)) {
            lies_.emplace(header.symbol, header.sequence);
            stall();
        }
        const bool does = random.chance(plan_.path_failures);
        failures_ += does ? 1 : 0;
        return does;
    }
    void found(std::vector<Detection>& detections) override {
        std::erase_if(detections, [this](const Detection& detection) {
            return lies_.contains({detection.symbol, detection.key.sequence});
        });
    }

    std::uint64_t failures() const { return failures_; }
    std::uint64_t stalls() const { return stalls_; }

private:
    UnixNanos end_of_faults() const { return plan_.start + plan_.duration; }
    void stall() {
        if (clock_ != nullptr) {
            ++stalls_;
            clock_->advance(plan_.config.rollout.channel_timeout + Nanos{1});
        }
    }

    const Plan& plan_;
    SimClock* clock_ = nullptr;
    RandomStream stall_;
    std::set<std::pair<SymbolId, Sequence>> lies_;  // of one symbol: shards know no order of others
    std::uint64_t failures_ = 0;
    std::uint64_t stalls_ = 0;
};

}  // namespace tickstock::sim
