#include "sources/polygon/polygon_feed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "metrics/log.hpp"
#include "sources/polygon/test_feed.hpp"

namespace tickstock::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

std::string frame(const std::string& objects) {
    return "[" + objects + "]";
}

TEST(PolygonFeed, ConnectsOverTlsSaysKeyAndSubscribesAndHandsOverRecords) {
    std::mutex mutex;
    std::vector<std::string> said;
    TestVendor* self = nullptr;
    TestVendor vendor([&](VendorSocket& socket, unsigned) {
        auto messages = socket.login(2);
        {
            const std::lock_guard lock(mutex);
            said = std::move(messages);
        }
        socket.send(frame(wire_trade("AAPL", 5, 10) + "," + wire_trade("MSFT", 6, 11)));
        socket.send(frame(wire_trade("AAPL", 7, 12)));
        self->hang();
    });
    self = &vendor;
    FeedRun run(options_for(vendor));
    ASSERT_TRUE(run.until_lines(3));
    EXPECT_THAT(run.lines, ElementsAre("T AAPL 5 @10", "T MSFT 6 @11", "T AAPL 7 @12"));
    EXPECT_EQ(run.records[0].header().ts_recv, run.records[0].header().ts_event);
    const std::lock_guard lock(mutex);
    EXPECT_THAT(said, ElementsAre(R"({"action":"auth","params":"the-secret-key"})",
                                  R"({"action":"subscribe","params":"T.AAPL,T.MSFT"})"));
    ASSERT_TRUE(run.until([&] { return run.connection().state == "live"; }));
    EXPECT_EQ(run.connection().subscriptions, 2U);
    EXPECT_EQ(run.connection().wanted, 2U);
    EXPECT_EQ(run.feed->counts().out, 3U);
    EXPECT_GT(run.feed->counts().dropped_for(Reason::UnsupportedMessage), 0U);
}

TEST(PolygonFeed, RefusesACertificateOfAnotherHost) {
    const LogCapture log;
    TestVendor::Options other;
    other.certified_name = "elsewhere.example";
    std::atomic<unsigned> scripts{0};
    TestVendor vendor([&](VendorSocket&, unsigned) { ++scripts; }, {}, other);
    FeedRun run(options_for(vendor));
    ASSERT_TRUE(run.until([&] { return run.connection().detail.find("TLS") == 0; }));
    EXPECT_THAT(run.connection().detail, HasSubstr("certificate verify failed"));
    EXPECT_EQ(scripts, 0U);
    EXPECT_TRUE(run.lines.empty());
}

TEST(PolygonFeed, RefusesACertificateThatNobodyTrusts) {
    std::atomic<unsigned> scripts{0};
    TestVendor vendor([&](VendorSocket&, unsigned) { ++scripts; });
    auto options = options_for(vendor);
    options.settings.certificate_file.clear();
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until([&] { return run.connection().detail.find("TLS") == 0; }));
    EXPECT_EQ(scripts, 0U);
}

TEST(PolygonFeed, ReconnectsSubscribesAgainAndTellsTheGap) {
    TestVendor* self = nullptr;
    TestVendor vendor([&](VendorSocket& socket, unsigned number) {
        socket.login(2);
        if (number == 1) {
            socket.send(frame(wire_trade("AAPL", 1, 100)));
            socket.send(frame(wire_trade("MSFT", 2, 101)));
            return;  // cut
        }
        socket.send(frame(wire_trade("AAPL", 9, 500)));
        self->hang();
    });
    self = &vendor;
    FeedRun run(options_for(vendor));
    ASSERT_TRUE(run.until_lines(5));
    EXPECT_THAT(run.lines, ElementsAre("T AAPL 1 @100", "T MSFT 2 @101", "gap disconnected 101 101",
                                       "recovered resumed 101 500", "T AAPL 9 @500"));
    ASSERT_TRUE(run.until([&] { return run.connection().state == "live"; }));
    EXPECT_EQ(run.connection().connects, 2U);
    EXPECT_EQ(run.connection().disconnects, 1U);
    EXPECT_EQ(run.connection().epoch, 2U);
    ASSERT_TRUE(run.until([&] { return run.feed->status().gaps == 1; }));
    EXPECT_EQ(run.feed->status().recovered, 0U);
}

TEST(PolygonFeed, FindsAHalfOpenConnection) {
    TestVendor* self = nullptr;
    TestVendor vendor([&](VendorSocket& socket, unsigned number) {
        socket.login(2);
        socket.send(frame(wire_trade("AAPL", number, 100 * number)));
        if (number == 1) {
            self->hang();  // reads nothing and answers no ping
        }
        socket.read_to_end();
    });
    self = &vendor;
    auto options = options_for(vendor);
    options.settings.read_timeout = 400ms;
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("T AAPL 2 @200"));
    EXPECT_EQ(run.lines[1], "gap disconnected 100 100");
    // The second one answers pings: it stays, though it sends nothing.
    const Nanos end = SystemClock().monotonic() + 1s;
    run.until([&] { return SystemClock().monotonic() > end; });
    EXPECT_EQ(run.connection().connects, 2U);
}

TEST(PolygonFeed, GivesUpAConnectionWithoutRecords) {
    TestVendor vendor([&](VendorSocket& socket, unsigned number) {
        socket.login(2);
        socket.send(frame(wire_trade("AAPL", number, 100 * number)));
        socket.read_to_end();  // answers pings
    });
    auto options = options_for(vendor);
    options.settings.silence = 300ms;
    FeedRun run(std::move(options));
    ASSERT_TRUE(run.until_line("T AAPL 2 @200"));
    EXPECT_EQ(run.lines[1], "gap silent 100 100");
    EXPECT_EQ(run.lines[2], "recovered resumed 100 200");
}

TEST(PolygonFeed, EndsWhenTheKeyIsRefusedAndNamesTheSetting) {
    const LogCapture log;
    TestVendor vendor([&](VendorSocket& socket, unsigned) {
        socket.send(R"([{"ev":"status","status":"connected","message":"Connected Successfully"}])");
        socket.read();
        socket.send(
            R"([{"ev":"status","status":"auth_failed","message":"no the-secret-key here"}])");
        socket.read_to_end();
    });
    FeedRun run(options_for(vendor));
    ASSERT_TRUE(run.until_line("end"));
    EXPECT_THAT(run.lines, ElementsAre("end"));
    EXPECT_THAT(run.feed->failure(), HasSubstr("source.polygon.key_file"));
    EXPECT_EQ(run.connection().state, "failed");
    EXPECT_EQ(run.connection().connects, 1U);
    for (const std::string& line : log.lines()) {
        EXPECT_EQ(line.find("secret"), std::string::npos) << line;
    }
}

TEST(PolygonFeed, PausesLongAfterMaxConnections) {
    std::atomic<unsigned> connections{0};
    TestVendor* self = nullptr;
    TestVendor vendor([&](VendorSocket& socket, unsigned number) {
        connections = number;
        if (number == 1) {
            socket.send(R"([{"ev":"status","status":"connected","message":"ok"}])");
            socket.read();
            socket.send(R"([{"ev":"status","status":"auth_success","message":"authenticated"}])");
            socket.send(R"([{"ev":"status","status":"max_connections","message":"too many"}])");
            socket.close(1008, "policy");
            return;
        }
        socket.login(2);
        self->hang();
    });
    self = &vendor;
    auto options = options_for(vendor);
    options.settings.eviction_pause = 700ms;
    FeedRun run(std::move(options));
    const SystemClock clock;
    ASSERT_TRUE(run.until([&] { return run.connection().state == "waiting"; }));
    const Nanos evicted = clock.monotonic();
    EXPECT_THAT(run.connection().detail, HasSubstr("max_connections"));
    ASSERT_TRUE(run.until([&] { return connections == 2U; }));
    EXPECT_GE(clock.monotonic() - evicted, 600ms);
    ASSERT_TRUE(run.until([&] { return run.connection().state == "live"; }));
}

TEST(PolygonFeed, RefusesAMessageOverTheLimit) {
    TestVendor vendor([&](VendorSocket& socket, unsigned number) {
        socket.login(2);
        if (number == 1) {
            socket.send("[" + std::string(300'000, ' ') + "]");
        } else {
            socket.send(frame(wire_trade("AAPL", 1, 100)));
        }
        socket.read_to_end();
    });
    auto options = options_for(vendor);
    options.settings.max_frame_bytes = 200'000;
    FeedRun run(std::move(options));
    const LogCapture log;
    ASSERT_TRUE(run.until_line("T AAPL 1 @100"));
    EXPECT_THAT(log.lines(), ::testing::Contains(HasSubstr("more than 200000 bytes")));
}

TEST(PolygonFeed, PutsFragmentsTogetherAndRefusesEndlessOnes) {
    TestVendor vendor([&](VendorSocket& socket, unsigned number) {
        socket.login(2);
        const std::string text = frame(wire_trade("AAPL", number, 100 * number));
        socket.send_fragments({text.substr(0, 1), text.substr(1, 20), "", text.substr(21)});
        if (number == 1) {
            socket.send_empty_fragments(20'000);
        }
        socket.read_to_end();
    });
    FeedRun run(options_for(vendor));
    const LogCapture log;
    ASSERT_TRUE(run.until_line("T AAPL 2 @200"));
    EXPECT_EQ(run.lines[0], "T AAPL 1 @100");
    EXPECT_THAT(log.lines(), ::testing::Contains(HasSubstr("more than 16384 frames")));
}

TEST(PolygonFeed, ReadsLargeFramesWhole) {
    constexpr unsigned count = 20'000;  // 2 MB
    TestVendor vendor([&](VendorSocket& socket, unsigned) {
        socket.login(2);
        std::string objects;
        for (unsigned q = 1; q <= count; ++q) {
            objects += (q == 1 ? "" : ",") + wire_trade("AAPL", q, q);
        }
        socket.send(frame(objects));
        socket.read_to_end();
    });
    FeedRun run(options_for(vendor));
    ASSERT_TRUE(run.until([&] { return run.records.size() >= count; }));
    EXPECT_EQ(run.lines.back(), "T AAPL 20000 @20000");
}

TEST(PolygonFeed, DropsDuplicatesAndTakesWhatIsOutOfOrder) {
    TestVendor vendor([&](VendorSocket& socket, unsigned) {
        socket.login(2);
        socket.send(frame(wire_trade("AAPL", 1, 1) + "," + wire_trade("AAPL", 1, 1)));
        socket.send(frame(wire_trade("AAPL", 5, 2) + "," + wire_trade("AAPL", 4, 2)));
        socket.send(frame(wire_trade("AAPL", 4, 2) + "," + wire_trade("MSFT", 1, 2)));
        socket.read_to_end();
    });
    FeedRun run(options_for(vendor));
    ASSERT_TRUE(run.until_line("T MSFT 1 @2"));
    EXPECT_THAT(run.lines, ElementsAre("T AAPL 1 @1", "T AAPL 5 @2", "T AAPL 4 @2", "T MSFT 1 @2"));
    EXPECT_EQ(run.feed->counts().dropped_for(Reason::Duplicate), 2U);
    ASSERT_TRUE(run.until([&] { return run.feed->status().duplicates == 2; }));
    EXPECT_EQ(run.feed->status().out_of_order, 1U);
}

TEST(PolygonFeed, AFrameThatComesTwiceIsTakenOnce) {
    constexpr unsigned count = 3'000;
    TestVendor vendor([&](VendorSocket& socket, unsigned) {
        socket.login(2);
        std::string objects;
        for (unsigned q = 1; q <= count; ++q) {
            objects += (q == 1 ? "" : ",") + wire_trade("AAPL", q, q);
        }
        socket.send(frame(objects));
        socket.send(frame(objects));
        socket.send(frame(wire_trade("MSFT", 1, count)));
        socket.read_to_end();
    });
    FeedRun run(options_for(vendor));
    ASSERT_TRUE(run.until_line("T MSFT 1 @3000"));
    EXPECT_EQ(run.records.size(), count + 1);
    EXPECT_EQ(run.feed->counts().dropped_for(Reason::Duplicate), count);
}

TEST(PolygonFeed, AnUnusableAddressOrCertificateFileMakesNone) {
    TestVendor vendor([](VendorSocket&, unsigned) {});
    const auto refused = [&](const std::function<void(PolygonFeedOptions&)>& change) {
        auto options = options_for(vendor);
        change(options);
        const auto feed = make_polygon_feed(std::move(options));
        return feed.ok() ? std::string("none") : feed.error().message;
    };
    EXPECT_EQ(refused([](PolygonFeedOptions&) {}), "none");
    EXPECT_THAT(refused([](auto& options) { options.url = "localhost"; }),
                HasSubstr("source.polygon.url = localhost"));
    EXPECT_THAT(refused([](auto& options) { options.url = "wss://localhost:99999/stocks"; }),
                HasSubstr("source.polygon.url = wss://localhost:99999/stocks"));
    EXPECT_THAT(refused([](auto& options) {
                    options.url_setting = "source.polygon.business_url";
                    options.url = "wss://";
                }),
                HasSubstr("source.polygon.business_url = wss://"));
    const auto bad_rest = [](auto& options) {
        options.settings.backfill = true;
        options.settings.rest_url = "https://user@host";
    };
    EXPECT_THAT(refused(bad_rest), HasSubstr("source.polygon.rest_url = https://user@host"));
    EXPECT_THAT(refused([](auto& options) { options.settings.certificate_file = "no-such.pem"; }),
                HasSubstr("source.polygon.certificate_file = no-such.pem"));
}

}  // namespace
}  // namespace tickstock::testing
