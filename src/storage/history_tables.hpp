#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/price.hpp"
#include "base/result.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"
#include "storage/event_query.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

// Queries over what storage keeps beside the events. Each gives a page and where the next begins.

/// What of a symbol's trading session the pages sort by.
enum class SessionSort : std::uint8_t { Symbol, Highs, Lows, Trends, Surges };

struct SessionQuery {
    std::string date;    ///< YYYY-MM-DD; empty: of a symbol all dates, newest first
    std::string symbol;  ///< empty = all
    std::optional<TradingSession> session;
    SessionSort sort = SessionSort::Symbol;  ///< but Symbol: most first; of one date
    std::size_t limit = 100;
    std::string after;  ///< where the page before ended
};

/// Extremes and counts of one symbol in one trading session.
struct StoredSession {
    std::string symbol;
    std::string date;
    std::string session;
    std::optional<Price> high;
    UnixNanos high_ts;
    std::optional<Price> low;
    UnixNanos low_ts;
    std::int64_t highs = 0;
    std::int64_t lows = 0;
    std::int64_t trends_up = 0;
    std::int64_t trends_down = 0;
    std::int64_t surges_up = 0;
    std::int64_t surges_down = 0;
    Price last_price;  ///< of the newest event
    UnixNanos last_ts;
    std::string last_epoch;
    Offset last_offset;
};

template <class Row>
struct HistoryPage {
    std::vector<Row> rows;
    std::string next;  ///< for `after`; empty = there is no more
};

/// REQUIRES: date or symbol. A page's `after` belongs to the same query.
Result<HistoryPage<StoredSession>, SqlError> query_sessions(SqlConnection& database,
                                                            const SessionQuery& query);
/// The newest date that has events; empty when there is none.
Result<std::string, SqlError> newest_session_date(SqlConnection& database);

/// A time range of windows, put together to `width` (0 = as stored).
struct WindowQuery {
    UnixNanos from;
    UnixNanos to = time_never;
    Nanos width{0};
    HistoryOrder order = HistoryOrder::Newest;
    std::size_t limit = 100;
    /// Begin of the last window of the page before.
    std::optional<UnixNanos> after;
};

/// The market in one window, by its events.
struct MarketWindow {
    UnixNanos at;
    Nanos width{0};
    std::int64_t events = 0;
    std::int64_t highs = 0;
    std::int64_t lows = 0;
    std::int64_t trends_up = 0;
    std::int64_t trends_down = 0;
    std::int64_t surges_up = 0;
    std::int64_t surges_down = 0;
    std::optional<std::int64_t> symbols;  ///< distinct; nothing in a window made of several
    std::int64_t trades = 0;
    std::optional<double> buying_pressure;  ///< percent; nothing without directional events
    std::optional<double> selling_pressure;
    std::string activity_level;  ///< "Very Low" … "Extreme", by trades a minute
};
struct MarketWindows {
    std::vector<MarketWindow> rows;
    std::optional<UnixNanos> next;
};
Result<MarketWindows, SqlError> query_analytics(SqlConnection& database, const WindowQuery& query);

struct EventCount {
    UnixNanos at;
    Nanos width{0};  ///< 0 = as stored
    std::string component;
    std::string event_type;
    std::int64_t count = 0;
};
struct CountQuery {
    WindowQuery windows;
    std::string component;   ///< empty = all
    std::string event_type;  ///< empty = all
};
struct EventCounts {
    std::vector<EventCount> rows;  ///< of whole windows: may be some more than the limit
    std::optional<UnixNanos> next;
};
Result<EventCounts, SqlError> query_counts(SqlConnection& database, const CountQuery& query);

struct MetricQuery {
    std::string component;  ///< empty = all
    std::string name;       ///< empty = all
    UnixNanos from;
    UnixNanos to = time_never;
    HistoryOrder order = HistoryOrder::Newest;
    std::size_t limit = 100;
    std::string after;
};
struct MetricValue {
    UnixNanos at;
    std::string component;
    std::string name;
    double value = 0;
};
Result<HistoryPage<MetricValue>, SqlError> query_metrics(SqlConnection& database,
                                                         const MetricQuery& query);

/// Events that left the stored stream before they reached the database.
struct StoredGap {
    std::string epoch;
    Offset first;
    Offset last;  ///< 0 = not known: the rest of the epoch
    std::string reason;
    UnixNanos at;  ///< when it was found, wall time
};
/// The newest `limit`, oldest first.
Result<std::vector<StoredGap>, SqlError> query_gaps(SqlConnection& database, std::size_t limit);

}  // namespace tickstock
