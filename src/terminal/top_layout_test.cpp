// The screens as text: golden/*.txt. TICKSTOCK_UPDATE_GOLDEN=1 rewrites them.

#include "terminal/top_layout.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "terminal/test_model.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;

const std::string url = "http://127.0.0.1:8080";

TopModel full_model() {
    TopBoard board;
    for (const int rate : {1200, 900, 1650}) {
        TopPoll poll = test_poll();
        poll.of(TopPage::Status).body = with(test_status, "1650.8", std::to_string(rate));
        board.take(poll);
    }
    return board.model();
}

TopMoment moment(Nanos later = 0s) {
    return {test_wall + later, 100s + later};
}

std::string drawn(const TopScreen& screen) {
    std::string text;
    for (const StyledLine& line : screen.lines) {
        text += line.text() + "\n";
    }
    return text;
}

void expect_golden(const std::string& name, const std::string& text) {
    const std::filesystem::path path =
        std::filesystem::path(TICKSTOCK_SOURCE_DIR) / "src/terminal/golden" / (name + ".txt");
    if (std::getenv("TICKSTOCK_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(path) << text;
    }
    std::ifstream in(path);
    std::stringstream golden;
    golden << in.rdbuf();
    EXPECT_EQ(text, golden.str()) << path;
}

TEST(TopLayoutTest, OverviewAtSeveralSizes) {
    const TopModel model = full_model();
    for (const auto& [width, height] : {std::pair{40, 10}, {80, 24}, {100, 40}, {160, 45}}) {
        expect_golden(
            "overview_" + std::to_string(width) + "x" + std::to_string(height),
            drawn(top_screen(model, TopState(), moment(), url, static_cast<std::size_t>(width),
                             static_cast<std::size_t>(height))));
    }
}

TEST(TopLayoutTest, ARolloutIsToldWhereItIsInstalled) {
    TopBoard board;
    TopPoll poll = test_poll();
    poll.of(TopPage::Rollout).body = test_rollout_running;
    board.take(poll);
    expect_golden("rollout_100x40",
                  drawn(top_screen(board.model(), TopState(), moment(), url, 100, 40)));
    poll.of(TopPage::Rollout).body =
        with(test_rollout_running, R"("incident":null)", R"("incident":"2026-11-20-0007")");
    board.take(poll);
    const std::string text = drawn(top_screen(board.model(), TopState(), moment(), url, 100, 40));
    EXPECT_NE(text.find("incident 2026-11-20-0007, phase 2"), std::string::npos) << text;
}

TEST(TopLayoutTest, EachViewAtTheUsualSize) {
    const TopModel model = full_model();
    TopState state;
    for (const auto& [key, name] :
         {std::pair{'2', "channels"}, {'3', "events"}, {'4', "alerts"}, {'?', "help"}}) {
        state.press(static_cast<std::uint32_t>(key), 10);
        expect_golden(std::string(name) + "_80x24",
                      drawn(top_screen(model, state, moment(), url, 80, 24)));
    }
    state = TopState();
    state.press('3', 10);
    expect_golden("events_140x20", drawn(top_screen(model, state, moment(), url, 140, 20)));
}

TEST(TopLayoutTest, AServerThatIsAwayIsSaidToBe) {
    TopBoard board;
    TopPoll gone;
    gone.of(TopPage::Status) = {0, "connecting: Connection refused"};
    board.take(gone);
    expect_golden("never_there_80x6",
                  drawn(top_screen(board.model(), TopState(), moment(), url, 80, 6)));
    board.take(test_poll());
    board.take(gone);
    expect_golden("gone_80x24",
                  drawn(top_screen(board.model(), TopState(), moment(65s), url, 80, 24)));
}

TEST(TopLayoutTest, AServerWithoutTheNewerPages) {
    TopBoard board;
    board.take(old_server_poll());
    expect_golden("old_server_80x24",
                  drawn(top_screen(board.model(), TopState(), moment(), url, 80, 24)));
}

TEST(TopLayoutTest, PlainBlocks) {
    expect_golden("plain", plain_block(full_model(), TopState(), moment(), url, 100));
}

TEST(TopLayoutTest, EverySizeHasItsLinesAndNoneIsTooLong) {
    const TopModel model = full_model();
    TopBoard away;
    away.take(test_poll());
    TopPoll gone;
    gone.of(TopPage::Status) = {0, "connecting: Connection refused"};
    away.take(gone);
    for (std::size_t width = 1; width <= 220; width += width < 45 ? 1 : 7) {
        for (std::size_t height = 1; height <= 60; height += height < 12 ? 1 : 9) {
            for (const TopModel& one : {model, TopModel(), away.model()}) {
                for (const char view : {'1', '2', '3', '4', '?', '/'}) {
                    TopState state;
                    state.press(static_cast<std::uint32_t>(view), 10);
                    state.scrolled() = width % 3 == 0 ? 1000 : 0;
                    state.paused = width % 2 == 0;
                    const TopScreen screen = top_screen(one, state, moment(), url, width, height);
                    ASSERT_EQ(screen.lines.size(), height) << width << "x" << height << view;
                    for (const StyledLine& line : screen.lines) {
                        ASSERT_LE(line.width(), width) << view << ": " << line.text();
                    }
                }
            }
        }
    }
}

TEST(TopLayoutTest, ScrollingReachesTheLastLineAndStopsThere) {
    const TopModel model = full_model();
    TopState state;
    const TopScreen first = top_screen(model, state, moment(), url, 80, 16);
    ASSERT_GT(first.scroll_max, 0U);
    state.scrolled() = first.scroll_max;
    const TopScreen last = top_screen(model, state, moment(), url, 80, 16);
    state.scrolled() = first.scroll_max + 100;
    EXPECT_EQ(drawn(top_screen(model, state, moment(), url, 80, 16)), drawn(last));
    EXPECT_NE(last.lines.at(14).text().find("server"), std::string::npos);
    EXPECT_EQ(last.lines.size(), 16U);
}

TEST(TopLayoutTest, StatesHaveTheirColours) {
    const TopScreen screen = top_screen(full_model(), TopState(), moment(), url, 100, 40);
    const auto style_of = [&](const std::string& word) {
        for (const StyledLine& line : screen.lines) {
            for (const Span& span : line.spans()) {
                if (span.text.find(word) != std::string::npos) {
                    return span.style;
                }
            }
        }
        return Style::Plain;
    };
    EXPECT_EQ(style_of("DEGRADED"), Style::Warning);
    EXPECT_EQ(style_of("critical"), Style::Bad);
    EXPECT_EQ(style_of("writing"), Style::Good);
    EXPECT_EQ(style_of("reconnecting"), Style::Warning);
    EXPECT_EQ(style_of("paused"), Style::Warning);
}

}  // namespace
}  // namespace tickstock
