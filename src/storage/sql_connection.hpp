#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "storage/sql_text.hpp"

namespace tickstock {

/// A value bound to a statement, or read from a row. monostate = NULL.
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string>;
using SqlRow = std::vector<SqlValue>;

struct SqlError {
    enum class Kind : std::uint8_t {
        Busy,         ///< locked by another process: worth another try
        Unreachable,  ///< no connection to the database server, or it went away: try again later
        Full,         ///< no room on the disk
        Damaged,      ///< no database, or a damaged one
        Refused,      ///< the statement, a value, a right: another try gives the same
    };
    Kind kind = Kind::Refused;
    std::string message;  ///< the database's own text, and of which database
    bool is_passing() const { return kind <= Kind::Full; }
};

struct SqlDone {
    std::uint64_t changed = 0;  ///< rows
};

/// One connection to a database, SQLite or PostgreSQL; both understand the same statements: `$1`,
/// `$2`, … for values, ON CONFLICT … DO UPDATE, BIGINT, DOUBLE PRECISION, TEXT. One thread at a
/// time. Made without a connection: connect() first, and again after an Unreachable error; every
/// other call without a connection is Unreachable. No call waits for ever: see the options of
/// open_sqlite_connection() and open_postgres_connection().
class SqlConnection {
public:
    enum class Dialect : std::uint8_t { Sqlite, Postgres };

    virtual ~SqlConnection() = default;
    virtual Dialect dialect() const = 0;
    virtual std::string name() const = 0;  ///< for messages: the file, or host and database

    /// Connects when there is no connection; cheap when there is one. May wait for the server, up
    /// to the connect timeout.
    virtual Result<SqlDone, SqlError> connect() = 0;

    /// Rows of a query; values are bound in order ($1 first).
    virtual Result<std::vector<SqlRow>, SqlError> query(SqlText sql,
                                                        std::span<const SqlValue> values) = 0;
    /// A statement that gives no rows.
    virtual Result<SqlDone, SqlError> execute(SqlText sql, std::span<const SqlValue> values) = 0;
    /// The same statement for each row of values, as fast as the database can. Within a
    /// transaction: after an error roll_back(), for some of the rows may stand.
    virtual Result<SqlDone, SqlError> execute_each(SqlText sql, std::span<const SqlRow> rows) = 0;
    /// A transaction that will write (SQLite: takes the write lock at once).
    virtual Result<SqlDone, SqlError> begin() = 0;
    virtual Result<SqlDone, SqlError> commit() = 0;
    /// Ends a transaction that is open without keeping it; nothing when none is open.
    virtual void roll_back() = 0;
};

}  // namespace tickstock
