#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace tickstock::validate {

class GateLog;
class Workbench;

/// What the integrator costs (SPEC 15): the same trades through the engine in this process, without
/// it, with it and all flags off, and with both paths at work, in turns. Medians of the rounds.
struct IntegrationRun {
    enum State : std::size_t {
        NotInstalled,  ///< the multi-channel pipeline alone
        FlagsOff,      ///< the linear path alone, the channels get no trades
        Standby,       ///< the layer is on: both paths work each trade, the other one muted
    };
    static constexpr std::size_t states = 3;

    std::string error;  ///< why it has no result; empty = it ran to its end
    std::array<double, states>
        record_ns{};  ///< of the thread's processor time, admission to events
    std::array<double, states>
        added_ns{};  ///< a record; of the rounds' differences to NotInstalled
    std::array<double, states> memory_bytes{};
    std::uint64_t trades = 0;
    std::uint32_t symbols = 0;
    int rounds = 0;
};

/// 500,000 trades of 10,000 symbols in 5 rounds, with --full 2,000,000 in 9. Fails, too, when the
/// three states do not give the same events.
IntegrationRun run_integration(const Workbench& bench);

// Gates of three groups. Those of load and memory hold the cost against the server of the live run,
// which must have ended well.

void judge_integration_latency(Workbench& bench, GateLog& log);
void judge_integration_cpu(Workbench& bench, GateLog& log);
void judge_integration_memory(Workbench& bench, GateLog& log);

}  // namespace tickstock::validate
