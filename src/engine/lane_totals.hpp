#pragma once

#include <cstdint>

#include "base/state_archive.hpp"
#include "engine/fault_guard.hpp"
#include "model/accounting.hpp"

namespace tickstock {

// What every lane's totals begin with: its ledger and the count of failures.

inline void save_lane_totals(StateWriter& out, const StageCounts& counts, const FaultGuard& guard) {
    out(counts, guard.failures());
}

/// Adds to what is there; nothing changes when `in` fails.
inline void add_lane_totals(StateReader& in, StageCounts& counts, FaultGuard& guard) {
    StageCounts more;
    std::uint64_t failures = 0;
    in(more, failures);
    if (in.ok()) {
        counts += more;
        guard.add_failures(failures);
    }
}

}  // namespace tickstock
