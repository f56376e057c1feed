#pragma once

#include <functional>
#include <string>

#include "config/problem.hpp"

namespace tickstock {

/// What no single setting can tell: settings that do not go together. `place_of` tells where a
/// setting was given, as an error begins: "file:12: server.port", "default server.port".
void check_together(const Config& config,
                    const std::function<std::string(const std::string& name)>& place_of,
                    ConfigProblems& into);

}  // namespace tickstock
