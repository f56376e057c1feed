// The feed by the clock, when the engine is slow, and on the business cluster.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "metrics/log.hpp"
#include "sources/polygon/test_day.hpp"

namespace tickstock::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

TEST(PolygonFeed, GivesTheMarketsClockInReceiveTimeOnly) {
    TestVendor vendor([&](VendorSocket& socket, unsigned) {
        socket.login(2);
        socket.send("[" + wire_trade("AAPL", 1, 1) + "]");
        socket.read_to_end();
    });
    FeedRun by_event(options_for(vendor));
    ASSERT_TRUE(by_event.until_lines(1));
    by_event.until([&] { return by_event.feed->status().connections[0].frames > 2; });
    EXPECT_EQ(by_event.market_clock, time_unknown);
    auto options = options_for(vendor);
    options.clock_mode = SourceClock::Receive;
    FeedRun by_receipt(std::move(options));
    ASSERT_TRUE(by_receipt.until_lines(1));
    EXPECT_GT(by_receipt.records[0].header().ts_recv, by_receipt.records[0].header().ts_event);
    ASSERT_TRUE(by_receipt.until([&] { return by_receipt.market_clock != time_unknown; }));
    EXPECT_LT(SystemClock().wall() - by_receipt.market_clock, 20s);
    EXPECT_TRUE(by_receipt.feed->covers("AAPL", RecordKind::Trade));
    EXPECT_FALSE(by_receipt.feed->covers("AAPL", RecordKind::Quote));
    EXPECT_FALSE(by_receipt.feed->covers("IBM", RecordKind::Trade));
}

/// Runs on, and can be set forward.
class ForwardClock final : public Clock {
public:
    explicit ForwardClock(UnixNanos wall) : wall_(wall), began_(real_.monotonic()) {}
    UnixNanos wall() const override { return wall_ + (monotonic() - began_); }
    Nanos monotonic() const override { return real_.monotonic() + Nanos(ahead_.load()); }
    void forward(Nanos by) { ahead_ += by.count(); }

private:
    SystemClock real_;
    UnixNanos wall_;
    Nanos began_;
    std::atomic<std::int64_t> ahead_{0};
};

TEST(PolygonFeed, SilenceCountsInTheRegularSessionOnly) {
    const LogCapture log;
    TestVendor vendor([&](VendorSocket& socket, unsigned) {
        socket.login(2);
        socket.send("[" + wire_trade("AAPL", 1, -7'200'000) + "]");
        socket.read_to_end();
    });
    ForwardClock clock(unix_nanos((base_ms - 7'200'000) * 1'000'000));  // 08:00 New York
    auto options = options_for(vendor);
    options.clock = &clock;
    options.clock_mode = SourceClock::Receive;
    options.settings.silence = 600s;
    options.settings.read_timeout = 24h;
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_lines(1));
    ASSERT_TRUE(run.until([&] { return run.connection().state == "live"; }));
    const auto look_on = [&] {
        const Nanos end = SystemClock().monotonic() + 200ms;
        run.until([&] { return SystemClock().monotonic() > end; });
        return run.connection().connects;
    };
    clock.forward(85min);  // 09:25
    EXPECT_EQ(look_on(), 1U);
    clock.forward(10min);  // 09:35: five minutes of the session
    EXPECT_EQ(look_on(), 1U);
    clock.forward(6min);
    ASSERT_TRUE(run.until_line("gap silent -7200000 -7200000"));
}

TEST(PolygonFeed, WhatASlowEngineLosesIsCountedAndTold) {
    constexpr unsigned count = 2'000;
    std::atomic<bool> go{false};
    TestVendor vendor([&](VendorSocket& socket, unsigned) {
        socket.login(2);
        for (unsigned q = 1; q <= count; ++q) {
            socket.send("[" + wire_trade("AAPL", q, q) + "]");
        }
        while (!go && !vendor.stopping()) {
            std::this_thread::sleep_for(5ms);
        }
        socket.send("[" + wire_trade("AAPL", count + 1, count + 1) + "]");
        socket.read_to_end();
    });
    const LogCapture log;
    auto options = options_for(vendor);
    options.settings.queue_bytes = 64 << 10;
    FeedRun run(std::move(options));
    // Nobody polls.
    const Nanos end = SystemClock().monotonic() + 20s;
    while (run.connection().frames < count + 3 && SystemClock().monotonic() < end) {
        std::this_thread::sleep_for(5ms);
    }
    ASSERT_TRUE(run.until([&] { return run.connection().queued_bytes == 0; }));
    go = true;
    ASSERT_TRUE(run.until_line(fmt::format("T AAPL {0} @{0}", count + 1)));
    const auto taken = static_cast<unsigned>(run.records.size()) - 1;
    ASSERT_LT(taken, count);
    ASSERT_GT(taken, 0U);
    EXPECT_EQ(run.lines[taken], fmt::format("gap overrun {} {}", taken, count + 1));
    const StageCounts counts = run.feed->counts();
    EXPECT_TRUE(counts.closes());
    EXPECT_EQ(counts.dropped_for(Reason::Overrun), count - taken);
    EXPECT_EQ(counts.out, taken + 1);
}

TEST(PolygonBackfill, QuotesAndMinuteBarsComeInTheirOrder) {
    const auto quote = [](unsigned q, std::int64_t at) {
        return fmt::format(
            R"([{{"ev":"Q","sym":"AAPL","bx":4,"bp":10.1,"bs":1,"ax":7,"ap":10.2,"as":1,"t":{},)"
            R"("q":{},"z":3}}])",
            base_ms + at, q);
    };
    TestVendor vendor(
        [&](VendorSocket& socket, unsigned number) {
            socket.login(2);
            socket.send(number == 1 ? quote(1, 1'000) : quote(9, 130'000));
            if (number > 1) {
                socket.read_to_end();
            }
        },
        [&](const std::string& target, const std::string&) {
            if (target.find("/v3/quotes/AAPL") == 0) {
                std::string rows;
                const std::int64_t at[] = {1'000, 59'000, 61'000, 130'000};
                const unsigned q[] = {1, 5, 6, 9};
                for (std::size_t i = 0; i < 4; ++i) {
                    rows += fmt::format(
                        R"({}{{"ask_exchange":7,"ask_price":10.2,"ask_size":1,"bid_exchange":4,)"
                        R"("bid_price":10.1,"bid_size":1,"sequence_number":{},)"
                        R"("sip_timestamp":{}000123,"tape":3}})",
                        i == 0 ? "" : ",", q[i], base_ms + at[i]);
                }
                return RestReply{200, R"({"results":[)" + rows + "]}"};
            }
            EXPECT_EQ(target.find("/v2/aggs/ticker/AAPL/range/1/minute/"), 0U) << target;
            std::string rows;
            for (int minute = 0; minute < 3; ++minute) {  // the third one goes on
                rows +=
                    fmt::format(R"({}{{"o":10,"h":11,"l":9,"c":10,"v":100,"n":3,"vw":10,"t":{}}})",
                                minute == 0 ? "" : ",", base_ms + minute * 60'000);
            }
            return RestReply{200, R"({"results":[)" + rows + "]}"};
        });
    auto options = options_for(vendor);
    options.settings.backfill = true;
    options.channels = {"Q", "AM"};
    options.symbols = {"AAPL"};
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("recovered backfilled 1000 130000"));
    EXPECT_THAT(run.lines,
                ElementsAre("Q AAPL 1 @1000", "gap disconnected 1000 1000", "Q AAPL 5 @59000",
                            "BAR AAPL 0 @0", "Q AAPL 6 @61000", "BAR AAPL 0 @60000",
                            "Q AAPL 9 @130000", "recovered backfilled 1000 130000"));
}

TEST(PolygonFeed, TheBusinessConnectionBringsFairValues) {
    const auto value = [](std::int64_t at) {
        return fmt::format(R"([{{"ev":"FMV","fmv":189.22,"sym":"AAPL","t":{}}}])",
                           (base_ms + at) * 1'000'000);
    };
    TestVendor vendor([&](VendorSocket& socket, unsigned number) {
        socket.login(1);
        socket.send(value(100 * number));
        if (number > 1) {
            socket.read_to_end();
        }
    });
    auto options = options_for(vendor);
    options.name = "business";
    options.channels = {"FMV"};
    options.symbols = {"AAPL"};
    options.settings.backfill = true;  // there is none for these
    options.settings.silence = 100ms;  // no trades are awaited
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_lines(4));
    EXPECT_THAT(run.lines, ElementsAre("OTHER AAPL 0 @100", "gap disconnected 100 100",
                                       "recovered resumed 100 200", "OTHER AAPL 0 @200"));
    ASSERT_EQ(run.records[0].kind(), RecordKind::FairValue);
    EXPECT_EQ(run.connection().name, "business");
    const Nanos end = SystemClock().monotonic() + 500ms;
    run.until([&] { return SystemClock().monotonic() > end; });
    EXPECT_EQ(run.connection().connects, 2U);
}

TEST(PolygonBackfill, WhatCannotBeFetchedInTimeIsGivenUpAtOnce) {
    const LogCapture log;
    std::atomic<unsigned> requests{0};
    TestVendor vendor(
        [](VendorSocket& socket, unsigned number) {
            socket.login(1000);
            socket.send("[" + wire_trade("S1", number, number) + "]");
            if (number > 1) {
                socket.read_to_end();
            }
        },
        [&](const std::string&, const std::string&) {
            ++requests;
            std::this_thread::sleep_for(50ms);
            return RestReply{200, R"({"results":[]})"};
        });
    auto options = options_for(vendor);
    options.settings.backfill = true;
    options.settings.backfill_timeout = 3s;  // 8 connections: under 480 of 1,000 symbols
    options.symbols.clear();
    for (int i = 0; i < 1000; ++i) {
        options.symbols.push_back(fmt::format("S{}", i));
    }
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("recovered resumed 1 2"));
    EXPECT_LT(requests, 200U);
    EXPECT_THAT(log.lines(), Contains(HasSubstr("requests are left")));
}

TEST(PolygonBackfill, IsGivenUpWhenTheQueueFills) {
    const LogCapture log;
    TestVendor* self = nullptr;
    constexpr unsigned count = 2'000;
    TestVendor vendor(
        [&](VendorSocket& socket, unsigned number) {
            socket.login(2);
            if (number == 1) {
                socket.send("[" + wire_trade("AAPL", 1, 1) + "]");
                return;
            }
            for (unsigned q = 2; q <= count; ++q) {
                socket.send("[" + wire_trade("AAPL", q, q) + "]");
                std::this_thread::sleep_for(q % 100 == 0 ? 5ms : 0ms);
            }
            socket.read_to_end();
        },
        [&](const std::string&, const std::string&) {
            self->hang();
            return RestReply{};
        });
    self = &vendor;
    auto options = options_for(vendor);
    options.settings.backfill = true;
    options.settings.backfill_timeout = 1h;
    options.settings.queue_bytes = 512 << 10;
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("recovered resumed 1 2"));
    EXPECT_THAT(log.lines(), Contains(HasSubstr("half of queue_bytes")));
    ASSERT_TRUE(run.until_line("T AAPL 2000 @2000"));
    EXPECT_EQ(run.feed->counts().dropped_for(Reason::Overrun), 0U);
    EXPECT_EQ(run.records.size(), count);
}

}  // namespace
}  // namespace tickstock::testing
