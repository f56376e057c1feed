#include "storage/sql_connection.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <thread>

#include "storage/test_sql.hpp"

namespace tickstock::test_database {
namespace {

using Dialect = SqlConnection::Dialect;
using Kind = SqlError::Kind;

class SqlConnectionTest : public SqlTest {};
INSTANTIATE_TEST_SUITE_P(Both, SqlConnectionTest,
                         ::testing::Values(Dialect::Sqlite, Dialect::Postgres), dialect_word);

constexpr SqlText make_table =
    "CREATE TABLE things (name TEXT PRIMARY KEY, number BIGINT, share DOUBLE PRECISION)";
constexpr SqlText insert = "INSERT INTO things (name, number, share) VALUES ($1, $2, $3)";

TEST_P(SqlConnectionTest, KeepsValuesExactly) {
    const auto connection = database->open();
    ASSERT_TRUE(connection->execute(make_table, {}));
    const std::vector<SqlRow> rows{
        {std::string("least"), std::numeric_limits<std::int64_t>::min(), 0.1},
        {std::string("most"), std::numeric_limits<std::int64_t>::max(), -1.7976931348623157e308},
        {std::string("none"), std::monostate{}, std::monostate{}},
        {std::string(""), std::int64_t{0}, 5e-324},
        {std::string("quotes '\"\\ -- ; $1 %s \n\t"), std::int64_t{1}, 1.0},
        {std::string("Größe 価格 \xF0\x9F\x93\x88"), std::int64_t{-1}, 1.0 / 3},
    };
    const auto done = connection->execute_each(insert, rows);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->changed, rows.size());
    for (const SqlRow& row : rows) {
        const SqlRow name{row[0]};
        const auto found =
            connection->query("SELECT name, number, share FROM things WHERE name = $1", name);
        ASSERT_TRUE(found) << found.error().message;
        ASSERT_EQ(found->size(), 1U);
        EXPECT_EQ(found->front(), row);
    }
}

TEST_P(SqlConnectionTest, BindsByNumberInAnyOrder) {
    const auto connection = database->open();
    ASSERT_TRUE(connection->execute(make_table, {}));
    const SqlRow values{std::int64_t{7}, std::string("seven")};
    ASSERT_TRUE(connection->execute(
        "INSERT INTO things (name, number, share) VALUES ($2, $1, CAST($1 AS BIGINT))", values));
    EXPECT_EQ(rows_of(*connection, "SELECT name, number, share FROM things"), "seven|7|7.000000\n");
}

TEST_P(SqlConnectionTest, TellsTheRowsThatChanged) {
    const auto connection = database->open();
    ASSERT_TRUE(connection->execute(make_table, {}));
    std::vector<SqlRow> rows;
    for (int i = 0; i < 1234; ++i) {
        rows.push_back({std::to_string(i), std::int64_t{i}, 0.5});
    }
    ASSERT_EQ(connection->execute_each(insert, rows)->changed, 1234U);
    const SqlRow limit{std::int64_t{1000}};
    EXPECT_EQ(connection->execute("DELETE FROM things WHERE number < $1", limit)->changed, 1000U);
    EXPECT_EQ(connection->execute("DELETE FROM things WHERE number < $1", limit)->changed, 0U);
}

TEST_P(SqlConnectionTest, RollsBackAfterAnErrorInTheMiddle) {
    const auto connection = database->open();
    ASSERT_TRUE(connection->execute(make_table, {}));
    std::vector<SqlRow> rows;
    for (int i = 0; i < 700; ++i) {
        rows.push_back({std::to_string(i % 650), std::int64_t{i}, 0.5});
    }
    ASSERT_TRUE(connection->begin());
    const auto done = connection->execute_each(insert, rows);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, Kind::Refused) << done.error().message;
    connection->roll_back();
    EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM things"), "0\n");
    // And goes on.
    ASSERT_TRUE(connection->begin());
    ASSERT_TRUE(connection->execute_each(insert, std::span(rows).first(650)));
    ASSERT_TRUE(connection->commit());
    EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM things"), "650\n");
}

TEST_P(SqlConnectionTest, SaysWhatWasRefused) {
    const auto connection = database->open();
    const auto done = connection->execute("INSERT INTO nowhere VALUES (1)", {});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, Kind::Refused);
    EXPECT_FALSE(done.error().is_passing());
    EXPECT_NE(done.error().message.find("nowhere"), std::string::npos) << done.error().message;
    EXPECT_TRUE(done.error().message.starts_with(connection->name())) << done.error().message;
    EXPECT_TRUE(connection->query("SELECT 1", {}));
}

TEST_P(SqlConnectionTest, WaitsForAnotherWriterAndThenSaysBusy) {
    const auto one = database->open();
    ASSERT_TRUE(one->execute(make_table, {}));
    const SqlRow row{std::string("x"), std::int64_t{1}, 1.0};
    ASSERT_TRUE(one->execute(insert, row));
    std::unique_ptr<SqlConnection> other;
    if (GetParam() == Dialect::Sqlite) {
        other = open_sqlite_connection(database->path(), {std::chrono::milliseconds(50)});
    } else {
        PostgresConnectionOptions options;
        options.lock_timeout = std::chrono::milliseconds(50);
        other = open_postgres_connection(shared_postgres().url(), "", options).value();
    }
    ASSERT_TRUE(other->connect());
    ASSERT_TRUE(one->begin());
    ASSERT_TRUE(one->execute("UPDATE things SET number = 2", {}));
    const auto done = other->execute("UPDATE things SET number = 3", {});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, Kind::Busy) << done.error().message;
    EXPECT_EQ(rows_of(*other, "SELECT number FROM things"), "1\n");
    ASSERT_TRUE(one->commit());
    EXPECT_TRUE(other->execute("UPDATE things SET number = 3", {}));
}

TEST(SqliteConnectionTest, AReaderNeitherMakesNorChangesTheFile) {
    const Folder folder;
    const std::string path = folder / "s.db";
    SqliteConnectionOptions options;
    options.create = false;
    options.read_only = true;
    const auto reader = open_sqlite_connection(path, options);
    const auto absent = reader->connect();
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().kind, Kind::Unreachable);
    EXPECT_FALSE(std::filesystem::exists(path));
    const auto writer = open_sqlite_connection(path);
    ASSERT_TRUE(writer->connect());
    ASSERT_TRUE(writer->execute(make_table, {}));
    ASSERT_TRUE(reader->connect());
    EXPECT_EQ(rows_of(*reader, "SELECT count(*) FROM things"), "0\n");
    const auto done = reader->execute("DELETE FROM things", {});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, Kind::Refused) << done.error().message;
    EXPECT_EQ(std::filesystem::status(path).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(SqliteConnectionTest, ConnectNoticesThatTheFileWasReplaced) {
    const Folder folder;
    const auto connection = open_sqlite_connection(folder / "s.db");
    ASSERT_TRUE(connection->connect());
    ASSERT_TRUE(connection->execute(make_table, {}));
    ASSERT_TRUE(connection->connect());
    EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM things"), "0\n");
    for (const std::string part : {"s.db", "s.db-wal", "s.db-shm"}) {
        std::filesystem::rename(folder / part, folder / ("old." + part));
    }
    ASSERT_TRUE(connection->connect());
    EXPECT_FALSE(connection->query("SELECT count(*) FROM things", {}));
}

TEST(SqliteConnectionTest, AFullDiskIsFullAndNothingIsKept) {
    const Folder folder;
    SqliteConnectionOptions options;
    options.small = true;
    const auto connection = open_sqlite_connection(folder / "s.db", options);
    ASSERT_TRUE(connection->connect());
    ASSERT_TRUE(connection->execute(make_table, {}));
    std::vector<SqlRow> rows;
    for (int i = 0; i < 400; ++i) {
        rows.push_back({std::string(1000, 'x') + std::to_string(i), std::int64_t{i}, 0.5});
    }
    ASSERT_TRUE(connection->begin());
    const auto done = connection->execute_each(insert, rows);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, Kind::Full) << done.error().message;
    connection->roll_back();
    EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM things"), "0\n");
}

TEST(SqliteConnectionTest, AFileThatIsNoDatabaseIsDamaged) {
    const Folder folder;
    std::ofstream(folder / "s.db") << std::string(5000, 'x');
    const auto connection = open_sqlite_connection(folder / "s.db");
    const auto done = connection->connect();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, Kind::Damaged) << done.error().message;
}

}  // namespace
}  // namespace tickstock::test_database
