#include <fmt/format.h>

#include <algorithm>

#include "terminal/top_sections.hpp"

namespace tickstock {
namespace {

struct Fact {
    std::string_view label;
    StyledLine value;
};

constexpr std::size_t label_width = 9;
constexpr std::size_t two_columns = 76;  // from this width of the terminal
constexpr std::size_t column_usual = 50;
constexpr std::size_t columns_max = 4;

Style load_style(Figure value, Figure limit) {
    constexpr double much = 0.8;
    constexpr double nearly_all = 0.95;
    if (!value || !limit || *limit <= 0) {
        return Style::Accent;
    }
    const double share = *value / *limit;
    return share >= nearly_all ? Style::Bad : share >= much ? Style::Warning : Style::Good;
}

StyledLine uptime(const TopOverview& now) {
    StyledLine line(age_text(now.uptime_seconds));
    if (now.uptime_percent) {
        line.add(", ready " + percent_text(now.uptime_percent) + " of it", Style::Dim);
    }
    return line;
}

StyledLine memory(const TopOverview& now) {
    StyledLine line(bytes_text(now.memory_bytes));
    if (now.memory_limit_bytes) {
        constexpr std::size_t bar = 8;
        line.add(" of " + bytes_text(now.memory_limit_bytes) + " ", Style::Dim);
        line.add(bar_text(now.memory_bytes, now.memory_limit_bytes, bar),
                 load_style(now.memory_bytes, now.memory_limit_bytes));
    }
    return line;
}

StyledLine processor(const TopModel& model) {
    StyledLine line(share_text(model.overview.cpu_percent));
    line.add(std::string(model.overview.cpu_percent ? " of a core, " : ", ") +
                 std::to_string(model.threads.size()) + " threads",
             Style::Dim);
    return line;
}

StyledLine rate(Figure now, Figure peak, const std::vector<double>& history, std::size_t width) {
    StyledLine line(rate_text(now) + "/s");
    line.add(" peak " + rate_text(peak) + " ", Style::Dim);
    if (line.width() < width) {
        line.add(history_text(history, std::min(width - line.width(), history.size())),
                 Style::Accent);
    }
    return line;
}

StyledLine symbols(const TopOverview& now) {
    if (!now.symbols_tick && !now.symbols_ohlcv && !now.symbols_fmv) {
        return StyledLine(count_text(now.symbols));
    }
    StyledLine line(short_count(now.symbols_tick));
    line.add(" tick ", Style::Dim).add(short_count(now.symbols_ohlcv)).add(" ohlcv ", Style::Dim);
    return line.add(short_count(now.symbols_fmv)).add(" fmv", Style::Dim);
}

StyledLine clients(const TopOverview& now) {
    StyledLine line(count_text(now.websocket));
    line.add(" ws, ", Style::Dim).add(count_text(now.sse)).add(" sse, ", Style::Dim);
    return line.add(count_text(now.socketio)).add(" socket.io", Style::Dim);
}

StyledLine router(const TopOverview& now) {
    StyledLine line(percent_text(now.router_success));
    const bool is_closed = now.router_circuit == "closed";
    line.add(" ");
    line.add(now.router_circuit, is_closed ? Style::Good : Style::Bad);
    const bool has_errors = now.router_errors.value_or(0) > 0;
    return line.add(", " + count_text(now.router_errors) + " errors",
                    has_errors ? Style::Warning : Style::Dim);
}

StyledLine journal(const TopOverview& now) {
    const bool is_good = now.journal_state == "writing";
    const bool is_off = now.journal_state == "off";
    StyledLine line(now.journal_state.empty() ? "–" : now.journal_state, is_good  ? Style::Good
                                                                         : is_off ? Style::Dim
                                                                                  : Style::Bad);
    if (!is_off) {
        line.add(", " + count_text(now.journal_behind) + " not on disk yet", Style::Dim);
    }
    return line;
}

/// The source that needs a look, or the first.
StyledLine sources(const TopModel& model) {
    if (model.sources.empty()) {
        return StyledLine("none", Style::Warning);
    }
    const auto is_well = [](const TopSource& source) {
        return source.state == "streaming" || source.state == "ended";
    };
    auto one = std::find_if_not(model.sources.begin(), model.sources.end(), is_well);
    if (one == model.sources.end()) {
        one = model.sources.begin();
    }
    constexpr Nanos long_silence = std::chrono::seconds{30};
    const bool is_silent = one->state == "streaming" && one->data_age > long_silence;
    StyledLine line(one->state, is_well(*one) ? Style::Good : Style::Warning);
    line.add(" " + one->name);
    if (one->data_age) {
        line.add(", " + age_text(*one->data_age) + " old", is_silent ? Style::Warning : Style::Dim);
    }
    if (model.sources.size() > 1) {
        line.add(" +" + std::to_string(model.sources.size() - 1), Style::Dim);
    }
    return line;
}

StyledLine breadth(const TopMarket& market) {
    if (!market.advancing && !market.highs) {
        return StyledLine("–");
    }
    StyledLine line("▲" + count_text(market.advancing), Style::Up);
    line.add(" ▼" + count_text(market.declining), Style::Down);
    line.add(" =" + count_text(market.unchanged) + " ", Style::Dim);
    return line.add("highs " + count_text(market.highs) + " lows " + count_text(market.lows),
                    Style::Dim);
}

/// "phase 2, channels 98 of 1,000 (10 %), 2 fell back"; an incident is told before anything else.
StyledLine rollout(const TopRollout& now) {
    StyledLine line;
    if (!now.incident.empty()) {
        line.add("incident " + now.incident, Style::Bad).add(", ", Style::Dim);
    }
    line.add("phase " + count_text(now.phase), Style::Accent);
    const double channels = now.multi_channel.value_or(0);
    line.add(", channels " + count_text(channels) + " of " +
                 count_text(channels + now.linear.value_or(0)),
             Style::Dim);
    if (now.percentage) {
        line.add(fmt::format(" ({:g} %)", *now.percentage), Style::Dim);
    }
    if (now.fallen.value_or(0) > 0) {
        line.add(", " + count_text(now.fallen) + " fell back", Style::Warning);
    }
    return line;
}

}  // namespace

Lines overview_lines(const TopModel& model, std::size_t width) {
    const TopOverview& now = model.overview;
    const std::size_t columns =
        width < two_columns ? 1 : std::clamp<std::size_t>(width / column_usual, 2, columns_max);
    const std::size_t column = width / columns;
    const std::size_t room = column > label_width + 1 ? column - label_width - 1 : 0;
    StyledLine totals(short_count(now.records_total));
    totals.add(" records, ", Style::Dim).add(short_count(now.events_total));
    totals.add(" events", Style::Dim);

    std::vector<Fact> facts{
        {"Uptime", uptime(now)},
        {"Memory", memory(now)},
        {"Records", rate(now.records_per_second, now.records_peak, model.records_history, room)},
        {"Events", rate(now.events_per_second, now.events_peak, model.events_history, room)},
        {"CPU", processor(model)},
        {"Clients", clients(now)},
        {"Total", totals},
        {"Symbols", symbols(now)},
        {"Router", router(now)},
        {"Journal", journal(now)},
        {"Source", sources(model)},
        {"Market", breadth(model.market)},
    };
    if (model.rollout.installed) {
        facts.push_back({"Rollout", rollout(model.rollout)});
    }
    Lines lines;
    for (std::size_t first = 0; first < facts.size(); first += columns) {
        StyledLine line;
        for (std::size_t i = first; i < std::min(first + columns, facts.size()); ++i) {
            StyledLine cell(fit(facts[i].label, label_width), Style::Dim);
            cell.add(facts[i].value);
            const bool is_alone = i == first && i + 1 == facts.size();
            const std::size_t space = is_alone ? width : column;
            cell.shorten_to(space - (space > 0 ? 1 : 0));
            line.pad_to((i - first) * column).add(cell);
        }
        line.cut_to(width);
        lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace tickstock
