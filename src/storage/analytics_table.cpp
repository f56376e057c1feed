#include "storage/analytics_table.hpp"

#include <array>
#include <string>
#include <string_view>

#include "storage/event_store.hpp"
#include "storage/session_table.hpp"

namespace tickstock {
namespace {

constexpr std::int64_t width = analytics_window.count();
static_assert(width == 10'000'000'000, "the statements below say so too");

/// Windows less than this apart are read at once.
constexpr std::int64_t joined = 6 * width;

constexpr SqlText read_windows =
    "SELECT ts - ts % 10000000000, count(*),"
    " sum(CASE WHEN type = 'high' AND rev = 0 THEN 1 ELSE 0 END),"
    " sum(CASE WHEN type = 'low' AND rev = 0 THEN 1 ELSE 0 END),"
    " sum(CASE WHEN type = 'trend' AND direction = 'up' AND rev = 0 THEN 1 ELSE 0 END),"
    " sum(CASE WHEN type = 'trend' AND direction = 'down' AND rev = 0 THEN 1 ELSE 0 END),"
    " sum(CASE WHEN type = 'surge' AND direction = 'up' AND rev = 0 THEN 1 ELSE 0 END),"
    " sum(CASE WHEN type = 'surge' AND direction = 'down' AND rev = 0 THEN 1 ELSE 0 END),"
    " count(DISTINCT CASE WHEN symbol <> '' THEN symbol END),"
    " sum(CASE WHEN type = 'trend' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN type = 'surge' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN type = 'high' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN type = 'low' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN type = 'valuation' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN type = 'rule' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN type = 'control' THEN 1 ELSE 0 END)"
    " FROM events WHERE ts >= $1 AND ts < $2 GROUP BY 1";
constexpr std::size_t first_type = 9;  // column
constexpr std::array<std::string_view, 7> types{"trend",     "surge", "high",   "low",
                                                "valuation", "rule",  "control"};

constexpr SqlText upsert_window =
    "INSERT INTO market_analytics (at, width, events, highs, lows, trends_up, trends_down,"
    " surges_up, surges_down, symbols, trades, buying_pressure, selling_pressure, activity_level)"
    " VALUES ($1, 10000000000, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12)"
    " ON CONFLICT (at) DO UPDATE SET events = excluded.events, highs = excluded.highs,"
    " lows = excluded.lows, trends_up = excluded.trends_up, trends_down = excluded.trends_down,"
    " surges_up = excluded.surges_up, surges_down = excluded.surges_down,"
    " symbols = excluded.symbols, buying_pressure = excluded.buying_pressure,"
    " selling_pressure = excluded.selling_pressure";

constexpr SqlText upsert_trades =
    "INSERT INTO market_analytics (at, width, events, highs, lows, trends_up, trends_down,"
    " surges_up, surges_down, symbols, trades, activity_level)"
    " VALUES ($1, 10000000000, 0, 0, 0, 0, 0, 0, 0, 0, $2, $3)"
    " ON CONFLICT (at) DO UPDATE SET trades = excluded.trades,"
    " activity_level = excluded.activity_level";

constexpr SqlText upsert_count =
    "INSERT INTO event_counts (at, component, event_type, count) VALUES ($1, 'stream', $2, $3)"
    " ON CONFLICT (at, component, event_type) DO UPDATE SET count = excluded.count";

std::int64_t number(const SqlValue& value) {
    return std::get<std::int64_t>(value);
}

SqlRow window_row(const SqlRow& read) {
    SqlRow row(read.begin(), read.begin() + first_type);
    const std::int64_t up = number(read[2]) + number(read[4]) + number(read[6]);
    const std::int64_t all = up + number(read[3]) + number(read[5]) + number(read[7]);
    if (all == 0) {
        row.insert(row.end(), {std::monostate{}, std::monostate{}});
    } else {
        const double buying = 100.0 * static_cast<double>(up) / static_cast<double>(all);
        row.insert(row.end(), {buying, 100 - buying});
    }
    row.push_back(std::string(activity_word(0)));
    return row;
}

}  // namespace

std::string_view activity_word(std::int64_t trades_per_minute) {
    return trades_per_minute < 30    ? "Very Low"
           : trades_per_minute < 60  ? "Low"
           : trades_per_minute < 120 ? "Medium"
           : trades_per_minute < 240 ? "High"
           : trades_per_minute < 480 ? "Very High"
                                     : "Extreme";
}

Result<SqlDone, SqlError> store_windows(SqlConnection& connection,
                                        std::span<const EventRow> events) {
    std::vector<SqlRow> windows;
    std::vector<SqlRow> counts;
    for (const auto& [begin, end] : touched_windows(events, width, joined)) {
        const SqlRow values{begin, end};
        const auto read = connection.query(read_windows, values);
        if (!read) {
            return read.error();
        }
        for (const SqlRow& row : *read) {
            windows.push_back(window_row(row));
            for (std::size_t i = 0; i < types.size(); ++i) {
                if (number(row[first_type + i]) > 0) {
                    counts.push_back({row[0], std::string(types[i]), row[first_type + i]});
                }
            }
        }
    }
    if (const auto done = connection.execute_each(upsert_window, windows); !done) {
        return done;
    }
    return connection.execute_each(upsert_count, counts);
}

Result<SqlDone, SqlError> store_trades(SqlConnection& connection,
                                       std::span<const WindowTrades> windows) {
    constexpr std::int64_t a_minute = 60'000'000'000 / width;
    std::vector<SqlRow> rows;
    for (const WindowTrades& window : windows) {
        rows.push_back(
            {window.at, window.trades, std::string(activity_word(window.trades * a_minute))});
    }
    return connection.execute_each(upsert_trades, rows);
}

}  // namespace tickstock
