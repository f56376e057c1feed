#include "cli/shared_options.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace tickstock {
namespace {

std::map<std::string, std::string> environment_variables() {
    std::map<std::string, std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (const auto equals = text.find('='); equals != std::string::npos) {
            variables[text.substr(0, equals)] = text.substr(equals + 1);
        }
    }
    return variables;
}

}  // namespace

void ConfigOptions::add_to(CLI::App& command) {
    command.add_option("--config", directory, "Configuration directory")->type_name("DIR");
    command.add_option("--set", settings, "Override one setting, e.g. server.port=9000")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
}

Result<Config> ConfigOptions::load(bool may_create) const {
    if (!directory.empty() && !std::filesystem::is_directory(directory)) {
        if (!may_create) {
            return Error{"--config " + directory + ": no such folder; accepted is a folder with " +
                         "tickstock.json (tickstock serve --config makes one)"};
        }
        if (std::filesystem::exists(directory)) {
            return Error{"--config " + directory + ": no folder; accepted is a folder, also one " +
                         "that is still to be made"};
        }
        std::fprintf(stderr, "tickstock: %s is made with default settings\n", directory.c_str());
    }
    auto from = places();
    if (!from) {
        return from.error();
    }
    auto config = load_config_from(*from);
    if (!config) {
        return Error{config.error().text()};
    }
    return std::move(config).value();
}

Result<ConfigPlaces> ConfigOptions::places() const {
    ConfigPlaces from{directory, environment_variables(), flags, {}, {}};
    for (const std::string& setting : settings) {
        const auto equals = setting.find('=');
        if (equals == std::string::npos) {
            return Error{"--set " + setting + ": accepted is NAME=VALUE"};
        }
        from.flags[setting.substr(0, equals)] = setting.substr(equals + 1);
    }
    return from;
}

Result<Config> with_settings(const ConfigOptions& options,
                             const std::map<std::string, std::string>& settings) {
    auto places = options.places();
    if (!places) {
        return places.error();
    }
    places->known_files.emplace();
    for (const auto& [name, text] : settings) {
        places->flags[name] = text;
    }
    auto config = load_config_from(*places);
    if (!config) {
        return Error{config.error().text()};
    }
    return std::move(config).value();
}

void print_error(const std::string& message) {
    std::fprintf(stderr, "tickstock: %s\n", message.c_str());
}

}  // namespace tickstock
