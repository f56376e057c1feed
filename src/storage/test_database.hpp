#pragma once

#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "storage/user_store.hpp"

namespace tickstock::test_database {

/// A folder that is gone at the end of the test.
class Folder {
public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "store_XXXXXX").string();
        path_ = mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

inline std::unique_ptr<UserStore> open_store(const Folder& folder,
                                             UserStore::Options options = {}) {
    auto store = UserStore::open(folder / "users.db", options);
    TS_ASSERT(store.ok());
    return std::move(store).value();
}

/// What opening says: "opened", or the error without the path.
inline std::string opening(const std::string& path, UserStore::Options options = {}) {
    const auto store = UserStore::open(path, options);
    if (store) {
        return "opened";
    }
    std::string message = store.error().message;
    if (const auto at = message.find(path); at != std::string::npos) {
        message.replace(at, path.size(), "FILE");
    }
    return message;
}

inline std::string word_of(StoreError::Kind kind) {
    switch (kind) {
        case StoreError::Kind::Invalid: return "invalid: ";
        case StoreError::Kind::LimitReached: return "limit: ";
        case StoreError::Kind::NotFound: return "not found: ";
        case StoreError::Kind::Busy: return "busy: ";
        case StoreError::Kind::Full: return "full: ";
        case StoreError::Kind::Failed: break;
    }
    return "failed: ";
}

/// Waits for a write: "version 3", or kind and message of its error.
template <class Write>
std::string wait_for(Write write) {
    std::promise<std::string> said;
    write([&](Result<UserStore::Record, StoreError> result) {
        said.set_value(result ? "version " + std::to_string((*result)->version)
                              : word_of(result.error().kind) + result.error().message);
    });
    return said.get_future().get();
}

inline std::string put_filter(UserStore& store, const std::string& user, NamedFilter filter) {
    return wait_for([&](auto done) { store.put_filter(user, std::move(filter), done); });
}
inline std::string put_universe(UserStore& store, const std::string& user, UserUniverse universe) {
    return wait_for([&](auto done) { store.put_universe(user, std::move(universe), done); });
}
inline std::string remove_filter(UserStore& store, const std::string& user,
                                 const std::string& name) {
    return wait_for([&](auto done) { store.remove_filter(user, name, done); });
}
inline std::string remove_universe(UserStore& store, const std::string& user,
                                   const std::string& name) {
    return wait_for([&](auto done) { store.remove_universe(user, name, done); });
}
inline std::string replace_filters(UserStore& store, const std::string& user,
                                   std::vector<NamedFilter> filters) {
    return wait_for([&](auto done) { store.replace_filters(user, std::move(filters), done); });
}

/// Another program that has the file open.
class OtherProgram {
public:
    explicit OtherProgram(const std::string& path) {
        TS_ASSERT(sqlite3_open(path.c_str(), &database_) == SQLITE_OK);
    }
    ~OtherProgram() { sqlite3_close(database_); }
    OtherProgram(const OtherProgram&) = delete;
    OtherProgram& operator=(const OtherProgram&) = delete;

    void run(const char* literal) {
        TS_ASSERT(sqlite3_exec(database_, literal, nullptr, nullptr, nullptr) == SQLITE_OK);
    }
    /// All rows of one column, each with a line end.
    std::string rows(const char* literal) {
        std::string text;
        sqlite3_stmt* statement = nullptr;
        TS_ASSERT(sqlite3_prepare_v2(database_, literal, -1, &statement, nullptr) == SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
            text += bytes == nullptr ? "" : bytes;
            text += '\n';
        }
        sqlite3_finalize(statement);
        return text;
    }

private:
    sqlite3* database_ = nullptr;
};

}  // namespace tickstock::test_database
