#pragma once

// The same tests over both databases.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "storage/event_store.hpp"
#include "storage/migrations.hpp"
#include "storage/postgres_connection.hpp"
#include "storage/sqlite_connection.hpp"
#include "storage/test_database.hpp"
#include "storage/test_postgres.hpp"

namespace tickstock::test_database {

/// One server a test program, started when it is first asked for.
inline PostgresServer& shared_postgres() {
    static PostgresServer server(true);
    return server;
}

/// Tries until the server, which was just started, takes connections.
inline void connect_patiently(SqlConnection& connection) {
    for (int i = 0; i < 600; ++i) {
        if (connection.connect()) {
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    FAIL() << connection.name() << ": cannot be reached";
}

/// An empty database, SQLite's in a temporary folder or PostgreSQL's on shared_postgres().
class EmptyDatabase {
public:
    explicit EmptyDatabase(SqlConnection::Dialect dialect) : dialect_(dialect) {
        if (dialect == SqlConnection::Dialect::Postgres) {
            const auto connection = open();
            EXPECT_TRUE(connection->execute("DROP SCHEMA public CASCADE", {}));
            EXPECT_TRUE(connection->execute("CREATE SCHEMA public", {}));
        }
    }

    /// Connected.
    std::unique_ptr<SqlConnection> open() {
        std::unique_ptr<SqlConnection> connection;
        if (dialect_ == SqlConnection::Dialect::Sqlite) {
            connection = open_sqlite_connection(path());
        } else {
            connection = open_postgres_connection(shared_postgres().url(), "").value();
        }
        connect_patiently(*connection);
        return connection;
    }
    /// With the tables.
    std::unique_ptr<SqlConnection> open_migrated() {
        auto connection = open();
        const auto done = migrate(*connection);
        EXPECT_TRUE(done) << done.error().message;
        return connection;
    }
    std::string path() const { return folder_ / "storage.db"; }

private:
    const SqlConnection::Dialect dialect_;
    Folder folder_;
};

/// "{dialect}" as the parameter of a test, skipped where PostgreSQL is not installed.
class SqlTest : public ::testing::TestWithParam<SqlConnection::Dialect> {
protected:
    void SetUp() override {
        if (GetParam() == SqlConnection::Dialect::Postgres && !PostgresServer::is_installed()) {
            GTEST_SKIP() << "PostgreSQL is not installed: Debian's package postgresql-15";
        }
        database.emplace(GetParam());
    }
    std::optional<EmptyDatabase> database;
};

inline std::string dialect_word(const ::testing::TestParamInfo<SqlConnection::Dialect>& info) {
    return info.param == SqlConnection::Dialect::Sqlite ? "Sqlite" : "Postgres";
}

/// All rows as text, a line each, values parted by '|', NULL as "-".
inline std::string text_of(const std::vector<SqlRow>& rows) {
    std::string text;
    for (const SqlRow& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += i == 0 ? "" : "|";
            if (const auto* number = std::get_if<std::int64_t>(&row[i])) {
                text += std::to_string(*number);
            } else if (const auto* decimal = std::get_if<double>(&row[i])) {
                text += std::to_string(*decimal);
            } else if (const auto* string = std::get_if<std::string>(&row[i])) {
                text += *string;
            } else {
                text += "-";
            }
        }
        text += '\n';
    }
    return text;
}
inline std::string rows_of(SqlConnection& connection, SqlText sql) {
    const auto rows = connection.query(sql, {});
    EXPECT_TRUE(rows) << rows.error().message;
    return rows ? text_of(*rows) : "";
}

/// An event of the given type; the rest depends on `offset`.
inline EventRow make_row(std::int64_t offset, std::string_view type = "high",
                         std::string_view direction = "up") {
    constexpr std::int64_t start = 1'700'000'000'000'000'000;  // 2023-11-14, New York's too
    EventRow row;
    row.id = "id" + std::to_string(offset);
    row.offset = offset;
    row.ts = start + offset * 1'000'000'000;
    row.ts_pub = row.ts + 5;
    row.symbol = offset % 2 == 0 ? "AAPL" : "MSFT";
    row.type = type;
    row.direction = direction;
    row.source = "tick";
    row.session = "regular";
    row.session_date = "2023-11-14";
    row.priority = 1 + offset % 4;
    row.price = 100'000'000'000 + offset;
    row.volume = offset * 1'000'000;
    row.score = 0.1 * static_cast<double>(offset);
    row.body = R"({"id":")" + row.id + R"("})";
    return row;
}

}  // namespace tickstock::test_database
