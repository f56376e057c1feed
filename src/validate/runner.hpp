#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "validate/report.hpp"
#include "validate/workbench.hpp"

namespace tickstock::validate {

struct RunOptions {
    std::vector<GateGroup> groups;  ///< in this order; empty = all
    Workbench::Options bench;
    bool figures_only = false;
    std::string version;
    std::string command;  ///< as typed, for the report
};

/// Runs the groups one after the other and says on standard error what it does. SIGINT and SIGTERM
/// end it early, with its children and files. An error: it could not begin. The main thread.
Result<Report> run_gates(const RunOptions& options, const Config& config, const Clock& clock);

}  // namespace tickstock::validate
