#include "storage/migrations.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "storage/test_sql.hpp"

namespace tickstock::test_database {
namespace {

using Dialect = SqlConnection::Dialect;

class MigrationsTest : public SqlTest {};
INSTANTIATE_TEST_SUITE_P(Both, MigrationsTest,
                         ::testing::Values(Dialect::Sqlite, Dialect::Postgres), dialect_word);

TEST_P(MigrationsTest, AnEmptyDatabaseGetsAllTables) {
    const auto connection = database->open();
    EXPECT_EQ(*stored_schema_version(*connection), 0);
    EXPECT_FALSE(check_schema(*connection));
    ASSERT_TRUE(migrate(*connection));
    EXPECT_EQ(*stored_schema_version(*connection), storage_schema_version);
    EXPECT_TRUE(check_schema(*connection));
    EXPECT_EQ(rows_of(*connection, "SELECT * FROM stream_position"), "1||0\n");
    EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM events"), "0\n");
}

TEST_P(MigrationsTest, ASecondTimeChangesNothing) {
    const auto connection = database->open_migrated();
    ASSERT_TRUE(connection->execute("UPDATE stream_position SET epoch = 'e'", {}));
    ASSERT_TRUE(migrate(*connection));
    EXPECT_EQ(rows_of(*connection, "SELECT epoch FROM stream_position"), "e\n");
    EXPECT_EQ(rows_of(*connection, "SELECT version FROM schema_version"), "2\n");
}

TEST_P(MigrationsTest, ManyAtOnceAreSafe) {
    std::vector<std::thread> threads;
    std::vector<std::string> said(6);
    for (std::string& words : said) {
        threads.emplace_back([&] {
            const auto done = migrate(*database->open());
            words = done ? "done" : done.error().message;
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(said, std::vector<std::string>(6, "done"));
    EXPECT_EQ(rows_of(*database->open(), "SELECT version FROM schema_version"), "2\n");
}

TEST_P(MigrationsTest, ANewerSchemaIsRefused) {
    const auto connection = database->open_migrated();
    ASSERT_TRUE(connection->execute("UPDATE schema_version SET version = 999", {}));
    for (const auto& done : {migrate(*connection), check_schema(*connection)}) {
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().kind, SqlError::Kind::Refused);
        EXPECT_EQ(done.error().message,
                  connection->name() +
                      ": has schema version 999, of a newer TickStock; accepted are versions up "
                      "to 2");
    }
}

/// As a database of version 1 stands, with a row: what version 2 adds is dropped again.
std::unique_ptr<SqlConnection> version_1(EmptyDatabase& database) {
    auto connection = database.open_migrated();
    StorageBatch batch;
    batch.after = {"one", 1};
    batch.events = {make_row(1)};
    EXPECT_TRUE(EventStore(*connection).store(batch));
    for (const SqlText sql :
         {SqlText("DROP TABLE comparison_differences"), SqlText("DROP TABLE flag_audit"),
          SqlText("DROP TABLE incidents"), SqlText("DROP TABLE alerts"),
          SqlText("UPDATE schema_version SET version = 1")}) {
        EXPECT_TRUE(connection->execute(sql, {}));
    }
    return connection;
}

TEST_P(MigrationsTest, ADatabaseOfVersion1IsBroughtUpInPlace) {
    const auto connection = version_1(*database);
    EXPECT_EQ(
        check_schema(*connection).error().message,
        connection->name() + ": has schema version 1; a server of this version brings it to 2");
    const std::string before = rows_of(*connection, "SELECT * FROM events");
    ASSERT_TRUE(migrate(*connection));
    EXPECT_EQ(*stored_schema_version(*connection), 2);
    EXPECT_EQ(rows_of(*connection, "SELECT * FROM events"), before);
    EXPECT_EQ(rows_of(*connection, "SELECT epoch, stream_offset FROM stream_position"), "one|1\n");
    EXPECT_EQ(rows_of(*connection,
                      "SELECT (SELECT count(*) FROM comparison_differences),"
                      " (SELECT count(*) FROM flag_audit), (SELECT count(*) FROM incidents),"
                      " (SELECT count(*) FROM alerts)"),
              "0|0|0|0\n");
}

TEST_P(MigrationsTest, AnUpgradeThatFailsLeavesTheVersionBefore) {
    const auto connection = version_1(*database);
    ASSERT_TRUE(connection->execute("CREATE TABLE alerts (x BIGINT)", {}));  // another's
    const auto done = migrate(*connection);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, SqlError::Kind::Refused);
    EXPECT_EQ(*stored_schema_version(*connection), 1);
    ASSERT_TRUE(connection->execute("DROP TABLE alerts", {}));
    EXPECT_TRUE(migrate(*connection));
}

TEST_P(MigrationsTest, AFailureInTheMiddleLeavesNothingBehind) {
    const auto connection = database->open();
    ASSERT_TRUE(connection->execute("CREATE TABLE event_counts (x BIGINT)", {}));  // another's
    const auto done = migrate(*connection);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, SqlError::Kind::Refused);
    EXPECT_EQ(*stored_schema_version(*connection), 0);
    ASSERT_TRUE(connection->execute("DROP TABLE event_counts", {}));
    EXPECT_TRUE(migrate(*connection));
}

}  // namespace
}  // namespace tickstock::test_database
