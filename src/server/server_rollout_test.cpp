// The rollout's pages, commands and metrics over real sockets; the test plays the engine.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/test_support.hpp"

namespace tickstock::testing {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

Detection high_of(std::int64_t cents) {
    TestStream events;
    return make_event(events.symbols, "AAPL", EventType::High, cents).detection;
}

PathDifference difference(std::uint64_t number, PathDifference::Kind kind) {
    PathDifference one;
    one.number = number;
    one.kind = kind;
    one.symbol = SymbolText("AAPL");
    one.linear = high_of(10'000);
    if (kind == PathDifference::Kind::Near) {
        one.multi_channel = high_of(10'001);
    }
    one.clock = unix_nanos(500);
    Trade trade;
    trade.header.sequence = Sequence{812};
    trade.price = Price::from_cents(10'000);
    trade.size = Size::from_shares(100);
    one.record = trade;
    one.in_charge = number == 2;
    return one;
}

std::shared_ptr<RolloutStatus> rollout() {
    auto status = std::make_shared<RolloutStatus>();
    status->installed = status->fully_enabled = true;
    status->flags.router_enabled = status->flags.multichannel_system_enabled = true;
    status->flags.rollout_buckets = 150;
    status->flags.rollout_tickers = {SymbolText("AAPL")};
    status->phase = 2;
    status->phase_since = unix_nanos(1'000);
    status->phase_duration = 168h;
    status->criteria = {{"error_rate", "0.2 % of at most 1 %", 0.2, 1, "%", true}};
    status->refusal = "the phase lasts 168 h";
    status->symbols_by_tier = {5, 3, 2};
    status->selected_by_tier = {4, 0, 0};
    status->symbols_multi_channel = 4;
    status->symbols_linear = 6;
    status->fallen = {{"IBM", Sequence{70}, Sequence{75}, FallbackCause::Timeout, unix_nanos(9)}};
    status->total.paths.records = 1'000;
    status->total.paths.channel_requests = 200;
    status->total.paths.channel_successes = 198;
    status->total.paths.channel_failures = 2;
    status->total.paths.legacy_fallbacks = 2;
    status->total.paths.failures_by_cause[1] = 2;
    status->total.comparison.linear = 100;
    status->total.comparison.matched = 99;
    status->total.comparison.missing = 1;
    status->total.comparison.lost = 1;
    status->total.times.add_pair(3us, 1us);
    status->in_phase.paths.records = 77;
    status->audit = {{Sequence{10}, unix_nanos(1), unix_nanos(2), "start", "install", "", "", 0, 0},
                     {Sequence{20}, unix_nanos(3), unix_nanos(4), "api:ann", "flags",
                      "rollout_percentage 1 -> 1.5", "slowly", 2, 1.5}};
    status->incidents.resize(2);
    status->incidents[0].id = "first";
    status->incidents[0].resolved = unix_nanos(8);
    status->incidents[0].resolved_by = "api:ann";
    status->incidents[1].id = "second";
    status->incidents[1].cause = "error_rate";
    status->incident = "second";
    status->differences = std::make_shared<const std::vector<PathDifference>>(
        std::vector<PathDifference>{difference(1, PathDifference::Kind::Missing),
                                    difference(2, PathDifference::Kind::Near)});
    status->difference_total = 2;
    return status;
}

class Rollout : public ::testing::Test {
protected:
    json page(const std::string& path) {
        const HttpReply reply = RawClient(server.port).get("/api/v1/rollout" + path);
        EXPECT_EQ(reply.status, 200) << path << ' ' << reply.body;
        return json::parse(reply.body, nullptr, false);
    }

    TestServer server;
};

TEST_F(Rollout, WithoutAnIntegratorEveryPageSaysHowToInstallIt) {
    for (const std::string path : {"", "/report", "/differences", "/incidents", "/audit"}) {
        const json told = page(path);
        EXPECT_EQ(told["installed"], false);
        EXPECT_EQ(told.size(), 2U);
        EXPECT_NE(std::string(told["how"]).find("integration.installed"), std::string::npos);
    }
    const HttpReply text = RawClient(server.port).get("/api/v1/rollout/report?format=text");
    EXPECT_EQ(text.headers.at("content-type"), "text/plain; charset=utf-8");
    const std::string metrics = RawClient(server.port).get("/metrics").body;
    EXPECT_NE(metrics.find("\ntickstock_integration_enabled 0\n"), std::string::npos);
    EXPECT_EQ(metrics.find("tickstock_rollout_"), std::string::npos);
    EXPECT_EQ(metrics.find("tickstock_integration_records"), std::string::npos);
}

TEST_F(Rollout, ThePageTellsFlagsPhaseSymbolsAndMetrics) {
    server.status->rollout = rollout();
    const json told = page("");
    EXPECT_EQ(told["installed"], true);
    EXPECT_EQ(told["fully_enabled"], true);
    EXPECT_EQ(told["flags"]["rollout_percentage"], 1.5);
    EXPECT_EQ(told["flags"]["rollout_tickers"], json({"AAPL"}));
    EXPECT_EQ(told["flags"]["tick_channel_enabled"], false);
    EXPECT_EQ(told["phase"]["name"], "phase_2_limited_rollout");
    EXPECT_EQ(told["phase"]["duration_hours"], 168.0);
    EXPECT_EQ(told["phase"]["can_advance"], false);
    EXPECT_EQ(told["phase"]["refusal"], "the phase lasts 168 h");
    EXPECT_EQ(told["phase"]["criteria"][0]["met"], true);
    EXPECT_GT(told["phase"]["elapsed_hours"], 1.0);
    EXPECT_EQ(told["incident"], "second");
    EXPECT_EQ(told["symbols"]["tiers"]["low"], json({{"known", 5}, {"selected", 4}}));
    EXPECT_EQ(told["symbols"]["fallen"][0]["cause"], "timeout");
    EXPECT_EQ(told["symbols"]["fallen"][0]["from"], 70);
    EXPECT_EQ(told["metrics"]["success_rate_percent"], 99.0);
    EXPECT_EQ(told["metrics"]["fallback_rate_percent"], 1.0);
    EXPECT_EQ(told["metrics"]["failures_by_cause"]["timeout"], 2);
    EXPECT_EQ(told["metrics"]["channel_success_rate"], 99.0);
    EXPECT_EQ(told["metrics"]["avg_time_improvement_ms"], 0.002);
    EXPECT_EQ(told["comparison"]["differences_total"], 2);
    EXPECT_EQ(told["latency"]["linear"]["mean_us"], 3.0);
    EXPECT_EQ(told["latency"]["wins"], 1);
    EXPECT_EQ(told["in_phase"]["metrics"]["records"], 77);
    EXPECT_EQ(told["disk_failure"], nullptr);
    EXPECT_EQ(told["report"]["summary"]["success_rate"], 100.0) << "of the phase";
    EXPECT_EQ(page("/report"), told["report"]);
}

TEST_F(Rollout, WhatIsNotIsNull) {
    auto status = std::make_shared<RolloutStatus>();
    status->installed = true;
    server.status->rollout = status;
    const json told = page("");
    EXPECT_EQ(told["incident"], nullptr);
    EXPECT_EQ(told["phase"]["duration_hours"], nullptr);
    EXPECT_EQ(told["phase"]["refusal"], nullptr);
    EXPECT_EQ(told["phase"]["can_advance"], true);
    EXPECT_EQ(told["latency"]["linear"]["p99_us"], 0.0);
    EXPECT_EQ(page("/differences"), json({{"total", 0}, {"differences", json::array()}}));
    EXPECT_EQ(page("/incidents"), json({{"incidents", json::array()}}));
}

TEST_F(Rollout, ListsAreNewestFirstAndLimited) {
    server.status->rollout = rollout();
    const json all = page("/differences");
    EXPECT_EQ(all["total"], 2);
    ASSERT_EQ(all["differences"].size(), 2U);
    const json newest = all["differences"][0];
    EXPECT_EQ(newest["number"], 2);
    EXPECT_EQ(newest["kind"], "near");
    EXPECT_EQ(newest["in_charge"], true);
    EXPECT_EQ(newest["linear"]["symbol"], "AAPL");
    EXPECT_EQ(newest["linear"]["type"], "high");
    EXPECT_NE(newest["multi_channel"], newest["linear"]);
    EXPECT_NE(std::string(newest["record"]).find("trade 100"), std::string::npos);
    EXPECT_NE(std::string(newest["record"]).find("812"), std::string::npos);
    EXPECT_EQ(all["differences"][1]["multi_channel"], nullptr);
    EXPECT_EQ(page("/differences?limit=1")["differences"].size(), 1U);
    EXPECT_EQ(page("/differences?after=1")["differences"].size(), 1U);
    EXPECT_EQ(page("/differences?after=2")["differences"].size(), 0U);
    const json incidents = page("/incidents")["incidents"];
    EXPECT_EQ(incidents[0]["id"], "second");
    EXPECT_EQ(incidents[0]["resolved"], nullptr);
    EXPECT_EQ(incidents[0]["sequence"], nullptr);
    EXPECT_EQ(incidents[1]["resolved_by"], "api:ann");
    EXPECT_EQ(page("/audit")["audit"][0]["reason"], "slowly");
    EXPECT_EQ(page("/audit?limit=1")["audit"].size(), 1U);
}

TEST_F(Rollout, WrongParametersAreNamed) {
    server.status->rollout = rollout();
    RawClient client(server.port);
    for (const auto& [target, said] :
         std::vector<std::pair<std::string, std::string>>{{"?limit=1", "this path takes none"},
                                                          {"/report?format=html", "json or text"},
                                                          {"/report?limit=1", "accepted: format"},
                                                          {"/differences?limit=0", "1 to 1000"},
                                                          {"/differences?after=x", "\\\"after\\\""},
                                                          {"/audit?after=1", "accepted: limit"},
                                                          {"/incidents?limit=1001", "1 to 1000"}}) {
        const HttpReply reply = client.get("/api/v1/rollout" + target);
        EXPECT_EQ(reply.status, 400) << target;
        EXPECT_NE(reply.body.find(said), std::string::npos) << reply.body;
    }
    EXPECT_EQ(client.get("/api/v1/rollout/nosuch").status, 404);
}

TEST_F(Rollout, ACommandReachesTheEngineWithItsAuthorAndReason) {
    server.status->rollout = rollout();
    RawClient client(server.port);
    client.send_json("POST", "/api/v1/rollout/enable", R"({"percentage":1,"reason":"mended"})");
    auto command = next_command(server.commands);
    EXPECT_EQ(command.by, "api:local");
    const auto& wanted = std::get<RolloutCommand>(command.action);
    EXPECT_EQ(wanted.reason, "mended");
    EXPECT_EQ(std::get<ReEnableMultiChannel>(wanted.action).percentage, 1.0);
    command.reply({CommandAnswer::Code::Done, "re-enabled at 1 %", 99});
    EXPECT_EQ(json::parse(client.request("").body)["sequence"], 99);

    client.send_json("POST", "/api/v1/rollout/advance", R"({"reason":"now"})");
    next_command(server.commands)
        .reply({CommandAnswer::Code::Refused, "error_rate: 2 % of at most 1 %", 0});
    const HttpReply refused = client.request("");
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(json::parse(refused.body)["error"]["message"], "error_rate: 2 % of at most 1 %");
    client.send_json("POST", "/api/v1/rollout/advance", "{}");
    EXPECT_EQ(client.request("").status, 400);
    {
        RawClient other(server.port);
        other.send_json("POST", "/api/v1/rollout/advance?now=1", R"({"reason":"x"})");
        EXPECT_EQ(other.request("").status, 400);
    }
    server.status->rollout = nullptr;
    client.send_json("POST", "/api/v1/rollout/advance", R"({"reason":"now"})");
    EXPECT_EQ(client.request("").status, 409);
    EXPECT_FALSE(server.commands.take());
    EXPECT_EQ(client.get("/api/v1/rollout/advance").status, 405);
}

TEST_F(Rollout, MetricsTellThePathsAndTheRollout) {
    server.status->rollout = rollout();
    server.status->accounting.linear.in = 12;
    server.status->accounting.selection.drop(Reason::Muted);
    const std::string body = RawClient(server.port).get("/metrics").body;
    for (const std::string line :
         {"tickstock_integration_enabled 1",
          "tickstock_integration_records_total 1000",
          "tickstock_integration_channel_requests_total 200",
          "tickstock_integration_channel_failures_total{cause=\"timeout\"} 2",
          "tickstock_integration_legacy_fallbacks_total 2",
          "tickstock_integration_success_ratio 0.99",
          "tickstock_integration_fallback_rate_percent 1",
          "tickstock_integration_channel_success_ratio 0.99",
          "tickstock_integration_channel_win_ratio 1",
          "tickstock_integration_latency_seconds_count{path=\"linear\"} 1",
          "tickstock_integration_latency_seconds_sum{path=\"multi_channel\"} 0.000001",
          "tickstock_rollout_phase 2",
          "tickstock_rollout_percentage 1.5",
          "tickstock_rollout_symbols{path=\"multi_channel\"} 4",
          "tickstock_rollout_selected_symbols{tier=\"low\"} 4",
          "tickstock_rollout_fallen_symbols 1",
          "tickstock_rollout_incident_active 1",
          "tickstock_rollout_compared_events_total{outcome=\"lost\"} 1",
          "tickstock_rollout_flag{flag=\"router_enabled\"} 1",
          "tickstock_rollout_flag{flag=\"tick_channel_enabled\"} 0",
          "tickstock_stage_in_total{stage=\"linear\"} 12",
          "tickstock_stage_dropped_total{stage=\"selection\",reason=\"muted\"} 1"}) {
        EXPECT_NE(body.find("\n" + line + "\n"), std::string::npos) << line;
    }
    const json status = json::parse(RawClient(server.port).get("/api/v1/status").body);
    EXPECT_EQ(status["accounting"]["linear"]["in"], 12);
    EXPECT_EQ(status["accounting"]["selection"]["dropped"]["muted"], 1);
}

TEST_F(Rollout, AnIncidentIsACriticalAlertOfTheStatus) {
    server.status->rollout = rollout();
    const json status = json::parse(RawClient(server.port).get("/api/v1/status").body);
    std::vector<std::string> alerts;
    for (const json& alert : status["alerts"]) {
        alerts.push_back(alert["type"]);
    }
    EXPECT_EQ(alerts, (std::vector<std::string>{"emergency_fallback", "rollout_fallback",
                                                "rollout_differences"}));
    EXPECT_EQ(status["alerts"][2]["severity"], "error") << "an event is lost";
}

}  // namespace
}  // namespace tickstock::testing
