// A whole server whose clients ask for what is on disk only.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/memory_disk.hpp"
#include "server/test_support.hpp"

namespace tickstock::testing {
namespace {

using nlohmann::json;

struct StoredServer {
    explicit StoredServer(int count) : stream("epoch-1", {10'000}) {
        StoredStreamOptions options;
        options.directory = "stream";
        options.segment_bytes = 100'000;
        auto opened = StoredStream::open(disk, options);
        stored = std::move(*opened);
        stream.set_stored_through(Offset{});
        publish("RARE", 1);
        for (int i = 1; i < count; ++i) {
            publish("AAPL", 1);
        }
        ServerSettings settings;
        settings.port = 0;
        settings.connections_per_second_per_address = 1000;
        ServerInfo info{"1.2.3", ""};
        info.stored = stored.get();
        server = std::make_unique<Server>(
            settings, stream, [] { return std::make_shared<const EngineStatus>(); }, clock, info);
        const auto started = server->start();
        EXPECT_TRUE(started.ok());
        port = started.ok() ? *started : std::uint16_t{0};
    }

    void publish(std::string_view symbol, int count) {
        for (int i = 0; i < count; ++i) {
            const Event event = make_event(symbols, symbol, EventType::High, 10'000 + ++published);
            const auto block = stream.encode({&event, 1}, symbols, unix_nanos(published));
            stored->append("epoch-1", *block);
            ASSERT_EQ(stored->write(), StoredStream::Written::Done);
            stream.set_stored_through(block->entries.back().offset);
            stream.publish(block);
        }
    }

    SystemClock clock;
    MemoryDisk disk;
    SymbolTable symbols;
    EventStream stream;
    std::unique_ptr<StoredStream> stored;
    std::int64_t published = 0;
    std::uint16_t port = 0;
    std::unique_ptr<Server> server;
};

/// Reads event frames until `last`; they must follow each other from `first` on.
void expect_all(RawClient& client, std::uint64_t first, std::uint64_t last) {
    while (first <= last) {
        const auto frame = json::parse(client.read_op("events"));
        ASSERT_EQ(frame["first"], first);
        for (const auto& item : frame["events"]) {
            ASSERT_EQ(item["offset"], first++);
            ASSERT_EQ(item["ts_pub"], item["offset"]) << "as the test published it";
        }
        ASSERT_EQ(frame["last"].get<std::uint64_t>() + 1, first);
    }
}

TEST(ServerArchive, AResumeReachesBackToTheDisk) {
    StoredServer server(3'000);
    ASSERT_GT(server.stream.range().first, Offset{2'900});
    RawClient client(server.port);
    ASSERT_EQ(client.open().status, 101);
    client.send_text(R"({"op":"subscribe","id":"s","since":{"epoch":"epoch-1","offset":0}})");
    const auto subscribed = json::parse(client.read_op("subscribed"));
    EXPECT_EQ(subscribed["recovered"], true);
    expect_all(client, 1, 3'000);
    server.publish("AAPL", 5);
    expect_all(client, 3'001, 3'005);
}

TEST(ServerArchive, ManyCatchUpWhileOneIsLive) {
    StoredServer server(2'000);
    RawClient live(server.port);
    ASSERT_EQ(live.open().status, 101);
    live.send_text(R"({"op":"subscribe","id":"s"})");
    live.read_op("subscribed");
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(std::make_unique<RawClient>(server.port));
        ASSERT_EQ(clients.back()->open().status, 101);
        clients.back()->send_text(R"({"op":"subscribe","id":"s","since":{"epoch":"epoch-1",)"
                                  R"("offset":)" +
                                  std::to_string(i * 50) + "}}");
    }
    server.publish("AAPL", 3);
    expect_all(live, 2'001, 2'003);
    for (std::size_t i = 0; i < clients.size(); ++i) {
        expect_all(*clients[i], i * 50 + 1, 2'003);
    }
}

TEST(ServerArchive, PagesGoOnFromDiskIntoMemory) {
    StoredServer server(1'500);
    RawClient client(server.port);
    std::string since = "epoch-1:0";
    std::uint64_t offset = 0;
    while (offset < 1'500) {
        const auto reply = client.get("/api/v1/events?limit=400&since=" + since);
        ASSERT_EQ(reply.status, 200);
        const auto page = json::parse(reply.body);
        EXPECT_EQ(page["recovered"], true);
        EXPECT_TRUE(page["gap"].is_null());
        ASSERT_FALSE(page["events"].empty());
        for (const auto& item : page["events"]) {
            ASSERT_EQ(item["offset"], ++offset);
        }
        since = page["next"];
    }
    const auto part =
        json::parse(client.get("/api/v1/events?since=epoch-1:3&until=epoch-1:6&limit=100").body);
    EXPECT_EQ(part["events"].size(), 3U);
    EXPECT_EQ(part["last"], 6);
    EXPECT_EQ(client.get("/api/v1/events?until=6").status, 400);
    const auto rare = json::parse(client.get("/api/v1/events?symbol=RARE&since=epoch-1:0").body);
    EXPECT_EQ(rare["events"].size(), 1U);
    EXPECT_EQ(rare["last"], 1'500);
}

TEST(ServerArchive, ASymbolThatHasLeftMemoryIsFound) {
    StoredServer server(1'500);
    RawClient client(server.port);
    const auto reply = client.get("/api/v1/symbols/RARE");
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(json::parse(reply.body)["latest"]["high"]["offset"], 1);
    EXPECT_EQ(client.get("/api/v1/symbols/NONE").status, 404);
}

TEST(ServerArchive, ServerSentEventsResumeFromTheDisk) {
    StoredServer server(1'000);
    RawClient client(server.port);
    client.send(
        "GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\n"
        "Last-Event-ID: epoch-1:10\r\n\r\n");
    const std::string text = client.read_through("id: epoch-1:1000\n");
    EXPECT_NE(text.find("\"recovered\":true"), std::string::npos);
    std::size_t at = 0;
    for (int offset = 11; offset <= 1'000; ++offset) {
        at = text.find("id: epoch-1:" + std::to_string(offset) + "\n", at);
        ASSERT_NE(at, std::string::npos) << offset;
    }
}

}  // namespace
}  // namespace tickstock::testing
