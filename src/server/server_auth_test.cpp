// Who is let in, over real sockets: each path and verb by each kind of credential (RELIABILITY,
// rows 25 and 27), tickets, revocation, limits a user.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "auth/api_key.hpp"
#include "auth/authenticator.hpp"
#include "auth/jwt_signer.hpp"
#include "server/json_value.hpp"
#include "server/pages.hpp"
#include "server/test_auth_server.hpp"

namespace tickstock::testing {
namespace {

constexpr auto long_time = std::chrono::hours(1);

struct Verb {
    std::string method;
    std::string path;
    std::string body;
    std::optional<Role> needed;  // nothing = everybody
};

std::vector<Verb> every_verb() {
    const std::string universe = R"({"symbols":["A"]})";
    return {
        {"GET", "/healthz", "", std::nullopt},
        {"GET", "/readyz", "", std::nullopt},
        {"GET", "/", "", std::nullopt},
        {"GET", "/api/v1/openapi.json", "", std::nullopt},
        {"GET", "/metrics", "", Role::Viewer},
        {"GET", "/api/v1/status", "", Role::Viewer},
        {"GET", "/api/v1/events", "", Role::Viewer},
        {"GET", "/api/v1/history/events", "", Role::Viewer},
        {"GET", "/api/v1/history/sessions", "", Role::Viewer},
        {"GET", "/api/v1/history/analytics", "", Role::Viewer},
        {"GET", "/api/v1/history/counts", "", Role::Viewer},
        {"GET", "/api/v1/history/metrics", "", Role::Viewer},
        {"GET", "/api/v1/history/gaps", "", Role::Viewer},
        {"GET", "/api/v1/history/differences", "", Role::Viewer},
        {"GET", "/api/v1/history/audit", "", Role::Viewer},
        {"GET", "/api/v1/history/incidents", "", Role::Viewer},
        {"GET", "/api/v1/history/alerts", "", Role::Viewer},
        {"GET", "/api/v1/events/stream", "", Role::Viewer},
        {"GET", "/api/v1/symbols/A", "", Role::Viewer},
        {"GET", "/api/v1/symbols/A/candles", "", Role::Viewer},
        {"GET", "/api/v1/symbols/A/trace", "", Role::Viewer},
        {"GET", "/api/v1/quarantine", "", Role::Viewer},
        {"GET", "/api/v1/alerts", "", Role::Viewer},
        {"GET", "/api/v1/dashboard", "", Role::Viewer},
        {"GET", "/api/v1/market", "", Role::Viewer},
        {"GET", "/api/v1/channels", "", Role::Viewer},
        {"GET", "/api/v1/channels/tick", "", Role::Viewer},
        {"GET", "/api/v1/channels/tick/debug", "", Role::Viewer},
        {"GET", "/api/v1/universes", "", Role::Viewer},
        {"GET", "/api/v1/universes/none", "", Role::Viewer},
        {"GET", "/api/v1/router", "", Role::Viewer},
        {"GET", "/api/v1/journal", "", Role::Viewer},
        {"GET", "/api/v1/decisions", "", Role::Viewer},
        {"GET", "/api/v1/rollout", "", Role::Viewer},
        {"GET", "/api/v1/rollout/report", "", Role::Viewer},
        {"GET", "/api/v1/rollout/differences", "", Role::Viewer},
        {"GET", "/api/v1/rollout/incidents", "", Role::Viewer},
        {"GET", "/api/v1/rollout/audit", "", Role::Viewer},
        {"GET", "/api/v1/compare", "", Role::Viewer},
        {"POST", "/api/v1/compare", R"({"settings":{"a.b":1},"reason":"x"})", Role::Admin},
        {"DELETE", "/api/v1/compare", "", Role::Admin},
        {"POST", "/api/v1/rollout/advance", R"({"reason":"x"})", Role::Admin},
        {"POST", "/api/v1/rollout/flags", R"({"flags":{"router_enabled":true},"reason":"x"})",
         Role::Admin},
        {"POST", "/api/v1/rollout/disable", R"({"reason":"x"})", Role::Admin},
        {"POST", "/api/v1/rollout/enable", R"({"reason":"x"})", Role::Admin},
        {"POST", "/api/v1/rollout/phase", R"({"phase":0,"reason":"x"})", Role::Admin},
        {"GET", "/api/v1/me", "", Role::Viewer},
        {"POST", "/api/v1/ticket", "", Role::Viewer},
        {"GET", "/api/v1/connections", "", Role::Admin},
        {"GET", "/api/v1/config", "", Role::Admin},
        {"PATCH", "/api/v1/config", R"({"settings":{}})", Role::Admin},
        {"POST", "/api/v1/config/reload", "", Role::Admin},
        {"GET", "/api/v1/config/schema", "", Role::Viewer},
        {"GET", "/api/v1/users/me/filters", "", Role::Viewer},
        {"GET", "/api/v1/users/me/universes", "", Role::Viewer},
        {"PUT", "/api/v1/users/me/filters/f", R"({"filter":{}})", Role::Trader},
        {"PUT", "/api/v1/users/me/universes/u", universe, Role::Trader},
        {"DELETE", "/api/v1/users/me/filters/f", "", Role::Trader},
        {"DELETE", "/api/v1/users/me/universes/u", "", Role::Trader},
        {"GET", "/api/v1/users/somebody/filters", "", Role::Admin},
        {"PUT", "/api/v1/users/somebody/filters/f", R"({"filter":{}})", Role::Admin},
        {"DELETE", "/api/v1/users/somebody/universes/u", "", Role::Admin},
        {"POST", "/api/v1/ingest?none=1", "{}", Role::Admin},
        {"POST", "/api/v1/symbols/A/halt", "", Role::Trader},
        {"POST", "/api/v1/symbols/A/resume", "", Role::Trader},
        {"POST", "/api/v1/rules/none/on", "", Role::Trader},
        {"POST", "/api/v1/rules/none/off", "", Role::Trader},
        {"PUT", "/api/v1/universes/desk", universe, Role::Admin},
        {"DELETE", "/api/v1/universes/desk", "", Role::Admin},
        {"POST", "/api/v1/channels/tick/pause", "", Role::Admin},
        {"POST", "/api/v1/channels/tick/resume", "", Role::Admin},
    };
}

/// The status of the answer's first line; what follows is not read.
int status_of(const AuthServer& server, const Verb& verb, const std::string& credential) {
    RawClient client(server.port());
    std::string text = verb.method + " " + verb.path + " HTTP/1.1\r\nHost: localhost\r\n";
    if (!credential.empty()) {
        text += bearer(credential);
    }
    if (!verb.body.empty()) {
        text += "Content-Type: application/json\r\nContent-Length: " +
                std::to_string(verb.body.size()) + "\r\n";
    }
    client.send(text + "\r\n" + verb.body);
    const std::string line = client.read_through("\r\n");
    return line.size() > 12 ? std::stoi(line.substr(9, 3)) : 0;
}

TEST(ServerAuth, EveryVerbByEveryCredential) {
    AuthServer server;
    // The engine of this test carries out nothing: commands that pass are answered at once.
    std::atomic<bool> ends{false};
    std::thread engine([&] {
        while (!ends) {
            if (auto command = server.server->commands.take()) {
                command->reply(CommandAnswer{});
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    });
    struct Case {
        std::string name;
        std::string credential;
        std::optional<Role> role;  // nothing = nobody
    };
    std::vector<Case> cases{
        {"none", "", {}},
        {"nonsense", "nonsense", {}},
        {"forged", server.token("ann", Role::Admin, long_time) + "x", {}},
        {"expired", server.token("ann", Role::Admin, -long_time), {}},
        {"foreign audience", server.token("ann", Role::Admin, long_time, "others"), {}},
        {"unknown key", "tsk_AAAAAAAAAAAA_" + std::string(43, 'A'), {}},
        {"viewer", server.token("vic", Role::Viewer, long_time), Role::Viewer},
        {"trader", server.token("tom", Role::Trader, long_time), Role::Trader},
        {"admin", server.token("ada", Role::Admin, long_time), Role::Admin},
        {"trader's key", server.key("kim", Role::Trader), Role::Trader}};
    until_known(server, cases.back().credential);
    for (const Case& one : cases) {
        for (const Verb& verb : every_verb()) {
            SCOPED_TRACE(one.name + ": " + verb.method + " " + verb.path);
            const int status = status_of(server, verb, one.credential);
            if (!verb.needed) {
                EXPECT_TRUE(status != 401 && status != 403 && status != 0) << status;
            } else if (!one.role) {
                EXPECT_EQ(status, 401);
            } else if (*one.role < *verb.needed) {
                EXPECT_EQ(status, 403);
            } else {
                EXPECT_TRUE(status != 401 && status != 403 && status != 0) << status;
            }
        }
    }
    ends = true;
    engine.join();
}

TEST(ServerAuth, EveryPageAndRouteIsInTheMatrix) {
    for (const PageRow& row : pages()) {
        if (row.page == Page::WebSocket || row.page == Page::SocketIo ||
            row.page == Page::IngestSocket) {
            continue;  // tests of their own
        }
        const std::string_view stem = row.path.substr(0, row.path.find('{'));
        const auto verbs = every_verb();
        EXPECT_TRUE(std::any_of(verbs.begin(), verbs.end(), [&](const Verb& verb) {
            return verb.path.starts_with(stem);
        })) << row.path;
    }
}

TEST(ServerAuth, AWebSocketWithAHeaderIsIn) {
    AuthServer server;
    RawClient client(server.port());
    EXPECT_EQ(client.open(bearer(server.token("ann", Role::Viewer, long_time))).status, 101);
    client.send_text(R"({"op":"subscribe","id":"a"})");
    EXPECT_NE(client.read_op("subscribed").find(R"("id":"a")"), std::string::npos);
}

TEST(ServerAuth, AWrongHeaderGetsNoWebSocket) {
    AuthServer server;
    EXPECT_EQ(RawClient(server.port()).open(bearer("nonsense")).status, 401);
}

TEST(ServerAuth, TheFirstFrameSaysWhoItIs) {
    AuthServer server;
    RawClient client(server.port());
    ASSERT_EQ(client.open().status, 101);
    client.send_text(R"({"op":"subscribe","id":"a"})");
    EXPECT_NE(client.read_frame().payload.find(R"("code":"unauthorized")"), std::string::npos);
    client.send_text(R"({"op":"auth","id":"1","token":")" +
                     server.token("ann", Role::Trader, long_time) + R"("})");
    const std::string answer = client.read_op("authenticated");
    EXPECT_NE(answer.find(R"("id":"1")"), std::string::npos) << answer;
    EXPECT_NE(answer.find(R"("user":"ann","role":"trader","expires":1)"), std::string::npos);
    client.send_text(R"({"op":"subscribe","id":"a"})");
    EXPECT_FALSE(client.read_op("subscribed").empty());
}

TEST(ServerAuth, NobodyIsToldAnythingBefore) {
    AuthServer server([](ServerSettings& settings) {
        settings.heartbeat_interval = std::chrono::milliseconds(100);
    });
    RawClient client(server.port());
    ASSERT_EQ(client.open().status, 101);
    server.server->events.publish("A", 10);
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    client.send_text(R"({"op":"ping"})");
    // Heartbeats would have come first.
    EXPECT_NE(client.read_frame().payload.find("unauthorized"), std::string::npos);
}

TEST(ServerAuth, TheTimeToSaySoIsBounded) {
    AuthServer server({},
                      [](AuthSettings& settings) { settings.deadline = std::chrono::seconds(1); });
    RawClient client(server.port());
    ASSERT_EQ(client.open().status, 101);
    EXPECT_EQ(client.read_close(), 3500);
}

TEST(ServerAuth, AWrongFirstFrameEndsIt) {
    AuthServer server;
    for (const std::string& credential :
         {std::string("nonsense"), server.token("ann", Role::Admin, -long_time),
          server.token("ann", Role::Admin, long_time, "others")}) {
        RawClient client(server.port());
        ASSERT_EQ(client.open().status, 101);
        client.send_text(R"({"op":"auth","token":")" + credential + R"("})");
        EXPECT_EQ(client.read_close(), 3500);
    }
}

TEST(ServerAuth, ATicketIsGoodOnce) {
    AuthServer server;
    RawClient page(server.port());
    const auto reply = page.request("POST /api/v1/ticket HTTP/1.1\r\nHost: localhost\r\n" +
                                    bearer(server.token("ann", Role::Viewer, long_time)) + "\r\n");
    ASSERT_EQ(reply.status, 200);
    const std::string ticket = parse_json(reply.body)->find("ticket")->text;
    const std::string offer = "Sec-WebSocket-Protocol: tickstock, ticket." + ticket + "\r\n";
    RawClient first(server.port());
    const HttpReply opened = first.open(offer);
    EXPECT_EQ(opened.status, 101);
    EXPECT_EQ(opened.headers.at("sec-websocket-protocol"), "tickstock");
    first.send_text(R"({"op":"subscribe","id":"a"})");
    EXPECT_FALSE(first.read_op("subscribed").empty());
    EXPECT_EQ(RawClient(server.port()).open(offer).status, 401);
    RawClient second(server.port());
    ASSERT_EQ(second.open().status, 101);
    second.send_text(R"({"op":"auth","ticket":")" + ticket + R"("})");
    EXPECT_EQ(second.read_close(), 3500);
}

TEST(ServerAuth, ATokenThatRunsOutEndsItsConnections) {
    AuthServer server({}, [](AuthSettings& settings) { settings.leeway = Nanos{0}; });
    const std::string token = server.token("ann", Role::Viewer, std::chrono::milliseconds(2500));
    RawClient socket(server.port());
    ASSERT_EQ(socket.open(bearer(token)).status, 101);
    RawClient renewed(server.port());
    ASSERT_EQ(renewed.open(bearer(token)).status, 101);
    renewed.send_text(R"({"op":"auth","token":")" + server.token("ann", Role::Viewer, long_time) +
                      R"("})");
    EXPECT_FALSE(renewed.read_op("authenticated").empty());
    RawClient stream(server.port());
    stream.send("GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\n" + bearer(token) +
                "\r\n");
    stream.read_through("event: subscribed");
    EXPECT_EQ(socket.read_close(), 3500);
    EXPECT_TRUE(stream.ended());
    renewed.send_text(R"({"op":"ping","id":"still"})");
    EXPECT_FALSE(renewed.read_op("pong").empty());
}

TEST(ServerAuth, AKeyThatIsRevokedEndsItsConnections) {
    AuthServer server;
    auto minted = mint_api_key(server.directory + "/api_keys.json", "ann", Role::Viewer, time_never,
                               "", server.server->clock.wall());
    ASSERT_TRUE(minted.ok());
    until_known(server, minted->text);
    RawClient socket(server.port());
    ASSERT_EQ(socket.open(bearer(minted->text)).status, 101);
    ASSERT_TRUE(revoke_api_key(server.directory + "/api_keys.json", minted->key.id).ok());
    EXPECT_EQ(socket.read_close(), 3500);
}

TEST(ServerAuth, AUserHasOnlySoManyConnections) {
    AuthServer server([](ServerSettings& settings) { settings.max_connections_per_user = 2; });
    const std::string token = server.token("ann", Role::Viewer, long_time);
    RawClient one(server.port());
    RawClient two(server.port());
    ASSERT_EQ(one.open(bearer(token)).status, 101);
    ASSERT_EQ(two.open().status, 101);
    two.send_text(R"({"op":"auth","token":")" + token + R"("})");
    EXPECT_FALSE(two.read_op("authenticated").empty());
    EXPECT_EQ(RawClient(server.port()).open(bearer(token)).status, 503);
    RawClient three(server.port());
    ASSERT_EQ(three.open().status, 101);
    three.send_text(R"({"op":"auth","token":")" + token + R"("})");
    EXPECT_EQ(three.read_close(), 3504);
    RawClient other(server.port());
    EXPECT_EQ(other.open(bearer(server.token("bob", Role::Viewer, long_time))).status, 101);
}

TEST(ServerAuth, WhoGuessesIsHeldUp) {
    AuthServer server({}, [](AuthSettings& settings) { settings.failures_per_minute = 3; });
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(RawClient(server.port()).get("/api/v1/me", bearer("nonsense")).status, 401);
    }
    const auto reply = RawClient(server.port()).get("/api/v1/me", bearer("nonsense"));
    EXPECT_EQ(reply.status, 429);
    EXPECT_GT(std::stoi(reply.headers.at("retry-after")), 0);
}

TEST(ServerAuth, HowConnectionsEndedIsTold) {
    AuthServer server({},
                      [](AuthSettings& settings) { settings.deadline = std::chrono::seconds(1); });
    RawClient late(server.port());
    ASSERT_EQ(late.open().status, 101);
    ASSERT_EQ(late.read_close(), 3500);
    {
        RawClient gone(server.port());
        ASSERT_EQ(gone.open(bearer(server.token("ann", Role::Viewer, long_time))).status, 101);
    }
    const std::string admin = server.token("ada", Role::Admin, long_time);
    std::string page;
    for (int i = 0; i < 500 && page.find("connection_lost") == std::string::npos; ++i) {
        page = RawClient(server.port()).get("/api/v1/connections", bearer(admin)).body;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_NE(page.find(R"("code":3500,"reason":"unauthorized","by":"server")"), std::string::npos)
        << page;
    EXPECT_NE(page.find(R"("user":"ann")"), std::string::npos) << page;
    EXPECT_NE(page.find(R"("code":null,"reason":"connection_lost","by":"network")"),
              std::string::npos)
        << page;
}

TEST(ServerAuth, NothingElseThanLoopbackWithoutIt) {
    TestStream events;
    SystemClock clock;
    ServerSettings settings;
    settings.address = "0.0.0.0";
    settings.port = 0;
    Server open(
        settings, events.stream, [] { return nullptr; }, clock, ServerInfo{"1", ""});
    const auto refused = open.start();
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().message.find("auth.mode = required"), std::string::npos);
}

}  // namespace
}  // namespace tickstock::testing
