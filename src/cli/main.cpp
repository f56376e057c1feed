#include <cstdio>
#include <string>

#include "cli/commands.hpp"

namespace {

/// The command that was named last; of "tickstock config bogus" it is `config`.
const CLI::App& innermost(const CLI::App& app) {
    const auto named = app.get_subcommands();
    return named.empty() ? app : innermost(*named.front());
}

/// A first word that is no command: CLI11 tells only that one is missing. False: it is not that.
bool tell_unknown_command(const CLI::App& app) {
    const CLI::App& at = innermost(app);
    const auto rest = at.remaining();
    const auto known = at.get_subcommands([](const CLI::App*) { return true; });
    if (rest.empty() || rest.front().starts_with("-") || known.empty()) {
        return false;
    }
    std::string names;
    for (const CLI::App* command : known) {
        names += (names.empty() ? "" : ", ") + command->get_name();
    }
    std::fprintf(stderr, "%s %s: no such command; accepted are %s\n",
                 at.get_parent() == nullptr ? "tickstock" : ("tickstock " + at.get_name()).c_str(),
                 rest.front().c_str(), names.c_str());
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("TickStock: real-time market event detection", "tickstock");
    app.set_version_flag("--version", std::string("tickstock ") + TICKSTOCK_VERSION);
    app.require_subcommand(1);

    int exit_code = tickstock::exit_good;
    tickstock::add_serve_command(app, exit_code);
    tickstock::add_replay_command(app, exit_code);
    tickstock::add_compare_command(app, exit_code);
    tickstock::add_generate_command(app, exit_code);
    tickstock::add_config_command(app, exit_code);
    tickstock::add_rules_command(app, exit_code);
    tickstock::add_journal_command(app, exit_code);
    tickstock::add_token_command(app, exit_code);
    tickstock::add_events_command(app, exit_code);
    tickstock::add_mock_vendor_command(app, exit_code);
    tickstock::add_validate_command(app, exit_code);
    tickstock::add_top_command(app, exit_code);
    tickstock::add_trace_command(app, exit_code);
    tickstock::add_rollout_command(app, exit_code);
    tickstock::add_help_command(app);

    try {
        app.parse(argc, argv);
    } catch (const CLI::RequiredError& error) {
        if (!tell_unknown_command(app)) {
            app.exit(error);
        }
        return tickstock::exit_usage;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? tickstock::exit_good : tickstock::exit_usage;
    }
    return exit_code;
}
