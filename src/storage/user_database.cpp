#include "storage/user_database.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>

#include "base/file_disk.hpp"
#include "model/symbol.hpp"

namespace tickstock {
namespace {

constexpr std::int64_t schema_version = 1;

/// One a version, each from the one before. Never changed once released: a new one is added.
/// A universe's symbols are one text, a line a symbol: they are only ever read together.
constexpr std::array<SqlText, 4> to_version_1{
    "CREATE TABLE users (user TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID",
    "CREATE TABLE filters (user TEXT NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL,"
    " enabled INTEGER NOT NULL, PRIMARY KEY (user, name)) STRICT, WITHOUT ROWID",
    "CREATE TABLE universes (user TEXT NOT NULL, name TEXT NOT NULL, symbols TEXT NOT NULL,"
    " PRIMARY KEY (user, name)) STRICT, WITHOUT ROWID",
    "PRAGMA user_version = 1"};

std::string join_lines(const std::vector<std::string>& symbols) {
    return fmt::format("{}", fmt::join(symbols, "\n"));
}

std::vector<std::string> split_lines(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    return lines;
}

/// SQLite makes files by the umask; this one is its owner's.
Result<SqliteDone> make_private(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash != std::string::npos && slash > 0) {
        if (const auto made = FileDisk().make_directories(path.substr(0, slash)); !made) {
            return Error{made.error().message};
        }
    }
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        return Error{fmt::format("{}: cannot be opened: {}", path, std::strerror(errno))};
    }
    ::close(file);
    return SqliteDone{};
}

Error failure(const std::string& path, const SqliteError& error) {
    if (error.is_damaged()) {
        return Error{
            fmt::format("{}: is damaged or no SQLite database ({}); accepted is a file "
                        "that TickStock made. Moved away, it is made anew without the "
                        "users' filters and universes",
                        path, error.message)};
    }
    if (error.is_busy()) {
        return Error{fmt::format("{}: is locked by another process", path)};
    }
    return Error{fmt::format("{}: {}", path, error.message)};
}

}  // namespace

Result<UserDatabase> UserDatabase::open(const std::string& path, SqliteDatabase::Options options) {
    if (const auto made = make_private(path); !made) {
        return made.error();
    }
    auto opened = SqliteDatabase::open(path, options);
    if (!opened) {
        return failure(path, opened.error());
    }
    UserDatabase database(path, std::move(opened).value());
    const auto checked = database.database_.text("PRAGMA quick_check(1)");
    if (!checked) {
        return failure(path, checked.error());
    }
    if (*checked != "ok") {
        constexpr int damaged = 11;  // SQLITE_CORRUPT
        return failure(path, {damaged, *checked});
    }
    if (const auto migrated = database.migrate(); !migrated) {
        return migrated.error();
    }
    return database;
}

Result<SqliteDone> UserDatabase::migrate() {
    const auto version = database_.number("PRAGMA user_version");
    const auto objects = database_.number("SELECT count(*) FROM sqlite_master");
    if (!version || !objects) {
        return failure(path_, version ? objects.error() : version.error());
    }
    if (*version > schema_version) {
        return Error{
            fmt::format("{}: has schema version {}, of a newer TickStock; accepted are "
                        "versions up to {}",
                        path_, *version, schema_version)};
    }
    if (*version == schema_version) {
        return SqliteDone{};
    }
    if (*version < 0 || *objects > 0) {
        return Error{fmt::format("{}: is a database of another program", path_)};
    }
    if (const auto begun = database_.run("BEGIN IMMEDIATE"); !begun) {
        return failure(path_, begun.error());
    }
    for (const SqlText sql : to_version_1) {
        if (const auto done = database_.run(sql); !done) {
            database_.roll_back();
            return failure(path_, done.error());
        }
    }
    if (const auto done = database_.run("COMMIT"); !done) {
        database_.roll_back();
        return failure(path_, done.error());
    }
    return SqliteDone{};
}

Result<std::vector<UserRecord>> UserDatabase::load() {
    std::map<std::string, UserRecord> users;
    // Calls `take` for each row; false from it means that the row is not one of ours.
    const auto each = [&](SqlText sql, auto take) -> Result<SqliteDone> {
        SqliteStatement rows = database_.prepare(sql);
        for (;;) {
            const auto row = rows.step();
            if (!row) {
                return failure(path_, row.error());
            }
            if (!*row) {
                return SqliteDone{};
            }
            const auto user = users.find(rows.text(0));
            if (!take(rows, user == users.end() ? nullptr : &user->second)) {
                return Error{fmt::format("{}: holds what TickStock did not write, for user \"{}\"",
                                         path_, rows.text(0))};
            }
        }
    };
    const auto take_user = [&](const SqliteStatement& row, UserRecord*) {
        UserRecord& record = users[row.text(0)];
        record.user = row.text(0);
        record.version = static_cast<std::uint64_t>(row.number(1));
        return is_kept_name(record.user);
    };
    const auto take_filter = [](const SqliteStatement& row, UserRecord* record) {
        const std::string name = row.text(1);
        if (record == nullptr || !is_kept_name(name)) {
            return false;
        }
        record->filters.push_back({name, row.text(2), row.number(3) != 0});
        return true;
    };
    const auto take_universe = [](const SqliteStatement& row, UserRecord* record) {
        UserUniverse universe{row.text(1), split_lines(row.text(2))};
        const bool good =
            record != nullptr && is_kept_name(universe.name) &&
            std::all_of(universe.symbols.begin(), universe.symbols.end(), SymbolText::is_valid);
        if (good) {
            record->universes.push_back(std::move(universe));
        }
        return good;
    };
    for (const auto& read :
         {each("SELECT user, version FROM users", take_user),
          each("SELECT user, name, json, enabled FROM filters ORDER BY user, name", take_filter),
          each("SELECT user, name, symbols FROM universes ORDER BY user, name", take_universe)}) {
        if (!read) {
            return read.error();
        }
    }
    std::vector<UserRecord> records;
    for (auto& [name, record] : users) {
        records.push_back(std::move(record));
    }
    return records;
}

Result<SqliteDone, SqliteError> UserDatabase::commit(const Change& change) {
    auto done = apply(change);
    if (!done) {
        database_.roll_back();
    }
    return done;
}

Result<SqliteDone, SqliteError> UserDatabase::apply(const Change& change) {
    if (auto begun = database_.run("BEGIN IMMEDIATE"); !begun) {
        return begun;
    }
    if (auto put_all = put(change); !put_all) {
        return put_all;
    }
    return database_.run("COMMIT");
}

Result<SqliteDone, SqliteError> UserDatabase::put(const Change& change) {
    SqliteStatement user = database_.prepare("INSERT OR REPLACE INTO users VALUES (?1, ?2)");
    user.bind(change.user).bind(static_cast<std::int64_t>(change.version));
    if (const auto done = user.step(); !done) {
        return done.error();
    }
    for (const std::string& name : change.remove_filters) {
        SqliteStatement row =
            database_.prepare("DELETE FROM filters WHERE user = ?1 AND name = ?2");
        if (const auto done = row.bind(change.user).bind(name).step(); !done) {
            return done.error();
        }
    }
    for (const std::string& name : change.remove_universes) {
        SqliteStatement row =
            database_.prepare("DELETE FROM universes WHERE user = ?1 AND name = ?2");
        if (const auto done = row.bind(change.user).bind(name).step(); !done) {
            return done.error();
        }
    }
    for (const NamedFilter& filter : change.put_filters) {
        SqliteStatement row =
            database_.prepare("INSERT OR REPLACE INTO filters VALUES (?1, ?2, ?3, ?4)");
        row.bind(change.user).bind(filter.name).bind(filter.json);
        if (const auto done = row.bind(std::int64_t{filter.enabled}).step(); !done) {
            return done.error();
        }
    }
    for (const UserUniverse& universe : change.put_universes) {
        const std::string symbols = join_lines(universe.symbols);
        SqliteStatement row =
            database_.prepare("INSERT OR REPLACE INTO universes VALUES (?1, ?2, ?3)");
        if (const auto done = row.bind(change.user).bind(universe.name).bind(symbols).step();
            !done) {
            return done.error();
        }
    }
    return SqliteDone{};
}

}  // namespace tickstock
