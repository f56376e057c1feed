#include <cstdio>

#include "cli/commands.hpp"
#include "cli/config_actions.hpp"
#include "cli/monitor_service.hpp"
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
    if (const auto problem = MonitorService::check(*config)) {
        print_error(problem->message);
        return exit_usage;
    }
    std::printf("configuration is good\n");
    return exit_good;
}

void add_show(CLI::App& config, int& exit_code) {
    auto options = std::make_shared<ConfigShow>();
    CLI::App& show = *config.add_subcommand("show", "Effective values with their origin");
    options->config.add_to(show);
    show.add_option("name", options->name, "Only this setting or section")
        ->type_name("NAME|SECTION");
    show.add_flag("--json", options->json, "With range, unit, sentence and default");
    show.add_flag("--changed", options->changed, "Only what is no default");
    show.callback([options, &exit_code] { exit_code = run_config_show(*options); });
}

void add_explain(CLI::App& config, int& exit_code) {
    auto options = std::make_shared<ConfigOptions>();
    auto name = std::make_shared<std::string>();
    CLI::App& explain = *config.add_subcommand("explain", "All about one setting");
    options->add_to(explain);
    explain.add_option("name", *name, "The setting")->type_name("NAME")->required();
    explain.callback(
        [options, name, &exit_code] { exit_code = run_config_explain(*options, *name); });
}

void add_set(CLI::App& config, int& exit_code) {
    auto options = std::make_shared<ConfigSet>();
    CLI::App& set = *config.add_subcommand(
        "set", "Change settings in the files of --config; comments and order stay");
    options->config.add_to(set);
    set.add_option("values", options->values, "What to set")->type_name("NAME=VALUE")->required();
    set.add_flag("--dry-run", options->dry_run, "Check and show it, change nothing");
    set.callback([options, &exit_code] { exit_code = run_config_set(*options); });
}

void add_diff(CLI::App& config, int& exit_code) {
    auto options = std::make_shared<ConfigDiff>();
    CLI::App& diff = *config.add_subcommand(
        "diff", "What differs between --config and another folder or a running server");
    options->config.add_to(diff);
    diff.add_option("directory", options->directory, "The other folder")->type_name("DIR");
    options->server.add_to(diff, "an admin");
    diff.callback([options, &exit_code] { exit_code = run_config_diff(*options); });
}

}  // namespace

void add_config_command(CLI::App& app, int& exit_code) {
    CLI::App& command =
        *app.add_subcommand("config", "Check, show, change and document the configuration");
    command.require_subcommand(1);
    auto options = std::make_shared<ConfigOptions>();
    CLI::App& check =
        *command.add_subcommand("check", "Validate; exit status 2 when it is not good");
    options->add_to(check);
    check.callback([options, &exit_code] { exit_code = run_check(*options); });
    add_show(command, exit_code);
    add_explain(command, exit_code);
    add_set(command, exit_code);
    add_diff(command, exit_code);
    command.add_subcommand("docs", "Reference page of all settings (Markdown)")->callback([] {
        std::printf("%s", config_reference_markdown().c_str());
    });
    command.add_subcommand("schema", "JSON Schema of tickstock.json")->callback([] {
        std::printf("%s\n", config_json_schema().c_str());
    });
}

void add_help_command(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("help", "Pages for reading: settings");
    command.require_subcommand(1);
    command.add_subcommand("settings", "Every setting with range, default and meaning")
        ->callback([] { std::printf("%s\n%s", settings_help().c_str(), settings_page().c_str()); });
}

}  // namespace tickstock
