#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/disk.hpp"
#include "base/result.hpp"
#include "model/event.hpp"
#include "simulation/plan.hpp"

namespace tickstock::sim {

/// An event as a replay of the journal makes it.
struct ReplayedEvent {
    Event event;
    std::string symbol;
    std::string body;
};
struct ReplayedEpoch {
    std::string name;
    std::vector<ReplayedEvent> events;  ///< offset − 1
};

/// Who finds the events of trades, where the integrator is installed.
enum class ReplayPaths : std::uint8_t { AsDecided, LinearOnly };

/// The plain run: the whole journal through `shards` shards, without threads, load or faults.
Result<std::vector<ReplayedEpoch>> replay_journal(Disk& disk, const Plan& plan, unsigned shards,
                                                  ReplayPaths paths = ReplayPaths::AsDecided);

}  // namespace tickstock::sim
