// Hostile and slow clients, over real sockets.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "server/test_support.hpp"

namespace tickstock::testing {
namespace {

using nlohmann::json;

struct Opened {
    explicit Opened(const TestServer& server) : client(server.port) {
        EXPECT_EQ(client.open().status, 101);
    }
    RawClient client;
};

TEST(ServerLimits, UnmaskedFrameCloses1002) {
    TestServer server;
    Opened opened(server);
    opened.client.send_frame(1, R"({"op":"ping"})", true, false);
    EXPECT_EQ(opened.client.read_close(), 1002);
}

TEST(ServerLimits, BrokenFramesClose1002) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"reserved bit", "\xC1\x80\x01\x02\x03\x04"},
        {"reserved opcode 3", "\x83\x80\x01\x02\x03\x04"},
        {"reserved control opcode 11", "\x8B\x80\x01\x02\x03\x04"},
        {"fragmented ping", "\x09\x80\x01\x02\x03\x04"},
        {"long ping", std::string("\x89\xFE\x00\x7E\x01\x02\x03\x04", 8)},
        {"continuation of nothing", "\x80\x80\x01\x02\x03\x04"},
        {"close code 1005", std::string("\x88\x82\x00\x00\x00\x00\x03\xED", 8)},
        {"close of one byte", std::string("\x88\x81\x00\x00\x00\x00\x03", 7)},
    };
    for (const auto& [name, bytes] : cases) {
        SCOPED_TRACE(name);
        TestServer server;
        Opened opened(server);
        opened.client.send(bytes);
        EXPECT_EQ(opened.client.read_close(), 1002);
    }
}

TEST(ServerLimits, OversizedMessageCloses1009) {
    TestServer server;
    Opened opened(server);
    opened.client.send_frame(1, std::string(64 * 1024 + 1, ' '));
    EXPECT_EQ(opened.client.read_close(), 1009);
}

TEST(ServerLimits, ALengthOf2To62Closes1009WithoutReadingIt) {
    TestServer server;
    Opened opened(server);
    opened.client.send(std::string("\x81\xFF\x40\x00\x00\x00\x00\x00\x00\x00\x01\x02\x03\x04", 14));
    EXPECT_EQ(opened.client.read_close(), 1009);
}

TEST(ServerLimits, TheLargestMessageIsRead) {
    TestServer server;
    Opened opened(server);
    std::string text = R"({"op":"ping","id":"big"})";
    text.append(64 * 1024 - text.size(), ' ');
    opened.client.send_frame(1, text);
    EXPECT_EQ(json::parse(opened.client.read_op("pong"))["id"], "big");
}

TEST(ServerLimits, InvalidUtf8Closes1007) {
    for (const std::string_view text : {"\xC0\xAF", "\xED\xA0\x80", "\xFF", "\xF5\x80\x80\x80"}) {
        TestServer server;
        Opened opened(server);
        opened.client.send_frame(1, text);
        EXPECT_EQ(opened.client.read_close(), 1007);
    }
}

TEST(ServerLimits, BinaryCloses1003) {
    TestServer server;
    Opened opened(server);
    opened.client.send_frame(2, "{}");
    EXPECT_EQ(opened.client.read_close(), 1003);
}

TEST(ServerLimits, FragmentsAreJoinedWithControlFramesBetween) {
    TestServer server;
    Opened opened(server);
    opened.client.send_frame(1, R"({"op":"pi)", false);
    opened.client.send_frame(9, "are you there");
    opened.client.send_frame(0, R"(ng","id":)", false);
    opened.client.send_frame(0, R"("f"})", true);
    bool has_pong_frame = false;
    for (;;) {
        const WsFrame frame = opened.client.read_frame();
        ASSERT_NE(frame.opcode, -1);
        has_pong_frame = has_pong_frame || (frame.opcode == 10 && frame.payload == "are you there");
        if (frame.payload.starts_with(R"({"op":"pong","id":"f")")) {
            break;
        }
    }
    EXPECT_TRUE(has_pong_frame);
}

TEST(ServerLimits, The65thFragmentCloses1008) {
    TestServer server;
    Opened opened(server);
    opened.client.send_frame(1, "{", false);
    for (int i = 2; i <= 65; ++i) {
        opened.client.send_frame(0, " ", false);
    }
    EXPECT_EQ(opened.client.read_close(), 1008);
}

TEST(ServerLimits, SixtyFourFragmentsAreFine) {
    TestServer server;
    Opened opened(server);
    opened.client.send_frame(1, R"({"op":"ping","id":"64")", false);
    for (int i = 2; i <= 63; ++i) {
        opened.client.send_frame(0, " ", false);
    }
    opened.client.send_frame(0, "}", true);
    EXPECT_EQ(json::parse(opened.client.read_op("pong"))["id"], "64");
}

TEST(ServerLimits, MessageFloodCloses1008) {
    TestServer server;
    Opened opened(server);
    for (int i = 0; i < 200; ++i) {
        opened.client.send_text(R"({"op":"ping"})");
    }
    EXPECT_EQ(opened.client.read_close(), 1008);
}

TEST(ServerLimits, PingFloodCloses1008) {
    TestServer server;
    Opened opened(server);
    for (int i = 0; i < 200; ++i) {
        opened.client.send_frame(9, "x");
    }
    EXPECT_EQ(opened.client.read_close(), 1008);
}

TEST(ServerLimits, WrongMessagesAreAnsweredAndTheConnectionLives) {
    TestServer server;
    Opened opened(server);
    for (const auto& [text, code] : std::vector<std::pair<std::string, std::string>>{
             {"{", "bad_json"},
             {"[]", "bad_json"},
             {R"({"op":"fly"})", "unknown_op"},
             {R"({"op":"subscribe"})", "bad_request"},
             {R"({"op":"subscribe","id":"a","universes":["core"]})", "unknown_universe"}}) {
        opened.client.send_text(text);
        EXPECT_EQ(json::parse(opened.client.read_op("error"))["code"], code) << text;
    }
    opened.client.send_text(R"({"op":"ping","id":"alive"})");
    EXPECT_EQ(json::parse(opened.client.read_op("pong"))["id"], "alive");
}

TEST(ServerLimits, CloseIsAnswered) {
    TestServer server;
    Opened opened(server);
    opened.client.send_frame(8, "\x03\xE8");
    EXPECT_EQ(opened.client.read_close(), 1000);
    EXPECT_TRUE(opened.client.ended());
}

TEST(ServerLimits, ASlowClientIsClosed3008AndDisturbsNobody) {
    TestServer server([](ServerSettings& settings) { settings.max_pending_bytes = 256 * 1024; });
    RawClient slow(server.port, 4096);
    ASSERT_EQ(slow.open().status, 101);
    slow.send_text(R"({"op":"subscribe","id":"s"})");
    slow.read_op("subscribed");
    RawClient good(server.port);
    good.open();
    good.send_text(R"({"op":"subscribe","id":"g"})");
    good.read_op("subscribed");

    // Until the slow one, which reads nothing, has been closed; the good one reads on.
    std::uint64_t position = 0;
    json closed;
    RawClient http(server.port);
    for (int round = 0; round < 600; ++round) {
        server.events.publish_block(std::vector<std::string>(200, "AAPL"));
        while (position < static_cast<std::uint64_t>(server.events.published)) {
            const json frame = json::parse(good.read_op("events"));
            ASSERT_EQ(frame["first"], position + 1);
            position = frame["last"];
        }
        closed = json::parse(http.get("/api/v1/status").body)["clients"]["closed"];
        if (closed["slow_client"] == 1) {
            break;
        }
    }
    EXPECT_EQ(closed["slow_client"], 1);
    EXPECT_EQ(position, static_cast<std::uint64_t>(server.events.published));
    EXPECT_EQ(slow.read_close(), 3008);  // reads at last, and learns why
}

TEST(ServerLimits, ConnectionsPerAddress) {
    TestServer server([](ServerSettings& settings) { settings.max_connections_per_address = 2; });
    RawClient one(server.port);
    auto two = std::make_unique<RawClient>(server.port);
    EXPECT_EQ(one.open().status, 101);
    EXPECT_EQ(two->open().status, 101);
    RawClient three(server.port);
    const HttpReply refused = three.get("/healthz");
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(json::parse(refused.body)["error"]["code"], "too_many_connections");
    two.reset();
    // The place is free once the server has heard of the end, too.
    int status = 503;
    for (int i = 0; i < 1000 && status == 503; ++i) {
        status = RawClient(server.port).get("/healthz").status;
    }
    EXPECT_EQ(status, 200);
}

TEST(ServerLimits, APeerThatStaysAfterItsCloseIsNotWaitedForLong) {
    TestServer server([](ServerSettings& settings) { settings.max_connections_per_address = 1; });
    Opened opened(server);
    opened.client.send_frame(8, "\x03\xE8");
    EXPECT_EQ(opened.client.read_close(), 1000);
    // The client never closes its socket; its place is free after the grace of two seconds.
    int status = 503;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (status != 200 && std::chrono::steady_clock::now() < until) {
        status = RawClient(server.port).get("/healthz").status;
    }
    EXPECT_EQ(status, 200);
}

TEST(ServerLimits, HandshakeTimeoutEndsASilentConnection) {
    TestServer server([](ServerSettings& settings) {
        settings.handshake_timeout = std::chrono::milliseconds(200);
    });
    RawClient client(server.port);
    client.send("GET /healthz HTTP/1.1\r\nHost: local");  // never finished
    EXPECT_TRUE(client.ended());
}

TEST(ServerLimits, SubscriptionsPerClient) {
    TestServer server;
    Opened opened(server);
    // At the allowed pace this would take half a minute; the burst is enough to see the count.
    for (int i = 0; i < 30; ++i) {
        opened.client.send_text(R"({"op":"subscribe","id":")" + std::to_string(i) + "\"}");
        opened.client.read_op("subscribed");
    }
    RawClient http(server.port);
    EXPECT_EQ(json::parse(http.get("/api/v1/status").body)["clients"]["subscriptions"], 30);
}

}  // namespace
}  // namespace tickstock::testing
