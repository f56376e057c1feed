// The requests of Engine.IO's protocol document and the errors of its reference implementation.

#include "socketio/engine_request.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

using Code = EngineErrorCode;

Result<EngineRequest, Code> get(std::string_view query, bool is_upgrade = false) {
    return parse_engine_request("GET", query, is_upgrade);
}

TEST(EngineRequest, handshakes_of_both_transports) {
    const auto polling = get("EIO=4&transport=polling&t=N8hyd6w&b64=1");
    ASSERT_TRUE(polling.ok());
    EXPECT_EQ(polling->transport, EngineTransport::Polling);
    EXPECT_EQ(polling->sid, "");
    EXPECT_FALSE(polling->wants_events);
    const auto websocket = get("EIO=4&transport=websocket", true);
    ASSERT_TRUE(websocket.ok());
    EXPECT_EQ(websocket->transport, EngineTransport::WebSocket);
}

TEST(EngineRequest, a_session_is_named_by_its_sid) {
    const auto poll = get("EIO=4&transport=polling&sid=lv_VI97HAXpY6yYWAAAC");
    ASSERT_TRUE(poll.ok());
    EXPECT_EQ(poll->sid, "lv_VI97HAXpY6yYWAAAC");
    EXPECT_TRUE(parse_engine_request("POST", "EIO=4&transport=polling&sid=x", false).ok());
    EXPECT_TRUE(get("EIO=4&transport=websocket&sid=x", true).ok());
    EXPECT_EQ(get("EIO=4&transport=polling&sid=%41b")->sid, "Ab");
}

TEST(EngineRequest, stream_events_asks_for_market_events) {
    EXPECT_TRUE(get("EIO=4&transport=polling&stream=events")->wants_events);
    EXPECT_FALSE(get("EIO=4&transport=polling&stream=other")->wants_events);
}

TEST(EngineRequest, each_mistake_has_its_official_error) {
    const struct {
        std::string_view method;
        std::string_view query;
        bool is_upgrade;
        Code code;
    } table[]{
        {"GET", "", false, Code::TransportUnknown},
        {"GET", "EIO=4", false, Code::TransportUnknown},
        {"GET", "EIO=4&transport=abc", false, Code::TransportUnknown},
        {"GET", "EIO=4&transport=constructor", false, Code::TransportUnknown},
        {"GET", "EIO=4&transport=", true, Code::TransportUnknown},
        {"GET", "EIO=4&transport=polling&sid=", false, Code::SessionUnknown},
        {"POST", "EIO=4&transport=polling", false, Code::BadHandshakeMethod},
        {"PUT", "EIO=4&transport=polling", false, Code::BadHandshakeMethod},
        {"PUT", "EIO=4&transport=polling&sid=x", false, Code::BadRequest},
        {"POST", "EIO=4&transport=websocket&sid=x", true, Code::BadRequest},
        {"GET", "EIO=4&transport=websocket", false, Code::BadRequest},
        {"GET", "EIO=4&transport=polling", true, Code::BadRequest},
        {"GET", "EIO=4&transport=polling&j=0", false, Code::BadRequest},
        {"GET", "EIO=4&EIO=4&transport=polling", false, Code::BadRequest},
        {"GET", "EIO=4&transport=polling&sid=a&sid=b", false, Code::BadRequest},
        {"GET", "transport=polling", false, Code::UnsupportedVersion},
        {"GET", "EIO=3&transport=polling", false, Code::UnsupportedVersion},
        {"GET", "EIO=abc&transport=polling", false, Code::UnsupportedVersion},
        {"GET", "EIO=3&transport=websocket", true, Code::UnsupportedVersion},
    };
    for (const auto& row : table) {
        const auto result = parse_engine_request(row.method, row.query, row.is_upgrade);
        ASSERT_FALSE(result.ok()) << row.query;
        EXPECT_EQ(result.error(), row.code) << row.method << ' ' << row.query;
    }
}

TEST(EngineRequest, error_bodies_are_the_official_ones) {
    EXPECT_EQ(error_body(Code::TransportUnknown), R"({"code":0,"message":"Transport unknown"})");
    EXPECT_EQ(error_body(Code::SessionUnknown), R"({"code":1,"message":"Session ID unknown"})");
    EXPECT_EQ(error_body(Code::BadHandshakeMethod),
              R"({"code":2,"message":"Bad handshake method"})");
    EXPECT_EQ(error_body(Code::BadRequest), R"({"code":3,"message":"Bad request"})");
    EXPECT_EQ(error_body(Code::Forbidden), R"({"code":4,"message":"Forbidden"})");
    EXPECT_EQ(error_body(Code::UnsupportedVersion),
              R"({"code":5,"message":"Unsupported protocol version"})");
    EXPECT_EQ(http_status(Code::Forbidden), 403);
    EXPECT_EQ(http_status(Code::SessionUnknown), 400);
}

}  // namespace
}  // namespace tickstock
