// `tickstock rollout init|uninstall`: the integrator in the files of a configuration.

#include <cstdio>

#include "cli/commands.hpp"
#include "cli/rollout_actions.hpp"
#include "config/save_settings.hpp"
#include "config/settings.hpp"

namespace tickstock {
namespace {

/// What changes in the files, written unless it is a dry run.
int change_files(const RolloutInit& options, const std::vector<SettingEdit>& edits) {
    auto plan = plan_save(*options.config.places(), edits);
    if (!plan) {
        print_error(plan.error().text());
        return exit_usage;
    }
    for (const FileEdit& edit : *plan) {
        std::printf("%s", edit_text(edit).c_str());
    }
    if (options.dry_run) {
        return exit_good;
    }
    auto files = PreparedFiles::prepare(std::move(plan).value());
    const auto done = files ? files->commit() : Result<std::size_t>(files.error());
    if (!done) {
        print_error(done.error().message);
        return exit_failed;
    }
    return exit_good;
}

/// The configuration as it stands, when `installed` is as the command needs it.
std::optional<Config> load_with(const RolloutInit& options, const char* command, bool installed,
                                int& exit_code) {
    exit_code = exit_usage;
    if (options.config.directory.empty()) {
        print_error(std::string("rollout ") + command +
                    ": accepted is --config DIR, the folder whose files are changed");
        return std::nullopt;
    }
    auto config = options.config.load();
    if (!config) {
        print_error(config.error().message);
        return std::nullopt;
    }
    if (config->pipeline.integration.installed != installed) {
        const auto origin = config->origins.find("integration.installed");
        print_error(std::string("rollout ") + command + ": the integrator is " +
                    (installed ? "not installed" : "installed already") + " (" +
                    (origin == config->origins.end() ? "default" : origin->second) +
                    ": integration.installed = " + (installed ? "false" : "true") + ")");
        exit_code = exit_failed;
        return std::nullopt;
    }
    return std::move(config).value();
}

SettingEdit set(const char* name, bool value) {
    return {find_setting(name), value};
}

constexpr const char* installed_text =
    "\nThe next start has the integrator: the linear path is in charge of every symbol, phase 0\n"
    "begins and nothing of the multi-channel path is published. Bars and fair values have no\n"
    "linear path: they are counted not_rolled_out until their symbol is rolled out.\n"
    "\n"
    "  1. restart the server (systemctl restart tickstock); clients see a new epoch\n"
    "  2. tickstock rollout status            phase, time left, criteria\n"
    "  3. tickstock rollout advance --reason TEXT     when the criteria are met\n"
    "  any time: tickstock rollout disable --reason TEXT    back to the linear path at once\n"
    "\ndocs/integration.md has the phases, their criteria and what is compared.\n";

constexpr const char* uninstalled_text =
    "\nThe next start has no integrator and no linear path: the multi-channel pipeline is alone\n"
    "in charge of every symbol. To go back to the linear path instead, leave it installed and\n"
    "run: tickstock rollout disable --uninstall --reason TEXT\n";

}  // namespace

int run_rollout_init(const RolloutInit& options) {
    int exit_code = exit_good;
    if (!load_with(options, "init", false, exit_code)) {
        return exit_code;
    }
    exit_code = change_files(options, {set("integration.installed", true)});
    if (exit_code == exit_good) {
        std::printf("%s", installed_text);
    }
    return exit_code;
}

int run_rollout_uninstall(const RolloutInit& options) {
    int exit_code = exit_good;
    const auto config = load_with(options, "uninstall", true, exit_code);
    if (!config) {
        return exit_code;
    }
    std::vector<SettingEdit> edits{set("integration.installed", false)};
    if (config->rollout.enable_multi_channel) {
        edits.push_back(set("integration.enable_multi_channel", false));
    }
    if (config->rollout.enable_parallel_processing) {
        edits.push_back(set("integration.enable_parallel_processing", false));
    }
    exit_code = change_files(options, edits);
    if (exit_code == exit_good) {
        std::printf("%s", uninstalled_text);
    }
    return exit_code;
}

}  // namespace tickstock
