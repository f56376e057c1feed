#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/disk.hpp"
#include "config/config.hpp"
#include "model/decision.hpp"
#include "rollout/faulty_path.hpp"

namespace tickstock::rollout_walk {

/// What a journal says of the rollout, in order.
struct JournaledRollout {
    Sequence last;  ///< entry
    std::vector<std::pair<Sequence, RolloutChange>> changes;
    std::vector<std::pair<Sequence, PathFallback>> fallbacks;
    std::vector<std::pair<Sequence, bool>> parked;  ///< the tick channel, from there on or no more
    std::vector<std::pair<SymbolId, Sequence>> skipped;  ///< trades, by overflow

    bool has(const Fault& fault) const;
};
JournaledRollout read_rollout(Disk& disk, const Config& config);

/// An oracle of its own: goes through the faults and says of which the multi-channel path was in
/// charge, and so which is the first of each symbol's trial. "" when the journal says the same.
std::string compare_fallbacks(const JournaledRollout& known, const std::set<Fault>& faults,
                              const std::vector<SymbolText>& symbols);

}  // namespace tickstock::rollout_walk
