// Back-off, addresses, duplicates, WebSocket framing.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "base/url.hpp"
#include "sources/feed/backoff.hpp"
#include "sources/feed/duplicate_filter.hpp"
#include "sources/feed/websocket_frames.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;

TEST(FeedBackoff, DoublesWithFullJitterUpToTheMost) {
    Backoff backoff({500ms, 4s, 60s, 1});
    Nanos limit = 500ms;
    Nanos sum{0};
    for (int i = 0; i < 100; ++i) {
        const Nanos pause = backoff.next();
        EXPECT_GT(pause, 0ns);
        EXPECT_LE(pause, limit);
        limit = std::min<Nanos>(limit * 2, 4s);
        sum += pause;
    }
    EXPECT_GT(sum / 100, 1s);
    EXPECT_LT(sum / 100, 3s);
    backoff.data_received();
    EXPECT_LE(backoff.next(), 500ms);
    Backoff same({500ms, 4s, 60s, 1});
    Backoff other({500ms, 4s, 60s, 2});
    EXPECT_EQ(Backoff({500ms, 4s, 60s, 1}).next(), same.next());
    EXPECT_NE(other.next(), same.next());
}

TEST(FeedBackoff, EvictionsAreForgottenOnlyByAConnectionThatHolds) {
    Backoff backoff({500ms, 4s, 60s, 1});
    const auto between = [](Nanos pause, Nanos least) {
        return pause >= least && pause <= least + least / 4;
    };
    EXPECT_TRUE(between(backoff.next_eviction(), 60s));
    backoff.data_received();
    backoff.connection_held(59s);
    EXPECT_TRUE(between(backoff.next_eviction(), 120s));
    EXPECT_TRUE(between(backoff.next_eviction(), 240s));
    backoff.connection_held(60s);
    EXPECT_TRUE(between(backoff.next_eviction(), 60s));
}

TEST(FeedUrl, ReadsAddresses) {
    const auto url = parse_feed_url("x", "wss://socket.massive.com/stocks");
    ASSERT_TRUE(url.ok());
    EXPECT_TRUE(url->tls);
    EXPECT_EQ(url->host, "socket.massive.com");
    EXPECT_EQ(url->port, "443");
    EXPECT_EQ(url->target, "/stocks");
    EXPECT_EQ(url->authority(), "socket.massive.com");
    const auto local = parse_feed_url("x", "ws://[::1]:8080?a=b");
    ASSERT_TRUE(local.ok());
    EXPECT_FALSE(local->tls);
    EXPECT_EQ(local->authority(), "[::1]:8080");
    EXPECT_EQ(local->target, "/?a=b");
    EXPECT_EQ(parse_feed_url("x", "http://a")->port, "80");
    for (const char* bad : {"", "a", "ftp://a", "ws://", "ws://a:b", "ws://a:", "ws://u@a",
                            "ws://[::1", "ws://a b", "ws://a:123456", "ws://a:0", "ws://a:65536"}) {
        const auto refused = parse_feed_url("the.setting", bad);
        ASSERT_FALSE(refused.ok()) << bad;
        EXPECT_NE(refused.error().message.find("the.setting = "), std::string::npos);
    }
}

Record trade(std::uint32_t symbol, std::uint64_t q, std::int64_t second, unsigned correction = 0) {
    Trade trade{};
    trade.header.symbol = SymbolId{symbol};
    trade.header.source_sequence = q;
    trade.header.ts_event = from_unix_second(1'709'650'800 + second);
    trade.correction = static_cast<std::uint8_t>(correction);
    return trade;
}

using Verdict = DuplicateFilter::Verdict;

TEST(FeedDuplicateFilter, ByNumberSymbolKindAndDay) {
    const TradingCalendar calendar;
    DuplicateFilter filter(calendar);
    EXPECT_EQ(filter.look(trade(0, 10, 0)), Verdict::New);
    EXPECT_EQ(filter.look(trade(0, 10, 0)), Verdict::Duplicate);
    EXPECT_EQ(filter.look(trade(1, 10, 0)), Verdict::New);
    EXPECT_EQ(filter.look(trade(0, 12, 0)), Verdict::New);
    EXPECT_EQ(filter.look(trade(0, 11, 0)), Verdict::OutOfOrder);
    EXPECT_EQ(filter.look(trade(0, 11, 0)), Verdict::Duplicate);
    EXPECT_EQ(filter.look(trade(0, 12, 0, 2)), Verdict::New);  // its cancel
    EXPECT_EQ(filter.look(trade(0, 0, 0)), Verdict::New);      // no number
    EXPECT_EQ(filter.look(trade(0, 0, 0)), Verdict::New);
    constexpr std::int64_t day = 86'400;
    EXPECT_EQ(filter.look(trade(0, 10, day)), Verdict::New);
    EXPECT_EQ(filter.look(trade(0, 10, day)), Verdict::Duplicate);
    EXPECT_EQ(filter.look(trade(0, 10, 0)), Verdict::New);  // of the day before
    Quote quote{};
    quote.header.symbol = SymbolId{0};
    quote.header.source_sequence = 10;
    quote.header.ts_event = from_unix_second(1'709'650'800);
    EXPECT_EQ(filter.look(quote), Verdict::New);
}

TEST(FeedDuplicateFilter, AFrameThatComesTwiceIsKnownHoweverLongItIs) {
    constexpr unsigned count = 10'000;
    const TradingCalendar calendar;
    DuplicateFilter filter(calendar);
    for (unsigned q = 1; q <= count; ++q) {
        ASSERT_EQ(filter.look(trade(0, 3 * q, 0)), Verdict::New);
    }
    for (unsigned q = 1; q <= count; ++q) {
        ASSERT_EQ(filter.look(trade(0, 3 * q, 0)), Verdict::Duplicate) << q;
    }
    EXPECT_EQ(filter.look(trade(0, 3 * count + 1, 0)), Verdict::New);
    // Between those that it remembers: late, not twice.
    const unsigned last = 3 * count;
    for (unsigned back = 1; back < DuplicateFilter::window; ++back) {
        ASSERT_EQ(filter.look(trade(0, last - 3 * back + 1, 0)), Verdict::OutOfOrder) << back;
        ASSERT_EQ(filter.look(trade(0, last - 3 * back + 1, 0)), Verdict::Duplicate) << back;
    }
    EXPECT_EQ(filter.look(trade(0, 1, 0)), Verdict::Duplicate);  // below all that it remembers
}

TEST(FeedDuplicateFilter, ANumberFarTooLargeDoesNotSilenceItsSymbol) {
    const TradingCalendar calendar;
    DuplicateFilter filter(calendar);
    for (unsigned q = 1; q <= 3'000; ++q) {
        ASSERT_EQ(filter.look(trade(0, q, 0)), Verdict::New);
    }
    EXPECT_EQ(filter.look(trade(0, std::uint64_t{1} << 40, 1)), Verdict::New);
    EXPECT_EQ(filter.look(trade(0, 3'001, 2)), Verdict::OutOfOrder) << "a new numbering";
    for (unsigned q = 3'002; q <= 3'010; ++q) {
        EXPECT_EQ(filter.look(trade(0, q, 2)), Verdict::New);
        EXPECT_EQ(filter.look(trade(0, q, 2)), Verdict::Duplicate);
    }
}

TEST(FeedUrl, WithoutTlsAKeyStaysOnThisMachine) {
    for (const char* good : {"wss://feed.example/stocks", "https://api.example", "ws://127.0.0.1:1",
                             "http://localhost:8080", "ws://[::1]:9/stocks"}) {
        EXPECT_TRUE(parse_secret_url("setting", good).ok()) << good;
    }
    for (const char* bad :
         {"ws://feed.example/stocks", "http://10.0.0.1", "ws://localhost.example"}) {
        const auto url = parse_secret_url("source.polygon.url", bad);
        ASSERT_FALSE(url.ok()) << bad;
        EXPECT_NE(url.error().message.find("source.polygon.url = "), std::string::npos);
    }
}

TEST(FeedDuplicateFilter, ASymbolOfFewRecordsRemembersAllOfThem) {
    const TradingCalendar calendar;
    DuplicateFilter filter(calendar);
    EXPECT_EQ(filter.look(trade(0, 1'000, 0)), Verdict::New);
    EXPECT_EQ(filter.look(trade(0, 10, 0)), Verdict::OutOfOrder);
    EXPECT_EQ(filter.look(trade(0, 10, 0)), Verdict::Duplicate);
    EXPECT_EQ(filter.look(trade(0, 1'000, 0)), Verdict::Duplicate);
}

TEST(FeedDuplicateFilter, NumbersFarApartAreNotMixedUp) {
    const TradingCalendar calendar;
    DuplicateFilter filter(calendar);
    constexpr std::uint64_t far = std::uint64_t{1} << 30;  // times 4: the low bits are the same
    EXPECT_EQ(filter.look(trade(0, 5, 0)), Verdict::New);
    EXPECT_EQ(filter.look(trade(0, 5 + far, 0)), Verdict::New);
    EXPECT_EQ(filter.look(trade(0, 5 + far, 0)), Verdict::Duplicate);
    EXPECT_EQ(filter.look(trade(0, 4 + far, 0)), Verdict::Duplicate);  // it has forgotten the first
    EXPECT_EQ(filter.look(trade(0, 5 + 100 * far, 0)), Verdict::New);
    for (unsigned i = 1; i < 100; ++i) {
        EXPECT_EQ(filter.look(trade(0, 5 + 100 * far + i * far / 10, 0)), Verdict::New);
    }
    EXPECT_EQ(filter.look(trade(0, 5 + 100 * far + 99 * far / 10, 0)), Verdict::Duplicate);
}

RC_GTEST_PROP(FeedDuplicateFilter, IsASetOfNumbers, ()) {
    const TradingCalendar calendar;
    DuplicateFilter filter(calendar);
    std::set<std::uint64_t> known;
    const auto numbers = *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(1U, 400U));
    for (const unsigned q : numbers) {
        const bool newest = known.empty() || q > *known.rbegin();
        const Verdict expected = known.contains(q) ? Verdict::Duplicate
                                 : newest          ? Verdict::New
                                                   : Verdict::OutOfOrder;
        known.insert(q);
        RC_ASSERT(filter.look(trade(0, q, 0)) == expected);
    }
}

struct Collected : WebSocketSink {
    void on_message(std::string_view text) override { messages.emplace_back(text); }
    void on_control(WebSocketOpcode opcode, std::string_view payload) override {
        controls.emplace_back(opcode, payload);
    }
    std::vector<std::string> messages;
    std::vector<std::pair<WebSocketOpcode, std::string>> controls;
};

/// A server's frame: no mask.
std::string server_frame(unsigned first, std::string_view payload) {
    std::string out(1, static_cast<char>(first));
    const std::size_t size = payload.size();
    const auto length = [&](unsigned code, int bytes) {
        out.push_back(static_cast<char>(code));
        for (int i = bytes; i-- > 0;) {
            out.push_back(static_cast<char>(size >> (8 * i) & 0xFFU));
        }
    };
    if (size < 126) {
        length(static_cast<unsigned>(size), 0);
    } else if (size < 65'536) {
        length(126, 2);
    } else {
        length(127, 8);
    }
    return out.append(payload);
}

RC_GTEST_PROP(WebSocketFrameReader, HowReadsCutTheBytesDoesNotMatter, ()) {
    std::string bytes;
    std::vector<std::string> expected;
    std::size_t pings = 0;
    const int count = *rc::gen::inRange(1, 8);
    for (int i = 0; i < count; ++i) {
        const auto size = static_cast<std::size_t>(*rc::gen::element(0, 1, 125, 126, 300, 70'000));
        const std::string text(size, static_cast<char>('a' + i));
        expected.push_back(text);
        const auto cut = static_cast<std::size_t>(*rc::gen::inRange(0, 3));
        if (cut == 0 || size < 2) {
            bytes += server_frame(0x81, text);
            continue;
        }
        bytes += server_frame(0x01, text.substr(0, cut));
        bytes += server_frame(0x89, "ping");
        ++pings;
        bytes += server_frame(0x00, "");
        bytes += server_frame(0x80, text.substr(cut));
    }
    WebSocketFrameReader reader(100'000, 10);
    Collected found;
    std::string_view rest = bytes;
    while (!rest.empty()) {
        const auto size = std::min<std::size_t>(
            rest.size(), static_cast<std::size_t>(*rc::gen::element(1, 2, 3, 100, 65'536)));
        const std::string part(rest.substr(0, size));  // of its own: must not be remembered
        RC_ASSERT(reader.feed(part, found));
        rest.remove_prefix(size);
    }
    RC_ASSERT(found.messages == expected);
    RC_ASSERT(found.controls.size() == pings);
}

TEST(WebSocketFrameReader, WhatIsRefused) {
    const struct {
        std::string bytes;
        unsigned code;
    } cases[] = {
        {std::string("\x81\x81", 2), 1002},  // masked
        {std::string("\xC1\x01", 2), 1002},  // compressed
        {std::string("\x83\x01", 2), 1002},  // unknown opcode
        {std::string("\x80\x01", 2), 1002},  // nothing to continue
        {std::string("\x01\x01"
                     "a"
                     "\x81\x01",
                     5),
         1002},                                                               // a new one inside
        {std::string("\x09\x01", 2), 1002},                                   // a cut ping
        {std::string("\x89\x7E", 2), 1002},                                   // a long ping
        {std::string("\x81\x7E\x00\x05", 4), 1002},                           // not the shortest
        {std::string("\x81\x7F\x00\x00\x00\x00\x00\x00\x01\x00", 10), 1002},  // likewise
        {std::string("\x81\x7E\x04\x00", 4), 1009},                           // 1,024 bytes
        {std::string("\x81\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10), 1009},
        {std::string("\x01\x00\x00\x00\x00\x00\x00\x00", 8), 1008},  // four frames
    };
    for (const auto& each : cases) {
        WebSocketFrameReader reader(1000, 3);
        Collected found;
        EXPECT_FALSE(reader.feed(each.bytes, found)) << &each - cases;
        EXPECT_EQ(reader.close_code(), each.code) << &each - cases;
        EXPECT_FALSE(reader.error().empty());
        reader.reset();
        EXPECT_TRUE(reader.feed(server_frame(0x81, "ok"), found));
        ASSERT_FALSE(found.messages.empty());
        EXPECT_EQ(found.messages.back(), "ok");
    }
}

TEST(WebSocketFrameReader, ParseClientFrames) {
    std::string out;
    append_client_frame(out, WebSocketOpcode::Text, "Hello", 0x3D21FA37);
    EXPECT_EQ(out, std::string("\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58", 11));  // RFC 6455
    out.clear();
    append_client_frame(out, WebSocketOpcode::Text, std::string(70'000, 'x'), 1);
    EXPECT_EQ(out.size(), 70'000U + 14);
}

}  // namespace
}  // namespace tickstock
