#include "history/history_request.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "history/parameter_reader.hpp"
#include "history/time_text.hpp"
#include "model/symbol.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view accepted_symbol = "1 to 16 printable ASCII characters";
constexpr std::array<std::string_view, 5> sessions{"pre", "regular", "after", "overnight",
                                                   "closed"};
constexpr std::array<std::string_view, 5> sources{"tick", "websocket", "ohlcv", "fmv", "channel"};
constexpr std::array<std::string_view, 7> types{"trend",     "surge", "high",   "low",
                                                "valuation", "rule",  "control"};

/// The parts of a list with commas; an empty list has one, which is empty.
std::vector<std::string_view> parts_of(std::string_view text) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto comma = text.find(',');
        parts.push_back(text.substr(0, comma));
        if (comma == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(comma + 1);
    }
}

std::string listed(std::span<const std::string_view> words) {
    std::string text;
    for (const std::string_view word : words) {
        text += (text.empty() ? "" : ", ") + std::string(word);
    }
    return text;
}

void take_symbols(ParameterReader& reader, EventQuery& query) {
    for (const std::string_view name : {"symbols", "symbol"}) {
        const auto value = reader.take(name);
        for (const std::string_view part :
             value ? parts_of(*value) : std::vector<std::string_view>{}) {
            if (!SymbolText::is_valid(part)) {
                reader.fail(name, part, std::string(accepted_symbol));
            } else if (std::find(query.symbols.begin(), query.symbols.end(), part) ==
                       query.symbols.end()) {
                query.symbols.emplace_back(part);
            }
        }
        if (value && query.symbols.size() > EventQuery::max_symbols) {
            reader.fail(name, *value, "at most 100 symbols");
        }
    }
}

void take_types(ParameterReader& reader, EventQuery& query) {
    for (const std::string_view name : {"types", "type"}) {
        const auto value = reader.take(name);
        for (const std::string_view part :
             value ? parts_of(*value) : std::vector<std::string_view>{}) {
            const auto found = std::find(types.begin(), types.end(), part);
            const auto type = static_cast<EventType>(found - types.begin());
            if (found == types.end()) {
                reader.fail(name, part, listed(types));
            } else if (std::find(query.types.begin(), query.types.end(), type) ==
                       query.types.end()) {
                query.types.push_back(type);
            }
        }
    }
}

void take_session(ParameterReader& reader, std::optional<TradingSession>& session) {
    if (const auto word = reader.take_word("session", sessions)) {
        session = static_cast<TradingSession>(*word);
    }
}

EventQuery read_events(ParameterReader& reader) {
    static constexpr std::array<std::string_view, 2> directions{"up", "down"};
    static constexpr std::array<std::string_view, 4> classes{"1", "2", "3", "4"};
    static constexpr std::array<std::string_view, 2> revisions{"latest", "all"};
    EventQuery query;
    take_symbols(reader, query);
    take_types(reader, query);
    if (const auto word = reader.take_word("direction", directions)) {
        query.direction = *word == 0 ? Direction::Up : Direction::Down;
    }
    if (const auto word = reader.take_word("source", sources)) {
        query.source = static_cast<SourceKind>(*word);
    }
    take_session(reader, query.session);
    reader.take_range(query.from, query.to);
    if (const auto word = reader.take_word("min_priority", classes)) {
        query.min_priority = static_cast<int>(*word) + 1;
    }
    query.all_revisions = reader.take_word("revisions", revisions) == std::size_t{1};
    reader.take_order(query.order);
    reader.take_limit(query.limit);
    if (const auto cursor = reader.take("cursor")) {
        query.after = parse_event_key(*cursor, query.order);
        if (!query.after) {
            reader.fail("cursor", *cursor, "what a page of the same order gave as \"next\"");
        }
    }
    return query;
}

SessionQuery read_sessions(ParameterReader& reader) {
    static constexpr std::array<std::string_view, 5> sorts{"symbol", "highs", "lows", "trends",
                                                           "surges"};
    SessionQuery query;
    if (const auto date = reader.take("date")) {
        query.date = *date;
        if (!parse_date(*date)) {
            reader.fail("date", *date, "a date YYYY-MM-DD from 1990 to 2035");
        }
    }
    if (const auto symbol = reader.take("symbol")) {
        query.symbol = *symbol;
        if (!SymbolText::is_valid(*symbol)) {
            reader.fail("symbol", *symbol, std::string(accepted_symbol));
        }
    }
    take_session(reader, query.session);
    if (const auto word = reader.take_word("sort", sorts)) {
        query.sort = static_cast<SessionSort>(*word);
    }
    reader.take_limit(query.limit);
    query.after = reader.take_cursor(session_cursor).value_or("");
    return query;
}

WindowQuery read_windows(ParameterReader& reader) {
    static constexpr std::array<std::string_view, 4> words{"10s", "1m", "5m", "1h"};
    static constexpr std::array<Nanos, 4> widths{0s, 1min, 5min, 1h};
    WindowQuery query;
    reader.take_range(query.from, query.to);
    if (const auto word = reader.take_word("width", words)) {
        query.width = widths[*word];
    }
    reader.take_order(query.order);
    reader.take_limit(query.limit);
    if (const auto cursor = reader.take_cursor(window_cursor)) {
        std::int64_t at = 0;
        const char* const end = cursor->data() + cursor->size();
        const auto [stopped, error] = std::from_chars(cursor->data(), end, at);
        if (error != std::errc() || stopped != end || at < 0 || at > INT64_MAX / 2) {
            reader.fail("cursor", *reader.take("cursor"),
                        "what a page of this path gave as \"next\"");
        }
        query.after = unix_nanos(at);
    }
    return query;
}

CountQuery read_counts(ParameterReader& reader) {
    CountQuery query;
    query.windows = read_windows(reader);
    reader.take_name("component", query.component);
    if (const auto word = reader.take_word("type", types)) {
        query.event_type = types[*word];
    }
    return query;
}

MetricQuery read_metrics(ParameterReader& reader) {
    MetricQuery query;
    reader.take_name("component", query.component);
    reader.take_name("name", query.name);
    reader.take_range(query.from, query.to);
    reader.take_order(query.order);
    reader.take_limit(query.limit);
    query.after = reader.take_cursor(metric_cursor).value_or("");
    return query;
}

void take_operations_range(ParameterReader& reader, OperationsRange& range) {
    reader.take_range(range.from, range.to);
    reader.take_order(range.order);
    reader.take_limit(range.limit);
    range.after = reader.take_cursor(operations_cursor).value_or("");
}

std::optional<bool> take_state(ParameterReader& reader) {
    static constexpr std::array<std::string_view, 2> states{"stands", "resolved"};
    const auto word = reader.take_word("state", states);
    return word ? std::optional(*word == 0) : std::nullopt;
}

DifferenceQuery read_differences(ParameterReader& reader) {
    static constexpr std::array<std::string_view, 3> kinds{"missing", "extra", "near"};
    DifferenceQuery query;
    if (const auto symbol = reader.take("symbol")) {
        query.symbol = *symbol;
        if (!SymbolText::is_valid(*symbol)) {
            reader.fail("symbol", *symbol, std::string(accepted_symbol));
        }
    }
    if (const auto word = reader.take_word("kind", kinds)) {
        query.kind = kinds[*word];
    }
    if (const auto word = reader.take_word("type", types)) {
        query.type = types[*word];
    }
    take_operations_range(reader, query.range);
    return query;
}

AuditQuery read_audit(ParameterReader& reader) {
    AuditQuery query;
    reader.take_name("kind", query.kind);
    reader.take_name("by", query.changed_by);
    take_operations_range(reader, query.range);
    return query;
}

IncidentQuery read_incidents(ParameterReader& reader) {
    IncidentQuery query;
    reader.take_name("cause", query.cause);
    query.stands = take_state(reader);
    take_operations_range(reader, query.range);
    return query;
}

AlertQuery read_alerts(ParameterReader& reader) {
    static constexpr std::array<std::string_view, 4> severities{"info", "warning", "error",
                                                                "critical"};
    AlertQuery query;
    reader.take_name("type", query.type);
    reader.take_name("channel", query.channel);
    if (const auto word = reader.take_word("severity", severities)) {
        query.severity = severities[*word];
    }
    query.stands = take_state(reader);
    take_operations_range(reader, query.range);
    return query;
}

HistoryRequest read(HistoryKind kind, ParameterReader& reader) {
    switch (kind) {
        case HistoryKind::Events: return read_events(reader);
        case HistoryKind::Sessions: return read_sessions(reader);
        case HistoryKind::Analytics: return AnalyticsQuery{read_windows(reader)};
        case HistoryKind::Counts: return read_counts(reader);
        case HistoryKind::Metrics: return read_metrics(reader);
        case HistoryKind::Differences: return read_differences(reader);
        case HistoryKind::Audit: return read_audit(reader);
        case HistoryKind::Incidents: return read_incidents(reader);
        case HistoryKind::Alerts: return read_alerts(reader);
        case HistoryKind::Gaps: break;
    }
    GapQuery query;
    reader.take_limit(query.limit);
    return query;
}

}  // namespace

Result<HistoryRequest, ParameterError> parse_history_request(HistoryKind kind,
                                                             HistoryParameters parameters,
                                                             UnixNanos now) {
    ParameterReader reader(parameters, now);
    HistoryRequest request = read(kind, reader);
    if (auto error = reader.finish()) {
        return std::move(*error);
    }
    return request;
}

}  // namespace tickstock
