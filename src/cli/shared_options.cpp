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
        std::fprintf(stderr, "tickstock: %s is made with default settings\n", directory.c_str());
    }
    std::map<std::string, std::string> all = flags;
    for (const std::string& setting : settings) {
        const auto equals = setting.find('=');
        if (equals == std::string::npos) {
            return Error{"--set " + setting + ": accepted is NAME=VALUE"};
        }
        all[setting.substr(0, equals)] = setting.substr(equals + 1);
    }
    return load_config(directory, environment_variables(), all);
}

void print_error(const std::string& message) {
    std::fprintf(stderr, "tickstock: %s\n", message.c_str());
}

}  // namespace tickstock
