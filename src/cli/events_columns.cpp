// The columns of `tickstock events`: New York's times and few digits for people, ns and all columns
// for programs.

#include <fmt/format.h>

#include <optional>

#include "base/decimal.hpp"
#include "cli/events_output.hpp"
#include "history/time_text.hpp"
#include "socketio/display_fields.hpp"
#include "socketio/json_slices.hpp"

namespace tickstock {
namespace {

std::string decimal(std::int64_t raw, int scale) {
    std::string text;
    append_decimal(text, raw, scale);
    return text;
}

/// For people with cents at least: "12.50", "0.0125".
std::string price_text(const std::optional<Price>& price, bool for_people) {
    if (!price) {
        return "";
    }
    std::string text = decimal(price->raw(), Price::decimals);
    if (for_people) {
        const auto point = text.find('.');
        text += point == std::string::npos ? ".00" : text.size() - point == 2 ? "0" : "";
    }
    return text;
}

std::string real_text(std::optional<double> value) {
    std::string text;
    if (value) {
        append_double(text, *value);
    }
    return text;
}

std::string percent_text(std::optional<double> value, bool for_people) {
    return value && for_people ? fmt::format("{:.1f}", *value) : real_text(value);
}

std::string ns_text(UnixNanos t) {
    return std::to_string(to_ns(t));
}

/// "HIGH #12", "TREND ↑ weak"; the type alone of a body that is none of ours.
std::string label_of(const StoredEvent& event) {
    constexpr std::size_t depth = 32;
    if (!event.body.starts_with('{') || !is_json(event.body, depth)) {
        return event.type;
    }
    DisplayFields fields(event.body);
    append_label(fields, display_facts(event.body));
    const std::string object = fields.take() + "}";
    const std::string_view label = is_json(object, depth) ? json_member(object, "label") : "";
    return label.starts_with('"') ? json_text(label) : event.type;
}

}  // namespace

std::vector<RowPrinter::Column> RowPrinter::columns(const StoredEvent&) const {
    if (is_csv()) {
        return {{"ts"},    {"symbol"},  {"type"},         {"direction"}, {"price"},    {"volume"},
                {"score"}, {"session"}, {"session_date"}, {"source"},    {"priority"}, {"id"},
                {"rev"},   {"epoch"},   {"offset"},       {"ts_pub"}};
    }
    return {{"TIME (NEW YORK)"}, {"SYMBOL"},      {"EVENT"},  {"PRICE", true}, {"VOLUME", true},
            {"SESSION"},         {"CLASS", true}, {"SOURCE"}, {"ID"},          {"REV", true}};
}

RowPrinter::Cells RowPrinter::cells(const StoredEvent& event) const {
    if (is_csv()) {
        return {ns_text(event.key.ts),
                event.symbol,
                event.type,
                event.direction,
                price_text(event.price, false),
                decimal(event.volume.raw(), Size::decimals),
                real_text(event.score),
                event.session,
                event.session_date,
                event.source,
                std::to_string(event.priority),
                event.key.id,
                std::to_string(event.key.rev),
                event.epoch,
                std::to_string(event.offset.value()),
                ns_text(event.ts_pub)};
    }
    return {new_york_text(event.key.ts),
            event.symbol.empty() ? "(all)" : event.symbol,
            label_of(event),
            price_text(event.price, true),
            decimal(event.volume.raw(), Size::decimals),
            event.session,
            std::to_string(event.priority),
            event.source,
            event.key.id,
            std::to_string(event.key.rev)};
}

std::vector<RowPrinter::Column> RowPrinter::columns(const StoredSession&) const {
    if (is_csv()) {
        return {{"symbol"},      {"date"},      {"session"},     {"high"},       {"high_ts"},
                {"low"},         {"low_ts"},    {"highs"},       {"lows"},       {"trends_up"},
                {"trends_down"}, {"surges_up"}, {"surges_down"}, {"last_price"}, {"last_ts"}};
    }
    return {{"DATE"},          {"SYMBOL"},        {"SESSION"},       {"HIGH", true},
            {"LOW", true},     {"LAST", true},    {"HIGHS", true},   {"LOWS", true},
            {"TRENDS↑", true}, {"TRENDS↓", true}, {"SURGES↑", true}, {"SURGES↓", true}};
}

RowPrinter::Cells RowPrinter::cells(const StoredSession& s) const {
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    if (is_csv()) {
        return {s.symbol,
                s.date,
                s.session,
                price_text(s.high, false),
                s.high ? ns_text(s.high_ts) : "",
                price_text(s.low, false),
                s.low ? ns_text(s.low_ts) : "",
                number(s.highs),
                number(s.lows),
                number(s.trends_up),
                number(s.trends_down),
                number(s.surges_up),
                number(s.surges_down),
                price_text(s.last_price, false),
                ns_text(s.last_ts)};
    }
    return {s.date,
            s.symbol,
            s.session,
            price_text(s.high, true),
            price_text(s.low, true),
            price_text(s.last_price, true),
            number(s.highs),
            number(s.lows),
            number(s.trends_up),
            number(s.trends_down),
            number(s.surges_up),
            number(s.surges_down)};
}

std::vector<RowPrinter::Column> RowPrinter::columns(const MarketWindow&) const {
    if (is_csv()) {
        return {{"at"},
                {"width_seconds"},
                {"events"},
                {"highs"},
                {"lows"},
                {"trends_up"},
                {"trends_down"},
                {"surges_up"},
                {"surges_down"},
                {"symbols"},
                {"trades"},
                {"buying_pressure"},
                {"selling_pressure"},
                {"activity_level"}};
    }
    return {{"TIME (NEW YORK)"}, {"WIDTH", true},  {"EVENTS", true},  {"BUY %", true},
            {"SELL %", true},    {"ACTIVITY"},     {"TRADES", true},  {"SYMBOLS", true},
            {"HIGHS", true},     {"LOWS", true},   {"TRENDS↑", true}, {"TRENDS↓", true},
            {"SURGES↑", true},   {"SURGES↓", true}};
}

RowPrinter::Cells RowPrinter::cells(const MarketWindow& w) const {
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    const std::string seconds = number(w.width / std::chrono::seconds(1));
    const std::string symbols = w.symbols ? number(*w.symbols) : "";
    if (is_csv()) {
        return {ns_text(w.at),
                seconds,
                number(w.events),
                number(w.highs),
                number(w.lows),
                number(w.trends_up),
                number(w.trends_down),
                number(w.surges_up),
                number(w.surges_down),
                symbols,
                number(w.trades),
                real_text(w.buying_pressure),
                real_text(w.selling_pressure),
                w.activity_level};
    }
    return {new_york_text(w.at, 0),
            seconds + " s",
            number(w.events),
            percent_text(w.buying_pressure, true),
            percent_text(w.selling_pressure, true),
            w.activity_level,
            number(w.trades),
            symbols,
            number(w.highs),
            number(w.lows),
            number(w.trends_up),
            number(w.trends_down),
            number(w.surges_up),
            number(w.surges_down)};
}

std::vector<RowPrinter::Column> RowPrinter::columns(const EventCount&) const {
    if (is_csv()) {
        return {{"at"}, {"component"}, {"type"}, {"count"}};
    }
    return {{"TIME (NEW YORK)"}, {"COMPONENT"}, {"TYPE"}, {"COUNT", true}};
}

RowPrinter::Cells RowPrinter::cells(const EventCount& count) const {
    return {is_csv() ? ns_text(count.at) : new_york_text(count.at, 0), count.component,
            count.event_type, std::to_string(count.count)};
}

std::vector<RowPrinter::Column> RowPrinter::columns(const MetricValue&) const {
    if (is_csv()) {
        return {{"at"}, {"component"}, {"name"}, {"value"}};
    }
    return {{"TIME (NEW YORK)"}, {"COMPONENT"}, {"METRIC"}, {"VALUE", true}};
}

RowPrinter::Cells RowPrinter::cells(const MetricValue& metric) const {
    return {is_csv() ? ns_text(metric.at) : new_york_text(metric.at, 0), metric.component,
            metric.name, fmt::format("{}", metric.value)};
}

std::vector<RowPrinter::Column> RowPrinter::columns(const StoredGap&) const {
    if (is_csv()) {
        return {{"at"}, {"epoch"}, {"from"}, {"to"}, {"reason"}};
    }
    return {{"FOUND (NEW YORK)"}, {"EPOCH"}, {"FROM", true}, {"TO", true}, {"REASON"}};
}

RowPrinter::Cells RowPrinter::cells(const StoredGap& gap) const {
    const std::string last = gap.last == Offset{}
                                 ? (is_csv() ? std::string() : std::string("the epoch's end"))
                                 : std::to_string(gap.last.value());
    return {is_csv() ? ns_text(gap.at) : new_york_text(gap.at, 0), gap.epoch,
            std::to_string(gap.first.value()), last, gap.reason};
}

}  // namespace tickstock
