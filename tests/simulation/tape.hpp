#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/record.hpp"
#include "simulation/market_path.hpp"
#include "simulation/plan.hpp"

namespace tickstock::sim {

/// All that a source will ever hand over: record n has header.symbol = index of the symbol in the
/// seed's list, source_sequence = n + 1, ts_recv = when it arrives (never back). Depends on the
/// plan alone, not on what the run does.
std::vector<Record> make_tape(const Plan& plan, const SourcePlan& source, const MarketPath& market);

/// Whether a journalled record holds what the source sent, its symbol aside; else what differs.
std::string difference(const Record& sent, const Record& journalled);

}  // namespace tickstock::sim
