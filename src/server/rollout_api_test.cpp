#include "server/rollout_api.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tickstock {
namespace {

RolloutCommand command_of(std::string_view what, std::string_view body) {
    return std::get<RolloutCommand>(parse_rollout_command(what, body, nullptr).value());
}

/// The error's message, empty when the command was understood.
std::string error_of(std::string_view what, std::string_view body) {
    const auto command = parse_rollout_command(what, body, nullptr);
    return command.ok() ? "" : command.error().message;
}

TEST(RolloutApi, BodiesBecomeCommandsWithTheirReason) {
    const RolloutCommand advance = command_of("advance", R"({"reason":"a week without a word"})");
    EXPECT_TRUE(std::holds_alternative<AdvanceRollout>(advance.action));
    EXPECT_EQ(advance.reason, "a week without a word");
    const auto disable = command_of("disable", R"({"reason":"x"})");
    EXPECT_FALSE(std::get<DisableMultiChannel>(disable.action).uninstall);
    const auto uninstall = command_of("disable", R"({"reason":"x","uninstall":true})");
    EXPECT_TRUE(std::get<DisableMultiChannel>(uninstall.action).uninstall);
    const auto enable = command_of("enable", R"({"reason":"x"})");
    EXPECT_FALSE(std::get<ReEnableMultiChannel>(enable.action).percentage);
    const auto share = command_of("enable", R"({"percentage":2.5,"reason":"x"})");
    EXPECT_EQ(std::get<ReEnableMultiChannel>(share.action).percentage, 2.5);
    const auto phase = command_of("phase", R"({"phase":3,"reason":"x"})");
    EXPECT_EQ(std::get<SetRolloutPhase>(phase.action).phase, 3);
}

TEST(RolloutApi, OnlyTheFlagsThatAreNamedChange) {
    const RolloutCommand command = command_of(
        "flags", R"({"reason":"x","flags":{"router_enabled":true,"tick_channel_enabled":false,)"
                 R"("rollout_percentage":0.07,"rollout_tickers":["MSFT","AAPL","MSFT"],)"
                 R"("excluded_tickers":[]}})");
    const auto& flags = std::get<SetRolloutFlags>(command.action);
    EXPECT_EQ(flags.router_enabled, true);
    EXPECT_EQ(flags.tick_channel_enabled, false);
    EXPECT_FALSE(flags.multichannel_system_enabled);
    EXPECT_FALSE(flags.integration_layer_enabled);
    EXPECT_FALSE(flags.parallel_processing_enabled);
    EXPECT_FALSE(flags.performance_comparison_enabled);
    EXPECT_EQ(flags.rollout_percentage, 0.07);
    EXPECT_EQ(flags.rollout_tickers,
              (std::vector<SymbolText>{SymbolText("AAPL"), SymbolText("MSFT")}));
    EXPECT_TRUE(flags.excluded_tickers && flags.excluded_tickers->empty());
}

TEST(RolloutApi, SingleSymbolsReachTheirOwnMember) {
    const RolloutCommand command =
        command_of("flags", R"({"reason":"x","flags":{"add_rollout_tickers":["B","A","B"],)"
                            R"("remove_rollout_tickers":["C"],"add_excluded_tickers":["D"],)"
                            R"("remove_excluded_tickers":["A"]}})");
    using Symbols = std::vector<SymbolText>;
    const auto& flags = std::get<SetRolloutFlags>(command.action);
    EXPECT_EQ(flags.add_rollout_tickers, (Symbols{SymbolText("A"), SymbolText("B")}));
    EXPECT_EQ(flags.remove_rollout_tickers, Symbols{SymbolText("C")});
    EXPECT_EQ(flags.add_excluded_tickers, Symbols{SymbolText("D")});
    EXPECT_EQ(flags.remove_excluded_tickers, Symbols{SymbolText("A")});
    EXPECT_FALSE(flags.rollout_tickers || flags.excluded_tickers);
}

TEST(RolloutApi, EachFlagReachesItsOwnMember) {
    const auto set = [](const std::string& name) {
        return std::get<SetRolloutFlags>(
            command_of("flags", R"({"reason":"x","flags":{")" + name + R"(":true}})").action);
    };
    EXPECT_TRUE(set("multichannel_system_enabled").multichannel_system_enabled);
    EXPECT_TRUE(set("tick_channel_enabled").tick_channel_enabled);
    EXPECT_TRUE(set("router_enabled").router_enabled);
    EXPECT_TRUE(set("integration_layer_enabled").integration_layer_enabled);
    EXPECT_TRUE(set("parallel_processing_enabled").parallel_processing_enabled);
    EXPECT_TRUE(set("performance_comparison_enabled").performance_comparison_enabled);
}

TEST(RolloutApi, WrongBodiesNameTheMember) {
    const std::string long_reason = R"({"reason":")" + std::string(201, 'x') + R"("})";
    const std::vector<std::array<std::string, 3>> cases{
        {"advance", "", "one JSON object"},
        {"advance", "[]", "one JSON object"},
        {"advance", R"({"reason":"a","reason":"b"})", "repeated keys"},
        {"advance", "{}", "\"reason\" must be a text of 1 to 200 bytes"},
        {"advance", R"({"reason":""})", "\"reason\""},
        {"advance", R"({"reason":7})", "\"reason\""},
        {"advance", R"({"reason":"a\nb"})", "without control characters"},
        {"advance", long_reason, "1 to 200 bytes"},
        {"advance", R"({"reason":"x","phase":2})", "no member \"phase\"; accepted: reason"},
        {"flags", R"({"reason":"x"})", "\"flags\" must be an object with at least one flag"},
        {"flags", R"({"reason":"x","flags":{}})", "at least one flag"},
        {"flags", R"({"reason":"x","flags":[]})", "must be an object"},
        {"flags", R"({"reason":"x","flags":{"rooter_enabled":true}})",
         "\"flags\" has no member \"rooter_enabled\"; accepted: multichannel_system_enabled"},
        {"flags", R"({"reason":"x","flags":{"router_enabled":1}})",
         "\"router_enabled\" must be true or false"},
        {"flags", R"({"reason":"x","flags":{"rollout_percentage":100.01}})", "from 0 to 100"},
        {"flags", R"({"reason":"x","flags":{"rollout_percentage":-0.01}})", "from 0 to 100"},
        {"flags", R"({"reason":"x","flags":{"rollout_percentage":0.125}})", "two decimals"},
        {"flags", R"({"reason":"x","flags":{"rollout_percentage":"1"}})", "must be a number"},
        {"flags", R"({"reason":"x","flags":{"rollout_tickers":"A"}})", "must be an array"},
        {"flags", R"({"reason":"x","flags":{"rollout_tickers":[""]}})", "1 to 16 printable"},
        {"flags", R"({"reason":"x","flags":{"excluded_tickers":[1]}})", "\"excluded_tickers\""},
        {"flags",
         R"({"reason":"x","flags":{"rollout_tickers":["A","B"],"excluded_tickers":["B"]}})",
         "B stands in both"},
        {"flags", R"({"reason":"x","flags":{"add_rollout_tickers":"A"}})", "must be an array"},
        {"flags", R"({"reason":"x","flags":{"remove_excluded_tickers":[""]}})",
         "\"remove_excluded_tickers\" accepts symbols"},
        {"flags",
         R"({"reason":"x","flags":{"rollout_tickers":["A"],"remove_rollout_tickers":["B"]}})",
         "\"rollout_tickers\" is the whole list: not together with"},
        {"flags", R"({"reason":"x","flags":{"excluded_tickers":[],"add_excluded_tickers":["B"]}})",
         "\"excluded_tickers\" is the whole list: not together with"},
        {"flags",
         R"({"reason":"x","flags":{"add_rollout_tickers":["B"],"add_excluded_tickers":["B"]}})",
         "B is added to one list and stands in the other"},
        {"flags",
         R"({"reason":"x","flags":{"rollout_tickers":["B"],"add_excluded_tickers":["B"]}})",
         "B is added to one list and stands in the other"},
        {"flags",
         R"({"reason":"x","flags":{"add_excluded_tickers":["B"],"remove_excluded_tickers":["B"]}})",
         "B stands in both \"add_excluded_tickers\" and \"remove_excluded_tickers\""},
        {"disable", R"({"reason":"x","uninstall":1})", "\"uninstall\" must be true or false"},
        {"disable", R"({"reason":"x","now":true})", "accepted: uninstall, reason"},
        {"enable", R"({"reason":"x","percentage":101})", "\"percentage\" must be a number"},
        {"enable", R"({"reason":"x","percentage":null})", "\"percentage\""},
        {"phase", R"({"reason":"x"})", "\"phase\" must be an integer from 0 to 4"},
        {"phase", R"({"reason":"x","phase":5})", "from 0 to 4"},
        {"phase", R"({"reason":"x","phase":1.5})", "from 0 to 4"},
        {"phase", R"({"reason":"x","phase":-1})", "from 0 to 4"},
        {"phase", R"({"reason":"x","phase":"1"})", "from 0 to 4"},
    };
    for (const auto& [what, body, said] : cases) {
        EXPECT_NE(error_of(what, body).find(said), std::string::npos)
            << what << ' ' << body << " -> " << error_of(what, body);
    }
    EXPECT_EQ(error_of("advance", R"({"reason":")" + std::string(200, 'x') + R"("})"), "");
    EXPECT_EQ(error_of("advance", R"({"reason":"größer"})"), "");
}

TEST(RolloutApi, WithoutAnIntegratorEveryCommandIsRefused) {
    EngineStatus status;
    const auto refused = parse_rollout_command("advance", R"({"reason":"x"})", &status);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::Refused);
    EXPECT_NE(refused.error().message.find("integration.installed"), std::string::npos);
    auto rollout = std::make_shared<RolloutStatus>();
    rollout->installed = true;
    status.rollout = rollout;
    EXPECT_TRUE(parse_rollout_command("advance", R"({"reason":"x"})", &status).ok());
}

TEST(RolloutApi, BodiesNeedTheirContentTypeAndLength) {
    HttpRequest request;
    request.content_type = "text/plain";
    EXPECT_EQ(rollout_refusal(request)->code, ErrorCode::UnsupportedMediaType);
    request.content_type = "application/json";
    EXPECT_EQ(rollout_refusal(request)->code, ErrorCode::LengthRequired);
    request.has_length = true;
    EXPECT_FALSE(rollout_refusal(request));
}

}  // namespace
}  // namespace tickstock
