#include "metrics/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace tickstock {
namespace {

using ::testing::ElementsAre;

TEST(Log, LinesNameLevelAndArea) {
    const LogCapture capture;
    log_info("sources", "read {} rows of {}", 12, "a.csv");
    log_warn("server", "slow");
    log_error("engine", "stopped");
    EXPECT_THAT(capture.lines(), ElementsAre("info sources: read 12 rows of a.csv",
                                             "warn server: slow", "error engine: stopped"));
}

TEST(Log, LevelBelowIsNotSaid) {
    const LogCapture capture;
    log_debug("sources", "unheard");
    set_log_level(LogLevel::Debug);
    log_debug("sources", "heard");
    set_log_level(LogLevel::Off);
    log_error("sources", "unheard");
    log_text(LogLevel::Error, "sources", "unheard");
    set_log_level(LogLevel::Info);
    EXPECT_THAT(capture.lines(), ElementsAre("debug sources: heard"));
}

TEST(Log, InputCannotForgeALine) {
    const LogCapture capture;
    log_info("sources", "symbol {}", "A\nerror engine: gone\x1b[2J\x7f\xC2\x9Bq");
    EXPECT_THAT(capture.lines(),
                ElementsAre("info sources: symbol A\\nerror engine: gone\\x1b[2J\\x7f\\x9bq"));
}

TEST(Log, EscapeLeavesOtherTextAlone) {
    EXPECT_EQ(escape_control("↑ é \\ {}"), "↑ é \\ {}");
}

TEST(Log, EscapedTextIsUtf8AndReadsAsItIs) {
    EXPECT_EQ(escape_control(std::string_view("\0\t\xC2", 3)), "\\x00\\t\\xc2");
    EXPECT_EQ(escape_control("\xFF\xC0\xAF"), "\\xff\\xc0\\xaf");
    EXPECT_EQ(escape_control("a\u202Egnp.exe"), "a\\u202egnp.exe");
    EXPECT_EQ(escape_control("\u2028 \u2066 \u200F \u061C \uFEFF"),
              "\\u2028 \\u2066 \\u200f \\u061c \\ufeff");
    EXPECT_EQ(escape_control("\u202F\u2010"), "\u202F\u2010");  // beside them
}

/// Whatever the clock does meanwhile: every line is said or counted, none of another area is lost.
TEST(Log, EveryLineIsSaidOrCounted) {
    const LogCapture capture;
    const auto flood = [] {
        for (int i = 0; i < 500; ++i) {
            log_warn("sources", "bad row");
        }
    };
    std::thread other(flood);
    flood();
    other.join();
    log_warn("server", "seen");
    log_flush();

    std::size_t said = 0;
    std::size_t suppressed = 0;
    bool other_area = false;
    for (const auto& line : capture.lines()) {
        other_area = other_area || line == "warn server: seen";
        said += line == "warn sources: bad row" ? 1U : 0U;
        if (line.ends_with(" suppressed")) {
            suppressed += std::stoul(line.substr(std::string("warn sources: ").size()));
        }
    }
    EXPECT_TRUE(other_area);
    EXPECT_EQ(said + suppressed, 1000U);
    EXPECT_GE(said, 50U);
}

}  // namespace
}  // namespace tickstock
