#include "storage/operations_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/row_values.hpp"

namespace tickstock {
namespace {

/// Where a row stands in its table: its time, and what tells it from others of that time.
struct RowKey {
    std::int64_t at = 0;
    std::string first;
    std::string second;
};

/// "time|length of first|first and second".
std::string to_text(const RowKey& key) {
    return fmt::format("{}|{}|{}{}", key.at, key.first.size(), key.first, key.second);
}

/// A key that is not one of ours begins anywhere, which does no harm.
RowKey read_key(std::string_view text) {
    RowKey key;
    std::size_t length = 0;
    const auto number = [&](auto& value) {
        const auto end = std::min(text.find('|'), text.size());
        std::from_chars(text.data(), text.data() + end, value);
        text.remove_prefix(std::min(end + 1, text.size()));
    };
    number(key.at);
    number(length);
    key.first = text.substr(0, length);
    key.second = text.substr(std::min(length, text.size()));
    return key;
}

/// $1 … of every statement: the range, and the key behind which it begins, of one text or two.
struct Bounds {
    Bounds(const OperationsRange& range, int texts) : back(range.order == HistoryOrder::Newest) {
        const RowKey after = read_key(range.after);
        const std::int64_t begin =
            range.after.empty() ? to_ns(back ? range.to : range.from) : after.at;
        values = {back ? to_ns(range.from) : begin, back ? begin : to_ns(range.to), after.first};
        if (texts == 2) {
            values.emplace_back(after.second);
        }
    }
    bool back;
    std::vector<SqlValue> values;
};

SqlValue state_of(std::optional<bool> stands) {
    return stands ? SqlValue{std::string(*stands ? "stands" : "resolved")} : SqlValue{};
}

/// Asks for one row more than the page has, and makes the page and its `next` of them.
template <class Row, class MakeRow, class MakeKey>
Result<HistoryPage<Row>, SqlError> page_of(SqlConnection& database, SqlText back, SqlText on,
                                           const OperationsRange& range, Bounds bounds,
                                           MakeRow make_row, MakeKey make_key) {
    bounds.values.emplace_back(static_cast<std::int64_t>(range.limit) + 1);
    auto rows = database.query(bounds.back ? back : on, bounds.values);
    if (!rows) {
        return rows.error();
    }
    HistoryPage<Row> page;
    for (SqlRow& row : *rows) {
        if (page.rows.size() == range.limit) {
            page.next = to_text(make_key(page.rows.back()));
            break;
        }
        page.rows.push_back(make_row(row));
    }
    return page;
}

DifferenceRow difference_of(SqlRow& row) {
    DifferenceRow difference;
    difference.at = number_of(row[0]);
    difference.row_key = take_text(row[1]);
    difference.symbol = take_text(row[2]);
    difference.kind = take_text(row[3]);
    difference.type = take_text(row[4]);
    difference.direction = take_text(row[5]);
    difference.sequence = number_of(row[6]);
    difference.clock = number_of(row[7]);
    difference.in_charge = number_of(row[8]) != 0;
    difference.late = number_of(row[9]) != 0;
    difference.linear = take_text(row[10]);
    difference.multi_channel = take_text(row[11]);
    difference.record = take_text(row[12]);
    return difference;
}

AuditRow audit_of(SqlRow& row) {
    return {number_of(row[0]), number_of(row[1]), take_text(row[2]),
            number_of(row[3]), take_text(row[4]), take_text(row[5]),
            take_text(row[6]), number_of(row[7]), real_or_null(row[8]).value_or(0)};
}

IncidentRow incident_of(SqlRow& row) {
    IncidentRow incident;
    incident.id = take_text(row[0]);
    incident.wall = number_of(row[1]);
    incident.clock = number_of(row[2]);
    incident.sequence = number_of(row[3]);
    incident.opened_by = take_text(row[4]);
    incident.cause = take_text(row[5]);
    incident.description = take_text(row[6]);
    incident.phase = number_of(row[7]);
    incident.percentage = real_or_null(row[8]).value_or(0);
    incident.symbols = number_of(row[9]);
    incident.paths = take_text(row[10]);
    incident.comparison = take_text(row[11]);
    incident.error_rate_percent = real_or_null(row[12]).value_or(0);
    incident.mean_ms = real_or_null(row[13]).value_or(0);
    incident.resolved = number_or_null(row[14]);
    incident.resolved_by = take_text(row[15]);
    return incident;
}

StoredAlert alert_of(SqlRow& row) {
    StoredAlert stored;
    AlertRow& alert = stored.alert;
    alert.raised = number_of(row[0]);
    alert.type = take_text(row[1]);
    alert.channel = take_text(row[2]);
    alert.severity = take_text(row[3]);
    alert.message = take_text(row[4]);
    alert.value = real_or_null(row[5]).value_or(0);
    alert.threshold = real_or_null(row[6]).value_or(0);
    alert.resolved = number_or_null(row[7]);
    alert.seen = number_of(row[8]);
    stored.cut_off = number_of(row[9]) != 0;
    alert.runbook = take_text(row[10]);
    return stored;
}

}  // namespace

Result<HistoryPage<DifferenceRow>, SqlError> query_differences(SqlConnection& database,
                                                               const DifferenceQuery& query) {
#define TS_DIFFERENCES                                                               \
    "SELECT at, row_key, symbol, kind, type, direction, sequence, clock, in_charge," \
    " late, linear, multi_channel, record FROM comparison_differences"               \
    " WHERE (CAST($4 AS TEXT) IS NULL OR symbol = $4)"                               \
    " AND (CAST($5 AS TEXT) IS NULL OR kind = $5)"                                   \
    " AND (CAST($6 AS TEXT) IS NULL OR type = $6)"
    static constexpr SqlText back = TS_DIFFERENCES
        " AND at >= $1 AND at <= $2 AND (at, row_key) < ($2, $3)"
        " ORDER BY at DESC, row_key DESC LIMIT $7";
    static constexpr SqlText on = TS_DIFFERENCES
        " AND at >= $1 AND at < $2 AND (at, row_key) > ($1, $3)"
        " ORDER BY at, row_key LIMIT $7";
#undef TS_DIFFERENCES
    Bounds bounds(query.range, 1);
    for (const std::string* const filter : {&query.symbol, &query.kind, &query.type}) {
        bounds.values.push_back(text_or_null(*filter));
    }
    return page_of<DifferenceRow>(database, back, on, query.range, std::move(bounds), difference_of,
                                  [](const DifferenceRow& row) {
                                      return RowKey{row.at, row.row_key, ""};
                                  });
}

Result<HistoryPage<AuditRow>, SqlError> query_audit(SqlConnection& database,
                                                    const AuditQuery& query) {
#define TS_AUDIT                                                                        \
    "SELECT wall, sequence, kind, clock, changed_by, change, reason, phase, percentage" \
    " FROM flag_audit WHERE (CAST($5 AS TEXT) IS NULL OR kind = $5)"                    \
    " AND (CAST($6 AS TEXT) IS NULL OR changed_by = $6)"
    static constexpr SqlText back = TS_AUDIT
        " AND wall >= $1 AND wall <= $2 AND (wall, sequence, kind) < ($2, $3, $4)"
        " ORDER BY wall DESC, sequence DESC, kind DESC LIMIT $7";
    static constexpr SqlText on = TS_AUDIT
        " AND wall >= $1 AND wall < $2 AND (wall, sequence, kind) > ($1, $3, $4)"
        " ORDER BY wall, sequence, kind LIMIT $7";
#undef TS_AUDIT
    Bounds bounds(query.range, 2);
    std::int64_t sequence = 0;  // the key's first part is a number here
    const std::string first = std::get<std::string>(bounds.values[2]);
    std::from_chars(first.data(), first.data() + first.size(), sequence);
    bounds.values[2] = sequence;
    bounds.values.push_back(text_or_null(query.kind));
    bounds.values.push_back(text_or_null(query.changed_by));
    return page_of<AuditRow>(database, back, on, query.range, std::move(bounds), audit_of,
                             [](const AuditRow& row) {
                                 return RowKey{row.wall, std::to_string(row.sequence), row.kind};
                             });
}

Result<HistoryPage<IncidentRow>, SqlError> query_incidents(SqlConnection& database,
                                                           const IncidentQuery& query) {
#define TS_INCIDENTS                                                                      \
    "SELECT id, wall, clock, sequence, opened_by, cause, description, phase, percentage," \
    " symbols, paths, comparison, error_rate_percent, mean_ms, resolved, resolved_by"     \
    " FROM incidents WHERE (CAST($4 AS TEXT) IS NULL OR cause = $4)"                      \
    " AND (CAST($5 AS TEXT) IS NULL"                                                      \
    " OR CASE WHEN resolved IS NULL THEN 'stands' ELSE 'resolved' END = $5)"
    static constexpr SqlText back = TS_INCIDENTS
        " AND wall >= $1 AND wall <= $2 AND (wall, id) < ($2, $3)"
        " ORDER BY wall DESC, id DESC LIMIT $6";
    static constexpr SqlText on = TS_INCIDENTS
        " AND wall >= $1 AND wall < $2 AND (wall, id) > ($1, $3) ORDER BY wall, id LIMIT $6";
#undef TS_INCIDENTS
    Bounds bounds(query.range, 1);
    bounds.values.push_back(text_or_null(query.cause));
    bounds.values.push_back(state_of(query.stands));
    return page_of<IncidentRow>(database, back, on, query.range, std::move(bounds), incident_of,
                                [](const IncidentRow& row) {
                                    return RowKey{row.wall, row.id, ""};
                                });
}

Result<HistoryPage<StoredAlert>, SqlError> query_alerts(SqlConnection& database,
                                                        const AlertQuery& query) {
#define TS_ALERTS                                                                        \
    "SELECT raised, type, channel, severity, message, value, threshold, resolved, seen," \
    " cut_off, runbook FROM alerts WHERE (CAST($5 AS TEXT) IS NULL OR type = $5)"        \
    " AND (CAST($6 AS TEXT) IS NULL OR channel = $6)"                                    \
    " AND (CAST($7 AS TEXT) IS NULL OR severity = $7)"                                   \
    " AND (CAST($8 AS TEXT) IS NULL"                                                     \
    " OR CASE WHEN resolved IS NULL THEN 'stands' ELSE 'resolved' END = $8)"
    static constexpr SqlText back = TS_ALERTS
        " AND raised >= $1 AND raised <= $2 AND (raised, type, channel) < ($2, $3, $4)"
        " ORDER BY raised DESC, type DESC, channel DESC LIMIT $9";
    static constexpr SqlText on = TS_ALERTS
        " AND raised >= $1 AND raised < $2 AND (raised, type, channel) > ($1, $3, $4)"
        " ORDER BY raised, type, channel LIMIT $9";
#undef TS_ALERTS
    Bounds bounds(query.range, 2);
    for (const std::string* const filter : {&query.type, &query.channel, &query.severity}) {
        bounds.values.push_back(text_or_null(*filter));
    }
    bounds.values.push_back(state_of(query.stands));
    return page_of<StoredAlert>(
        database, back, on, query.range, std::move(bounds), alert_of, [](const StoredAlert& row) {
            return RowKey{row.alert.raised, row.alert.type, row.alert.channel};
        });
}

}  // namespace tickstock
