#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/key_tree.hpp"
#include "config/setting.hpp"

namespace tickstock {

/// The files of a configuration directory, in the order in which they are read: what a later one
/// says holds.
enum class ConfigFile : std::uint8_t { Tick, ProductionTick, Ohlcv, Fmv, Main };

inline constexpr std::array config_files{ConfigFile::Tick, ConfigFile::ProductionTick,
                                         ConfigFile::Ohlcv, ConfigFile::Fmv, ConfigFile::Main};

/// The tick channel's other file: read for its errors only.
constexpr ConfigFile unused_file(TickProfile profile) {
    return profile == TickProfile::DefaultTick ? ConfigFile::ProductionTick : ConfigFile::Tick;
}

/// What holds where no place says anything. The tick channel bears its file's name.
Config default_config(TickProfile profile);

/// "tickstock.json", "channels/default_tick.json" …
std::string_view relative_path(ConfigFile file);

/// A key of `file` (its path, dots between) as the setting that it means; nullptr for an unknown
/// key. Knows the older names of keys. A channel file's `data_type` is a row that is checked and
/// sets nothing (no `write`).
const Setting* setting_of_key(ConfigFile file, std::string_view key);

/// The key under which `file` holds `setting`; nothing when it does not. The main file may hold
/// every setting.
std::optional<std::string> key_of_setting(ConfigFile file, const Setting& setting);

/// The file that is made with `setting`: a channel's own, else the main file. `profile` says which
/// of the tick channel's files is taken.
ConfigFile home_of(const Setting& setting, TickProfile profile);

/// All settings that `file` may hold, in the table's order.
std::vector<KeyedSetting> keyed_settings(ConfigFile file);

/// Older spellings that `file` understands too.
std::vector<KeyedSetting> older_keys(ConfigFile file);

/// True for a key that holds other keys: "server".
bool is_section(ConfigFile file, std::string_view key);

/// The keys accepted beside `key`, for the error about an unknown one: "server.address, …".
std::string accepted_keys(ConfigFile file, std::string_view key);

/// Names of earlier systems, as environment variables and as keys of the main file: (variable,
/// setting).
const std::vector<std::pair<std::string, std::string>>& older_names();

/// The file as it is created when missing: every setting whose home it is with its default, each
/// under a comment.
std::string default_file_text(ConfigFile file);

}  // namespace tickstock
