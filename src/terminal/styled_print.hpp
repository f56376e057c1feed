#pragma once

#include <string>

#include "terminal/styled_line.hpp"

namespace tickstock {

/// How lines leave for a terminal or a pipe.
struct PrintStyle {
    bool utf8 = false;     ///< otherwise each character leaves as ASCII
    bool colours = false;  ///< as escape sequences; for terminals only

    /// Of this process's standard output: colours on a terminal without NO_COLOR, UTF-8 as the
    /// locale says. Sets the locale for characters.
    static PrintStyle of_stdout();
};

/// Each line with its '\n'.
std::string printed(const Lines& lines, const PrintStyle& style);

}  // namespace tickstock
