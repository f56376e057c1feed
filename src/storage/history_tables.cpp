#include "storage/history_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "storage/row_values.hpp"

namespace tickstock {
namespace {

constexpr std::string_view word_of(SessionSort sort) {
    constexpr std::string_view words[] = {"symbol", "highs", "lows", "trends", "surges"};
    return words[static_cast<std::size_t>(sort)];
}

// $1 … $4 are the filter, of which date or symbol is given; rank is 0 unless sorted by a count.
#define TS_SESSION_COLUMNS                                                                      \
    "SELECT t.symbol, t.session_date, t.session, t.high, t.high_ts, t.low, t.low_ts, t.highs,"  \
    " t.lows, t.trends_up, t.trends_down, t.surges_up, t.surges_down, t.last_price, t.last_ts," \
    " (SELECT s.epoch FROM stream_epochs s WHERE s.number = t.last_epoch), t.last_offset"

constexpr SqlText of_date = TS_SESSION_COLUMNS
    ", t.rank FROM (SELECT x.*, CASE CAST($1 AS TEXT) WHEN 'highs' THEN x.highs"
    " WHEN 'lows' THEN x.lows WHEN 'trends' THEN x.trends_up + x.trends_down"
    " WHEN 'surges' THEN x.surges_up + x.surges_down ELSE 0 END AS rank"
    " FROM session_stats x WHERE x.session_date = $2"
    " AND (CAST($3 AS TEXT) IS NULL OR x.symbol = $3)"
    " AND (CAST($4 AS TEXT) IS NULL OR x.session = $4)) t"
    " WHERE t.rank < $5 OR (t.rank = $5 AND (t.symbol, t.session) > ($6, $7))"
    " ORDER BY t.rank DESC, t.symbol, t.session LIMIT $8";

constexpr SqlText of_symbol = TS_SESSION_COLUMNS
    ", 0 FROM session_stats t WHERE t.symbol = $1"
    " AND (CAST($2 AS TEXT) IS NULL OR t.session = $2)"
    " AND (CAST($3 AS TEXT) IS NULL OR (t.session_date, t.session) < ($3, $4))"
    " ORDER BY t.session_date DESC, t.session DESC LIMIT $5";
#undef TS_SESSION_COLUMNS

StoredSession session_of(SqlRow& row) {
    TS_ASSERT(row.size() == 18);
    const auto price = [&](std::size_t i) {
        const auto raw = number_or_null(row[i]);
        return raw ? std::optional(Price::from_raw(*raw)) : std::nullopt;
    };
    StoredSession stats;
    stats.symbol = take_text(row[0]);
    stats.date = take_text(row[1]);
    stats.session = take_text(row[2]);
    stats.high = price(3);
    stats.high_ts = unix_nanos(number_of(row[4]));
    stats.low = price(5);
    stats.low_ts = unix_nanos(number_of(row[6]));
    stats.highs = number_of(row[7]);
    stats.lows = number_of(row[8]);
    stats.trends_up = number_of(row[9]);
    stats.trends_down = number_of(row[10]);
    stats.surges_up = number_of(row[11]);
    stats.surges_down = number_of(row[12]);
    stats.last_price = Price::from_raw(number_of(row[13]));
    stats.last_ts = unix_nanos(number_of(row[14]));
    stats.last_epoch = take_text(row[15]);
    stats.last_offset = Offset{static_cast<std::uint64_t>(number_of(row[16]))};
    return stats;
}

/// "RANK|SESSION|SYMBOL"; the symbol last, which may hold any sign.
struct SessionKey {
    std::int64_t rank = 0;
    std::string session;
    std::string symbol;
};
SessionKey read_session_key(std::string_view text) {
    SessionKey key;
    const auto first = std::min(text.find('|'), text.size());
    const auto second = std::min(text.find('|', first + 1), text.size());
    std::from_chars(text.data(), text.data() + first, key.rank);
    key.session =
        text.substr(std::min(first + 1, text.size()), second - std::min(first + 1, second));
    key.symbol = text.substr(std::min(second + 1, text.size()));
    return key;
}

}  // namespace

Result<HistoryPage<StoredSession>, SqlError> query_sessions(SqlConnection& database,
                                                            const SessionQuery& query) {
    TS_ASSERT(!query.date.empty() || !query.symbol.empty());
    const SqlValue session =
        text_or_null(std::string(query.session ? to_string(*query.session) : ""));
    const auto limit = static_cast<std::int64_t>(query.limit) + 1;
    const SessionKey after = read_session_key(query.after);
    const bool by_date = !query.date.empty();
    std::vector<SqlValue> values;
    if (by_date) {
        const std::int64_t rank = query.after.empty() ? INT64_MAX : after.rank;
        values = {std::string(word_of(query.sort)),
                  query.date,
                  text_or_null(query.symbol),
                  session,
                  rank,
                  after.symbol,
                  after.session,
                  limit};
    } else {  // the key's symbol is the date here
        values = {query.symbol, session, text_or_null(after.symbol), after.session, limit};
    }
    auto rows = by_date ? database.query(of_date, values) : database.query(of_symbol, values);
    if (!rows) {
        return rows.error();
    }
    HistoryPage<StoredSession> page;
    const bool is_more = rows->size() > query.limit;
    if (is_more) {
        rows->resize(query.limit);
    }
    std::int64_t rank = 0;
    for (SqlRow& row : *rows) {
        rank = number_of(row[17]);
        page.rows.push_back(session_of(row));
    }
    if (is_more) {
        const StoredSession& last = page.rows.back();
        page.next = fmt::format("{}|{}|{}", rank, last.session, by_date ? last.symbol : last.date);
    }
    return page;
}

Result<std::string, SqlError> newest_session_date(SqlConnection& database) {
    auto rows = database.query("SELECT max(session_date) FROM session_stats", {});
    if (!rows) {
        return rows.error();
    }
    return rows->empty() ? std::string() : take_text((*rows)[0][0]);
}

Result<HistoryPage<MetricValue>, SqlError> query_metrics(SqlConnection& database,
                                                         const MetricQuery& query) {
    // Keyset (at, component, metric_name). With a name the index of names serves, else the key.
#define TS_METRICS                                                      \
    "SELECT at, component, metric_name, value FROM performance_metrics" \
    " WHERE (CAST($1 AS TEXT) IS NULL OR component = $1)"
#define TS_BACK " AND at >= $2 AND at <= $3 AND (at, component, metric_name) < ($3, $4, $5)"
#define TS_ON " AND at >= $2 AND at < $3 AND (at, component, metric_name) > ($2, $4, $5)"
#define TS_NEWEST " ORDER BY at DESC, component DESC, metric_name DESC"
#define TS_OLDEST " ORDER BY at, component, metric_name"
    static constexpr SqlText all_back = TS_METRICS TS_BACK TS_NEWEST " LIMIT $6";
    static constexpr SqlText all_on = TS_METRICS TS_ON TS_OLDEST " LIMIT $6";
    static constexpr SqlText name_back =
        TS_METRICS TS_BACK " AND metric_name = $6" TS_NEWEST " LIMIT $7";
    static constexpr SqlText name_on =
        TS_METRICS TS_ON " AND metric_name = $6" TS_OLDEST " LIMIT $7";
#undef TS_METRICS
#undef TS_BACK
#undef TS_ON
#undef TS_NEWEST
#undef TS_OLDEST
    const bool back = query.order == HistoryOrder::Newest;
    SessionKey after = read_session_key(query.after);  // the same form: at|component|name
    const std::int64_t begin =
        query.after.empty() ? to_ns(back ? query.to : query.from) : after.rank;
    std::vector<SqlValue> values{text_or_null(query.component), back ? to_ns(query.from) : begin,
                                 back ? begin : to_ns(query.to), std::move(after.session),
                                 std::move(after.symbol)};
    if (!query.name.empty()) {
        values.emplace_back(query.name);
    }
    values.emplace_back(static_cast<std::int64_t>(query.limit) + 1);
    auto rows = query.name.empty() ? database.query(back ? all_back : all_on, values)
                                   : database.query(back ? name_back : name_on, values);
    if (!rows) {
        return rows.error();
    }
    HistoryPage<MetricValue> page;
    for (SqlRow& row : *rows) {
        if (page.rows.size() == query.limit) {
            const MetricValue& last = page.rows.back();
            page.next = fmt::format("{}|{}|{}", to_ns(last.at), last.component, last.name);
            break;
        }
        page.rows.push_back({unix_nanos(number_of(row[0])), take_text(row[1]), take_text(row[2]),
                             real_or_null(row[3]).value_or(0)});
    }
    return page;
}

Result<std::vector<StoredGap>, SqlError> query_gaps(SqlConnection& database, std::size_t limit) {
    const std::vector<SqlValue> values{static_cast<std::int64_t>(limit)};
    auto rows = database.query(
        "SELECT (SELECT s.epoch FROM stream_epochs s WHERE s.number = g.epoch), g.first_offset,"
        " g.last_offset, g.reason, g.at FROM storage_gaps g"
        " ORDER BY g.at DESC, g.epoch DESC, g.first_offset DESC LIMIT $1",
        values);
    if (!rows) {
        return rows.error();
    }
    std::vector<StoredGap> gaps;
    for (SqlRow& row : *rows) {
        gaps.push_back({take_text(row[0]), Offset{static_cast<std::uint64_t>(number_of(row[1]))},
                        Offset{static_cast<std::uint64_t>(number_of(row[2]))}, take_text(row[3]),
                        unix_nanos(number_of(row[4]))});
    }
    std::reverse(gaps.begin(), gaps.end());
    return gaps;
}

}  // namespace tickstock
