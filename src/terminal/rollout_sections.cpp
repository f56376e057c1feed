// Head, criteria and flags of the rollout's screen.

#include <fmt/format.h>

#include <array>

#include "terminal/rollout_parts.hpp"

namespace tickstock::rollout_parts {
namespace {

using json_reader::figure;
using json_reader::flag;
using json_reader::items;
using json_reader::member;
using json_reader::text;

std::string hours_text(double hours) {
    constexpr double seconds = 3600;
    return age_text(Figure(hours * seconds));
}

std::string time_left(const Json& phase) {
    const Figure elapsed = figure(phase, "elapsed_hours");
    const Figure duration = figure(phase, "duration_hours");
    const std::string since = "began " + date_and_time(json_reader::time(phase, "since")) +
                              " UTC, " + hours_text(elapsed.value_or(0)) + " ago";
    if (!duration) {
        return since + "; it has no end";
    }
    const double left = *duration - elapsed.value_or(0);
    return since +
           (left > 0 ? "; at least " + hours_text(left) + " more"
                     : "; its least duration is over") +
           fmt::format(" ({:g} h)", *duration);
}

StyledLine in_charge(const Json& rollout) {
    const Json& counts = member(rollout, "symbols");
    const double channel = figure(counts, "multi_channel").value_or(0);
    const double all = channel + figure(counts, "linear").value_or(0);
    const Figure share = figure(member(rollout, "flags"), "rollout_percentage");
    return labelled("in charge",
                    fmt::format("multi-channel path of {} of {} symbols (rollout {:g} %), linear "
                                "path of the others",
                                count_text(channel), count_text(all), share.value_or(0)),
                    channel > 0 ? Style::Accent : Style::Plain);
}

struct FlagRow {
    std::string_view level;
    std::string_view name;
};
// S4's hierarchy, from the top.
constexpr std::array flag_rows{FlagRow{"system", "multichannel_system_enabled"},
                               FlagRow{"component", "tick_channel_enabled"},
                               FlagRow{"component", "router_enabled"},
                               FlagRow{"component", "integration_layer_enabled"},
                               FlagRow{"testing", "parallel_processing_enabled"},
                               FlagRow{"testing", "performance_comparison_enabled"}};

std::string listed(const Json& flags, std::string_view name) {
    std::string list;
    for (const Json& symbol : items(flags, name)) {
        if (symbol.is_string()) {
            list += list.empty() ? "" : " ";
            list += clean_text(symbol.get_ref<const std::string&>());
        }
    }
    return list.empty() ? "–" : list;
}

}  // namespace

Lines head(const Json& rollout, const RolloutView& view) {
    const Json& phase = member(rollout, "phase");
    Lines lines;
    StyledLine title("TickStock rollout", Style::Title);
    title.add("  ").add(clean_text(view.url), Style::Dim);
    lines.push_back(title);
    lines.push_back(labelled("phase",
                             fmt::format("{:.0f} of 0 to 4: {}",
                                         figure(phase, "number").value_or(0), text(phase, "name")),
                             Style::Accent));
    lines.push_back(labelled("", text(phase, "description")));
    lines.push_back(labelled("time", time_left(phase)));
    lines.push_back(in_charge(rollout));
    if (const std::string id = text(rollout, "incident"); !id.empty()) {
        lines.push_back(labelled("incident",
                                 id + " holds: the linear path is in charge of every symbol until "
                                      "somebody enables again",
                                 Style::Bad));
    }
    if (const std::string failure = text(rollout, "disk_failure"); !failure.empty()) {
        lines.push_back(labelled("not kept", failure, Style::Bad));
    }
    const std::string advice = text(member(rollout, "report"), "recommendations");
    const Style style = advice.starts_with("RECOMMEND") ? Style::Good
                        : advice.starts_with("STOP")    ? Style::Bad
                                                        : Style::Warning;
    lines.push_back(labelled("recommendation", advice, style));
    return lines;
}

Lines criteria(const Json& rollout) {
    const Json& phase = member(rollout, "phase");
    Lines lines{StyledLine("Criteria of this phase", Style::Title)};
    for (const Json& one : items(phase, "criteria")) {
        const bool met = flag(one, "met");
        StyledLine line("  ");
        line.add(met ? "✓ met    " : "✗ not met", met ? Style::Good : Style::Bad).add("  ");
        line.add(text(one, "name"), Style::Dim).pad_to(29).add(" ").add(text(one, "text"));
        lines.push_back(line);
    }
    if (items(phase, "criteria").empty()) {
        lines.emplace_back("  none: it is the last phase");
    } else if (flag(phase, "can_advance")) {
        lines.emplace_back("  advance is accepted now", Style::Good);
    } else if (!text(rollout, "incident").empty()) {
        lines.emplace_back("  advance is refused while the incident holds", Style::Warning);
    } else {
        lines.emplace_back("  advance is refused now", Style::Warning);
    }
    return lines;
}

Lines flags(const Json& rollout) {
    const Json& values = member(rollout, "flags");
    Lines lines{StyledLine("Flags", Style::Title)};
    lines.back().add(flag(rollout, "fully_enabled")
                         ? "  fully enabled"
                         : "  not fully enabled: the linear path is in charge of every symbol",
                     Style::Dim);
    for (const FlagRow& row : flag_rows) {
        const bool on = flag(values, row.name);
        StyledLine line("  ");
        line.add(row.level, Style::Dim).pad_to(13).add(row.name).pad_to(45);
        line.add(on ? "on" : "off", on ? Style::Good : Style::Dim);
        lines.push_back(line);
    }
    const auto add = [&](std::string_view name, std::string_view value) {
        StyledLine line("  ");
        line.add("rollout", Style::Dim).pad_to(13).add(name).pad_to(45).add(value);
        lines.push_back(line);
    };
    add("rollout_percentage",
        fmt::format("{:g} %", figure(values, "rollout_percentage").value_or(0)));
    add("rollout_tickers", listed(values, "rollout_tickers"));
    add("excluded_tickers", listed(values, "excluded_tickers"));
    return lines;
}

}  // namespace tickstock::rollout_parts
