#include "cli/commands.hpp"

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
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? tickstock::exit_good : tickstock::exit_usage;
    }
    return exit_code;
}
