#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace tickstock {

/// Universes as people wrote them, and what is wrong with them. docs/universes.md describes the
/// files; model/universe.hpp has the bounds.
struct UniverseFiles {
    std::vector<UniverseSettings> universes;  ///< by name
    std::vector<std::string> errors;  ///< each ready to show: "file:12: key = value: accepted …"
};

/// All universes/*.json of a configuration directory. A missing folder holds none.
UniverseFiles read_universe_directory(const std::string& config_directory);

/// Adds the file's universe, whose name is `name`, unless something is wrong with it. `path` stands
/// in errors.
void read_universe_text(std::string_view text, const std::string& path, const std::string& name,
                        UniverseFiles& into);

}  // namespace tickstock
