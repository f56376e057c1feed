#include "terminal/top_session.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <memory>

#include "base/assert.hpp"
#include "base/json_writer.hpp"
#include "terminal/curses_screen.hpp"
#include "terminal/json_reader.hpp"
#include "terminal/top_board.hpp"
#include "terminal/top_layout.hpp"
#include "terminal/top_parse.hpp"

namespace tickstock {
namespace {

sigset_t held_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH}) {
        sigaddset(&set, signal);
    }
    return set;
}

/// What of these is readable or broken within `patience`.
template <std::size_t N>
std::array<short, N> wait_for(const std::array<int, N>& fds, Nanos patience) {
    std::array<pollfd, N> entries{};
    for (std::size_t i = 0; i < N; ++i) {
        entries[i] = {fds[i], POLLIN, 0};
    }
    // Rounded up, so that what it waits for is due afterwards.
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(std::max(patience, Nanos{0}));
    constexpr std::int64_t longest = 3'600'000;
    poll(entries.data(), N, static_cast<int>(std::min<std::int64_t>(ms.count(), longest)));
    std::array<short, N> events{};
    for (std::size_t i = 0; i < N; ++i) {
        events[i] = entries[i].revents;
    }
    return events;
}

/// Asks in time and takes what comes.
class Rounds {
public:
    Rounds(TopServer& server, const Clock& clock) : server_(server), clock_(clock) {}

    bool is_asking() const { return asking_; }
    Nanos due_in() const { return due_ - clock_.monotonic(); }
    void ask_soon() { due_ = clock_.monotonic(); }

    void ask(const std::string& symbols, Nanos interval) {
        asked_ = TopPoll();
        asked_.symbols = symbols;
        asked_.newest = board_.asks_newest(symbols);
        server_.ask(board_.targets(symbols));
        asking_ = true;
        due_ = clock_.monotonic() + interval;
    }

    /// True when a round ended.
    bool take() {
        auto answers = server_.take();
        if (!answers) {
            return false;
        }
        asked_.answers = std::move(*answers);
        asked_.wall = clock_.wall();
        asked_.monotonic = clock_.monotonic();
        board_.take(asked_);
        asking_ = false;
        return true;
    }

    const TopModel& model() const { return board_.model(); }
    const TopPoll& last() const { return asked_; }
    TopMoment now() const { return {clock_.wall(), clock_.monotonic()}; }

private:
    TopServer& server_;
    const Clock& clock_;
    TopBoard board_;
    TopPoll asked_;
    bool asking_ = false;
    Nanos due_{std::numeric_limits<std::int64_t>::min() / 2};
};

}  // namespace

TopSignals::TopSignals() {
    const sigset_t set = held_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    fd_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    TS_ASSERT(fd_ >= 0);
}

TopSignals::~TopSignals() {
    close(fd_);
    const sigset_t set = held_signals();
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

int TopSignals::next() {
    signalfd_siginfo info{};
    return read(fd_, &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
}

void TopSignals::stand_still() {
    struct sigaction usual {};
    struct sigaction before {};
    usual.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &usual, &before);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    raise(SIGTSTP);  // waits, being held
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    sigaction(SIGTSTP, &before, nullptr);
}

Result<bool> run_top_screen(TopServer& server, TopSignals& signals, const Clock& clock,
                            const TopOptions& options) {
    auto opened = CursesScreen::open({options.utf8, options.colours});
    if (!opened) {
        return opened.error();
    }
    CursesScreen& screen = **opened;
    Rounds rounds(server, clock);
    TopState state;
    state.interval = options.interval;
    state.filter = TopFilter(options.filter);
    constexpr Nanos tick = std::chrono::seconds{1};  // ages go on
    while (true) {
        if (!state.paused && !rounds.is_asking() && rounds.due_in() <= Nanos{0}) {
            rounds.ask(state.filter.asked(), state.interval);
        }
        const TopScreen picture = top_screen(rounds.model(), state, rounds.now(), options.url,
                                             screen.width(), screen.height());
        state.scrolled() = std::min(state.scrolled(), picture.scroll_max);
        screen.draw(picture.lines);

        const bool waits = state.paused || rounds.is_asking();
        const auto events = wait_for<3>({STDIN_FILENO, server.ready_fd(), signals.fd()},
                                        waits ? tick : std::min(tick, rounds.due_in()));
        for (int signal = signals.next(); signal != 0; signal = signals.next()) {
            if (signal == SIGTSTP) {
                screen.leave();
                TopSignals::stand_still();
            } else if (signal != SIGWINCH) {
                return true;
            }
            screen.resize();  // also after a stop: it may be another size by now
        }
        rounds.take();
        bool any_key = false;
        while (const auto key = screen.key()) {
            any_key = true;
            const auto effect = state.press(*key, picture.page);
            if (effect == TopState::Effect::Quit) {
                return true;
            }
            if (effect == TopState::Effect::Ask) {
                rounds.ask_soon();
            }
        }
        // Readable and yet without a key: the terminal has gone.
        if ((events[0] & (POLLHUP | POLLERR | POLLNVAL)) != 0 && !any_key) {
            return true;
        }
    }
}

bool run_top_plain(TopServer& server, TopSignals& signals, const Clock& clock,
                   const TopOptions& options) {
    Rounds rounds(server, clock);
    TopState state;
    state.interval = options.interval;
    state.filter = TopFilter(options.filter);
    bool any_figures = false;
    for (std::uint64_t printed = 0; options.count == 0 || printed < options.count;) {
        if (!rounds.is_asking() && rounds.due_in() <= Nanos{0}) {
            rounds.ask(state.filter.asked(), state.interval);
        }
        constexpr Nanos long_enough = std::chrono::hours{1};
        wait_for<2>({server.ready_fd(), signals.fd()},
                    rounds.is_asking() ? long_enough : rounds.due_in());
        for (int signal = signals.next(); signal != 0; signal = signals.next()) {
            if (signal == SIGTSTP) {
                TopSignals::stand_still();
            } else if (signal != SIGWINCH) {
                return rounds.model().away.empty();
            }
        }
        if (!rounds.take()) {
            continue;
        }
        std::string block = options.json ? json_line(rounds.last())
                                         : plain_block(rounds.model(), state, rounds.now(),
                                                       options.url, options.width);
        block = options.utf8 || options.json ? block : to_ascii(block);
        const bool has_figures = options.json || rounds.model().known;
        if (has_figures && !options.json && any_figures) {
            block.insert(0, "\n");
        }
        any_figures = any_figures || has_figures;
        ++printed;
        // What is no block does not stand among the blocks.
        std::FILE* const out = has_figures ? stdout : stderr;
        if (std::fwrite(block.data(), 1, block.size(), out) != block.size() ||
            std::fflush(out) != 0) {
            break;  // whoever reads has enough
        }
    }
    return rounds.model().away.empty();
}

std::string json_line(const TopPoll& poll) {
    constexpr unsigned http_ok = 200;
    std::string line;
    JsonWriter json(line);
    json.begin_object().key("time").number(to_ns(poll.wall));
    std::array<std::string, top_page_count> errors;
    for (std::size_t i = 0; i < top_page_count; ++i) {
        const TopAnswer& answer = poll.answers.at(i);
        json.key(top_page_name(static_cast<TopPage>(i)));
        if (answer.status == http_ok && nlohmann::json::accept(answer.body)) {
            std::string body = answer.body;
            std::replace(body.begin(), body.end(), '\n', ' ');  // one line stays one
            json.raw(body);
        } else {
            json.null();
            errors.at(i) = answer.status == 0
                               ? answer.body
                               : std::to_string(answer.status) + " " + read_error(answer.body);
        }
    }
    json.key("errors").begin_object();
    for (std::size_t i = 0; i < top_page_count; ++i) {
        if (!errors.at(i).empty()) {
            json.key(top_page_name(static_cast<TopPage>(i))).string(errors.at(i));
        }
    }
    json.end_object().end_object();
    return line + "\n";
}

}  // namespace tickstock
