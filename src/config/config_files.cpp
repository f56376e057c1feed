#include "config/config_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/key_tree.hpp"
#include "config/settings.hpp"

namespace tickstock {
namespace {

constexpr std::string_view high_low_prefix = "high_low.";
constexpr std::string_view high_low_key = "detection_parameters.highlow.";

std::string_view channel_prefix(ConfigFile file) {
    switch (file) {
        case ConfigFile::Tick: return "channels.tick.";
        case ConfigFile::Ohlcv: return "channels.ohlcv.";
        case ConfigFile::Fmv: return "channels.fmv.";
        case ConfigFile::Main: return "";
    }
    TS_ASSERT(false);
}

/// Older spellings of a channel file's keys, by their beginning.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> key_aliases{{
    {"highlow_detection.", high_low_key},
    {"batch_size", "batching.max_batch_size"},
    {"timeout_ms", "batching.max_wait_time_ms"},
}};

/// `key` with `from` at its front replaced; nothing when it does not begin so. A `from` that ends
/// in a dot is a section, any other one a whole key.
std::optional<std::string> replace_front(std::string_view key, std::string_view from,
                                         std::string_view to) {
    const bool matches = from.ends_with('.') ? key.starts_with(from) : key == from;
    if (!matches) {
        return std::nullopt;
    }
    return std::string(to) + std::string(key.substr(from.size()));
}

std::string current_key(std::string_view key) {
    for (const auto& [from, to] : key_aliases) {
        if (auto replaced = replace_front(key, from, to)) {
            return *replaced;
        }
    }
    return std::string(key);
}

std::string section_of(std::string_view key) {
    const auto dot = key.rfind('.');
    return std::string(key.substr(0, dot == std::string_view::npos ? 0 : dot + 1));
}

std::string header_comment(ConfigFile file) {
    if (file == ConfigFile::Main) {
        return "// TickStock's settings. What is not stated here has its default; what is stated "
               "here holds\n// over the files in channels/, TICKSTOCK__SECTION__KEY in the "
               "environment over both.\n// Comments like this one are allowed.\n";
    }
    return fmt::format("// The {} channel. A key that is absent has its default.\n",
                       channel_prefix(file).substr(9, channel_prefix(file).size() - 10));
}

}  // namespace

std::string_view relative_path(ConfigFile file) {
    switch (file) {
        case ConfigFile::Tick: return "channels/default_tick.json";
        case ConfigFile::Ohlcv: return "channels/default_ohlcv.json";
        case ConfigFile::Fmv: return "channels/default_fmv.json";
        case ConfigFile::Main: return "tickstock.json";
    }
    TS_ASSERT(false);
}

const std::vector<std::pair<std::string_view, std::string_view>>& older_names() {
    static const std::vector<std::pair<std::string_view, std::string_view>> names{
        {"HIGHLOW_MIN_PRICE_CHANGE", "high_low.min_price_change"},
        {"HIGHLOW_MIN_PERCENT_CHANGE", "high_low.min_percent_change"},
        {"HIGHLOW_COOLDOWN_SECONDS", "high_low.cooldown_seconds"},
        {"HIGHLOW_DETECTION_ENABLED", "high_low.enabled"},
        {"TICK_CHANNEL_ENABLED", "channels.tick.enabled"},
    };
    return names;
}

const Setting* setting_of_key(ConfigFile file, std::string_view key) {
    if (file == ConfigFile::Main) {
        for (const auto& [older, name] : older_names()) {
            if (key == older) {
                return find_setting(name);
            }
        }
        return find_setting(key);
    }
    const std::string current = current_key(key);
    if (file == ConfigFile::Tick) {
        if (const auto name = replace_front(current, high_low_key, high_low_prefix)) {
            return find_setting(*name);
        }
    }
    return find_setting(std::string(channel_prefix(file)) + current);
}

std::optional<std::string> key_of_setting(ConfigFile file, const Setting& setting) {
    if (file == ConfigFile::Main) {
        return setting.name;
    }
    if (file == ConfigFile::Tick) {
        if (auto key = replace_front(setting.name, high_low_prefix, high_low_key)) {
            return key;
        }
    }
    return replace_front(setting.name, channel_prefix(file), "");
}

std::vector<KeyedSetting> keyed_settings(ConfigFile file) {
    std::vector<KeyedSetting> keyed;
    for (const auto& setting : settings_table()) {
        if (auto key = key_of_setting(file, setting)) {
            keyed.push_back({std::move(*key), &setting});
        }
    }
    return keyed;
}

std::vector<KeyedSetting> older_keys(ConfigFile file) {
    std::vector<KeyedSetting> keyed;
    if (file == ConfigFile::Main) {
        for (const auto& [older, name] : older_names()) {
            keyed.push_back({std::string(older), find_setting(name)});
        }
        return keyed;
    }
    for (const auto& row : keyed_settings(file)) {
        for (const auto& [older, current] : key_aliases) {
            const bool section = older.ends_with('.');
            if (section ? row.key.starts_with(current) : row.key == current) {
                const auto rest = row.key.substr(current.size());
                keyed.push_back({std::string(older) + rest, row.setting});
            }
        }
    }
    return keyed;
}

bool is_section(ConfigFile file, std::string_view key) {
    const std::string section = current_key(std::string(key) + ".");
    const auto keyed = keyed_settings(file);
    return std::any_of(keyed.begin(), keyed.end(),
                       [&](const KeyedSetting& row) { return row.key.starts_with(section); });
}

std::string accepted_keys(ConfigFile file, std::string_view key) {
    const auto keyed = keyed_settings(file);
    std::string section = section_of(current_key(key));
    const auto inside = [&](const KeyedSetting& row) { return row.key.starts_with(section); };
    while (std::none_of(keyed.begin(), keyed.end(), inside)) {
        section = section_of(std::string_view(section).substr(0, section.size() - 1));
    }
    std::vector<std::string> names;
    for (const auto& row : keyed) {
        if (inside(row)) {
            const auto dot = row.key.find('.', section.size());
            auto name = row.key.substr(section.size(), dot - section.size());
            if (std::find(names.begin(), names.end(), name) == names.end()) {
                names.push_back(std::move(name));
            }
        }
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string default_file_text(ConfigFile file) {
    auto keyed = keyed_settings(file);
    if (file == ConfigFile::Main) {
        std::erase_if(keyed, [](const KeyedSetting& row) {
            return row.key.starts_with("channels.") || row.key.starts_with(high_low_prefix);
        });
    }
    const Config defaults;
    return header_comment(file) + commented_json(key_tree(keyed), defaults);
}

}  // namespace tickstock
