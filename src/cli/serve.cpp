#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <functional>

#include "auth/authenticator.hpp"
#include "auth/private_file.hpp"
#include "base/file_disk.hpp"
#include "cli/commands.hpp"
#include "cli/data_lock.hpp"
#include "cli/history_service.hpp"
#include "cli/monitor_service.hpp"
#include "cli/shared_options.hpp"
#include "cli/stop_signals.hpp"
#include "config/reference.hpp"
#include "engine/inputs.hpp"
#include "engine/live_engine.hpp"
#include "engine/recovery.hpp"
#include "engine/watchdog.hpp"
#include "inspection/journal_inspector.hpp"
#include "inspection/live_comparison.hpp"
#include "metrics/log.hpp"
#include "server/config_worker.hpp"
#include "server/server.hpp"
#include "storage/user_store.hpp"

namespace tickstock {
namespace {

struct ServeOptions {
    ConfigOptions config;
    std::vector<std::string> sources;
    std::vector<std::string> files;
    std::string speed;
    std::string port;
    std::string symbols;
    std::string web_root;
    std::string data;
    std::string shards;
    bool no_loop = false;
};

/// The dashboard where a package puts it, or beside the binary's build tree, where `./dev` does.
std::filesystem::path default_web_root() {
    std::error_code ignored;
    const auto folder = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    for (const std::filesystem::path& root :
         {folder.parent_path() / "share" / "tickstock" / "web",
          folder.parent_path().parent_path() / "web" / "dist"}) {
        if (std::filesystem::exists(root / "index.html", ignored)) {
            return root;
        }
    }
    return "web/dist";
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : ",") + word;
    }
    return text;
}

void fill_flags(ServeOptions& options) {
    auto& flags = options.config.flags;
    if (!options.files.empty()) {
        flags["source.files"] = joined(options.files);
        flags["source.names"] = "replay";
    }
    if (!options.sources.empty()) {
        flags["source.names"] = joined(options.sources);
    }
    if (!options.speed.empty()) {
        flags["source.speed"] = options.speed;
    }
    if (!options.port.empty()) {
        flags["server.port"] = options.port;
    }
    if (!options.symbols.empty()) {
        flags["source.synthetic.symbols"] = options.symbols;
    }
    if (!options.data.empty()) {
        flags["data.directory"] = options.data;
    }
    if (!options.shards.empty()) {
        flags["engine.shards"] = options.shards;
    }
    if (options.no_loop) {
        flags["source.loop"] = "false";
    }
}

void tell_recovery(const RecoveryReport& report) {
    for (const std::string& note : report.notes) {
        log_warn("recovery", "{}", note);
    }
    if (report.torn_bytes > 0) {
        log_warn("recovery", "the journal's end was torn: {} bytes cut", report.torn_bytes);
    }
    if (report.new_epoch) {
        log_warn("recovery", "a new epoch begins: {}", report.why_new_epoch);
    }
    if (report.had_journal) {
        log_info("recovery", "{}{} entries run, {} events as they were stored, {} published now",
                 report.had_snapshot
                     ? "snapshot at " + std::to_string(report.snapshot.value()) + ", "
                     : "",
                 report.entries_run, report.events_compared, report.events_published);
    }
}

/// Null: none was given.
Result<std::shared_ptr<const FeedKey>> read_polygon_key(const PolygonSettings& settings,
                                                        const Environment& environment) {
    constexpr std::size_t longest = 1024;
    if (!settings.key_file.empty()) {
        const auto file = read_file(settings.key_file, Privacy::Owner, longest);
        if (!file) {
            return Error{"source.polygon.key_file = " + file.error().message};
        }
        std::string_view key = file->text;
        key = key.substr(0, key.find_last_not_of(" \t\r\n") + 1);
        return std::shared_ptr<const FeedKey>(std::make_shared<FeedKey>(key));
    }
    const char* const found = environment("TICKSTOCK_POLYGON_KEY");
    return found == nullptr
               ? nullptr
               : std::shared_ptr<const FeedKey>(std::make_shared<FeedKey>(std::string_view(found)));
}

int run_serve(ServeOptions& options) {
    fill_flags(options);
    const auto config = options.config.load(true);
    if (!config) {
        print_error(config.error().message);
        return exit_usage;
    }
    StopSignals signals;
    const SystemClock clock;
    auto polygon_key = read_polygon_key(config->source.polygon, process_environment());
    if (!polygon_key) {
        print_error(polygon_key.error().message);
        return exit_usage;
    }
    auto inputs = open_live_sources(*config, {clock, std::move(*polygon_key)});
    if (!inputs) {
        print_error(inputs.error().message);
        return exit_usage;
    }
    const auto lock = DataLock::take(config->data.directory);
    if (!lock) {
        print_error(lock.error().message);
        return exit_usage;
    }
    auto authenticator =
        Authenticator::create(config->auth, config->data.directory, process_environment());
    if (!authenticator) {
        print_error(authenticator.error().message);
        return exit_usage;
    }
    auto users = UserStore::open(config->data.directory + "/users.db");
    if (!users) {
        print_error(users.error().message);
        return exit_failed;
    }
    FileDisk disk;
    EventStream stream("", {config->stream.memory_limit});
    auto runtime = Runtime::open({*config,
                                  disk,
                                  clock,
                                  stream,
                                  random_epoch,
                                  machine_boot(),
                                  0,
                                  {},
                                  [&] { return restore_sessions(*config, clock); }},
                                 std::move(inputs->sources));
    if (!runtime) {
        print_error(runtime.error().message);
        return exit_failed;
    }
    tell_recovery((*runtime)->recovery());
    if (!options.web_root.empty() &&
        !std::filesystem::exists(std::filesystem::path(options.web_root) / "index.html")) {
        print_error("--web " + options.web_root +
                    ": no index.html there, so no dashboard; ./dev build makes web/dist");
    }
    const std::filesystem::path web_root =
        options.web_root.empty() ? default_web_root() : std::filesystem::path(options.web_root);
    std::atomic<bool> failed{false};
    const std::unique_ptr<Watchdog> watchdog = make_watchdog(config->engine, clock);
    LiveEngine engine(
        **runtime, *config, clock,
        [&](const std::string& why) {
            print_error("the engine has failed: " + why);
            failed = true;
            ::kill(::getpid(), SIGTERM);
        },
        watchdog.get());
    const AlertBoard* alerts = nullptr;  // until there is one; the writer starts later
    auto history = open_history(
        *config, *(*runtime)->stored_stream(), clock, [&] { return (*runtime)->status(); },
        [&] { return alerts == nullptr ? nullptr : alerts->report(); });
    if (!history) {
        print_error(history.error().message);
        return exit_usage;
    }
    auto monitor = MonitorService::create(
        *config,
        {clock, [&] { return (*runtime)->status(); }, watchdog.get(), history->writer.get(),
         [&](std::uint64_t count) { (*runtime)->set_error_alerts(count); }});
    if (!monitor) {
        print_error(monitor.error().message);
        return exit_usage;
    }
    alerts = &(*monitor)->board();
    (*monitor)->restore(restore_alerts(*config, clock));
    auto inspector = JournalInspector::start(disk, *config, clock);
    if (!inspector) {
        print_error(inspector.error().message);
        return exit_usage;
    }
    LiveComparison comparison(disk, *config, clock, [&](const auto& settings) {
        return with_settings(options.config, settings);
    });
    ConfigWorker desk({*options.config.places(),
                       *config,
                       (*runtime)->commands(),
                       clock,
                       {[&](const Config& next) {
                           (*monitor)->set_settings(next);
                           (*inspector)->reconfigure(next);
                           comparison.reconfigure(next);
                       }},
                       &MonitorService::check});
    ServerInfo info{TICKSTOCK_VERSION, web_root, watchdog.get()};
    info.auth = config->auth;
    info.archive_cache = config->stream.archive_cache;
    info.authenticator = authenticator->get();
    info.users = users->get();
    info.push = inputs->push;
    info.history = history->reader.get();
    info.history_writer = history->writer.get();
    info.stored = (*runtime)->stored_stream();
    info.alerts = &(*monitor)->board();
    info.monitoring = config->monitoring;
    info.inspector = inspector->get();
    info.comparer = &comparison;
    info.config = &desk;
    info.calendar = config->pipeline.calendar;
    Server server(
        config->server, stream, [&] { return (*runtime)->status(); }, clock, std::move(info),
        &(*runtime)->commands());
    for (const std::string& line : (*authenticator)->describe()) {
        log_info("auth", "{}", line);
    }
    const auto port = server.start();
    if (!port) {
        print_error(port.error().message);
        return exit_usage;
    }
    engine.start();
    if (history->writer) {
        history->writer->start();
    }
    (*monitor)->start();
    desk.start();
    if (watchdog) {
        watchdog->start();
    }
    const bool is_v6 = config->server.address.find(':') != std::string::npos;
    std::fprintf(stderr, is_v6 ? "listening on %s://[%s]:%u/\n" : "listening on %s://%s:%u/\n",
                 config->server.tls_certificate_file.empty() ? "http" : "https",
                 config->server.address.c_str(), unsigned{*port});
    std::fflush(stderr);

    const int signal_number = signals.wait([&] {
        server.reload();
        if (!desk.reload("SIGHUP", [](const ConfigDesk::Answer&) {})) {  // it logs what came of it
            log_warn("config", "SIGHUP is lost: too many changes wait; send it again");
        }
    });
    log_info("serve", "{}: draining",
             failed                     ? "failure"
             : signal_number == SIGTERM ? "SIGTERM"
                                        : "SIGINT");
    const bool good = engine.stop() && !failed;
    desk.stop();
    (*monitor)->stop();
    server.drain_and_stop();
    if (history->writer) {
        history->writer->stop();
    }
    log_info("serve", "stopped");
    log_flush();
    return good ? exit_good : exit_failed;
}

}  // namespace

void add_serve_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<ServeOptions>();
    CLI::App& command = *app.add_subcommand("serve", "Run the live system on one port");
    command.footer(settings_help());
    options->config.add_to(command);
    command.add_option("--source", options->sources, "synthetic, replay, polygon or push")
        ->type_name("NAME");
    command.add_option("--file", options->files, "Recorded file of the replay source")
        ->type_name("FILE");
    command.add_option("--speed", options->speed, "Pace, 1 = the market's own, 0 = flat out")
        ->type_name("X");
    command.add_option("--port", options->port, "0 = any free one (default 8080)")->type_name("N");
    command.add_option("--symbols", options->symbols, "Symbols of the synthetic market")
        ->type_name("N");
    command
        .add_option("--data", options->data, "Directory of journal and snapshots (default data)")
        ->type_name("DIR");
    command.add_option("--shards", options->shards, "Parts that the symbols are spread over")
        ->type_name("N");
    command.add_option("--web", options->web_root, "Folder of the built dashboard")
        ->type_name("DIR");
    command.add_flag("--no-loop", options->no_loop, "End with the input instead of beginning anew");
    command.callback([options, &exit_code] { exit_code = run_serve(*options); });
}

}  // namespace tickstock
