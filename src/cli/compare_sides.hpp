#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"
#include "config/reload_plan.hpp"

namespace tickstock {

/// One of the two configurations, as the command line names it.
struct GivenSide {
    char side = 'A';
    std::string path;                   ///< a folder, or a file; empty = the defaults
    std::vector<std::string> settings;  ///< NAME=VALUE of both
    std::vector<std::string> own;       ///< of this one
};
struct LoadedSide {
    std::string name;  ///< for people: the path
    Config config;
};
/// default < files < environment < `settings` < `own`. A file stands in the place of its folder's
/// tickstock.json. Makes no file. An error names the argument, or file and line.
Result<LoadedSide> load_side(const GivenSide& given);

/// From A to B; a condition table with another text is one of them.
std::vector<ConfigDifference> settings_that_differ(const Config& a, const Config& b);

}  // namespace tickstock
