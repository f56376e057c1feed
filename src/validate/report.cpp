#include "validate/report.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "base/json_writer.hpp"

namespace tickstock::validate {
namespace {

/// A cell of a Markdown table.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') {
            out += "\\|";
        } else {
            out += c == '\n' ? ' ' : c;
        }
    }
    return out;
}

std::string utc(UnixNanos time) {
    return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", std::chrono::floor<std::chrono::seconds>(time));
}

std::string full_name(const GateSpec& spec) {
    return fmt::format("{}.{}", to_string(spec.group), spec.name);
}

std::size_t count_of(const Report& report, Verdict verdict) {
    return static_cast<std::size_t>(
        std::count_if(report.outcomes.begin(), report.outcomes.end(),
                      [&](const GateOutcome& outcome) { return outcome.verdict == verdict; }));
}

std::string summary_of(const Report& report) {
    const auto below = static_cast<std::size_t>(
        std::ranges::count_if(report.outcomes, [&](const GateOutcome& outcome) {
            return outcome.verdict == Verdict::Fail && !decides(report, outcome);
        }));
    std::string text =
        fmt::format("{} passed, {} failed, {} skipped", count_of(report, Verdict::Pass),
                    count_of(report, Verdict::Fail) - below, count_of(report, Verdict::Skip));
    if (below > 0) {
        text += fmt::format(", {} below a target that decides nothing", below);
    }
    if (report.interrupted) {
        text += "; interrupted before its end";
    }
    if (report.figures_only) {
        text += "; figures of speed and time decide nothing (--figures-only)";
    }
    return text;
}

void write_machine(const Machine& machine, JsonWriter& json) {
    json.key("machine").begin_object();
    json.key("cpu").string(machine.cpu);
    json.key("cores").number(machine.cores);
    json.key("memory_bytes").number(machine.memory_bytes);
    json.key("system").string(machine.system);
    json.key("load_before").number(machine.load_before);
    json.key("load_after").number(machine.load_after);
    json.end_object();
}

void write_gate(const Report& report, const GateOutcome& outcome, JsonWriter& json) {
    const GateSpec& spec = *outcome.spec;
    json.begin_object();
    json.key("group").string(to_string(spec.group));
    json.key("name").string(spec.name);
    json.key("verdict").string(to_string(outcome.verdict));
    json.key("decides").boolean(decides(report, outcome));
    json.key("required").boolean(spec.required);
    json.key("timed").boolean(spec.timed);
    json.key("sentence").string(spec.sentence);
    json.key("figure");
    outcome.figure ? json.number(*outcome.figure) : json.null();
    json.key("target");
    spec.comparison == Comparison::Holds ? json.null() : json.number(spec.target);
    json.key("comparison")
        .string(spec.comparison == Comparison::Holds     ? "holds"
                : spec.comparison == Comparison::Above   ? ">"
                : spec.comparison == Comparison::AtLeast ? ">="
                                                         : "<");
    json.key("unit").string(spec.unit);
    json.key("source").string(spec.source);
    json.key("detail").string(outcome.detail);
    json.key("seconds").number(outcome.seconds);
    json.end_object();
}

std::optional<Error> write_file(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    return file ? std::nullopt : std::optional(Error{path + ": cannot be written"});
}

}  // namespace

bool decides(const Report& report, const GateOutcome& outcome) {
    return outcome.spec->required && !(report.figures_only && outcome.spec->timed);
}

bool blocks(const Report& report, const GateOutcome& outcome) {
    return decides(report, outcome) && outcome.verdict != Verdict::Pass;
}

bool passed(const Report& report) {
    return !report.interrupted && !report.outcomes.empty() &&
           std::none_of(report.outcomes.begin(), report.outcomes.end(),
                        [&](const GateOutcome& outcome) { return blocks(report, outcome); });
}

std::string line_of(const GateOutcome& outcome) {
    const GateSpec& spec = *outcome.spec;
    const std::string figure = figure_text(spec, outcome.figure);
    return fmt::format("{} {:<26} {}{}", to_string(outcome.verdict), full_name(spec),
                       figure.empty() ? "" : fmt::format("{} ({})  ", figure, target_text(spec)),
                       outcome.detail);
}

std::string to_markdown(const Report& report) {
    const Machine& machine = report.machine;
    std::string text = fmt::format("# TickStock {} on this machine: {}\n\n{}.\n\n", report.version,
                                   passed(report) ? "PASS" : "FAIL", summary_of(report));
    text += fmt::format("- command: `{}`\n- began {}, took {:.0f} s\n", report.command,
                        utc(report.began), report.seconds);
    text += fmt::format("- {} × {}, {:.1f} GiB of memory, {}\n", machine.cores, machine.cpu,
                        static_cast<double>(machine.memory_bytes) / (1 << 30), machine.system);
    text +=
        fmt::format("- load average of a minute: {:.2f} before, {:.2f} after (this run is in it)\n",
                    machine.load_before, machine.load_after);
    if (machine.load_before > machine.cores) {
        text +=
            "- **the machine was busy before the run began**: figures of speed and time say "
            "what is left for TickStock beside its other work\n";
    }
    if (!report.conditions.empty()) {
        text += "- settings that the run replaced:";
        for (const std::string& condition : report.conditions) {
            text += fmt::format(" `{}`", condition);
        }
        text += "\n";
    }
    std::optional<GateGroup> group;
    for (const GateOutcome& outcome : report.outcomes) {
        const GateSpec& spec = *outcome.spec;
        if (group != spec.group) {
            group = spec.group;
            text += fmt::format(
                "\n## {}\n\n| | gate | figure | target | source | |\n"
                "|---|---|---|---|---|---|\n",
                to_string(spec.group));
        }
        text += fmt::format(
            "| {}{} | `{}` {} | {} | {} | {} | {} |\n", to_string(outcome.verdict),
            outcome.verdict == Verdict::Fail && !blocks(report, outcome) ? " (reported only)" : "",
            spec.name, cell(spec.sentence), figure_text(spec, outcome.figure), target_text(spec),
            spec.source, cell(outcome.detail));
    }
    return text;
}

std::string to_json(const Report& report) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.key("passed").boolean(passed(report));
    json.key("summary").string(summary_of(report));
    json.key("version").string(report.version);
    json.key("command").string(report.command);
    json.key("began").number(to_ns(report.began));
    json.key("took_seconds").number(report.seconds);
    json.key("full").boolean(report.full);
    json.key("figures_only").boolean(report.figures_only);
    json.key("interrupted").boolean(report.interrupted);
    write_machine(report.machine, json);
    json.key("replaced_settings").begin_array();
    for (const std::string& condition : report.conditions) {
        json.string(condition);
    }
    json.end_array();
    json.key("gates").begin_array();
    for (const GateOutcome& outcome : report.outcomes) {
        write_gate(report, outcome, json);
    }
    json.end_array();
    json.end_object();
    return text + "\n";
}

Result<std::pair<std::string, std::string>> write_report(const Report& report,
                                                         const std::string& path) {
    const bool is_json = path.ends_with(".json");
    const std::string stem = is_json                 ? path.substr(0, path.size() - 5)
                             : path.ends_with(".md") ? path.substr(0, path.size() - 3)
                                                     : path;
    const std::string markdown = is_json ? stem + ".md" : path;
    const std::string json = is_json ? path : stem + ".json";
    if (const auto failed = write_file(markdown, to_markdown(report))) {
        return *failed;
    }
    if (const auto failed = write_file(json, to_json(report))) {
        return *failed;
    }
    return std::pair(markdown, json);
}

}  // namespace tickstock::validate
