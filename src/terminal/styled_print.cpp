#include "terminal/styled_print.hpp"

#include <langinfo.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <string_view>

namespace tickstock {
namespace {

/// The sequence that begins a style; "" for one without.
std::string_view sequence_of(Style style) {
    switch (style) {
        case Style::Plain: return "";
        case Style::Dim: return "\x1b[2m";
        case Style::Title:
        case Style::Head: return "\x1b[1m";
        case Style::Good:
        case Style::Up: return "\x1b[32m";
        case Style::Warning: return "\x1b[33m";
        case Style::Bad:
        case Style::Down: return "\x1b[31m";
        case Style::Accent: return "\x1b[36m";
    }
    return "";
}

}  // namespace

PrintStyle PrintStyle::of_stdout() {
    std::setlocale(LC_CTYPE, "");
    const char* const no_colour = std::getenv("NO_COLOR");
    const bool wanted = no_colour == nullptr || *no_colour == '\0';
    return {std::string_view(nl_langinfo(CODESET)) == "UTF-8",
            wanted && isatty(STDOUT_FILENO) == 1};
}

std::string printed(const Lines& lines, const PrintStyle& style) {
    std::string text;
    for (const StyledLine& line : lines) {
        if (!style.colours) {
            text += line.text();
        } else {
            for (const Span& span : line.spans()) {
                const std::string_view begin = sequence_of(span.style);
                text += begin;
                text += span.text;
                text += begin.empty() ? "" : "\x1b[0m";
            }
        }
        text += '\n';
    }
    return style.utf8 ? text : to_ascii(text);
}

}  // namespace tickstock
