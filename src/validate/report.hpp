#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "validate/gate.hpp"
#include "validate/machine.hpp"

namespace tickstock::validate {

/// All that a run has found, to print, to keep and to decide by.
struct Report {
    std::string version;  ///< of the program that was validated
    std::string command;  ///< as typed
    UnixNanos began;      ///< wall time
    double seconds = 0;
    bool full = false;
    bool figures_only = false;  ///< gates on speed and time are reported and decide nothing
    bool interrupted = false;   ///< somebody stopped it: it has not passed
    Machine machine;
    std::vector<std::string> conditions;  ///< "server.port=0": settings that the run replaced
    std::vector<GateOutcome> outcomes;
};

/// Whether the gate has a say in the exit status of this run.
bool decides(const Report& report, const GateOutcome& outcome);

/// True when the gate keeps the run from passing: it decides and did not pass.
bool blocks(const Report& report, const GateOutcome& outcome);

/// Whether the run is good. One without gates, or an interrupted one, is not.
bool passed(const Report& report);

/// For people, to print and to keep with a release.
std::string to_markdown(const Report& report);
/// For programs: {"passed","version","machine","gates":[…]}; times in seconds.
std::string to_json(const Report& report);

/// Writes `path` as Markdown, and beside it the same as JSON; a path that ends in .json names the
/// JSON, and the Markdown gets .md. Gives both paths.
Result<std::pair<std::string, std::string>> write_report(const Report& report,
                                                         const std::string& path);

/// One line of the progress: "PASS latency.tick_p99  0.004 ms (< 50 ms)  detail".
std::string line_of(const GateOutcome& outcome);

}  // namespace tickstock::validate
