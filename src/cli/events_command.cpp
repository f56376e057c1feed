// `tickstock events`: what the history's database has, without a server.

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "cli/commands.hpp"
#include "cli/events_output.hpp"
#include "cli/events_print.hpp"
#include "cli/shared_options.hpp"
#include "cli/storage_connection.hpp"
#include "history/history_request.hpp"
#include "storage/migrations.hpp"

namespace tickstock {
namespace {

struct EventsOptions {
    ConfigOptions config;
    std::string data;
    std::string url;
    std::string format = "table";
    std::uint64_t limit = 100;
    bool all = false;
    bool revisions = false;
    /// By parameter of parse_history_request().
    std::vector<std::pair<std::string, std::string>> parameters;

    std::size_t wanted() const {
        return all ? std::numeric_limits<std::size_t>::max() : static_cast<std::size_t>(limit);
    }
};

int fail(const std::string& message, int exit_code = exit_failed) {
    print_error(message);
    return exit_code;
}

// --- the command ------------------------------------------------------------------------------

Result<std::unique_ptr<SqlConnection>> open(const EventsOptions& options) {
    ConfigOptions config = options.config;
    if (!options.data.empty()) {
        config.flags["data.directory"] = options.data;
    }
    if (!options.url.empty()) {
        config.flags["storage.url"] = options.url;
    }
    const auto loaded = config.load();
    if (!loaded) {
        return loaded.error();
    }
    auto connection =
        storage_connection(loaded->storage, loaded->data.directory, StorageUse::Inspect);
    if (connection.ok() && *connection == nullptr) {
        return Error{
            "storage.url = off: no history is kept; accepted is --storage URL or --data "
            "DIR of a server that keeps one"};
    }
    return connection;
}

RowFormat format_of(const std::string& word) {
    return word == "ndjson" ? RowFormat::Ndjson
           : word == "csv"  ? RowFormat::Csv
           : word == "body" ? RowFormat::Body
                            : RowFormat::Table;
}

/// "--min-priority 9: accepted is 1, 2, 3, 4".
std::string option_error(const ParameterError& error) {
    std::string name = error.name;
    std::replace(name.begin(), name.end(), '_', '-');
    return fmt::format("--{} {}: accepted is {}", name, error.value, error.accepted);
}

int run_events(HistoryKind kind, EventsOptions& options) {
    if (options.revisions) {
        options.parameters.emplace_back("revisions", "all");
    }
    const auto request = parse_history_request(kind, options.parameters, SystemClock().wall());
    if (!request) {
        return fail(option_error(request.error()), exit_usage);
    }
    const auto connection = open(options);
    if (!connection) {
        return fail(connection.error().message, exit_usage);
    }
    SqlConnection& database = **connection;
    auto is_ready = database.connect();
    if (is_ready) {
        is_ready = check_schema(database);
    }
    if (!is_ready) {
        const bool is_file = database.dialect() == SqlConnection::Dialect::Sqlite;
        return fail(is_ready.error().message +
                    (is_file ? "; accepted is --data DIR of a server that has stored events" : ""));
    }
    signal(SIGPIPE, SIG_IGN);  // `| head` ends the output, not with a signal
    RowPrinter printer(format_of(options.format), terminal_width());
    const auto failure = print_history(database, *request, options.wanted(), printer);
    printer.finish();
    if (failure) {
        return fail(failure->message);
    }
    if (printer.rows() == 0 && options.format == "table") {
        std::fprintf(stderr, "tickstock: %s has no such rows\n", database.name().c_str());
    }
    return exit_good;
}

/// Adds `--name`, which gives the parameter of that name (with '_' for '-').
void add_parameter(CLI::App& command, EventsOptions& options, const std::string& name,
                   const std::string& type, const std::string& text) {
    std::string parameter = name;
    std::replace(parameter.begin(), parameter.end(), '-', '_');
    command
        .add_option_function<std::vector<std::string>>(
            "--" + name,
            [&options, parameter](const std::vector<std::string>& values) {
                std::string joined;
                for (const std::string& value : values) {
                    joined += (joined.empty() ? "" : ",") + value;
                }
                options.parameters.emplace_back(parameter, joined);
            },
            text)
        ->type_name(type)
        ->allow_extra_args(false);
}

void add_common(CLI::App& command, EventsOptions& options, bool has_body) {
    options.config.add_to(command);
    command.add_option("--data", options.data, "Data directory whose storage.db is read")
        ->type_name("DIR");
    command.add_option("--storage", options.url, "postgresql://USER@HOST:PORT/NAME, or sqlite")
        ->type_name("URL");
    std::vector<std::string> formats{"table", "ndjson", "csv"};
    if (has_body) {
        formats.emplace_back("body");
    }
    command
        .add_option("--format", options.format,
                    has_body ? "For people, as the API has them, columns, or the events' bodies"
                             : "For people, as the API has them, or columns")
        ->check(CLI::IsMember(formats))
        ->capture_default_str();
    command.add_option("--limit", options.limit, "At most so many rows")
        ->check([](const std::string& text) {
            const bool is_number = !text.empty() && text.size() < 19 && text != "0" &&
                                   text.find_first_not_of("0123456789") == std::string::npos;
            return is_number ? std::string() : text + ": accepted is an integer from 1";
        })
        ->type_name("N")
        ->capture_default_str();
    command.add_flag("--all", options.all, "Every row, however many");
}

void add_range(CLI::App& command, EventsOptions& options) {
    add_parameter(command, options, "date", "DATE", "A New York date, YYYY-MM-DD");
    add_parameter(command, options, "from", "TIME",
                  "2024-03-05, 2024-03-05T09:30 (New York), …Z, an age as 2h, or ns");
    add_parameter(command, options, "to", "TIME", "The same; what begins there is left out");
    add_parameter(command, options, "order", "ORDER", "newest (default) or oldest first");
}

using Options = std::shared_ptr<EventsOptions>;

CLI::App& add_kind(CLI::App& command, const char* name, const char* text, HistoryKind kind,
                   const Options& options, int& exit_code) {
    CLI::App& subcommand = *command.add_subcommand(name, text);
    add_common(subcommand, *options, false);
    subcommand.callback([kind, options, &exit_code] { exit_code = run_events(kind, *options); });
    return subcommand;
}

void add_subcommands(CLI::App& command, const Options& options, int& exit_code) {
    CLI::App& sessions = add_kind(command, "sessions", "Extremes and counts by symbol and session",
                                  HistoryKind::Sessions, options, exit_code);
    sessions
        .add_option_function<std::string>(
            "date",
            [options](const std::string& date) { options->parameters.emplace_back("date", date); },
            "A New York date, YYYY-MM-DD (default: the newest; with --symbol all)")
        ->type_name("DATE");
    add_parameter(sessions, *options, "symbol", "SYMBOL", "Only this symbol");
    add_parameter(sessions, *options, "session", "SESSION", "pre, regular, after, …");
    add_parameter(sessions, *options, "sort", "BY",
                  "symbol (default), highs, lows, trends, surges");

    CLI::App& analytics = add_kind(command, "analytics", "The market by 10 s, or wider windows",
                                   HistoryKind::Analytics, options, exit_code);
    add_range(analytics, *options);
    add_parameter(analytics, *options, "width", "WIDTH", "10s (default), 1m, 5m or 1h");

    CLI::App& counts = add_kind(command, "counts", "Events by type and window", HistoryKind::Counts,
                                options, exit_code);
    add_range(counts, *options);
    add_parameter(counts, *options, "width", "WIDTH", "10s (default), 1m, 5m or 1h");
    add_parameter(counts, *options, "component", "NAME", "Only this component");
    add_parameter(counts, *options, "type", "TYPE", "Only this type");

    CLI::App& metrics = add_kind(command, "metrics", "Performance metrics over time",
                                 HistoryKind::Metrics, options, exit_code);
    add_range(metrics, *options);
    add_parameter(metrics, *options, "component", "NAME", "Only this component");
    add_parameter(metrics, *options, "name", "METRIC", "Only this metric");

    add_kind(command, "gaps", "Events that were lost before they were stored", HistoryKind::Gaps,
             options, exit_code);
}

}  // namespace

void add_events_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<EventsOptions>();
    CLI::App& command = *app.add_subcommand("events", "Query the stored history");
    add_common(command, *options, true);
    add_range(command, *options);
    add_parameter(command, *options, "symbol", "SYMBOL", "Only these symbols (with commas)");
    add_parameter(command, *options, "type", "TYPE", "Only these types (with commas)");
    add_parameter(command, *options, "direction", "WAY", "up or down");
    add_parameter(command, *options, "source", "SOURCE", "tick, websocket, ohlcv, fmv or channel");
    add_parameter(command, *options, "session", "SESSION", "pre, regular, after, …");
    add_parameter(command, *options, "min-priority", "CLASS", "1 to 4: this class and better");
    command.add_flag("--revisions", options->revisions, "Every revision, not the latest only");
    command.require_subcommand(0, 1);
    // With a subcommand that one has done the work.
    command.callback([&command, options, &exit_code] {
        if (command.get_subcommands().empty()) {
            exit_code = run_events(HistoryKind::Events, *options);
        }
    });
    add_subcommands(command, options, exit_code);
}

}  // namespace tickstock
