#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"
#include "config/load.hpp"

namespace tickstock {

/// `--config DIR` and `--set NAME=VALUE`, which every command that runs the engine takes.
struct ConfigOptions {
    std::string directory;
    std::vector<std::string> settings;         ///< NAME=VALUE, as typed
    std::map<std::string, std::string> flags;  ///< set by the command's own options

    void add_to(CLI::App& command);

    /// default < files < environment < flags. An error is ready to show. A folder that does not
    /// exist is an error, unless `may_create`: then it is made with the defaults, and said so.
    Result<Config> load(bool may_create = false) const;

    /// The places that load() reads; an error when a --set is no NAME=VALUE.
    Result<ConfigPlaces> places() const;
};

/// What load() would give with some settings on top (name -> text); makes no file.
Result<Config> with_settings(const ConfigOptions& options,
                             const std::map<std::string, std::string>& settings);

/// Prints "tickstock: MESSAGE" to stderr.
void print_error(const std::string& message);

}  // namespace tickstock
