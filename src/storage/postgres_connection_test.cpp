#include "storage/postgres_connection.hpp"

#include <gtest/gtest.h>

#include "storage/test_sql.hpp"

namespace tickstock::test_database {
namespace {

using Kind = SqlError::Kind;

TEST(PostgresUrlTest, SaysWhatIsAcceptedAndNeverThePassword) {
    for (const std::string url :
         {"mysql://u:geheim@h/d", "postgresql://u:geheim@h:port/d", "postgresql://u:gehe%ZZim@h/d",
          "postgresql://u:geheim@h/d?nonsense=1"}) {
        const auto opened = open_postgres_connection(url, "verborgen");
        ASSERT_FALSE(opened) << url;
        EXPECT_NE(opened.error().message.find("accepted is postgresql://"), std::string::npos);
        EXPECT_EQ(opened.error().message.find("gehe"), std::string::npos) << opened.error().message;
    }
}

TEST(PostgresUrlTest, IsNamedByDatabaseAndHost) {
    const auto opened = open_postgres_connection("postgresql://u:geheim@db.example:6000/ticks", "");
    ASSERT_TRUE(opened);
    EXPECT_EQ((*opened)->name(), "PostgreSQL database ticks at db.example:6000");
}

TEST(PostgresUrlTest, AServerThatIsNotThereIsUnreachable) {
    const auto opened = open_postgres_connection("postgresql://u:geheim@127.0.0.1:1/d", "");
    ASSERT_TRUE(opened);
    const auto done = (*opened)->connect();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, Kind::Unreachable);
    EXPECT_EQ(done.error().message.find("geheim"), std::string::npos) << done.error().message;
    const auto query = (*opened)->query("SELECT 1", {});
    ASSERT_FALSE(query);
    EXPECT_EQ(query.error().kind, Kind::Unreachable);
}

class PostgresTest : public ::testing::Test {
protected:
    void SetUp() override {
        if (!PostgresServer::is_installed()) {
            GTEST_SKIP() << "PostgreSQL is not installed: Debian's package postgresql-15";
        }
    }
};

TEST_F(PostgresTest, ComesBackAfterTheServerWasKilled) {
    PostgresServer server(true);
    const auto connection = open_postgres_connection(server.url(), "").value();
    connect_patiently(*connection);
    ASSERT_TRUE(connection->execute("CREATE TABLE t (n BIGINT)", {}));
    ASSERT_TRUE(connection->begin());
    ASSERT_TRUE(connection->execute("INSERT INTO t VALUES (1)", {}));
    server.kill();
    const auto lost = connection->commit();
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().kind, Kind::Unreachable) << lost.error().message;
    connection->roll_back();
    const auto again = connection->connect();
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, Kind::Unreachable) << again.error().message;
    server.start();
    connect_patiently(*connection);
    EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM t"), "0\n");
}

TEST_F(PostgresTest, IsLostWhileManyRowsAreOnTheirWay) {
    PostgresServer server;
    const auto connection = open_postgres_connection(server.url(), "").value();
    connect_patiently(*connection);
    ASSERT_TRUE(connection->execute("CREATE TABLE t (n BIGINT, x TEXT)", {}));
    ASSERT_TRUE(connection->begin());
    const std::vector<SqlRow> rows(5000, SqlRow{std::int64_t{1}, std::string(2000, 'x')});
    std::thread killer([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        server.kill();
    });
    Result<SqlDone, SqlError> done = SqlDone{};
    while (done) {
        done = connection->execute_each("INSERT INTO t VALUES ($1, $2)", rows);
    }
    killer.join();
    EXPECT_EQ(done.error().kind, Kind::Unreachable) << done.error().message;
}

TEST_F(PostgresTest, DoesNotWaitForEverForAServerThatStandsStill) {
    PostgresServer server;
    PostgresConnectionOptions options;
    options.answer_timeout = std::chrono::milliseconds(200);
    options.connect_timeout = std::chrono::milliseconds(2000);
    const auto connection = open_postgres_connection(server.url(), "", options).value();
    connect_patiently(*connection);
    server.stand_still();
    const auto done = connection->query("SELECT 1", {});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, Kind::Unreachable) << done.error().message;
    const auto again = connection->connect();
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, Kind::Unreachable) << again.error().message;
    server.go_on();
    connect_patiently(*connection);
}

TEST_F(PostgresTest, AStatementThatTakesTooLongIsBusy) {
    PostgresConnectionOptions options;
    options.statement_timeout = std::chrono::milliseconds(100);
    const auto connection = open_postgres_connection(shared_postgres().url(), "", options).value();
    connect_patiently(*connection);
    const auto done = connection->query("SELECT pg_sleep(60)", {});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, Kind::Busy) << done.error().message;
    EXPECT_TRUE(connection->query("SELECT 1", {}));
}

TEST_F(PostgresTest, RefusesANul) {
    EmptyDatabase database(SqlConnection::Dialect::Postgres);
    const auto connection = database.open();
    const SqlRow nul{std::string("a\0b", 3)};
    const auto done = connection->query("SELECT CAST($1 AS TEXT)", nul);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, Kind::Refused);
    ASSERT_TRUE(connection->execute("CREATE TABLE t (x TEXT)", {}));
    const std::vector<SqlRow> rows{{std::string("good")}, nul};
    EXPECT_FALSE(connection->execute_each("INSERT INTO t VALUES ($1)", rows));
    EXPECT_TRUE(connection->query("SELECT 1", {}));
}

TEST_F(PostgresTest, TellsTheServerWhoItIs) {
    EmptyDatabase database(SqlConnection::Dialect::Postgres);
    const auto connection = database.open();
    EXPECT_EQ(rows_of(*connection,
                      "SELECT current_setting('application_name'),"
                      " current_setting('client_encoding'), current_setting('statement_timeout')"),
              "tickstock|UTF8|10s\n");
}

}  // namespace
}  // namespace tickstock::test_database
