// What storage keeps of the rollout and of alerts: written, replaced, closed, removed, asked for.
#include <gtest/gtest.h>

#include <limits>

#include "storage/operations_query.hpp"
#include "storage/operations_table.hpp"
#include "storage/test_injection.hpp"
#include "storage/test_operations.hpp"
#include "storage/test_sql.hpp"

namespace tickstock::test_database {
namespace {

using Dialect = SqlConnection::Dialect;

class OperationsTableTest : public SqlTest {
protected:
    /// One transaction, as the writer's.
    void store(OperationsRows rows) {
        StorageBatch batch;
        batch.operations = std::move(rows);
        const auto done = EventStore(*connection).store(batch);
        ASSERT_TRUE(done) << done.error().message;
    }
    void SetUp() override {
        SqlTest::SetUp();
        if (!IsSkipped()) {
            connection = database->open_migrated();
        }
    }
    std::string counts() {
        return rows_of(*connection,
                       "SELECT (SELECT count(*) FROM comparison_differences),"
                       " (SELECT count(*) FROM flag_audit), (SELECT count(*) FROM incidents),"
                       " (SELECT count(*) FROM alerts)");
    }
    std::unique_ptr<SqlConnection> connection;
};
INSTANTIATE_TEST_SUITE_P(Both, OperationsTableTest,
                         ::testing::Values(Dialect::Sqlite, Dialect::Postgres), dialect_word);

template <class Query>
Query with_limit(std::size_t limit, HistoryOrder order = HistoryOrder::Newest) {
    Query query;
    query.range.limit = limit;
    query.range.order = order;
    return query;
}

TEST_P(OperationsTableTest, RowsComeBackAsTheyWereGiven) {
    OperationsRows rows = make_operations(1);
    rows.incidents[0].resolved = 7;
    rows.incidents[0].resolved_by = "api:ann";
    store(rows);
    const DifferenceRow difference = query_differences(*connection, {})->rows.at(0);
    const DifferenceRow& told = rows.differences[0];
    EXPECT_EQ(std::tie(difference.at, difference.row_key, difference.symbol, difference.kind,
                       difference.type, difference.direction, difference.sequence, difference.clock,
                       difference.in_charge, difference.late, difference.linear,
                       difference.multi_channel, difference.record),
              std::tie(told.at, told.row_key, told.symbol, told.kind, told.type, told.direction,
                       told.sequence, told.clock, told.in_charge, told.late, told.linear,
                       told.multi_channel, told.record));
    const AuditRow audit = query_audit(*connection, {})->rows.at(0);
    EXPECT_EQ(audit.key(), rows.audit[0].key());
    EXPECT_EQ(std::tie(audit.clock, audit.changed_by, audit.change, audit.reason, audit.phase,
                       audit.percentage),
              std::tie(rows.audit[0].clock, rows.audit[0].changed_by, rows.audit[0].change,
                       rows.audit[0].reason, rows.audit[0].phase, rows.audit[0].percentage));
    EXPECT_EQ(query_incidents(*connection, {})->rows.at(0), rows.incidents[0]);
    EXPECT_EQ(query_alerts(*connection, {})->rows.at(0).alert, rows.alerts[0]);
}

TEST_P(OperationsTableTest, ToldAgainRowsAreReplacedNotDoubled) {
    store(make_operations(5));
    OperationsRows again = make_operations(5);
    again.differences[0].late = true;
    again.incidents[0].resolved = 99;
    again.alerts[0].resolved = 98;
    again.alerts[0].severity = "critical";
    store(again);
    store(make_operations(0));
    EXPECT_EQ(counts(), "5|5|5|5\n");
    EXPECT_EQ(rows_of(*connection, "SELECT late FROM comparison_differences ORDER BY at LIMIT 1"),
              "1\n");
    EXPECT_EQ(rows_of(*connection, "SELECT resolved FROM incidents ORDER BY wall LIMIT 1"), "99\n");
    EXPECT_EQ(rows_of(*connection, "SELECT resolved, severity FROM alerts ORDER BY raised LIMIT 1"),
              "98|critical\n");
    OperationsRows early;  // a replay tells of it as missing again, before it comes late again
    early.differences = {make_difference(1)};
    store(early);
    EXPECT_EQ(rows_of(*connection, "SELECT late FROM comparison_differences ORDER BY at LIMIT 1"),
              "1\n");
}

TEST_P(OperationsTableTest, AlertsOfAnEarlierProcessAreClosedAsLastSeen) {
    store(make_operations(3));
    OperationsRows next;
    next.closes_alerts = true;
    next.alerts = {make_alert(2)};
    next.alerts[0].seen = 12345;
    store(next);
    const auto page = query_alerts(*connection, with_limit<AlertQuery>(10, HistoryOrder::Oldest));
    ASSERT_EQ(page->rows.size(), 3U);
    EXPECT_EQ(page->rows[0].alert.resolved, make_alert(1).seen);
    EXPECT_TRUE(page->rows[0].cut_off);
    EXPECT_EQ(page->rows[1].alert.resolved, std::nullopt);
    EXPECT_EQ(page->rows[1].alert.seen, 12345);
    EXPECT_FALSE(page->rows[1].cut_off);
    // Told again as it was read back: the mark stays.
    OperationsRows read_back;
    read_back.alerts = {page->rows[0].alert};
    store(read_back);
    EXPECT_TRUE(query_alerts(*connection, with_limit<AlertQuery>(10, HistoryOrder::Oldest))
                    ->rows[0]
                    .cut_off);
}

/// All rows of a query, page by page.
template <class Query, class Ask>
auto all_of(Query query, Ask ask) {
    auto page = ask(query);
    auto rows = page->rows;
    while (!page->next.empty()) {
        query.range.after = page->next;
        page = ask(query);
        EXPECT_FALSE(page->rows.empty());
        rows.insert(rows.end(), page->rows.begin(), page->rows.end());
    }
    return rows;
}

TEST_P(OperationsTableTest, PagesLeaveNothingOutInBothOrders) {
    OperationsRows rows = make_operations(23);
    for (std::int64_t i = 1; i <= 10; ++i) {  // of the same time
        rows.differences.push_back(make_difference(i));
        rows.differences.back().row_key += "b";
        rows.audit.push_back(make_audit(i));
        rows.audit.back().sequence += 1000;
        rows.incidents.push_back(make_incident(i));
        rows.incidents.back().id += "b";
        rows.alerts.push_back(make_alert(i));
        rows.alerts.back().channel += "|9|b";
    }
    store(rows);
    for (const auto order : {HistoryOrder::Newest, HistoryOrder::Oldest}) {
        std::vector<std::int64_t> times;
        for (const auto& row : all_of(with_limit<DifferenceQuery>(4, order), [&](const auto& q) {
                 return query_differences(*connection, q);
             })) {
            times.push_back(row.at);
        }
        EXPECT_EQ(times.size(), 33U);
        EXPECT_TRUE(order == HistoryOrder::Oldest ? std::is_sorted(times.begin(), times.end())
                                                  : std::is_sorted(times.rbegin(), times.rend()));
        EXPECT_EQ(all_of(with_limit<AuditQuery>(4, order),
                         [&](const auto& q) { return query_audit(*connection, q); })
                      .size(),
                  33U);
        EXPECT_EQ(all_of(with_limit<IncidentQuery>(4, order),
                         [&](const auto& q) { return query_incidents(*connection, q); })
                      .size(),
                  33U);
        EXPECT_EQ(all_of(with_limit<AlertQuery>(4, order),
                         [&](const auto& q) { return query_alerts(*connection, q); })
                      .size(),
                  33U);
    }
}

TEST_P(OperationsTableTest, FiltersAndTimesHold) {
    OperationsRows rows = make_operations(12);
    rows.incidents[0].resolved = 1;
    rows.alerts[0].resolved = 1;
    store(rows);
    DifferenceQuery differences;
    differences.symbol = "AAPL";
    EXPECT_EQ(query_differences(*connection, differences)->rows.size(), 6U);
    differences.kind = "missing";
    EXPECT_EQ(query_differences(*connection, differences)->rows.size(), 2U);
    differences.type = "low";
    EXPECT_TRUE(query_differences(*connection, differences)->rows.empty());
    for (const auto order : {HistoryOrder::Newest, HistoryOrder::Oldest}) {
        AuditQuery audit = with_limit<AuditQuery>(100, order);
        audit.range.from = unix_nanos(operations_start + 3 * a_second);
        audit.range.to = unix_nanos(operations_start + 7 * a_second);
        EXPECT_EQ(query_audit(*connection, audit)->rows.size(), 4U);  // 3 … 6
        audit.kind = "advance";
        EXPECT_EQ(query_audit(*connection, audit)->rows.size(), 2U);
        audit.changed_by = "nobody";
        EXPECT_TRUE(query_audit(*connection, audit)->rows.empty());
    }
    IncidentQuery incidents;
    incidents.stands = true;
    EXPECT_EQ(query_incidents(*connection, incidents)->rows.size(), 11U);
    incidents.stands = false;
    EXPECT_EQ(query_incidents(*connection, incidents)->rows.size(), 1U);
    incidents.cause = "latency";
    EXPECT_TRUE(query_incidents(*connection, incidents)->rows.empty());
    AlertQuery alerts;
    alerts.stands = false;
    EXPECT_EQ(query_alerts(*connection, alerts)->rows.size(), 1U);
    alerts.stands = true;
    alerts.channel = "tick";
    EXPECT_EQ(query_alerts(*connection, alerts)->rows.size(), 6U);
    alerts.severity = "error";
    EXPECT_EQ(query_alerts(*connection, alerts)->rows.size(), 2U);
    alerts.type = "FEED_STALE";
    EXPECT_TRUE(query_alerts(*connection, alerts)->rows.empty());
}

TEST_P(OperationsTableTest, RetentionSparesWhatStands) {
    OperationsRows rows = make_operations(10);
    for (std::size_t i = 0; i < 10; i += 2) {
        rows.incidents[i].resolved = 1;
        rows.alerts[i].resolved = 1;
    }
    store(rows);
    const std::int64_t middle = operations_start + 6 * a_second;
    EventStore events(*connection);
    EXPECT_EQ(events.remove_before(0, middle, 2)->changed, 6U);  // at most 2 a table
    EXPECT_EQ(counts(), "10|8|8|8\n");
    while (events.remove_before(middle, middle, 2)->changed > 0) {
    }
    EXPECT_EQ(counts(), "5|5|7|7\n");
    EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM alerts WHERE resolved IS NULL"), "5\n");
}

TEST_P(OperationsTableTest, ABrokenBatchStoresNothingOfIt) {
    StorageBatch batch;
    batch.before = {"another", 7};  // than the database has
    batch.operations = make_operations(3);
    EXPECT_FALSE(EventStore(*connection).store(batch));
    EXPECT_EQ(counts(), "0|0|0|0\n");
}

TEST_P(OperationsTableTest, AnyTextAndNumberCanBeStored) {
    OperationsRows rows;
    std::int64_t n = 0;
    for (std::string text : injection_payloads()) {
        AlertRow alert = make_alert(++n);
        alert.type = alert.channel = alert.message = text;
        rows.alerts.push_back(alert);
        AuditRow audit = make_audit(n);
        audit.kind = audit.changed_by = audit.change = audit.reason = text;
        rows.audit.push_back(audit);
        IncidentRow incident = make_incident(n);
        incident.id = incident.cause = incident.opened_by = incident.description = text;
        rows.incidents.push_back(incident);
        DifferenceRow difference = make_difference(n);
        difference.row_key = difference.symbol = difference.record = text;
        rows.differences.push_back(difference);
    }
    store(rows);
    std::vector<std::string> found;
    for (const auto& row : all_of(with_limit<AlertQuery>(100, HistoryOrder::Oldest),
                                  [&](const auto& q) { return query_alerts(*connection, q); })) {
        found.push_back(row.alert.message);
        EXPECT_EQ(row.alert.channel, row.alert.message);
    }
    EXPECT_EQ(found, injection_payloads());
    for (const std::string& text : injection_payloads()) {
        AuditQuery audit;
        audit.kind = audit.changed_by = text;
        EXPECT_EQ(query_audit(*connection, audit)->rows.size(), 1U) << text;
        IncidentQuery incident;
        incident.cause = text;
        EXPECT_EQ(query_incidents(*connection, incident)->rows.size(), 1U) << text;
        DifferenceQuery difference;
        difference.symbol = text;
        EXPECT_EQ(query_differences(*connection, difference)->rows.size(), 1U) << text;
        AlertQuery alert;
        alert.type = alert.channel = text;
        EXPECT_EQ(query_alerts(*connection, alert)->rows.size(), 1U) << text;
        difference = {};
        difference.range.after = text;  // no cursor of ours
        EXPECT_TRUE(query_differences(*connection, difference));
    }
}

TEST_P(OperationsTableTest, WhatADatabaseCannotHoldIsMadeHarmless) {
    OperationsRows rows = make_operations(1);
    rows.alerts[0].message = std::string(
        "a\0b\xff"
        "c\xc3\xb6",
        7);
    rows.alerts[0].value = std::numeric_limits<double>::quiet_NaN();
    rows.alerts[0].threshold = std::numeric_limits<double>::infinity();
    store(rows);
    EXPECT_EQ(rows_of(*connection, "SELECT message, value, threshold FROM alerts"),
              "a?b?c\xc3\xb6|-|-\n");
}

}  // namespace
}  // namespace tickstock::test_database
