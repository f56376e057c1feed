// What a start would refuse, or would make anew, is nothing that a change or a reload takes.

#include "server/config_worker.hpp"
#include "server/test_config_desk.hpp"

namespace tickstock {
namespace {

using ::testing::HasSubstr;

constexpr const char* latency = R"({"settings":{"monitoring.latency_p99_ms":80}})";

TEST_F(Desk, AFileWhoseSectionIsNoneIsAProblem) {
    write("tickstock.json", "{\"monitoring\": 5}");
    const auto answer = change(R"({"settings":{"monitoring.cooldown_seconds":7}})");
    EXPECT_EQ(answer.status, 422U);
    EXPECT_THAT(answer.body, HasSubstr("tickstock.json:1: monitoring"));
    EXPECT_EQ(read_text(path("tickstock.json")), "{\"monitoring\": 5}");
    EXPECT_EQ(reload().status, 422U);
    EXPECT_EQ(asked_, 0);
}

TEST_F(Desk, WhatAStartRefusesIsNotTaken) {
    check_ = [](const Config& next) -> std::optional<ConfigProblem> {
        if (next.monitoring.webhook_secret_file.empty()) {
            return std::nullopt;
        }
        return ConfigProblem{"api", "monitoring.webhook_secret_file", "x", "no such file", "", {}};
    };
    open();
    const std::string before = read_text(path("tickstock.json"));
    const auto refused = change(R"({"settings":{"monitoring.webhook_secret_file":"x"}})");
    EXPECT_EQ(refused.status, 422U);
    EXPECT_EQ(json::parse(refused.body)["problems"][0]["name"], "monitoring.webhook_secret_file");
    EXPECT_EQ(read_text(path("tickstock.json")), before);
    write("tickstock.json", R"({"monitoring": {"webhook_secret_file": "x", "log": false}})");
    EXPECT_THAT(reload().body, HasSubstr("no such file"));
    EXPECT_EQ(setting("monitoring.log")["value"], true);
    for (const std::string url : {"http://me:PW@h/", "http://", "https://x:99999/", "http:///x",
                                  "http://[::1", "http://a b/", "ws://h/"}) {
        const auto answer =
            change(R"({"settings":{"monitoring.webhook_urls":[")" + url + R"("]},"save":false})");
        EXPECT_EQ(answer.status, 422U) << url;
    }
    EXPECT_EQ(asked_, 0);
}

TEST_F(Desk, FilesThatAreGoneAreNotMadeAnew) {
    ASSERT_EQ(change(R"({"settings":{"high_low.cooldown_seconds":2}})").status, 200U);
    fs::rename(path("channels/default_tick.json"), path("channels/away"));
    for (const auto& answer : {reload(), change(latency)}) {
        EXPECT_EQ(answer.status, 422U);
        EXPECT_THAT(answer.body, HasSubstr("channels/default_tick.json: is gone"));
    }
    EXPECT_EQ(change(R"({"settings":{"monitoring.log":false},"save":false})").status, 200U);
    EXPECT_EQ(reload().status, 422U) << "still known";
    EXPECT_FALSE(fs::exists(path("channels/default_tick.json")));
    EXPECT_EQ(setting("high_low.cooldown_seconds")["value"], 2);
    fs::rename(path("channels/away"), path("channels/default_tick.json"));
    EXPECT_EQ(reload().status, 200U);

    fs::rename(directory(), directory() + ".away");
    EXPECT_EQ(reload().status, 422U);
    EXPECT_FALSE(fs::exists(directory()));
    fs::rename(directory() + ".away", directory());
}

}  // namespace
}  // namespace tickstock
