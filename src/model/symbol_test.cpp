#include "model/symbol.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/state_archive.hpp"

namespace tickstock {
namespace {

rc::Gen<std::string> symbols() {
    return rc::gen::resize(
        16, rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('A', 'F'))));
}

TEST(SymbolText, OneToSixteenPrintableBytes) {
    EXPECT_TRUE(SymbolText::is_valid("A"));
    EXPECT_TRUE(SymbolText::is_valid("BRK.B"));
    EXPECT_TRUE(SymbolText::is_valid("ABCDEFGHIJKLMNOP"));
    EXPECT_TRUE(SymbolText::is_valid("a b~"));
    EXPECT_FALSE(SymbolText::is_valid(""));
    EXPECT_FALSE(SymbolText::is_valid("ABCDEFGHIJKLMNOPQ"));
    EXPECT_FALSE(SymbolText::is_valid("A\n"));
    EXPECT_FALSE(SymbolText::is_valid("A\x7f"));
    EXPECT_FALSE(SymbolText::is_valid("\xc3\x89"));
    EXPECT_FALSE(SymbolText::is_valid(std::string_view("A\0B", 3)));
}

TEST(SymbolText, KeepsSixteenBytesWhole) {
    EXPECT_EQ(SymbolText("ABCDEFGHIJKLMNOP").view(), "ABCDEFGHIJKLMNOP");
    EXPECT_EQ(SymbolText("BRK.B").view(), "BRK.B");
    EXPECT_EQ(SymbolText().view(), "");
}

RC_GTEST_PROP(SymbolTextProperty, OrderIsTextOrder, ()) {
    const auto a = (*symbols()).substr(0, SymbolText::max_length);
    const auto b = (*symbols()).substr(0, SymbolText::max_length);
    RC_ASSERT((SymbolText(a) <=> SymbolText(b)) == (a.compare(b) <=> 0));
    RC_ASSERT((SymbolText(a) == SymbolText(b)) == (a == b));
}

TEST(SymbolTable, FullTableRefusesOneMoreButKnowsTheRest) {
    SymbolTable table(2);
    EXPECT_EQ(table.intern("A"), SymbolId{0});
    EXPECT_EQ(table.intern("B"), SymbolId{1});
    EXPECT_EQ(table.intern("C"), std::nullopt);
    EXPECT_EQ(table.intern("A"), SymbolId{0});
    EXPECT_EQ(table.size(), 2U);
    EXPECT_EQ(table.find("C"), std::nullopt);
}

TEST(SymbolTable, FindOfInvalidTextIsNothing) {
    const SymbolTable table;
    EXPECT_EQ(table.find(""), std::nullopt);
    EXPECT_EQ(table.find(std::string(17, 'A')), std::nullopt);
}

TEST(SymbolTable, HoldsItsDefaultCapacity) {
    SymbolTable table;
    for (std::uint32_t i = 0; i < SymbolTable::default_capacity; ++i) {
        ASSERT_EQ(table.intern("S" + std::to_string(i)), SymbolId{i});
    }
    EXPECT_EQ(table.intern("ONEMORE"), std::nullopt);
    EXPECT_EQ(table.text(SymbolId{99'999}).view(), "S99999");
    EXPECT_EQ(table.find("S131071"), SymbolId{131'071});
}

TEST(SymbolTableDeath, IdOfAnotherTableIsAProgrammersError) {
    const SymbolTable table;
    EXPECT_DEATH(static_cast<void>(table.text(SymbolId{0})), "assertion failed");
}

RC_GTEST_PROP(SymbolTableProperty, IdsAreDenseInOrderOfFirstSight, ()) {
    const auto texts = *rc::gen::container<std::vector<std::string>>(symbols());
    SymbolTable table;
    std::map<std::string, std::uint32_t> model;
    for (const auto& whole : texts) {
        const auto text = whole.substr(0, SymbolText::max_length);
        const auto next = static_cast<std::uint32_t>(model.size());
        const auto expected = model.emplace(text, next).first->second;
        RC_ASSERT(table.intern(text) == SymbolId{expected});
    }
    RC_ASSERT(table.size() == model.size());
    for (const auto& [text, id] : model) {
        RC_ASSERT(table.find(text) == SymbolId{id});
        RC_ASSERT(table.text(SymbolId{id}).view() == text);
    }
}

TEST(SymbolTable, TheWholeFeedHasAnEmptyText) {
    EXPECT_EQ(SymbolTable().text(symbol_none).view(), "");
}

TEST(SymbolTableState, IdsAreTheSameAndGoOn) {
    SymbolTable table;
    for (int i = 0; i < 3'000; ++i) {
        table.intern("S" + std::to_string(i));
    }
    StateWriter out;
    table.save(out);
    SymbolTable loaded;
    StateReader in(out.text());
    loaded.load(in);
    ASSERT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(loaded.size(), 3'000U);
    EXPECT_EQ(loaded.text(SymbolId{2'999}).view(), "S2999");
    EXPECT_EQ(loaded.find("S17"), SymbolId{17});
    EXPECT_EQ(loaded.intern("NEW"), SymbolId{3'000});
}

TEST(SymbolTableState, WhatIsNoTableIsRefused) {
    SymbolTable table;
    table.intern("A");
    table.intern("BRK.B");
    StateWriter out;
    table.save(out);
    const auto is_read = [](std::string_view bytes, std::size_t capacity) {
        SymbolTable loaded(capacity);
        StateReader in(bytes);
        loaded.load(in);
        return in.ok();
    };
    EXPECT_TRUE(is_read(out.text(), 2));
    EXPECT_FALSE(is_read(out.text(), 1)) << "does not fit";
    for (std::size_t size = 0; size < out.size(); ++size) {
        EXPECT_FALSE(is_read(std::string_view(out.text()).substr(0, size), 2)) << size;
    }
    std::string twice = out.text();
    twice.replace(8 + 16, 16, twice, 8, 16);
    EXPECT_FALSE(is_read(twice, 2)) << "one text under two ids";
    std::string untold = out.text();
    untold.replace(8, 16, 16, '\0');
    EXPECT_TRUE(is_read(untold, 2)) << "an id of which no journal told the text";
    std::string odd = out.text();
    odd[8] = '\n';
    EXPECT_FALSE(is_read(odd, 2)) << "no symbol's text";
}

}  // namespace
}  // namespace tickstock
