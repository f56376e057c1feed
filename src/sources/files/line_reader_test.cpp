#include "sources/files/line_reader.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <sstream>
#include <string>
#include <vector>

#include "sources/formats/line_decoder.hpp"

namespace tickstock {
namespace {

std::vector<std::string> lines_of(std::string_view text, std::size_t buffer = 64) {
    LineReader reader(memory_source(text), buffer);
    std::vector<std::string> lines;
    while (const auto line = reader.next()) {
        EXPECT_EQ(line->number, lines.size() + 1);
        lines.emplace_back(line->text);
    }
    return lines;
}

TEST(LineReader, CutsAtLineEnds) {
    EXPECT_EQ(lines_of("a\nb\r\n\nc"), (std::vector<std::string>{"a", "b", "", "c"}));
    EXPECT_EQ(lines_of("a\n"), std::vector<std::string>{"a"});
    EXPECT_EQ(lines_of(""), std::vector<std::string>{});
    EXPECT_EQ(lines_of("\xEF\xBB\xBFname,price\n1"), (std::vector<std::string>{"name,price", "1"}));
}

TEST(LineReader, KnowsWhereALineBegins) {
    LineReader reader(memory_source("abc\r\nde\nf"), 64);
    EXPECT_EQ(reader.next()->byte, 0U);
    EXPECT_EQ(reader.next()->byte, 5U);
    EXPECT_EQ(reader.next()->byte, 8U);
    EXPECT_FALSE(reader.next());
}

TEST(LineReader, TheHeadIsLookedAtWithoutTakingIt) {
    LineReader reader(memory_source("first\nsecond\n"), 64);
    EXPECT_EQ(reader.head(8), "first\nse");
    EXPECT_EQ(reader.head(100), "first\nsecond\n");
    EXPECT_EQ(reader.next()->text, "first");
}

TEST(LineReader, EqualsTheStandardLibraryForAnyBuffer) {
    rc::check([] {
        const auto text = *rc::gen::container<std::string>(rc::gen::element('a', 'b', '\n', ','));
        const auto buffer = *rc::gen::inRange<std::size_t>(1, 20);
        std::istringstream stream(text);
        std::vector<std::string> expected;
        for (std::string line; std::getline(stream, line);) {
            expected.push_back(line);
        }
        RC_ASSERT(lines_of(text, buffer) == expected);
    });
}

TEST(LineReader, LongLinesAreToldApartAndSkipped) {
    for (const std::size_t length :
         {line_length_max, line_length_max + 1, line_length_max + 5000, 3 * line_length_max + 17}) {
        const std::string text = "before\n" + std::string(length, 'x') + "\nafter\n";
        LineReader reader(memory_source(text), 4096);
        EXPECT_EQ(reader.next()->text, "before");
        const auto line = reader.next();
        ASSERT_TRUE(line);
        EXPECT_EQ(line->too_long, length > line_length_max) << length;
        EXPECT_EQ(line->text.substr(0, 200), std::string(200, 'x'));
        EXPECT_EQ(line->byte, 7U);
        const auto after = reader.next();
        ASSERT_TRUE(after) << length;
        EXPECT_EQ(after->text, "after");
        EXPECT_EQ(after->number, 3U);
        EXPECT_EQ(after->byte, 7 + length + 1);
        EXPECT_FALSE(reader.next());
    }
}

TEST(LineReader, ALongLineMayBeTheLast) {
    const std::string text(2 * line_length_max, 'x');
    LineReader reader(memory_source(text), 4096);
    EXPECT_TRUE(reader.next()->too_long);
    EXPECT_FALSE(reader.next());
}

}  // namespace
}  // namespace tickstock
