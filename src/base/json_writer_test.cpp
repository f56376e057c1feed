#include "base/json_writer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace tickstock {
namespace {

std::string json_of(std::string_view text) {
    std::string out;
    JsonWriter(out).string(text);
    return out;
}

TEST(JsonWriter, PlacesCommasAndNothingElse) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.key("empty_object").begin_object().end_object();
    json.key("empty_array").begin_array().end_array();
    json.key("list").begin_array().number(1).string("a").null().begin_object().key("x");
    json.boolean(true).end_object().begin_array().end_array().end_array();
    json.key("raw").raw("[1]").key("no").boolean(false);
    json.end_object();
    EXPECT_EQ(out,
              "{\"empty_object\":{},\"empty_array\":[],\"list\":[1,\"a\",null,{\"x\":true},[]],"
              "\"raw\":[1],\"no\":false}");
}

TEST(JsonWriter, NumbersAreExact) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    json.number(std::numeric_limits<std::int64_t>::min());
    json.number(std::numeric_limits<std::uint64_t>::max());
    json.number(-1).number(7U).number(0.25).number(1.0 / 3).number(-0.0);
    json.price(Price::from_raw(1)).price(Price::from_cents(18425)).size(Size::from_shares(100));
    json.size(Size::from_raw(1'500'000));
    json.seconds(Nanos(350)).seconds(Nanos(1'500'000'000)).seconds(Nanos(0));
    json.end_array();
    EXPECT_EQ(out,
              "[-9223372036854775808,18446744073709551615,-1,7,0.25,0.333333,0,0.000000001,184.25,"
              "100,1.5,0.00000035,1.5,0]");
}

TEST(JsonWriter, StringsAreEscaped) {
    EXPECT_EQ(json_of("a\"b\\c/"), "\"a\\\"b\\\\c/\"");
    EXPECT_EQ(json_of("\n\t\r\x7f"), "\"\\n\\u0009\\u000d\\u007f\"");
    EXPECT_EQ(json_of(std::string_view("\0x", 2)), "\"\\u0000x\"");
    EXPECT_EQ(json_of("é ↑ 😀"), "\"é ↑ 😀\"");
}

TEST(JsonWriter, BytesThatAreNotUtf8AreReplaced) {
    EXPECT_EQ(json_of("\xff"), "\"\\ufffd\"");
    EXPECT_EQ(json_of("a\x80z"), "\"a\\ufffdz\"");
    EXPECT_EQ(json_of("\xc3"), "\"\\ufffd\"") << "cut short";
    EXPECT_EQ(json_of("\xe2\x86"), "\"\\ufffd\\ufffd\"");
    EXPECT_EQ(json_of("\xc0\xaf"), "\"\\ufffd\\ufffd\"") << "overlong";
    EXPECT_EQ(json_of("\xe0\x80\xaf"), "\"\\ufffd\\ufffd\\ufffd\"") << "overlong";
    EXPECT_EQ(json_of("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"") << "surrogate";
    EXPECT_EQ(json_of("\xf4\x90\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\"") << "beyond Unicode";
    EXPECT_EQ(json_of("\xf4\x8f\xbf\xbf"), "\"\xf4\x8f\xbf\xbf\"");
}

/// Undoes the escapes of text that was ASCII.
std::string text_in(std::string_view json) {
    std::string text;
    for (std::size_t i = 1; i + 1 < json.size(); ++i) {
        if (json[i] != '\\') {
            text.push_back(json[i]);
        } else if (json[++i] == 'n') {
            text.push_back('\n');
        } else if (json[i] == 'u') {
            text.push_back(
                static_cast<char>(std::stoi(std::string(json.substr(i + 1, 4)), nullptr, 16)));
            i += 4;
        } else {
            text.push_back(json[i]);
        }
    }
    return text;
}

RC_GTEST_PROP(JsonWriterProperty, AsciiComesBack, ()) {
    const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
    const auto json = json_of(text);
    RC_ASSERT(json.front() == '"');
    RC_ASSERT(json.back() == '"');
    RC_ASSERT(text_in(json) == text);
}

RC_GTEST_PROP(JsonWriterProperty, AnyBytesLeaveWithoutControlCharacters, ()) {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::map(rc::gen::inRange(0, 256), [](int byte) { return static_cast<char>(byte); }));
    for (const char c : json_of(text)) {
        RC_ASSERT(static_cast<unsigned char>(c) >= 0x20);
        RC_ASSERT(c != 0x7f);
    }
}

}  // namespace
}  // namespace tickstock
