#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/live_source.hpp"
#include "simulation/invariants.hpp"
#include "simulation/plan.hpp"
#include "simulation/random_stream.hpp"
#include "simulation/sim_clock.hpp"
#include "simulation/trace.hpp"

namespace tickstock::sim {

/// The outer end of a source: its tape, and what it has ever handed over. Outlives processes.
struct SourceFeed {
    SourceFeed(const Plan& plan, const SourcePlan& source_plan, std::vector<Record> records)
        : source(source_plan),
          tape(std::move(records)),
          random(plan.seed, source_plan.name + " polls") {}

    const SourcePlan& source;
    const std::vector<Record> tape;
    RandomStream random;
    bool faults = true;

    /// A run of records that one process was given.
    struct HandedOver {
        std::uint64_t from = 0;  ///< place on the tape
        std::uint64_t to = 0;    ///< behind the last
    };
    std::vector<HandedOver> handed_over;  ///< one a process
    std::uint64_t records_given = 0;
    std::uint64_t polls_stalled = 0;
    std::uint64_t resumed = 0;

    /// Behind the last record that was ever handed over.
    std::uint64_t furthest() const;
};

/// What a process sees of it.
class SimSource final : public LiveSource {
public:
    SimSource(SourceFeed& feed, const SimClock& clock, Trace& trace);

    Poll poll(Nanos monotonic_now, RecordBatch& batch) override;
    std::string name() const override { return feed_.source.name; }
    std::string detail() const override { return "simulated"; }
    std::string identity() const override {
        return feed_.source.resumable ? "tape of " + feed_.source.name : "";
    }
    void resume(std::uint64_t pass, std::uint64_t position) override;
    Sequencer::SourceRule rule() const override;
    StageCounts counts() const override;
    std::uint64_t passes() const override { return 0; }
    std::string failure() const override { return ""; }

private:
    SymbolId own_id(std::uint32_t symbol, RecordBatch& batch);
    Poll wait(UnixNanos until) const;

    SourceFeed& feed_;
    const SimClock& clock_;
    Trace& trace_;
    std::uint64_t at_ = 0;
    std::uint64_t given_ = 0;
    bool polled_ = false;
    UnixNanos stalled_until_{};
    std::vector<SymbolId> own_ids_;  // by the seed's list
    std::uint32_t known_ = 0;
};

}  // namespace tickstock::sim
