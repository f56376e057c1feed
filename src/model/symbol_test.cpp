#include "model/symbol.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

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

}  // namespace
}  // namespace tickstock
