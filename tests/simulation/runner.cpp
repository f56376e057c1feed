#include "simulation/runner.hpp"

#include "simulation/simulation.hpp"

namespace tickstock::sim {

SeedResult run_seed(std::uint64_t seed, const World& world, Report& report, bool echo) {
    const Plan plan = make_plan(seed, world);
    Trace trace;
    if (echo) {
        trace.echo();
    }
    SeedResult result;
    try {
        Simulation(plan, trace, report).run();
    } catch (const InvariantBroken& broken) {
        result.broken = broken.invariant;
        result.why = broken.what();
        result.trace_tail = describe(plan) + "\n" + trace.tail();
    }
    result.trace_hash = trace.hash();
    return result;
}

}  // namespace tickstock::sim
