#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tickstock {
namespace {

TEST(Utf8, SequencesAndTheirCodePoints) {
    struct Case {
        std::string text;
        std::uint32_t code;
    };
    for (const Case& one : {Case{"a", 'a'}, Case{"\u00e9", 0xE9}, Case{"\u20ac", 0x20AC},
                            Case{"\U0001F600", 0x1F600}, Case{"\xF4\x8F\xBF\xBF", 0x10FFFF},
                            Case{"\xED\x9F\xBF", 0xD7FF}, Case{"\xC2\x80", 0x80}}) {
        EXPECT_EQ(utf8_sequence(one.text + "rest"), one.text.size()) << one.code;
        EXPECT_EQ(code_point(one.text), one.code);
        EXPECT_EQ(utf8_sequence(one.text.substr(0, one.text.size() - 1) + " "),
                  one.text.size() == 1 ? 1U : 0U);
    }
}

TEST(Utf8, WhatIsNone) {
    for (const std::string text :
         {"\x80", "\xBF", "\xC0\xAF", "\xC1\xBF", "\xC3", "\xE0\x80\xAF", "\xED\xA0\x80",
          "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE2\x82"}) {
        EXPECT_EQ(utf8_sequence(text), 0U);
    }
}

}  // namespace
}  // namespace tickstock
