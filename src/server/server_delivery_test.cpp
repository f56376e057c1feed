// What the native protocol promises: every offset once and in order, or a gap notice.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "server/test_support.hpp"

namespace tickstock::testing {
namespace {

using nlohmann::json;

json next(RawClient& client, std::string_view op) {
    return json::parse(client.read_op(op));
}

json subscribe(RawClient& client, const std::string& request) {
    client.send_text(request);
    return next(client, "subscribed");
}

/// Offsets of the events up to `last`, checking that frames tile the stream from `position` on.
std::vector<std::uint64_t> follow(RawClient& client, std::uint64_t position, std::uint64_t last) {
    std::vector<std::uint64_t> offsets;
    while (position < last && !::testing::Test::HasFailure()) {
        const json frame = next(client, "events");
        EXPECT_EQ(frame["first"], position + 1);
        for (const json& item : frame["events"]) {
            offsets.push_back(item["offset"]);
        }
        position = frame["last"];
    }
    return offsets;
}

TEST(ServerDelivery, ResumesExactlyWhereItWas) {
    TestServer server;
    server.events.publish("AAPL", 50);
    RawClient client(server.port);
    client.open();
    const json reply =
        subscribe(client, R"({"op":"subscribe","id":"r","since":{"epoch":"epoch-1","offset":20}})");
    EXPECT_EQ(reply["recovered"], true);
    EXPECT_EQ(reply["position"]["offset"], 20);
    const auto offsets = follow(client, 20, 50);
    ASSERT_EQ(offsets.size(), 30U);
    EXPECT_EQ(offsets.front(), 21U);
    EXPECT_EQ(offsets.back(), 50U);
}

TEST(ServerDelivery, AnotherEpochIsSaidAndStartsFromItsBeginning) {
    TestServer server;
    server.events.publish("AAPL", 3);
    RawClient client(server.port);
    client.open();
    const json reply =
        subscribe(client, R"({"op":"subscribe","id":"r","since":{"epoch":"old","offset":7}})");
    EXPECT_EQ(reply["recovered"], false);
    EXPECT_EQ(reply["reason"], "epoch_changed");
    const json gap = next(client, "gap");
    EXPECT_EQ(gap["epoch"], "old");
    EXPECT_EQ(gap["from"], 8);
    EXPECT_EQ(gap["to"], nullptr);
    EXPECT_EQ(gap["reason"], "epoch_changed");
    EXPECT_EQ(follow(client, 0, 3).size(), 3U);
}

TEST(ServerDelivery, EvictedOffsetsAreNamed) {
    TestServer server({}, 20'000);
    server.events.publish("AAPL", 200);
    const auto first = server.events.stream.range().first.value();
    ASSERT_GT(first, 10U) << "the test needs an eviction";
    RawClient client(server.port);
    client.open();
    const json reply =
        subscribe(client, R"({"op":"subscribe","id":"r","since":{"epoch":"epoch-1","offset":4}})");
    EXPECT_EQ(reply["recovered"], false);
    EXPECT_EQ(reply["reason"], "evicted");
    const json gap = next(client, "gap");
    EXPECT_EQ(gap["from"], 5);
    EXPECT_EQ(gap["to"], first - 1);
    const auto offsets = follow(client, first - 1, 200);
    EXPECT_EQ(offsets.size(), 200 - (first - 1));
    EXPECT_EQ(offsets.front(), first);
}

TEST(ServerDelivery, APositionAheadOfTheStreamIsNotRecovered) {
    TestServer server;
    server.events.publish("AAPL", 3);
    RawClient client(server.port);
    client.open();
    const json reply =
        subscribe(client, R"({"op":"subscribe","id":"r","since":{"epoch":"epoch-1","offset":4}})");
    EXPECT_EQ(reply["recovered"], false);
    EXPECT_EQ(reply["reason"], "ahead");
    EXPECT_EQ(reply["position"]["offset"], 3);
}

TEST(ServerDelivery, ALiveClientSeesTheEpochChange) {
    TestServer server;
    RawClient client(server.port);
    client.open();
    subscribe(client, R"({"op":"subscribe","id":"r"})");
    server.events.publish("AAPL", 3);
    follow(client, 0, 3);
    server.events.stream.restart("epoch-2");
    server.events.publish("AAPL", 2);
    const json gap = next(client, "gap");
    EXPECT_EQ(gap["epoch"], "epoch-1");
    EXPECT_EQ(gap["from"], 4);
    EXPECT_EQ(gap["to"], nullptr);
    const json frame = next(client, "events");
    EXPECT_EQ(frame["epoch"], "epoch-2");
    EXPECT_EQ(frame["first"], 1);
}

TEST(ServerDelivery, AHoleOfTheFilterIsNoLoss) {
    TestServer server;
    RawClient client(server.port);
    client.open();
    subscribe(client, R"({"op":"subscribe","id":"r","symbols":["IBM"]})");
    server.events.publish("AAPL", 5);
    server.events.publish("IBM", 1);
    // In one frame or two (a bookmark may have come between), complete up to offset 6.
    EXPECT_EQ(follow(client, 0, 6), (std::vector<std::uint64_t>{6}));
}

TEST(ServerDelivery, BookmarksComeWhenNothingIsAccepted) {
    TestServer server;
    RawClient client(server.port);
    client.open();
    subscribe(client, R"({"op":"subscribe","id":"r","symbols":["IBM"]})");
    server.events.publish("AAPL", 5);
    const json frame = next(client, "events");  // after a second
    EXPECT_EQ(frame["first"], 1);
    EXPECT_EQ(frame["last"], 5);
    EXPECT_TRUE(frame["events"].empty());
    // A thousand skipped offsets need no second.
    server.events.publish_block(std::vector<std::string>(1500, "AAPL"));
    const json skipped = next(client, "events");
    EXPECT_EQ(skipped["last"], 1505);
}

TEST(ServerDelivery, SnapshotThenStreamWithNothingBetween) {
    TestServer server;
    server.events.publish("AAPL", 3);
    server.events.publish("IBM", 2);
    server.events.publish("IBM", 1, EventType::Low);
    RawClient client(server.port);
    client.open();
    const json reply = subscribe(client, R"({"op":"subscribe","id":"s","since":"snapshot"})");
    EXPECT_EQ(reply["position"]["offset"], 6);
    const json snapshot = next(client, "snapshot");
    EXPECT_EQ(snapshot["offset"], 6);
    EXPECT_EQ(snapshot["more"], false);
    std::vector<std::uint64_t> offsets;
    for (const json& item : snapshot["events"]) {
        offsets.push_back(item["offset"]);
    }
    EXPECT_EQ(offsets, (std::vector<std::uint64_t>{3, 5, 6}));
    server.events.publish("AAPL", 1);
    EXPECT_EQ(follow(client, 6, 7), (std::vector<std::uint64_t>{7}));
}

TEST(ServerDelivery, ALargeSnapshotComesInFrames) {
    TestServer server;
    std::vector<std::string> symbols;
    for (int i = 0; i < 2500; ++i) {
        symbols.push_back("S" + std::to_string(i));
    }
    server.events.publish_block(symbols);
    RawClient client(server.port);
    client.open();
    subscribe(client, R"({"op":"subscribe","id":"s","since":"snapshot"})");
    std::size_t events = 0;
    for (bool more = true; more;) {
        const json frame = next(client, "snapshot");
        EXPECT_LE(frame["events"].size(), 1000U);
        events += frame["events"].size();
        more = frame["more"];
    }
    EXPECT_EQ(events, 2500U);
}

TEST(ServerDelivery, SubscriptionsOfOneConnectionAreIndependent) {
    TestServer server;
    RawClient client(server.port);
    client.open();
    subscribe(client, R"({"op":"subscribe","id":"a","symbols":["AAPL"]})");
    subscribe(client, R"({"op":"subscribe","id":"i","symbols":["IBM"]})");
    server.events.publish("AAPL", 1);
    server.events.publish("IBM", 1);
    std::map<std::string, std::uint64_t> seen;
    while (seen.size() < 2 && !HasFailure()) {
        const json frame = next(client, "events");
        if (!frame["events"].empty()) {
            seen[frame["id"]] = frame["events"][0]["offset"];
        }
    }
    EXPECT_EQ(seen, (std::map<std::string, std::uint64_t>{{"a", 1}, {"i", 2}}));

    client.send_text(R"({"op":"unsubscribe","id":"a"})");
    EXPECT_EQ(next(client, "unsubscribed")["id"], "a");
    client.send_text(R"({"op":"unsubscribe","id":"a"})");
    EXPECT_EQ(next(client, "error")["code"], "unknown_subscription");
    client.send_text(R"({"op":"subscribe","id":"i"})");
    EXPECT_EQ(next(client, "error")["code"], "subscription_exists");
}

TEST(ServerDelivery, ConflationKeepsTheLatestOfEachSymbolAndType) {
    TestServer server;
    server.events.publish("AAPL", 10);
    server.events.publish("IBM", 5);
    server.events.publish("AAPL", 1, EventType::Low);
    RawClient client(server.port);
    client.open();
    subscribe(client, R"({"op":"subscribe","id":"c","since":{"epoch":"epoch-1","offset":0},)"
                      R"("interval_ms":200,"conflate":true})");
    EXPECT_EQ(follow(client, 0, 16), (std::vector<std::uint64_t>{10, 15, 16}));
}

TEST(ServerDelivery, EqualFiltersShareOneFrame) {
    TestServer server;
    server.events.publish("AAPL", 100);
    RawClient one(server.port);
    RawClient two(server.port);
    const std::string request =
        R"({"op":"subscribe","id":"x","symbols":["AAPL"],"since":{"epoch":"epoch-1","offset":0}})";
    for (RawClient* client : {&one, &two}) {
        client->open();
        subscribe(*client, request);
        follow(*client, 0, 100);
    }
    RawClient http(server.port);
    const json status = json::parse(http.get("/api/v1/status").body);
    EXPECT_EQ(status["clients"]["frames_built"], 1);
    EXPECT_EQ(status["clients"]["frames_shared"], 1);
    EXPECT_EQ(status["clients"]["events_out"], 200);
}

TEST(ServerDelivery, HeartbeatsTellTheHead) {
    TestServer server([](ServerSettings& settings) {
        settings.heartbeat_interval = std::chrono::milliseconds(100);
    });
    server.events.publish("AAPL", 4);
    RawClient client(server.port);
    client.open();
    const json beat = next(client, "heartbeat");
    EXPECT_EQ(beat["epoch"], "epoch-1");
    EXPECT_EQ(beat["offset"], 4);
    EXPECT_EQ(next(client, "heartbeat")["offset"], 4);
}

TEST(ServerDelivery, PingIsAnswered) {
    TestServer server;
    RawClient client(server.port);
    client.open();
    client.send_text(R"({"op":"ping","id":"p1"})");
    EXPECT_EQ(next(client, "pong")["id"], "p1");
}

TEST(ServerDelivery, StopSendsWhatIsLeftAndCloses3001) {
    TestServer server;
    RawClient client(server.port);
    client.open();
    subscribe(client, R"({"op":"subscribe","id":"x","interval_ms":60000})");
    server.events.publish("AAPL", 1);
    follow(client, 0, 1);
    server.events.publish("AAPL", 7);  // waits for the interval's end, 60 s ahead
    std::thread stop([&] { server.server->drain_and_stop(); });
    const auto offsets = follow(client, 1, 8);
    EXPECT_EQ(offsets.size(), 7U);
    EXPECT_EQ(client.read_close(), 3001);
    client.send_frame(8, "\x0b\xb9");
    EXPECT_TRUE(client.ended());
    stop.join();
}

TEST(ServerDelivery, StopEndsInTimeWithAClientThatDoesNotAnswer) {
    TestServer server(
        [](ServerSettings& settings) { settings.drain_timeout = std::chrono::milliseconds(300); });
    RawClient client(server.port);
    client.open();
    server.server->drain_and_stop();  // the client never sends its close frame
    EXPECT_EQ(client.read_close(), 3001);
    EXPECT_TRUE(client.ended());
}

}  // namespace
}  // namespace tickstock::testing
