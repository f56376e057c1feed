#include "storage/event_store.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "model/calendar.hpp"
#include "storage/analytics_table.hpp"
#include "storage/operations_table.hpp"
#include "storage/row_values.hpp"
#include "storage/session_table.hpp"

namespace tickstock {
namespace {

constexpr SqlText upsert_event =
    "INSERT INTO events (id, rev, epoch, stream_offset, ts_pub, ts, symbol, type, direction,"
    " source, session, session_date, priority, price, volume, score, body)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
    " ON CONFLICT (id, rev) DO UPDATE SET epoch = excluded.epoch,"
    " stream_offset = excluded.stream_offset, ts_pub = excluded.ts_pub, ts = excluded.ts,"
    " symbol = excluded.symbol, type = excluded.type, direction = excluded.direction,"
    " source = excluded.source, session = excluded.session,"
    " session_date = excluded.session_date, priority = excluded.priority,"
    " price = excluded.price, volume = excluded.volume, score = excluded.score,"
    " body = excluded.body";

SqlRow row_of(const EventRow& event, std::int64_t epoch) {
    SqlRow row;
    row.reserve(17);
    row.emplace_back(event.id);
    row.emplace_back(event.rev);
    row.emplace_back(epoch);
    row.emplace_back(event.offset);
    row.emplace_back(event.ts_pub);
    row.emplace_back(event.ts);
    row.emplace_back(event.symbol);
    row.emplace_back(std::string(event.type));
    event.direction.empty() ? row.emplace_back() : row.emplace_back(std::string(event.direction));
    row.emplace_back(std::string(event.source));
    row.emplace_back(event.session);
    row.emplace_back(event.session_date);
    row.emplace_back(event.priority);
    event.price ? row.emplace_back(*event.price) : row.emplace_back();
    row.emplace_back(event.volume);
    row.emplace_back(event.score);
    row.emplace_back(event.body);
    return row;
}

}  // namespace

Result<SqlDone, SqlError> EventStore::claim() {
    if (connection_.dialect() == SqlConnection::Dialect::Sqlite) {
        return SqlDone{};  // the file lies in the data directory, which is one server's
    }
    const auto rows = connection_.query(
        "SELECT CASE WHEN pg_try_advisory_lock(7521064833020) THEN 1 ELSE 0 END", {});
    if (!rows) {
        return rows.error();
    }
    if (std::get<std::int64_t>(rows->at(0).at(0)) == 0) {
        return SqlError{SqlError::Kind::Busy,
                        fmt::format("{}: another server stores its events there; accepted is one "
                                    "server a database",
                                    connection_.name())};
    }
    return SqlDone{};
}

Result<StoragePosition, SqlError> EventStore::position() {
    auto rows =
        connection_.query("SELECT epoch, stream_offset FROM stream_position WHERE id = 1", {});
    if (!rows) {
        return rows.error();
    }
    if (rows->size() != 1) {
        return SqlError{SqlError::Kind::Damaged,
                        fmt::format("{}: stream_position has no row", connection_.name())};
    }
    SqlRow& row = rows->front();
    return StoragePosition{std::get<std::string>(row[0]), std::get<std::int64_t>(row[1])};
}

Result<std::vector<std::string>, SqlError> EventStore::epochs() {
    auto rows = connection_.query("SELECT epoch FROM stream_epochs ORDER BY number", {});
    if (!rows) {
        return rows.error();
    }
    std::vector<std::string> epochs;
    for (SqlRow& row : *rows) {
        epochs.push_back(std::get<std::string>(row[0]));
    }
    return epochs;
}

Result<std::vector<WindowTrades>, SqlError> EventStore::trades(std::int64_t from, std::int64_t to) {
    const SqlRow values{from, to};
    const auto rows = connection_.query(
        "SELECT at, trades FROM market_analytics WHERE at >= $1 AND at <= $2", values);
    if (!rows) {
        return rows.error();
    }
    std::vector<WindowTrades> trades;
    for (const SqlRow& row : *rows) {
        trades.push_back({std::get<std::int64_t>(row[0]), std::get<std::int64_t>(row[1])});
    }
    return trades;
}

Result<SqlDone, SqlError> EventStore::store(const StorageBatch& batch) {
    auto done = connection_.begin();
    if (done) {
        done = store_all(batch);
    }
    if (done) {
        done = connection_.commit();
    }
    if (!done) {
        connection_.roll_back();
        return done;
    }
    return SqlDone{batch.events.size()};
}

Result<SqlDone, SqlError> EventStore::store_all(const StorageBatch& batch) {
    if (const auto done = move_position(batch); !done) {
        return done;
    }
    if (!batch.events.empty()) {
        const auto epoch = epoch_number(batch.after.epoch);
        if (!epoch) {
            return epoch.error();
        }
        const auto known_surges = stored_surges(connection_, batch.events);
        if (!known_surges) {
            return known_surges.error();
        }
        std::vector<SqlRow> rows;
        rows.reserve(batch.events.size());
        for (const EventRow& event : batch.events) {
            rows.push_back(row_of(event, *epoch));
        }
        if (const auto done = connection_.execute_each(upsert_event, rows); !done) {
            return done;
        }
        if (const auto done = store_sessions(connection_, batch.events, *epoch, *known_surges);
            !done) {
            return done;
        }
        if (const auto done = store_windows(connection_, batch.events); !done) {
            return done;
        }
    }
    if (const auto done = store_gaps(batch); !done) {
        return done;
    }
    if (const auto done = store_trades(connection_, batch.trades); !done) {
        return done;
    }
    if (const auto done = store_metrics(batch); !done) {
        return done;
    }
    return store_operations(connection_, batch.operations);
}

Result<SqlDone, SqlError> EventStore::move_position(const StorageBatch& batch) {
    const SqlRow values{batch.after.epoch, batch.after.offset, batch.before.epoch,
                        batch.before.offset};
    const auto moved = connection_.execute(
        "UPDATE stream_position SET epoch = $1, stream_offset = $2"
        " WHERE id = 1 AND epoch = $3 AND stream_offset = $4",
        values);
    if (moved && moved->changed != 1) {
        // A transaction of a connection that was lost may be committed late.
        return SqlError{SqlError::Kind::Busy,
                        fmt::format("{}: the stored position is not the one that was read",
                                    connection_.name())};
    }
    return moved;
}

Result<std::int64_t, SqlError> EventStore::epoch_number(const std::string& epoch) {
    const SqlRow name{epoch};
    const auto known = connection_.query("SELECT number FROM stream_epochs WHERE epoch = $1", name);
    if (!known) {
        return known.error();
    }
    if (!known->empty()) {
        return std::get<std::int64_t>(known->front().at(0));
    }
    const auto last = connection_.query("SELECT COALESCE(max(number), 0) FROM stream_epochs", {});
    if (!last) {
        return last.error();
    }
    const std::int64_t number = std::get<std::int64_t>(last->at(0).at(0)) + 1;
    const SqlRow values{number, epoch};
    const auto added =
        connection_.execute("INSERT INTO stream_epochs (number, epoch) VALUES ($1, $2)", values);
    return added ? Result<std::int64_t, SqlError>(number) : added.error();
}

Result<SqlDone, SqlError> EventStore::store_gaps(const StorageBatch& batch) {
    std::vector<SqlRow> rows;
    for (const StorageGap& gap : batch.gaps) {
        const auto epoch = epoch_number(gap.epoch);
        if (!epoch) {
            return epoch.error();
        }
        rows.push_back({*epoch, gap.first, gap.last, gap.reason, gap.at});
    }
    return connection_.execute_each(
        "INSERT INTO storage_gaps (epoch, first_offset, last_offset, reason, at)"
        " VALUES ($1, $2, $3, $4, $5)",
        rows);
}

Result<SqlDone, SqlError> EventStore::store_metrics(const StorageBatch& batch) {
    std::vector<SqlRow> rows;
    for (const PerformanceMetric& metric : batch.metrics) {
        rows.push_back({metric.at, metric.component, metric.metric_name, metric.value});
    }
    return connection_.execute_each(
        "INSERT INTO performance_metrics (at, component, metric_name, value)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT (at, component, metric_name)"
        " DO UPDATE SET value = excluded.value",
        rows);
}

Result<std::int64_t, SqlError> EventStore::newest_ts() {
    const auto rows = connection_.query("SELECT max(ts) FROM events", {});
    if (!rows) {
        return rows.error();
    }
    return rows->empty() ? 0 : number_of(rows->front()[0]);
}

Result<SqlDone, SqlError> EventStore::remove_before(std::int64_t market, std::int64_t wall,
                                                    std::int64_t most) {
    const SqlRow values{market, most};
    const SqlRow wall_values{wall, most};
    const std::string date = new_york_date(unix_nanos(market));
    const SqlRow date_values{date, most};
    SqlDone all;
    const auto remove = [&](SqlText sql, const SqlRow& row) -> std::optional<SqlError> {
        const auto done = connection_.execute(sql, row);
        if (!done) {
            return done.error();
        }
        all.changed += done->changed;
        return std::nullopt;
    };
    std::optional<SqlError> failed = remove(
        "DELETE FROM events WHERE (id, rev) IN"
        " (SELECT id, rev FROM events WHERE ts < $1 ORDER BY ts LIMIT $2)",
        values);
    failed = failed ? failed
                    : remove(
                          "DELETE FROM market_analytics WHERE at IN"
                          " (SELECT at FROM market_analytics WHERE at < $1 ORDER BY at LIMIT $2)",
                          values);
    failed = failed ? failed
                    : remove(
                          "DELETE FROM event_counts WHERE (at, component, event_type) IN"
                          " (SELECT at, component, event_type FROM event_counts"
                          " WHERE at < $1 ORDER BY at LIMIT $2)",
                          values);
    failed = failed ? failed
                    : remove(
                          "DELETE FROM performance_metrics"
                          " WHERE (at, component, metric_name) IN"
                          " (SELECT at, component, metric_name FROM performance_metrics"
                          " WHERE at < $1 ORDER BY at LIMIT $2)",
                          wall_values);
    failed = failed ? failed
                    : remove(
                          "DELETE FROM session_stats WHERE (symbol, session_date, session) IN"
                          " (SELECT symbol, session_date, session FROM session_stats"
                          " WHERE session_date < $1 ORDER BY session_date LIMIT $2)",
                          date_values);
    if (failed) {
        return std::move(*failed);
    }
    const auto operations = remove_operations_before(connection_, market, wall, most);
    if (!operations) {
        return operations.error();
    }
    return SqlDone{all.changed + operations->changed};
}

std::string new_york_date(UnixNanos time) {
    const auto day = std::chrono::floor<std::chrono::days>(new_york_time(time));
    const std::chrono::year_month_day date(day);
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace tickstock
