#include "storage/sqlite_database.hpp"

#include <sqlite3.h>

#include <array>
#include <utility>

namespace tickstock {
namespace {

constexpr int primary_mask = 0xff;  // the low byte of an extended code is the primary one

SqliteError error_of(sqlite3* database, int code) {
    return {code, database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code)};
}

}  // namespace

bool SqliteError::is_busy() const {
    return (code & primary_mask) == SQLITE_BUSY || (code & primary_mask) == SQLITE_LOCKED;
}

bool SqliteError::is_full() const {
    return (code & primary_mask) == SQLITE_FULL;
}

bool SqliteError::is_damaged() const {
    return (code & primary_mask) == SQLITE_CORRUPT || (code & primary_mask) == SQLITE_NOTADB;
}

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void SqliteStatement::note(int code) {
    if (code != SQLITE_OK && failed_.code == SQLITE_OK) {
        failed_ = error_of(database_, code);
    }
}

SqliteStatement& SqliteStatement::bind(std::string_view text) {
    if (failed_.code == SQLITE_OK) {
        // An empty view may have no address, which would bind NULL.
        const char* data = text.empty() ? "" : text.data();
        note(sqlite3_bind_text64(statement_.get(), ++bound_, data, text.size(), SQLITE_STATIC,
                                 SQLITE_UTF8));
    }
    return *this;
}

SqliteStatement& SqliteStatement::bind(std::int64_t number) {
    if (failed_.code == SQLITE_OK) {
        note(sqlite3_bind_int64(statement_.get(), ++bound_, number));
    }
    return *this;
}

Result<bool, SqliteError> SqliteStatement::step() {
    if (failed_.code != SQLITE_OK) {
        return failed_;
    }
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        return code == SQLITE_ROW;
    }
    return error_of(database_, code);
}

std::string SqliteStatement::text(int column) const {
    const auto* bytes =
        reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    const int length = sqlite3_column_bytes(statement_.get(), column);
    return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(length));
}

std::int64_t SqliteStatement::number(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

void SqliteDatabase::Close::operator()(sqlite3* database) const {
    sqlite3_close_v2(database);
}

Result<SqliteDatabase, SqliteError> SqliteDatabase::open(const std::string& path, Options options) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(
        path.c_str(), &opened,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
        nullptr);
    SqliteDatabase database(opened);  // closes it in any case
    if (code != SQLITE_OK) {
        return error_of(opened, code);
    }
    if (const auto hardened = database.harden(options); !hardened) {
        return hardened.error();
    }
    return database;
}

Result<SqliteDone, SqliteError> SqliteDatabase::harden(Options options) {
    sqlite3* const db = database_.get();
    constexpr std::array<std::pair<int, int>, 6> switches{{{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                                           {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                                           {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                                                           {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
                                                           {SQLITE_DBCONFIG_DQS_DML, 0},
                                                           {SQLITE_DBCONFIG_DQS_DDL, 0}}};
    for (const auto& [which, on] : switches) {
        if (const int code = sqlite3_db_config(db, which, on, nullptr); code != SQLITE_OK) {
            return error_of(db, code);
        }
    }
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, options.max_length);
    sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 100'000);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_busy_timeout(
        db,
        static_cast<int>(
            std::chrono::duration_cast<std::chrono::milliseconds>(options.busy_timeout).count()));
    const auto mode = text("PRAGMA journal_mode = WAL");
    if (!mode) {
        return mode.error();
    }
    const auto set = options.synced_commits ? run("PRAGMA synchronous = FULL")
                                            : run("PRAGMA synchronous = NORMAL");
    if (!set) {
        return set.error();
    }
    if (options.small) {
        return run("PRAGMA max_page_count = 64");
    }
    return SqliteDone{};
}

SqliteStatement SqliteDatabase::prepare(SqlText sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(database_.get(), sql.text, -1, 0, &statement, nullptr);
    return {database_.get(), statement,
            code == SQLITE_OK ? SqliteError{} : error_of(database_.get(), code)};
}

Result<SqliteDone, SqliteError> SqliteDatabase::run(SqlText sql) {
    SqliteStatement statement = prepare(sql);
    for (;;) {
        const auto stepped = statement.step();
        if (!stepped) {
            return stepped.error();
        }
        if (!*stepped) {
            return SqliteDone{};
        }
    }
}

Result<std::int64_t, SqliteError> SqliteDatabase::number(SqlText sql) {
    SqliteStatement statement = prepare(sql);
    const auto stepped = statement.step();
    if (!stepped) {
        return stepped.error();
    }
    return *stepped ? statement.number(0) : 0;
}

Result<std::string, SqliteError> SqliteDatabase::text(SqlText sql) {
    SqliteStatement statement = prepare(sql);
    const auto stepped = statement.step();
    if (!stepped) {
        return stepped.error();
    }
    return *stepped ? statement.text(0) : std::string();
}

void SqliteDatabase::roll_back() {
    if (sqlite3_get_autocommit(database_.get()) == 0) {
        static_cast<void>(run("ROLLBACK"));  // failing, it has happened already
    }
}

}  // namespace tickstock
