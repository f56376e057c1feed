// What the history writer stores of the rollout and of alerts, and how it is asked for.
#include <gtest/gtest.h>

#include "history/history_json.hpp"
#include "history/history_writer.hpp"
#include "history/parameter_reader.hpp"
#include "history/test_stream.hpp"
#include "storage/test_operations.hpp"

namespace tickstock::test_history {
namespace {

using namespace test_database;
using Dialect = SqlConnection::Dialect;

class HistoryOperationsTest : public SqlTest {
protected:
    static std::string counts(SqlConnection& connection) {
        return rows_of(connection,
                       "SELECT (SELECT count(*) FROM comparison_differences),"
                       " (SELECT count(*) FROM flag_audit), (SELECT count(*) FROM incidents),"
                       " (SELECT count(*) FROM alerts)");
    }
    OperationsRows memory;  // of the running system
    std::function<OperationsRows(std::uint64_t)> ask = [this](std::uint64_t after) {
        OperationsRows rows = memory;
        std::erase_if(rows.differences,
                      [&](const DifferenceRow& row) { return row.number <= after; });
        return rows;
    };
    TestStream stream;
};
INSTANTIATE_TEST_SUITE_P(Both, HistoryOperationsTest,
                         ::testing::Values(Dialect::Sqlite, Dialect::Postgres), dialect_word);

TEST_P(HistoryOperationsTest, RowsAreStoredEachIntervalAndARestartDoublesNone) {
    const auto connection = database->open_migrated();
    memory = make_operations(3);
    {
        StepWriter test(stream, database->open(), 1000, {}, ask);
        EXPECT_EQ(test.drain().operations, 12U);
        EXPECT_EQ(counts(*connection), "3|3|3|3\n");
        memory = make_operations(4);
        test.writer.step();  // before the interval is over
        EXPECT_EQ(counts(*connection), "3|3|3|3\n");
        test.clock.advance(std::chrono::seconds(10));
        test.writer.step();
        EXPECT_EQ(counts(*connection), "4|4|4|4\n");
        EXPECT_EQ(test.writer.status().operations, 16U);
        EXPECT_EQ(test.writer.status().operations_lost, 0U);
    }
    memory.alerts.clear();  // another process: the audit and incidents are kept, alerts are not
    StepWriter test(stream, database->open(), 1000, {}, ask);
    test.drain();
    EXPECT_EQ(counts(*connection), "4|4|4|4\n");
    EXPECT_EQ(rows_of(*connection,
                      "SELECT count(*) FROM alerts WHERE cut_off = 1"
                      " AND resolved = seen"),
              "4\n");
}

TEST_P(HistoryOperationsTest, AnOutageIsBridgedFromMemoryAndLossIsCounted) {
    const auto real = database->open_migrated();
    auto faulty = std::make_unique<FaultyConnection>(*real);
    FaultyConnection& connection = *faulty;
    StepWriter test(stream, std::move(faulty), 1000, {}, ask);
    memory = make_operations(1);
    test.drain();
    memory = make_operations(5);
    for (int i = 0; i < 4; ++i) {
        connection.fail_at(0, FaultyConnection::Fault::Before, SqlError::Kind::Unreachable);
        test.clock.advance(std::chrono::seconds(30));
        test.writer.step();
        EXPECT_EQ(test.writer.status().state, HistoryState::Unreachable);
        if (i == 1) {  // memory goes on while the database is away: 6 is never seen
            memory.differences = {make_difference(7)};
            memory.audit.push_back(make_audit(6));
            memory.alerts.back().resolved = 77;
        }
    }
    EXPECT_EQ(test.writer.status().operations_waiting, 5U + 5U + 4U + 4U);
    const HistoryStatus status = test.drain();
    EXPECT_EQ(counts(*real), "6|6|5|5\n");
    EXPECT_EQ(rows_of(*real, "SELECT resolved FROM alerts WHERE resolved IS NOT NULL"), "77\n");
    EXPECT_EQ(status.operations_lost, 1U);
    EXPECT_EQ(status.operations_waiting, 0U);
}

TEST_P(HistoryOperationsTest, PagesHaveTheRowsAndParametersAreChecked) {
    const auto connection = database->open_migrated();
    memory = make_operations(2);
    memory.alerts[0].resolved = memory.alerts[0].raised + 3 * a_second;
    StepWriter(stream, database->open(), 1000, {}, ask).drain();
    const auto page = [&](HistoryKind kind,
                          const std::vector<std::pair<std::string, std::string>>& parameters) {
        const auto request = parse_history_request(kind, parameters, unix_nanos(0));
        if (!request) {
            return request.error().message();
        }
        return history_page(*connection, *request).value();
    };
    EXPECT_EQ(page(HistoryKind::Differences, {{"symbol", "MSFT"}}),
              R"({"differences":[{"at":1700000001000000000,"symbol":"MSFT","kind":"extra",)"
              R"("type":"high","direction":"up","sequence":101,"clock":1700000001000000005,)"
              R"("in_charge":false,"late":false,"linear":null,"multi_channel":{"id":"x"},)"
              R"("record":"trade 1.00 × 100"}],"next":null})");
    EXPECT_EQ(page(HistoryKind::Audit, {{"kind", "flags"}}),
              R"({"audit":[{"sequence":2,"wall":1700000002000000000,"clock":1700000000000000002,)"
              R"("by":"api:o'brien","kind":"flags","text":"rollout_percentage 1 -> 10",)"
              R"("reason":"because \"we\" can; --","phase":2,"percentage":1.5}],"next":null})");
    EXPECT_EQ(
        page(HistoryKind::Incidents, {{"cause", "latency"}, {"state", "stands"}}),
        R"({"incidents":[{"id":"20231114T221320-2","wall":1700000002000000000,)"
        R"("clock":1700000001999999999,"sequence":2,"by":"fallback monitor","cause":"latency",)"
        R"-("text":"error rate 12.5 % over the last 30 s (limit 10 %)","phase":3,"percentage":10,)-"
        R"("symbols":42,"paths":{"records":7},"comparison":{"linear":1},)"
        R"("error_rate_percent":12.5,"mean_ms":0.25,"resolved":null,"resolved_by":null}],)"
        R"("next":null})");
    EXPECT_EQ(page(HistoryKind::Alerts, {{"state", "resolved"}}),
              R"({"alerts":[{"type":"FEED_STALE","severity":"warning","channel":null,)"
              R"("message":"queue at 80 %","value":80,"threshold":75,)"
              R"("raised":1700000001000000000,"resolved":1700000004000000000,)"
              R"("seen":1700000002000000000,"cut_off":false,"duration_seconds":3,)"
              R"("runbook":"queue_overflow"}],"next":null})");
    const std::string first = page(HistoryKind::Alerts, {{"limit", "1"}, {"order", "oldest"}});
    const auto next = first.find("\"next\":\"");
    ASSERT_NE(next, std::string::npos) << first;
    const std::string cursor = first.substr(next + 8, first.size() - next - 10);
    const std::string second = page(HistoryKind::Alerts, {{"cursor", cursor}, {"order", "oldest"}});
    EXPECT_NE(second.find("QUEUE_OVERFLOW"), std::string::npos) << second;
    EXPECT_EQ(page(HistoryKind::Differences, {{"kind", "other"}}),
              R"(parameter "kind" is "other": accepted is missing, extra, near)");
    EXPECT_EQ(page(HistoryKind::Incidents, {{"state", "open"}}),
              R"(parameter "state" is "open": accepted is stands, resolved)");
    EXPECT_EQ(page(HistoryKind::Alerts, {{"severity", "bad"}}),
              R"(parameter "severity" is "bad": accepted is info, warning, error, critical)");
    EXPECT_EQ(page(HistoryKind::Audit, {{"symbol", "A"}}),
              R"(parameter "symbol" is "A": accepted is none of that name, but by, cursor, date, )"
              R"(from, kind, limit, order, to)");
    EXPECT_EQ(
        page(HistoryKind::Audit, {{"cursor", "m31"}}),
        R"(parameter "cursor" is "m31": accepted is what a page of this path gave as "next")");
}

TEST(HistoryOperations, AFileMadeAnewGetsWhatMemoryStillHolds) {
    const Folder folder;
    TestStream stream;
    const auto ask = [](std::uint64_t after) {
        return after == 0 ? make_operations(2) : OperationsRows{};
    };
    const auto real = open_sqlite_connection(folder / "storage.db");
    auto faulty = std::make_unique<FaultyConnection>(*real);
    FaultyConnection& connection = *faulty;
    StepWriter test(stream, std::move(faulty), 1000, {}, ask);
    EXPECT_EQ(test.drain().operations, 8U);
    connection.fail_at(0, FaultyConnection::Fault::Before, SqlError::Kind::Damaged);
    stream.publish(1);
    test.clock.advance(std::chrono::seconds(10));
    test.writer.step();
    ASSERT_EQ(test.writer.status().rebuilds, 1U);
    EXPECT_EQ(test.drain().operations, 16U);  // all of them again
}

}  // namespace
}  // namespace tickstock::test_history
