#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "cli/commands.hpp"
#include "cli/shared_options.hpp"
#include "engine/live_engine.hpp"
#include "metrics/log.hpp"
#include "server/server.hpp"

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
    if (options.no_loop) {
        flags["source.loop"] = "false";
    }
}

/// Blocks SIGINT and SIGTERM in this thread and all it will start; wait() then takes them.
class StopSignals {
public:
    StopSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGINT);
        sigaddset(&set_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        signal(SIGPIPE, SIG_IGN);
    }
    int wait() {
        int number = 0;
        sigwait(&set_, &number);
        return number;
    }

private:
    sigset_t set_{};
};

int run_serve(ServeOptions& options) {
    fill_flags(options);
    const auto config = options.config.load(true);
    if (!config) {
        print_error(config.error().message);
        return exit_usage;
    }
    StopSignals signals;
    const SystemClock clock;
    auto input = open_live_input(*config, clock.wall());
    if (!input) {
        print_error(input.error().message);
        return exit_usage;
    }
    auto system = MultiChannelSystem::create(config->pipeline, config->engine.shards);
    if (!system) {
        print_error(system.error().message);
        return exit_usage;
    }
    EventStream stream(make_epoch(), {config->stream.memory_limit});
    LiveEngine engine(*config, std::move(*system), std::move(*input), stream, clock);
    if (!options.web_root.empty() &&
        !std::filesystem::exists(std::filesystem::path(options.web_root) / "index.html")) {
        print_error("--web " + options.web_root +
                    ": no index.html there, so no dashboard; ./dev build makes web/dist");
    }
    const std::filesystem::path web_root =
        options.web_root.empty() ? default_web_root() : std::filesystem::path(options.web_root);
    Server server(config->server, stream, [&engine] { return engine.status(); }, clock,
                  {TICKSTOCK_VERSION, web_root});
    const auto port = server.start();
    if (!port) {
        print_error(port.error().message);
        return exit_usage;
    }
    engine.start();
    std::fprintf(stderr, "listening on http://%s:%u/\n", config->server.address.c_str(),
                 unsigned{*port});
    std::fflush(stderr);

    const int signal_number = signals.wait();
    log_info("serve", "{}: draining", signal_number == SIGTERM ? "SIGTERM" : "SIGINT");
    engine.stop();
    server.drain_and_stop();
    log_info("serve", "stopped");
    log_flush();
    return exit_good;
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
    command.add_option("--web", options->web_root, "Folder of the built dashboard")
        ->type_name("DIR");
    command.add_flag("--no-loop", options->no_loop, "End with the input instead of beginning anew");
    command.callback([options, &exit_code] { exit_code = run_serve(*options); });
}

}  // namespace tickstock
