#include "terminal/top_layout.hpp"

#include <algorithm>
#include <array>

namespace tickstock {
namespace {

constexpr std::size_t wide = 110;  // from here a panel stands beside the tape
constexpr std::size_t panel_width = 44;
constexpr std::size_t tape_min = 6;  // lines, with its two of titles

void append(Lines& lines, const Lines& more) {
    lines.insert(lines.end(), more.begin(), more.end());
}

StyledLine head(const TopModel& model, const TopState& state, const std::string& url, TopMoment now,
                std::size_t width) {
    const bool is_current = model.known && model.away.empty();
    StyledLine left(" TickStock ", Style::Head);
    left.add(" ", Style::Head);
    const std::string word = !model.known ? "?" : is_current ? model.overview.status : "AWAY";
    left.add(" " + word + " ", is_current ? status_style(word) : Style::Bad);
    left.add(" ", Style::Head);
    StyledLine right;
    if (state.paused) {
        right.add(" PAUSED ", Style::Warning);
    }
    right.add(" " + time_of_day(now.wall) + " UTC ", Style::Head);
    const std::size_t taken = left.width() + right.width();
    const std::string name = url +
                             (model.overview.version.empty() ? "" : " " + model.overview.version) +
                             (model.overview.session.empty() ? "" : ", " + model.overview.session);
    if (taken + 2 < width) {
        left.add(fit(name, std::min(text_width(name), width - taken - 1)), Style::Head);
    }
    if (left.width() + right.width() <= width) {
        left.pad_to(width - right.width(), Style::Head).add(right);
    }
    return left.pad_to(width, Style::Head);
}

/// What stands under the head when the figures are not those of now.
StyledLine notice(const TopModel& model, const TopState& state, TopMoment now) {
    if (model.away.empty() && !state.paused) {
        return model.known ? StyledLine() : StyledLine("asking the server …", Style::Dim);
    }
    StyledLine line;
    if (!model.away.empty()) {
        line.add(model.away, Style::Bad);
    }
    if (model.known) {
        line.add(std::string(line.width() > 0 ? "; " : "") + "figures of " +
                     time_of_day(model.figures_wall) + ", " + age_text(figures_age(model, now)) +
                     " old",
                 Style::Warning);
    } else {
        line.add("; trying again", Style::Warning);
    }
    return line;
}

StyledLine foot(const TopState& state, std::size_t width, std::size_t first, std::size_t shown,
                std::size_t all) {
    StyledLine line;
    if (state.typing) {
        line.add(" Symbols (AAPL, NV*; empty = all): ", Style::Head);
        // The end of what is typed stays in sight.
        const std::size_t room = width > line.width() + 1 ? width - line.width() - 1 : 0;
        const std::size_t from = state.typed.size() > room ? state.typed.size() - room : 0;
        line.add(state.typed.substr(from) + "_", Style::Accent);
    } else {
        const std::string_view by =
            state.view == TopView::Events   ? event_sorts.at(state.sort().column)
            : state.view == TopView::Alerts ? alert_sorts.at(state.sort().column)
                                            : channel_sorts.at(state.sort().column);
        constexpr std::array<std::string_view, top_view_count> views{"overview", "channels",
                                                                     "events", "alerts"};
        line.add(" q quit  ? help  p pause  1-4 ", Style::Head);
        line.add(views.at(static_cast<std::size_t>(state.view)), Style::Head);
        line.add("  s sort " + std::string(by) + (state.sort().descending ? "▼" : "▲"),
                 Style::Head);
        line.add(
            "  / filter  +- " +
                (state.interval < std::chrono::seconds{1} ? "0.5 s" : age_text(state.interval)),
            Style::Head);
    }
    line.cut_to(width);
    line.pad_to(width, Style::Head);
    if (all > shown && shown > 0) {
        const std::string place = " " + std::to_string(first + 1) + "–" +
                                  std::to_string(first + shown) + " of " + std::to_string(all) +
                                  " ↓ ";
        if (text_width(place) + 8 < width) {
            line.cut_to(width - text_width(place));
            line.add(place, Style::Accent);
        }
    }
    return line;
}

/// The tape fills what the screen has left, with leaders and threads beside or below it.
Lines overview_body(const TopModel& model, const TopState& state, TopMoment now, std::size_t width,
                    std::size_t height) {
    constexpr std::size_t few_alerts = 3;
    constexpr std::size_t few_leaders = 3;
    constexpr std::size_t few_threads = 6;
    Lines body = overview_lines(model, width);
    append(body, channel_lines(model, state, width));
    append(body, active_alert_lines(model, state, now, width, few_alerts));
    const std::size_t left = height > body.size() ? height - body.size() : 0;
    const std::size_t tape = std::max(left, tape_min) - 2;
    if (width < wide) {
        append(body, tape_lines(model, state, width, tape));
        append(body, leader_lines(model, state.filter, width, few_leaders));
        append(body, thread_lines(model, width));
        return body;
    }
    const std::size_t column = width - panel_width;
    Lines panel = thread_lines(model, panel_width, few_threads);
    append(panel, leader_lines(model, state.filter, panel_width, few_leaders));
    append(body, beside(tape_lines(model, state, column - 2, tape), panel, column));
    return body;
}

Lines channels_body(const TopModel& model, const TopState& state, std::size_t width) {
    Lines body = channel_lines(model, state, width);
    body.emplace_back();
    append(body, source_lines(model, width));
    body.emplace_back();
    append(body, thread_lines(model, width));
    return body;
}

Lines alerts_body(const TopModel& model, const TopState& state, TopMoment now, std::size_t width) {
    Lines body = active_alert_lines(model, state, now, width);
    body.emplace_back();
    append(body, recent_alert_lines(model, state, now, width));
    return body;
}

Lines events_body(const TopModel& model, const TopState& state, std::size_t width) {
    if (width < wide) {
        return tape_lines(model, state, width);
    }
    return tape_lines(model, state, width - panel_width - 2);
}

Lines body_of(const TopModel& model, const TopState& state, TopMoment now, std::size_t width,
              std::size_t height) {
    if (state.help) {
        return help_lines();
    }
    switch (state.view) {
        case TopView::Channels: return channels_body(model, state, width);
        case TopView::Events: return events_body(model, state, width);
        case TopView::Alerts: return alerts_body(model, state, now, width);
        case TopView::Overview: break;
    }
    return overview_body(model, state, now, width, height);
}

}  // namespace

TopScreen top_screen(const TopModel& model, const TopState& state, TopMoment now,
                     const std::string& url, std::size_t width, std::size_t height) {
    constexpr std::size_t leaders = 10;
    TopScreen screen;
    screen.lines.push_back(head(model, state, url, now, width));
    if (const StyledLine line = notice(model, state, now); line.width() > 0) {
        screen.lines.push_back(line);
    }
    const std::size_t room =
        height > screen.lines.size() + 1 ? height - screen.lines.size() - 1 : 0;
    const bool is_events = state.view == TopView::Events && !state.help;
    Lines body = model.known || state.help ? body_of(model, state, now, width, room) : Lines();

    // The tape's title and column names stay while it scrolls.
    const std::size_t fixed = is_events ? std::min<std::size_t>({2, body.size(), room}) : 0;
    const std::size_t all = body.size() - fixed;
    screen.page = room - fixed;
    screen.scroll_max = all > screen.page ? all - screen.page : 0;
    const std::size_t first = state.help ? 0 : std::min(state.scrolled(), screen.scroll_max);
    const std::size_t shown = std::min(all - first, screen.page);
    Lines window(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(fixed));
    const auto from = body.begin() + static_cast<std::ptrdiff_t>(fixed + first);
    window.insert(window.end(), from, from + static_cast<std::ptrdiff_t>(shown));
    if (is_events && width >= wide && model.known) {
        Lines panel = leader_lines(model, state.filter, panel_width, leaders);
        panel.resize(std::min(panel.size(), room));
        window = beside(window, panel, width - panel_width);
    }
    append(screen.lines, window);
    screen.lines.resize(height > 0 ? height - 1 : 0);
    screen.lines.push_back(foot(state, width, first, shown, all));
    screen.lines.resize(height);
    for (StyledLine& line : screen.lines) {
        line.cut_to(width);
    }
    return screen;
}

std::string plain_block(const TopModel& model, const TopState& state, TopMoment now,
                        const std::string& url, std::size_t width) {
    constexpr std::size_t few = 10;
    const TopOverview& overview = model.overview;
    Lines lines;
    if (model.known) {
        lines.emplace_back("TickStock " + overview.version + " at " + url + ": " + overview.status +
                           (overview.session.empty() ? "" : ", " + overview.session) + ", " +
                           time_of_day(model.figures_wall) + " UTC");
    }
    if (const StyledLine line = notice(model, state, now); line.width() > 0) {
        lines.push_back(model.known ? line : StyledLine(url + ": " + model.away));
    }
    if (model.known) {
        append(lines, overview_lines(model, width));
        append(lines, channel_lines(model, state, width));
        append(lines, active_alert_lines(model, state, now, width));
        append(lines, source_lines(model, width));
        append(lines, thread_lines(model, width));
        append(lines, leader_lines(model, state.filter, width, few));
        append(lines, tape_lines(model, state, width, few));
    }
    std::string text;
    for (const StyledLine& line : lines) {
        text += line.text() + "\n";
    }
    return text;
}

}  // namespace tickstock
