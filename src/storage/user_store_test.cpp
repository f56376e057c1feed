#include "storage/user_store.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "storage/test_database.hpp"

namespace tickstock {
namespace {

using namespace test_database;
using Kind = StoreError::Kind;

TEST(UserStore, KeepsFiltersAndUniversesOverARestart) {
    const Folder folder;
    {
        const auto store = open_store(folder);
        EXPECT_EQ(store->find("alice"), nullptr);
        EXPECT_EQ(put_filter(*store, "alice", {"b", "{\"min\":1}", true}), "version 1");
        EXPECT_EQ(put_filter(*store, "alice", {"a", "{}", false}), "version 2");
        EXPECT_EQ(put_filter(*store, "alice", {"b", "{\"min\":2}", true}), "version 3");
        EXPECT_EQ(put_universe(*store, "alice", {"mine", {"AAPL", "BRK.B"}}), "version 4");
        EXPECT_EQ(put_universe(*store, "bob", {"none", {}}), "version 1");
    }
    const auto store = open_store(folder);
    const auto alice = store->find("alice");
    ASSERT_NE(alice, nullptr);
    EXPECT_EQ(alice->version, 4u);
    EXPECT_EQ(alice->filters,
              (std::vector<NamedFilter>{{"a", "{}", false}, {"b", "{\"min\":2}", true}}));
    EXPECT_EQ(alice->universes, (std::vector<UserUniverse>{{"mine", {"AAPL", "BRK.B"}}}));
    EXPECT_EQ(store->find("bob")->universes, (std::vector<UserUniverse>{{"none", {}}}));
    EXPECT_EQ(store->all().size(), 2u);
    EXPECT_EQ(std::filesystem::status(folder / "users.db").permissions(),
              std::filesystem::perms(0600));
}

TEST(UserStore, RemovesAndReplaces) {
    const Folder folder;
    {
        const auto store = open_store(folder);
        EXPECT_EQ(remove_filter(*store, "alice", "a"), "not found: user alice has no filter a");
        put_filter(*store, "alice", {"a", "1", true});
        put_filter(*store, "alice", {"b", "2", true});
        put_universe(*store, "alice", {"u", {"X"}});
        EXPECT_EQ(remove_filter(*store, "alice", "c"), "not found: user alice has no filter c");
        EXPECT_EQ(remove_filter(*store, "alice", "a"), "version 4");
        EXPECT_EQ(replace_filters(*store, "alice", {{"d", "4", true}, {"b", "5", false}}),
                  "version 5");
        EXPECT_EQ(remove_universe(*store, "alice", "v"), "not found: user alice has no universe v");
        EXPECT_EQ(remove_universe(*store, "alice", "u"), "version 6");
        EXPECT_EQ(replace_filters(*store, "bob", {}), "version 1");
    }
    const auto alice = open_store(folder)->find("alice");
    EXPECT_EQ(alice->filters, (std::vector<NamedFilter>{{"b", "5", false}, {"d", "4", true}}));
    EXPECT_TRUE(alice->universes.empty());
}

TEST(UserStore, ARecordNeverChangesUnderItsReader) {
    const Folder folder;
    const auto store = open_store(folder);
    put_filter(*store, "alice", {"a", "1", true});
    const auto before = store->find("alice");
    put_filter(*store, "alice", {"a", "2", true});
    EXPECT_EQ(before->filters.front().json, "1");
    EXPECT_EQ(store->find("alice")->filters.front().json, "2");
}

TEST(UserStore, RefusesNamesSymbolsAndLengths) {
    const Folder folder;
    const auto store = open_store(folder);
    const std::string name_rule =
        ": accepted are 1 to 64 bytes of UTF-8 without control characters";
    for (const std::string& bad :
         {std::string(), std::string(65, 'x'), std::string("a\nb"), std::string("a\0b", 3),
          std::string("\x7f"), std::string("\xc2\x85"), std::string("\xff"),
          std::string("\xc0\xaf"), std::string("\xed\xa0\x80"), std::string("\xf4\x90\x80\x80"),
          std::string("\xe2\x82")}) {
        EXPECT_EQ(put_filter(*store, "alice", {bad, "{}", true}),
                  "invalid: name of a filter" + name_rule);
        EXPECT_EQ(put_universe(*store, "alice", {bad, {}}),
                  "invalid: name of a universe" + name_rule);
        EXPECT_EQ(put_filter(*store, bad, {"a", "{}", true}), "invalid: user" + name_rule);
    }
    EXPECT_EQ(put_filter(*store, "alice", {"a", std::string(65'537, ' '), true}),
              "invalid: filter a: 65537 bytes; accepted are at most 65536");
    EXPECT_EQ(put_universe(*store, "alice", {"u", {"A", "B\nC"}}),
              "invalid: universe u: symbol 2: accepted are 1 to 16 printable ASCII characters");
    EXPECT_EQ(put_universe(*store, "alice", {"u", std::vector<std::string>(10'001, "A")}),
              "limit: universe u: 10001 symbols; accepted are at most 10000");
    EXPECT_EQ(store->find("alice"), nullptr);
    EXPECT_EQ(put_filter(*store, "\xc3\xa9milie", {"\xe2\x82\xac \xf0\x9f\x98\x80", "{}", true}),
              "version 1");
}

TEST(UserStore, HoldsSoManyAndNoMore) {
    const Folder folder;
    UserStore::Options options;
    options.max_users = 2;
    const auto store = open_store(folder, options);
    for (int i = 0; i < 32; ++i) {
        put_filter(*store, "alice", {std::to_string(i), "{}", true});
        put_universe(*store, "alice",
                     {std::to_string(i), std::vector<std::string>(10'000, "SYMBOL.SYMBOL.16")});
    }
    EXPECT_EQ(put_filter(*store, "alice", {"more", "{}", true}),
              "limit: user alice: accepted are at most 32 filters");
    EXPECT_EQ(put_universe(*store, "alice", {"more", {}}),
              "limit: user alice: accepted are at most 32 universes");
    EXPECT_EQ(put_filter(*store, "alice", {"31", "new", true}), "version 65");
    EXPECT_EQ(put_filter(*store, "bob", {"a", "{}", true}), "version 1");
    EXPECT_EQ(put_filter(*store, "carol", {"a", "{}", true}),
              "limit: 2 users have filters or universes; accepted are no more");
    EXPECT_EQ(store->find("alice")->universes.size(), 32u);
}

TEST(UserStore, AllTogetherAreBounded) {
    const Folder folder;
    UserStore::Options options;
    options.max_bytes = 1000;
    const auto store = open_store(folder, options);
    EXPECT_EQ(put_filter(*store, "alice", {"a", std::string(500, 'x'), true}), "version 1");
    EXPECT_TRUE(put_filter(*store, "bob", {"a", std::string(500, 'x'), true})
                    .starts_with("limit: filters and universes of all users take "));
    EXPECT_EQ(remove_filter(*store, "alice", "a"), "version 2");
}

TEST(UserStore, AFullDiskIsToldAndTheMemoryIsAsBefore) {
    const Folder folder;
    UserStore::Options options;
    options.small_file = true;
    const auto store = open_store(folder, options);
    std::string said;
    std::uint64_t version = 0;
    for (int i = 0; i < 32 && !said.starts_with("full"); ++i) {
        version = store->find("alice") == nullptr ? 0 : store->find("alice")->version;
        said = put_filter(*store, "alice", {std::to_string(i), std::string(60'000, 'x'), true});
    }
    EXPECT_EQ(said,
              "full: users' filters and universes cannot be stored: database or disk is full");
    ASSERT_GT(version, 0u);
    EXPECT_EQ(store->find("alice")->version, version);
    EXPECT_EQ(store->find("alice")->filters.size(), version);
    // Room again: the next write works.
    EXPECT_EQ(remove_filter(*store, "alice", "0"), "version " + std::to_string(version + 1));
    EXPECT_EQ(put_filter(*store, "alice", {"new", "{}", true}),
              "version " + std::to_string(version + 2));
}

TEST(UserStore, ALockedFileIsToldAndTheMemoryIsAsBefore) {
    const Folder folder;
    UserStore::Options options;
    options.busy_timeout = std::chrono::milliseconds(10);
    const auto store = open_store(folder, options);
    put_filter(*store, "alice", {"a", "1", true});
    {
        OtherProgram other(folder / "users.db");
        other.run("BEGIN IMMEDIATE");
        EXPECT_EQ(put_filter(*store, "alice", {"a", "2", true}),
                  "busy: users' filters and universes cannot be stored: database is locked");
        EXPECT_EQ(store->find("alice")->filters.front().json, "1");
        other.run("ROLLBACK");
    }
    EXPECT_EQ(put_filter(*store, "alice", {"a", "3", true}), "version 2");
}

TEST(UserStore, TooManyWaitingWritesAreRefused) {
    const Folder folder;
    UserStore::Options options;
    options.max_waiting = 0;
    const auto store = open_store(folder, options);
    EXPECT_EQ(put_filter(*store, "alice", {"a", "1", true}),
              "busy: 0 changes of users' filters and universes wait already");
}

TEST(UserStore, WhatWaitsAtTheEndIsDone) {
    const Folder folder;
    int done = 0;
    {
        const auto store = open_store(folder);
        for (int i = 0; i < 30; ++i) {
            store->put_filter("alice", {std::to_string(i), "{}", true},
                              [&](auto result) { done += result.ok() ? 1 : 0; });
        }
    }
    EXPECT_EQ(done, 30);
    EXPECT_EQ(open_store(folder)->find("alice")->filters.size(), 30u);
}

TEST(UserStore, ReadersAndAWriterAtOnce) {
    const Folder folder;
    const auto store = open_store(folder);
    put_filter(*store, "alice", {"a", "0", true});
    std::atomic<bool> stop{false};
    std::vector<std::thread> readers;
    for (int i = 0; i < 2; ++i) {
        readers.emplace_back([&] {
            std::uint64_t last = 0;
            while (!stop) {
                const auto record = store->find("alice");
                EXPECT_GE(record->version, last);
                EXPECT_EQ(record->filters.front().json, std::to_string(record->version - 1));
                last = record->version;
            }
        });
    }
    for (int i = 1; i < 50; ++i) {
        put_filter(*store, "alice", {"a", std::to_string(i), true});
    }
    stop = true;
    for (auto& reader : readers) {
        reader.join();
    }
}

}  // namespace
}  // namespace tickstock
