// The REST back-fill, alone and as part of the feed: an outage must not show in what comes out.

#include "sources/polygon/backfill.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "metrics/log.hpp"
#include "sources/files/test_support.hpp"
#include "sources/formats/decode_context.hpp"
#include "sources/polygon/rest_rows.hpp"
#include "sources/polygon/test_day.hpp"
#include "sources/polygon/test_feed.hpp"

namespace tickstock::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

TEST(PolygonBackfill, AnOutageDoesNotShowInTheRecords) {
    RestOfDay rest;
    TestVendor vendor(script_with_outage(), std::ref(rest));
    auto options = options_for(vendor);
    options.settings.backfill = true;
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("T MSFT 60 @300"));
    EXPECT_EQ(without_gaps(run.lines), lines_of(day()));
    EXPECT_EQ(run.lines[20], "gap disconnected 100 100");
    // Up to the first live record, and the rows of its millisecond.
    EXPECT_EQ(run.lines[42], "recovered backfilled 100 200");
    ASSERT_TRUE(run.until([&] { return run.feed->status().recovered == 1; }));
    EXPECT_EQ(run.feed->status().backfilled, 20U);
    EXPECT_EQ(run.feed->status().backfill_failed, 0U);
    EXPECT_EQ(run.feed->counts().held, 0U);
    EXPECT_EQ(run.feed->counts().out, 60U);
}

TEST(PolygonBackfill, FetchedRecordsAreWhatTheWireWouldHaveBrought) {
    RestOfDay rest;
    TestVendor vendor(script_with_outage(), std::ref(rest));
    auto options = options_for(vendor);
    options.settings.backfill = true;
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("T MSFT 60 @300"));
    const Trade& live = run.records[5].trade();
    const Trade& fetched = run.records[25].trade();
    EXPECT_EQ(fetched.price, live.price);
    EXPECT_EQ(fetched.size, live.size);
    EXPECT_EQ(fetched.exchange, live.exchange);
    EXPECT_EQ(fetched.tape, live.tape);
    EXPECT_EQ(fetched.id.view(), "26");
    EXPECT_TRUE(std::ranges::equal(fetched.conditions.codes(), live.conditions.codes()));
    EXPECT_EQ(to_ns(fetched.header.ts_event) % 1'000'000, 0);
    EXPECT_EQ(fetched.header.ts_recv, fetched.header.ts_event);
}

TEST(PolygonBackfill, AsksForAllThatTheSnapshotNamesWithAllSymbols) {
    RestOfDay rest;
    TestVendor vendor(
        [](VendorSocket& socket, unsigned number) {
            socket.login(1);
            const auto prints = day();
            // Only AAPL is known before the outage.
            for (unsigned i = number == 1 ? 0 : 39; i < (number == 1 ? 2 : prints.size()); ++i) {
                socket.send("[" + wire_trade(prints[i].symbol, prints[i].q, prints[i].at) + "]");
            }
            if (number > 1) {
                socket.read_to_end();
            }
        },
        std::ref(rest));
    auto options = options_for(vendor);
    options.settings.backfill = true;
    options.symbols = {"*"};
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("T MSFT 60 @300"));
    EXPECT_EQ(without_gaps(run.lines), lines_of(day()));
    for (const std::string& target : rest.asked()) {
        EXPECT_EQ(target.find("/OLD"), std::string::npos);
    }
}

TEST(PolygonBackfill, AFailingServiceLeavesTheGap) {
    const LogCapture log;
    std::atomic<unsigned> requests{0};
    TestVendor vendor(script_with_outage(), [&](const std::string&, const std::string&) {
        ++requests;
        return RestReply{403, R"({"status":"NOT_AUTHORIZED"})"};
    });
    auto options = options_for(vendor);
    options.settings.backfill = true;
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("T MSFT 60 @300"));
    EXPECT_EQ(run.lines[20], "gap disconnected 100 100");
    EXPECT_EQ(run.lines[21], "recovered resumed 100 200");
    EXPECT_EQ(run.lines[22], "T AAPL 40 @200");
    EXPECT_EQ(run.lines.size(), 43U);
    ASSERT_TRUE(run.until([&] { return run.feed->status().backfill_failed == 1; }));
    EXPECT_GE(requests, 1U);
    EXPECT_THAT(log.lines(), ::testing::Contains(HasSubstr("HTTP 403")));
}

TEST(PolygonBackfill, TriesAgainWhenTheServiceIsBusy) {
    RestOfDay rest;
    std::atomic<unsigned> requests{0};
    TestVendor vendor(script_with_outage(),
                      [&](const std::string& target, const std::string& bearer) {
                          return ++requests % 2 == 1 ? RestReply{429, "{}"} : rest(target, bearer);
                      });
    auto options = options_for(vendor);
    options.settings.backfill = true;
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("T MSFT 60 @300"));
    EXPECT_EQ(without_gaps(run.lines), lines_of(day()));
}

TEST(PolygonBackfill, AServiceThatDoesNotAnswerIsGivenUp) {
    const LogCapture log;
    TestVendor* self = nullptr;
    TestVendor vendor(script_with_outage(), [&](const std::string&, const std::string&) {
        self->hang();
        return RestReply{};
    });
    self = &vendor;
    auto options = options_for(vendor);
    options.settings.backfill = true;
    options.settings.backfill_timeout = 300ms;
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("T MSFT 60 @300"));
    EXPECT_EQ(run.lines[21], "recovered resumed 100 200");
}

TEST(PolygonBackfill, ALongOutageStaysAGap) {
    const LogCapture log;
    RestOfDay rest;
    TestVendor vendor(script_with_outage(), std::ref(rest));
    auto options = options_for(vendor);
    options.settings.backfill = true;
    options.settings.backfill_max = 99ms;
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("T MSFT 60 @300"));
    EXPECT_EQ(run.lines[21], "recovered resumed 100 200");
    EXPECT_TRUE(rest.asked().empty());
}

TEST(PolygonBackfill, ALargeOutageIsFetchedOnce) {
    constexpr unsigned count = 9'000;  // more than one poll hands over
    std::atomic<unsigned> requests{0};
    TestVendor vendor(
        [](VendorSocket& socket, unsigned number) {
            socket.login(1);
            socket.send("[" + wire_trade("AAPL", number == 1 ? 1 : count, number == 1 ? 1 : count) +
                        "]");
            if (number > 1) {
                socket.read_to_end();
            }
        },
        [&](const std::string&, const std::string&) {
            ++requests;
            std::this_thread::sleep_for(1100ms);  // longer than a quiet outage is waited for
            std::string rows;
            for (unsigned q = 1; q <= count; ++q) {
                rows += (q == 1 ? "" : ",") + rest_trade(q, q);
            }
            return RestReply{200, R"({"results":[)" + rows + "]}"};
        });
    auto options = options_for(vendor);
    options.settings.backfill = true;
    options.symbols = {"AAPL"};
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("recovered backfilled 1 9000"));
    EXPECT_EQ(run.records.size(), count);
    const Nanos end = SystemClock().monotonic() + 300ms;
    run.until([&] { return SystemClock().monotonic() > end; });
    EXPECT_EQ(requests, 1U);
}

TEST(PolygonRestReader, ReadsTheOfficialClientsPages) {
    const std::string folder = recorded_data();
    const std::string mocks = folder + "/massive/client-python/test_rest/mocks/";
    if (folder.empty() || !std::filesystem::exists(mocks)) {
        GTEST_SKIP() << "recorded data is absent";
    }
    const auto text_of = [&](const std::string& name) {
        std::ifstream in(mocks + name);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    SymbolCache symbols;
    RowLedger ledger;
    DecodeContext context(SourceId{}, symbols, ledger);
    PolygonRestReader reader(context);
    std::vector<Record> records;
    std::string next;
    std::string body = text_of("v3/trades/AAPL&limit=2.json");
    ASSERT_TRUE(reader.read_page(body, PolygonRestReader::Kind::Trades, "AAPL", records, next));
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].trade().price, Price::from_cents(15'643));
    EXPECT_EQ(records[0].header().source_sequence, 7'179'341U);
    EXPECT_EQ(to_ns(records[0].header().ts_event), 1'651'181'822'461'000'000);
    body = text_of("v3/quotes/AAPL.json");
    records.clear();
    ASSERT_TRUE(reader.read_page(body, PolygonRestReader::Kind::Quotes, "AAPL", records, next));
    ASSERT_FALSE(records.empty());
    EXPECT_EQ(records[0].quote().bid, Price::from_cents(15'585));
    EXPECT_THAT(next, HasSubstr("cursor="));
    body = text_of("v2/snapshot/locale/us/markets/stocks/tickers/index.json");
    std::unordered_map<std::string, UnixNanos> updated;
    ASSERT_TRUE(reader.read_snapshot(body, updated));
    EXPECT_EQ(to_ns(updated.at("BCAT")), 1'605'192'894'630'916'600);
    body = "{\"results\":[{";
    EXPECT_FALSE(reader.read_page(body, PolygonRestReader::Kind::Trades, "A", records, next));
}

}  // namespace
}  // namespace tickstock::testing
