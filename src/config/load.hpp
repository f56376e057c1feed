#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/result.hpp"
#include "config/config.hpp"
#include "config/problem.hpp"

namespace tickstock {

/// All places that may say something about the configuration.
struct ConfigPlaces {
    std::string directory;  ///< empty = no files
    std::map<std::string, std::string> environment;
    std::map<std::string, std::string> flags;  ///< dotted name -> text
    /// Texts in place of the directory's own files, by relative_path(): "tickstock.json". To try
    /// out what would be written.
    std::map<std::string, std::string> instead = {};
    /// Of a running system: the directory's own files that have been read, by relative_path(). One
    /// of them that is gone is a problem, and no file is made. Nothing = a start.
    std::optional<std::set<std::string>> known_files = {};

    bool is_known(const std::string& file) const {
        return known_files && known_files->contains(file);
    }
};

/// load_config() with the problems as data. Files that are missing are made, unless
/// `known_files` are told.
Result<Config, ConfigProblems> load_config_from(const ConfigPlaces& places);

/// The directory's own files that are there, for `known_files`.
std::set<std::string> files_there(const ConfigPlaces& places);

/// A known file that is missing, as the problem says it.
std::string file_is_gone(const std::filesystem::path& path);

}  // namespace tickstock
