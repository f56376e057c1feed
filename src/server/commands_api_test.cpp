#include "server/commands_api.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

std::string kind_and_name(std::string_view path, bool is_read = false) {
    const auto route = find_control_route(path, is_read);
    return route ? std::to_string(static_cast<int>(route->kind)) + ":" + route->name : "";
}

ControlRoute route_of(std::string_view path) {
    return find_control_route(path, false).value();
}

/// The error's message, empty when the command was understood.
std::string error_of(std::string_view path, std::string_view method, std::string_view body) {
    const auto command = parse_command(route_of(path), method, body, nullptr);
    return command.ok() ? "" : command.error().message;
}

TEST(ControlRoutes, PathsToRoutes) {
    EXPECT_EQ(route_of("/api/v1/channels").kind, ControlKind::Channels);
    EXPECT_EQ(route_of("/api/v1/channels/tick").kind, ControlKind::Channel);
    EXPECT_EQ(route_of("/api/v1/channels/tick/debug").kind, ControlKind::ChannelDebug);
    EXPECT_EQ(route_of("/api/v1/channels/tick/pause").kind, ControlKind::PauseChannel);
    EXPECT_EQ(route_of("/api/v1/channels/tick/resume").name, "tick");
    EXPECT_EQ(route_of("/api/v1/channels/pause").name, "pause") << "a channel of that name";
    EXPECT_EQ(route_of("/api/v1/universes/core").name, "core");
    EXPECT_EQ(route_of("/api/v1/rules/big-prints/off").kind, ControlKind::RuleOff);
    EXPECT_EQ(route_of("/api/v1/symbols/BRK/B/halt").name, "BRK/B") << "a symbol may hold a slash";
    for (const std::string_view path :
         {"/api/v1/", "/api/v1/channel", "/api/v1/channels/", "/api/v1/channels/a/b",
          "/api/v1/channels//pause", "/api/v1/symbols/IBM", "/api/v1/symbols//halt",
          "/api/v1/rules/x", "/api/v1/universes/a/b", "/channels", "/api/v1/router/x"}) {
        EXPECT_EQ(kind_and_name(path), "") << path;
    }
    EXPECT_EQ(kind_and_name("/api/v1/symbols/IBM/halt", true), "") << "GET is the symbol's page";
}

TEST(ControlRoutes, Methods) {
    EXPECT_TRUE(allows_method(ControlKind::Channels, "GET"));
    EXPECT_TRUE(allows_method(ControlKind::Channels, "HEAD"));
    EXPECT_FALSE(allows_method(ControlKind::Channels, "POST"));
    EXPECT_TRUE(allows_method(ControlKind::Universe, "DELETE"));
    EXPECT_FALSE(allows_method(ControlKind::Universe, "POST"));
    EXPECT_TRUE(allows_method(ControlKind::PauseChannel, "POST"));
    EXPECT_FALSE(allows_method(ControlKind::PauseChannel, "GET"));
    EXPECT_FALSE(allows_method(ControlKind::PauseChannel, "POS"));
    EXPECT_FALSE(allows_method(ControlKind::PauseChannel, ""));
}

TEST(Commands, ChannelsByKindAndByConfiguredName) {
    EngineStatus status;
    status.channels[2].name = "values";
    const auto paused =
        parse_command(route_of("/api/v1/channels/values/pause"), "POST", "", &status);
    ASSERT_TRUE(paused.ok());
    EXPECT_EQ(std::get<PauseChannel>(paused.value()).channel, ChannelType::Fmv);
    const auto resumed =
        parse_command(route_of("/api/v1/channels/ohlcv/resume"), "POST", "{}", nullptr);
    ASSERT_TRUE(resumed.ok());
    EXPECT_EQ(std::get<ResumeChannel>(resumed.value()).channel, ChannelType::Ohlcv);
    const auto unknown = parse_command(route_of("/api/v1/channels/x/pause"), "POST", "", &status);
    ASSERT_FALSE(unknown.ok());
    EXPECT_EQ(unknown.error().code, ErrorCode::NotFound);
    EXPECT_EQ(unknown.error().message, "no channel \"x\"; accepted: tick, ohlcv, fmv, values");
}

TEST(Commands, UniversesAreSortedAndWithoutRepetitions) {
    const auto command =
        parse_command(route_of("/api/v1/universes/core"), "PUT",
                      R"({"symbols":["IBM","AAPL","IBM"],"priority":true})", nullptr);
    ASSERT_TRUE(command.ok());
    const auto& set = std::get<SetUniverse>(command.value());
    EXPECT_EQ(set.name, "core");
    EXPECT_TRUE(set.priority);
    ASSERT_EQ(set.symbols.size(), 2U);
    EXPECT_EQ(set.symbols[0].view(), "AAPL");
    EXPECT_EQ(set.symbols[1].view(), "IBM");
    const auto removed = parse_command(route_of("/api/v1/universes/core"), "DELETE", "", nullptr);
    EXPECT_EQ(std::get<RemoveUniverse>(removed.value()).name, "core");
}

TEST(Commands, WrongBodiesNameTheMember) {
    const std::string_view path = "/api/v1/universes/core";
    const std::vector<std::pair<std::string_view, std::string_view>> cases{
        {"", "one JSON object"},
        {"[]", "one JSON object"},
        {R"({"symbols":["A"],"symbols":["B"]})", "repeated keys"},
        {R"({"symbols":["A"]} x)", "one JSON object"},
        {"{}", "\"symbols\""},
        {R"({"symbols":"A"})", "\"symbols\""},
        {R"({"symbols":[]})", "at least one"},
        {R"({"symbols":[1]})", "1 to 16 printable"},
        {R"({"symbols":["ABCDEFGHIJKLMNOPQ"]})", "1 to 16 printable"},
        {R"({"symbols":["a\u0001"]})", "1 to 16 printable"},
        {R"({"symbols":["A"],"priority":1})", "\"priority\" must be true or false"},
        {R"({"symbols":["A"],"prio":true})", "no member \"prio\"; accepted: symbols, priority"},
    };
    for (const auto& [body, said] : cases) {
        EXPECT_NE(error_of(path, "PUT", body).find(said), std::string::npos)
            << body << " -> " << error_of(path, "PUT", body);
    }
    EXPECT_EQ(error_of("/api/v1/channels/tick/pause", "POST", R"({"why":"x"})"),
              "the body has no member \"why\"; accepted: none");
    EXPECT_NE(error_of("/api/v1/universes/Core", "DELETE", ""), "") << "capitals";
    EXPECT_NE(error_of("/api/v1/rules/a b/on", "POST", ""), "");
    EXPECT_NE(error_of("/api/v1/symbols/ABCDEFGHIJKLMNOPQ/halt", "POST", ""), "");
}

TEST(Commands, HaltsHaveAReasonThatFitsIntoTheEvent) {
    const auto halt = [](std::string_view body) {
        return parse_command(route_of("/api/v1/symbols/IBM/halt"), "POST", body, nullptr);
    };
    EXPECT_EQ(std::get<HaltSymbol>(halt("").value()).reason, "manual");
    EXPECT_EQ(std::get<HaltSymbol>(halt(R"({"reason":"news"})").value()).reason, "news");
    EXPECT_TRUE(std::get<HaltSymbol>(halt("").value()).halted);
    for (const std::string_view reason :
         {R"("")", R"("sixteen letters!")", R"("ü")", R"("a\nb")", "7", "null"}) {
        EXPECT_FALSE(halt("{\"reason\":" + std::string(reason) + "}").ok()) << reason;
    }
    const auto resumed =
        parse_command(route_of("/api/v1/symbols/IBM/resume"), "POST", "{}", nullptr);
    EXPECT_FALSE(std::get<HaltSymbol>(resumed.value()).halted);
    EXPECT_TRUE(std::get<SwitchRule>(
                    parse_command(route_of("/api/v1/rules/big/on"), "POST", "", nullptr).value())
                    .on);
}

TEST(Commands, BodiesNeedTheirContentType) {
    const ControlRoute put = route_of("/api/v1/universes/core");
    HttpRequest request;
    request.method = "PUT";
    EXPECT_EQ(body_refusal(put, request)->code, ErrorCode::LengthRequired);
    request.has_length = request.has_body = true;
    for (const std::string type : {"", "text/plain", "application/jsonx", "application/x-json",
                                   "application/x-www-form-urlencoded", "multipart/form-data"}) {
        request.content_type = type;
        EXPECT_EQ(body_refusal(put, request)->code, ErrorCode::UnsupportedMediaType) << type;
    }
    for (const std::string type :
         {"application/json", "Application/JSON", "application/json; charset=utf-8",
          "application/json ;charset=utf-8"}) {
        request.content_type = type;
        EXPECT_FALSE(body_refusal(put, request)) << type;
    }
}

TEST(Commands, AnswersToResponses) {
    using Code = CommandAnswer::Code;
    EXPECT_EQ(command_response({Code::Done, "fmv paused", 17}).body,
              "{\"done\":true,\"text\":\"fmv paused\",\"sequence\":17}\n");
    EXPECT_EQ(command_response({Code::Done, "was paused", 0}).body,
              "{\"done\":true,\"text\":\"was paused\",\"sequence\":null}\n");
    EXPECT_EQ(command_response({Code::NotFound, "no rule x", 0}).status, 404U);
    EXPECT_EQ(command_response({Code::Refused, "not now", 0}).status, 409U);
    EXPECT_EQ(command_response({Code::Stopping, "the engine is stopping", 0}).status, 503U);
}

}  // namespace
}  // namespace tickstock
