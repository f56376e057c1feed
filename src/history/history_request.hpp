#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/result.hpp"
#include "base/time.hpp"
#include "storage/event_query.hpp"
#include "storage/history_tables.hpp"
#include "storage/operations_query.hpp"

namespace tickstock {

struct AnalyticsQuery {
    WindowQuery windows;
};
struct GapQuery {
    std::size_t limit = 100;
};

/// What is asked of the history: a page of the API, or what the command line prints.
using HistoryRequest =
    std::variant<EventQuery, SessionQuery, AnalyticsQuery, CountQuery, MetricQuery, GapQuery,
                 DifferenceQuery, AuditQuery, IncidentQuery, AlertQuery>;

/// Names and values as a URL or a command line has them, in any order.
using HistoryParameters = std::span<const std::pair<std::string, std::string>>;

/// A parameter that is not taken.
struct ParameterError {
    std::string name;
    std::string value;
    std::string accepted;  ///< "an integer from 1 to 1000"
    /// `parameter "limit" is "x": accepted is an integer from 1 to 1000`.
    std::string message() const;
};

enum class HistoryKind : std::uint8_t {
    Events,
    Sessions,
    Analytics,
    Counts,
    Metrics,
    Gaps,
    Differences,
    Audit,
    Incidents,
    Alerts,
};

/// Strict: a name that is unknown or stands twice and a value that is not accepted are errors.
/// `now`, wall time, is what ages such as 2h count back from. Names of parameters:
///   events: symbols (or symbol) and types (or type), lists with commas; direction, source,
///     session, date (New York), from, to, min_priority, revisions (latest, all), order (newest,
///     oldest), limit, cursor
///   sessions: date, symbol, session, sort (symbol, highs, lows, trends, surges), limit, cursor
///   analytics: date, from, to, width (10s, 1m, 5m, 1h), order, limit, cursor
///   counts: those of analytics, component, type
///   metrics: component, name, date, from, to, order, limit, cursor
///   gaps: limit
///   differences: symbol, kind (missing, extra, near), type, and as all that follow date, from, to,
///     order, limit, cursor
///   audit: kind, by
///   incidents: cause, state (stands, resolved)
///   alerts: type, channel, severity, state (stands, resolved)
Result<HistoryRequest, ParameterError> parse_history_request(HistoryKind kind,
                                                             HistoryParameters parameters,
                                                             UnixNanos now);

}  // namespace tickstock
