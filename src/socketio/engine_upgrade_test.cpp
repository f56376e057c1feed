// The upgrade of an Engine.IO session from polling to WebSocket.

#include "socketio/engine_session.hpp"

#include "socketio/test_engine_session.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using EngineUpgradeTest = test::EngineSessionTest;
using Poll = EngineSession::Poll;
using Socket = EngineSession::Socket;

TEST_F(EngineUpgradeTest, an_upgrade_takes_the_session_over) {
    auto session = polling();
    EXPECT_EQ(get(session), "-");
    ASSERT_TRUE(session.on_websocket_open(now));
    EXPECT_EQ(read(session), "-");
    EXPECT_EQ(session.on_websocket_text("2probe", now), Socket::GoOn);
    EXPECT_EQ(session.next_for_poll(now), "6") << "the GET ends, so that the client may stop";
    EXPECT_EQ(read(session), "3probe");
    application.to_say = {"4early"};
    EXPECT_EQ(read(session), "-") << "messages stay with polling until the packet 5";
    EXPECT_EQ(session.on_websocket_text("5", now), Socket::GoOn);
    EXPECT_EQ(session.transport(), EngineTransport::WebSocket);
    EXPECT_EQ(session.on_websocket_text("4hello", now), Socket::GoOn);
    EXPECT_EQ(read(session), "4early");
    EXPECT_EQ(read(session), "4hello");
}

TEST_F(EngineUpgradeTest, probe_and_upgrade_may_come_in_one_go) {
    auto session = polling();
    ASSERT_TRUE(session.on_websocket_open(now));
    EXPECT_EQ(session.on_websocket_text("2probe", now), Socket::GoOn);
    EXPECT_EQ(session.on_websocket_text("5", now), Socket::GoOn);
    EXPECT_EQ(session.on_websocket_text("4hello", now), Socket::GoOn);
    EXPECT_EQ(read(session), "3probe");
    EXPECT_EQ(read(session), "4hello");
}

TEST_F(EngineUpgradeTest, requests_after_an_upgrade_are_refused_and_harmless) {
    auto session = polling();
    upgrade(session);
    EXPECT_EQ(get(session), "x");
    EXPECT_EQ(post(session, "4x"), "refused");
    EXPECT_FALSE(session.on_websocket_open(now)) << "a second socket";
    EXPECT_EQ(session.on_websocket_text("4hello", now), Socket::GoOn);
    EXPECT_EQ(read(session), "4hello");
    EXPECT_FALSE(session.is_closed());
}

TEST_F(EngineUpgradeTest, a_get_that_waits_through_an_upgrade_ends_with_a_noop) {
    auto session = polling();
    EXPECT_EQ(get(session), "-");
    upgrade(session);
    application.to_say = {"4for the socket"};
    EXPECT_EQ(session.next_for_poll(now), "6");
    EXPECT_EQ(read(session), "4for the socket");
    session.on_get_lost();
    EXPECT_FALSE(session.is_closed()) << "polling no longer carries the session";
}

TEST_F(EngineUpgradeTest, polls_during_an_upgrade_do_not_spin) {
    auto session = polling();
    ASSERT_TRUE(session.on_websocket_open(now));
    session.on_websocket_text("2probe", now);
    EXPECT_EQ(get(session), "-") << "a noop comes 100 ms later";
    now += 100ms;
    EXPECT_EQ(session.next_for_poll(now), "6");
    application.to_say = {"4news"};
    EXPECT_EQ(get(session), "4news") << "polling carries the session until the packet 5";
}

TEST_F(EngineUpgradeTest, a_socket_that_does_not_probe_is_closed_and_the_session_goes_on) {
    for (const std::string_view bad : {"4hello", "5", "2", "2prob", "abc", "", "3probe"}) {
        auto session = polling();
        ASSERT_TRUE(session.on_websocket_open(now));
        EXPECT_EQ(session.on_websocket_text(bad, now), Socket::Close) << bad;
        EXPECT_FALSE(session.is_closed()) << bad;
        EXPECT_EQ(post(session, "4x"), "ok");
        EXPECT_TRUE(session.on_websocket_open(now)) << "it may try again";
    }
}

TEST_F(EngineUpgradeTest, one_upgrade_at_a_time) {
    auto session = polling();
    EXPECT_TRUE(session.on_websocket_open(now));
    EXPECT_FALSE(session.on_websocket_open(now));
    session.on_websocket_closed(true);
    EXPECT_FALSE(session.is_closed());
    EXPECT_TRUE(session.on_websocket_open(now));
}

TEST_F(EngineUpgradeTest, an_upgrade_has_ten_seconds) {
    auto session = polling();
    ASSERT_TRUE(session.on_websocket_open(now));
    session.on_websocket_text("2probe", now);
    now += 9900ms;
    EXPECT_EQ(session.tick(now), Socket::GoOn);
    now += 100ms;
    EXPECT_EQ(session.tick(now), Socket::Close);
    EXPECT_FALSE(session.is_closed());
    EXPECT_EQ(read(session), "-");
    EXPECT_EQ(session.on_websocket_text("5", now), Socket::Close) << "too late";
    EXPECT_EQ(session.transport(), EngineTransport::Polling);
}

TEST_F(EngineUpgradeTest, no_message_is_lost_or_repeated_by_a_switch) {
    // At every point of the upgrade a message becomes due; whatever is read in whatever way, all of
    // them come, once and in order.
    for (int steps = 0; steps < 64; ++steps) {
        auto session = polling();
        int said = 0;
        std::vector<std::string> received;
        const auto say = [&](int step) {
            if ((steps >> step & 1) != 0) {
                application.to_say.push_back("4" + std::to_string(said++));
            }
        };
        const auto take = [&](const std::optional<std::string>& body) {
            std::vector<EnginePacket> packets;
            if (body && !decode_engine_payload(*body, {}, packets)) {
                for (const EnginePacket& packet : packets) {
                    if (packet.type == EnginePacketType::Message) {
                        received.emplace_back(packet.data);
                    }
                }
            }
        };
        session.on_get(now);
        say(0);
        take(session.next_for_poll(now));
        if (!session.get_waits()) {
            session.on_get(now);
        }
        ASSERT_TRUE(session.on_websocket_open(now));
        say(1);
        session.on_websocket_text("2probe", now);
        say(2);
        take(session.next_for_poll(now));
        EXPECT_EQ(read(session), "3probe");
        say(3);
        session.on_websocket_text("5", now);
        say(4);
        take(session.next_for_poll(now));
        say(5);
        while (const auto frame = session.next_for_websocket(now)) {
            take(*frame->text);
        }
        std::vector<std::string> expected;
        for (int i = 0; i < said; ++i) {
            expected.push_back(std::to_string(i));
        }
        EXPECT_EQ(received, expected) << steps;
    }
}

TEST_F(EngineUpgradeTest, a_ping_may_be_asked_on_one_transport_and_answered_on_the_other) {
    auto session = polling();
    pass(session, 25s);
    EXPECT_EQ(get(session), "2");
    upgrade(session);
    EXPECT_EQ(session.on_websocket_text("3", now), Socket::GoOn);
    pass(session, 24900ms);
    EXPECT_FALSE(session.is_closed());
    EXPECT_EQ(read(session), "-");
    pass(session, 100ms);
    EXPECT_EQ(read(session), "2");
}

}  // namespace
}  // namespace tickstock
