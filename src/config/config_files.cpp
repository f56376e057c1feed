#include "config/config_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/key_tree.hpp"
#include "config/settings.hpp"

namespace tickstock {
namespace {

/// Settings that have a channel's file as their home, under another beginning.
struct HomeSection {
    ConfigFile file;
    std::string_view setting_prefix;
    std::string_view key_prefix;
};
constexpr std::array<HomeSection, 7> home_sections{{
    {ConfigFile::Tick, "high_low.", "detection_parameters.highlow."},
    {ConfigFile::Tick, "trend.", "detection_parameters.trend."},
    {ConfigFile::Tick, "surge.", "detection_parameters.surge."},
    {ConfigFile::Ohlcv, "bars.", "detection_parameters.bars."},
    {ConfigFile::Ohlcv, "rules.ohlcv.", "event_rules."},
    {ConfigFile::Fmv, "valuation.", "detection_parameters.valuation."},
    {ConfigFile::Fmv, "rules.fmv.", "event_rules."},
}};

/// Both files of the tick channel have the same keys.
ConfigFile keys_of(ConfigFile file) {
    return file == ConfigFile::ProductionTick ? ConfigFile::Tick : file;
}

/// It says which file is taken, so no channel file can say it.
constexpr std::string_view tick_profile = "channels.tick.profile";

std::string_view channel_prefix(ConfigFile file) {
    switch (file) {
        case ConfigFile::Tick:
        case ConfigFile::ProductionTick: return "channels.tick.";
        case ConfigFile::Ohlcv: return "channels.ohlcv.";
        case ConfigFile::Fmv: return "channels.fmv.";
        case ConfigFile::Main: return "";
    }
    TS_ASSERT(false);
}

/// Older spellings of a channel file's keys, by their beginning.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> key_aliases{{
    {"highlow_detection.", "detection_parameters.highlow."},
    {"trend_detection.", "detection_parameters.trend."},
    {"surge_detection.", "detection_parameters.surge."},
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

std::string_view channel_name(ConfigFile file) {
    const std::string_view prefix = channel_prefix(file);
    return prefix.substr(9, prefix.size() - 10);
}

/// S2's key: it says what the file's place says already, so it can only be right or wrong.
Setting data_type_row(ConfigFile file) {
    const std::string own(channel_name(file));
    Setting row;
    row.name = "data_type";
    row.type = SettingType::Word;
    row.accepted = own + ", the channel of this file";
    row.sentence = "Sets nothing: the file says whose it is.";
    row.words = {own};
    row.read = [own](const Config&) { return SettingValue{own}; };
    return row;
}

const Setting* data_type_of(ConfigFile file) {
    static const Setting tick = data_type_row(ConfigFile::Tick);
    static const Setting ohlcv = data_type_row(ConfigFile::Ohlcv);
    static const Setting fmv = data_type_row(ConfigFile::Fmv);
    switch (file) {
        case ConfigFile::Tick:
        case ConfigFile::ProductionTick: return &tick;
        case ConfigFile::Ohlcv: return &ohlcv;
        case ConfigFile::Fmv: return &fmv;
        case ConfigFile::Main: return nullptr;
    }
    TS_ASSERT(false);
}

}  // namespace

Config default_config(TickProfile profile) {
    Config config;
    if (profile == TickProfile::ProductionTick) {
        config.pipeline.channels[0].name = "production_tick";
    }
    return config;
}

std::string_view relative_path(ConfigFile file) {
    switch (file) {
        case ConfigFile::Tick: return "channels/default_tick.json";
        case ConfigFile::ProductionTick: return "channels/production_tick.json";
        case ConfigFile::Ohlcv: return "channels/default_ohlcv.json";
        case ConfigFile::Fmv: return "channels/default_fmv.json";
        case ConfigFile::Main: return "tickstock.json";
    }
    TS_ASSERT(false);
}

namespace {

/// TREND_DIRECTION_THRESHOLD_MIDDAY for trend.periods.MIDDAY.direction_threshold.
std::optional<std::string> older_period_name(std::string_view setting) {
    const bool of_period =
        setting.starts_with("trend.periods.") || setting.starts_with("surge.periods.");
    if (!of_period) {
        return std::nullopt;
    }
    const std::string_view rest = setting.substr(14);
    const auto dot = rest.find('.');
    std::string name =
        fmt::format("{}_{}_{}", setting.substr(0, 5), rest.substr(dot + 1), rest.substr(0, dot));
    std::transform(name.begin(), name.end(), name.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return name;
}

std::vector<std::pair<std::string, std::string>> make_older_names() {
    std::vector<std::pair<std::string, std::string>> names{
        {"HIGHLOW_MIN_PRICE_CHANGE", "high_low.min_price_change"},
        {"HIGHLOW_MIN_PERCENT_CHANGE", "high_low.min_percent_change"},
        {"HIGHLOW_COOLDOWN_SECONDS", "high_low.cooldown_seconds"},
        {"HIGHLOW_DETECTION_ENABLED", "high_low.enabled"},
        {"TICK_CHANNEL_ENABLED", "channels.tick.enabled"},
        {"ENABLE_MULTICHANNEL", "integration.enable_multi_channel"},
        {"CHANNEL_TIMEOUT_MS", "integration.channel_timeout_ms"},
        {"FALLBACK_TO_LEGACY", "integration.fallback_to_legacy"},
    };
    for (const Setting& setting : settings_table()) {
        if (auto older = older_period_name(setting.name)) {
            names.emplace_back(std::move(*older), setting.name);
        }
    }
    return names;
}

/// A flat key of a detector whose settings go by period means MIDDAY.
const Setting* find_flat_or_full(const std::string& name) {
    if (const Setting* setting = find_setting(name)) {
        return setting;
    }
    const bool by_period = name.starts_with("trend.") || name.starts_with("surge.");
    return by_period ? find_setting(name.substr(0, 6) + "periods.MIDDAY." + name.substr(6))
                     : nullptr;
}

}  // namespace

const std::vector<std::pair<std::string, std::string>>& older_names() {
    static const auto names = make_older_names();
    return names;
}

const Setting* setting_of_key(ConfigFile file, std::string_view key) {
    if (file == ConfigFile::Main) {
        for (const auto& [older, name] : older_names()) {
            if (key == older) {
                return find_setting(name);
            }
        }
        return find_flat_or_full(std::string(key));
    }
    if (key == "data_type") {
        return data_type_of(file);
    }
    const std::string current = current_key(key);
    for (const HomeSection& home : home_sections) {
        if (home.file == keys_of(file)) {
            if (const auto name = replace_front(current, home.key_prefix, home.setting_prefix)) {
                return find_flat_or_full(*name);
            }
        }
    }
    const std::string name = std::string(channel_prefix(file)) + current;
    return name == tick_profile ? nullptr : find_setting(name);
}

std::optional<std::string> key_of_setting(ConfigFile file, const Setting& setting) {
    if (file == ConfigFile::Main) {
        return setting.name;
    }
    if (setting.name == tick_profile) {
        return std::nullopt;
    }
    for (const HomeSection& home : home_sections) {
        if (home.file == keys_of(file)) {
            if (auto key = replace_front(setting.name, home.setting_prefix, home.key_prefix)) {
                return key;
            }
        }
    }
    return replace_front(setting.name, channel_prefix(file), "");
}

ConfigFile home_of(const Setting& setting, TickProfile profile) {
    for (const ConfigFile file : {ConfigFile::Tick, ConfigFile::Ohlcv, ConfigFile::Fmv}) {
        if (key_of_setting(file, setting)) {
            const bool production =
                file == ConfigFile::Tick && profile == TickProfile::ProductionTick;
            return production ? ConfigFile::ProductionTick : file;
        }
    }
    return ConfigFile::Main;
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
            keyed.push_back({older, find_setting(name)});
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
    keyed.push_back({"data_type", data_type_of(file)});
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

}  // namespace tickstock
