#include "config/json_edit.hpp"

#include <gtest/gtest.h>

#include <random>

#include "config/json_entries.hpp"

namespace tickstock {
namespace {

std::string set(std::string_view json, std::string_view path, std::string_view value) {
    auto text = set_json_value(json, path, value);
    if (!text) {
        return text.error().message;
    }
    EXPECT_TRUE(read_json_entries(*text)) << *text;
    return *text;
}

TEST(SetJsonValue, ReplacesAValueAndNothingElse) {
    EXPECT_EQ(set("{\"a\": 1}", "a", "2"), "{\"a\": 2}");
    EXPECT_EQ(set("{\"a\":1/*why*/}", "a", "2"), "{\"a\":2/*why*/}");
    EXPECT_EQ(set("// top\n{ // open\n  \"a\": {\"b\": [1, \"]\"], \"c\": true} // \"b\": 3\n}\n",
                  "a.b", "[]"),
              "// top\n{ // open\n  \"a\": {\"b\": [], \"c\": true} // \"b\": 3\n}\n");
    EXPECT_EQ(set("{\"a\": \"x\\\"}//\", \"b\": null}", "b", "5"),
              "{\"a\": \"x\\\"}//\", \"b\": 5}");
    EXPECT_EQ(set("{\"a.b\": 1}", "a.b", "2"), "{\"a.b\": 2}") << "a key with a dot";
    EXPECT_EQ(set("{\r\n\t\"a\": -1.5e3\r\n}", "a", "0"), "{\r\n\t\"a\": 0\r\n}");
}

TEST(SetJsonValue, AddsAMemberAtTheEnd) {
    EXPECT_EQ(set("{}", "a", "1"), "{\n  \"a\": 1\n}");
    EXPECT_EQ(set("{\n\t\"a\": 1\n}", "b", "2"), "{\n\t\"a\": 1,\n\t\"b\": 2\n}") << "as others";
    EXPECT_EQ(set("{\n}\n", "a.b", "1"), "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n");
    EXPECT_EQ(set("{\n  \"a\": 1 // one\n  // end\n}\n", "b", "2"),
              "{\n  \"a\": 1, // one\n  // end\n  \"b\": 2\n}\n");
    EXPECT_EQ(set("{\n  \"s\": {\n    \"a\": 1\n  },\n  \"t\": 2\n}", "s.b", "true"),
              "{\n  \"s\": {\n    \"a\": 1,\n    \"b\": true\n  },\n  \"t\": 2\n}");
    EXPECT_EQ(set("{\n  \"s\": {\"a\": 1}\n}", "s.b", "2"), "{\n  \"s\": {\"a\": 1, \"b\": 2}\n}");
    EXPECT_EQ(set("{\n  \"s\": {}\n}", "s.b.c", "2"), "{\n  \"s\": {\"b\": {\"c\": 2}}\n}");
    EXPECT_EQ(set("{\n  \"s\": { // nothing yet\n  }\n}", "s.b", "2"),
              "{\n  \"s\": { // nothing yet\n    \"b\": 2\n  }\n}");
    EXPECT_EQ(set("{\"a\": 1 /* } */ }", "b", "2"), "{\"a\": 1, /* } */\n  \"b\": 2\n }");
}

TEST(SetJsonValue, AValueOnTheWayIsAnError) {
    for (const std::string value : {"5", "\"x\"", "null", "true", "[]", "[1]", "-0.5e3"}) {
        EXPECT_EQ(set("{\"s\": " + value + "}", "s.b", "2"), "s: accepted is a section: { … }");
        EXPECT_EQ(set("{\"s\": {\"t\": " + value + "}}", "s.t.b.c", "2"),
                  "s.t: accepted is a section: { … }");
    }
}

TEST(SetJsonValue, CommentsEndWhereTheReaderEndsThem) {
    EXPECT_EQ(set("{ // c\r\"a\": 1 }", "a", "2"), "{ // c\r\"a\": 2 }");
    EXPECT_EQ(set(std::string_view("{//\0\"a\": 1}", 11), "a", "2"),
              std::string_view("{//\0\"a\": 2}", 11));
    EXPECT_EQ(set("{/*/ \"a\": 3 */\"a\": 1}", "a", "2"), "{/*/ \"a\": 3 */\"a\": 2}");
}

TEST(SetJsonValue, KeysMayHaveEscapes) {
    EXPECT_EQ(set("{\"\\u0061\": {\"b\\u002ec\": 1}}", "a.b.c", "2"),
              "{\"\\u0061\": {\"b\\u002ec\": 2}}");
    EXPECT_EQ(find_json_value("{\"\\u0061\": [1,\n2] }", "a"), "[1,\n2]");
    EXPECT_EQ(find_json_value("{\"a\": 1}", "b"), std::nullopt);
}

/// Whatever text the reader takes, the value is set in it or refused.
TEST(SetJsonValue, AnyTextThatIsReadCanBeChanged) {
    std::mt19937_64 random(19);
    const std::string seed =
        "\xEF\xBB\xBF// top\n{ // c\r\"a\": {\"b\": [1, \"]\\\"\"], /* } */ \"\": {}},\n"
        "\"c.d\": null, \"\\u0061x\": -1.5e3, \"s\": \"x//\", \"e\": {} }\n// end";
    constexpr char with_nul[] = "{}[]\",:/*\\\n\r\t ab1.\0-";
    const std::string_view letters(with_nul, sizeof(with_nul) - 1);
    std::size_t taken = 0;
    for (int round = 0; round < 60'000; ++round) {
        std::string text = seed;
        for (std::size_t count = 1 + random() % 4; count > 0; --count) {
            const std::size_t at = random() % text.size();
            const char letter = letters[random() % letters.size()];
            switch (random() % 3) {
                case 0: text[at] = letter; break;
                case 1: text.insert(at, 1, letter); break;
                default: text.erase(at, 1 + random() % 3);
            }
        }
        if (!read_json_entries(text)) {
            continue;
        }
        ++taken;
        for (const char* path : {"a", "a.b", "a.b.x", "c.d", "c.e", "s.t", "e.f.g", "ax", "new"}) {
            const auto changed = set_json_value(text, path, "77");
            if (changed) {
                EXPECT_EQ(find_json_value(*changed, path), "77") << text;
            }
        }
    }
    EXPECT_GT(taken, 5'000U);
}

}  // namespace
}  // namespace tickstock
