#pragma once

// One Engine.IO session with an application that echoes and a clock that the test moves.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "socketio/engine_session.hpp"
#include "socketio/test_support.hpp"

namespace tickstock::test {

using namespace std::chrono_literals;

class EngineSessionTest : public ::testing::Test {
protected:
    EngineSession polling() {
        return {"sid1", EngineTransport::Polling, EngineIoSettings{}, application, now};
    }
    EngineSession websocket() {
        return {"sid1", EngineTransport::WebSocket, EngineIoSettings{}, application, now};
    }
    /// A GET and its body; "-": it waits, "x": it is refused.
    std::string get(EngineSession& session) {
        if (session.on_get(now) == EngineSession::Poll::Refuse) {
            return "x";
        }
        return session.next_for_poll(now).value_or("-");
    }
    std::string post(EngineSession& session, std::string_view body) {
        if (!session.on_post_begin()) {
            return "refused";
        }
        return session.on_post(body, now) ? "ok" : "400";
    }
    std::string read(EngineSession& session) {
        const auto frame = session.next_for_websocket(now);
        return frame ? *frame->text : "-";
    }
    /// From polling to WebSocket, as clients do it.
    void upgrade(EngineSession& session) {
        ASSERT_TRUE(session.on_websocket_open(now));
        ASSERT_EQ(session.on_websocket_text("2probe", now), EngineSession::Socket::GoOn);
        ASSERT_EQ(read(session), "3probe");
        ASSERT_EQ(session.on_websocket_text("5", now), EngineSession::Socket::GoOn);
    }
    void pass(EngineSession& session, Nanos time) {
        for (Nanos end = now + time; now < end;) {
            now += 100ms;
            session.tick(now);
        }
    }

    EchoApplication application;
    Nanos now = 1000s;
};

}  // namespace tickstock::test
