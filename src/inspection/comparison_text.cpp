#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "inspection/comparison_report.hpp"
#include "inspection/comparison_words.hpp"
#include "inspection/difference_fields.hpp"

namespace tickstock {
namespace {

constexpr std::size_t symbols_shown = 10;
constexpr std::size_t bar_width = 30;

void row(std::string& out, std::string_view name, const EventTally& tally) {
    out += fmt::format("  {:<12}{:>10}{:>10}{:>10}{:>10}{:>8}{:>10}{:>10}\n", name, tally.a,
                       tally.b, tally.both, tally.changed, tally.near, tally.only_a, tally.only_b);
}

void head(std::string& out, std::string_view name) {
    out += fmt::format("  {:<12}{:>10}{:>10}{:>10}{:>10}{:>8}{:>10}{:>10}\n", name, "A", "B",
                       "both", "changed", "near", "only A", "only B");
}

void settings(std::string& out, const ComparisonFacts& facts) {
    out += facts.settings.empty() ? "settings: no difference\n" : "settings that differ:\n";
    for (const ConfigDifference& setting : facts.settings) {
        out += fmt::format("  {}: {} -> {}\n", setting.name, setting.from, setting.to);
    }
}

void hours(std::string& out, const ComparisonTally& tally) {
    std::uint64_t most = 0;
    for (const EventTally& hour : tally.by_hour()) {
        most = std::max(most, hour.differences());
    }
    if (most == 0) {
        return;
    }
    out += "\ndifferences by hour (New York):\n";
    for (std::size_t hour = 0; hour < tally.by_hour().size(); ++hour) {
        const EventTally& counts = tally.by_hour()[hour];
        if (counts.a + counts.b > 0) {
            const auto width = (counts.differences() * bar_width + most - 1) / most;
            out += fmt::format("  {:02}:00 {:>8}{}{}\n", hour, counts.differences(),
                               width > 0 ? " " : "", std::string(width, '#'));
        }
    }
}

void list(std::string& out, const ComparisonTally& tally, std::size_t listed) {
    const auto shown = std::min(listed, tally.differences().size());
    if (shown == 0) {
        return;
    }
    out += fmt::format("\ndifferences ({} of {}):\n", shown, tally.total().differences());
    for (std::size_t i = 0; i < shown; ++i) {
        const ListedDifference& one = tally.differences()[i];
        out += fmt::format("  {:<8}{} {:<8} {:<10} {}\n", words_of(one.kind),
                           new_york_words(one.clock), one.symbol.view(), to_string(one.type),
                           summary_of(one));
    }
}

}  // namespace

std::string comparison_text(const ComparisonFacts& facts, const ComparisonTally& tally,
                            std::size_t listed) {
    std::string out = fmt::format("A: {}\nB: {}\n", facts.a.name, facts.b.name);
    for (const std::string& note : facts.notes) {
        out += note + '\n';
    }
    settings(out, facts);
    out += '\n';
    head(out, "events");
    for (std::size_t type = 0; type < event_type_count; ++type) {
        const EventTally& counts = tally.by_type()[type];
        if (counts.a + counts.b > 0) {
            row(out, to_string(static_cast<EventType>(type)), counts);
        }
    }
    row(out, "all", tally.total());
    hours(out, tally);
    if (const auto symbols = tally.top_symbols(symbols_shown); !symbols.empty()) {
        out += '\n';
        head(out, "symbol");
        for (const ComparisonTally::Symbol& symbol : symbols) {
            row(out, symbol.symbol.view(), symbol.tally);
        }
    }
    list(out, tally, listed);
    out += '\n';
    for (const auto& [name, side] : {std::pair("A", &facts.a), std::pair("B", &facts.b)}) {
        out += fmt::format("{}: {} records in {:.2f} s ({:.0f}/s)\n", name, side->records,
                           side->seconds, side->records_per_second());
    }
    out += verdict_of(tally) + '\n';
    return out;
}

}  // namespace tickstock
