#pragma once

#include <string>
#include <vector>

namespace tickstock::validate {

class Workbench;

/// More than a server takes, on purpose: a paused channel whose queue must drop, rows as fast as
/// the socket takes them, and a client that does not read.
struct OverloadRun {
    std::string error;                ///< why it has no result; empty = it ran to its end
    std::string text;                 ///< what happened, with counts
    std::vector<std::string> faults;  ///< what was lost without a word; empty = nothing
};

OverloadRun run_overload(Workbench& bench);

}  // namespace tickstock::validate
