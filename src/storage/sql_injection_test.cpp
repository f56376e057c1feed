// Texts that are SQL where somebody puts them into a statement (RELIABILITY row 31).

#include <gtest/gtest.h>

#include "storage/test_database.hpp"
#include "storage/test_injection.hpp"

namespace tickstock {
namespace {

using namespace test_database;

constexpr const char* schema =
    "SELECT type || name || coalesce(sql, '') FROM sqlite_master ORDER BY 1";

TEST(SqlInjection, EveryTextComesBackAsGivenAndTheSchemaStays) {
    const Folder folder;
    const auto all = injection_payloads();
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
    for (const std::string& text : injection_payloads()) {
        put_filter(*store, "alice", {text, "{}", true});
        EXPECT_TRUE(remove_filter(*store, "alice", text).starts_with("version ")) << text;
        EXPECT_EQ(store->find("alice")->filters, (std::vector<NamedFilter>{{"keep", "{}", true}}));
    }
}

}  // namespace
}  // namespace tickstock
