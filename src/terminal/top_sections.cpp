#include "terminal/top_sections.hpp"

#include <algorithm>
#include <array>

namespace tickstock {

StyledLine title_line(std::string_view title, const StyledLine& more) {
    StyledLine line(title, Style::Title);
    return line.add(" ").add(more);
}

Nanos figures_age(const TopModel& model, TopMoment now) {
    return std::max(now.monotonic - model.figures_monotonic, Nanos{0});
}

Style status_style(std::string_view status) {
    return status == "READY" ? Style::Good : status == "NOT_READY" ? Style::Bad : Style::Warning;
}

std::string_view direction_mark(std::string_view direction) {
    return direction == "up" ? "▲" : direction == "down" ? "▼" : " ";
}

Style direction_style(std::string_view direction) {
    return direction == "up" ? Style::Up : direction == "down" ? Style::Down : Style::Plain;
}

Lines help_lines() {
    struct Help {
        std::string_view keys;
        std::string_view text;
    };
    constexpr std::array<Help, 10> rows{{
        {"q", "quit"},
        {"p, space", "pause: nothing is asked, the picture stays"},
        {"1 2 3 4", "overview, channels, events, alerts"},
        {"tab", "the next of them"},
        {"s", "sort the table by its next column"},
        {"S", "the other way round"},
        {"/", "only these symbols: AAPL, NV*"},
        {"+ -", "ask less, more often"},
        {"↑ ↓", "scroll; also PageUp, PageDown, Home, End"},
        {"?", "this; any key goes back"},
    }};
    Lines lines{title_line("Keys")};
    constexpr std::size_t column = 10;
    for (const Help& row : rows) {
        lines.push_back(StyledLine(fit(row.keys, column), Style::Accent).add(row.text));
    }
    lines.push_back(title_line("Figures"));
    lines.emplace_back(
        "Rates are those of the last second, p50 to p99 a channel's time for a record,");
    lines.emplace_back(
        "Success what did not fail of its last records. Data age is how long nothing");
    lines.emplace_back("came from a source. A Class is an event's priority, 1 the highest.");
    return lines;
}

}  // namespace tickstock
