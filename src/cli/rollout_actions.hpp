#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/server_page.hpp"
#include "cli/shared_options.hpp"

namespace tickstock {

// What `tickstock rollout …` does; each gives the exit code.

/// What every subcommand that asks a server takes.
struct RolloutServer {
    ServerAddress server{"http://127.0.0.1:8080", "", ""};
    bool json = false;  ///< the API's answer as it stands
};

/// A page that is read once.
struct RolloutRead {
    enum class Page : std::uint8_t { Status, Report, Differences, Incidents, Audit };
    RolloutServer from;
    Page page = Page::Status;
    std::uint64_t limit = 20;  ///< of differences, incidents, audit
    bool text = false;         ///< of the report: for people, as without --json
};
int run_rollout_read(const RolloutRead& options);

struct RolloutWatch {
    RolloutServer from;
    double interval_seconds = 2;
    std::uint64_t count = 0;  ///< so many blocks; 0 = until a signal or q
    bool plain = false;
};
int run_rollout_watch(const RolloutWatch& options);

/// A command of an admin: POST /api/v1/rollout/`what`.
struct RolloutChangeOptions {
    RolloutServer to;
    std::string what;  ///< "advance", "flags", "disable", "enable", "phase"
    std::string reason;
    std::vector<std::string> flags;         ///< of flags: NAME=VALUE
    std::vector<std::string> symbols;       ///< of symbols
    std::string symbol_action;              ///< "add", "remove", "exclude", "include"
    std::optional<std::string> percentage;  ///< of enable and percentage, as typed
    std::uint64_t phase = 0;
    bool uninstall = false;
};
int run_rollout_change(const RolloutChangeOptions& options);
/// The lists of symbols as they stand, with these ones added or taken away.
int run_rollout_symbols(const RolloutChangeOptions& options);

struct RolloutInit {
    ConfigOptions config;
    bool dry_run = false;
};
/// Edits the files of --config so that the next start has the integrator; and the way back.
int run_rollout_init(const RolloutInit& options);
int run_rollout_uninstall(const RolloutInit& options);

/// Prints what is wrong with an answer: the server's own words, and what to do about a refused
/// token.
void print_refused(const std::string& what, const ServerAnswer& answer);

}  // namespace tickstock
