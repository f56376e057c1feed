#pragma once

#include <filesystem>
#include <string>

#include "config/config_files.hpp"

namespace tickstock {

/// One file with some values changed, and all else as it was: comments, order.
struct FileEdit {
    std::string name;  ///< "channels/default_tick.json"
    std::filesystem::path path;
    std::string before;
    std::string after;
    bool is_new = false;      ///< there was none; `before` is what would be made
    bool is_private = false;  ///< `after` holds a secret: nothing for others to read
};

/// True when `text` gives a value of its own to a setting that may hold a secret.
bool holds_secret(ConfigFile file, const std::string& text);

/// Lines that differ, as "-old" and "+new" under "FILE:LINE". Values that may be secrets are
/// "(not shown)", new ones "(not shown, new)".
std::string edit_text(const FileEdit& edit);

}  // namespace tickstock
