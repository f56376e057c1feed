#pragma once

#include "validate/gate_log.hpp"
#include "validate/workbench.hpp"

namespace tickstock::validate {

// The groups. Each tells the log of its gates and returns early when nothing more can be measured:
// the error is then the reason for the gates that it has not told of.

std::optional<Error> run_functional(Workbench& bench, GateLog& log);
std::optional<Error> run_load(Workbench& bench, GateLog& log);
std::optional<Error> run_latency(Workbench& bench, GateLog& log);
std::optional<Error> run_memory(Workbench& bench, GateLog& log);
std::optional<Error> run_integrity(Workbench& bench, GateLog& log);
std::optional<Error> run_websocket(Workbench& bench, GateLog& log);
std::optional<Error> run_monitoring(Workbench& bench, GateLog& log);
std::optional<Error> run_recovery(Workbench& bench, GateLog& log);

}  // namespace tickstock::validate
