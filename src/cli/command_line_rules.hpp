#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"

namespace tickstock {

/// The event rules that `--rule EXPR` adds: named "rule", "rule-2", … where those names are free.
struct CommandLineRules {
    std::vector<std::string> expressions;
    double cooldown_seconds = 60;

    /// The problem ready to show, with a caret under the column; empty when there is none.
    std::string add_to(std::vector<UserRule>& rules) const;
};

}  // namespace tickstock
