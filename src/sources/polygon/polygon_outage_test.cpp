// Restarts and outages that end without a record.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "metrics/log.hpp"
#include "sources/polygon/test_day.hpp"

namespace tickstock::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

/// The end of a journal that has the first `count` prints of the day.
FeedMemory memory_of(std::size_t count) {
    FeedMemory known;
    const auto prints = day();
    for (std::size_t i = 0; i < count; ++i) {
        const UnixNanos time = unix_nanos((base_ms + prints[i].at) * 1'000'000);
        known.recent.push_back(
            {SymbolText(prints[i].symbol), RecordKind::Trade, prints[i].q, time});
        known.last_event = time;
    }
    return known;
}

/// Sends the day from print `first` on.
TestVendor::Script script_from(std::size_t first) {
    return [first](VendorSocket& socket, unsigned) {
        socket.login(2);
        const auto prints = day();
        for (std::size_t i = first; i < prints.size(); ++i) {
            socket.send("[" + wire_trade(prints[i].symbol, prints[i].q, prints[i].at) + "]");
        }
        socket.read_to_end();
    };
}

TEST(PolygonBackfill, AStartFillsWhatCameSinceTheLastRun) {
    // Two prints a millisecond: the last run had both of its last one, and then one of two.
    for (const std::size_t count : {21U, 22U}) {
        RestOfDay rest;
        TestVendor vendor(script_from(39), std::ref(rest));
        auto options = options_for(vendor);
        options.settings.backfill = true;
        FeedRun run(std::move(options), memory_of(count));
        ASSERT_TRUE(run.until_line("T MSFT 60 @300"));
        const std::int64_t last = day()[count - 1].at;
        EXPECT_EQ(run.lines[0], fmt::format("gap start {0} {0}", last));
        auto expected = lines_of(day());
        expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(count));
        EXPECT_EQ(without_gaps(run.lines), expected) << count;
        EXPECT_THAT(run.lines,
                    ::testing::Contains(fmt::format("recovered backfilled {} 200", last)));
    }
}

TEST(PolygonBackfill, AStartWithoutItTellsTheGap) {
    TestVendor vendor(script_from(39));
    FeedRun run(options_for(vendor), memory_of(21));
    ASSERT_TRUE(run.until_line("T MSFT 60 @300"));
    EXPECT_EQ(run.lines[0], "gap start 100 100");
    EXPECT_EQ(run.lines[1], "recovered resumed 100 200");
    EXPECT_EQ(run.lines[2], "T AAPL 40 @200");
}

TEST(PolygonBackfill, AStartKnowsTheMinuteBarsOfTheLastRun) {
    const auto row = [](int minute) {
        return fmt::format(R"({{"o":10,"h":11,"l":9,"c":10,"v":100,"n":3,"vw":10,"t":{}}})",
                           base_ms + minute * 60'000);
    };
    TestVendor vendor(
        [](VendorSocket& socket, unsigned) {
            socket.login(1);
            socket.read_to_end();
        },
        [&](const std::string& target, const std::string&) {
            if (target.find("/snapshot/") != std::string::npos) {
                return RestReply{200,
                                 fmt::format(R"({{"tickers":[{{"ticker":"AAPL","updated":{}}}]}})",
                                             (base_ms + 180'000) * 1'000'000)};
            }
            return RestReply{200, R"({"results":[)" + row(0) + "," + row(1) + "," + row(2) + "]}"};
        });
    auto options = options_for(vendor);
    options.settings.backfill = true;
    options.channels = {"AM"};
    options.symbols = {"AAPL"};
    FeedMemory known;
    known.last_event = unix_nanos((base_ms + 60'000) * 1'000'000);
    known.recent.push_back({SymbolText("AAPL"), RecordKind::Bar, 0, known.last_event});
    FeedRun run(std::move(options), known);
    ASSERT_TRUE(run.until_line("recovered backfilled 60000 180000"));
    EXPECT_THAT(run.lines, ElementsAre("gap start 60000 60000", "BAR AAPL 0 @120000",
                                       "recovered backfilled 60000 180000"));
}

TEST(PolygonBackfill, EndsAQuietOutageWithoutALiveRecord) {
    RestOfDay rest;
    TestVendor vendor(
        [](VendorSocket& socket, unsigned number) {
            socket.login(2);
            if (number == 1) {
                socket.send("[" + wire_trade("AAPL", 1, 0) + "]");
                return;
            }
            socket.read_to_end();
        },
        std::ref(rest));
    auto options = options_for(vendor);
    options.settings.backfill = true;
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("T MSFT 60 @300"));
    EXPECT_EQ(without_gaps(run.lines), lines_of(day()));
    EXPECT_TRUE(run.until_line("recovered backfilled 0 300"));
}

/// A vendor whose recording goes on while nothing is sent: list and rows up to `newest`.
struct QuietVendor {
    std::atomic<std::int64_t> newest{0};  // ms after base
    std::atomic<unsigned> connections{0};
    std::atomic<bool> refuse{false};
    TestVendor vendor{[this](VendorSocket& socket, unsigned number) {
                          socket.login(1);
                          if (number == 1) {
                              socket.send("[" + wire_trade("AAPL", 1, 1) + "]");
                          }
                          connections = number;
                          while (!vendor.stopping() && connections == number) {
                              if (socket.read().empty()) {  // pings are answered meanwhile
                                  return;
                              }
                          }
                      },
                      [this](const std::string& target, const std::string&) {
                          if (refuse) {
                              return RestReply{403, "{}"};
                          }
                          if (target.find("/snapshot/") != std::string::npos) {
                              return RestReply{
                                  200,
                                  fmt::format(R"({{"tickers":[{{"ticker":"AAPL","updated":{}}}]}})",
                                              (base_ms + newest) * 1'000'000)};
                          }
                          const std::int64_t from = number_behind(target, "timestamp.gte=");
                          const std::int64_t to = number_behind(target, "timestamp.lte=");
                          std::string rows;
                          for (unsigned q = 1; q <= newest; ++q) {
                              const std::int64_t time = (base_ms + q) * 1'000'000 + 123;
                              if (time >= from && time <= to) {
                                  rows += (rows.empty() ? "" : ",") + rest_trade(q, q);
                              }
                          }
                          return RestReply{200, R"({"results":[)" + rows + "]}"};
                      }};
    PolygonFeedOptions options() {
        auto result = options_for(vendor);
        result.settings.backfill = true;
        result.settings.silence = 200ms;
        result.symbols = {"AAPL"};
        return result;
    }
};

TEST(PolygonBackfill, SilenceBehindTheEndOfTheTapeIsToldOnce) {
    const LogCapture log;
    QuietVendor quiet;
    quiet.newest = 1;
    FeedRun run(quiet.options());
    ASSERT_TRUE(run.until([&] { return quiet.connections >= 5U; }));
    EXPECT_THAT(run.lines,
                ElementsAre("T AAPL 1 @1", "gap silent 1 1", "recovered backfilled 1 1"));
    // The recording goes on, unheard.
    quiet.newest = 3;
    ASSERT_TRUE(run.until_line("recovered backfilled 1 3"));
    run.lines.erase(run.lines.begin(), run.lines.begin() + 3);
    EXPECT_THAT(run.lines, ElementsAre("gap silent 1 1", "T AAPL 2 @2", "T AAPL 3 @3",
                                       "recovered backfilled 1 3"));
    EXPECT_TRUE(run.until([&] { return run.feed->status().recovered == 2; }));
}

TEST(PolygonBackfill, WithTheEventClockTheLimitCountsTheTapesTime) {
    const LogCapture log;
    QuietVendor quiet;
    quiet.newest = 50;
    auto options = quiet.options();
    options.settings.backfill_max = 49ms;  // of a tape that is years away from now
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("recovered backfilled 1 50"));
    EXPECT_EQ(run.records.size(), 50U);
    quiet.newest = 100;
    ASSERT_TRUE(run.until([&] { return run.feed->status().backfill_failed >= 2; }));
    EXPECT_EQ(run.records.size(), 50U);
    EXPECT_THAT(log.lines(), ::testing::Contains(HasSubstr("backfill_max_seconds")));
}

TEST(PolygonBackfill, AQuietOutageThatCannotBeFetchedGoesOnUntilARecordComes) {
    const LogCapture log;
    QuietVendor quiet;
    quiet.newest = 9;
    quiet.refuse = true;
    FeedRun run(quiet.options());
    ASSERT_TRUE(run.until([&] { return quiet.connections >= 4U; }));
    EXPECT_THAT(run.lines, ElementsAre("T AAPL 1 @1", "gap silent 1 1"));
    quiet.refuse = false;
    ASSERT_TRUE(run.until_line("recovered backfilled 1 9"));
    EXPECT_EQ(run.records.size(), 9U);
}

}  // namespace
}  // namespace tickstock::testing
