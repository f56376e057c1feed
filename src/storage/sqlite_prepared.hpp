#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "storage/sql_connection.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tickstock {

/// A statement that stays prepared, and which value each of its parameters takes: SQLite numbers
/// "$2" by where it first stands. For SqliteConnection.
class SqlitePrepared {
public:
    /// SQLite's result code.
    int prepare(sqlite3* database, SqlText sql);
    /// SQLite's result code. The values must live until the statement is reset.
    int bind(std::span<const SqlValue> values) const;
    /// The row at which the statement stands.
    SqlRow row() const;
    sqlite3_stmt* get() const { return statement_.get(); }

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    std::vector<std::size_t> values_;  // by parameter: index of the value, for "$1" 0
};

}  // namespace tickstock
