#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "storage/sqlite_database.hpp"
#include "storage/user_store.hpp"

namespace tickstock {

/// The file of the users' filters and universes: schema, loading and the transactions that change
/// it. One thread at a time.
class UserDatabase {
public:
    /// Makes file and schema where they are missing; refuses a newer schema, damage, and files of
    /// other programs. Errors name the file.
    static Result<UserDatabase> open(const std::string& path, SqliteDatabase::Options options);

    /// All users, by name. Errors name the file.
    Result<std::vector<UserRecord>> load();

    /// What one write does beside giving the user a new version.
    struct Change {
        std::string user;
        std::uint64_t version = 0;
        std::vector<NamedFilter> put_filters;
        std::vector<UserUniverse> put_universes;
        std::vector<std::string> remove_filters;  ///< names; before those that are put
        std::vector<std::string> remove_universes;
    };
    /// All of it, on the disk, or nothing.
    Result<SqliteDone, SqliteError> commit(const Change& change);

private:
    UserDatabase(std::string path, SqliteDatabase database)
        : path_(std::move(path)), database_(std::move(database)) {}
    Result<SqliteDone> migrate();
    Result<SqliteDone, SqliteError> apply(const Change& change);
    Result<SqliteDone, SqliteError> put(const Change& change);

    std::string path_;
    SqliteDatabase database_;
};

}  // namespace tickstock
