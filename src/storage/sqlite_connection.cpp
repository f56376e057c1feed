#include "storage/sqlite_connection.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/clock.hpp"
#include "base/file_disk.hpp"
#include "storage/sqlite_database.hpp"
#include "storage/sqlite_prepared.hpp"

namespace tickstock {
namespace {

constexpr int primary_mask = 0xff;        // the low byte of an extended code is the primary one
constexpr int longest_text = 16'000'000;  // bytes; far above what the stored stream takes

SqlError::Kind kind_of(const SqliteError& error) {
    using Kind = SqlError::Kind;
    if (error.is_busy()) {
        return Kind::Busy;
    }
    if (error.is_full()) {
        return Kind::Full;
    }
    if (error.is_damaged()) {
        return Kind::Damaged;
    }
    switch (error.code & primary_mask) {
        case SQLITE_CANTOPEN:
        case SQLITE_IOERR:
        case SQLITE_PERM:
        case SQLITE_NOMEM: return Kind::Unreachable;
        case SQLITE_READONLY:
            // The file was moved away or its folder became read-only: may pass. A connection that
            // was opened for reading stays as it is.
            return error.code == SQLITE_READONLY ? Kind::Refused : Kind::Unreachable;
        default: return Kind::Refused;
    }
}

class SqliteConnection final : public SqlConnection {
public:
    SqliteConnection(std::string path, SqliteConnectionOptions options)
        : path_(std::move(path)), options_(options) {}

    Dialect dialect() const override { return Dialect::Sqlite; }
    std::string name() const override { return path_; }
    Result<SqlDone, SqlError> connect() override;
    Result<std::vector<SqlRow>, SqlError> query(SqlText sql,
                                                std::span<const SqlValue> values) override;
    Result<SqlDone, SqlError> execute(SqlText sql, std::span<const SqlValue> values) override;
    Result<SqlDone, SqlError> execute_each(SqlText sql, std::span<const SqlRow> rows) override;
    Result<SqlDone, SqlError> begin() override { return execute("BEGIN IMMEDIATE", {}); }
    Result<SqlDone, SqlError> commit() override { return execute("COMMIT", {}); }
    void roll_back() override {
        if (database_) {
            database_->roll_back();
        }
    }

private:
    std::optional<SqlError> make_file() const;
    std::uint64_t file_number() const;
    std::optional<SqlError> check();
    SqlError error(const SqliteError& error);
    SqlError last_error();
    Result<SqlitePrepared*, SqlError> prepared(SqlText sql);
    Result<SqlDone, SqlError> run(SqlitePrepared& prepared, std::span<const SqlValue> values);

    void begin_statement();
    SqlError statement_error(sqlite3_stmt* statement);

    const std::string path_;
    const SqliteConnectionOptions options_;
    const SystemClock clock_{};  // for statement_timeout only
    Nanos deadline_{0};
    std::uint64_t file_number_ = 0;  // of the file that is open
    std::optional<SqliteDatabase> database_;
    std::unordered_map<const char*, SqlitePrepared> prepared_;  // by literal; gone before database_
};

void SqliteConnection::begin_statement() {
    deadline_ = clock_.monotonic() + options_.statement_timeout;
}

/// Resets the statement.
SqlError SqliteConnection::statement_error(sqlite3_stmt* statement) {
    const SqliteError failed{sqlite3_extended_errcode(database_->handle()),
                             sqlite3_errmsg(database_->handle())};
    sqlite3_reset(statement);
    if ((failed.code & primary_mask) == SQLITE_INTERRUPT) {
        return {SqlError::Kind::Busy,
                fmt::format("{}: a statement took longer than {} s", path_,
                            options_.statement_timeout / std::chrono::seconds(1))};
    }
    return error(failed);
}

/// Also drops the connection where only a new one helps.
SqlError SqliteConnection::error(const SqliteError& error) {
    SqlError told{kind_of(error), fmt::format("{}: {}", path_, error.message)};
    if (told.kind == SqlError::Kind::Unreachable || told.kind == SqlError::Kind::Damaged) {
        prepared_.clear();
        database_.reset();
    }
    return told;
}

SqlError SqliteConnection::last_error() {
    sqlite3* const handle = database_->handle();
    return error({sqlite3_extended_errcode(handle), sqlite3_errmsg(handle)});
}

/// SQLite makes files by the umask; this one is its owner's.
std::optional<SqlError> SqliteConnection::make_file() const {
    if (!options_.create) {
        struct stat found {};
        if (::stat(path_.c_str(), &found) == 0) {
            return std::nullopt;
        }
        return SqlError{SqlError::Kind::Unreachable,
                        fmt::format("{}: {}", path_, std::strerror(errno))};
    }
    const auto slash = path_.rfind('/');
    if (slash != std::string::npos && slash > 0) {
        if (const auto made = FileDisk().make_directories(path_.substr(0, slash)); !made) {
            return SqlError{SqlError::Kind::Unreachable, made.error().message};
        }
    }
    const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        return SqlError{SqlError::Kind::Unreachable,
                        fmt::format("{}: cannot be opened: {}", path_, std::strerror(errno))};
    }
    ::close(file);
    return std::nullopt;
}

/// A damaged file is set aside and made anew under its name, maybe by another process. 0 = none.
std::uint64_t SqliteConnection::file_number() const {
    struct stat found {};
    return ::stat(path_.c_str(), &found) == 0 ? found.st_ino : 0;
}

Result<SqlDone, SqlError> SqliteConnection::connect() {
    if (database_ && file_number() == file_number_) {
        return SqlDone{};
    }
    prepared_.clear();
    database_.reset();  // the file that stands there now is another one
    if (auto failed = make_file()) {
        return std::move(*failed);
    }
    file_number_ = file_number();
    SqliteDatabase::Options options;
    options.busy_timeout = options_.busy_timeout;
    options.small = options_.small;
    options.synced_commits = false;
    options.max_length = longest_text;
    auto opened = SqliteDatabase::open(path_, options);
    if (!opened) {
        return error(opened.error());
    }
    database_.emplace(std::move(opened).value());
    // 64 MiB: the newest pages of the indexes of some million events.
    if (const auto set = database_->run("PRAGMA cache_size = -65536"); !set) {
        return error(set.error());
    }
    if (options_.read_only) {
        if (const auto set = database_->run("PRAGMA query_only = ON"); !set) {
            return error(set.error());
        }
    }
    if (auto failed = check()) {
        return std::move(*failed);
    }
    if (options_.statement_timeout > Nanos{0}) {
        constexpr int steps = 10'000;  // of SQLite's machine between two looks at the clock
        sqlite3_progress_handler(
            database_->handle(), steps,
            [](void* self) {
                const auto* connection = static_cast<const SqliteConnection*>(self);
                return connection->clock_.monotonic() > connection->deadline_ ? 1 : 0;
            },
            this);
    }
    return SqlDone{};
}

std::optional<SqlError> SqliteConnection::check() {
    struct stat found {};
    if (options_.check_up_to == 0 || ::stat(path_.c_str(), &found) != 0 ||
        static_cast<std::uint64_t>(found.st_size) > options_.check_up_to) {
        return std::nullopt;
    }
    const auto checked = database_->text("PRAGMA quick_check(1)");
    if (!checked) {
        return error(checked.error());
    }
    if (*checked != "ok") {
        return error({SQLITE_CORRUPT, *checked});
    }
    return std::nullopt;
}

Result<SqlitePrepared*, SqlError> SqliteConnection::prepared(SqlText sql) {
    if (!database_) {
        return SqlError{SqlError::Kind::Unreachable, fmt::format("{}: is not open", path_)};
    }
    if (const auto known = prepared_.find(sql.text); known != prepared_.end()) {
        return &known->second;
    }
    SqlitePrepared prepared;
    if (prepared.prepare(database_->handle(), sql) != SQLITE_OK) {
        return last_error();
    }
    return &prepared_.emplace(sql.text, std::move(prepared)).first->second;
}

Result<std::vector<SqlRow>, SqlError> SqliteConnection::query(SqlText sql,
                                                              std::span<const SqlValue> values) {
    const auto found = prepared(sql);
    if (!found) {
        return found.error();
    }
    sqlite3_stmt* const statement = (*found)->get();
    begin_statement();
    std::vector<SqlRow> rows;
    int code = (*found)->bind(values);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW) {
            break;
        }
        rows.push_back((*found)->row());
    }
    if (code != SQLITE_DONE) {
        return statement_error(statement);
    }
    sqlite3_reset(statement);
    return rows;
}

Result<SqlDone, SqlError> SqliteConnection::run(SqlitePrepared& prepared,
                                                std::span<const SqlValue> values) {
    sqlite3_stmt* const statement = prepared.get();
    begin_statement();
    int code = prepared.bind(values);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
    }
    if (code != SQLITE_DONE) {
        return statement_error(statement);
    }
    sqlite3_reset(statement);
    return SqlDone{static_cast<std::uint64_t>(sqlite3_changes64(database_->handle()))};
}

Result<SqlDone, SqlError> SqliteConnection::execute(SqlText sql, std::span<const SqlValue> values) {
    const auto found = prepared(sql);
    return found ? run(**found, values) : found.error();
}

Result<SqlDone, SqlError> SqliteConnection::execute_each(SqlText sql,
                                                         std::span<const SqlRow> rows) {
    const auto found = prepared(sql);
    if (!found) {
        return found.error();
    }
    SqlDone all;
    for (const SqlRow& row : rows) {
        const auto done = run(**found, row);
        if (!done) {
            return done.error();
        }
        all.changed += done->changed;
    }
    return all;
}

}  // namespace

std::unique_ptr<SqlConnection> open_sqlite_connection(std::string path,
                                                      SqliteConnectionOptions options) {
    return std::make_unique<SqliteConnection>(std::move(path), options);
}

}  // namespace tickstock
