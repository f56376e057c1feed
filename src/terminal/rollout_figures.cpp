// Symbols and metrics of the rollout's screen.

#include <fmt/format.h>

#include "terminal/rollout_parts.hpp"
#include "terminal/table.hpp"

namespace tickstock::rollout_parts {
namespace {

using json_reader::figure;
using json_reader::items;
using json_reader::member;
using json_reader::text;

constexpr std::size_t fallen_at_most = 20;

std::string counted(const Json& counts, std::string_view name) {
    return count_text(figure(counts, name));
}

std::string micros(const Json& times, std::string_view name) {
    constexpr double per_ms = 1000;
    const Figure us = figure(times, name);
    return us ? milliseconds_text(*us / per_ms) : "–";
}

void add_fallen(Lines& lines, const Json& fallen, std::size_t width) {
    if (fallen.empty()) {
        lines.push_back(labelled("fallen back", "none", Style::Good));
        return;
    }
    lines.push_back(labelled(
        "fallen back", fmt::format("{} symbol{}", fallen.size(), fallen.size() == 1 ? "" : "s"),
        Style::Bad));
    std::vector<std::vector<TableCell>> rows;
    for (const Json& one : fallen) {
        if (rows.size() == fallen_at_most) {
            break;
        }
        rows.push_back({{"    " + text(one, "symbol"), Style::Accent},
                        {text(one, "cause"), Style::Bad},
                        {counted(one, "from"), Style::Plain},
                        {date_and_time(json_reader::time(one, "since")), Style::Plain}});
    }
    const Lines table = table_lines(
        {{"    Symbol"}, {"Cause"}, {"From record", Align::Right}, {"Since, UTC", Align::Left, 1}},
        rows, width);
    lines.insert(lines.end(), table.begin(), table.end());
    if (fallen.size() > fallen_at_most) {
        lines.emplace_back(fmt::format("    and {} more", fallen.size() - fallen_at_most),
                           Style::Dim);
    }
}

/// Counts of the phase, or of this process.
void add_counts(Lines& lines, std::string_view label, const Json& counts) {
    lines.push_back(labelled(
        label,
        fmt::format("{} records; {} by the multi-channel path: {} good, {} failed, {} "
                    "fallen back, {} set aside",
                    counted(counts, "records"), counted(counts, "channel_requests"),
                    counted(counts, "channel_successes"), counted(counts, "channel_failures"),
                    counted(counts, "legacy_fallbacks"), counted(counts, "set_aside"))));
    lines.push_back(labelled(
        "", fmt::format("success {:.2f} %, fallback {:.2f} %, bars and fair values not rolled out "
                        "{}",
                        figure(counts, "success_rate_percent").value_or(0),
                        figure(counts, "fallback_rate_percent").value_or(0),
                        counted(counts, "not_rolled_out"))));
}

std::string path_times(const Json& latency, std::string_view path) {
    const Json& times = member(latency, path);
    if (figure(times, "count") == Figure(0.0)) {
        return "not measured so far";
    }
    return fmt::format("mean {}, p50 {}, p99 {}", micros(times, "mean_us"), micros(times, "p50_us"),
                       micros(times, "p99_us"));
}

}  // namespace

Lines symbols(const Json& rollout, std::size_t width) {
    const Json& counts = member(rollout, "symbols");
    Lines lines{StyledLine("Symbols", Style::Title)};
    const Json& tiers = member(counts, "tiers");
    std::string by_tier;
    for (const char* tier : {"low", "medium", "high"}) {
        const Json& one = member(tiers, tier);
        by_tier += fmt::format("{}{} risk {} of {}", by_tier.empty() ? "" : ", ", tier,
                               counted(one, "selected"), counted(one, "known"));
    }
    lines.push_back(labelled("selected", by_tier));
    add_fallen(lines, items(counts, "fallen"), width);
    return lines;
}

Lines metrics(const Json& rollout) {
    Lines lines{StyledLine("Evidence of this phase", Style::Title)};
    const Json& phase = member(rollout, "in_phase");
    add_counts(lines, "records", member(phase, "metrics"));
    const Json& found = member(phase, "comparison");
    const double bad = figure(found, "missing").value_or(0) + figure(found, "extra").value_or(0) +
                       figure(found, "near").value_or(0) + figure(found, "lost").value_or(0);
    lines.push_back(labelled(
        "compared",
        fmt::format("{} events of the linear path: {} matched, {} near, {} missing ({} late, {} "
                    "lost), {} extra",
                    counted(found, "linear"), counted(found, "matched"), counted(found, "near"),
                    counted(found, "missing"), counted(found, "late"), counted(found, "lost"),
                    counted(found, "extra")),
        bad > 0 ? Style::Bad : Style::Plain));
    const Json& latency = member(phase, "latency");
    lines.push_back(labelled("linear", path_times(latency, "linear")));
    lines.push_back(labelled("multi-channel", path_times(latency, "multi_channel")));
    lines.push_back(labelled("added", path_times(latency, "added")));
    const Json& counts = member(phase, "metrics");
    lines.push_back(labelled(
        "won",
        fmt::format("{:.2f} % of {} pairs, {:+.6f} ms a record",
                    figure(counts, "channel_win_rate").value_or(0), counted(latency, "pairs"),
                    figure(counts, "avg_time_improvement_ms").value_or(0))));
    const Json& window = member(rollout, "window");
    lines.push_back(labelled(
        "fallback window",
        json_reader::flag(window, "full")
            ? fmt::format("errors {:.2f} %, mean {}", figure(window, "error_percent").value_or(0),
                          milliseconds_text(figure(window, "mean_ms")))
            : std::string("too few records to say")));
    return lines;
}

}  // namespace tickstock::rollout_parts
