#include "validate/integration_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "model/rollout.hpp"
#include "validate/engine_run.hpp"
#include "validate/gate_log.hpp"
#include "validate/live_run.hpp"
#include "validate/tcp_socket.hpp"
#include "validate/workbench.hpp"

namespace tickstock::validate {
namespace {

using State = IntegrationRun::State;

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

FeatureFlags flags_of(std::size_t state) {
    FeatureFlags flags;
    flags.integration_layer_enabled = state == State::Standby;
    return flags;
}

/// What the engine alone spends, for the details of all gates.
std::string cost_of(const IntegrationRun& run, std::size_t state) {
    return fmt::format("{:+.0f} ns a record to the engine's {:.0f} ns ({:+.0f} %)",
                       run.added_ns[state], run.record_ns[State::NotInstalled],
                       100 * run.added_ns[state] / run.record_ns[State::NotInstalled]);
}

std::string conditions_of(const IntegrationRun& run) {
    return fmt::format("{} trades of {} symbols, one thread, median of {} rounds in turns",
                       run.trades, run.symbols, run.rounds);
}

}  // namespace

IntegrationRun run_integration(const Workbench& bench) {
    IntegrationRun run;
    run.trades = bench.full() ? 2'000'000 : 500'000;
    run.symbols = 10'000;
    run.rounds = bench.full() ? 9 : 5;
    const RecordBatch tape = zipf_trades(run.trades, run.symbols, 100'000);
    std::array<std::vector<double>, IntegrationRun::states> took;
    std::array<std::vector<double>, IntegrationRun::states> added;
    for (int round = 0; round < run.rounds; ++round) {
        std::uint64_t events = 0;  // a hash of them
        for (std::size_t state = 0; state < IntegrationRun::states; ++state) {
            PipelineSettings settings = bench.config().pipeline;
            settings.integration.installed = state != State::NotInstalled;
            const auto result = run_engine(settings, 1, tape, flags_of(state));
            if (!result || is_interrupted()) {
                run.error = result ? "interrupted" : result.error().message;
                return run;
            }
            took[state].push_back(result->processor_seconds * 1e9 /
                                  static_cast<double>(run.trades));
            added[state].push_back(took[state].back() - took[State::NotInstalled].back());
            run.memory_bytes[state] = static_cast<double>(result->memory_bytes);
            events = state == State::NotInstalled ? result->hash : events;
            if (result->hash != events) {
                run.error = "the integrator changes the events: they must be the same without it";
                return run;
            }
        }
    }
    for (std::size_t state = 0; state < IntegrationRun::states; ++state) {
        run.record_ns[state] = median(took[state]);
        run.added_ns[state] = median(added[state]);
    }
    return run;
}

void judge_integration_latency(Workbench& bench, GateLog& log) {
    const IntegrationRun& run = bench.integration();
    if (!run.error.empty()) {
        log.fail("integration", run.error);
        return;
    }
    const double slower = std::max(run.added_ns[State::FlagsOff], run.added_ns[State::Standby]);
    log.figure("integration", slower * static_cast<double>(engine_batch_records) / 1e6,
               fmt::format("batches of {} records; installed with all flags off {}; both paths at "
                           "work {}; {}",
                           engine_batch_records, cost_of(run, State::FlagsOff),
                           cost_of(run, State::Standby), conditions_of(run)));
}

void judge_integration_cpu(Workbench& bench, GateLog& log) {
    const IntegrationRun& run = bench.integration();
    const LiveRun& live = bench.live();
    const double live_ns = live.records == 0 ? 0
                                             : static_cast<double>(live.processor_time.count()) /
                                                   static_cast<double>(live.records);
    for (const auto& [gate, state] : {std::pair("integration_cpu", State::FlagsOff),
                                      std::pair("standby_cpu", State::Standby)}) {
        if (!run.error.empty() || live_ns <= 0) {
            log.fail(gate,
                     run.error.empty() ? "the server's processor time is not known" : run.error);
            continue;
        }
        log.figure(gate, 100 * std::max(0.0, run.added_ns[state]) / live_ns,
                   fmt::format("of the {:.0f} ns that the live server takes for a record with "
                               "sockets, journal and events; {}; {}",
                               live_ns, cost_of(run, state), conditions_of(run)));
    }
}

void judge_integration_memory(Workbench& bench, GateLog& log) {
    const IntegrationRun& run = bench.integration();
    // On a busy machine the server is behind when it is looked at; it has no less than its engine.
    const bool known = bench.live().loaded.anonymous > 0;
    const double server = std::max(static_cast<double>(bench.live().loaded.anonymous),
                                   run.memory_bytes[State::NotInstalled]);
    for (const auto& [gate, state] :
         {std::pair("integration", State::FlagsOff), std::pair("standby", State::Standby)}) {
        if (!run.error.empty() || !known) {
            log.fail(gate, run.error.empty() ? "the server's memory is not known" : run.error);
            continue;
        }
        const double added = run.memory_bytes[state] - run.memory_bytes[State::NotInstalled];
        log.figure(gate, 100 * std::max(0.0, added) / server,
                   fmt::format("{:+.1f} MB to the engine's {:.1f} MB, of the {:.1f} MB that the "
                               "live server has with as many symbols (RssAnon); {} symbols that "
                               "have traded",
                               added / 1e6, run.memory_bytes[State::NotInstalled] / 1e6,
                               server / 1e6, run.symbols));
    }
}

}  // namespace tickstock::validate
