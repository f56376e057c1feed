#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cli/commands.hpp"
#include "cli/shared_options.hpp"
#include "metrics/log.hpp"
#include "validate/runner.hpp"

namespace tickstock {
namespace {

struct ValidateOptions {
    ConfigOptions config;
    std::vector<std::string> groups;
    std::string report;
    bool quick = false;
    bool full = false;
    bool figures_only = false;
    bool list = false;
};

void print_list() {
    std::string text;
    std::optional<validate::GateGroup> group;
    for (const validate::GateSpec& gate : validate::all_gates()) {
        if (group != gate.group) {
            group = gate.group;
            text += fmt::format("{}\n", to_string(gate.group));
        }
        text += fmt::format("  {:<18} {:<22} {}{}  [{}]\n", gate.name, target_text(gate),
                            gate.sentence, gate.required ? "" : " (not required)", gate.source);
    }
    std::fwrite(text.data(), 1, text.size(), stdout);
}

/// As somebody would type it again.
std::string command_text(const ValidateOptions& options) {
    std::string text = "tickstock validate";
    for (const std::string& group : options.groups) {
        text += " " + group;
    }
    text += options.full ? " --full" : " --quick";
    if (options.figures_only) {
        text += " --figures-only";
    }
    if (!options.config.directory.empty()) {
        text += " --config " + options.config.directory;
    }
    for (const std::string& setting : options.config.settings) {
        text += " --set " + setting;
    }
    return text;
}

int run_validate(const ValidateOptions& options) {
    if (options.list) {
        print_list();
        return exit_good;
    }
    validate::RunOptions run;
    for (const std::string& name : options.groups) {
        const auto group = validate::parse_group(name);
        if (!group) {
            print_error("validate " + name + ": no such group; accepted are " +
                        validate::group_names());
            return exit_usage;
        }
        run.groups.push_back(*group);
    }
    const auto config = options.config.load();
    if (!config) {
        print_error(config.error().message);
        return exit_usage;
    }
    run.bench.config_directory = options.config.directory;
    run.bench.settings = options.config.settings;
    run.bench.full = options.full;
    run.figures_only = options.figures_only;
    run.version = TICKSTOCK_VERSION;
    run.command = command_text(options);
    const SystemClock clock;
    const auto report = validate::run_gates(run, *config, clock);
    if (!report) {
        print_error(report.error().message);
        return exit_failed;
    }
    const std::string text = to_markdown(*report);
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (!options.report.empty()) {
        const auto written = write_report(*report, options.report);
        if (!written) {
            print_error(written.error().message);
            return exit_failed;
        }
        std::fprintf(stderr, "report: %s, %s\n", written->first.c_str(), written->second.c_str());
    }
    return passed(*report) ? exit_good : exit_failed;
}

}  // namespace

void add_validate_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<ValidateOptions>();
    auto* command = app.add_subcommand(
        "validate", "Run the readiness gates on this machine: PASS or FAIL with figures");
    command->add_option("GROUPS", options->groups, "Groups to run: " + validate::group_names())
        ->type_name("GROUP...");
    options->config.add_to(*command);
    auto* quick = command->add_flag("--quick", options->quick, "Under a minute (the default)");
    command->add_flag("--full", options->full, "About five minutes: longer and larger")
        ->excludes(quick);
    command->add_flag("--figures-only", options->figures_only,
                      "Report figures of speed and time without deciding by them");
    command
        ->add_option("--report", options->report,
                     "Write the report to FILE as Markdown, and beside it as JSON")
        ->type_name("FILE");
    command->add_flag("--list", options->list, "Print the gates with their targets and end");
    command->footer(
        "Child servers of this program run on loopback in a temporary folder (TMPDIR), with the\n"
        "configuration given but without its secrets, database and webhooks. Exit status 0 only\n"
        "when every required gate passes. See docs/validate.md.");
    command->callback([options, &exit_code] { exit_code = run_validate(*options); });
}

}  // namespace tickstock
