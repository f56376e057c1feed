#include "config/load.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "config/alert_files.hpp"
#include "config/config_checks.hpp"
#include "config/config_files.hpp"
#include "config/file_text.hpp"
#include "config/json_entries.hpp"
#include "config/nearest_key.hpp"
#include "config/rule_files.hpp"
#include "config/settings.hpp"
#include "config/universe_files.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view environment_prefix = "TICKSTOCK__";
constexpr std::uintmax_t file_size_limit = 1 << 20;

/// The configuration on its way from the defaults through all places that may say something.
/// Collects errors, so that one look shows all of them.
class Loader {
public:
    /// `profile` is what the places are thought to say of the tick channel's file. `places`
    /// outlives this.
    Loader(const ConfigPlaces& places, TickProfile profile)
        : places_(places), config_(default_config(profile)), unused_(unused_file(profile)) {}

    void read_all();
    /// What they do say.
    TickProfile profile() const { return config_.tick_profile; }

    Result<Config, ConfigProblems> finish();

private:
    void read_directory();
    void read_environment();
    void read_flags();
    void read_file(ConfigFile file);
    std::optional<std::string> text_of(ConfigFile file);
    void read_entries(const std::string& path, ConfigFile file,
                      const std::vector<JsonEntry>& entries);
    /// `place` is where the value stands, as an error message begins: "file:12: server.port".
    void set(const Setting& setting, const RawValue& raw, const std::string& place,
             const std::string& origin);
    void fail(std::string line) { problems_.add_lines({std::move(line)}); }

    const ConfigPlaces& places_;
    Config config_;
    const ConfigFile unused_;                   // checked, without effect
    std::map<std::string, std::string> given_;  // place of each setting that was given, for errors
    ConfigProblems problems_;
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
        given_[setting.name] = place;
        return;
    }
    problems_.add([&] { return refused_value(setting, raw, value.error(), place, setting.name); });
}

/// TICKSTOCK__SERVER__PORT of server.port.
std::string variable_of(const std::string& name) {
    std::string variable(environment_prefix);
    for (const char c : name) {
        if (c == '.') {
            variable += "__";
        } else {
            variable.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
        }
    }
    return variable;
}

void Loader::read_entries(const std::string& path, ConfigFile file,
                          const std::vector<JsonEntry>& entries) {
    std::map<std::string, int> seen;
    for (const auto& entry : entries) {
        const auto place = fmt::format("{}:{}: {}", path, entry.line, entry.path);
        const Setting* setting = setting_of_key(file, entry.path);
        if (setting == nullptr && is_section(file, entry.path)) {
            if (entry.value.kind != RawValue::Kind::Section) {
                problems_.add([&] { return not_a_section(file, entry, place); });
            }
            continue;
        }
        if (setting == nullptr) {
            problems_.add([&] { return unknown_key(file, entry.path, place); });
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

/// Nothing when it was missing or cannot be read.
std::optional<std::string> Loader::text_of(ConfigFile file) {
    const auto other = places_.instead.find(std::string(relative_path(file)));
    if (other != places_.instead.end()) {
        return other->second;
    }
    const fs::path path = fs::path(places_.directory) / relative_path(file);
    std::error_code error;
    if (fs::status(path, error).type() == fs::file_type::not_found) {
        if (!places_.known_files) {
            create_default(path, file);
        } else if (places_.is_known(std::string(relative_path(file)))) {
            fail(file_is_gone(path));
        }
        return std::nullopt;
    }
    std::vector<std::string> errors;
    auto text = read_file_text(path, file_size_limit, errors);
    problems_.add_lines(errors);
    return text;
}

void Loader::read_file(ConfigFile file) {
    const auto text = text_of(file);
    if (!text) {
        return;
    }
    const std::string path = (fs::path(places_.directory) / relative_path(file)).string();
    const auto entries = read_json_entries(*text);
    if (!entries) {
        fail(fmt::format("{}:{}", path, entries.error().message));
        return;
    }
    read_entries(path, file, *entries);
}

void Loader::read_directory() {
    const fs::path directory = places_.directory;
    std::error_code error;
    if (fs::exists(directory, error) && !fs::is_directory(directory, error)) {
        fail(fmt::format("{}: is no directory", directory.string()));
        return;
    }
    for (const auto file : config_files) {
        if (file != unused_) {
            read_file(file);
            continue;
        }
        Loader apart(places_, config_.tick_profile);  // only its problems count
        apart.read_file(file);
        problems_.append(std::move(apart.problems_));
    }
    RuleFiles rules = read_rule_directory(directory.string());
    problems_.add_lines(rules.errors);
    config_.pipeline.rules.user = rules.enabled();
    UniverseFiles universes = read_universe_directory(directory.string());
    problems_.add_lines(universes.errors);
    config_.universes = std::move(universes.universes);
    AlertFiles alerts = read_alert_directory(directory.string());
    problems_.add_lines(alerts.errors);
    config_.alert_rules = std::move(alerts.rules);
}

void Loader::read_environment() {
    const auto& environment = places_.environment;
    for (const auto& [variable, name] : older_names()) {
        if (const auto found = environment.find(variable); found != environment.end()) {
            set(*find_setting(name), {RawValue::Kind::Untyped, found->second, {}}, variable,
                "environment");
        }
    }
    for (auto it = environment.lower_bound(std::string(environment_prefix));
         it != environment.end() && it->first.starts_with(environment_prefix); ++it) {
        const std::string& variable = it->first;
        std::string name = variable.substr(environment_prefix.size());
        for (auto at = name.find("__"); at != std::string::npos; at = name.find("__", at + 1)) {
            name[at] = '.';
            name.erase(at + 1, 1);
        }
        const Setting* setting = find_setting_any_case(name);
        if (setting == nullptr) {
            problems_.add([&] {
                auto nearest = nearest_setting(name);
                return unknown_setting(variable, variable,
                                       nearest ? std::optional(variable_of(*nearest)) : nearest);
            });
            continue;
        }
        set(*setting, {RawValue::Kind::Untyped, it->second, {}}, variable, "environment");
    }
}

void Loader::read_flags() {
    for (const auto& [name, text] : places_.flags) {
        const Setting* setting = find_setting(name);
        if (setting == nullptr) {
            problems_.add(
                [&] { return unknown_setting("flag " + name, name, nearest_setting(name)); });
            continue;
        }
        set(*setting, {RawValue::Kind::Untyped, text, {}}, "flag " + name, "flag");
    }
}

void Loader::read_all() {
    if (!places_.directory.empty()) {
        read_directory();
    }
    read_environment();
    read_flags();
    check_together(
        config_,
        [this](const std::string& name) {
            const auto found = given_.find(name);
            return found == given_.end() ? "default " + name : found->second;
        },
        problems_);
}

Result<Config, ConfigProblems> Loader::finish() {
    if (problems_.is_empty()) {
        return std::move(config_);
    }
    return std::move(problems_);
}

}  // namespace

Result<Config, ConfigProblems> load_config_from(const ConfigPlaces& places) {
    // Which file the tick channel takes may stand in any place and is known when all are read.
    Loader loader(places, TickProfile::DefaultTick);
    loader.read_all();
    if (loader.profile() == TickProfile::DefaultTick) {
        return loader.finish();
    }
    Loader again(places, loader.profile());
    again.read_all();
    return again.finish();
}

std::set<std::string> files_there(const ConfigPlaces& places) {
    std::set<std::string> names;
    for (const ConfigFile file : config_files) {
        std::error_code error;
        if (fs::exists(fs::path(places.directory) / relative_path(file), error)) {
            names.insert(std::string(relative_path(file)));
        }
    }
    return names;
}

std::string file_is_gone(const fs::path& path) {
    return fmt::format(
        "{}: is gone, and no default takes the place of what it said; accepted is the file as it "
        "was, one with {{}} alone, or a restart, which makes it anew",
        path.string());
}

Result<Config> load_config(const std::string& directory,
                           const std::map<std::string, std::string>& environment,
                           const std::map<std::string, std::string>& flags) {
    auto config = load_config_from({directory, environment, flags, {}, {}});
    if (!config) {
        return Error{config.error().text()};
    }
    return std::move(config).value();
}

}  // namespace tickstock
