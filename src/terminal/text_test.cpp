#include "terminal/text.hpp"

#include <gtest/gtest.h>

#include "terminal/table.hpp"

namespace tickstock {
namespace {

TEST(TextTest, WhatATerminalWouldObeyIsTakenOut) {
    EXPECT_EQ(clean_text("a\x1b[2Jb\n\tc\x7f"), "a?[2Jb??c?");
    EXPECT_EQ(clean_text("\xc2\x9b"
                         "31m"),
              "?31m");  // CSI as one character
    EXPECT_EQ(clean_text("ok\xff\xc3"), "ok??");
    EXPECT_EQ(clean_text("Zürich µ … ×"), "Zürich µ … ×");
    EXPECT_EQ(clean_text("日本e\xcc\x81"), "??e?");  // two columns, and none
    EXPECT_EQ(clean_text("a\xe2\x80\xae"
                         "b"),
              "a?b");  // turns the direction of writing round
}

TEST(TextTest, FitFillsAndCuts) {
    EXPECT_EQ(fit("ab", 4), "ab  ");
    EXPECT_EQ(fit("ab", 4, Align::Right), "  ab");
    EXPECT_EQ(fit("abcde", 4), "abc…");
    EXPECT_EQ(fit("äöüß", 4), "äöüß");
    EXPECT_EQ(fit("äöüßx", 4), "äöü…");
    EXPECT_EQ(fit("abc", 0), "");
}

TEST(TextTest, AsciiIsOneForOne) {
    const std::string text = "▁█░ 12 µs – x… ▲▼ ß";
    EXPECT_EQ(to_ascii(text), "_#. 12 us - x~ ^v ?");
    EXPECT_EQ(text_width(to_ascii(text)), text_width(text));
}

TEST(TextTest, LinesKnowTheirWidthAndCanBeCut) {
    StyledLine line("ab", Style::Good);
    line.add("cd", Style::Good).add("µµ", Style::Bad).pad_to(8);
    EXPECT_EQ(line.width(), 8U);
    EXPECT_EQ(line.spans().size(), 3U);
    EXPECT_EQ(line.text(), "abcdµµ");
    line.cut_to(5);
    EXPECT_EQ(line.width(), 5U);
    EXPECT_EQ(line.text(), "abcdµ");
    EXPECT_EQ(line.spans().back().style, Style::Bad);
}

std::string drawn(const Lines& lines) {
    std::string text;
    for (const StyledLine& line : lines) {
        text += line.text() + "\n";
    }
    return text;
}

TEST(TableTest, ANarrowTerminalLosesTheLeastImportantColumnFirst) {
    const std::vector<TableColumn> columns{
        {"Name"}, {"Rate", Align::Right, 1}, {"Text", Align::Left, 2, true}};
    const std::vector<std::vector<TableCell>> rows{{{"tick"}, {"1,650"}, {"a remark that is long"}},
                                                   {{"fmv"}, {"7"}, {"-"}}};
    EXPECT_EQ(drawn(table_lines(columns, rows, 40)),
              "Name   Rate  Text\ntick  1,650  a remark that is long\nfmv       7  -\n");
    EXPECT_EQ(drawn(table_lines(columns, rows, 32)),
              "Name   Rate  Text\ntick  1,650  a remark that is l…\nfmv       7  -\n");
    EXPECT_EQ(drawn(table_lines(columns, rows, 30)), "Name   Rate\ntick  1,650\nfmv       7\n");
    EXPECT_EQ(drawn(table_lines(columns, rows, 6)), "Name\ntick\nfmv\n");
    EXPECT_EQ(drawn(table_lines(columns, rows, 2)), "Na\nti\nfm\n");
}

TEST(TableTest, TheSortedColumnHasAnArrow) {
    EXPECT_EQ(
        drawn(table_lines({{"A"}, {"B", Align::Right}}, {{{"x"}, {"1"}}}, 20, TableSort{1, true})),
        "A  B▼\nx   1\n");
}

}  // namespace
}  // namespace tickstock
