// One Engine.IO session through its life, with a clock that the test moves: the cases of the
// protocol's document (revision 4) for handshake, messages, heartbeat and close.

#include "socketio/engine_session.hpp"

#include "socketio/test_engine_session.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using test::EngineSessionTest;
using Poll = EngineSession::Poll;
using Socket = EngineSession::Socket;

TEST_F(EngineSessionTest, the_open_packet_tells_what_the_client_needs) {
    EXPECT_EQ(polling().open_packet(),
              R"(0{"sid":"sid1","upgrades":["websocket"],"pingInterval":25000,)"
              R"("pingTimeout":20000,"maxPayload":1000000})");
    auto direct = websocket();
    EXPECT_EQ(read(direct), R"(0{"sid":"sid1","upgrades":[],"pingInterval":25000,)"
                            R"("pingTimeout":20000,"maxPayload":1000000})");
    EXPECT_EQ(read(direct), "-");
}

TEST_F(EngineSessionTest, messages_go_both_ways_over_polling) {
    auto session = polling();
    EXPECT_EQ(get(session), "-");
    EXPECT_TRUE(session.get_waits());
    EXPECT_EQ(post(session,
                   "4hello\x1e"
                   "4world"),
              "ok");
    EXPECT_EQ(session.next_for_poll(now),
              "4hello\x1e"
              "4world");
    EXPECT_FALSE(session.get_waits());
    EXPECT_EQ(session.next_for_poll(now), std::nullopt) << "a body needs a GET";
    EXPECT_EQ(application.heard, (std::vector<std::string>{"hello", "world"}));
}

TEST_F(EngineSessionTest, messages_go_both_ways_over_websocket) {
    auto session = websocket();
    read(session);
    EXPECT_EQ(session.on_websocket_text("4hello", now), Socket::GoOn);
    EXPECT_EQ(session.on_websocket_text("4", now), Socket::GoOn);
    EXPECT_EQ(read(session), "4hello");
    EXPECT_EQ(read(session), "4");
    EXPECT_EQ(read(session), "-");
}

TEST_F(EngineSessionTest, a_poll_takes_sixteen_packets_at_most) {
    auto session = polling();
    for (int i = 0; i < 40; ++i) {
        application.to_say.push_back("4" + std::to_string(i));
    }
    std::size_t taken = 0;
    for (const std::size_t expected : {16U, 16U, 8U}) {
        std::vector<EnginePacket> packets;
        const std::string body = get(session);
        ASSERT_FALSE(decode_engine_payload(body, {}, packets));
        EXPECT_EQ(packets.size(), expected);
        for (const EnginePacket& packet : packets) {
            EXPECT_EQ(packet.data, std::to_string(taken++));
        }
    }
    EXPECT_EQ(get(session), "-");
}

TEST_F(EngineSessionTest, a_poll_is_closed_when_it_has_grown_large) {
    EngineIoSettings settings;
    settings.bytes_per_poll = 10;
    EngineSession session("s", EngineTransport::Polling, settings, application, now);
    application.to_say = {"4aaaa", "4bbbb", "4cccc"};
    EXPECT_EQ(get(session),
              "4aaaa\x1e"
              "4bbbb");
    EXPECT_EQ(get(session), "4cccc");
}

TEST_F(EngineSessionTest, two_gets_at_once_end_the_session) {
    auto session = polling();
    EXPECT_EQ(get(session), "-");
    EXPECT_EQ(session.on_get(now), Poll::Refuse);
    EXPECT_EQ(session.close_reason(), EngineClose::Overlap);
    EXPECT_FALSE(session.is_closed()) << "the first GET is still owed an answer";
    EXPECT_EQ(session.next_for_poll(now), "1");
    EXPECT_TRUE(session.is_closed());
    EXPECT_EQ(session.on_get(now), Poll::Refuse);
}

TEST_F(EngineSessionTest, two_posts_at_once_end_the_session) {
    auto session = polling();
    EXPECT_TRUE(session.on_post_begin());
    EXPECT_FALSE(session.on_post_begin());
    EXPECT_TRUE(session.is_closed());
    EXPECT_EQ(session.close_reason(), EngineClose::Overlap);
    EXPECT_FALSE(session.on_post("4late", now));
    EXPECT_TRUE(application.heard.empty());
}

TEST_F(EngineSessionTest, packets_that_no_client_sends_end_the_session) {
    for (const std::string_view bad : {"abc", "", "7", "bAQIDBA==", "2", "2probe", "5", "0{}"}) {
        auto session = polling();
        EXPECT_EQ(post(session, bad), "400") << bad;
        EXPECT_TRUE(session.is_closed()) << bad;
        EXPECT_EQ(session.close_reason(), EngineClose::BadPacket);
        EXPECT_EQ(get(session), "x");

        auto direct = websocket();
        EXPECT_EQ(direct.on_websocket_text(bad, now), Socket::Close) << bad;
        EXPECT_TRUE(direct.is_closed());
    }
    auto binary = websocket();
    EXPECT_EQ(binary.on_websocket_binary(), Socket::Close);
    EXPECT_TRUE(binary.is_closed());
}

TEST_F(EngineSessionTest, nothing_of_a_bad_payload_is_heard) {
    auto session = polling();
    EXPECT_EQ(post(session,
                   "4good\x1e"
                   "x"),
              "400");
    EXPECT_TRUE(application.heard.empty());
}

TEST_F(EngineSessionTest, a_noop_changes_nothing) {
    auto session = polling();
    EXPECT_EQ(post(session, "6"), "ok");
    EXPECT_FALSE(session.is_closed());
}

TEST_F(EngineSessionTest, a_payload_over_a_million_bytes_ends_the_session) {
    auto session = polling();
    EXPECT_EQ(post(session, "4" + std::string(999'999, 'x')), "ok");
    EXPECT_EQ(post(session, "4" + std::string(1'000'000, 'x')), "400");
    EXPECT_EQ(session.close_reason(), EngineClose::TooLarge);
    auto other = polling();
    ASSERT_TRUE(other.on_post_begin());
    other.on_post_lost(true);
    EXPECT_EQ(other.close_reason(), EngineClose::TooLarge);
}

TEST_F(EngineSessionTest, the_server_pings_and_the_client_pongs) {
    auto session = polling();
    EXPECT_EQ(get(session), "-");
    pass(session, 24900ms);
    EXPECT_EQ(session.next_for_poll(now), std::nullopt);
    for (int round = 0; round < 3; ++round) {
        pass(session, round == 0 ? 100ms : 25s);
        EXPECT_EQ(session.next_for_poll(now), "2") << round;
        EXPECT_EQ(get(session), "-") << "one ping a round";
        pass(session, 19900ms);
        EXPECT_EQ(post(session, "3"), "ok");
        EXPECT_FALSE(session.is_closed());
    }
}

TEST_F(EngineSessionTest, a_ping_that_nobody_fetches_times_out) {
    auto session = polling();
    pass(session, 44900ms);
    EXPECT_FALSE(session.is_closed());
    pass(session, 100ms);
    EXPECT_TRUE(session.is_closed());
    EXPECT_EQ(session.close_reason(), EngineClose::PingTimeout);
    EXPECT_EQ(post(session, "3"), "refused");
}

TEST_F(EngineSessionTest, a_websocket_without_pong_times_out) {
    auto session = websocket();
    read(session);
    pass(session, 25s);
    EXPECT_EQ(read(session), "2");
    EXPECT_EQ(read(session), "-");
    EXPECT_EQ(session.on_websocket_text("3", now), Socket::GoOn);
    pass(session, 25s);
    EXPECT_EQ(read(session), "2");
    pass(session, 19900ms);
    EXPECT_FALSE(session.is_closed());
    pass(session, 100ms);
    EXPECT_EQ(session.close_reason(), EngineClose::PingTimeout);
    EXPECT_EQ(read(session), "-");
}

TEST_F(EngineSessionTest, a_waiting_get_is_told_of_the_time_out) {
    auto session = polling();
    pass(session, 25s);
    EXPECT_EQ(get(session), "2");
    EXPECT_EQ(get(session), "-");
    pass(session, 20s);
    EXPECT_EQ(session.next_for_poll(now), "1");
    EXPECT_TRUE(session.is_closed());
}

TEST_F(EngineSessionTest, an_early_pong_starts_no_second_count) {
    auto session = websocket();
    read(session);
    pass(session, 20s);
    EXPECT_EQ(session.on_websocket_text("3", now), Socket::GoOn);
    pass(session, 5s);
    EXPECT_EQ(read(session), "2") << "25 s after the opening";
}

TEST_F(EngineSessionTest, the_client_closes_with_a_packet) {
    auto session = polling();
    EXPECT_EQ(get(session), "-");
    EXPECT_EQ(post(session, "1"), "ok");
    EXPECT_EQ(session.next_for_poll(now), "6");
    EXPECT_TRUE(session.is_closed());
    EXPECT_EQ(session.close_reason(), EngineClose::ByClient);
    auto direct = websocket();
    EXPECT_EQ(direct.on_websocket_text("1", now), Socket::Close);
    EXPECT_EQ(direct.close_reason(), EngineClose::ByClient);
}

TEST_F(EngineSessionTest, what_follows_a_close_packet_is_not_heard) {
    auto session = polling();
    EXPECT_EQ(post(session,
                   "4a\x1e"
                   "1\x1e"
                   "4b"),
              "ok");
    EXPECT_EQ(application.heard, (std::vector<std::string>{"a"}));
}

TEST_F(EngineSessionTest, a_broken_connection_ends_the_session) {
    auto lost_get = polling();
    get(lost_get);
    lost_get.on_get_lost();
    EXPECT_EQ(lost_get.close_reason(), EngineClose::ConnectionLost);
    EXPECT_TRUE(lost_get.is_closed());
    auto lost_post = polling();
    ASSERT_TRUE(lost_post.on_post_begin());
    lost_post.on_post_lost(false);
    EXPECT_TRUE(lost_post.is_closed());
    auto lost_socket = websocket();
    lost_socket.on_websocket_closed(false);
    EXPECT_EQ(lost_socket.close_reason(), EngineClose::ConnectionLost);
    auto left_socket = websocket();
    left_socket.on_websocket_closed(true);
    EXPECT_EQ(left_socket.close_reason(), EngineClose::ByClient);
}

TEST_F(EngineSessionTest, last_words_are_heard_before_the_application_closes) {
    auto session = polling();
    application.to_say = {"4sorry"};
    EXPECT_EQ(post(session,
                   "4close\x1e"
                   "4more"),
              "ok");
    EXPECT_EQ(application.heard, (std::vector<std::string>{"close"}));
    EXPECT_FALSE(session.is_closed());
    EXPECT_EQ(get(session),
              "4sorry\x1e"
              "1");
    EXPECT_TRUE(session.is_closed());
    EXPECT_EQ(session.close_reason(), EngineClose::Refused);

    auto direct = websocket();
    read(direct);
    application.to_say = {"4sorry"};
    EXPECT_EQ(direct.on_websocket_text("4close", now), Socket::GoOn);
    EXPECT_EQ(read(direct), "4sorry");
    EXPECT_FALSE(direct.is_closed());
    EXPECT_EQ(read(direct), "-");
    EXPECT_TRUE(direct.is_closed());
}

TEST_F(EngineSessionTest, last_words_that_nobody_fetches_are_forgotten) {
    auto session = polling();
    post(session, "4close");
    pass(session, 4900ms);
    EXPECT_FALSE(session.is_closed());
    pass(session, 100ms);
    EXPECT_TRUE(session.is_closed());
}

TEST_F(EngineSessionTest, the_application_may_close_by_itself) {
    auto session = websocket();
    read(session);
    application.tick_verdict = EngineApplication::Verdict::Close;
    session.tick(now);
    EXPECT_EQ(read(session), "-");
    EXPECT_TRUE(session.is_closed());
}

TEST_F(EngineSessionTest, the_server_stops) {
    auto session = polling();
    get(session);
    session.close(EngineClose::ServerStops);
    session.close(EngineClose::ByClient);
    EXPECT_EQ(session.next_for_poll(now), "1");
    EXPECT_EQ(session.close_reason(), EngineClose::ServerStops) << "the first reason counts";
    EXPECT_EQ(to_string(session.close_reason()), "server shutting down");
}

}  // namespace
}  // namespace tickstock
