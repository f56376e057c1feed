// Windows of market_analytics and event_counts, as stored or put together to wider ones.

#include <algorithm>
#include <map>
#include <utility>

#include "storage/event_store.hpp"
#include "storage/history_tables.hpp"
#include "storage/row_values.hpp"

namespace tickstock {
namespace {

constexpr std::size_t rows_at_once = 1'000;

/// Begin of the wide window that holds `at`: multiples of the width since 1970, for minutes and
/// hours those of every clock.
UnixNanos floor_to(UnixNanos at, Nanos width) {
    return width == Nanos{0} ? at : at - at.time_since_epoch() % width;
}

/// Where reading begins and ends, both inclusive: with a cursor behind the wide window it names.
struct Bounds {
    std::int64_t low;
    std::int64_t high;
};
Bounds bounds_of(const WindowQuery& query) {
    const std::int64_t none = 1;
    Bounds bounds{to_ns(query.from), to_ns(query.to) - none};
    if (query.after && query.order == HistoryOrder::Newest) {
        bounds.high = std::min(bounds.high, to_ns(*query.after) - none);
    } else if (query.after) {
        const Nanos step = query.width == Nanos{0} ? Nanos{none} : query.width;
        bounds.low = std::max(bounds.low, to_ns(*query.after + step));
    }
    return bounds;
}

/// Narrows the bounds to what comes behind `at`.
void go_on(Bounds& bounds, std::int64_t at, HistoryOrder order) {
    (order == HistoryOrder::Newest ? bounds.high : bounds.low) =
        order == HistoryOrder::Newest ? at - 1 : at + 1;
}

MarketWindow window_of(SqlRow& row) {
    MarketWindow window;
    window.at = unix_nanos(number_of(row[0]));
    window.width = Nanos{number_of(row[1])};
    window.events = number_of(row[2]);
    window.highs = number_of(row[3]);
    window.lows = number_of(row[4]);
    window.trends_up = number_of(row[5]);
    window.trends_down = number_of(row[6]);
    window.surges_up = number_of(row[7]);
    window.surges_down = number_of(row[8]);
    window.symbols = number_or_null(row[9]);
    window.trades = number_of(row[10]);
    window.buying_pressure = real_or_null(row[11]);
    window.selling_pressure = real_or_null(row[12]);
    window.activity_level = take_text(row[13]);
    return window;
}

void add(MarketWindow& sum, const MarketWindow& part) {
    sum.events += part.events;
    sum.highs += part.highs;
    sum.lows += part.lows;
    sum.trends_up += part.trends_up;
    sum.trends_down += part.trends_down;
    sum.surges_up += part.surges_up;
    sum.surges_down += part.surges_down;
    sum.trades += part.trades;
}

/// The formulas of the stored windows, over the sums.
void judge(MarketWindow& window) {
    window.activity_level =
        activity_word(window.trades * 60 / (window.width / std::chrono::seconds(1)));
    const std::int64_t up = window.highs + window.trends_up + window.surges_up;
    const std::int64_t all = up + window.lows + window.trends_down + window.surges_down;
    if (all > 0) {
        window.buying_pressure = 100.0 * static_cast<double>(up) / static_cast<double>(all);
        window.selling_pressure = 100.0 - *window.buying_pressure;
    }
}

#define TS_WINDOWS                                                                              \
    "SELECT at, width, events, highs, lows, trends_up, trends_down, surges_up, surges_down,"    \
    " symbols, trades, buying_pressure, selling_pressure, activity_level FROM market_analytics" \
    " WHERE at >= $1 AND at <= $2"
constexpr SqlText windows_back = TS_WINDOWS " ORDER BY at DESC LIMIT $3";
constexpr SqlText windows_on = TS_WINDOWS " ORDER BY at LIMIT $3";
#undef TS_WINDOWS

#define TS_COUNTS                                                              \
    "SELECT at, component, event_type, count FROM event_counts WHERE at >= $1" \
    " AND at <= $2 AND (CAST($3 AS TEXT) IS NULL OR component = $3)"           \
    " AND (CAST($4 AS TEXT) IS NULL OR event_type = $4)"                       \
    " AND (at, component, event_type)"
constexpr SqlText counts_back =
    TS_COUNTS " < ($2, $5, $6) ORDER BY at DESC, component DESC, event_type DESC LIMIT $7";
constexpr SqlText counts_on =
    TS_COUNTS " > ($1, $5, $6) ORDER BY at, component, event_type LIMIT $7";
#undef TS_COUNTS

}  // namespace

Result<MarketWindows, SqlError> query_analytics(SqlConnection& database, const WindowQuery& query) {
    MarketWindows page;
    Bounds bounds = bounds_of(query);
    const bool back = query.order == HistoryOrder::Newest;
    const std::size_t chunk =
        query.width == Nanos{0} ? std::min(query.limit + 1, rows_at_once) : rows_at_once;
    for (;;) {
        const std::vector<SqlValue> values{bounds.low, bounds.high,
                                           static_cast<std::int64_t>(chunk)};
        auto rows = database.query(back ? windows_back : windows_on, values);
        if (!rows) {
            return rows.error();
        }
        for (SqlRow& row : *rows) {
            MarketWindow window = window_of(row);
            go_on(bounds, to_ns(window.at), query.order);
            const UnixNanos at = floor_to(window.at, query.width);
            if (page.rows.empty() || page.rows.back().at != at || query.width == Nanos{0}) {
                if (page.rows.size() == query.limit) {
                    page.next = page.rows.back().at;
                    return page;
                }
                page.rows.push_back(std::move(window));
                if (query.width > Nanos{0}) {
                    page.rows.back().at = at;
                    page.rows.back().width = query.width;
                    page.rows.back().symbols.reset();
                    judge(page.rows.back());
                }
            } else {
                add(page.rows.back(), window);
                judge(page.rows.back());
            }
        }
        if (rows->size() < chunk) {
            return page;
        }
    }
}

Result<EventCounts, SqlError> query_counts(SqlConnection& database, const CountQuery& query) {
    const WindowQuery& windows = query.windows;
    const bool back = windows.order == HistoryOrder::Newest;
    Bounds bounds = bounds_of(windows);
    // The newest first begins behind every key of its time, the oldest first before.
    if (back) {
        bounds.high += bounds.high < INT64_MAX ? 1 : 0;
    }
    std::string component;
    std::string type;
    EventCounts page;
    std::map<std::pair<std::string, std::string>, std::int64_t> sums;
    std::optional<UnixNanos> current;
    const auto close = [&] {
        for (auto& [key, count] : sums) {
            page.rows.push_back({*current, windows.width, key.first, key.second, count});
        }
        sums.clear();
    };
    for (;;) {
        const std::vector<SqlValue> values{bounds.low,
                                           bounds.high,
                                           text_or_null(query.component),
                                           text_or_null(query.event_type),
                                           component,
                                           type,
                                           static_cast<std::int64_t>(rows_at_once)};
        auto rows = database.query(back ? counts_back : counts_on, values);
        if (!rows) {
            return rows.error();
        }
        for (SqlRow& row : *rows) {
            const UnixNanos stored = unix_nanos(number_of(row[0]));
            component = take_text(row[1]);
            type = take_text(row[2]);
            (back ? bounds.high : bounds.low) = to_ns(stored);
            const UnixNanos at = floor_to(stored, windows.width);
            if (current && *current != at) {
                close();
                if (page.rows.size() >= windows.limit) {
                    page.next = *current;
                    return page;
                }
            }
            current = at;
            sums[{component, type}] += number_of(row[3]);
        }
        if (rows->size() < rows_at_once) {
            break;
        }
    }
    if (current) {
        close();
    }
    return page;
}

}  // namespace tickstock
