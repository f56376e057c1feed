// `tickstock top`: a running server on the terminal.

#include <langinfo.h>
#include <signal.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "cli/commands.hpp"
#include "cli/events_output.hpp"
#include "cli/server_page.hpp"
#include "cli/shared_options.hpp"
#include "cli/top_fetch.hpp"
#include "terminal/top_session.hpp"

namespace tickstock {
namespace {

struct TopCommand {
    ServerAddress server{"http://127.0.0.1:8080", "", ""};
    std::string symbols;
    double interval_seconds = 1;
    std::uint64_t count = 0;
    bool once = false;
    bool plain = false;
    bool json = false;
};

Result<HttpFetcher::Options> fetcher_options(const TopCommand& command) {
    auto options = command.server.fetcher_options();
    if (options) {
        options->thread_name = "top-fetch";
        options->connections = 2;
        options->attempts = 2;  // the server may have closed a connection that stood idle
        options->retry_pause = std::chrono::milliseconds{50};
        options->request_timeout = std::chrono::seconds{5};
    }
    return options;
}

TopOptions session_options(const TopCommand& command) {
    std::setlocale(LC_CTYPE, "");
    const char* no_colour = std::getenv("NO_COLOR");
    constexpr std::size_t columns = 100;
    TopOptions options;
    options.url = command.server.url;
    options.interval =
        std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(command.interval_seconds));
    options.filter = command.symbols;
    options.count = command.once ? 1 : command.count;
    options.json = command.json;
    options.utf8 = std::string(nl_langinfo(CODESET)) == "UTF-8";
    options.colours = no_colour == nullptr || *no_colour == '\0';
    options.width = terminal_width() > 0 ? terminal_width() : columns;
    return options;
}

int run_top(const TopCommand& command) {
    auto fetcher = fetcher_options(command);
    if (!fetcher) {
        print_error(fetcher.error().message);
        return exit_usage;
    }
    const TopOptions options = session_options(command);
    signal(SIGPIPE, SIG_IGN);  // `| head` ends the output, not with a signal
    TopSignals signals;
    TopFetch fetch(std::move(*fetcher));
    const SystemClock clock;
    const bool has_terminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
    if (!has_terminal || command.plain || command.json || options.count > 0) {
        return run_top_plain(fetch, signals, clock, options) ? exit_good : exit_failed;
    }
    const auto result = run_top_screen(fetch, signals, clock, options);
    if (!result) {
        print_error(result.error().message);
        return exit_failed;
    }
    return exit_good;
}

}  // namespace

void add_top_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<TopCommand>();
    CLI::App& command = *app.add_subcommand("top", "A running server on the terminal, live");
    options->server.add_to(command, "a viewer");
    command.add_option("address", options->server.url, "The server's address, as --url")
        ->type_name("URL")
        ->excludes(command.get_option("--url"));
    command.add_option("--interval", options->interval_seconds, "Seconds between two looks")
        ->check(CLI::Range(0.1, 3600.0))
        ->type_name("S")
        ->capture_default_str();
    command.add_option("--symbols", options->symbols, "Only these in tape and leaders: AAPL,NV*")
        ->type_name("LIST");
    command.add_flag("--plain", options->plain, "Text blocks, also on a terminal");
    command.add_flag("--json", options->json, "What the server answers, a line a look");
    CLI::Option* once = command.add_flag("--once", options->once, "One block, then end");
    command.add_option("--count", options->count, "So many blocks, then end")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
        ->type_name("N")
        ->excludes(once);
    command.callback([options, &exit_code] { exit_code = run_top(*options); });
}

}  // namespace tickstock
