// Files that are not as a start expects them.

#include <gtest/gtest.h>

#include <random>

#include "storage/sqlite_database.hpp"
#include "storage/test_database.hpp"
#include "storage/user_database.hpp"

namespace tickstock {
namespace {

using namespace test_database;

void write(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

std::string read(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(stream), {}};
}

TEST(UserStoreFiles, ANewerSchemaIsRefusedAndStaysAsItIs) {
    const Folder folder;
    const std::string path = folder / "users.db";
    EXPECT_EQ(opening(path), "opened");
    OtherProgram(path).run("PRAGMA user_version = 2");
    EXPECT_EQ(opening(path),
              "FILE: has schema version 2, of a newer TickStock; accepted are versions up to 1");
    EXPECT_EQ(OtherProgram(path).rows("PRAGMA user_version"), "2\n");
}

TEST(UserStoreFiles, ADatabaseOfAnotherProgramIsRefused) {
    const Folder folder;
    const std::string path = folder / "users.db";
    OtherProgram(path).run("CREATE TABLE notes (text)");
    EXPECT_EQ(opening(path), "FILE: is a database of another program");
}

TEST(UserStoreFiles, WhatIsNoDatabaseIsRefusedByName) {
    const Folder folder;
    const std::string path = folder / "users.db";
    write(path, std::string(8192, 'x'));
    EXPECT_EQ(opening(path),
              "FILE: is damaged or no SQLite database (file is not a database); accepted is a file "
              "that TickStock made. Moved away, it is made anew without the users' filters and "
              "universes");
    EXPECT_EQ(read(path), std::string(8192, 'x'));
    EXPECT_TRUE(opening(folder / "").starts_with("FILE: cannot be opened: "));
}

TEST(UserStoreFiles, DamageIsFoundAndNeverReadAsIfItWereGood) {
    const Folder folder;
    const std::string path = folder / "users.db";
    std::vector<std::string> good;
    {
        const auto store = open_store(folder);
        for (int i = 0; i < 30; ++i) {
            put_filter(*store, "alice", {std::to_string(i), std::string(2000, 'x'), true});
        }
    }
    const std::string whole = read(path);
    ASSERT_GT(whole.size(), 40'000u);
    std::mt19937 random(1);
    int refused = 0;
    for (int round = 0; round < 40; ++round) {
        std::string bytes = whole;
        // A page's head each time, where the structure is; the last rounds cut the file.
        const std::size_t page = 4096 * (random() % (whole.size() / 4096));
        for (int i = 0; i < 16; ++i) {
            bytes[page + (page == 0 ? 100 : 0) + static_cast<std::size_t>(i)] =
                static_cast<char>(random());
        }
        if (round >= 30) {
            bytes = whole.substr(0, 4096 * (1 + random() % (whole.size() / 4096 - 1)));
        }
        std::filesystem::remove(path + "-wal");
        std::filesystem::remove(path + "-shm");
        write(path, bytes);
        const std::string said = opening(path);
        if (said != "opened") {
            EXPECT_TRUE(said.starts_with("FILE: ")) << said;
            ++refused;
        }
    }
    EXPECT_GE(refused, 38);  // a few bytes may mean the same as before
}

TEST(UserStoreFiles, RowsThatOthersWroteAreRefused) {
    const Folder folder;
    const std::string path = folder / "users.db";
    EXPECT_EQ(opening(path), "opened");
    OtherProgram(path).run("INSERT INTO filters VALUES ('ghost', 'f', '{}', 1)");
    EXPECT_EQ(opening(path), "FILE: holds what TickStock did not write, for user \"ghost\"");
}

TEST(UserStoreFiles, AFileThatIsLockedAtStartIsTold) {
    const Folder folder;
    const std::string path = folder / "users.db";
    EXPECT_EQ(opening(path), "opened");
    OtherProgram other(path);
    other.run("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE");
    UserStore::Options options;
    options.busy_timeout = std::chrono::milliseconds(10);
    EXPECT_EQ(opening(path, options), "FILE: is locked by another process");
}

TEST(UserDatabase, AChangeThatFailsInItsMiddleLeavesNothing) {
    const Folder folder;
    auto database = UserDatabase::open(folder / "users.db", {}).value();
    UserDatabase::Change change;
    change.user = "alice";
    change.version = 1;
    change.put_filters = {{"a", "{}", true}, {"b", std::string(1'000'001, 'x'), true}};
    const auto failed = database.commit(change);
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().message, "string or blob too big");
    EXPECT_TRUE(database.load()->empty());
    change.put_filters.pop_back();
    EXPECT_TRUE(database.commit(change).ok());
    EXPECT_EQ(database.load()->front().filters.size(), 1u);
}

TEST(SqliteDatabase, IsHardened) {
    const Folder folder;
    auto database = SqliteDatabase::open(folder / "a.db", {}).value();
    EXPECT_EQ(database.text("PRAGMA journal_mode").value(), "wal");
    EXPECT_EQ(database.number("PRAGMA synchronous").value(), 2);
    EXPECT_EQ(database.number("PRAGMA trusted_schema").value(), 0);
    EXPECT_FALSE(database.run("ATTACH ':memory:' AS other").ok());
    EXPECT_FALSE(database.run("SELECT load_extension('x')").ok());
    ASSERT_TRUE(database.run("CREATE TABLE t (x)").ok());
    // Defensive: the schema cannot be written by hand.
    EXPECT_TRUE(database.run("PRAGMA writable_schema = ON").ok());
    EXPECT_FALSE(database.run("DELETE FROM sqlite_master").ok());
    EXPECT_FALSE(database.run("SELECT \"no such column\" FROM t").ok());
    const std::string long_text(1'000'001, 'x');
    EXPECT_FALSE(database.prepare("INSERT INTO t VALUES (?1)").bind(long_text).step().ok());
    EXPECT_TRUE(database.prepare("INSERT INTO t VALUES (?1)").bind(std::string_view()).step().ok());
    EXPECT_EQ(database.number("SELECT count(*) FROM t WHERE x = ''").value(), 1);
}

}  // namespace
}  // namespace tickstock
