#pragma once

#include <CLI/CLI.hpp>

namespace tickstock {

/// Exit codes of every subcommand (SPEC 1).
inline constexpr int exit_good = 0;
inline constexpr int exit_failed = 1;  ///< the work failed
inline constexpr int exit_usage = 2;   ///< usage or configuration

/// Each registers one subcommand; its callback leaves the exit code in `exit_code`.
void add_serve_command(CLI::App& app, int& exit_code);
void add_replay_command(CLI::App& app, int& exit_code);
void add_compare_command(CLI::App& app, int& exit_code);
void add_config_command(CLI::App& app, int& exit_code);
void add_generate_command(CLI::App& app, int& exit_code);
void add_rules_command(CLI::App& app, int& exit_code);
void add_journal_command(CLI::App& app, int& exit_code);
void add_token_command(CLI::App& app, int& exit_code);
void add_events_command(CLI::App& app, int& exit_code);
void add_mock_vendor_command(CLI::App& app, int& exit_code);
void add_validate_command(CLI::App& app, int& exit_code);
void add_top_command(CLI::App& app, int& exit_code);
void add_trace_command(CLI::App& app, int& exit_code);
void add_rollout_command(CLI::App& app, int& exit_code);
void add_help_command(CLI::App& app);

}  // namespace tickstock
