#include <memory>

#include "cli/commands.hpp"
#include "cli/rollout_actions.hpp"

namespace tickstock {
namespace {

constexpr std::uint64_t entries_at_most = 1000;

void add_server(CLI::App& command, RolloutServer& server, const std::string& role) {
    server.server.add_to(command, role);
    command.add_flag("--json", server.json, "The API's answer as it stands");
}

void add_read(CLI::App& rollout, int& exit_code, RolloutRead::Page page, const char* name,
              const char* meaning) {
    auto options = std::make_shared<RolloutRead>();
    options->page = page;
    CLI::App& command = *rollout.add_subcommand(name, meaning);
    add_server(command, options->from, "a viewer");
    if (page == RolloutRead::Page::Report) {
        command.add_flag("--text", options->text, "Text for people (default)")->excludes("--json");
    } else if (page != RolloutRead::Page::Status) {
        command.add_option("--limit", options->limit, "The newest so many")
            ->check(CLI::Range(std::uint64_t{1}, entries_at_most))
            ->type_name("N")
            ->capture_default_str();
    }
    command.callback([options, &exit_code] { exit_code = run_rollout_read(*options); });
}

void add_watch(CLI::App& rollout, int& exit_code) {
    auto options = std::make_shared<RolloutWatch>();
    CLI::App& command = *rollout.add_subcommand("watch", "The status, again and again; q ends it");
    add_server(command, options->from, "a viewer");
    command.add_option("--interval", options->interval_seconds, "Seconds between two looks")
        ->check(CLI::Range(0.1, 3600.0))
        ->type_name("S")
        ->capture_default_str();
    command.add_option("--count", options->count, "So many blocks of text, then end")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
        ->type_name("N");
    command.add_flag("--plain", options->plain, "Text blocks, also on a terminal");
    command.callback([options, &exit_code] { exit_code = run_rollout_watch(*options); });
}

/// A command with --reason; its callback runs the change.
std::shared_ptr<RolloutChangeOptions> add_change(CLI::App& command, int& exit_code,
                                                 const char* what) {
    auto options = std::make_shared<RolloutChangeOptions>();
    options->what = what;
    add_server(command, options->to, "an admin");
    command.add_option("--reason", options->reason, "Why: it stands in the audit (required)")
        ->type_name("TEXT");
    command.callback([options, &exit_code] { exit_code = run_rollout_change(*options); });
    return options;
}

void add_flags(CLI::App& rollout, int& exit_code) {
    CLI::App& flags = *rollout.add_subcommand(
        "flags", "Set flags: NAME=on|off, rollout_percentage=N, rollout_tickers=A,B");
    flags.alias("set");
    auto options = add_change(flags, exit_code, "flags");
    flags.add_option("flags", options->flags, "What to set")->type_name("NAME=VALUE")->required();

    CLI::App& share = *rollout.add_subcommand(
        "percentage", "Share of the symbols that the multi-channel path is in charge of");
    auto number = add_change(share, exit_code, "flags");
    share.add_option("number", number->percentage, "0 to 100, at most two decimals")
        ->type_name("N")
        ->required();
    share.callback([number, &exit_code] {
        number->flags = {"rollout_percentage=" + number->percentage.value_or("")};
        exit_code = run_rollout_change(*number);
    });
}

void add_symbols(CLI::App& rollout, int& exit_code) {
    CLI::App& symbols = *rollout.add_subcommand(
        "symbols", "Symbols that are rolled out or never are, whatever the percentage");
    symbols.require_subcommand(1);
    const auto add = [&](const char* action, const char* meaning) {
        CLI::App& command = *symbols.add_subcommand(action, meaning);
        auto options = add_change(command, exit_code, "flags");
        options->symbol_action = action;
        command.add_option("symbols", options->symbols, "Symbols")->type_name("SYM")->required();
        command.callback([options, &exit_code] { exit_code = run_rollout_symbols(*options); });
    };
    add("add", "Roll these out (and no more exclude them)");
    add("remove", "Take these from the list: the percentage decides again");
    add("exclude", "Never roll these out");
    add("include", "No more exclude these");
}

void add_changes(CLI::App& rollout, int& exit_code) {
    add_change(*rollout.add_subcommand(
                   "advance", "Go to the next phase; refused with every criterion that is unmet"),
               exit_code, "advance");
    add_flags(rollout, exit_code);
    add_symbols(rollout, exit_code);

    CLI::App& disable = *rollout.add_subcommand(
        "disable", "Emergency: the linear path is in charge of every symbol at once");
    auto off = add_change(disable, exit_code, "disable");
    disable.add_flag("--uninstall", off->uninstall,
                     "Switch every flag off: the multi-channel path does not even work muted");

    CLI::App& enable = *rollout.add_subcommand("enable", "Come back after a fallback, gradually");
    auto on = add_change(enable, exit_code, "enable");
    enable
        .add_option("--percentage", on->percentage,
                    "Begin with this share (default: rollout.re_enable_percent)")
        ->type_name("N");

    CLI::App& phase = *rollout.add_subcommand("phase", "Go back to an earlier phase, 0 to 4");
    auto to = add_change(phase, exit_code, "phase");
    phase.add_option("phase", to->phase, "The phase")
        ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{4}))
        ->type_name("N")
        ->required();
}

void add_files(CLI::App& rollout, int& exit_code) {
    const auto add = [&](const char* name, const char* meaning, int (*run)(const RolloutInit&)) {
        auto options = std::make_shared<RolloutInit>();
        CLI::App& command = *rollout.add_subcommand(name, meaning);
        options->config.add_to(command);
        command.add_flag("--dry-run", options->dry_run, "Check and show it, change nothing");
        command.callback([options, run, &exit_code] { exit_code = run(*options); });
    };
    add("init", "Install the integrator in the files of --config; comments and order stay",
        run_rollout_init);
    add("uninstall", "Take it out again: the multi-channel pipeline alone", run_rollout_uninstall);
}

}  // namespace

void add_rollout_command(CLI::App& app, int& exit_code) {
    using Page = RolloutRead::Page;
    CLI::App& rollout = *app.add_subcommand(
        "rollout", "From the linear path to the multi-channel one: look, go on, go back");
    rollout.require_subcommand(1);
    add_read(rollout, exit_code, Page::Status, "status",
             "Phase, time left, criteria, flags, symbols, evidence");
    add_watch(rollout, exit_code);
    add_changes(rollout, exit_code);
    add_read(rollout, exit_code, Page::Report, "report",
             "The phase's report with a recommendation");
    add_read(rollout, exit_code, Page::Differences, "differences",
             "Events that the two paths did not find alike, the newest first");
    add_read(rollout, exit_code, Page::Incidents, "incidents",
             "Automatic and emergency fallbacks, the newest first");
    add_read(rollout, exit_code, Page::Audit, "audit", "Who changed what and why, newest first");
    add_files(rollout, exit_code);
}

}  // namespace tickstock
