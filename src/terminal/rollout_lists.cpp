// Differences, incidents and audit of a rollout.

#include <fmt/format.h>

#include "terminal/rollout_parts.hpp"

namespace tickstock {

using namespace rollout_parts;

namespace {

using json_reader::figure;
using json_reader::flag;
using json_reader::items;
using json_reader::member;
using json_reader::text;

/// What the entries of list `name` become, one behind the other.
template <class Entry>
std::optional<Lines> listed(const std::string& body, const RolloutView& view, std::string_view name,
                            std::string_view none, Entry entry) {
    const auto answer = json_reader::parse(body);
    if (!answer) {
        return std::nullopt;
    }
    if (auto lines = not_installed(*answer)) {
        return lines;
    }
    if (!member(*answer, name).is_array()) {
        return std::nullopt;
    }
    Lines lines;
    for (const Json& one : items(*answer, name)) {
        entry(lines, one);
    }
    if (lines.empty()) {
        lines.emplace_back(none);
    }
    for (StyledLine& line : lines) {
        line.shorten_to(view.width);
    }
    return lines;
}

/// "high 12.34, id 0cba3a3d01795de5, at 14:30:00"; "–" for none.
std::string event_text(const Json& event) {
    if (!event.is_object()) {
        return "–";
    }
    return fmt::format("{} {}, id {}, at {}", text(event, "type"),
                       price_text(figure(event, "price")), text(event, "id"),
                       time_of_day(json_reader::time(event, "ts")));
}

void add_difference(Lines& lines, const Json& one) {
    StyledLine head(fmt::format("#{} ", count_text(figure(one, "number"))));
    head.add(text(one, "symbol"), Style::Accent).add(" ");
    head.add(text(one, "kind"), Style::Bad);
    head.add(flag(one, "late") ? " (came late)" : "");
    head.add(" at " + date_and_time(json_reader::time(one, "clock")) + " market time, UTC");
    head.add(flag(one, "in_charge") ? "; the multi-channel path was in charge: the symbol fell back"
                                    : "; the linear path was in charge",
             Style::Dim);
    lines.push_back(head);
    lines.push_back(labelled("linear", event_text(member(one, "linear"))));
    lines.push_back(labelled("multi-channel", event_text(member(one, "multi_channel"))));
    const std::string record = text(one, "record");
    lines.push_back(labelled("caused by", record.empty() ? "a deadline, no record" : record));
}

void add_incident(Lines& lines, const Json& one) {
    const auto resolved = json_reader::time(one, "resolved");
    const bool holds = resolved == time_unknown;
    StyledLine head(text(one, "id"), Style::Accent);
    head.add(" ").add(text(one, "cause"), Style::Bad);
    head.add(fmt::format(", phase {:.0f} at {:g} %, by {}", figure(one, "phase").value_or(0),
                         figure(one, "percentage").value_or(0), text(one, "by")));
    lines.push_back(head);
    lines.push_back(labelled("why", text(one, "text")));
    lines.push_back(labelled("at", date_and_time(json_reader::time(one, "wall")) + " UTC, " +
                                       count_text(figure(one, "symbols")) +
                                       " symbols with the multi-channel path"));
    lines.push_back(
        labelled("window", fmt::format("errors {:.2f} %, mean {}, {} records",
                                       figure(one, "error_rate_percent").value_or(0),
                                       milliseconds_text(figure(one, "mean_ms")),
                                       count_text(figure(member(one, "paths"), "records")))));
    lines.push_back(labelled("resolved",
                             holds
                                 ? std::string("no: it holds")
                                 : date_and_time(resolved) + " UTC by " + text(one, "resolved_by"),
                             holds ? Style::Bad : Style::Good));
}

void add_audit(Lines& lines, const Json& one) {
    StyledLine line(date_and_time(json_reader::time(one, "wall")));
    line.add(fmt::format("  {:<13} ", text(one, "kind")), Style::Accent);
    line.add(text(one, "by"), Style::Dim).add(": ").add(text(one, "text"));
    lines.push_back(line);
    if (const std::string reason = text(one, "reason"); !reason.empty()) {
        lines.emplace_back("                     because: " + reason);
    }
}

}  // namespace

std::optional<Lines> rollout_difference_lines(const std::string& body, const RolloutView& view) {
    return listed(body, view, "differences", "The two paths have not differed.", add_difference);
}

std::optional<Lines> rollout_incident_lines(const std::string& body, const RolloutView& view) {
    return listed(body, view, "incidents", "No incident.", add_incident);
}

std::optional<Lines> rollout_audit_lines(const std::string& body, const RolloutView& view) {
    return listed(body, view, "audit", "No change yet.", add_audit);
}

}  // namespace tickstock
