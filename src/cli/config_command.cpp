#include <cstdio>

#include "cli/commands.hpp"
#include "cli/shared_options.hpp"
#include "config/reference.hpp"

namespace tickstock {
namespace {

int run_check(const ConfigOptions& options) {
    const auto config = options.load();
    if (!config) {
        print_error(config.error().message);
        return exit_usage;
    }
    std::printf("configuration is good\n");
    return exit_good;
}

int run_show(const ConfigOptions& options) {
    const auto config = options.load();
    if (!config) {
        print_error(config.error().message);
        return exit_usage;
    }
    for (const SettingInfo& setting : explain_config(*config)) {
        std::printf("%-48s %-24s %s\n", setting.name.c_str(), setting.value.c_str(),
                    setting.origin.c_str());
    }
    return exit_good;
}

}  // namespace

void add_config_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<ConfigOptions>();
    CLI::App& command = *app.add_subcommand("config", "Check, show and document the configuration");
    command.require_subcommand(1);
    CLI::App& check =
        *command.add_subcommand("check", "Validate; exit status 2 when it is not good");
    options->add_to(check);
    check.callback([options, &exit_code] { exit_code = run_check(*options); });
    CLI::App& show = *command.add_subcommand("show", "Effective values with their origin");
    options->add_to(show);
    show.callback([options, &exit_code] { exit_code = run_show(*options); });
    command.add_subcommand("docs", "Reference page of all settings (Markdown)")->callback([] {
        std::printf("%s", config_reference_markdown().c_str());
    });
    command.add_subcommand("schema", "JSON Schema of tickstock.json")->callback([] {
        std::printf("%s\n", config_json_schema().c_str());
    });
}

}  // namespace tickstock
