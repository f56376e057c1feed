#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "storage/sql_text.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tickstock {

/// What SQLite says, by its result code.
struct SqliteError {
    int code = 0;         ///< extended
    std::string message;  ///< SQLite's own text

    bool is_busy() const;     ///< locked by another process: worth another try
    bool is_full() const;     ///< no room on the disk
    bool is_damaged() const;  ///< no database, or a damaged one
};

struct SqliteDone {};

/// A prepared statement with its values. Used once: bind in order, then step.
class SqliteStatement {
public:
    SqliteStatement& bind(std::string_view text);  ///< must live until the last step()
    SqliteStatement& bind(std::int64_t number);

    /// True: there is a row to read. False: done.
    Result<bool, SqliteError> step();

    std::string text(int column) const;
    std::int64_t number(int column) const;

private:
    friend class SqliteDatabase;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    SqliteStatement(sqlite3* database, sqlite3_stmt* statement, SqliteError failed)
        : database_(database), statement_(statement), failed_(std::move(failed)) {}
    void note(int code);

    sqlite3* database_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    SqliteError failed_;  // of preparing or binding; step() tells it
    int bound_ = 0;
};

/// One connection to an SQLite file, hardened: defensive, schema not trusted, no attaching, no
/// extensions, short lengths. One thread at a time.
class SqliteDatabase {
public:
    struct Options {
        Nanos busy_timeout = std::chrono::seconds(2);
        bool small = false;  ///< at most 64 pages of 4 KiB: for tests of a full disk
        /// Every commit is on the disk when it returns. False: a power cut may take the last
        /// commits, in order; the file stays sound.
        bool synced_commits = true;
        int max_length = 1'000'000;  ///< bytes of a text
    };

    /// Opens or makes the file, write-ahead log. The file's mode is as it is.
    static Result<SqliteDatabase, SqliteError> open(const std::string& path, Options options);

    SqliteStatement prepare(SqlText sql);
    /// A statement without values or rows.
    Result<SqliteDone, SqliteError> run(SqlText sql);
    /// The first number of the first row; 0 when there is none.
    Result<std::int64_t, SqliteError> number(SqlText sql);
    /// The first text of the first row; empty when there is none.
    Result<std::string, SqliteError> text(SqlText sql);

    /// Ends a transaction that is open without keeping it.
    void roll_back();

    /// For statements that are kept (SqliteConnection). Lives as long as this.
    sqlite3* handle() { return database_.get(); }

private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    explicit SqliteDatabase(sqlite3* database) : database_(database) {}
    Result<SqliteDone, SqliteError> harden(Options options);

    std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace tickstock
