#include <algorithm>

#include "terminal/table.hpp"
#include "terminal/top_sections.hpp"
#include "terminal/top_sort.hpp"

namespace tickstock {
namespace {

constexpr std::array<std::size_t, alert_sorts.size()> sort_columns{0, 1, 2, 3};

Style severity_style(std::string_view severity) {
    constexpr std::array<Style, 4> styles{Style::Accent, Style::Warning, Style::Bad, Style::Bad};
    return styles.at(severity_rank(severity));
}

std::vector<TableCell> row_of(const TopAlert& alert, TopMoment now) {
    const Nanos lasted = alert.resolved.value_or(now.wall) - alert.raised;
    return {{alert.severity, severity_style(alert.severity)},
            {age_text(lasted)},
            {alert.type, Style::Accent},
            {alert.channel.empty() ? "system" : alert.channel, Style::Dim},
            {alert.message}};
}

Lines table_of(const std::vector<TopAlert>& alerts, const TopState& state, TopMoment now,
               std::size_t width, std::string_view time_title) {
    std::vector<std::vector<TableCell>> rows;
    for (const TopAlert& alert : alerts) {
        rows.push_back(row_of(alert, now));
    }
    const TopState::Sort& by = state.alert_sort();
    return table_lines({{"Severity"},
                        {std::string(time_title), Align::Right},
                        {"Type", Align::Left, 0, true},
                        {"About", Align::Left, 2},
                        {"Message", Align::Left, 1, true}},
                       rows, width, TableSort{sort_columns.at(by.column), by.descending});
}

void append(Lines& lines, const Lines& more) {
    lines.insert(lines.end(), more.begin(), more.end());
}

}  // namespace

Lines active_alert_lines(const TopModel& model, const TopState& state, TopMoment now,
                         std::size_t width, std::size_t most) {
    const std::string& missing = model.missing[static_cast<std::size_t>(TopPage::Alerts)];
    const std::size_t count = model.active.size();
    StyledLine title = title_line("Active alerts");
    if (!missing.empty()) {
        title.add("not known: " + missing, Style::Warning);
    } else if (count == 0) {
        title.add("none", Style::Good);
    } else {
        title.add(std::to_string(count), Style::Bad);
    }
    title.cut_to(width);
    Lines lines{title};
    if (count == 0) {
        return lines;
    }
    std::vector<TopAlert> alerts = sorted(model.active, state.alert_sort());
    if (count > most) {
        lines.back().add(", 4 shows all", Style::Dim).cut_to(width);
        alerts.resize(most);
    }
    append(lines, table_of(alerts, state, now, width, "Age"));
    return lines;
}

Lines recent_alert_lines(const TopModel& model, const TopState& state, TopMoment now,
                         std::size_t width) {
    StyledLine title = title_line("Resolved");
    title.add(count_text(model.alerts_raised) + " raised since the start, " +
                  count_text(model.alerts_suppressed) + " within a cooldown",
              Style::Dim);
    title.cut_to(width);
    Lines lines{title};
    if (!model.recent.empty()) {
        append(lines,
               table_of(sorted(model.recent, state.alert_sort()), state, now, width, "Lasted"));
    }
    return lines;
}

}  // namespace tickstock
