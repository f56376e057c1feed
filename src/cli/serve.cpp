#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>

#include "auth/authenticator.hpp"
#include "base/file_disk.hpp"
#include "cli/commands.hpp"
#include "cli/shared_options.hpp"
#include "engine/inputs.hpp"
#include "engine/live_engine.hpp"
#include "engine/recovery.hpp"
#include "engine/watchdog.hpp"
#include "metrics/log.hpp"
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

/// The dashboard beside the binary's build tree, where `./dev` puts it.
std::filesystem::path default_web_root() {
    std::error_code ignored;
    const auto binary = std::filesystem::read_symlink("/proc/self/exe", ignored);
    const auto built = binary.parent_path().parent_path().parent_path() / "web" / "dist";
    return std::filesystem::exists(built / "index.html", ignored) ? built : "web/dist";
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

/// Blocks SIGINT, SIGTERM and SIGHUP in this thread and all it will start; wait() then takes them.
class StopSignals {
public:
    StopSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGINT);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGHUP);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        signal(SIGPIPE, SIG_IGN);
    }
    /// Until one that ends the program; calls `reload` at each SIGHUP.
    int wait(const std::function<void()>& reload) {
        int number = 0;
        while (sigwait(&set_, &number) != 0 || number == SIGHUP) {
            reload();
        }
        return number;
    }

private:
    sigset_t set_{};
};

/// One process at a time writes a data directory.
class DataLock {
public:
    static Result<std::unique_ptr<DataLock>> take(const std::string& directory) {
        std::error_code failed;
        std::filesystem::create_directories(directory, failed);
        if (failed) {
            return Error{"data.directory = " + directory + ": " + failed.message()};
        }
        const std::string path = directory + "/lock";
        const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
        if (file < 0) {
            return Error{path + ": " + std::strerror(errno)};
        }
        if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
            ::close(file);
            return Error{"data.directory = " + directory +
                         ": another process works in it; accepted is a directory of its own"};
        }
        return std::unique_ptr<DataLock>(new DataLock(file));
    }
    ~DataLock() { ::close(file_); }
    DataLock(const DataLock&) = delete;
    DataLock& operator=(const DataLock&) = delete;

private:
    explicit DataLock(int file) : file_(file) {}
    const int file_;
};

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

int run_serve(ServeOptions& options) {
    fill_flags(options);
    const auto config = options.config.load(true);
    if (!config) {
        print_error(config.error().message);
        return exit_usage;
    }
    StopSignals signals;
    const SystemClock clock;
    auto sources = open_live_sources(*config, clock.wall());
    if (!sources) {
        print_error(sources.error().message);
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
    auto runtime = Runtime::open(
        {*config, disk, clock, stream, random_epoch, machine_boot(), 0, {}}, std::move(*sources));
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
    ServerInfo info{TICKSTOCK_VERSION, web_root, watchdog.get()};
    info.auth = config->auth;
    info.archive_cache = config->stream.archive_cache;
    info.authenticator = authenticator->get();
    info.users = users->get();
    info.stored = (*runtime)->stored_stream();
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
    if (watchdog) {
        watchdog->start();
    }
    const bool is_v6 = config->server.address.find(':') != std::string::npos;
    std::fprintf(stderr, is_v6 ? "listening on %s://[%s]:%u/\n" : "listening on %s://%s:%u/\n",
                 config->server.tls_certificate_file.empty() ? "http" : "https",
                 config->server.address.c_str(), unsigned{*port});
    std::fflush(stderr);

    const int signal_number = signals.wait([&] { server.reload(); });
    log_info("serve", "{}: draining",
             failed                     ? "failure"
             : signal_number == SIGTERM ? "SIGTERM"
                                        : "SIGINT");
    const bool good = engine.stop() && !failed;
    server.drain_and_stop();
    log_info("serve", "stopped");
    log_flush();
    return good ? exit_good : exit_failed;
}

}  // namespace

void add_serve_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<ServeOptions>();
    CLI::App& command = *app.add_subcommand("serve", "Run the live system on one port");
    options->config.add_to(command);
    command.add_option("--source", options->sources, "synthetic or replay")->type_name("NAME");
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
