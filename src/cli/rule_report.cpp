#include "cli/rule_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "cli/progress.hpp"

namespace tickstock {
namespace {

constexpr std::size_t busiest_shown = 5;

std::string_view plural(std::uint64_t count) {
    return count == 1 ? "" : "s";
}

/// Wall time of the exchange at which a trading session begins. Clocks never change within one.
std::chrono::seconds local_begin(const TradingCalendar& calendar, const SessionSpan& span) {
    using std::chrono::hours;
    using std::chrono::minutes;
    switch (span.session) {
        case TradingSession::Pre: return hours{4};
        case TradingSession::Regular: return hours{9} + minutes{30};
        case TradingSession::After:
            return calendar.day_kind(span.date) == TradingCalendar::DayKind::EarlyClose ? hours{13}
                                                                                        : hours{16};
        default: return hours{20};
    }
}

/// Of a rule of any kind: a condition that fails is no answer, and a filter lets it through.
std::string failures_text(const RuleSummary& rule) {
    return fmt::format(
        "rule {}: could not be evaluated {} of {} times, switched off for {} symbol{}\n", rule.name,
        with_separators(rule.activity.failed), with_separators(rule.activity.evaluated),
        with_separators(rule.activity.disabled_symbols), plural(rule.activity.disabled_symbols));
}

}  // namespace

std::string local_time_text(const TradingCalendar& calendar, UnixNanos t) {
    std::chrono::local_time<Nanos> local{t.time_since_epoch()};
    // A second bar's end may be the session's end: its time is told in the session that it closes.
    const SessionSpan span = calendar.span_at(t - Nanos{1});
    const bool known =
        span.session != TradingSession::Closed && span.session != TradingSession::Overnight;
    if (calendar.kind() != TradingCalendar::Kind::Continuous && known) {
        local = span.date + local_begin(calendar, span) + (t - span.session_begin);
    }
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date{day};
    const auto second = std::chrono::floor<std::chrono::seconds>(local - day).count();
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       second / 3600, second / 60 % 60, second % 60);
}

RuleReport::RuleReport(const PipelineSettings& settings) : calendar_(settings.calendar) {
    for (const UserRule& rule : settings.rules.user) {
        if (rule.kind == RuleKind::Event) {
            names_.push_back(rule.name);
            found_[rule.name].expression = rule.when;
        }
    }
}

void RuleReport::add(std::span<const Event> events) {
    if (names_.empty()) {
        return;
    }
    for (const Event& event : events) {
        const auto* data = std::get_if<RuleData>(&event.detection.data);
        const auto rule = data == nullptr ? found_.end() : found_.find(data->rule.view());
        if (rule == found_.end()) {
            continue;
        }
        Found& found = rule->second;
        found.first = found.events == 0 ? event.detection.ts : found.first;
        found.last = event.detection.ts;
        ++found.events;
        const std::size_t symbol = event.detection.symbol.value();
        if (symbol >= found.by_symbol.size()) {
            found.by_symbol.resize(symbol + 1);
        }
        ++found.by_symbol[symbol];
    }
}

std::string RuleReport::busiest(const Found& found, const SymbolTable& symbols) const {
    std::vector<SymbolId> ids;
    for (std::uint32_t id = 0; id < found.by_symbol.size(); ++id) {
        if (found.by_symbol[id] > 0) {
            ids.emplace_back(id);
        }
    }
    std::sort(ids.begin(), ids.end(), [&](SymbolId a, SymbolId b) {
        const std::uint32_t count_a = found.by_symbol[a.value()];
        const std::uint32_t count_b = found.by_symbol[b.value()];
        return count_a != count_b ? count_a > count_b : symbols.text(a) < symbols.text(b);
    });
    std::string text =
        fmt::format("on {} symbol{}: ", with_separators(ids.size()), plural(ids.size()));
    for (std::size_t i = 0; i < std::min(ids.size(), busiest_shown); ++i) {
        text += fmt::format("{}{} {}", i == 0 ? "" : ", ", symbols.text(ids[i]).view(),
                            with_separators(found.by_symbol[ids[i].value()]));
    }
    return text + (ids.size() > busiest_shown ? ", …" : "");
}

void RuleReport::print(const SymbolTable& symbols, std::span<const RuleSummary> activity) const {
    const bool utc = calendar_.kind() == TradingCalendar::Kind::Continuous;
    for (const std::string& name : names_) {
        const Found& found = found_.at(name);
        std::string text = fmt::format("rule {}: {}\n", name, found.expression);
        if (found.events == 0) {
            text += "  never\n";
        } else {
            text += fmt::format("  {} event{}, {} to {} {}\n  {}\n", with_separators(found.events),
                                plural(found.events), local_time_text(calendar_, found.first),
                                local_time_text(calendar_, found.last), utc ? "UTC" : "ET",
                                busiest(found, symbols));
        }
        std::fprintf(stderr, "%s", text.c_str());
    }
    for (const RuleSummary& rule : activity) {
        if (rule.activity.failed > 0) {
            std::fprintf(stderr, "%s", failures_text(rule).c_str());
        }
    }
}

}  // namespace tickstock
