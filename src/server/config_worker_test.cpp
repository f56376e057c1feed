#include "server/config_worker.hpp"

#include "server/test_config_desk.hpp"

namespace tickstock {
namespace {

using ::testing::HasSubstr;

constexpr const char* latency = R"({"settings":{"monitoring.latency_p99_ms":80}})";

TEST_F(Desk, AChangeActsAndIsSaved) {
    const auto answer = change(latency);
    EXPECT_EQ(answer.status, 200U) << answer.body;
    const auto body = json::parse(answer.body);
    EXPECT_EQ(body["changed"][0]["name"], "monitoring.latency_p99_ms");
    EXPECT_EQ(body["changed"][0]["from"], 50);
    EXPECT_EQ(body["changed"][0]["to"], 80);
    EXPECT_EQ(body["changed"][0]["change"], "live");
    EXPECT_EQ(body["saved"], "tickstock.json");
    EXPECT_EQ(body["sequence"], 77);
    EXPECT_EQ(by_, "api:ann");
    EXPECT_THAT(observed_, ::testing::ElementsAre(80'000'000));
    EXPECT_THAT(read_text(path("tickstock.json")), HasSubstr("\"latency_p99_ms\": 80"));
    EXPECT_EQ(setting("monitoring.latency_p99_ms")["value"], 80);
    EXPECT_THAT(setting("monitoring.latency_p99_ms")["origin"].get<std::string>(),
                ::testing::StartsWith("tickstock.json:"));
    EXPECT_EQ(worker_->counts().applied, 1U);
    EXPECT_EQ(json::parse(reload().body)["changed"], json::array()) << "the files say the same";
    EXPECT_EQ(worker_->counts().unchanged, 1U);
    EXPECT_EQ(asked_, 1);
}

/// The new file waits while the engine decides; then it takes the old one's place.
TEST_F(Desk, TheFileIsReplacedOnceTheEngineHasIt) {
    const std::string before = read_text(path("tickstock.json"));
    std::string while_deciding;
    std::string waiting;
    while_engine_decides_ = [&] {
        while_deciding = read_text(path("tickstock.json"));
        ASSERT_EQ(waiting_files().size(), 1U);
        waiting = read_text(waiting_files()[0]);
    };
    ASSERT_EQ(change(latency).status, 200U);
    EXPECT_EQ(while_deciding, before);
    EXPECT_EQ(waiting, read_text(path("tickstock.json")));
    EXPECT_THAT(waiting_files(), ::testing::IsEmpty());
}

TEST_F(Desk, WhatTheEngineRefusesIsNotSaved) {
    const std::string before = read_text(path("tickstock.json"));
    engine_says_ = {CommandAnswer::Code::Refused, "not now", 0};
    const auto answer = change(latency);
    EXPECT_EQ(answer.status, 409U);
    EXPECT_THAT(answer.body, HasSubstr("not now"));
    EXPECT_EQ(read_text(path("tickstock.json")), before);
    EXPECT_THAT(waiting_files(), ::testing::IsEmpty());
    EXPECT_EQ(setting("monitoring.latency_p99_ms")["value"], 50);
    EXPECT_EQ(worker_->counts().failed, 1U);
    EXPECT_TRUE(observed_.empty());
}

TEST_F(Desk, AFileThatSomeoneChangesMeanwhileIsLeftAlone) {
    while_engine_decides_ = [&] { write("tickstock.json", "{}"); };
    const auto answer = change(latency);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_TRUE(json::parse(answer.body)["saved"].is_null());
    EXPECT_THAT(json::parse(answer.body)["warning"].get<std::string>(),
                HasSubstr("not saved: " + directory() + "/tickstock.json: someone changed it"));
    EXPECT_EQ(read_text(path("tickstock.json")), "{}");
    EXPECT_EQ(setting("monitoring.latency_p99_ms")["value"], 80) << "it acts";
}

TEST_F(Desk, EveryRefusalSaysWhyAndChangesNothing) {
    const auto refused = [&](const std::string& body, unsigned status, const std::string& why) {
        const auto answer = change(body);
        EXPECT_EQ(answer.status, status) << body << answer.body;
        EXPECT_THAT(answer.body, HasSubstr(why)) << body;
    };
    refused(R"({"settings":{"monitoring.latency_p99":80}})", 422,
            R"("nearest":"monitoring.latency_p99_ms")");
    refused(R"({"settings":{"monitoring.latency_p99_ms":0}})", 422, "accepted is 1…60000 ms");
    refused(R"({"settings":{"channels.ohlcv.priority":1}})", 422,
            "accepted is immediate, since api channels.ohlcv.priority = 1");
    refused(R"({"settings":{"server.port":1,"monitoring.log":false}})", 409,
            "server.port: 8080 -> 1: accepted with a restart only");
    refused(R"({"settings":{}})", 400, "at least one setting");
    refused(R"({"settings":{"monitoring.log":false},"safe":true})", 400, "settings, save, dry_run");
    refused(R"({"settings":{"monitoring.log":false},"save":1})", 400, "must be true or false");
    refused("[]", 400, "bad_json");
    refused("{\"settings\":", 400, "bad_json");
    write("channels/default_fmv.json", "{\"colour\": 1}");
    refused(latency, 422, "default_fmv.json:1: colour: unknown key");
    EXPECT_EQ(asked_, 0) << "the engine was not asked";
    EXPECT_EQ(worker_->counts().applied, 0U);
    EXPECT_EQ(worker_->counts().restart, 1U);
    EXPECT_EQ(worker_->counts().invalid, 9U);
}

TEST_F(Desk, AllProblemsAreToldAsData) {
    const auto answer = change(
        R"({"settings":{"server.prot":1,"high_low":{"cooldown_seconds":"x"},"storage.url":"a:b"}})");
    const auto problems = json::parse(answer.body)["problems"];
    ASSERT_EQ(problems.size(), 3U);
    EXPECT_EQ(problems[0]["nearest"], "server.port");
    EXPECT_EQ(problems[1]["name"], "high_low.cooldown_seconds");
    EXPECT_EQ(problems[1]["value"], "\"x\"");
    EXPECT_EQ(problems[1]["accepted"], "seconds, 0…3600 s");
    EXPECT_EQ(problems[2]["value"], "(not shown)");
}

TEST_F(Desk, WithoutSavingItHoldsUntilTheNextReload) {
    const std::string before = read_text(path("tickstock.json"));
    EXPECT_EQ(change(R"({"settings":{"monitoring.latency_p99_ms":80},"save":false})").status, 200U);
    EXPECT_EQ(setting("monitoring.latency_p99_ms")["origin"], "api");
    EXPECT_EQ(read_text(path("tickstock.json")), before);
    const auto back = json::parse(reload().body);
    EXPECT_EQ(back["changed"][0]["to"], 50);
    EXPECT_THAT(observed_, ::testing::ElementsAre(80'000'000, 50'000'000));
}

TEST_F(Desk, ADryRunOnlyTells) {
    const auto answer = change(R"({"settings":{"monitoring.latency_p99_ms":80},"dry_run":true})");
    const auto body = json::parse(answer.body);
    EXPECT_EQ(body["changed"][0]["to"], 80);
    EXPECT_EQ(body["dry_run"], true);
    EXPECT_EQ(asked_, 0);
    EXPECT_EQ(setting("monitoring.latency_p99_ms")["value"], 50);
}

TEST_F(Desk, EnvironmentAndFlagsHoldOverFiles) {
    places_.environment = {{"TICKSTOCK__MONITORING__LATENCY_P99_MS", "60"}};
    open();
    const auto answer = change(latency);
    EXPECT_EQ(answer.status, 422U);
    EXPECT_THAT(answer.body, HasSubstr("comes from the environment, which holds over the files"));
    EXPECT_EQ(change(R"({"settings":{"monitoring.latency_p99_ms":80},"save":false})").status, 200U);
}

TEST_F(Desk, WithoutFilesNothingIsSaved) {
    places_.directory.clear();
    open();
    EXPECT_TRUE(json::parse(change(latency).body)["saved"].is_null());
    EXPECT_EQ(change(R"({"settings":{"monitoring.log":false},"save":true})").status, 400U);
}

TEST_F(Desk, AReloadTakesAllOrNothing) {
    write("tickstock.json",
          "{\"monitoring\": {\"latency_p99_ms\": 70}, \"server\": {\"port\": 9}}");
    const auto refused = reload();
    EXPECT_EQ(refused.status, 409U);
    EXPECT_EQ(json::parse(refused.body)["needs_restart"][0]["name"], "server.port");
    EXPECT_EQ(setting("monitoring.latency_p99_ms")["value"], 50);
    write("tickstock.json", "{\"monitoring\": {\"latency_p99_ms\": 70");
    EXPECT_EQ(reload().status, 422U);
    write("tickstock.json", "{\"monitoring\": {\"latency_p99_ms\": 70}}");
    EXPECT_EQ(reload().status, 200U);
    EXPECT_EQ(setting("monitoring.latency_p99_ms")["value"], 70);
    EXPECT_EQ(by_, "SIGHUP");
    fs::create_directories(path("universes"));
    write("universes/mine.json", R"({"symbols":["IBM"]})");
    EXPECT_THAT(reload().body, HasSubstr("universes/mine.json: not there -> new"));
}

TEST_F(Desk, SecretsAreHidden) {
    ASSERT_EQ(
        change(R"({"settings":{"monitoring.webhook_urls":["https://x.example/canary"]}})").status,
        200U);
    const auto row = setting("monitoring.webhook_urls");
    EXPECT_TRUE(row["value"].is_null());
    EXPECT_EQ(row["hidden"], true);
    const auto all = wait([&](ConfigDesk::Done done) { return worker_->show(done); });
    EXPECT_EQ(all.body.find("canary"), std::string::npos);
}

}  // namespace
}  // namespace tickstock
