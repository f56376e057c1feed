#pragma once

#include <termios.h>

namespace tickstock {

/// What a screen needs of the terminal on stdout; false also for a type (TERM) that is not known.
bool can_place_cursor();

/// While it lives, a crash of the process (SIGSEGV, SIGABRT and their like: also a failed assertion
/// or an exception that nobody took) leaves the terminal as it was before, and then goes on as it
/// would have. One at a time; made before the screen is opened.
class TerminalRescue {
public:
    TerminalRescue();
    ~TerminalRescue();
    TerminalRescue(const TerminalRescue&) = delete;
    TerminalRescue& operator=(const TerminalRescue&) = delete;

    /// Once the terminal's type is known: how it leaves full-screen mode.
    void learn_strings();
};

}  // namespace tickstock
