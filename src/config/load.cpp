#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "config/config.hpp"
#include "config/config_files.hpp"
#include "config/file_text.hpp"
#include "config/json_entries.hpp"
#include "config/routing_rule_text.hpp"
#include "config/rule_files.hpp"
#include "config/settings.hpp"
#include "config/universe_files.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view environment_prefix = "TICKSTOCK__";
constexpr std::uintmax_t file_size_limit = 1 << 20;
constexpr std::size_t errors_shown = 20;

/// The configuration on its way from the defaults through all places that may say something.
/// Collects errors, so that one look shows all of them.
class Loader {
public:
    /// `profile` is what the places are thought to say of the tick channel's file.
    explicit Loader(TickProfile profile)
        : config_(default_config(profile)), unused_(unused_file(profile)) {}

    void read_all(const std::string& directory,
                  const std::map<std::string, std::string>& environment,
                  const std::map<std::string, std::string>& flags);
    /// What they do say.
    TickProfile profile() const { return config_.tick_profile; }

    Result<Config> finish();

private:
    void read_directory(const fs::path& directory);
    void read_environment(const std::map<std::string, std::string>& environment);
    void read_flags(const std::map<std::string, std::string>& flags);
    void check_together();
    void read_file(const fs::path& directory, ConfigFile file);
    void read_entries(const std::string& path, ConfigFile file,
                      const std::vector<JsonEntry>& entries);
    /// `place` is where the value stands, as an error message begins: "file:12: server.port".
    void set(const Setting& setting, const RawValue& raw, const std::string& place,
             const std::string& origin);
    std::string place_of(const std::string& name) const;
    void fail(std::string error) { errors_.push_back(std::move(error)); }

    Config config_;
    const ConfigFile unused_;                    // checked, without effect
    std::map<std::string, std::string> places_;  // of each setting that was given, for errors
    std::vector<std::string> errors_;
};

void Loader::set(const Setting& setting, const RawValue& raw, const std::string& place,
                 const std::string& origin) {
    const auto value = parse_setting(setting, raw);
    if (value) {
        if (!setting.write) {
            return;
        }
        setting.write(config_, *value);
        config_.origins[setting.name] = origin;
        places_[setting.name] = place;
        return;
    }
    const bool wrong_type = value.error() == Refusal::WrongType;
    const bool is_word = setting.type == SettingType::Word || setting.type == SettingType::Boolean;
    fail(fmt::format("{} = {}: accepted is {}{}{}", place, raw_text(raw),
                     wrong_type && !is_word ? type_text(setting) + ", " : "", setting.accepted,
                     setting.unit.empty() ? "" : " " + setting.unit));
}

void Loader::read_entries(const std::string& path, ConfigFile file,
                          const std::vector<JsonEntry>& entries) {
    std::map<std::string, int> seen;
    for (const auto& entry : entries) {
        const auto place = fmt::format("{}:{}: {}", path, entry.line, entry.path);
        const Setting* setting = setting_of_key(file, entry.path);
        if (setting == nullptr && is_section(file, entry.path)) {
            if (entry.value.kind != RawValue::Kind::Section) {
                fail(fmt::format("{} = {}: accepted is an object with {}", place,
                                 raw_text(entry.value), accepted_keys(file, entry.path + ".")));
            }
            continue;
        }
        if (setting == nullptr) {
            fail(fmt::format("{}: unknown key; accepted beside it are {}", place,
                             accepted_keys(file, entry.path)));
            continue;
        }
        const auto [first, is_new] = seen.emplace(setting->name, entry.line);
        if (!is_new) {
            fail(fmt::format("{}: given twice, first in line {}", place, first->second));
            continue;
        }
        set(*setting, entry.value, place, fmt::format("{}:{}", relative_path(file), entry.line));
    }
}

/// A missing file is made, for people to edit. Where that cannot be, the defaults hold all the
/// same.
void create_default(const fs::path& path, ConfigFile file) {
    std::error_code ignored;
    fs::create_directories(path.parent_path(), ignored);
    std::ofstream(path) << default_file_text(file);
}

void Loader::read_file(const fs::path& directory, ConfigFile file) {
    const fs::path path = directory / relative_path(file);
    std::error_code error;
    if (fs::status(path, error).type() == fs::file_type::not_found) {
        create_default(path, file);
        return;
    }
    const auto text = read_file_text(path, file_size_limit, errors_);
    if (!text) {
        return;
    }
    const auto entries = read_json_entries(*text);
    if (!entries) {
        fail(fmt::format("{}:{}", path.string(), entries.error().message));
        return;
    }
    read_entries(path.string(), file, *entries);
}

void Loader::read_directory(const fs::path& directory) {
    std::error_code error;
    if (fs::exists(directory, error) && !fs::is_directory(directory, error)) {
        fail(fmt::format("{}: is no directory", directory.string()));
        return;
    }
    for (const auto file : config_files) {
        if (file != unused_) {
            read_file(directory, file);
            continue;
        }
        Loader apart(config_.tick_profile);  // only its errors count
        apart.read_file(directory, file);
        std::move(apart.errors_.begin(), apart.errors_.end(), std::back_inserter(errors_));
    }
    RuleFiles rules = read_rule_directory(directory.string());
    std::move(rules.errors.begin(), rules.errors.end(), std::back_inserter(errors_));
    config_.pipeline.rules.user = rules.enabled();
    UniverseFiles universes = read_universe_directory(directory.string());
    std::move(universes.errors.begin(), universes.errors.end(), std::back_inserter(errors_));
    config_.universes = std::move(universes.universes);
}

void Loader::read_environment(const std::map<std::string, std::string>& environment) {
    const auto given = [&](std::string_view variable) {
        return environment.find(std::string(variable));
    };
    for (const auto& [variable, name] : older_names()) {
        if (const auto found = given(variable); found != environment.end()) {
            set(*find_setting(name), {RawValue::Kind::Untyped, found->second, {}},
                std::string(variable), "environment");
        }
    }
    for (auto it = environment.lower_bound(std::string(environment_prefix));
         it != environment.end() && it->first.starts_with(environment_prefix); ++it) {
        std::string name = it->first.substr(environment_prefix.size());
        for (auto at = name.find("__"); at != std::string::npos; at = name.find("__", at + 1)) {
            name.replace(at, 2, ".");
        }
        const Setting* setting = find_setting_any_case(name);
        if (setting == nullptr) {
            fail(fmt::format("{}: unknown setting; `tickstock config show` lists all", it->first));
            continue;
        }
        set(*setting, {RawValue::Kind::Untyped, it->second, {}}, it->first, "environment");
    }
}

void Loader::read_flags(const std::map<std::string, std::string>& flags) {
    for (const auto& [name, text] : flags) {
        const Setting* setting = find_setting(name);
        if (setting == nullptr) {
            fail(fmt::format("flag {}: unknown setting; `tickstock config show` lists all", name));
            continue;
        }
        set(*setting, {RawValue::Kind::Untyped, text, {}}, "flag " + name, "flag");
    }
}

std::string Loader::place_of(const std::string& name) const {
    const auto found = places_.find(name);
    return found == places_.end() ? "default " + name : found->second;
}

/// What no single setting can tell.
void Loader::check_together() {
    constexpr std::array<std::string_view, channel_type_count> channels{"tick", "ohlcv", "fmv"};
    for (std::size_t i = 0; i < channels.size(); ++i) {
        const auto& channel = config_.pipeline.channels[i];
        if (channel.priority == 1 && channel.strategy != BatchingStrategy::Immediate) {
            const auto prefix = fmt::format("channels.{}.", channels[i]);
            const Setting& strategy = *find_setting(prefix + "batching.strategy");
            fail(fmt::format("{} = {}: accepted is immediate, since {} = 1",
                             place_of(strategy.name), value_text(strategy, strategy.read(config_)),
                             place_of(prefix + "priority")));
        }
    }
    if (config_.journal.retention_bytes < config_.journal.segment_bytes) {
        fail(fmt::format("{} = {}: accepted is at least {} = {}",
                         place_of("journal.retention_bytes"), config_.journal.retention_bytes,
                         place_of("journal.segment_bytes"), config_.journal.segment_bytes));
    }
    for (const std::string& rule : config_.router.rules) {
        const auto parsed = parse_routing_rule(rule);
        for (const unsigned shard : parsed ? parsed->shards : std::vector<unsigned>{}) {
            if (shard >= config_.engine.shards) {
                fail(fmt::format("{} = {}: accepted are shards below {} = {}",
                                 place_of("router.rules"), rule, place_of("engine.shards"),
                                 config_.engine.shards));
            }
        }
    }
    const auto& names = config_.source.names;
    const bool replay = std::find(names.begin(), names.end(), "replay") != names.end();
    if (replay && config_.source.files.empty()) {
        fail(fmt::format("{} = (empty): accepted is at least one file, since {} has replay",
                         place_of("source.files"), place_of("source.names")));
    }
}

void Loader::read_all(const std::string& directory,
                      const std::map<std::string, std::string>& environment,
                      const std::map<std::string, std::string>& flags) {
    if (!directory.empty()) {
        read_directory(directory);
    }
    read_environment(environment);
    read_flags(flags);
    check_together();
}

Result<Config> Loader::finish() {
    if (errors_.empty()) {
        return std::move(config_);
    }
    const std::size_t unsaid = errors_.size() - std::min(errors_.size(), errors_shown);
    errors_.resize(errors_.size() - unsaid);
    auto message = fmt::format("{}", fmt::join(errors_, "\n"));
    if (unsaid > 0) {
        message += fmt::format("\nand {} more", unsaid);
    }
    return Error{std::move(message)};
}

}  // namespace

Result<Config> load_config(const std::string& directory,
                           const std::map<std::string, std::string>& environment,
                           const std::map<std::string, std::string>& flags) {
    // Which file the tick channel takes may stand in any place and is known when all are read.
    Loader loader(TickProfile::DefaultTick);
    loader.read_all(directory, environment, flags);
    if (loader.profile() == TickProfile::DefaultTick) {
        return loader.finish();
    }
    Loader again(loader.profile());
    again.read_all(directory, environment, flags);
    return again.finish();
}

std::vector<SettingInfo> explain_config(const Config& config) {
    const Config defaults = default_config(config.tick_profile);
    std::vector<SettingInfo> rows;
    for (const auto& setting : settings_table()) {
        const auto origin = config.origins.find(setting.name);
        SettingInfo row;
        row.name = setting.name;
        row.type = type_text(setting);
        row.value = value_text(setting, setting.read(config));
        row.default_value = value_text(setting, setting.read(defaults));
        row.accepted = setting.accepted;
        row.unit = setting.unit;
        row.sentence = setting.sentence;
        row.change = change_text(setting.change);
        row.origin = origin == config.origins.end() ? "default" : origin->second;
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace tickstock
