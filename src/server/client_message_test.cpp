#include "server/client_message.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

SubscribeRequest subscribe(std::string_view text) {
    const auto message = parse_client_message(text);
    EXPECT_TRUE(message.ok()) << (message.ok() ? "" : message.error().message);
    return message.ok() ? std::get<SubscribeRequest>(message.value()) : SubscribeRequest{};
}

ErrorCode error_of(std::string_view text) {
    const auto message = parse_client_message(text);
    EXPECT_FALSE(message.ok()) << text;
    return message.ok() ? ErrorCode::NotReady : message.error().code;
}

TEST(ClientMessage, TheWholeSubscribe) {
    const SubscribeRequest request = subscribe(
        R"({"op":"subscribe","id":"a","symbols":["IBM","AAPL"],"universes":[],)"
        R"("types":["high","control"],"filter":{"directions":["up"],"sources":["tick","ohlcv"],)"
        R"("min_score":0.25,"min_price":0.1,"max_price":"1000.000000001","min_volume":5},)"
        R"("since":{"epoch":"e-1","offset":18446744073709551615},)"
        R"("interval_ms":250,"conflate":true})");
    EXPECT_EQ(request.id, "a");
    ASSERT_EQ(request.filter.symbols.size(), 2U);
    EXPECT_EQ(request.filter.symbols[1].view(), "AAPL");
    EXPECT_EQ(request.filter.min_price->raw(), 100'000'000) << "exact";
    EXPECT_EQ(request.filter.max_price->raw(), 1'000'000'000'001) << "exact";
    EXPECT_EQ(request.filter.min_volume->raw(), 5'000'000);
    EXPECT_EQ(request.since.kind, Since::Kind::From);
    EXPECT_EQ(request.since.position, (Position{"e-1", Offset{18446744073709551615U}}));
    EXPECT_EQ(request.interval, std::chrono::milliseconds(250));
    EXPECT_TRUE(request.conflate);
}

TEST(ClientMessage, DefaultsAreEverythingFromNow) {
    const SubscribeRequest request = subscribe(R"({"op":"subscribe","id":"x"})");
    EXPECT_TRUE(request.filter.symbols.empty());
    EXPECT_EQ(request.filter.types, 0U);
    EXPECT_EQ(request.since.kind, Since::Kind::Now);
    EXPECT_EQ(request.interval, Nanos{0});
    EXPECT_FALSE(request.conflate);
}

TEST(ClientMessage, OtherOps) {
    const auto unsubscribe = parse_client_message(R"({"id":"x","op":"unsubscribe"})");
    ASSERT_TRUE(unsubscribe.ok());
    EXPECT_EQ(std::get<UnsubscribeRequest>(unsubscribe.value()).id, "x");
    const auto ping = parse_client_message(R"({"op":"ping"})");
    ASSERT_TRUE(ping.ok());
    EXPECT_EQ(std::get<PingRequest>(ping.value()).id, "");
}

TEST(ClientMessage, WhatIsNoJsonObject) {
    for (const std::string_view text :
         {"", "{", "[]", "1", "null", "{}x", R"({"op":"ping",})", R"({"op":"ping","op":"ping"})",
          R"({"op":1e999})", "{\"op\":\"\xFF\"}", R"({"op":NaN})", R"({"a":[[[[[[[[[]]]]]]]]]})"}) {
        EXPECT_EQ(error_of(text), ErrorCode::BadJson) << text;
    }
}

TEST(ClientMessage, DeepNestingIsNoTrouble) {
    EXPECT_EQ(error_of(std::string(60'000, '[')), ErrorCode::BadJson);
    std::string objects;
    for (int i = 0; i < 10'000; ++i) {
        objects += R"({"a":)";
    }
    EXPECT_EQ(error_of(objects), ErrorCode::BadJson);
}

TEST(ClientMessage, RestrictionsOfATypeAndUniverses) {
    const FilterSpec filter =
        subscribe(R"({"op":"subscribe","id":"a","universes":["core","mine/a b"],"filter":{)"
                  R"("min_strength":"moderate","min_magnitude":"1.5","min_count":3,)"
                  R"("min_trend_age":60,"max_trend_age":"600","vwap_position":["above","below"]}})")
            .filter;
    EXPECT_EQ(filter.universes, (std::vector<std::string>{"core", "mine/a b"}));
    EXPECT_EQ(filter.min_strength, Strength::Moderate);
    EXPECT_EQ(filter.min_magnitude, 1.5);
    EXPECT_EQ(filter.min_count, 3U);
    EXPECT_EQ(filter.min_trend_age, 60U);
    EXPECT_EQ(filter.max_trend_age, 600U);
    EXPECT_EQ(filter.vwap_positions, 6U);
}

TEST(ClientMessage, WhatIsNotAccepted) {
    EXPECT_EQ(error_of("{}"), ErrorCode::UnknownOp);
    EXPECT_EQ(error_of(R"({"op":7})"), ErrorCode::UnknownOp);
    EXPECT_EQ(error_of(R"({"op":"subscribe","id":"a","universes":"core"})"), ErrorCode::BadRequest);
    EXPECT_EQ(error_of(R"({"op":"subscribe","id":"a","universes":[""]})"), ErrorCode::BadRequest);
    EXPECT_EQ(error_of(R"({"op":"subscribe","id":"a","filter":{"min_strength":1}})"),
              ErrorCode::BadRequest);
    EXPECT_EQ(error_of(R"({"op":"subscribe","id":"a","filter":{"min_count":1.5}})"),
              ErrorCode::BadRequest);
    EXPECT_EQ(error_of(R"({"op":"subscribe","id":"a","filter":{"vwap_position":"above"}})"),
              ErrorCode::BadRequest);
    for (const std::string_view members :
         {R"("id":"")",
          R"("id":7)",
          R"("id":"a\u0001b")",
          R"("x":1)",
          R"("id":"a","symbol":["A"])",
          R"("id":"a","symbols":"A")",
          R"("id":"a","symbols":[1])",
          R"("id":"a","symbols":[""])",
          R"("id":"a","types":["up"])",
          R"("id":"a","filter":[])",
          R"("id":"a","filter":{"min_size":1})",
          R"("id":"a","filter":{"min_price":true})",
          R"("id":"a","filter":{"min_price":"inf"})",
          R"("id":"a","filter":{"min_price":-1})",
          R"("id":"a","since":"yesterday")",
          R"("id":"a","since":{})",
          R"("id":"a","since":{"epoch":"e","offset":-1})",
          R"("id":"a","since":{"epoch":"e","offset":1.5})",
          R"("id":"a","since":{"epoch":"e","offset":18446744073709551616})",
          R"("id":"a","since":{"epoch":"e f","offset":1})",
          R"("id":"a","interval_ms":-1)",
          R"("id":"a","interval_ms":60001)",
          R"("id":"a","conflate":1)",
          R"("id":"a","conflate":true)"}) {
        const std::string text = R"({"op":"subscribe",)" + std::string(members) + "}";
        EXPECT_EQ(error_of(text), ErrorCode::BadRequest) << text;
    }
    EXPECT_EQ(error_of(R"({"op":"unsubscribe"})"), ErrorCode::BadRequest);
    EXPECT_EQ(error_of(R"({"op":"ping","symbols":[]})"), ErrorCode::BadRequest);
}

TEST(ClientMessage, ErrorsNameTheSubscription) {
    const auto message = parse_client_message(R"({"op":"subscribe","id":"a","types":["up"]})");
    ASSERT_FALSE(message.ok());
    EXPECT_EQ(message.error().id, "a");
    EXPECT_NE(message.error().message.find("high"), std::string::npos) << "says what is accepted";
}

}  // namespace
}  // namespace tickstock
