// The history writer when its database does not do what it should.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <random>
#include <thread>

#include "history/history_writer.hpp"
#include "history/test_stream.hpp"
#include "storage/test_operations.hpp"

namespace tickstock::test_history {
namespace {

using test_database::connect_patiently;
using test_database::dialect_word;
using test_database::EmptyDatabase;
using test_database::Folder;
using test_database::OtherProgram;
using test_database::PostgresServer;
using test_database::rows_of;
using test_database::SqlTest;
using Dialect = SqlConnection::Dialect;
using Kind = SqlError::Kind;

class HistoryOutageTest : public SqlTest {};
INSTANTIATE_TEST_SUITE_P(Both, HistoryOutageTest,
                         ::testing::Values(Dialect::Sqlite, Dialect::Postgres), dialect_word);

std::string windows_of(SqlConnection& connection) {
    return rows_of(connection, "SELECT * FROM market_analytics ORDER BY at") +
           rows_of(connection, "SELECT * FROM session_stats ORDER BY symbol") +
           rows_of(connection, "SELECT * FROM comparison_differences ORDER BY at") +
           rows_of(connection, "SELECT * FROM flag_audit ORDER BY wall") +
           rows_of(connection, "SELECT * FROM incidents ORDER BY wall") +
           rows_of(connection, "SELECT * FROM alerts ORDER BY raised");
}

/// Each call of two batches fails once, not carried out or without an answer.
TEST_P(HistoryOutageTest, AnyCallMayFailAndNothingIsLostOrDoubled) {
    std::string windows;
    for (const auto fault : {FaultyConnection::Fault::Before, FaultyConnection::Fault::After}) {
        bool has_failed = true;
        std::uint64_t n = 0;
        for (; has_failed; ++n) {
            TestStream stream(20'000);
            stream.publish(60);
            database.emplace(GetParam());
            const auto real = database->open();
            auto faulty = std::make_unique<FaultyConnection>(*real);
            FaultyConnection& connection = *faulty;
            connection.fail_at(n, fault, n % 2 == 0 ? Kind::Unreachable : Kind::Busy);
            HistorySamples samples;
            samples.trades = {{1, 1'700'000'000'000'000'000, 1000}};
            StepWriter test(
                stream, std::move(faulty), 40, [&] { return samples; },
                [](std::uint64_t) { return test_database::make_operations(2); });
            const HistoryStatus status = test.drain();
            has_failed = connection.has_failed();
            EXPECT_EQ(status.errors, has_failed ? 1U : 0U);
            ASSERT_NO_FATAL_FAILURE(expect_equal(test_rows(*real), stream.published)) << n;
            windows = windows.empty() ? windows_of(*real) : windows;
            ASSERT_EQ(windows_of(*real), windows) << n;
        }
        EXPECT_GT(n, 20U);
    }
}

TEST_P(HistoryOutageTest, ARefusedStatementStopsStoringForGood) {
    TestStream stream;
    stream.publish(50);
    const auto connection = database->open_migrated();
    ASSERT_TRUE(connection->execute("DROP TABLE session_stats", {}));
    StepWriter test(stream, database->open());
    const HistoryStatus status = test.drain();
    EXPECT_EQ(status.state, HistoryState::Failed);
    EXPECT_NE(status.last_error.find("session_stats"), std::string::npos) << status.last_error;
    EXPECT_FALSE(test.writer.step());
    EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM events"), "0\n");
}

TEST_P(HistoryOutageTest, ANewerSchemaStopsStoringForGood) {
    TestStream stream;
    const auto connection = database->open_migrated();
    ASSERT_TRUE(connection->execute("UPDATE schema_version SET version = 999", {}));
    StepWriter test(stream, database->open());
    EXPECT_EQ(test.drain().state, HistoryState::Failed);
}

/// A child stores batches of a few events and is killed at some moment, again and again.
TEST_P(HistoryOutageTest, AKilledWriterLosesAndDoublesNothing) {
    std::mt19937_64 dice(4711);
    TestStream stream(20'000);
    database->open_migrated();
    const std::string url =
        GetParam() == Dialect::Postgres ? test_database::shared_postgres().url() : "";
    const auto open = [&] {
        return GetParam() == Dialect::Postgres ? open_postgres_connection(url, "").value()
                                               : open_sqlite_connection(database->path());
    };
    for (int run = 0; run < 15; ++run) {
        stream.publish(400);
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            StepWriter(stream, open(), 7).drain();
            _exit(0);
        }
        std::this_thread::sleep_for(std::chrono::microseconds(10'000 + dice() % 200'000));
        kill(child, SIGKILL);
        ASSERT_EQ(waitpid(child, nullptr, 0), child);
        const auto connection = open();
        ASSERT_TRUE(connection->connect());
        EXPECT_EQ(rows_of(*connection,
                          "SELECT (SELECT stream_offset FROM stream_position)"
                          " - (SELECT count(*) FROM events)"),
                  "0\n");
    }
    StepWriter test(stream, open());
    test.drain();
    const auto connection = open();
    ASSERT_TRUE(connection->connect());
    expect_equal(test_rows(*connection), stream.published);
}

TEST(HistoryOutage, WaitsForAnSqliteFileThatAnotherProgramLocked) {
    const Folder folder;
    TestStream stream;
    stream.publish(100);
    SqliteConnectionOptions options;
    options.busy_timeout = std::chrono::milliseconds(20);
    StepWriter test(stream, open_sqlite_connection(folder / "s.db", options), 40);
    test.writer.step();
    OtherProgram other(folder / "s.db");
    other.run("BEGIN EXCLUSIVE");
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(test.writer.step());
        const HistoryStatus status = test.writer.status();
        EXPECT_EQ(status.state, HistoryState::Behind);
        EXPECT_EQ(status.behind, 60U);
        EXPECT_NE(status.last_error.find("locked"), std::string::npos) << status.last_error;
        test.clock.advance(std::chrono::seconds(30));
    }
    other.run("COMMIT");
    EXPECT_EQ(test.drain().errors, 3U);
    EXPECT_EQ(test.writer.status().last_error, "");
    expect_equal(test_rows(*test_database::EmptyDatabase(Dialect::Sqlite).open_migrated()), {});
    const auto reader = open_sqlite_connection(folder / "s.db");
    ASSERT_TRUE(reader->connect());
    expect_equal(test_rows(*reader), stream.published);
}

TEST(HistoryOutage, TriesAgainAfterOneSecondUpToThirty) {
    const Folder folder;
    TestStream stream;
    SqliteConnectionOptions options;
    options.create = false;  // and there is no file
    StepWriter test(stream, open_sqlite_connection(folder / "s.db", options));
    for (const int pause : {1, 2, 4, 8, 16, 30, 30}) {
        const std::uint64_t before = test.writer.status().errors;
        EXPECT_FALSE(test.writer.step());
        EXPECT_EQ(test.writer.status().errors, before + 1);
        EXPECT_EQ(test.writer.status().state, HistoryState::Unreachable);
        test.clock.advance(std::chrono::seconds(pause) - Nanos{1});
        EXPECT_FALSE(test.writer.step());
        EXPECT_EQ(test.writer.status().errors, before + 1);
        test.clock.advance(Nanos{1});
    }
}

TEST(HistoryOutage, AFullDiskKeepsThePositionAndStoringGoesOnWithRoom) {
    const Folder folder;
    TestStream stream;
    stream.publish(2000);
    SqliteConnectionOptions options;
    options.small = true;
    {
        StepWriter test(stream, open_sqlite_connection(folder / "s.db", options), 50);
        while (test.writer.step()) {
        }
        const HistoryStatus status = test.writer.status();
        EXPECT_EQ(status.state, HistoryState::Behind);
        EXPECT_NE(status.last_error.find("full"), std::string::npos) << status.last_error;
        EXPECT_EQ(status.offset + status.behind, 2000U);
    }
    StepWriter test(stream, open_sqlite_connection(folder / "s.db"), 50);
    test.drain();
    const auto reader = open_sqlite_connection(folder / "s.db");
    ASSERT_TRUE(reader->connect());
    expect_equal(test_rows(*reader), stream.published);
}

TEST(HistoryOutage, ADamagedFileIsSetAsideAndMadeAnew) {
    std::mt19937_64 dice(99);
    for (int run = 0; run < 10; ++run) {
        const Folder folder;
        const std::string path = folder / "s.db";
        TestStream stream;
        stream.publish(500);
        StepWriter(stream, open_sqlite_connection(path)).drain();
        const auto size = std::filesystem::file_size(path);
        {
            std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
            for (int page = 0; page < 20; ++page) {
                std::string noise(4096, '\0');
                for (char& byte : noise) {
                    byte = static_cast<char>(dice());
                }
                file.seekp(static_cast<std::streamoff>(dice() % (size / 4096) * 4096));
                file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
            }
        }
        stream.publish(100);
        SqliteConnectionOptions options;
        options.check_up_to = 1 << 30;
        StepWriter test(stream, open_sqlite_connection(path, options));
        const HistoryStatus status = test.drain();
        EXPECT_EQ(status.state, HistoryState::Ok) << status.last_error;
        EXPECT_EQ(status.rebuilds, 1U);
        EXPECT_TRUE(std::filesystem::exists(path + ".damaged"));
        const auto reader = open_sqlite_connection(path);
        ASSERT_TRUE(reader->connect());
        expect_equal(test_rows(*reader), stream.published);
    }
}

TEST(HistoryOutage, AServerKilledInTheMiddleOfWritesLosesAndDoublesNothing) {
    if (!PostgresServer::is_installed()) {
        GTEST_SKIP() << "PostgreSQL is not installed: Debian's package postgresql-15";
    }
    std::mt19937_64 dice(7);
    PostgresServer server(true);
    TestStream stream;
    SystemClock clock;
    StorageSettings settings = test_settings(50);
    settings.interval = std::chrono::milliseconds(100);
    HistoryWriter writer(
        {*stream.stream, open_postgres_connection(server.url(), "").value(), settings, clock, {}});
    writer.start();
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 40; ++j) {
            stream.publish(50);
            std::this_thread::sleep_for(std::chrono::milliseconds(5 + dice() % 10));
        }
        server.kill();
        stream.publish(100);
        server.start();
    }
    const auto is_done = [&] {
        const HistoryStatus status = writer.status();
        return status.offset == stream.offset() && status.behind == 0;
    };
    for (int i = 0; i < 1200 && !is_done(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    EXPECT_TRUE(is_done()) << writer.status().last_error;
    EXPECT_GE(writer.status().errors, 1U);
    writer.stop();
    const auto reader = open_postgres_connection(server.url(), "").value();
    connect_patiently(*reader);
    expect_equal(test_rows(*reader), stream.published);
    EXPECT_EQ(rows_of(*reader, "SELECT count(*) FROM storage_gaps"), "0\n");
}

}  // namespace
}  // namespace tickstock::test_history
