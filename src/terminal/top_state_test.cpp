#include "terminal/top_state.hpp"

#include <gtest/gtest.h>

#include "terminal/test_model.hpp"
#include "terminal/top_sort.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using Effect = TopState::Effect;

constexpr std::size_t page = 10;

std::uint32_t code(TopKey key) {
    return static_cast<std::uint32_t>(key);
}

template <class Row>
std::vector<std::string> names(const std::vector<Row>& rows, std::string Row::*member) {
    std::vector<std::string> all;
    for (const Row& row : rows) {
        all.push_back(row.*member);
    }
    return all;
}

TopModel model() {
    TopBoard board;
    board.take(test_poll());
    return board.model();
}

using Names = std::vector<std::string>;

TEST(TopStateTest, KeysChooseViewAndEnd) {
    TopState state;
    EXPECT_EQ(state.press('3', page), Effect::Redraw);
    EXPECT_EQ(state.view, TopView::Events);
    state.press('\t', page);
    EXPECT_EQ(state.view, TopView::Alerts);
    state.press('\t', page);
    EXPECT_EQ(state.view, TopView::Overview);
    EXPECT_EQ(state.press('x', page), Effect::None);
    EXPECT_EQ(state.press(0, page), Effect::None);
    EXPECT_EQ(state.press('q', page), Effect::Quit);
}

TEST(TopStateTest, PauseAndGoOn) {
    TopState state;
    EXPECT_EQ(state.press('p', page), Effect::Redraw);
    EXPECT_TRUE(state.paused);
    EXPECT_EQ(state.press(' ', page), Effect::Ask);  // at once, not at the next interval
    EXPECT_FALSE(state.paused);
}

TEST(TopStateTest, SortIsByViewAndTheRoundEnds) {
    TopState state;
    for (std::size_t i = 0; i < channel_sorts.size(); ++i) {
        EXPECT_EQ(state.sort().column, i);
        state.press('s', page);
    }
    EXPECT_EQ(state.sort().column, 0U);
    state.press('s', page);
    state.press('S', page);
    EXPECT_FALSE(state.channel_sort().descending);
    state.press('4', page);
    EXPECT_EQ(state.sort().column, 0U);
    EXPECT_TRUE(state.sort().descending);
}

TEST(TopStateTest, AFilterIsTypedCorrectedAndTaken) {
    TopState state;
    state.press('/', page);
    for (const char c : std::string("aaq")) {
        EXPECT_EQ(state.press(static_cast<std::uint32_t>(c), page), Effect::Redraw);
    }
    state.press(code(TopKey::Backspace), page);
    state.press('*', page);
    EXPECT_EQ(state.press(0xE4, page), Effect::None);
    EXPECT_TRUE(state.filter.is_empty());
    EXPECT_EQ(state.press(code(TopKey::Enter), page), Effect::Ask);
    EXPECT_EQ(state.filter.text(), "aa*");
    EXPECT_TRUE(state.filter.passes("AAPL"));

    state.press('/', page);
    state.press('x', page);
    state.press(code(TopKey::Escape), page);
    EXPECT_EQ(state.filter.text(), "aa*");
    state.press('/', page);
    for (int i = 0; i < 5; ++i) {
        state.press(code(TopKey::Backspace), page);
    }
    state.press(code(TopKey::Enter), page);
    EXPECT_TRUE(state.filter.is_empty());
}

TEST(TopStateTest, FiltersAreNamesOrBeginnings) {
    const TopFilter filter("aapl, nv*");
    EXPECT_TRUE(filter.passes("AAPL"));
    EXPECT_TRUE(filter.passes("NVDA"));
    EXPECT_FALSE(filter.passes("AAPLW"));
    EXPECT_FALSE(filter.passes("XNV"));
    EXPECT_EQ(filter.asked(), "");  // the server is asked for all
    EXPECT_EQ(TopFilter("aapl brk/b").asked(), "AAPL,BRK%2FB");
    EXPECT_TRUE(TopFilter(" , ").is_empty());
    EXPECT_TRUE(TopFilter("*").passes("ANY"));
}

TEST(TopStateTest, ScrollStaysWithinTheTop) {
    TopState state;
    state.press(code(TopKey::Up), page);
    EXPECT_EQ(state.scrolled(), 0U);
    state.press(code(TopKey::PageDown), page);
    EXPECT_EQ(state.scrolled(), 9U);
    state.press(code(TopKey::Down), page);
    state.press(code(TopKey::PageUp), page);
    EXPECT_EQ(state.scrolled(), 1U);
    state.press(code(TopKey::PageUp), 0);
    EXPECT_EQ(state.scrolled(), 0U);
    state.press(code(TopKey::Down), page);
    state.press('2', page);
    EXPECT_EQ(state.scrolled(), 0U);  // each view has its own
}

TEST(TopStateTest, TheIntervalHasSteps) {
    EXPECT_EQ(next_interval(1s, true), 2s);
    EXPECT_EQ(next_interval(1500ms, true), 2s);
    EXPECT_EQ(next_interval(1500ms, false), 1s);
    EXPECT_EQ(next_interval(500ms, false), 500ms);
    EXPECT_EQ(next_interval(1000s, true), 300s);
}

TEST(TopStateTest, HelpGoesWithAnyKey) {
    TopState state;
    state.press('?', page);
    EXPECT_TRUE(state.help);
    state.press('3', page);
    EXPECT_FALSE(state.help);
    EXPECT_EQ(state.view, TopView::Overview);
}

TEST(TopSortTest, ChannelsByEachColumn) {
    const auto by = [](std::size_t column, bool descending = true) {
        return names(sorted(model().channels, {column, descending}), &TopChannel::name);
    };
    EXPECT_EQ(by(0), (Names{"tick", "ohlcv", "fmv"}));
    EXPECT_EQ(by(0, false), (Names{"fmv", "ohlcv", "tick"}));
    EXPECT_EQ(by(1), (Names{"fmv", "ohlcv", "tick"}));
    EXPECT_EQ(by(2), (Names{"tick", "fmv", "ohlcv"}));
    EXPECT_EQ(by(3), (Names{"ohlcv", "fmv", "tick"}));
    EXPECT_EQ(by(4), (Names{"fmv", "tick", "ohlcv"}));
    EXPECT_EQ(by(5), (Names{"tick", "ohlcv", "fmv"}));
    EXPECT_EQ(by(6), (Names{"ohlcv", "tick", "fmv"}));
    EXPECT_EQ(by(6, false), (Names{"tick", "fmv", "ohlcv"}));
    EXPECT_EQ(by(7), (Names{"tick", "ohlcv", "fmv"}));
}

TEST(TopSortTest, UnknownFiguresComeLastEitherWay) {
    std::vector<TopChannel> channels(2);
    channels[0].name = "unknown";
    channels[1].name = "known";
    channels[1].rate = 5;
    EXPECT_EQ(sorted(channels, {2, true}).front().name, "known");
    EXPECT_EQ(sorted(channels, {2, false}).front().name, "known");
}

TEST(TopSortTest, AlertsBySeverityAgeAndType) {
    const auto by = [](std::size_t column, bool descending = true) {
        return names(sorted(model().active, {column, descending}), &TopAlert::type);
    };
    EXPECT_EQ(by(0), (Names{"QUEUE_OVERFLOW", "LOW_CONFIDENCE"}));
    EXPECT_EQ(by(0, false), (Names{"LOW_CONFIDENCE", "QUEUE_OVERFLOW"}));
    EXPECT_EQ(by(1), (Names{"QUEUE_OVERFLOW", "LOW_CONFIDENCE"}));
    EXPECT_EQ(by(2), (Names{"LOW_CONFIDENCE", "QUEUE_OVERFLOW"}));
}

TEST(TopSortTest, EventsAreFilteredAndSorted) {
    const auto by = [](std::size_t column, const char* filter = "") {
        return names(sorted(model().tape, TopFilter(filter), {column, true}), &TopEvent::symbol);
    };
    EXPECT_EQ(by(0), (Names{"ICB", "XYZ", "NVDA"}));
    EXPECT_EQ(by(1), (Names{"ICB", "NVDA", "XYZ"}));
    EXPECT_EQ(by(3), (Names{"NVDA", "ICB", "XYZ"}));
    EXPECT_EQ(by(0, "nv*"), (Names{"NVDA"}));
}

}  // namespace
}  // namespace tickstock
