#pragma once

#include <string>
#include <vector>

#include "cli/server_page.hpp"
#include "cli/shared_options.hpp"

namespace tickstock {

// What `tickstock config …` does; each gives the exit code.

struct ConfigShow {
    ConfigOptions config;
    std::string name;  ///< a setting or section; empty = all
    bool json = false;
    bool changed = false;  ///< only what is no default
};
int run_config_show(const ConfigShow& options);

/// All about one setting.
int run_config_explain(const ConfigOptions& options, const std::string& name);

struct ConfigSet {
    ConfigOptions config;
    std::vector<std::string> values;  ///< NAME=VALUE
    bool dry_run = false;
};
/// Edits the files of --config, when the result is good; prints what changes.
int run_config_set(const ConfigSet& options);

struct ConfigDiff {
    ConfigOptions config;
    std::string directory;  ///< against this one; empty = against the server
    ServerAddress server;
};
int run_config_diff(const ConfigDiff& options);

}  // namespace tickstock
