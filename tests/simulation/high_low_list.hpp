#pragma once

#include <vector>

#include "base/disk.hpp"
#include "simulation/invariants.hpp"
#include "simulation/plan.hpp"
#include "simulation/replay.hpp"

namespace tickstock::sim {

/// I13 for the plain symbols: the price of every high (low) is the highest (lowest) in a plain list
/// of the session's trades up to the record behind it, made from the journal without the engine.
void check_highs_and_lows(Disk& disk, const Plan& plan, const std::vector<ReplayedEpoch>& run,
                          Invariants& invariants);

}  // namespace tickstock::sim
