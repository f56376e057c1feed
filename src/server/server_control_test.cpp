// The engine's state and the commands to it over real sockets; the test plays the engine.
#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "server/test_support.hpp"

namespace tickstock::testing {
namespace {

using nlohmann::json;
using Code = CommandAnswer::Code;

std::string error_code(const HttpReply& reply) {
    return json::parse(reply.body)["error"]["code"];
}

TEST(ServerControl, ACommandWaitsForTheEnginesAnswer) {
    TestServer server;
    RawClient client(server.port);
    for (const std::uint64_t sequence : {7U, 8U}) {  // on one connection
        client.send_json("POST", "/api/v1/channels/fmv/pause", "");
        auto command = next_command(server.commands);
        EXPECT_EQ(command.by, "api");
        EXPECT_EQ(std::get<PauseChannel>(command.action).channel, ChannelType::Fmv);
        command.reply({Code::Done, "fmv paused", sequence});
        const HttpReply reply = client.request("");
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(json::parse(reply.body)["sequence"], sequence);
    }
    client.send_json("PUT", "/api/v1/universes/core", R"({"symbols":["IBM"]})");
    auto command = next_command(server.commands);
    EXPECT_EQ(std::get<SetUniverse>(command.action).symbols.size(), 1U);
    command.reply({Code::Refused, "not now", 0});
    EXPECT_EQ(error_code(client.request("")), "refused");
    EXPECT_EQ(client.get("/healthz").status, 200) << "the connection goes on";
}

TEST(ServerControl, BodiesMayComeInPiecesChunkedAndAfterContinue) {
    TestServer server;
    RawClient client(server.port);
    client.send(
        "PUT /api/v1/universes/core HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        "application/json\r\nContent-Length: 19\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read_through("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send(R"({"symbols":)");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    client.send(R"(["IBM"]})");
    next_command(server.commands).reply({Code::Done, "set", 1});
    EXPECT_EQ(client.request("").status, 200);

    client.send(
        "PUT /api/v1/universes/core HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        "application/json\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{\"symbols\":\r\n8\r\n"
        "[\"IBM\"]}\r\n0\r\n\r\n");
    next_command(server.commands).reply({Code::Done, "set", 2});
    EXPECT_EQ(client.request("").status, 200);
}

TEST(ServerControl, WrongRequestsAreRefusedAndNeverReachTheEngine) {
    TestServer server;
    const std::string json_type = "Content-Type: application/json\r\n";
    const auto request = [](const std::string& line, const std::string& more,
                            const std::string& body = "") {
        return line + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n" + body;
    };
    const auto length = [](std::size_t bytes) {
        return "Content-Length: " + std::to_string(bytes) + "\r\n";
    };
    const std::string pause = "POST /api/v1/channels/fmv/pause";
    const std::string put = "PUT /api/v1/universes/core";
    const std::vector<std::pair<std::string, std::string>> cases{
        {request(put, json_type + length(3), "{x}"), "bad_json"},
        {request(put, json_type + length(2), "{}"), "bad_request"},
        {request(put, length(2), "{}"), "unsupported_media_type"},
        {request(pause, "Content-Type: text/plain\r\n" + length(2), "{}"),
         "unsupported_media_type"},
        {request(put, json_type), "length_required"},
        {request(put, json_type + length(70'000)), "body_too_large"},
        {request(pause, "Origin: http://evil.example\r\n" + length(0)), "origin_not_allowed"},
        {request("POST /api/v1/channels/nosuch/pause", length(0)), "not_found"},
        {request("POST /api/v1/chanels/fmv/pause", length(0)), "not_found"},
        {request("POST /api/v1/channels/fmv/pause?now=1", length(0)), "bad_request"},
        {request("POST /api/v1/channels", length(0)), "method_not_allowed"},
        {request("GET /api/v1/channels/fmv/pause", ""), "method_not_allowed"},
        {request("PATCH /api/v1/universes/core", length(0)), "method_not_allowed"},
        {request("POST /api/v1/status", length(0)), "method_not_allowed"},
        {"POST /api/v1/channels/fmv/pause HTTP/1.1\r\nHost: evil.example\r\n\r\n",
         "host_not_allowed"},
        {request(put, json_type + "Transfer-Encoding: chunked\r\n", "zz\r\n"), "bad_request"},
    };
    for (const auto& [text, code] : cases) {
        RawClient client(server.port);
        EXPECT_EQ(error_code(client.request(text)), code) << text;
    }
    EXPECT_FALSE(server.commands.take());
    const HttpReply reply =
        RawClient(server.port).request(request("PATCH /api/v1/universes/core", length(0)));
    EXPECT_EQ(reply.headers.at("allow"), "GET, HEAD, PUT, DELETE");
}

TEST(ServerControl, ChunkedBodiesOverTheLimitAreRefused) {
    TestServer server([](ServerSettings& settings) { settings.max_frame_bytes = 1024; });
    RawClient client(server.port);
    const std::string chunk = "400\r\n" + std::string(1024, ' ') + "\r\n";
    const HttpReply reply = client.request(
        "PUT /api/v1/universes/core HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        "application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
        chunk + chunk);
    EXPECT_EQ(reply.status, 413);
}

TEST(ServerControl, ABodyThatDoesNotComeIsTimedOut) {
    TestServer server([](ServerSettings& settings) {
        settings.handshake_timeout = std::chrono::milliseconds(50);
    });
    RawClient client(server.port);
    const HttpReply reply = client.request(
        "PUT /api/v1/universes/core HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        "application/json\r\nContent-Length: 10\r\n\r\n{\"");
    EXPECT_EQ(reply.status, 408);
    EXPECT_TRUE(client.ended());
}

/// The system's clock, some time ahead.
class AheadClock final : public Clock {
public:
    UnixNanos wall() const override { return system_.wall(); }
    Nanos monotonic() const override { return system_.monotonic() + ahead.load(); }

    std::atomic<Nanos> ahead{Nanos{0}};

private:
    SystemClock system_;
};

TEST(ServerControl, AnEngineThatDoesNotAnswerIsToldAfterTenSeconds) {
    TestStream events;
    AheadClock clock;
    CommandQueue commands;
    ServerSettings settings;
    settings.port = 0;
    Server server(
        settings, events.stream, [] { return nullptr; }, clock, {}, &commands);
    RawClient client(server.start().value());
    client.send_json("POST", "/api/v1/channels/fmv/pause", "");
    auto command = next_command(commands);
    clock.ahead = std::chrono::seconds(11);
    const HttpReply reply = client.request("");
    EXPECT_EQ(reply.status, 504);
    EXPECT_EQ(error_code(reply), "no_answer");
    command.reply({Code::Done, "paused", 1});
    EXPECT_FALSE(client.receive(1)) << "no second answer";
}

TEST(ServerControl, AFullOrClosedQueueIsBusyAndAnEndingEngineSaysSo) {
    TestServer server;
    RawClient waiting(server.port);
    waiting.send_json("POST", "/api/v1/channels/fmv/pause", "");
    auto first = next_command(server.commands);
    for (std::size_t i = 0; i < CommandQueue::limit; ++i) {
        ASSERT_TRUE(server.commands.post({PauseChannel{}, "test", [](CommandAnswer) {}}));
    }
    RawClient client(server.port);
    client.send_json("POST", "/api/v1/channels/fmv/resume", "");
    const HttpReply reply = client.request("");
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(error_code(reply), "busy");
    first.reply({Code::Stopping, "the engine is stopping", 0});
    EXPECT_EQ(error_code(waiting.request("")), "not_ready");
    server.commands.close();
    client.send_json("POST", "/api/v1/channels/fmv/resume", "");
    EXPECT_EQ(error_code(client.request("")), "busy");
}

TEST(ServerControl, AnswersForConnectionsAndServersThatAreGoneAreForgotten) {
    CommandQueue::Command late;
    CommandQueue::Command later;
    {
        TestServer server;
        {
            RawClient client(server.port);
            client.send_json("POST", "/api/v1/channels/fmv/pause", "");
            late = next_command(server.commands);
        }
        late.reply({Code::Done, "paused", 1});
        RawClient client(server.port);
        EXPECT_EQ(client.get("/healthz").status, 200) << "the server goes on";
        client.send_json("POST", "/api/v1/channels/fmv/pause", "");
        later = next_command(server.commands);
    }
    later.reply({Code::Done, "paused", 2});
}

TEST(ServerControl, WithoutAnEngineCommandsAreRefused) {
    TestStream events;
    SystemClock clock;
    ServerSettings settings;
    settings.port = 0;
    Server server(settings, events.stream, [] { return nullptr; }, clock, {});
    RawClient client(server.start().value());
    client.send_json("POST", "/api/v1/channels/fmv/pause", "");
    EXPECT_EQ(error_code(client.request("")), "not_ready");
    EXPECT_EQ(error_code(client.get("/api/v1/channels")), "not_ready");
}

TEST(ServerControl, PagesShowTheEnginesState) {
    TestServer server;
    fill_control(*server.status);
    RawClient client(server.port);
    const auto page = [&](const std::string& path) {
        return json::parse(client.get("/api/v1/" + path).body);
    };
    const json channels = page("channels")["channels"];
    ASSERT_EQ(channels.size(), 3U);
    EXPECT_EQ(channels[2]["metrics"]["error_count"], 25);
    EXPECT_EQ(channels[2]["metrics"]["backlog_size"], 480);
    EXPECT_EQ(channels[2]["metrics"]["avg_processing_time_ms"], 0.25);
    EXPECT_EQ(channels[2]["metrics"]["last_processing_time_ms"], 0.125);
    EXPECT_EQ(page("channels/values"), page("channels/fmv"));
    EXPECT_EQ(page("channels/fmv")["error_rate"], 12.5);
    EXPECT_EQ(page("channels/fmv")["accounting"]["in"], 200);
    const json debug = page("channels/fmv/debug");
    EXPECT_EQ(debug["dead_letters"][0]["detector"], "valuation");
    EXPECT_EQ(debug["slowest"][0]["seconds"], 0.003000007) << "to the nanosecond";
    EXPECT_EQ(debug["slowest"][0]["records"], 4);
    EXPECT_EQ(debug["circuit_history"][0]["to"], "open");
    EXPECT_EQ(debug["oldest_seconds"], 1.5);
    EXPECT_EQ(page("universes")["universes"][0],
              json({{"name", "core"}, {"priority", true}, {"count", 2}}));
    EXPECT_EQ(page("universes/core")["symbols"], json({"AAPL", "IBM"}));
    EXPECT_EQ(page("router")["error_rate"], 1.0);
    EXPECT_EQ(page("router")["success_rate"], 99.0);
    EXPECT_EQ(page("router")["avg_routing_time_ms"], 0.00004);
    EXPECT_EQ(page("router")["avg_selection_time_ms"], 0.002);
    EXPECT_EQ(page("router")["circuit_history"][0]["reason"], "its time is over");
    EXPECT_EQ(page("journal")["durable"], 90);
    EXPECT_EQ(page("decisions")["decisions"][0]["by"], "api");
    EXPECT_EQ(client.get("/api/v1/channels/nosuch").status, 404);
    EXPECT_EQ(client.get("/api/v1/universes/nosuch").status, 404);
    EXPECT_EQ(client.get("/api/v1/decisions?limit=3").status, 400);
}

TEST(ServerControl, StatusTellsTheEnginesParts) {
    TestServer server;
    fill_control(*server.status);
    const json status = json::parse(RawClient(server.port).get("/api/v1/status").body);
    EXPECT_EQ(status["channels"][2]["status"], "paused");
    EXPECT_EQ(status["channels"][2]["configured_name"], "values");
    EXPECT_EQ(status["channels"][2]["processing_seconds"]["count"], 1);
    EXPECT_EQ(status["channels"][0]["processing_seconds"]["p99"], nullptr);
    EXPECT_EQ(status["shard_details"][1]["reading_from_file"], true);
    EXPECT_EQ(status["journal"]["state"], "writing");
    EXPECT_EQ(status["snapshot"]["age_seconds"], 12);
    EXPECT_EQ(status["shed"]["by_class"]["4"], 7);
    EXPECT_EQ(status["recovery"]["entries_run"], 60);
    EXPECT_EQ(status["threads"][0]["name"], "engine");
    EXPECT_EQ(status["decisions"][0]["text"], "pause fmv: by api");
    std::vector<std::string> alerts;
    for (const json& alert : status["alerts"]) {
        alerts.push_back(alert["type"]);
    }
    EXPECT_EQ(alerts,
              (std::vector<std::string>{"channel_unhealthy", "queue_overflow", "shedding"}));
}

TEST(ServerControl, AJournalThatDoesNotWriteIsAnAlertWithItsTime) {
    TestServer server;
    server.status->control.journal.state = "disk_full";
    server.status->control.journal.since = unix_nanos(17);
    const json status = json::parse(RawClient(server.port).get("/api/v1/status").body);
    ASSERT_EQ(status["alerts"].size(), 1U);
    EXPECT_EQ(status["alerts"][0]["type"], "journal");
    EXPECT_EQ(status["alerts"][0]["raised"], 17);
}

TEST(ServerControl, MetricsTellTheEnginesParts) {
    TestServer server;
    fill_control(*server.status);
    const std::string body = RawClient(server.port).get("/metrics").body;
    for (const std::string line :
         {"tickstock_channel_timed_out_total{channel=\"fmv\"} 5",
          "tickstock_channel_error_ratio{channel=\"fmv\"} 0.125",
          "tickstock_channel_state{channel=\"fmv\",state=\"paused\"} 1",
          "tickstock_channel_circuit_open{channel=\"fmv\"} 1",
          "tickstock_channel_overflow_total{channel=\"fmv\",action=\"drop_oldest\"} 3",
          "tickstock_router_errors_total{reason=\"no_channel\"} 1",
          "tickstock_router_routing_seconds_count 1",
          "tickstock_router_channel_selection_seconds_count 1",
          "tickstock_shard_reading_from_file{shard=\"1\"} 1", "tickstock_journal_writable 1",
          "tickstock_journal_durable_sequence 90", "tickstock_snapshot_age_seconds 12",
          "tickstock_shed_level 2", "tickstock_shed_events_total{class=\"4\"} 7",
          "tickstock_thread_cpu_seconds_total{thread=\"engine\"} 1.5"}) {
        EXPECT_NE(body.find("\n" + line + "\n"), std::string::npos) << line;
    }
}

TEST(ServerControl, ReadinessNamesJournalRouterAndRecovery) {
    TestServer server;
    ControlStatus& control = server.status->control;
    control.recovery.done = false;
    control.router.circuit = CircuitState::HalfOpen;
    control.journal.state = "disk_full";
    control.journal.reason = "no space left";
    control.draining = true;
    const HttpReply reply = RawClient(server.port).get("/readyz");
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(json::parse(reply.body)["missing"],
              json({"recovery: under way", "router: circuit half_open",
                    "journal: disk_full, no space left", "engine: stopping"}));
}

}  // namespace
}  // namespace tickstock::testing
