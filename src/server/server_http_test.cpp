// Pages, errors and limits of the HTTP side, over real sockets.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "server/test_support.hpp"

namespace tickstock::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::string error_code(const HttpReply& reply) {
    return json::parse(reply.body)["error"]["code"];
}

/// A built dashboard in a folder of its own, with a secret beside it.
class ServerFiles : public ::testing::Test {
protected:
    ServerFiles() {
        fs::create_directories(root_ / "assets");
        write(root_ / "index.html", "<!doctype html><title>x</title>");
        write(root_ / "assets" / "app-1a2b3c.js", "console.log(1)");
        write(root_ / ".hidden", "no");
        write(root_.parent_path() / "secret.txt", "secret");
        fs::create_symlink(root_.parent_path() / "secret.txt", root_ / "link.txt");
    }
    ~ServerFiles() override { fs::remove_all(root_.parent_path()); }

    static void write(const fs::path& path, std::string_view text) { std::ofstream(path) << text; }

    const fs::path root_ =
        fs::path(::testing::TempDir()) / ("tickstock_web_" + std::to_string(getpid())) / "dist";
};

TEST_F(ServerFiles, IndexAndAssetsWithTheirTypesAndCaching) {
    TestServer server({}, 1 << 20, root_.string());
    RawClient client(server.port);
    const HttpReply index = client.get("/");
    EXPECT_EQ(index.status, 200);
    EXPECT_EQ(index.headers.at("content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(index.headers.at("cache-control"), "no-cache");
    const HttpReply asset = client.get("/assets/app-1a2b3c.js");
    EXPECT_EQ(asset.body, "console.log(1)");
    EXPECT_EQ(asset.headers.at("content-type"), "text/javascript; charset=utf-8");
    EXPECT_NE(asset.headers.at("cache-control").find("immutable"), std::string::npos);
    const HttpReply again = client.get("/", "If-None-Match: " + index.headers.at("etag") + "\r\n");
    EXPECT_EQ(again.status, 304);
    EXPECT_TRUE(again.body.empty());
}

TEST_F(ServerFiles, NoPathLeavesTheFolder) {
    TestServer server({}, 1 << 20, root_.string());
    const std::vector<std::string> dots{
        "..",           "%2e%2e", "%2E%2E", ".%2e",         "%2e.", "%252e%252e",
        "%c0%ae%c0%ae", "..%00",  "....",   "%uff0e%uff0e", "..;",  "%e0%80%ae%e0%80%ae"};
    const std::vector<std::string> slashes{"/", "%2f", "%2F", "%5c", "\\", "%c0%af", "//"};
    int cases = 0;
    for (const std::string& dot : dots) {
        for (const std::string& slash : slashes) {
            for (const std::string begin : {"/", "/assets/"}) {
                const std::string target = begin + dot + slash + dot + slash + "secret.txt";
                RawClient client(server.port);
                EXPECT_EQ(client.get(target).status, 404) << target;
                ++cases;
            }
        }
    }
    for (const std::string target : {"/link.txt", "/.hidden", "/assets", "/assets/", "//", "/%00",
                                     "/index.html%00.js", "/%", "/%zz", "/index.html/"}) {
        RawClient client(server.port);
        EXPECT_EQ(client.get(target).status, 404) << target;
        ++cases;
    }
    EXPECT_GE(cases, 60);
}

TEST(ServerHttp, WithoutDashboardTheRootSaysHowToBuildIt) {
    TestServer server;
    RawClient client(server.port);
    const HttpReply reply = client.get("/");
    EXPECT_EQ(reply.status, 200);
    EXPECT_NE(reply.body.find("./dev run"), std::string::npos);
}

TEST(ServerHttp, EveryAnswerHasTheSecurityHeadersAndNoServerName) {
    TestServer server;
    for (const std::string target : {"/", "/healthz", "/nothing", "/api/v1/status", "/metrics"}) {
        RawClient client(server.port);
        const HttpReply reply = client.get(target);
        EXPECT_NE(reply.headers.at("content-security-policy").find("frame-ancestors 'none'"),
                  std::string::npos);
        EXPECT_EQ(reply.headers.at("x-content-type-options"), "nosniff");
        EXPECT_EQ(reply.headers.at("referrer-policy"), "no-referrer");
        EXPECT_FALSE(reply.headers.contains("server"));
    }
}

TEST(ServerHttp, KeepAliveHeadAndPipelining) {
    TestServer server;
    RawClient client(server.port);
    const HttpReply head =
        client.request("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", true);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.headers.at("content-length"), "3");
    const std::string one = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    EXPECT_EQ(client.request(one + one).body, "ok\n");
    EXPECT_EQ(client.request("").body, "ok\n");
    EXPECT_EQ(
        client.request("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").status,
        200);
    EXPECT_TRUE(client.ended());
}

TEST(ServerHttp, WrongRequestsAreRefused) {
    const std::vector<std::pair<std::string, int>> cases{
        {"nonsense\r\n\r\n", 400},
        {"GET / HTTP/2.7\r\nHost: localhost\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: localhost\r\nx : y\r\n\r\n", 400},
        {"GET / HTTP/1.1\nHost: localhost\n\n", 400},
        {"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: "
         "chunked\r\n\r\nabc",
         400},
        {"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
         400},
        {"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400},
        {"DELETE /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
        {"POST /api/v1/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", 405},
        {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n", 413},
        {"GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n", 426},
        {"GET /missing HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
        {"GET / HTTP/1.1\r\nHost: localhost\r\nx: " + std::string(9000, 'y') + "\r\n\r\n", 431},
    };
    TestServer server;
    for (const auto& [text, status] : cases) {
        RawClient client(server.port);
        EXPECT_EQ(client.request(text).status, status) << text.substr(0, 100);
    }
}

TEST(ServerHttp, MoreThan64HeadersAre431) {
    TestServer server;
    std::string headers;
    for (int i = 0; i < 64; ++i) {
        headers += "h" + std::to_string(i) + ": x\r\n";
    }
    EXPECT_EQ(RawClient(server.port).get("/healthz", headers).status, 431);
}

TEST(ServerHttp, HostAndOrigin) {
    TestServer server(
        [](ServerSettings& settings) { settings.allowed_origins = {"https://desk.example"}; });
    const auto ask = [&](std::string_view host, std::string_view more) {
        return RawClient(server.port)
            .request("GET /api/v1/status HTTP/1.1\r\nHost: " + std::string(host) + "\r\n" +
                     std::string(more) + "\r\n");
    };
    EXPECT_EQ(ask("127.0.0.1:9", "").status, 200);
    EXPECT_EQ(ask("[::1]:80", "").status, 200);
    EXPECT_EQ(ask("desk.example", "").status, 200);
    EXPECT_EQ(error_code(ask("evil.example", "")), "host_not_allowed");
    EXPECT_EQ(error_code(ask("127.0.0.1.evil.example", "")), "host_not_allowed");

    const auto open = [&](const std::string& origin) {
        return RawClient(server.port).open("Origin: " + origin + "\r\n").status;
    };
    EXPECT_EQ(open("http://localhost"), 101);
    EXPECT_EQ(open("https://desk.example"), 101);
    for (const std::string origin :
         {"null", "http://localhost:81", "https://localhost", "http://localhost.evil.example",
          "http://evil.example", "https://desk.example.evil", "https://desk.example:444",
          "http://desk.example", ""}) {
        EXPECT_EQ(open(origin), 403) << origin;
    }
    const HttpReply post = RawClient(server.port)
                               .request(
                                   "POST /api/v1/status HTTP/1.1\r\nHost: localhost\r\n"
                                   "Origin: http://evil.example\r\n\r\n");
    EXPECT_EQ(error_code(post), "origin_not_allowed");
}

TEST(ServerHttp, BadHandshakes) {
    TestServer server;
    const std::string base = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    const HttpReply version =
        RawClient(server.port)
            .get("/ws",
                 base +
                     "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    EXPECT_EQ(version.status, 426);
    EXPECT_EQ(version.headers.at("sec-websocket-version"), "13");
    EXPECT_EQ(RawClient(server.port).get("/ws", base + "Sec-WebSocket-Version: 13\r\n").status,
              400);
    const HttpReply good =
        RawClient(server.port).open("Sec-WebSocket-Extensions: permessage-deflate\r\n");
    EXPECT_EQ(good.status, 101);
    EXPECT_EQ(good.headers.at("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    EXPECT_FALSE(good.headers.contains("sec-websocket-extensions"));
}

TEST(ServerHttp, ReadinessNamesWhatIsMissing) {
    TestServer server;
    RawClient client(server.port);
    EXPECT_EQ(client.get("/readyz").status, 200);
    auto status = std::make_shared<EngineStatus>(*server.status);
    TestServer starting;
    starting.status->ready = false;
    starting.status->channels[1].status = ChannelStatus::Error;
    starting.status->sources.push_back({"replay", "", "failed", {}, 1, 0, {}, {}, true});
    const HttpReply reply = RawClient(starting.port).get("/readyz");
    EXPECT_EQ(reply.status, 503);
    const json body = json::parse(reply.body);
    EXPECT_EQ(body["ready"], false);
    ASSERT_EQ(body["missing"].size(), 3U);
    EXPECT_EQ(body["missing"][2], "source replay: failed");
    EXPECT_EQ(RawClient(starting.port).get("/healthz").status, 200) << "alive, though not ready";
}

TEST(ServerHttp, EventsPages) {
    TestServer server;
    server.events.publish("AAPL", 5);
    server.events.publish("IBM", 5);
    RawClient client(server.port);
    json page = json::parse(client.get("/api/v1/events?limit=3").body);
    ASSERT_EQ(page["events"].size(), 3U);
    EXPECT_EQ(page["events"][0]["offset"], 8);
    EXPECT_EQ(page["next"], "epoch-1:10");

    std::vector<std::uint64_t> offsets;
    std::string since = "epoch-1:0";
    for (int pages = 0; pages < 10 && since != "epoch-1:10"; ++pages) {
        page = json::parse(client.get("/api/v1/events?symbol=IBM&limit=2&since=" + since).body);
        EXPECT_EQ(page["recovered"], true);
        for (const json& item : page["events"]) {
            offsets.push_back(item["offset"]);
        }
        since = page["next"];
    }
    EXPECT_EQ(offsets, (std::vector<std::uint64_t>{6, 7, 8, 9, 10}));

    page = json::parse(client.get("/api/v1/events?since=other%3A3").body);
    EXPECT_EQ(page["recovered"], false);
    EXPECT_EQ(page["gap"]["reason"], "epoch_changed");
    for (const std::string query : {"limit=0", "limit=1001", "limit=x", "color=red", "type=up",
                                    "since=3", "min_price=inf", "symbol=%01", "interval_ms=5"}) {
        EXPECT_EQ(error_code(client.get("/api/v1/events?" + query)), "bad_request") << query;
    }
}

TEST(ServerHttp, SymbolPage) {
    TestServer server;
    server.events.publish("BRK.B", 2);
    server.events.publish("BRK.B", 1, EventType::Low);
    RawClient client(server.port);
    const json page = json::parse(client.get("/api/v1/symbols/BRK.B").body);
    EXPECT_EQ(page["latest"]["high"]["offset"], 2);
    EXPECT_EQ(page["latest"]["low"]["offset"], 3);
    EXPECT_EQ(client.get("/api/v1/symbols/NONE").status, 404);
    EXPECT_EQ(client.get("/api/v1/symbols/").status, 404);
}

TEST(ServerHttp, StatusTellsAccountingAndStream) {
    TestServer server;
    server.events.publish("AAPL", 2);
    server.status->accounting.sources.in = 3;
    server.status->accounting.sources.out = 2;
    server.status->accounting.sources.drop(Reason::BadNumber);
    const json status = json::parse(RawClient(server.port).get("/api/v1/status").body);
    EXPECT_EQ(status["version"], "1.2.3");
    EXPECT_EQ(status["epoch"], "epoch-1");
    EXPECT_EQ(status["offset"], 2);
    EXPECT_EQ(status["accounting"]["sources"],
              json({{"in", 3}, {"out", 2}, {"held", 0}, {"dropped", {{"bad_number", 1}}}}));
    EXPECT_EQ(status["channels"].size(), 3U);
    EXPECT_GT(status["process"]["resident_bytes"], 0);
}

TEST(ServerHttp, AThreadThatHangsIsNeitherHealthyNorReady) {
    ManualClock clock{UnixNanos{}};
    Watchdog watchdog({}, clock, [](const std::string&) {});
    TestServer server({}, std::size_t{32} << 20, "",
                      [&](ServerInfo& info) { info.watchdog = &watchdog; });
    RawClient client(server.port);
    {
        WatchedLoop engine(&watchdog, "ts-engine", Watchdog::Kind::Work);
        WatchedLoop disk(&watchdog, "ts-disk", Watchdog::Kind::Disk);
        const auto hang = [&](WatchedLoop& loop) {
            loop.beat();
            watchdog.look();
            for (int looks = 0; looks < 12; ++looks) {
                clock.advance(Watchdog::look_interval);
                watchdog.look();
            }
        };
        hang(disk);
        EXPECT_EQ(client.get("/healthz").status, 200) << "a slow disk is no stuck thread";
        EXPECT_EQ(client.get("/readyz").status, 200);
        hang(engine);
        const std::string sentence = "thread ts-engine: no step has ended for over 2 s";
        const HttpReply health = client.get("/healthz");
        EXPECT_EQ(health.status, 503);
        EXPECT_EQ(health.body, sentence + "\n");
        const HttpReply ready = client.get("/readyz");
        EXPECT_EQ(ready.status, 503);
        EXPECT_EQ(json::parse(ready.body)["missing"], json::array({sentence}));
        const std::string metrics = client.get("/metrics").body;
        EXPECT_NE(metrics.find("\ntickstock_ready 0\n"), std::string::npos);
        EXPECT_NE(metrics.find("tickstock_thread_stalled{thread=\"ts-engine\"} 1\n"),
                  std::string::npos);
        engine.beat();
        watchdog.look();
        EXPECT_EQ(client.get("/healthz").status, 200);
    }
    server.server.reset();  // before the watchdog that watches its thread
}

TEST(ServerHttp, MetricsInBothFormats) {
    TestServer server;
    server.events.publish("AAPL", 2);
    RawClient client(server.port);
    const HttpReply plain = client.get("/metrics");
    EXPECT_EQ(plain.headers.at("content-type").find("text/plain; version=0.0.4"), 0U);
    EXPECT_NE(plain.body.find("\ntickstock_stream_offset 2\n"), std::string::npos);
    EXPECT_NE(plain.body.find("\nprocess_open_fds "), std::string::npos);
    const HttpReply open =
        client.get("/metrics", "Accept: application/openmetrics-text; version=1.0.0\r\n");
    EXPECT_EQ(open.headers.at("content-type").find("application/openmetrics-text"), 0U);
    EXPECT_TRUE(open.body.ends_with("# EOF\n"));
}

/// Reads the head of an SSE answer; the stream follows.
void open_sse(RawClient& client, const std::string& target, const std::string& headers = "") {
    client.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    const std::string head = client.read_through("\r\n\r\n");
    EXPECT_TRUE(head.starts_with("HTTP/1.1 200 ")) << head;
    EXPECT_NE(head.find("Content-Type: text/event-stream\r\n"), std::string::npos);
}

/// The next SSE message that is no comment.
std::string read_message(RawClient& client) {
    for (;;) {
        const std::string message = client.read_through("\n\n");
        if (!message.starts_with(':')) {
            return message;
        }
    }
}

TEST(ServerSse, ResumesByLastEventId) {
    TestServer server;
    server.events.publish("AAPL", 5);
    RawClient client(server.port);
    open_sse(client, "/api/v1/events/stream?symbols=AAPL,IBM", "Last-Event-ID: epoch-1:3\r\n");
    const std::string subscribed = read_message(client);
    EXPECT_NE(subscribed.find("event: subscribed\nid: epoch-1:3\n"), std::string::npos);
    EXPECT_NE(subscribed.find(R"("recovered":true)"), std::string::npos);
    EXPECT_TRUE(read_message(client).starts_with("id: epoch-1:4\ndata: {\"offset\":4,"));
    EXPECT_TRUE(read_message(client).starts_with("id: epoch-1:5\n"));
    server.events.publish("IBM", 1);
    EXPECT_TRUE(read_message(client).starts_with("id: epoch-1:6\n"));
}

TEST(ServerSse, TellsGapsAndEndsAtStop) {
    TestServer server({}, 20'000);
    server.events.publish("AAPL", 200);
    RawClient client(server.port);
    open_sse(client, "/api/v1/events/stream?since=epoch-1:1");
    EXPECT_NE(read_message(client).find(R"("reason":"evicted")"), std::string::npos);
    EXPECT_TRUE(read_message(client).starts_with("event: gap\n"));
    std::string last;
    while (last.find("\"offset\":200,") == std::string::npos && !HasFailure()) {
        last = read_message(client);
        ASSERT_FALSE(last.empty());
    }
    std::thread stop([&] { server.server->drain_and_stop(); });
    EXPECT_TRUE(client.ended());
    stop.join();
}

TEST(ServerSse, BadParametersAreRefused) {
    TestServer server;
    RawClient client(server.port);
    EXPECT_EQ(client.get("/api/v1/events/stream?color=red").status, 400);
    EXPECT_EQ(client.get("/api/v1/events/stream", "Last-Event-ID: seven\r\n").status, 400);
    EXPECT_EQ(error_code(client.get("/api/v1/events/stream?universes=core")), "unknown_universe");
}

TEST(ServerStart, RefusesOtherAddressesThanLoopback) {
    TestStream events;
    SystemClock clock;
    for (const std::string address : {"0.0.0.0", "::", "192.168.1.1", "example.com", "",
                                      "127.0.0.1.evil", "127.0.0.256", "127.0.0"}) {
        ServerSettings settings;
        settings.address = address;
        settings.port = 0;
        Server server(settings, events.stream, [] { return nullptr; }, clock, {});
        const auto started = server.start();
        ASSERT_FALSE(started.ok()) << address;
        EXPECT_NE(started.error().message.find("server.address"), std::string::npos);
    }
}

TEST(ServerStart, ATakenPortIsAnErrorThatNamesIt) {
    TestServer first;
    TestStream events;
    SystemClock clock;
    ServerSettings settings;
    settings.port = first.port;
    Server second(settings, events.stream, [] { return nullptr; }, clock, {});
    const auto started = second.start();
    ASSERT_FALSE(started.ok());
    EXPECT_NE(started.error().message.find("server.port"), std::string::npos);
    EXPECT_NE(started.error().message.find(std::to_string(first.port)), std::string::npos);
}

TEST(ServerStart, WithoutAnEngineItAnswersNotReady) {
    TestStream events;
    SystemClock clock;
    ServerSettings settings;
    settings.port = 0;
    Server server(settings, events.stream, [] { return nullptr; }, clock, {});
    const auto port = server.start();
    ASSERT_TRUE(port.ok());
    EXPECT_EQ(RawClient(port.value()).get("/readyz").status, 503);
    EXPECT_EQ(RawClient(port.value()).get("/api/v1/status").status, 200);
    EXPECT_EQ(RawClient(port.value()).get("/metrics").status, 200);
}

TEST(ServerHttp, PagesOfListedOriginsMayReadAndAsk) {
    TestServer server(
        [](ServerSettings& settings) { settings.allowed_origins = {"https://desk.example"}; });
    const std::string origin = "Origin: https://desk.example\r\n";
    const auto page = RawClient(server.port).get("/api/v1/status", origin);
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.headers.at("access-control-allow-origin"), "https://desk.example");
    EXPECT_EQ(page.headers.at("vary"), "Origin");
    const auto asked =
        RawClient(server.port)
            .request("OPTIONS /api/v1/users/me/filters/f HTTP/1.1\r\nHost: localhost\r\n" + origin +
                     "Access-Control-Request-Method: PUT\r\n\r\n");
    EXPECT_EQ(asked.status, 204);
    EXPECT_NE(asked.headers.at("access-control-allow-headers").find("Authorization"),
              std::string::npos);
    RawClient stream(server.port);
    stream.send("GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\n" + origin + "\r\n");
    EXPECT_NE(stream.read_through("\r\n\r\n")
                  .find("Access-Control-Allow-Origin: https://desk.example\r\n"),
              std::string::npos);
    const auto other =
        RawClient(server.port).get("/api/v1/status", "Origin: https://evil.example\r\n");
    EXPECT_FALSE(other.headers.contains("access-control-allow-origin"));
}

}  // namespace
}  // namespace tickstock::testing
