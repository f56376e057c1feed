#pragma once

#include <cstdint>

#include "engine/extensions.hpp"
#include "simulation/plan.hpp"
#include "simulation/random_stream.hpp"
#include "simulation/sim_clock.hpp"

namespace tickstock::sim {

/// A multi-channel path that fails on some records and is too slow for some batches. On which
/// records depends on the record alone. Replays have none of it: what came of it is in the journal.
class FaultyPath final : public MultiChannelTap {
public:
    FaultyPath(const Plan& plan, SimClock& clock, std::uint64_t process)
        : plan_(plan), clock_(clock), stall_(plan.seed ^ process, "path stalls") {}

    void begins(unsigned /*shard*/) override {
        if (clock_.now() < end_of_faults() && stall_.chance(plan_.path_stalls)) {
            ++stalls_;
            clock_.advance(plan_.config.rollout.channel_timeout + Nanos{1});
        }
    }
    bool fails(const Record& record) override {
        const RecordHeader& header = record.header();
        RandomStream random(
            plan_.seed ^ header.source_sequence ^ (std::uint64_t{header.source.value()} << 48),
            "faulty path");
        const bool does = header.ts_event < end_of_faults() && random.chance(plan_.path_failures);
        failures_ += does ? 1 : 0;
        return does;
    }

    std::uint64_t failures() const { return failures_; }
    std::uint64_t stalls() const { return stalls_; }

private:
    UnixNanos end_of_faults() const { return plan_.start + plan_.duration; }

    const Plan& plan_;
    SimClock& clock_;
    RandomStream stall_;
    std::uint64_t failures_ = 0;
    std::uint64_t stalls_ = 0;
};

}  // namespace tickstock::sim
