#include "storage/migrations.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <span>

namespace tickstock {
namespace {

using Dialect = SqlConnection::Dialect;

/// One list a version, each from the one before. Never changed once released: a new one is added.
/// Times are ns since 1970 UTC, prices 1e-9 USD, volumes 1e-6 shares. docs/history.md
/// says what the columns mean.
constexpr std::array<SqlText, 17> to_version_1{
    "CREATE TABLE schema_version (version BIGINT NOT NULL)",
    "INSERT INTO schema_version (version) VALUES (1)",
    "CREATE TABLE stream_position (id BIGINT PRIMARY KEY, epoch TEXT NOT NULL,"
    " stream_offset BIGINT NOT NULL)",
    "INSERT INTO stream_position (id, epoch, stream_offset) VALUES (1, '', 0)",
    "CREATE TABLE stream_epochs (number BIGINT PRIMARY KEY, epoch TEXT NOT NULL UNIQUE)",
    "CREATE TABLE events (id TEXT NOT NULL, rev BIGINT NOT NULL, epoch BIGINT NOT NULL,"
    " stream_offset BIGINT NOT NULL, ts_pub BIGINT NOT NULL, ts BIGINT NOT NULL,"
    " symbol TEXT NOT NULL, type TEXT NOT NULL, direction TEXT, source TEXT NOT NULL,"
    " session TEXT NOT NULL, session_date TEXT NOT NULL, priority BIGINT NOT NULL, price BIGINT,"
    " volume BIGINT NOT NULL, score DOUBLE PRECISION NOT NULL, body TEXT NOT NULL,"
    " PRIMARY KEY (id, rev))",
    "CREATE INDEX events_by_ts ON events (ts)",
    "CREATE INDEX events_by_symbol ON events (symbol, ts)",
    "CREATE INDEX events_by_type ON events (type, ts)",
    "CREATE INDEX events_by_symbol_type ON events (symbol, type, ts)",
    "CREATE TABLE storage_gaps (epoch BIGINT NOT NULL, first_offset BIGINT NOT NULL,"
    " last_offset BIGINT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL)",
    "CREATE TABLE session_stats (symbol TEXT NOT NULL, session_date TEXT NOT NULL,"
    " session TEXT NOT NULL, high BIGINT, high_ts BIGINT, low BIGINT, low_ts BIGINT,"
    " highs BIGINT NOT NULL, lows BIGINT NOT NULL, trends_up BIGINT NOT NULL,"
    " trends_down BIGINT NOT NULL, surges_up BIGINT NOT NULL, surges_down BIGINT NOT NULL,"
    " last_price BIGINT NOT NULL, last_ts BIGINT NOT NULL, last_epoch BIGINT NOT NULL,"
    " last_offset BIGINT NOT NULL, PRIMARY KEY (symbol, session_date, session))",
    "CREATE INDEX session_stats_by_date ON session_stats (session_date)",
    "CREATE TABLE market_analytics (at BIGINT PRIMARY KEY, width BIGINT NOT NULL,"
    " events BIGINT NOT NULL, highs BIGINT NOT NULL, lows BIGINT NOT NULL,"
    " trends_up BIGINT NOT NULL, trends_down BIGINT NOT NULL, surges_up BIGINT NOT NULL,"
    " surges_down BIGINT NOT NULL, symbols BIGINT NOT NULL, trades BIGINT NOT NULL,"
    " buying_pressure DOUBLE PRECISION, selling_pressure DOUBLE PRECISION,"
    " activity_level TEXT NOT NULL)",
    "CREATE TABLE event_counts (at BIGINT NOT NULL, component TEXT NOT NULL,"
    " event_type TEXT NOT NULL, count BIGINT NOT NULL, PRIMARY KEY (at, component, event_type))",
    "CREATE TABLE performance_metrics (at BIGINT NOT NULL, component TEXT NOT NULL,"
    " metric_name TEXT NOT NULL, value DOUBLE PRECISION NOT NULL,"
    " PRIMARY KEY (at, component, metric_name))",
    "CREATE INDEX performance_metrics_by_name ON performance_metrics (component, metric_name, at)",
};

constexpr std::array<SqlText, 6> to_version_2{
    "CREATE TABLE comparison_differences (at BIGINT NOT NULL, row_key TEXT NOT NULL,"
    " symbol TEXT NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, direction TEXT,"
    " sequence BIGINT NOT NULL, clock BIGINT NOT NULL, in_charge BIGINT NOT NULL,"
    " late BIGINT NOT NULL, linear TEXT, multi_channel TEXT, record TEXT,"
    " PRIMARY KEY (at, row_key))",
    "CREATE TABLE flag_audit (wall BIGINT NOT NULL, sequence BIGINT NOT NULL, kind TEXT NOT NULL,"
    " clock BIGINT NOT NULL, changed_by TEXT NOT NULL, change TEXT NOT NULL, reason TEXT NOT NULL,"
    " phase BIGINT NOT NULL, percentage DOUBLE PRECISION, PRIMARY KEY (wall, sequence, kind))",
    "CREATE TABLE incidents (id TEXT PRIMARY KEY, wall BIGINT NOT NULL, clock BIGINT NOT NULL,"
    " sequence BIGINT, opened_by TEXT NOT NULL, cause TEXT NOT NULL, description TEXT NOT NULL,"
    " phase BIGINT NOT NULL, percentage DOUBLE PRECISION, symbols BIGINT NOT NULL,"
    " paths TEXT NOT NULL, comparison TEXT NOT NULL, error_rate_percent DOUBLE PRECISION,"
    " mean_ms DOUBLE PRECISION, resolved BIGINT, resolved_by TEXT)",
    "CREATE INDEX incidents_by_time ON incidents (wall, id)",
    "CREATE TABLE alerts (raised BIGINT NOT NULL, type TEXT NOT NULL, channel TEXT NOT NULL,"
    " severity TEXT NOT NULL, message TEXT NOT NULL, value DOUBLE PRECISION,"
    " threshold DOUBLE PRECISION, resolved BIGINT, seen BIGINT NOT NULL, cut_off BIGINT NOT NULL,"
    " runbook TEXT, PRIMARY KEY (raised, type, channel))",
    "UPDATE schema_version SET version = 2",
};

SqlError refused(const SqlConnection& connection, std::string_view what) {
    return {SqlError::Kind::Refused, fmt::format("{}: {}", connection.name(), what)};
}

SqlError newer(const SqlConnection& connection, std::int64_t version) {
    return refused(connection,
                   fmt::format("has schema version {}, of a newer TickStock; accepted are "
                               "versions up to {}",
                               version, storage_schema_version));
}

Result<SqlDone, SqlError> migrate_locked(SqlConnection& connection) {
    if (connection.dialect() == Dialect::Postgres) {
        // Until the end of the transaction; a number of our own. SQLite has one writer anyway.
        const auto locked = connection.query("SELECT pg_advisory_xact_lock(7521064833019)", {});
        if (!locked) {
            return locked.error();
        }
    }
    const auto version = stored_schema_version(connection);
    if (!version) {
        return version.error();
    }
    if (*version > storage_schema_version) {
        return newer(connection, *version);
    }
    const std::span<const SqlText> steps[] = {to_version_1, to_version_2};
    static_assert(std::size(steps) == storage_schema_version);
    for (const auto& step : std::span(steps).subspan(static_cast<std::size_t>(*version))) {
        for (const SqlText sql : step) {
            if (const auto done = connection.execute(sql, {}); !done) {
                return done.error();
            }
        }
    }
    return SqlDone{};
}

}  // namespace

Result<std::int64_t, SqlError> stored_schema_version(SqlConnection& connection) {
    const auto tables = connection.dialect() == Dialect::Sqlite
                            ? connection.query(
                                  "SELECT count(*) FROM sqlite_master WHERE type = 'table'"
                                  " AND name = 'schema_version'",
                                  {})
                            : connection.query(
                                  "SELECT count(*) FROM information_schema.tables"
                                  " WHERE table_schema = current_schema()"
                                  " AND table_name = 'schema_version'",
                                  {});
    if (!tables) {
        return tables.error();
    }
    if (std::get<std::int64_t>(tables->at(0).at(0)) == 0) {
        return std::int64_t{0};
    }
    const auto rows = connection.query("SELECT max(version), count(*) FROM schema_version", {});
    if (!rows) {
        return rows.error();
    }
    const auto* version = std::get_if<std::int64_t>(&rows->at(0).at(0));
    if (version == nullptr || *version < 1) {
        return refused(connection, "its table schema_version is not one of TickStock's");
    }
    return *version;
}

Result<SqlDone, SqlError> migrate(SqlConnection& connection) {
    const auto version = stored_schema_version(connection);
    if (!version) {
        return version.error();
    }
    if (*version == storage_schema_version) {
        return SqlDone{};
    }
    if (*version > storage_schema_version) {
        return newer(connection, *version);
    }
    auto done = connection.begin();
    if (done) {
        done = migrate_locked(connection);
    }
    if (done) {
        done = connection.commit();
    }
    if (!done) {
        connection.roll_back();
    }
    return done;
}

Result<SqlDone, SqlError> check_schema(SqlConnection& connection) {
    const auto version = stored_schema_version(connection);
    if (!version) {
        return version.error();
    }
    if (*version > storage_schema_version) {
        return newer(connection, *version);
    }
    if (*version < storage_schema_version) {
        return refused(connection,
                       *version == 0
                           ? std::string("holds no events of TickStock: no server has stored "
                                         "any there")
                           : fmt::format("has schema version {}; a server of this version "
                                         "brings it to {}",
                                         *version, storage_schema_version));
    }
    return SqlDone{};
}

}  // namespace tickstock
