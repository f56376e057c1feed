#include "cli/trace_print.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "cli/progress.hpp"
#include "history/time_text.hpp"
#include "inspection/trace_text.hpp"

namespace tickstock {
namespace {

constexpr std::string_view dim = "2";
constexpr std::string_view yellow = "33";
constexpr std::string_view green = "32";
constexpr std::string_view bold = "1";

std::string painted(std::string_view text, std::string_view color, bool colors) {
    return colors ? fmt::format("\x1b[{}m{}\x1b[0m", color, text) : std::string(text);
}

std::string step_text(const FateStep& step) {
    std::string text(to_string(step.stage));
    if (step.outcome == FateStep::Outcome::Dropped) {
        text += fmt::format(": {}", to_string(step.reason.value_or(Reason::Malformed)));
    } else {
        text += " holds it";
    }
    if (step.count > 1) {
        text += fmt::format(" × {}", step.count);
    }
    return step.note.empty() ? text : text + " (" + step.note + ")";
}

/// A held one that was let go later is not held any more.
bool is_still_held(const TracedRecord& record, const FateStep& held) {
    const auto released = std::accumulate(record.fate.begin(), record.fate.end(), std::uint32_t{0},
                                          [&](std::uint32_t count, const FateStep& step) {
                                              const bool is_it =
                                                  step.stage == held.stage && step.released;
                                              return count + (is_it ? step.count : 0);
                                          });
    return released < held.count;
}

/// What is worth a word: "volume only (conditions 2)", "intake: quarantined (guard: …)".
std::string fate_text(const TracedRecord& record) {
    std::string text;
    const auto say = [&](std::string_view what) {
        text += text.empty() ? "" : "; ";
        text += what;
    };
    for (const FateStep& step : record.fate) {
        if (step.outcome == FateStep::Outcome::Dropped ||
            (step.outcome == FateStep::Outcome::Held && is_still_held(record, step))) {
            say(step_text(step));
        } else if (step.stage == Stage::Intake) {
            if (const auto comma = step.note.find(", "); comma != std::string::npos) {
                say(std::string_view(step.note).substr(comma + 2));
            }
        }
    }
    return text.empty() && record.events.empty() ? "nothing found" : text;
}

void append_record(std::string& out, const TracedRecord& record, bool colors) {
    const RecordHeader& header = record.record.header();
    const std::string fate = fate_text(record);
    const bool is_dropped = std::any_of(
        record.fate.begin(), record.fate.end(),
        [](const FateStep& step) { return step.outcome == FateStep::Outcome::Dropped; });
    const std::string line = fmt::format("{:>12}  {}  {:<14} {:<34} ", header.sequence.value(),
                                         new_york_text(header.ts_event, 6), to_string(header.kind),
                                         describe(record.record));
    out += line;
    out += painted(fate, is_dropped ? yellow : dim, colors && !fate.empty());
    while (out.ends_with(' ')) {
        out.pop_back();
    }
    out += '\n';
    for (const TracedEvent& event : record.events) {
        std::string told = fmt::format("{:>12}  → {:016x} {}", "", event.id, event.text);
        if (event.at != header.sequence) {
            told += event.at == sequence_end ? " (at the end)"
                                             : fmt::format(" (with entry {})", event.at.value());
        }
        out += painted(told, green, colors) + "\n";
    }
}

void append_sum(std::string& out, const TraceSum& sum) {
    const bool any_before = std::any_of(
        sum.begin(), sum.end(), [](const StageSum& stage) { return stage.held_before != 0; });
    out += fmt::format("  {:<14}{}{:>12} {:>12} {:>8}  dropped\n", "stage",
                       any_before ? fmt::format("{:>12}", "held before") : "", "in", "out", "held");
    for (std::size_t i = 0; i < stage_count; ++i) {
        const StageSum& stage = sum[i];
        out +=
            fmt::format("  {:<14}{}{:>12} {:>12} {:>8}", to_string(static_cast<Stage>(i)),
                        any_before ? fmt::format("{:>12}", with_separators(stage.held_before)) : "",
                        with_separators(stage.in), with_separators(stage.out),
                        with_separators(stage.held_after));
        for (std::size_t reason = 0; reason < reason_count; ++reason) {
            if (stage.dropped[reason] != 0) {
                out += fmt::format("  {} {}", to_string(static_cast<Reason>(reason)),
                                   with_separators(stage.dropped[reason]));
            }
        }
        out += stage.closes() ? "\n" : "  DOES NOT CLOSE\n";
    }
}

std::string begin_text(const TraceFacts& facts) {
    const std::string at = with_separators(facts.begin.value());
    if (facts.begin_kind == "snapshot") {
        return "state of the snapshot behind entry " + at;
    }
    if (facts.begin_kind == "epoch") {
        return "state from the epoch that begins at entry " + at;
    }
    if (facts.begin_kind == "oldest") {
        return "state from the oldest entry kept, " + at + ": what was before is not known";
    }
    return "state from the input's begin";
}

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
        }
    }
    return row.back();
}

}  // namespace

std::string trace_text(const TraceFacts& facts, const SymbolTracer& tracer,
                       const TracePrintOptions& options) {
    std::string out;
    const auto& records = tracer.records();
    for (const TracedRecord& record : records) {
        if (!options.events_only || !record.events.empty()) {
            append_record(out, record, options.colors);
        }
    }
    for (const TracedEvent& event : tracer.earlier().events) {
        out += fmt::format("{:>12}  → {:016x} {} (of an earlier record, with entry {})\n", "",
                           event.id, event.text, event.at.value());
    }
    const std::string shown =
        records.size() < tracer.traced()
            ? fmt::format(", the newest {} shown", with_separators(records.size()))
            : "";
    out +=
        painted(fmt::format("{}: {} records from entry {} to {}{}; events: {}; {}\n", facts.symbol,
                            with_separators(tracer.traced()), with_separators(facts.from.value()),
                            with_separators(facts.through.value()), shown,
                            with_separators(tracer.events()), begin_text(facts)),
                bold, options.colors);
    if (!facts.note.empty()) {
        out += facts.note + "\n";
    }
    append_sum(out, tracer.ledger_sum());
    if (const std::string wrong = tracer.check(); !wrong.empty()) {
        out += "the fates do not add up, which is a defect of tickstock:\n" + wrong;
    }
    return out;
}

std::string nearest_symbols(std::string_view symbol, const std::vector<SymbolText>& known) {
    std::vector<std::pair<std::size_t, std::string>> near;
    std::string upper(symbol);
    std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    for (const SymbolText& text : known) {
        const std::size_t away = distance(upper, text.view());
        if (!text.view().empty() && away <= std::max<std::size_t>(1, symbol.size() / 2)) {
            near.emplace_back(away, text.view());
        }
    }
    std::sort(near.begin(), near.end());
    std::string names;
    for (std::size_t i = 0; i < near.size() && i < 3; ++i) {
        names += (names.empty() ? "" : ", ") + near[i].second;
    }
    return names;
}

}  // namespace tickstock
