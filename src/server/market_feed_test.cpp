// The board behind /api/v1/market against a naive recount of all bodies, and its sessions' limits.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "server/market_feed.hpp"
#include "server/test_support.hpp"

namespace tickstock::testing {
namespace {

using nlohmann::json;
using std::chrono::minutes;
using std::chrono::seconds;

// 2026-03-03 (a Tuesday), 14:30 UTC = 09:30 in New York.
constexpr UnixNanos opening = unix_nanos(1'772'548'200'000'000'000);
constexpr Nanos second = seconds(1);

struct Wanted {
    std::string symbol = "AAA";
    EventType type = EventType::High;
    UnixNanos ts = opening;
    Direction direction = Direction::Up;
    double price = 100;
    double percent = 0;
    std::uint32_t count = 1;
    double strength = 1;  // magnitude, score, multiple
    bool of_bar = false;
    std::uint32_t revision = 0;
    TradingSession session = TradingSession::Regular;
};

Event event_of(SymbolTable& symbols, const Wanted& wanted) {
    Event event = make_event(symbols, wanted.symbol, wanted.type);
    Detection& found = event.detection;
    found.ts = wanted.ts;
    found.direction = wanted.direction;
    found.price = Price::from_raw(std::llround(wanted.price * 1e9));
    found.session = wanted.session;
    found.score = wanted.strength;
    event.revision = wanted.revision;
    if (wanted.of_bar) {
        found.timeframe = Timeframe::Minute1;
        found.data = BarData{wanted.percent, wanted.strength};
        return event;
    }
    switch (wanted.type) {
        case EventType::High:
        case EventType::Low: {
            HighLowData data;
            data.percent_change = wanted.percent;
            data.rel_volume = wanted.strength;
            (wanted.type == EventType::High ? data.count_up : data.count_down) = wanted.count;
            found.data = data;
            break;
        }
        case EventType::Trend: {
            TrendData data;
            data.strength = Strength::Strong;
            data.score = wanted.strength;
            found.data = data;
            break;
        }
        case EventType::Surge: {
            SurgeData data;
            data.magnitude =
                wanted.direction == Direction::Down ? -wanted.strength : wanted.strength;
            data.volume_multiplier = wanted.strength;
            data.daily_count = wanted.count;
            found.data = data;
            break;
        }
        case EventType::Rule: found.data = RuleData{RuleName("r"), wanted.count}; break;
        case EventType::Valuation: found.data = ValuationData{}; break;
        case EventType::Control: found.data = ControlData{}; break;
    }
    return event;
}

struct Market {
    explicit Market(std::size_t memory = std::size_t{32} << 20,
                    TradingCalendar::Kind calendar = TradingCalendar::Kind::UsEquities)
        : events(memory), feed(events.stream, calendar) {}

    void publish(const Wanted& wanted) {
        const Event event = event_of(events.symbols, wanted);
        events.stream.append({&event, 1}, events.symbols, unix_nanos(1));
    }
    void publish(const std::vector<Wanted>& all) {
        for (const Wanted& one : all) {
            publish(one);
        }
    }
    /// A second later.
    json read(std::size_t limit = 100) {
        now += second;
        feed.advance(now);
        return json::parse(feed.json(limit));
    }

    TestStream events;
    MarketFeed feed;
    Nanos now{0};
};

json row_of(const json& rows, std::string_view symbol) {
    for (const json& row : rows) {
        if (row["symbol"] == symbol) {
            return row;
        }
    }
    return nullptr;
}

std::vector<std::string> names(const json& rows) {
    std::vector<std::string> result;
    for (const json& row : rows) {
        result.push_back(row["symbol"]);
    }
    return result;
}

// The oracle: all bodies read again, with a calendar look-up each and nothing kept between looks.
struct Naive {
    struct Symbol {
        std::map<std::string, std::uint64_t> count;
        double trend = 0;
        double surge = 0;
        double volume = 0;
        std::int64_t volume_ts = 0;
    };
    std::map<std::string, Symbol> symbols;
    std::map<std::string, std::uint64_t> sums;
    std::map<std::int64_t, std::map<std::string, std::uint64_t>> by_minute;

    Naive(const EventStream& stream, const TradingCalendar& calendar) {
        std::vector<std::pair<StreamEntry, json>> all;
        const StreamRange range = stream.range();
        for (std::uint64_t at = 1; at <= range.last.value();) {
            const auto block = stream.block_at(range.epoch, Offset{at});
            for (const StreamEntry& entry : block->entries) {
                all.emplace_back(entry, json::parse(block->body(entry)));
            }
            at = block->entries.back().offset.value() + 1;
        }
        std::int64_t key = 0;  // of the session that the newest event of any is in
        const auto key_of = [&](const StreamEntry& entry) {
            return calendar.span_at(entry.ts).session_key;
        };
        for (const auto& [entry, body] : all) {
            key = std::max(key, key_of(entry));
        }
        bool has_begun = false;
        for (const auto& [entry, body] : all) {
            if (key_of(entry) == key) {
                has_begun = true;
                take(body);
            }
        }
        EXPECT_TRUE(has_begun);
    }

    void take(const json& body) {
        const std::string type = body["type"];
        const json& data = body["data"];
        Symbol& symbol = symbols[body["symbol"]];
        const char* volume = "volume_multiplier";
        const auto ts = body["ts"].get<std::int64_t>();
        if (data.contains(volume) && data[volume].get<double>() > 0 && ts >= symbol.volume_ts) {
            symbol.volume = data[volume].get<double>();
            symbol.volume_ts = ts;
        }
        if (type == "rule") {
            return;
        }
        ++symbol.count[type];
        const bool down = body["direction"] == "down";
        std::string name = type + "s";
        if (type == "surge" || type == "trend") {
            name += down ? "_down" : "_up";
        }
        ++sums[name];
        const std::int64_t ns = body["ts"];
        if (type != "trend") {
            ++by_minute[ns / 60'000'000'000][name];
        }
        if (type == "surge") {
            symbol.surge = std::max(symbol.surge, std::abs(data["magnitude"].get<double>()));
        } else if (type == "trend") {
            symbol.trend = std::abs(data["trend_score"].get<double>());
        }
    }
};

TEST(MarketFeed, EmptyBeforeTheFirstEvent) {
    Market market;
    const json answer = market.read();
    EXPECT_TRUE(answer["session"].is_null());
    EXPECT_TRUE(answer["since"].is_null());
    EXPECT_TRUE(answer["complete"].get<bool>());
    EXPECT_EQ(answer["through"]["offset"], 0);
    EXPECT_TRUE(answer["leaders"]["highs"].empty());
    EXPECT_TRUE(answer["breadth"]["minutes"].empty());
}

TEST(MarketFeed, AgreesWithANaiveRecount) {
    constexpr std::array types{EventType::High, EventType::Low, EventType::Surge, EventType::Trend,
                               EventType::Rule};
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        std::mt19937 dice(seed);
        Market market;
        const TradingCalendar calendar;
        // Up to three trading sessions; time goes on, with late events between.
        UnixNanos t = opening - minutes(30);
        for (int i = 0; i < 600; ++i) {
            t += seconds(dice() % 60);
            Wanted wanted;
            wanted.symbol = std::string(1, static_cast<char>('A' + dice() % 12));
            wanted.type = types[dice() % types.size()];
            wanted.ts = t;
            wanted.session = calendar.span_at(t).session;
            wanted.direction = dice() % 2 == 0 ? Direction::Up : Direction::Down;
            wanted.strength = static_cast<double>(1 + dice() % 1000) / 8;
            wanted.count = 0;
            market.publish(wanted);
            if (dice() % 40 == 0) {
                market.read();
            }
        }
        const json answer = market.read();
        const Naive naive(market.events.stream, calendar);
        const auto check = [&](const char* list, const auto& rank_of, const char* member) {
            const json& rows = answer["leaders"][list];
            std::size_t expected = 0;
            for (const auto& [name, symbol] : naive.symbols) {
                expected += rank_of(symbol) > 0 ? 1U : 0U;
            }
            ASSERT_EQ(rows.size(), expected) << list;
            double before = 1e300;
            for (const json& row : rows) {
                const double rank = rank_of(naive.symbols.at(row["symbol"]));
                EXPECT_DOUBLE_EQ(row[member].get<double>(), rank) << list << row;
                EXPECT_LE(rank, before) << list;
                before = rank;
            }
        };
        const auto count_of = [](const std::string& type) {
            return [type](const Naive::Symbol& symbol) {
                const auto found = symbol.count.find(type);
                return found == symbol.count.end() ? 0.0 : static_cast<double>(found->second);
            };
        };
        check("highs", count_of("high"), "count");
        check("lows", count_of("low"), "count");
        check("surges", count_of("surge"), "count");
        check(
            "trends", [](const auto& symbol) { return symbol.trend; }, "value");
        check(
            "relative_volume", [](const auto& symbol) { return symbol.volume; }, "value");
        for (const char* sum :
             {"highs", "lows", "surges_up", "surges_down", "trends_up", "trends_down"}) {
            const auto found = naive.sums.find(sum);
            EXPECT_EQ(answer["breadth"][sum], found == naive.sums.end() ? 0 : found->second) << sum;
        }
        for (const json& minute : answer["breadth"]["minutes"]) {
            const auto found = naive.by_minute.find(minute["t"].get<std::int64_t>() / 60);
            for (const char* sum : {"highs", "lows", "surges_up", "surges_down"}) {
                std::uint64_t expected = 0;
                if (found != naive.by_minute.end() && found->second.contains(sum)) {
                    expected = found->second.at(sum);
                }
                EXPECT_EQ(minute[sum], expected) << sum << minute;
            }
        }
    }
}

TEST(MarketFeed, TheNextSessionBeginsAnew) {
    Market market;
    market.publish({Wanted{.ts = opening - second, .session = TradingSession::Pre},
                    Wanted{.symbol = "BBB", .ts = opening}});
    json answer = market.read();
    EXPECT_EQ(answer["session"], "regular");
    EXPECT_EQ(answer["since"], to_ns(opening));
    EXPECT_EQ(names(answer["leaders"]["highs"]), std::vector<std::string>{"BBB"});
    EXPECT_EQ(answer["breadth"]["minutes"].size(), 1U);
    market.publish(Wanted{.ts = opening - minutes(5), .session = TradingSession::Pre});
    answer = market.read();
    EXPECT_EQ(answer["breadth"]["highs"], 1) << "an event of the session before is late";
    EXPECT_EQ(market.feed.board().late(), 1U);
}

TEST(MarketFeed, ABarThatEndsWithTheSessionIsOfIt) {
    Market market;
    const UnixNanos close = opening + minutes(390);
    market.publish({Wanted{.ts = close - minutes(1)}, Wanted{.ts = close, .of_bar = true},
                    Wanted{.ts = close - second}});
    const json answer = market.read();
    EXPECT_EQ(answer["session"], "regular");
    EXPECT_EQ(answer["breadth"]["highs"], 3);
}

TEST(MarketFeed, ContinuousMarketsHaveADayForASession) {
    Market market(std::size_t{32} << 20, TradingCalendar::Kind::Continuous);
    market.publish({Wanted{.ts = opening}, Wanted{.ts = opening + minutes(400)}});
    EXPECT_EQ(market.read()["breadth"]["highs"], 2);
    market.publish(Wanted{.ts = opening + minutes(24 * 60)});
    EXPECT_EQ(market.read()["breadth"]["highs"], 1);
}

TEST(MarketFeed, AdvancingIsAgainstTheSessionsOpen) {
    Market market;
    market.publish({Wanted{.symbol = "UP", .price = 101, .percent = 1},
                    Wanted{.symbol = "DOWN", .type = EventType::Low, .price = 99, .percent = -1},
                    Wanted{.symbol = "SAME", .price = 50, .percent = 0},
                    Wanted{.symbol = "UNKNOWN", .type = EventType::Trend, .price = 7},
                    // A bar's change is the bar's own.
                    Wanted{.symbol = "BAR", .price = 7, .percent = 5, .of_bar = true}});
    json answer = market.read();
    EXPECT_EQ(answer["breadth"]["advancing"], 1);
    EXPECT_EQ(answer["breadth"]["declining"], 1);
    EXPECT_EQ(answer["breadth"]["unchanged"], 1);
    EXPECT_TRUE(row_of(answer["leaders"]["trends"], "UNKNOWN")["percent_change"].is_null());
    EXPECT_TRUE(row_of(answer["leaders"]["highs"], "BAR")["percent_change"].is_null());
    // A later price moves the change on: the open of UP was 100.
    market.publish(
        Wanted{.symbol = "UP", .type = EventType::Trend, .ts = opening + second, .price = 98});
    answer = market.read();
    EXPECT_EQ(answer["breadth"]["declining"], 2);
    const json up = row_of(answer["leaders"]["highs"], "UP");
    EXPECT_NEAR(up["percent_change"].get<double>(), -2, 1e-6);
    EXPECT_DOUBLE_EQ(up["price"].get<double>(), 98);
}

TEST(MarketFeed, ARevisionCorrectsAndIsNotCountedAgain) {
    Market market;
    market.publish({Wanted{.price = 101, .percent = 1},
                    Wanted{.ts = opening, .price = 100.5, .percent = 0.5, .revision = 1}});
    const json answer = market.read();
    EXPECT_EQ(answer["breadth"]["highs"], 1);
    EXPECT_DOUBLE_EQ(answer["leaders"]["highs"][0]["price"].get<double>(), 100.5);
}

TEST(MarketFeed, AnEventsOwnCountHoldsWhereEarlierOnesAreMissing) {
    Market market;
    market.publish(Wanted{.count = 17});
    EXPECT_EQ(market.read()["leaders"]["highs"][0]["count"], 17);
}

TEST(MarketFeed, MinutesAreAtMostARegularSession) {
    Market market(std::size_t{32} << 20, TradingCalendar::Kind::Continuous);
    market.publish({Wanted{.ts = opening}, Wanted{.ts = opening + minutes(3)},
                    Wanted{.ts = opening + minutes(391)},
                    Wanted{.ts = opening + minutes(1)}});  // the ring has gone on
    const json answer = market.read();
    const json& minutes_told = answer["breadth"]["minutes"];
    ASSERT_EQ(minutes_told.size(), 389U);
    EXPECT_EQ(minutes_told.front()["t"], unix_second(opening + minutes(3)));
    EXPECT_EQ(minutes_told[1]["highs"], 0);
    EXPECT_EQ(minutes_told.back()["t"], unix_second(opening + minutes(391)));
    EXPECT_EQ(answer["breadth"]["highs"], 4) << "the sums are the whole session's";
}

TEST(MarketFeed, ListsAreCutAndTiesGoToTheMoreRecent) {
    Market market;
    for (int i = 0; i < 20; ++i) {
        market.publish(Wanted{.symbol = std::string(1, static_cast<char>('A' + i)),
                              .ts = opening + i * second,
                              .count = 2});
    }
    market.publish(Wanted{.symbol = "C", .ts = opening, .count = 3});
    EXPECT_EQ(names(market.read(3)["leaders"]["highs"]), (std::vector<std::string>{"C", "T", "S"}));
    EXPECT_EQ(market.read(100)["leaders"]["highs"].size(), 20U) << "another limit, another answer";
}

TEST(MarketFeed, ReadsAtMostOnceASecond) {
    Market market;
    market.read();
    market.publish(Wanted{});
    market.feed.advance(market.now + second - Nanos{1});
    EXPECT_EQ(market.feed.board().breadth().highs, 0U);
    market.feed.advance(market.now + second);
    EXPECT_EQ(market.feed.board().breadth().highs, 1U);
}

TEST(MarketFeed, WhatLeftMemoryUnreadIsTold) {
    Market market(4'000);
    for (int i = 0; i < 50; ++i) {
        market.publish(Wanted{.ts = opening + i * second, .count = 0});
    }
    ASSERT_GT(market.events.stream.range().first, Offset{1});
    json answer = market.read();
    EXPECT_FALSE(answer["complete"].get<bool>());
    const auto missed = market.events.stream.range().first.value() - 1;
    EXPECT_EQ(answer["breadth"]["highs"], 50 - missed);
    EXPECT_EQ(answer["since"], to_ns(opening + static_cast<std::int64_t>(missed) * second));
    EXPECT_EQ(answer["through"]["offset"], 50);
    market.publish(Wanted{.ts = opening + minutes(400), .session = TradingSession::After});
    answer = market.read();
    EXPECT_TRUE(answer["complete"].get<bool>()) << "the next session is whole";
    EXPECT_EQ(answer["since"], to_ns(opening + minutes(390)));
    // The session that begins behind a gap may have begun in it.
    for (int i = 0; i < 50; ++i) {
        market.publish(Wanted{.ts = opening + minutes(24 * 60) + i * second});
    }
    EXPECT_FALSE(market.read()["complete"].get<bool>());
}

TEST(MarketFeed, AnotherEpochBeginsAnew) {
    Market market;
    market.publish(Wanted{});
    market.read();
    market.events.stream.restart("epoch-2");
    EXPECT_EQ(market.read()["symbols"], 0);
    market.publish(Wanted{.symbol = "ZZZ"});
    const json answer = market.read();
    EXPECT_EQ(answer["through"]["epoch"], "epoch-2");
    EXPECT_EQ(names(answer["leaders"]["highs"]), std::vector<std::string>{"ZZZ"});
}

TEST(MarketFeed, SymbolsBeyondTheBoundAreLeftOut) {
    MarketBoard board(TradingCalendar::Kind::UsEquities);
    StreamEntry entry;
    entry.ts = opening;
    entry.price = Price::from_cents(100);
    for (std::uint32_t i = 1; i <= MarketBoard::max_symbols + 5; ++i) {
        entry.symbol = SymbolText(std::to_string(i));
        entry.symbol_number = i;
        board.take(entry, "{}");
    }
    EXPECT_EQ(board.symbols(), MarketBoard::max_symbols);
    EXPECT_EQ(board.untracked(), 5U);
    EXPECT_EQ(board.leaders(MarketList::Highs, 10).size(), 10U);
}

TEST(MarketPage, OverHttp) {
    TestServer server;
    server.events.publish("AAPL", 3);
    server.events.publish("MSFT", 1, EventType::Low);
    RawClient client(server.port);
    json answer = json::object();
    for (int i = 0; i < 100 && answer.value("symbols", 0) < 2; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        const HttpReply reply = client.get("/api/v1/market?limit=1");
        ASSERT_EQ(reply.status, 200) << reply.body;
        answer = json::parse(reply.body);
    }
    EXPECT_EQ(answer["leaders"]["highs"][0]["symbol"], "AAPL");
    EXPECT_EQ(answer["leaders"]["highs"][0]["count"], 3);
    EXPECT_EQ(answer["leaders"]["lows"][0]["symbol"], "MSFT");
    for (const char* query : {"?limit=0", "?limit=101", "?limit=x", "?count=1"}) {
        const HttpReply reply = client.get(std::string("/api/v1/market") + query);
        EXPECT_EQ(reply.status, 400) << query;
        EXPECT_NE(reply.body.find("limit"), std::string::npos) << reply.body;
    }
}

}  // namespace
}  // namespace tickstock::testing
