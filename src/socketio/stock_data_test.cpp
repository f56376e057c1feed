// Limits of stock_data, the activity figures, status_update, and what the display remembers.

#include "socketio/stock_data.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "model/calendar.hpp"
#include "socketio/display_feed.hpp"
#include "socketio/json_slices.hpp"
#include "socketio/status_update.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using namespace std::chrono;

/// 2026-11-20 at that time of day in New York (UTC−5).
UnixNanos at(nanoseconds time_of_day) {
    return UnixNanos{sys_days{2026y / November / 20}} + 5h + time_of_day;
}

std::string body(std::string_view type, std::string_view direction, UnixNanos ts,
                 std::string_view symbol = "IBM", int revision = 0) {
    std::string text = R"({"id":"00000000000000ab","rev":)" + std::to_string(revision) +
                       R"(,"type":")" + std::string(type) + R"(","symbol":")" +
                       std::string(symbol) + R"(","direction":")" + std::string(direction) +
                       R"(","price":1.5,"ts":)" + std::to_string(to_ns(ts)) +
                       R"(,"session":"regular","source":"tick","confidence":1,"priority":2,)"
                       R"("volume":100,"data":{)";
    if (type == "surge") {
        text += R"("magnitude":2,"score":50,"surge_strength":"weak","trigger_type":"price",)"
                R"("volume_multiplier":3,"expiration":0,"daily_surge_count":9,"baseline":1)";
    } else if (type != "trend") {
        text += R"("previous_high":2,"previous_low":1,"count_up":1,"count_down":2,)"
                R"("reversal":"V-top")";
    }
    return text + R"(},"evidence":null})";
}

std::shared_ptr<const DisplayEvent> event(std::string_view type, std::string_view direction,
                                          int number = 0) {
    const std::string text = body(type, direction, at(10h) + seconds(number));
    return std::make_shared<const DisplayEvent>(text, display_facts(text), DisplayHistory{});
}

std::string data_of(const EngineFrame& frame) {
    return json_text(json_items(std::string_view(*frame.text).substr(2)).at(1));
}

Activity quiet() {
    return {{}, 0, 0, 0, 0, "Very Low"};
}

TEST(StockData, nothing_to_tell_is_nothing) {
    StockDataAccumulator stock_data;
    EXPECT_FALSE(stock_data.has_news());
    EXPECT_EQ(stock_data.take(quiet(), at(10h)), std::nullopt);
    stock_data.add(event("valuation", "up"), at(10h));
    stock_data.add(event("control", "up"), at(10h));
    stock_data.add(event("rule", "up"), at(10h));
    EXPECT_EQ(stock_data.take(quiet(), at(10h)), std::nullopt);
}

TEST(StockData, each_event_stands_in_its_list_once) {
    StockDataAccumulator stock_data;
    for (const auto& [type, direction] :
         {std::pair("high", "up"), std::pair("low", "down"), std::pair("trend", "up"),
          std::pair("trend", "down"), std::pair("surge", "up"), std::pair("surge", "down")}) {
        stock_data.add(event(type, direction), at(10h));
    }
    const auto frame = stock_data.take(quiet(), at(10h));
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->events, 6U);
    EXPECT_EQ(frame->ts_pub, at(10h));
    const std::string data = data_of(*frame);
    ASSERT_TRUE(is_json(data, 5));
    EXPECT_EQ(json_items(json_member(data, "highs")).size(), 1U);
    EXPECT_EQ(json_items(json_member(data, "lows")).size(), 1U);
    for (const std::string_view list : {"trending", "surging"}) {
        for (const std::string_view direction : {"up", "down"}) {
            const auto items = json_items(json_member(json_member(data, list), direction));
            ASSERT_EQ(items.size(), 1U) << list << direction;
            EXPECT_EQ(json_text(json_member(items[0], "direction")), direction);
        }
    }
    EXPECT_EQ(json_member(data, "dropped"), "0");
    EXPECT_FALSE(stock_data.has_news()) << "the next second begins empty";
}

TEST(StockData, a_list_holds_a_thousand_and_loses_the_oldest) {
    StockDataAccumulator stock_data({1000, 10'000'000});
    for (int i = 0; i < 1003; ++i) {
        stock_data.add(event("high", "up", i), at(10h));
    }
    stock_data.add(event("low", "down"), at(10h));
    EXPECT_EQ(stock_data.dropped(), 3U);
    const std::string data = data_of(*stock_data.take(quiet(), at(10h)));
    const auto highs = json_items(json_member(data, "highs"));
    ASSERT_EQ(highs.size(), 1000U);
    EXPECT_EQ(json_text(json_member(highs.front(), "time")), "10:00:03");
    EXPECT_EQ(json_text(json_member(highs.back(), "time")), "10:16:42");
    EXPECT_EQ(json_items(json_member(data, "lows")).size(), 1U);
    EXPECT_EQ(json_member(data, "dropped"), "3");
    stock_data.add(event("high", "up"), at(10h));
    EXPECT_EQ(json_member(data_of(*stock_data.take(quiet(), at(10h))), "dropped"), "0")
        << "each packet tells its own";
    EXPECT_EQ(stock_data.dropped(), 3U);
}

TEST(StockData, a_packet_stays_within_its_bytes) {
    StockDataAccumulator stock_data({1000, 40'000});
    for (int i = 0; i < 300; ++i) {
        stock_data.add(event("high", "up", i), at(10h));
        stock_data.add(event("trend", "down", i), at(10h));
    }
    const auto frame = stock_data.take(quiet(), at(10h));
    EXPECT_LE(frame->text->size(), 40'000U);
    EXPECT_GT(frame->text->size(), 20'000U);
    const std::string data = data_of(*frame);
    const auto highs = json_items(json_member(data, "highs"));
    EXPECT_EQ(json_text(json_member(highs.back(), "time")), "10:04:59") << "the newest stay";
    EXPECT_EQ(frame->events + stock_data.dropped(), 600U);
}

TEST(StockData, surge_age_grows_with_the_markets_time) {
    const auto surge = event("surge", "up");
    std::string text;
    surge->append_object(text, at(10h) + 1234567us);
    EXPECT_EQ(json_member(text, "surge_age"), "1.234");
    text.clear();
    surge->append_object(text, at(9h));
    EXPECT_EQ(json_member(text, "surge_age"), "0");
    EXPECT_EQ(json_text(json_member(text, "event_key")), "IBM_up_1795186800");
}

TEST(DisplayFeed, a_reversal_knows_how_long_it_took) {
    DisplayFeed feed;
    feed.pass(body("high", "up", at(10h)));
    feed.pass(body("high", "up", at(10h), "OTHER"));
    std::string text;
    feed.show(body("low", "down", at(10h) + 59999ms))->append_object(text, {});
    EXPECT_EQ(json_member(text, "reversal_info"),
              R"({"type":"V-top","time_span":59.999,"is_rapid":true,"previous_type":"high",)"
              R"("previous_price":2})");
    text.clear();
    feed.show(body("high", "up", at(10h) + 119999ms))->append_object(text, {});
    EXPECT_EQ(json_member(text, "reversal_info"),
              R"({"type":"V-top","time_span":60,"is_rapid":false,"previous_type":"low",)"
              R"("previous_price":1})");
    EXPECT_EQ(feed.newest(), at(10h) + 119999ms);
}

TEST(DisplayFeed, counts_by_the_day_of_new_york) {
    DisplayFeed feed;
    feed.pass(body("surge", "up", at(18h)));
    feed.pass(body("surge", "up", at(18h), "IBM", 1));
    std::string text;
    feed.show(body("surge", "down", at(23h) + 59min))->append_object(text, {});
    EXPECT_EQ(json_member(text, "count"), "9") << "the event's own";
    EXPECT_EQ(json_member(text, "count_up"), "1") << "a revision is no second one";
    EXPECT_EQ(json_member(text, "count_down"), "1");
    text.clear();
    feed.show(body("surge", "down", at(24h)))->append_object(text, {});
    EXPECT_EQ(json_member(text, "count_up"), "0");
    EXPECT_EQ(json_member(text, "count_down"), "1");

    feed.pass(body("high", "up", at(15h)));
    feed.pass(body("high", "up", at(15h), "B"));
    feed.pass(body("low", "down", at(15h)));
    feed.pass(body("low", "down", at(15h), "IBM", 1));
    EXPECT_EQ(feed.totals().highs, 2U);
    EXPECT_EQ(feed.totals().lows, 1U);
    feed.pass(body("high", "up", at(28h)));
    EXPECT_EQ(feed.totals().highs, 1U);
    EXPECT_EQ(feed.totals().lows, 0U);
    feed.pass(body("high", "up", at(23h)));
    EXPECT_EQ(feed.totals().highs, 1U) << "one of yesterday, late";
}

TEST(Activity, levels_by_ticks_a_minute) {
    const TradingCalendar calendar;
    const auto span = calendar.span_at(at(12h));
    const std::pair<std::uint64_t, std::string_view> table[]{
        {0, "Very Low"},    {29, "Very Low"},   {30, "Low"},      {59, "Low"},
        {60, "Medium"},     {119, "Medium"},    {120, "High"},    {239, "High"},
        {240, "Very High"}, {479, "Very High"}, {480, "Extreme"}, {100'000, "Extreme"}};
    for (const auto& [rate, word] : table) {
        EXPECT_EQ(activity_level(rate, span, at(12h)), word) << rate;
    }
}

TEST(Activity, bells_ring_for_fifteen_minutes) {
    const TradingCalendar calendar;
    const auto level = [&](UnixNanos t) { return activity_level(0, calendar.span_at(t), t); };
    EXPECT_EQ(level(at(9h + 30min) - 1ns), "Very Low");
    EXPECT_EQ(level(at(9h + 30min)), "Opening Bell");
    EXPECT_EQ(level(at(9h + 45min) - 1ns), "Opening Bell");
    EXPECT_EQ(level(at(9h + 45min)), "Very Low");
    EXPECT_EQ(level(at(15h + 45min) - 1ns), "Very Low");
    EXPECT_EQ(level(at(15h + 45min)), "Closing Bell");
    EXPECT_EQ(level(at(16h) - 1ns), "Closing Bell");
    EXPECT_EQ(level(at(16h)), "Very Low");
    const UnixNanos half_day = at(12h + 50min) + days(7);  // the day after Thanksgiving
    EXPECT_EQ(level(half_day), "Closing Bell");
}

TEST(TickMeter, counts_windows_of_seconds) {
    TickMeter meter;
    Nanos now = 5s;
    meter.add(now, 1000);  // before the first call nothing is known
    EXPECT_EQ(meter.last(300), 0U);
    std::uint64_t total = 1000;
    for (int i = 0; i < 400; ++i) {
        now += 500ms;
        total += 2;
        meter.add(now, total);
    }
    EXPECT_EQ(meter.last(10), 38U) << "the second under way is not over";
    now += 499ms;
    meter.add(now, total);
    EXPECT_EQ(meter.last(1), 2U);
    meter.add(now + 60s, total + 5);
    EXPECT_EQ(meter.last(60), 5U);
    EXPECT_EQ(meter.last(300), 5U + 800U) << "200 s of four, less what was before the first";
    meter.add(now + 1000s, total + 6);
    EXPECT_EQ(meter.last(300), 1U);
    meter.add(now + 1000s, 3);
    EXPECT_EQ(meter.last(300), 1U) << "the engine began anew";
    meter.add(now + 1000s, 5);
    EXPECT_EQ(meter.last(300), 3U);
}

TEST(TickMeter, equals_the_obvious_sum) {
    // a window is the sum of its seconds
    rc::detail::checkGTest([] {
        TickMeter meter;
        std::vector<std::pair<std::int64_t, std::uint64_t>> gains;
        Nanos now = 100s;
        std::uint64_t total = 0;
        meter.add(now, total);
        for (int i = 0; i < 50; ++i) {
            now += milliseconds(*rc::gen::inRange(0, 20'000));
            const auto gain = *rc::gen::inRange<std::uint64_t>(0, 100);
            total += gain;
            meter.add(now, total);
            gains.emplace_back(floor<seconds>(now).count(), gain);
        }
        for (const std::size_t window : {1U, 10U, 30U, 60U, 300U}) {
            std::uint64_t sum = 0;
            for (const auto& [second, gain] : gains) {
                const auto back = floor<seconds>(now).count() - second;
                sum += back < static_cast<std::int64_t>(window) ? gain : 0;
            }
            RC_ASSERT(meter.last(window) == sum);
        }
    });
}

TEST(StatusUpdate, tells_six_members) {
    StatusFacts facts;
    EXPECT_EQ(*status_update_packet(facts).text,
              R"(42["status_update",{"status":"initializing","connected":false,"provider":"",)"
              R"("market_status":"CLOSED","timestamp":"1970-01-01T00:00:00.000000Z",)"
              R"("avg_response":0}])");
    facts = {StatusFacts::Health::Healthy, true,    "synthetic", TradingSession::Regular,
             at(10h) + 371329us,           1.593017};
    EXPECT_EQ(*status_update_packet(facts).text,
              R"(42["status_update",{"status":"healthy","connected":true,"provider":"synthetic",)"
              R"("market_status":"REGULAR","timestamp":"2026-11-20T15:00:00.371329Z",)"
              R"("avg_response":1.593017}])");
    const std::pair<TradingSession, std::string_view> sessions[]{
        {TradingSession::Pre, "PRE"},
        {TradingSession::After, "AFTER"},
        {TradingSession::Overnight, "CLOSED"},
        {TradingSession::Closed, "CLOSED"}};
    for (const auto& [session, word] : sessions) {
        facts.session = session;
        EXPECT_NE(status_update_packet(facts).text->find(R"("market_status":")" +
                                                         std::string(word) + '"'),
                  std::string::npos);
    }
    facts.health = StatusFacts::Health::Warning;
    EXPECT_NE(status_update_packet(facts).text->find(R"("status":"warning")"), std::string::npos);
    facts.health = StatusFacts::Health::Error;
    EXPECT_NE(status_update_packet(facts).text->find(R"("status":"error")"), std::string::npos);
}

}  // namespace
}  // namespace tickstock
