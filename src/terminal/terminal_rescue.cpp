#include "terminal/terminal_rescue.hpp"

#include <ncurses.h>
#include <signal.h>
#include <term.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace tickstock {
namespace {

// What a signal handler may touch: plain memory that was filled before.
constexpr std::array<int, 5> crashes{SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
std::array<struct sigaction, crashes.size()> actions_before{};
termios terminal_before{};
bool has_terminal = false;
std::array<char, 256> strings{};
std::size_t strings_size = 0;

extern "C" void rescue_terminal(int signal) {
    if (has_terminal) {
        // Nothing can be done when it fails.
        [[maybe_unused]] const auto written = write(STDOUT_FILENO, strings.data(), strings_size);
        tcsetattr(STDOUT_FILENO, TCSANOW, &terminal_before);
    }
    for (std::size_t i = 0; i < crashes.size(); ++i) {
        if (crashes[i] == signal) {
            sigaction(signal, &actions_before[i], nullptr);
        }
    }
    raise(signal);
}

/// Without the delays that a terminal of old asks for: "$<5>".
void append(std::string_view text) {
    for (std::size_t i = 0; i < text.size() && strings_size < strings.size(); ++i) {
        if (text.substr(i, 2) == "$<") {
            i = std::min(text.find('>', i), text.size());
            continue;
        }
        strings[strings_size++] = text[i];
    }
}

bool has_text(const char* capability) {
    return capability != nullptr && capability != reinterpret_cast<const char*>(-1);
}

}  // namespace

bool can_place_cursor() {
    int why = 0;
    return setupterm(nullptr, STDOUT_FILENO, &why) == OK && has_text(tigetstr("cup"));
}

TerminalRescue::TerminalRescue() {
    has_terminal = tcgetattr(STDOUT_FILENO, &terminal_before) == 0;
    strings_size = 0;
    struct sigaction action {};
    action.sa_handler = rescue_terminal;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < crashes.size(); ++i) {
        sigaction(crashes[i], &action, &actions_before[i]);
    }
}

TerminalRescue::~TerminalRescue() {
    for (std::size_t i = 0; i < crashes.size(); ++i) {
        sigaction(crashes[i], &actions_before[i], nullptr);
    }
}

void TerminalRescue::learn_strings() {
    for (const char* name : {"sgr0", "rmkx", "rmcup", "cnorm"}) {
        const char* text = tigetstr(name);
        if (has_text(text)) {
            append(text);
        }
    }
}

}  // namespace tickstock
