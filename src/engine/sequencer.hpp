#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/accounting.hpp"
#include "model/record.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// Writes the one order down: gives every record its sequence and clock, and symbols their global
/// ids. clock = the greatest (ts_recv − delay) so far, so it never goes back. Engine thread.
class Sequencer {
public:
    struct SourceRule {
        Nanos delay{0};            ///< 0 for files and the synthetic market
        bool clock_event = false;  ///< setting `clock: event`: ts_event instead of ts_recv
        bool live = false;         ///< a feed or push: records too long on their way are refused
        Nanos freshness = std::chrono::seconds(300);  ///< setting rules.freshness_seconds
    };

    /// Sources are known by SourceId before their first batch.
    void add_source(SourceId source, SourceRule rule);

    /// Admits the batch's records in place, in order. Removed and counted are records whose symbol
    /// no longer fits in the table, and those of a live source that are stale: ts_recv − ts_event
    /// > freshness + delay, for a bar from its end. A stale record does not move the clock.
    void admit(RecordBatch& batch);

    /// A clock_tick: time has passed up to `clock` without a record. False when it is no news.
    bool tick(UnixNanos clock, Record& out);

    const SymbolTable& symbols() const { return symbols_; }
    UnixNanos clock() const { return clock_; }
    Sequence last_sequence() const { return Sequence{last_sequence_}; }
    const StageCounts& counts() const { return counts_; }

private:
    struct SourceState {
        SourceRule rule;
        std::vector<SymbolId> global_ids;  // by the source's own id; symbol_none = refused
    };

    SymbolTable symbols_;
    std::vector<SourceState> sources_;
    UnixNanos clock_{};
    std::uint64_t last_sequence_ = 0;
    StageCounts counts_;
};

}  // namespace tickstock
