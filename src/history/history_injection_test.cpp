// Texts that are SQL where somebody puts them into a statement, through every text that a question
// to the history has (RELIABILITY row 31).
#include <gtest/gtest.h>

#include "history/history_json.hpp"
#include "history/parameter_reader.hpp"
#include "storage/test_injection.hpp"
#include "storage/test_operations.hpp"
#include "storage/test_sql.hpp"

namespace tickstock {
namespace {

using namespace test_database;

class HistoryInjectionTest : public SqlTest {};
INSTANTIATE_TEST_SUITE_P(Both, HistoryInjectionTest,
                         ::testing::Values(SqlConnection::Dialect::Sqlite,
                                           SqlConnection::Dialect::Postgres),
                         dialect_word);

std::string schema_of(SqlConnection& connection) {
    if (connection.dialect() == SqlConnection::Dialect::Sqlite) {
        return rows_of(connection,
                       "SELECT type || name || coalesce(sql, '') FROM sqlite_master ORDER BY 1");
    }
    return rows_of(connection,
                   "SELECT table_name || column_name || data_type FROM"
                   " information_schema.columns WHERE table_schema = 'public' ORDER BY 1");
}

std::string rows_in(SqlConnection& connection) {
    return rows_of(connection,
                   "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM session_stats),"
                   " (SELECT count(*) FROM performance_metrics), (SELECT count(*) FROM"
                   " comparison_differences), (SELECT count(*) FROM flag_audit), (SELECT count(*)"
                   " FROM incidents), (SELECT count(*) FROM alerts), (SELECT version FROM"
                   " schema_version)");
}

TEST_P(HistoryInjectionTest, NoTextOfAQuestionBecomesSql) {
    const auto connection = database->open_migrated();
    StorageBatch batch;
    batch.after = {"epoch-a", 20};
    for (std::int64_t offset = 1; offset <= 20; ++offset) {
        batch.events.push_back(make_row(offset));
    }
    batch.metrics.push_back({1, "stream", "rate", 1});
    batch.operations = make_operations(3);
    ASSERT_TRUE(EventStore(*connection).store(batch));
    const std::string schema = schema_of(*connection);
    const std::string rows = rows_in(*connection);
    const auto all = injection_payloads();
    ASSERT_GE(all.size(), 200U);
    for (const std::string& text : all) {
        // As it passes the checks of parameters, and as it would without them.
        EventQuery events;
        events.symbols = {text};
        events.after = EventKey{unix_nanos(1'800'000'000'000'000'000), text, 0};
        SessionQuery of_date;
        of_date.date = text;
        of_date.symbol = text;
        of_date.after = "5|" + text + "|" + text;
        SessionQuery of_symbol;
        of_symbol.symbol = text;
        of_symbol.after = of_date.after;
        CountQuery counts;
        counts.component = text;
        counts.event_type = text;
        MetricQuery metrics;
        metrics.component = text;
        metrics.name = text;
        metrics.after = of_date.after;
        DifferenceQuery differences;
        differences.symbol = differences.kind = differences.type = text;
        differences.range.after = "5|3|" + text;
        AuditQuery audit;
        audit.kind = audit.changed_by = audit.range.after = text;
        IncidentQuery incidents;
        incidents.cause = incidents.range.after = text;
        AlertQuery alerts;
        alerts.type = alerts.channel = alerts.severity = alerts.range.after = text;
        const std::vector<std::pair<HistoryRequest, std::string>> questions{
            {events, "events"}, {of_date, "sessions"},    {of_symbol, "sessions"},
            {counts, "counts"}, {metrics, "metrics"},     {differences, "differences"},
            {audit, "audit"},   {incidents, "incidents"}, {alerts, "alerts"}};
        for (const auto& [request, name] : questions) {
            const auto page = history_page(*connection, request);
            ASSERT_TRUE(page) << name << ' ' << text << ": " << page.error().message;
            EXPECT_EQ(*page, "{\"" + name + "\":[],\"next\":null}") << text;
        }
        const std::vector<std::pair<std::string, std::string>> parameters{{"name", text}};
        const auto parsed = parse_history_request(HistoryKind::Metrics, parameters, unix_nanos(0));
        if (parsed) {
            EXPECT_EQ(std::get<MetricQuery>(*parsed).name, text);
        }
    }
    EXPECT_EQ(schema_of(*connection), schema);
    EXPECT_EQ(rows_in(*connection), rows);
}

}  // namespace
}  // namespace tickstock
