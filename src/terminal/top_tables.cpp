#include <fmt/format.h>

#include <algorithm>

#include "terminal/table.hpp"
#include "terminal/top_sections.hpp"
#include "terminal/top_sort.hpp"

namespace tickstock {
namespace {

using Row = std::vector<TableCell>;

Lines under(StyledLine title, Lines rows, std::size_t width) {
    title.cut_to(width);
    rows.insert(rows.begin(), std::move(title));
    return rows;
}

TableCell queue_cell(const TopChannel& channel) {
    constexpr std::size_t bar = 6;
    constexpr double half = 0.5;
    constexpr double much = 0.75;
    const double share = channel.queue && channel.queue_limit && *channel.queue_limit > 0
                             ? *channel.queue / *channel.queue_limit
                             : 0;
    return {bar_text(channel.queue, channel.queue_limit, bar) + " " + short_count(channel.queue) +
                "/" + short_count(channel.queue_limit),
            share >= much   ? Style::Bad
            : share >= half ? Style::Warning
                            : Style::Plain};
}

Row channel_row(const TopChannel& channel) {
    constexpr double good_success = 99;
    constexpr double whole = 100;
    const bool has_errors = channel.errors.value_or(0) > 0;
    const Figure confidence =
        channel.confidence ? Figure(*channel.confidence * whole) : std::nullopt;
    return {{channel.name, Style::Accent},
            {channel.status, channel.status == "active" && channel.healthy ? Style::Good
                             : channel.status == "error"                   ? Style::Bad
                                                                           : Style::Warning},
            {rate_text(channel.rate)},
            queue_cell(channel),
            {percent_text(channel.success),
             channel.success.value_or(whole) < good_success ? Style::Warning : Style::Plain},
            {milliseconds_text(channel.p50_ms)},
            {milliseconds_text(channel.p95_ms)},
            {milliseconds_text(channel.p99_ms)},
            {count_text(channel.errors), has_errors ? Style::Warning : Style::Plain},
            {short_count(channel.events)},
            {short_count(channel.processed)},
            {percent_text(confidence)}};
}

/// The table's column of each of channel_sorts.
std::optional<TableSort> shown_sort(const TopState::Sort& by) {
    constexpr std::array<std::size_t, channel_sorts.size()> columns{0, 0, 2, 3, 4, 7, 8, 9};
    return by.column == 0 ? std::nullopt
                          : std::optional(TableSort{columns.at(by.column), by.descending});
}

}  // namespace

Lines channel_lines(const TopModel& model, const TopState& state, std::size_t width) {
    const std::vector<TableColumn> columns{
        {"Channel"},
        {"Status"},
        {"Rate/s", Align::Right, 2},
        {"Queue", Align::Left, 1},
        {"Success", Align::Right, 3},
        {"p50", Align::Right, 7},
        {"p95", Align::Right, 8},
        {"p99", Align::Right, 4},
        {"Errors", Align::Right, 5},
        {"Events", Align::Right, 9},
        {"Processed", Align::Right, 10},
        {"Confid.", Align::Right, 11},
    };
    std::vector<Row> rows;
    for (const TopChannel& channel : sorted(model.channels, state.channel_sort())) {
        rows.push_back(channel_row(channel));
    }
    return table_lines(columns, rows, width, shown_sort(state.channel_sort()));
}

Lines thread_lines(const TopModel& model, std::size_t width, std::size_t most) {
    std::vector<Row> rows;
    for (const TopThread& thread : busiest_first(model.threads)) {
        if (rows.size() < most) {
            rows.push_back({{thread.name, Style::Accent},
                            {share_text(thread.cpu_percent)},
                            {age_text(Figure(thread.cpu_seconds))}});
        }
    }
    return under(
        title_line("Threads"),
        table_lines({{"Name"}, {"CPU", Align::Right}, {"Time used", Align::Right, 1}}, rows, width),
        width);
}

Lines source_lines(const TopModel& model, std::size_t width) {
    std::vector<Row> rows;
    for (const TopSource& source : model.sources) {
        const bool is_well = source.state == "streaming" || source.state == "ended";
        rows.push_back({{source.name, Style::Accent},
                        {source.state, is_well ? Style::Good : Style::Warning},
                        {source.data_age ? age_text(*source.data_age) : "–"},
                        {source.lag_seconds ? fmt::format("{:.2f} s", *source.lag_seconds) : "–"},
                        {count_text(source.gaps)},
                        {short_count(source.records)},
                        {source.detail, Style::Dim}});
    }
    return under(title_line("Sources"),
                 table_lines({{"Name"},
                              {"State"},
                              {"Data age", Align::Right},
                              {"Lag", Align::Right, 2},
                              {"Gaps", Align::Right, 3},
                              {"Records", Align::Right, 1},
                              {"Detail", Align::Left, 4, true}},
                             rows, width),
                 width);
}

Lines leader_lines(const TopModel& model, const TopFilter& filter, std::size_t width,
                   std::size_t most) {
    Lines lines;
    for (const TopLeaders& list : model.market.leaders) {
        std::vector<Row> rows;
        for (const TopLeader& leader : list.rows) {
            if (rows.size() == most || !filter.passes(leader.symbol)) {
                continue;
            }
            const Style style = direction_style(leader.direction);
            rows.push_back(
                {{std::string(direction_mark(leader.direction)), style},
                 {leader.symbol, Style::Accent},
                 {count_text(leader.count)},
                 {price_text(leader.price)},
                 {leader.percent_change ? fmt::format("{:+.2f} %", *leader.percent_change) : "–",
                  leader.percent_change.value_or(0) < 0 ? Style::Down : Style::Up},
                 {leader.value ? fmt::format("{:.4g}", *leader.value) : "–"}});
        }
        if (rows.empty()) {
            continue;
        }
        Lines table = table_lines({{" "},
                                   {"Symbol"},
                                   {"Count", Align::Right, 1},
                                   {"Price", Align::Right},
                                   {"Change", Align::Right, 2},
                                   {"Value", Align::Right, 3}},
                                  rows, width);
        // One line a list less: the titles stand with the first only.
        const bool is_first = lines.empty();
        lines.push_back(title_line(list.title));
        lines.back().cut_to(width);
        lines.insert(lines.end(), table.begin() + (is_first ? 0 : 1), table.end());
    }
    return lines;
}

Lines tape_lines(const TopModel& model, const TopState& state, std::size_t width,
                 std::size_t most) {
    std::vector<TopEvent> events = sorted(model.tape, state.filter, state.event_sort());
    StyledLine more;
    if (!state.filter.is_empty()) {
        more.add("only " + state.filter.text(), Style::Warning);
    }
    const std::string& missing = model.missing[static_cast<std::size_t>(TopPage::Events)];
    if (!missing.empty()) {
        more.add((more.width() > 0 ? "; " : "") + missing, Style::Warning);
    }
    events.resize(std::min(events.size(), most));
    std::vector<Row> rows;
    for (const TopEvent& event : events) {
        const Style style = direction_style(event.direction);
        rows.push_back({{time_of_day(event.ts), Style::Dim},
                        {std::string(direction_mark(event.direction)), style},
                        {event.type, style},
                        {event.symbol, Style::Accent},
                        {price_text(event.price)},
                        {event.text},
                        {event.source, Style::Dim},
                        {count_text(event.priority), Style::Dim},
                        {std::to_string(event.offset), Style::Dim}});
    }
    const TopState::Sort& by = state.event_sort();
    constexpr std::array<std::size_t, event_sorts.size()> columns{0, 3, 2, 4};
    return under(title_line("Events", more),
                 table_lines({{"Time UTC"},
                              {" "},
                              {"Type"},
                              {"Symbol"},
                              {"Price", Align::Right},
                              {"What", Align::Left, 1, true},
                              {"Source", Align::Left, 2},
                              {"Class", Align::Right, 3},
                              {"Offset", Align::Right, 4}},
                             rows, width, TableSort{columns.at(by.column), by.descending}),
                 width);
}

}  // namespace tickstock
