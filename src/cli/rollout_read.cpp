// `tickstock rollout status|watch|report|differences|incidents|audit`.

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/clock.hpp"
#include "cli/commands.hpp"
#include "cli/events_output.hpp"
#include "cli/rollout_actions.hpp"
#include "terminal/curses_screen.hpp"
#include "terminal/rollout_screen.hpp"
#include "terminal/styled_print.hpp"
#include "terminal/top_session.hpp"
#include "terminal/top_state.hpp"

namespace tickstock {
namespace {

using Page = RolloutRead::Page;

std::string target_of(const RolloutRead& options) {
    const std::string root = "/api/v1/rollout";
    switch (options.page) {
        case Page::Status: return root;
        case Page::Report: return root + (options.from.json ? "/report" : "/report?format=text");
        case Page::Differences: return fmt::format("{}/differences?limit={}", root, options.limit);
        case Page::Incidents: return fmt::format("{}/incidents?limit={}", root, options.limit);
        case Page::Audit: return fmt::format("{}/audit?limit={}", root, options.limit);
    }
    return root;
}

std::optional<Lines> lines_of(Page page, const std::string& body, const RolloutView& view) {
    switch (page) {
        case Page::Status: return rollout_lines(body, view);
        case Page::Differences: return rollout_difference_lines(body, view);
        case Page::Incidents: return rollout_incident_lines(body, view);
        case Page::Audit: return rollout_audit_lines(body, view);
        case Page::Report: return std::nullopt;
    }
    return std::nullopt;
}

bool print(const std::string& text) {
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
           std::fflush(stdout) == 0;
}

RolloutView view_of(const std::string& url) {
    constexpr std::size_t columns = 120;
    return {url, terminal_width() > 0 ? terminal_width() : columns};
}

/// A look at the status for watch.
struct Look {
    Lines lines;
    bool good = false;
    std::string json;
};

Look look(const ServerClient& client, const RolloutView& view) {
    const ServerAnswer answer = client.get("/api/v1/rollout");
    Look seen;
    if (answer.is_good()) {
        if (auto lines = rollout_lines(answer.body, view)) {
            seen.lines = std::move(*lines);
            seen.good = true;
            seen.json = answer.body;
            return seen;
        }
    }
    seen.lines.emplace_back(
        fmt::format("AWAY: {}", answer.is_good() ? "its answer is not that of a TickStock server"
                                                 : clean_text(answer.body).substr(0, 300)),
        Style::Bad);
    return seen;
}

/// Until q or a signal; the last good figures stay when the server goes away.
int watch_screen(const ServerClient& client, const RolloutWatch& options, TopSignals& signals) {
    const PrintStyle style = PrintStyle::of_stdout();
    auto opened = CursesScreen::open({style.utf8, style.colours});
    if (!opened) {
        print_error(opened.error().message);
        return exit_failed;
    }
    CursesScreen& screen = **opened;
    Look last;
    std::size_t first = 0;  // line at the top
    int left_ms = 0;        // until the next look
    while (true) {
        if (left_ms <= 0) {
            Look seen = look(client, {options.from.server.url, screen.width()});
            if (!seen.good) {
                seen.lines.insert(seen.lines.end(), last.lines.begin(), last.lines.end());
            }
            Lines shown = seen.lines;
            if (seen.good) {
                last = seen;
            }
            first = std::min(first, shown.empty() ? 0 : shown.size() - 1);
            left_ms = static_cast<int>(options.interval_seconds * 1000);
            last.json.clear();
            shown.erase(shown.begin(), shown.begin() + static_cast<std::ptrdiff_t>(first));
            screen.draw(shown);
        }
        constexpr int step_ms = 100;
        std::array<pollfd, 2> fds{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{signals.fd(), POLLIN, 0}};
        poll(fds.data(), fds.size(), std::min(step_ms, left_ms));
        left_ms -= step_ms;
        for (int signal = signals.next(); signal != 0; signal = signals.next()) {
            if (signal == SIGTSTP) {
                screen.leave();
                TopSignals::stand_still();
            } else if (signal != SIGWINCH) {
                return exit_good;
            }
            screen.resize();
            left_ms = 0;
        }
        bool any_key = false;
        while (const auto key = screen.key()) {
            any_key = true;
            if (*key == 'q') {
                return exit_good;
            }
            if (*key == static_cast<std::uint32_t>(TopKey::Down)) {
                ++first;
                left_ms = 0;
            } else if (*key == static_cast<std::uint32_t>(TopKey::Up)) {
                first -= first > 0 ? 1 : 0;
                left_ms = 0;
            }
        }
        // Readable and yet without a key: the terminal has gone.
        if ((fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0 && !any_key) {
            return exit_good;
        }
    }
}

/// Blocks of text, or a line of JSON a look. Good = the last look reached the server.
int watch_plain(const ServerClient& client, const RolloutWatch& options, TopSignals& signals) {
    const PrintStyle style = PrintStyle::of_stdout();
    bool good = false;
    for (std::uint64_t looks = 1;; ++looks) {
        const Look seen = look(client, view_of(options.from.server.url));
        good = seen.good;
        if (!good) {
            std::fputs(printed(seen.lines, {style.utf8, false}).c_str(), stderr);
        } else if (options.from.json) {
            std::string line = seen.json;
            std::replace(line.begin(), line.end(), '\n', ' ');
            good = print(line + "\n");
        } else {
            good = print((looks > 1 ? "\n" : "") + printed(seen.lines, style));
        }
        if (looks == options.count || (seen.good && !good)) {  // enough, or nobody reads any more
            return good ? exit_good : exit_failed;
        }
        pollfd fd{signals.fd(), POLLIN, 0};
        poll(&fd, 1, static_cast<int>(options.interval_seconds * 1000));
        for (int signal = signals.next(); signal != 0; signal = signals.next()) {
            if (signal == SIGTSTP) {
                TopSignals::stand_still();
            } else if (signal != SIGWINCH) {
                return good ? exit_good : exit_failed;
            }
        }
    }
}

}  // namespace

int run_rollout_read(const RolloutRead& options) {
    const auto how = options.from.server.fetcher_options();
    if (!how) {
        print_error(how.error().message);
        return exit_usage;
    }
    const ServerAnswer answer = ServerClient(*how).get(target_of(options));
    if (!answer.is_good()) {
        print_refused(options.from.server.url, answer);
        return exit_failed;
    }
    const PrintStyle style = PrintStyle::of_stdout();
    if (options.from.json || options.page == Page::Report) {
        const std::string end = answer.body.ends_with('\n') ? "" : "\n";
        const bool as_it_stands = options.from.json || style.utf8;
        return print((as_it_stands ? answer.body : to_ascii(answer.body)) + end) ? exit_good
                                                                                 : exit_failed;
    }
    const auto lines = lines_of(options.page, answer.body, view_of(options.from.server.url));
    if (!lines) {
        print_error(options.from.server.url + ": its answer is not that of a TickStock server");
        return exit_failed;
    }
    return print(printed(*lines, style)) ? exit_good : exit_failed;
}

int run_rollout_watch(const RolloutWatch& options) {
    auto how = options.from.server.fetcher_options();
    if (!how) {
        print_error(how.error().message);
        return exit_usage;
    }
    how->request_timeout = std::chrono::seconds{3};
    signal(SIGPIPE, SIG_IGN);  // `| head` ends the output, not with a signal
    TopSignals signals;
    const ServerClient client(*how);
    const bool has_terminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
    if (!has_terminal || options.plain || options.from.json || options.count > 0) {
        return watch_plain(client, options, signals);
    }
    return watch_screen(client, options, signals);
}

}  // namespace tickstock
