#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "simulation/plan.hpp"
#include "simulation/report.hpp"

namespace tickstock::sim {

/// What became of one seed.
struct SeedResult {
    std::uint64_t trace_hash = 0;
    std::optional<Invariant> broken;
    std::string why;
    std::string trace_tail;
};

/// Runs one seed in this process; adds to `report`. `echo` prints the trace as it comes.
SeedResult run_seed(std::uint64_t seed, const World& world, Report& report, bool echo = false);

}  // namespace tickstock::sim
