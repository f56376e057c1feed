// Texts that are SQL where somebody puts them into a statement (RELIABILITY row 31).

#include <gtest/gtest.h>

#include "storage/test_database.hpp"

namespace tickstock {
namespace {

using namespace test_database;

/// 200 and more payloads of at most 64 bytes: ways out of a text, times what is done then.
std::vector<std::string> payloads() {
    const std::vector<std::string> ways_out{"'",    "\"",  "`",  "]",  "')", "\")",         "'))",
                                            "\\'",  "%27", "''", "';", "1;", "1)",          "x' ",
                                            "',1)", "?1",  "$1", ":a", "@b", "\xef\xbc\x87"};
    const std::vector<std::string> deeds{"; DROP TABLE filters; --",
                                         " OR 1=1 --",
                                         " UNION SELECT sql FROM sqlite_master --",
                                         "; DELETE FROM users; --",
                                         "; UPDATE users SET version=9; --",
                                         "; ATTACH 'x.db' AS x; --",
                                         "; PRAGMA user_version=9; --",
                                         "; CREATE TABLE t(x); --",
                                         "||load_extension('x')||",
                                         "; INSERT INTO users VALUES('eve',1) --",
                                         "/*"};
    std::vector<std::string> all;
    for (const std::string& way : ways_out) {
        for (const std::string& deed : deeds) {
            all.push_back(way + deed);
        }
    }
    return all;
}

constexpr const char* schema =
    "SELECT type || name || coalesce(sql, '') FROM sqlite_master ORDER BY 1";

TEST(SqlInjection, EveryTextComesBackAsGivenAndTheSchemaStays) {
    const Folder folder;
    const auto all = payloads();
    ASSERT_GE(all.size(), 200u);
    std::string before;
    {
        const auto store = open_store(folder);
        before = OtherProgram(folder / "users.db").rows(schema);
        for (const std::string& text : all) {
            ASSERT_LE(text.size(), 64u);
            // Each as a user, a filter's name and JSON, a universe's name; its begin as a symbol.
            EXPECT_EQ(put_filter(*store, text, {text, text, true}), "version 1") << text;
            std::string symbol;
            for (const char c : text.substr(0, 16)) {
                symbol += c >= ' ' && c <= '~' ? c : '.';
            }
            EXPECT_EQ(put_universe(*store, text, {text, {symbol, "AAPL"}}), "version 2") << text;
            EXPECT_EQ(remove_filter(*store, "nobody", text),
                      "not found: user nobody has no filter " + text);
        }
        EXPECT_EQ(OtherProgram(folder / "users.db").rows(schema), before);
    }
    const auto store = open_store(folder);
    EXPECT_EQ(store->all().size(), all.size());
    for (const std::string& text : all) {
        const auto record = store->find(text);
        ASSERT_NE(record, nullptr) << text;
        EXPECT_EQ(record->filters, (std::vector<NamedFilter>{{text, text, true}}));
        EXPECT_EQ(record->universes.front().name, text);
        EXPECT_EQ(record->universes.front().symbols.back(), "AAPL");
    }
    EXPECT_EQ(OtherProgram(folder / "users.db").rows(schema), before);
    EXPECT_EQ(OtherProgram(folder / "users.db").rows("PRAGMA user_version"), "1\n");
    EXPECT_FALSE(std::filesystem::exists("x.db"));
}

TEST(SqlInjection, RemovingTakesTheOneOfThatNameOnly) {
    const Folder folder;
    const auto store = open_store(folder);
    put_filter(*store, "alice", {"keep", "{}", true});
    for (const std::string& text : payloads()) {
        put_filter(*store, "alice", {text, "{}", true});
        EXPECT_TRUE(remove_filter(*store, "alice", text).starts_with("version ")) << text;
        EXPECT_EQ(store->find("alice")->filters, (std::vector<NamedFilter>{{"keep", "{}", true}}));
    }
}

}  // namespace
}  // namespace tickstock
