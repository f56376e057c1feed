#include "terminal/top_board.hpp"

#include <gtest/gtest.h>

#include "terminal/test_model.hpp"
#include "terminal/top_parse.hpp"
#include "terminal/top_session.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t events = static_cast<std::size_t>(TopPage::Events);
constexpr std::size_t dashboard = static_cast<std::size_t>(TopPage::Dashboard);

std::vector<std::uint64_t> offsets(const TopModel& model) {
    std::vector<std::uint64_t> all;
    for (const TopEvent& event : model.tape) {
        all.push_back(event.offset);
    }
    return all;
}

/// A page of events with the offsets first … last.
std::string event_page(std::uint64_t first, std::uint64_t last, const std::string& epoch = "e1",
                       const std::string& gap = "null") {
    std::string items;
    for (std::uint64_t i = first; i <= last; ++i) {
        items += (items.empty() ? "" : ",") + std::string(R"({"offset":)") + std::to_string(i) +
                 R"(,"event":{"type":"high","symbol":"S","ts":1}})";
    }
    return R"({"epoch":")" + epoch + R"(","next":")" + epoch + ":" + std::to_string(last) +
           R"(","gap":)" + gap + R"(,"events":[)" + items + "]}";
}

TEST(TopBoardTest, AllPagesMakeTheModel) {
    TopBoard board;
    EXPECT_FALSE(board.model().known);
    board.take(test_poll());
    const TopModel& model = board.model();
    EXPECT_TRUE(model.known);
    EXPECT_EQ(model.away, "");
    EXPECT_EQ(model.overview.status, "DEGRADED");
    EXPECT_EQ(model.overview.cpu_percent, 37.5);
    EXPECT_EQ(model.overview.journal_behind, 1329);
    EXPECT_EQ(model.overview.symbols_ohlcv, 7890);
    ASSERT_EQ(model.channels.size(), 3U);
    EXPECT_EQ(model.channels[0].success, 99.8);
    EXPECT_EQ(model.channels[0].p99_ms, 28);
    EXPECT_DOUBLE_EQ(model.channels[1].success.value_or(0), 98.9);
    EXPECT_DOUBLE_EQ(model.channels[1].p99_ms.value_or(0), 5.6);
    EXPECT_EQ(model.active.size(), 2U);
    EXPECT_FALSE(model.active[0].resolved.has_value());
    EXPECT_EQ(model.recent.at(0).resolved, unix_nanos(1795186060'000000000));
    EXPECT_EQ(model.market.leaders.size(), 2U);  // those without a row are not there
    EXPECT_EQ(offsets(model), (std::vector<std::uint64_t>{23116, 23115, 23114}));
    EXPECT_EQ(model.tape[2].text, "no. 17 +2.52 %");
    EXPECT_EQ(model.tape[1].text, "strong -0.61 % volume ×5.1");
    EXPECT_EQ(model.sources.at(1).data_age, 75500ms);
}

TEST(TopBoardTest, AServerWithoutTheNewerPagesIsShownFromItsStatus) {
    TopBoard board;
    board.take(old_server_poll());
    const TopModel& model = board.model();
    EXPECT_EQ(model.away, "");
    EXPECT_EQ(model.overview.status, "READY");
    EXPECT_EQ(model.channels.at(0).success, 100);
    EXPECT_FALSE(model.overview.memory_limit_bytes.has_value());
    EXPECT_EQ(model.missing[dashboard], "HTTP 503: not built yet");
}

TEST(TopBoardTest, WhileTheServerIsAwayTheLastFiguresStay) {
    TopBoard board;
    board.take(test_poll());
    TopPoll gone;
    for (TopAnswer& answer : gone.answers) {
        answer = {0, "connecting: Connection refused"};
    }
    gone.monotonic = 160s;
    board.take(gone);
    EXPECT_EQ(board.model().away, "connecting: Connection refused");
    EXPECT_EQ(board.model().channels.size(), 3U);
    EXPECT_EQ(board.model().figures_monotonic, 100s);
    EXPECT_EQ(board.model().figures_wall, test_wall);
    board.take(test_poll(170s));
    EXPECT_EQ(board.model().away, "");
    EXPECT_EQ(board.model().figures_monotonic, 170s);
}

TEST(TopBoardTest, ARefusalSaysHowATokenComes) {
    TopBoard board;
    TopPoll poll;
    poll.of(TopPage::Status) = {401, R"({"error":{"code":"x","message":"who are you"}})"};
    board.take(poll);
    EXPECT_EQ(board.model().away,
              "refused (401): who are you; a token comes with --token-file or TICKSTOCK_TOKEN");
}

TEST(TopBoardTest, WhatIsNoServerOfOursChangesNothing) {
    TopBoard board;
    for (const char* body : {"<html>", "", "[1]", "7", "{\"a\":", "[[[[[[["}) {
        TopPoll poll;
        poll.of(TopPage::Status) = {200, body};
        board.take(poll);
        EXPECT_NE(board.model().away, "") << body;
        EXPECT_FALSE(board.model().known);
    }
}

TEST(TopBoardTest, MembersOfAnotherTypeAreUnknown) {
    TopBoard board;
    TopPoll poll = test_poll();
    poll.of(TopPage::Status).body =
        R"({"uptime_seconds":"x","channels":[1,{"name":7,"queue_size":null}],"threads":{},
            "sources":[null],"rates":[],"version":"1\u001b[2J","offset":-5})";
    poll.of(TopPage::Dashboard).body = R"({"channel_details":7,"system_overview":[]})";
    poll.of(TopPage::Alerts).body = R"({"active":[{"raised":-1,"resolved":1e300}]})";
    poll.of(TopPage::Events).body =
        R"({"events":[{"offset":18446744073709551615,"event":{"ts":9e99}},7]})";
    board.take(poll);
    const TopModel& model = board.model();
    EXPECT_TRUE(model.known);
    EXPECT_FALSE(model.overview.uptime_seconds.has_value());
    EXPECT_EQ(model.overview.version, "1?[2J");
    EXPECT_EQ(model.channels.size(), 2U);
    EXPECT_FALSE(model.active.at(0).resolved.has_value());
    EXPECT_EQ(model.tape.size(), 2U);
}

TEST(TopBoardTest, EventsAreAskedForFromWhereThePageBeforeEnded) {
    TopBoard board;
    EXPECT_EQ(board.targets("")[events], "/api/v1/events?limit=100");
    board.take(test_poll());
    EXPECT_FALSE(board.asks_newest(""));
    EXPECT_EQ(board.targets("")[events], "/api/v1/events?limit=500&since=e1:23116");
    TopPoll poll = test_poll();
    poll.newest = false;
    poll.of(TopPage::Events).body = event_page(23117, 23118);
    board.take(poll);
    EXPECT_EQ(board.model().tape.size(), 5U);
    EXPECT_EQ(board.model().tape.front().offset, 23118U);
    EXPECT_EQ(board.targets("")[events], "/api/v1/events?limit=500&since=e1:23118");
}

TEST(TopBoardTest, AnotherFilterBeginsATapeOfItsOwn) {
    TopBoard board;
    board.take(test_poll());
    EXPECT_TRUE(board.asks_newest("AAPL"));
    EXPECT_EQ(board.targets("AAPL")[events], "/api/v1/events?limit=100&symbols=AAPL");
    TopPoll poll = test_poll();
    poll.symbols = "AAPL";
    poll.of(TopPage::Events).body = event_page(1, 2);
    board.take(poll);
    EXPECT_EQ(board.model().tape.size(), 2U);
    EXPECT_FALSE(board.asks_newest("AAPL"));
    EXPECT_TRUE(board.asks_newest(""));
}

TEST(TopBoardTest, AGapOrABurstIsSkippedToTheNewest) {
    TopBoard board;
    board.take(test_poll());
    TopPoll poll = test_poll();
    poll.newest = false;
    poll.of(TopPage::Events).body =
        event_page(1, 3, "e2", R"({"reason":"epoch_changed","from":null,"to":null})");
    board.take(poll);
    EXPECT_TRUE(board.model().tape.empty());
    EXPECT_TRUE(board.asks_newest(""));

    poll.newest = true;
    poll.of(TopPage::Events).body = event_page(1, 100, "e2");
    board.take(poll);
    EXPECT_FALSE(board.asks_newest(""));
    poll.newest = false;
    poll.of(TopPage::Events).body = event_page(101, 600, "e2");  // a full page: more follows
    board.take(poll);
    EXPECT_TRUE(board.asks_newest(""));
    EXPECT_EQ(board.model().tape.size(), TopBoard::tape_max);
    EXPECT_EQ(board.model().tape.front().offset, 600U);
}

TEST(TopBoardTest, ProcessorSharesComeFromTwoRounds) {
    TopBoard board;
    board.take(old_server_poll());
    EXPECT_FALSE(board.model().threads.at(1).cpu_percent.has_value());
    EXPECT_FALSE(board.model().overview.cpu_percent.has_value());
    TopPoll poll = old_server_poll();
    poll.monotonic = 102s;
    std::string& body = poll.of(TopPage::Status).body;
    body = with(with(body, "63.25", "64.25"), "\"cpu_seconds\":65.5", "\"cpu_seconds\":66.5");
    board.take(poll);
    EXPECT_EQ(board.model().threads.at(1).cpu_percent, 50);
    EXPECT_EQ(board.model().overview.cpu_percent, 50);
    // Started again: less time than before is no share.
    poll.monotonic = 104s;
    poll.of(TopPage::Status).body = with(with(body, "64.25", "0.25"), "66.5", "0.5");
    board.take(poll);
    EXPECT_FALSE(board.model().threads.at(1).cpu_percent.has_value());
    EXPECT_FALSE(board.model().overview.cpu_percent.has_value());
}

TEST(TopBoardTest, ASourceIsSilentSinceItsCountStoodStill) {
    TopBoard board;
    board.take(test_poll(100s));
    EXPECT_EQ(board.model().sources.at(0).data_age, 0s);
    board.take(test_poll(130s));
    EXPECT_EQ(board.model().sources.at(0).data_age, 30s);
    TopPoll poll = test_poll(140s);
    poll.of(TopPage::Status).body = with(test_status, "7682995", "7682996");
    board.take(poll);
    EXPECT_EQ(board.model().sources.at(0).data_age, 0s);
}

TEST(TopBoardTest, HistoriesGrowByARoundAndHaveAnEnd) {
    TopBoard board;
    for (std::size_t i = 0; i < TopBoard::history_max + 5; ++i) {
        board.take(test_poll(std::chrono::seconds(i + 1)));
    }
    EXPECT_EQ(board.model().records_history.size(), TopBoard::history_max);
    EXPECT_EQ(board.model().records_history.back(), 1650.8);
}

TEST(TopJsonTest, OneLineARoundWithWhatWasMissing) {
    TopPoll poll;
    poll.wall = unix_nanos(7);
    poll.of(TopPage::Status) = {200, "{\"a\":\n1}"};
    poll.of(TopPage::Dashboard) = {503, R"({"error":{"message":"not yet"}})"};
    poll.of(TopPage::Alerts) = {0, "connecting: Connection refused"};
    poll.of(TopPage::Market) = {200, "no json"};
    poll.of(TopPage::Events) = {200, "{}"};
    poll.of(TopPage::Rollout) = {200, "{}"};
    EXPECT_EQ(json_line(poll),
              R"({"time":7,"status":{"a": 1},"dashboard":null,"alerts":null,"market":null,)"
              R"("events":{},"rollout":{},"errors":{"dashboard":"503 not yet",)"
              R"("alerts":"connecting: Connection refused","market":"200 no json"}})"
              "\n");
}

}  // namespace
}  // namespace tickstock
