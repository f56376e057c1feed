#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/config_actions.hpp"
#include "config/config_files.hpp"
#include "config/nearest_key.hpp"
#include "config/reference.hpp"
#include "config/settings.hpp"
#include "server/config_json.hpp"

namespace tickstock {
namespace {

constexpr std::string_view not_shown = "(not shown)";

bool is_wanted(const std::string& setting, const std::string& name) {
    return name.empty() || setting == name || setting.starts_with(name + ".");
}

/// An error when it is neither setting nor section.
int refuse_name(const std::string& name) {
    std::vector<std::string> names;
    for (const auto& [section, count] : setting_sections()) {
        names.push_back(section);
    }
    for (const Setting& setting : settings_table()) {
        names.push_back(setting.name);
    }
    const auto nearest = nearest_key(name, names);
    print_error(fmt::format("{}: no setting and no section{}; `tickstock help settings` lists all",
                            name, nearest ? ", nearest is " + *nearest : ""));
    return exit_usage;
}

bool is_known(const std::string& name) {
    for (const Setting& setting : settings_table()) {
        if (is_wanted(setting.name, name)) {
            return true;
        }
    }
    return false;
}

void print_json(const ConfigShow& options, const Config& config) {
    auto all = nlohmann::ordered_json::parse(settings_answer(config, UnixNanos{}).body);
    auto wanted = nlohmann::ordered_json::array();
    for (auto& row : all["settings"]) {
        const bool is_default = row["origin"] == "default" || row["value"] == row["default"];
        if (is_wanted(row["name"], options.name) && !(options.changed && is_default)) {
            wanted.push_back(std::move(row));
        }
    }
    std::printf("%s\n", wanted.dump(2).c_str());
}

std::string variable_of(std::string_view name) {
    std::string variable = "TICKSTOCK__";
    for (const char c : name) {
        if (c == '.') {
            variable += "__";
        } else {
            variable.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
        }
    }
    return variable;
}

std::string_view change_sentence(SettingChange change) {
    switch (change) {
        case SettingChange::Live: return "live: acts with the next record after a reload";
        case SettingChange::Session: return "session: acts per symbol at its next trading session";
        case SettingChange::Restart: return "restart: acts with the next start";
    }
    TS_ASSERT(false);
}

void print_row(std::string_view label, std::string_view text) {
    std::printf("  %-12.*s %.*s\n", static_cast<int>(label.size()), label.data(),
                static_cast<int>(text.size()), text.data());
}

void print_all_about(const Setting& setting, const Config& config) {
    const auto shown = [&](const Config& from) {
        const auto text = value_text(setting, setting.read(from));
        return text.empty() ? std::string("(empty)") : text;
    };
    const auto origin = config.origins.find(setting.name);
    const ConfigFile home = home_of(setting, config.tick_profile);
    std::printf("%s\n  %s\n\n", setting.name.c_str(), setting.sentence.c_str());
    print_row("value", setting.may_hold_secret ? std::string(not_shown) : shown(config));
    print_row("from", origin == config.origins.end() ? "default" : origin->second);
    print_row("default", shown(default_config(config.tick_profile)));
    print_row("type", setting.type == SettingType::Word ? "word" : type_text(setting));
    print_row("accepted", setting.accepted + (setting.unit.empty() ? "" : " " + setting.unit));
    print_row("change", change_sentence(setting.change));
    print_row("file", fmt::format("{}: {}", relative_path(home), *key_of_setting(home, setting)));
    if (home != ConfigFile::Main) {
        print_row("or", fmt::format("{}: {}", relative_path(ConfigFile::Main), setting.name));
    }
    print_row("environment", variable_of(setting.name));
    for (const auto& [older, name] : older_names()) {
        if (name == setting.name) {
            print_row("or", older);
        }
    }
    print_row("flag", fmt::format("--set {}={}", setting.name,
                                  setting.may_hold_secret ? "VALUE" : shown(config)));
}

}  // namespace

int run_config_show(const ConfigShow& options) {
    if (!is_known(options.name)) {
        return refuse_name(options.name);
    }
    const auto config = options.config.load();
    if (!config) {
        print_error(config.error().message);
        return exit_usage;
    }
    if (options.json) {
        print_json(options, *config);
        return exit_good;
    }
    for (const SettingInfo& setting : explain_config(*config)) {
        const bool is_default = setting.value == setting.default_value;
        if (is_wanted(setting.name, options.name) && !(options.changed && is_default)) {
            const bool hidden = find_setting(setting.name)->may_hold_secret && !is_default;
            std::printf("%-48s %-24s %s\n", setting.name.c_str(),
                        hidden ? std::string(not_shown).c_str() : setting.value.c_str(),
                        setting.origin.c_str());
        }
    }
    return exit_good;
}

int run_config_explain(const ConfigOptions& options, const std::string& name) {
    const Setting* setting = find_setting(name);
    if (setting == nullptr && !is_known(name)) {
        return refuse_name(name);
    }
    const auto config = options.load();
    if (!config) {
        print_error(config.error().message);
        return exit_usage;
    }
    if (setting != nullptr) {
        print_all_about(*setting, *config);
        return exit_good;
    }
    for (const SettingInfo& one : explain_config(*config)) {  // of a section
        if (is_wanted(one.name, name)) {
            print_all_about(*find_setting(one.name), *config);
            std::printf("\n");
        }
    }
    return exit_good;
}

}  // namespace tickstock
