// What Socket.IO clients share: who sees which event, who is behind, what a new stream does.

#include "server/socketio_feeds.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/test_support.hpp"
#include "socketio/json_slices.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;

EngineFrame packet(std::string text) {
    return {std::make_shared<const std::string>(std::move(text)), 1, {}};
}

std::string text_of(const std::optional<EngineFrame>& frame) {
    return frame ? *frame->text : "-";
}

TEST(SocketIoFeed, each_subscriber_reads_the_tape_at_its_pace) {
    SocketIoFeed feed({});
    auto first = feed.subscribe(Offset{10});
    feed.tell(packet("a"), Offset{11});
    auto second = feed.subscribe(Offset{11});
    feed.tell(packet("b"), Offset{15});
    EXPECT_EQ(text_of(feed.next(first)), "a");
    EXPECT_EQ(text_of(feed.next(second)), "b");
    EXPECT_EQ(text_of(feed.next(second)), "-");
    EXPECT_EQ(text_of(feed.next(first)), "b");
    EXPECT_EQ(text_of(feed.next(first)), "-");
    EXPECT_EQ(feed.bytes_told(), 2U);
    feed.unsubscribe();
    EXPECT_TRUE(feed.is_subscribed());
    feed.unsubscribe();
    EXPECT_FALSE(feed.is_subscribed());
}

TEST(SocketIoFeed, who_is_too_far_behind_is_told_what_it_missed) {
    SocketIoFeed feed({});
    auto slow = feed.subscribe(Offset{100});
    const auto all = static_cast<std::uint64_t>(SocketIoFeed::tape_packets) + 5;
    for (std::uint64_t i = 1; i <= all; ++i) {
        feed.tell(packet(std::to_string(i)), Offset{100 + 2 * i});  // every other is accepted
    }
    EXPECT_EQ(text_of(feed.next(slow)),
              R"(42["gap",{"from":101,"to":111,"reason":"slow_client"}])");
    EXPECT_EQ(text_of(feed.next(slow)), "6");
    EXPECT_EQ(text_of(feed.next(slow)), "7");
}

TEST(SocketIoFeed, what_is_old_leaves_the_tape) {
    SocketIoFeed feed({});
    auto slow = feed.subscribe(Offset{0});
    feed.tell(packet("1"), Offset{5});
    for (std::uint64_t i = 0; i <= SocketIoFeed::tape_seconds; ++i) {
        feed.close_window(Activity{}, UnixNanos{});
    }
    EXPECT_EQ(text_of(feed.next(slow)), R"(42["gap",{"from":1,"to":5,"reason":"slow_client"}])");
    EXPECT_FALSE(feed.next(slow));
    feed.tell(packet("2"), Offset{9});
    EXPECT_EQ(text_of(feed.next(slow)), "2");
}

TEST(SocketIoFeed, the_tape_is_bounded_in_bytes) {
    SocketIoFeed feed({});
    auto slow = feed.subscribe(Offset{0});
    const std::string large(SocketIoFeed::tape_bytes / 4, 'x');
    for (std::uint64_t i = 1; i <= 6; ++i) {
        feed.tell(packet(large), Offset{i});
    }
    EXPECT_EQ(text_of(feed.next(slow)), R"(42["gap",{"from":1,"to":2,"reason":"slow_client"}])");
    int left = 0;
    while (feed.next(slow)) {
        ++left;
    }
    EXPECT_EQ(left, 4);
}

TEST(SocketIoFeed, windows_are_kept_for_four_seconds) {
    SocketIoFeed feed({});
    std::uint64_t seen = feed.windows();
    std::uint64_t missed = 0;
    const std::string body =
        R"({"id":"1","rev":0,"type":"high","symbol":"A","direction":"up","price":1,"ts":0,)"
        R"("volume":1,"data":{"count_up":1,"count_down":0,"reversal":false},"evidence":null})";
    const auto shown =
        std::make_shared<const DisplayEvent>(body, display_facts(body), DisplayHistory{});
    for (int second = 0; second < 6; ++second) {
        feed.close_window({}, {});  // nothing happened
        feed.stock_data().add(shown, {});
        feed.close_window({}, {});
    }
    EXPECT_EQ(feed.windows(), 6U);
    for (int i = 0; i < 4; ++i) {
        EXPECT_TRUE(feed.next_window(seen, missed));
    }
    EXPECT_FALSE(feed.next_window(seen, missed));
    EXPECT_EQ(missed, 2U);
    for (int i = 0; i < 1003; ++i) {
        feed.stock_data().add(shown, {});
    }
    const std::uint64_t dropped = feed.close_window({}, {});
    EXPECT_GE(dropped, 3U);
    EXPECT_EQ(feed.stock_data().dropped(), dropped);
    EXPECT_EQ(feed.close_window({}, {}), 0U);
}

TEST(SocketIoFilters, any_of_them_lets_an_event_pass) {
    FilterTable table;
    FilterSpec highs;
    ASSERT_TRUE(add_type(highs, "high"));
    FilterSpec lows;
    ASSERT_TRUE(add_type(lows, "low"));
    StreamEntry high;
    high.type = EventType::High;
    StreamEntry trend;
    trend.type = EventType::Trend;
    const SocketIoFilters none{false, {}};
    const SocketIoFilters both{false, {table.compile(highs), table.compile(lows)}};
    const SocketIoFilters again{false, {table.compile(lows), table.compile(highs)}};
    EXPECT_TRUE(SocketIoFilters{}.accepts(trend));
    EXPECT_FALSE(none.accepts(high));
    EXPECT_TRUE(both.accepts(high));
    EXPECT_FALSE(both.accepts(trend));
    EXPECT_EQ(both.key(), again.key());
    EXPECT_NE(both.key(), none.key());
    EXPECT_NE(none.key(), SocketIoFilters{}.key());
}

class SocketIoFeedsTest : public ::testing::Test {
protected:
    /// `count` events are published, and the server looks.
    void publish(int count) {
        for (int i = 0; i < count; ++i) {
            stream.append(std::vector<Event>{high("IBM", ++number)}, symbols, clock.wall());
        }
        fanout.refresh();
        feeds.advance(clock.monotonic());
    }
    Event high(std::string_view symbol, int n) {
        Event event;
        event.detection.symbol = symbols.intern(symbol).value();
        event.detection.ts = unix_nanos(1'700'000'000'000'000'000 + n);
        event.detection.data = HighLowData{};
        event.id = static_cast<std::uint64_t>(n);
        return event;
    }
    std::vector<std::string> told(const SocketIoFeed& feed, SocketIoFeed::Cursor& cursor) {
        std::vector<std::string> offsets;
        while (const auto frame = feed.next(cursor)) {
            const std::string_view argument =
                json_items(std::string_view(*frame->text).substr(2)).at(1);
            const std::string_view offset = json_member(argument, "offset");
            offsets.emplace_back(offset.empty() ? argument : offset);
        }
        return offsets;
    }

    ManualClock clock{unix_nanos(1'700'000'000'000'000'000)};
    SymbolTable symbols;
    EventStream stream{"epoch-one", {}};
    Fanout fanout{stream, clock};
    SocketIoFeeds feeds{stream, fanout, [] { return nullptr; }};
    int number = 0;
};

TEST_F(SocketIoFeedsTest, a_client_is_told_what_comes_after_it) {
    publish(3);
    feeds.add_client();
    const auto feed = feeds.feed_for({});
    EXPECT_EQ(feeds.position(), Offset{3});
    EXPECT_EQ(feeds.epoch(), "epoch-one");
    auto cursor = feed->subscribe(feeds.position());
    publish(2);
    EXPECT_EQ(told(*feed, cursor), (std::vector<std::string>{"4", "5"}));
    EXPECT_EQ(feeds.size(), 1U);
}

TEST_F(SocketIoFeedsTest, after_a_rest_nothing_old_is_told) {
    feeds.add_client();
    auto feed = feeds.feed_for({});
    publish(2);
    feed.reset();
    feeds.remove_client();
    publish(5);
    EXPECT_EQ(feeds.size(), 0U);
    feeds.add_client();
    feed = feeds.feed_for({});
    auto cursor = feed->subscribe(feeds.position());
    publish(1);
    EXPECT_EQ(told(*feed, cursor), (std::vector<std::string>{"8"}));
}

TEST_F(SocketIoFeedsTest, filters_part_the_events) {
    feeds.add_client();
    FilterSpec spec;
    ASSERT_TRUE(add_symbol(spec, "AAPL"));
    const auto all = feeds.feed_for({});
    const auto some = feeds.feed_for({false, {fanout.filters().compile(spec)}});
    EXPECT_EQ(feeds.feed_for({}), all) << "shared by all who want the same";
    auto all_cursor = all->subscribe(feeds.position());
    auto some_cursor = some->subscribe(feeds.position());
    publish(1);
    stream.append(std::vector<Event>{high("AAPL", 99)}, symbols, clock.wall());
    publish(1);
    EXPECT_EQ(told(*all, all_cursor), (std::vector<std::string>{"1", "2", "3"}));
    EXPECT_EQ(told(*some, some_cursor), (std::vector<std::string>{"2"}));
}

TEST_F(SocketIoFeedsTest, a_new_epoch_is_a_gap) {
    feeds.add_client();
    const auto feed = feeds.feed_for({});
    auto cursor = feed->subscribe(feeds.position());
    publish(2);
    stream.restart("epoch-two");
    publish(1);
    EXPECT_EQ(told(*feed, cursor),
              (std::vector<std::string>{"1", "2",
                                        R"({"from":3,"to":null,"reason":"epoch_changed"})", "1"}));
    EXPECT_EQ(feeds.epoch(), "epoch-two");
}

TEST_F(SocketIoFeedsTest, what_left_memory_unread_is_a_gap) {
    EventStream small{"epoch", {2000}};
    Fanout small_fanout{small, clock};
    SocketIoFeeds reader{small, small_fanout, [] { return nullptr; }};
    reader.add_client();
    const auto feed = reader.feed_for({});
    auto cursor = feed->subscribe(reader.position());
    for (int i = 0; i < 50; ++i) {
        small.append(std::vector<Event>{high("IBM", i)}, symbols, clock.wall());
    }
    small_fanout.refresh();
    reader.advance(clock.monotonic());
    const auto offsets = told(*feed, cursor);
    ASSERT_GT(offsets.size(), 1U);
    EXPECT_TRUE(offsets[0].starts_with(R"({"from":1,"to":)")) << offsets[0];
    EXPECT_EQ(offsets[0], R"({"from":1,"to":)" + std::to_string(std::stoi(offsets[1]) - 1) +
                              R"(,"reason":"evicted"})");
    EXPECT_EQ(offsets.back(), "50");
}

TEST_F(SocketIoFeedsTest, seconds_and_status_come_by_the_clock) {
    feeds.add_client();
    const auto feed = feeds.feed_for({});
    std::uint64_t seen = feed->windows();
    std::uint64_t missed = 0;
    EXPECT_EQ(feeds.status_updates(), 1U) << "one to begin with";
    publish(1);
    EXPECT_FALSE(feed->next_window(seen, missed));
    clock.advance(1s);
    publish(0);
    const auto window = feed->next_window(seen, missed);
    ASSERT_TRUE(window);
    EXPECT_EQ(window->events, 1U);
    EXPECT_TRUE(window->text->starts_with("42[\"stock_data\",\"{\\\"highs\\\":[{"));
    clock.advance(1s);
    publish(0);
    EXPECT_FALSE(feed->next_window(seen, missed)) << "a quiet second";
    EXPECT_EQ(feeds.status_updates(), 2U);
    EXPECT_TRUE(feeds.status_packet().text->starts_with(
        R"(42["status_update",{"status":"initializing","connected":false,)"));
}

}  // namespace
}  // namespace tickstock
