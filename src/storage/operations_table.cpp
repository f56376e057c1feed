#include "storage/operations_table.hpp"

#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "storage/row_values.hpp"

namespace tickstock {
namespace {

constexpr SqlText upsert_difference =
    "INSERT INTO comparison_differences (at, row_key, symbol, kind, type, direction, sequence,"
    " clock, in_charge, late, linear, multi_channel, record)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    " ON CONFLICT (at, row_key) DO UPDATE SET clock = excluded.clock,"
    " in_charge = excluded.in_charge, late = CASE WHEN comparison_differences.late = 1 THEN 1"
    " ELSE excluded.late END, linear = excluded.linear, multi_channel = excluded.multi_channel,"
    " record = COALESCE(excluded.record, comparison_differences.record)";

constexpr SqlText upsert_audit =
    "INSERT INTO flag_audit (wall, sequence, kind, clock, changed_by, change, reason, phase,"
    " percentage) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    " ON CONFLICT (wall, sequence, kind) DO UPDATE SET clock = excluded.clock,"
    " changed_by = excluded.changed_by, change = excluded.change, reason = excluded.reason,"
    " phase = excluded.phase, percentage = excluded.percentage";

constexpr SqlText upsert_incident =
    "INSERT INTO incidents (id, wall, clock, sequence, opened_by, cause, description, phase,"
    " percentage, symbols, paths, comparison, error_rate_percent, mean_ms, resolved, resolved_by)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    " ON CONFLICT (id) DO UPDATE SET wall = excluded.wall, clock = excluded.clock,"
    " sequence = excluded.sequence, opened_by = excluded.opened_by, cause = excluded.cause,"
    " description = excluded.description, phase = excluded.phase,"
    " percentage = excluded.percentage, symbols = excluded.symbols, paths = excluded.paths,"
    " comparison = excluded.comparison, error_rate_percent = excluded.error_rate_percent,"
    " mean_ms = excluded.mean_ms, resolved = excluded.resolved,"
    " resolved_by = excluded.resolved_by";

constexpr SqlText upsert_alert =
    "INSERT INTO alerts (raised, type, channel, severity, message, value, threshold, resolved,"
    " seen, cut_off, runbook) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)"
    " ON CONFLICT (raised, type, channel) DO UPDATE SET severity = excluded.severity,"
    " message = excluded.message, value = excluded.value, threshold = excluded.threshold,"
    " cut_off = CASE WHEN alerts.resolved = excluded.resolved THEN alerts.cut_off ELSE 0 END,"
    " resolved = excluded.resolved, seen = excluded.seen, runbook = excluded.runbook";

constexpr SqlText close_alerts =
    "UPDATE alerts SET resolved = seen, cut_off = 1 WHERE resolved IS NULL";

/// As a database takes it: UTF-8 without NUL.
std::string clean(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = text.front() == '\0' ? 0 : utf8_sequence(text);
        length == 0 ? out += '?' : out += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out;
}

SqlValue clean_or_null(const std::string& text) {
    return text_or_null(clean(text));
}

/// NULL for what is no number: SQLite keeps none.
SqlValue finite(double value) {
    return std::isfinite(value) ? SqlValue{value} : SqlValue{};
}

SqlValue time_or_null(std::optional<std::int64_t> time) {
    return time ? SqlValue{*time} : SqlValue{};
}

std::int64_t bit(bool value) {
    return value ? 1 : 0;
}

SqlRow row_of(const DifferenceRow& row) {
    return {row.at,
            clean(row.row_key),
            clean(row.symbol),
            row.kind,
            row.type,
            text_or_null(row.direction),
            row.sequence,
            row.clock,
            bit(row.in_charge),
            bit(row.late),
            clean_or_null(row.linear),
            clean_or_null(row.multi_channel),
            clean_or_null(row.record)};
}

SqlRow row_of(const AuditRow& row) {
    return {row.wall,
            row.sequence,
            clean(row.kind),
            row.clock,
            clean(row.changed_by),
            clean(row.change),
            clean(row.reason),
            row.phase,
            finite(row.percentage)};
}

SqlRow row_of(const IncidentRow& row) {
    return {clean(row.id),
            row.wall,
            row.clock,
            row.sequence == 0 ? SqlValue{} : SqlValue{row.sequence},
            clean(row.opened_by),
            clean(row.cause),
            clean(row.description),
            row.phase,
            finite(row.percentage),
            row.symbols,
            clean(row.paths),
            clean(row.comparison),
            finite(row.error_rate_percent),
            finite(row.mean_ms),
            time_or_null(row.resolved),
            clean_or_null(row.resolved_by)};
}

SqlRow row_of(const AlertRow& row) {
    return {row.raised,
            clean(row.type),
            clean(row.channel),
            row.severity,
            clean(row.message),
            finite(row.value),
            finite(row.threshold),
            time_or_null(row.resolved),
            row.seen,
            clean_or_null(row.runbook)};
}

template <class Row>
Result<SqlDone, SqlError> store_each(SqlConnection& connection, SqlText sql,
                                     const std::vector<Row>& rows) {
    if (rows.empty()) {
        return SqlDone{};
    }
    std::vector<SqlRow> values;
    values.reserve(rows.size());
    for (const Row& row : rows) {
        values.push_back(row_of(row));
    }
    return connection.execute_each(sql, values);
}

}  // namespace

Result<SqlDone, SqlError> store_operations(SqlConnection& connection, const OperationsRows& rows) {
    Result<SqlDone, SqlError> done = SqlDone{};
    if (rows.closes_alerts) {
        done = connection.execute(close_alerts, {});
    }
    done = done ? store_each(connection, upsert_difference, rows.differences) : done;
    done = done ? store_each(connection, upsert_audit, rows.audit) : done;
    done = done ? store_each(connection, upsert_incident, rows.incidents) : done;
    return done ? store_each(connection, upsert_alert, rows.alerts) : done;
}

Result<SqlDone, SqlError> remove_operations_before(SqlConnection& connection, std::int64_t market,
                                                   std::int64_t wall, std::int64_t most) {
    struct Removal {
        SqlText sql;
        std::int64_t before;
    };
    const Removal removals[] = {
        {"DELETE FROM comparison_differences WHERE (at, row_key) IN"
         " (SELECT at, row_key FROM comparison_differences WHERE at < $1 ORDER BY at LIMIT $2)",
         market},
        {"DELETE FROM flag_audit WHERE (wall, sequence, kind) IN"
         " (SELECT wall, sequence, kind FROM flag_audit WHERE wall < $1 ORDER BY wall LIMIT $2)",
         wall},
        {"DELETE FROM incidents WHERE id IN (SELECT id FROM incidents"
         " WHERE wall < $1 AND resolved IS NOT NULL ORDER BY wall LIMIT $2)",
         wall},
        {"DELETE FROM alerts WHERE (raised, type, channel) IN"
         " (SELECT raised, type, channel FROM alerts"
         " WHERE raised < $1 AND resolved IS NOT NULL ORDER BY raised LIMIT $2)",
         wall},
    };
    SqlDone all;
    for (const auto& [sql, before] : removals) {
        const SqlRow values{before, most};
        const auto done = connection.execute(sql, values);
        if (!done) {
            return done.error();
        }
        all.changed += done->changed;
    }
    return all;
}

}  // namespace tickstock
