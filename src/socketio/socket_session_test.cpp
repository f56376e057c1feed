// The Socket.IO side of a connection: namespaces, events, acknowledgements, refusals.

#include "socketio/socket_session.hpp"

#include <gtest/gtest.h>

#include "socketio/test_support.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using Verdict = EngineApplication::Verdict;

class SocketSessionTest : public ::testing::Test {
protected:
    SocketSessionTest() { host.session = &session; }

    Verdict say(std::string_view text) { return session.on_message(text, now); }
    std::string hear() {
        const auto frame = session.next(now);
        return frame ? *frame->text : "-";
    }
    void connect() {
        ASSERT_EQ(say("0"), Verdict::GoOn);
        ASSERT_EQ(hear(), R"(40{"sid":"sock1"})");
    }

    test::FakeHost host;
    Nanos now = 1000s;
    SocketSession session{"sock1", SocketSettings{}, host, now};
};

TEST_F(SocketSessionTest, connect_tells_a_sid) {
    connect();
    EXPECT_TRUE(session.is_connected());
    EXPECT_EQ(host.tokens, (std::vector<std::string>{""}));
    EXPECT_EQ(session.user().name, "guest");
    EXPECT_EQ(host.connected, 1);
}

TEST_F(SocketSessionTest, connect_with_a_token) {
    EXPECT_EQ(say(R"(0{"token":"al\u00e9"})"), Verdict::GoOn);
    EXPECT_EQ(hear(), R"(40{"sid":"sock1"})");
    EXPECT_EQ(session.user().name, "alé");
}

TEST_F(SocketSessionTest, a_wrong_token_is_told_and_may_be_corrected) {
    for (const std::string_view bad :
         {R"(0{"token":"wrong"})", R"(0{"token":7})", R"(0{"token":{}})"}) {
        EXPECT_EQ(say(bad), Verdict::GoOn);
        EXPECT_EQ(hear(), R"(44{"message":"Not authorized"})") << bad;
        EXPECT_FALSE(session.is_connected());
    }
    EXPECT_EQ(host.connected, 0);
    EXPECT_EQ(say(R"(0{"token":"right","other":1})"), Verdict::GoOn);
    EXPECT_EQ(hear(), R"(40{"sid":"sock1"})");
}

TEST_F(SocketSessionTest, other_namespaces_are_refused_politely) {
    EXPECT_EQ(say("0/admin,"), Verdict::GoOn);
    EXPECT_EQ(hear(), R"(44/admin,{"message":"Invalid namespace"})");
    connect();
    EXPECT_EQ(say("0/random"), Verdict::GoOn);
    EXPECT_EQ(hear(), R"(44/random,{"message":"Invalid namespace"})");
    EXPECT_TRUE(session.is_connected());
    EXPECT_EQ(say("1/admin,"), Verdict::GoOn) << "leaving what was never entered";
    EXPECT_EQ(say(R"(2/admin,["ping"])"), Verdict::Close);
}

TEST_F(SocketSessionTest, no_connect_in_45_seconds_closes) {
    EXPECT_EQ(session.on_tick(now + 44900ms), Verdict::GoOn);
    EXPECT_EQ(session.on_tick(now + 45s), Verdict::Close);
    EXPECT_EQ(hear(), "-");
}

TEST_F(SocketSessionTest, a_refused_connect_does_not_prolong_the_wait) {
    now += 44s;
    say(R"(0{"token":"wrong"})");
    EXPECT_EQ(session.on_tick(now + 1s), Verdict::Close);
}

TEST_F(SocketSessionTest, packets_before_connect_close) {
    for (const std::string_view text :
         {R"(2["ping"])", R"(21["ping"])", "31[]", R"(4{"message":"x"})", "abc", "2[]"}) {
        SocketSession fresh("s", SocketSettings{}, host, now);
        EXPECT_EQ(fresh.on_message(text, now), Verdict::Close) << text;
        EXPECT_EQ(fresh.next(now), std::nullopt) << text;
    }
}

TEST_F(SocketSessionTest, invalid_packets_close_with_a_reason) {
    for (const std::string_view text :
         {"2[]", "2{}", "abc", R"(51-["x",{"_placeholder":true,"num":0}])", "2[\"connect\"]"}) {
        SocketSession fresh("s", SocketSettings{}, host, now);
        fresh.on_message("0", now);
        fresh.next(now);
        EXPECT_EQ(fresh.on_message(text, now), Verdict::Close) << text;
        const auto last = fresh.next(now);
        ASSERT_TRUE(last) << text;
        EXPECT_TRUE(last->text->starts_with(R"(42["error",{"message":")")) << *last->text;
        host.events = {"42[\"market_event\"]"};
        EXPECT_EQ(fresh.next(now), std::nullopt) << "no events after the reason";
        EXPECT_EQ(fresh.on_message(R"(2["ping"])", now), Verdict::Close);
    }
}

TEST_F(SocketSessionTest, ping_is_answered_with_pong) {
    connect();
    EXPECT_EQ(say(R"(2["ping"])"), Verdict::GoOn);
    EXPECT_EQ(hear(), R"(42["pong"])");
    EXPECT_EQ(say(R"(2["ping",{"t":17}])"), Verdict::GoOn);
    EXPECT_EQ(hear(), R"(42["pong",{"t":17}])");
    EXPECT_EQ(say(R"(27["ping"])"), Verdict::GoOn);
    EXPECT_EQ(hear(), R"(42["pong"])");
    EXPECT_EQ(hear(), R"(437[{"ok":true,"data":"pong"}])");
}

TEST_F(SocketSessionTest, unknown_events_are_answered_and_no_disconnect) {
    connect();
    EXPECT_EQ(say(R"(2["buy",1])"), Verdict::GoOn);
    const std::string known =
        R"(unknown event \"buy\"; known are ping, subscribe, unsubscribe, get_filters, )"
        R"(set_filters, get_universes, set_universes, user_status_request)";
    EXPECT_EQ(hear(), R"(42["error",{"message":")" + known + R"("}])");
    EXPECT_EQ(say(R"(23["buy"])"), Verdict::GoOn);
    hear();
    EXPECT_EQ(hear(), R"(433[{"ok":false,"error":")" + known + R"("}])");
    EXPECT_TRUE(session.is_connected());
}

TEST_F(SocketSessionTest, requests_reach_the_host_as_they_were_written) {
    connect();
    const struct {
        std::string_view text;
        SocketVerb verb;
        std::string_view argument;
    } table[]{
        {R"(2["subscribe"])", SocketVerb::Subscribe, ""},
        {R"(2["subscribe",{"symbols":["IBM"],"min_price":100.10}])", SocketVerb::Subscribe,
         R"({"symbols":["IBM"],"min_price":100.10})"},
        {R"(2["unsubscribe"])", SocketVerb::Unsubscribe, ""},
        {R"(2["get_filters"])", SocketVerb::GetFilters, ""},
        {R"(2["set_filters",{}])", SocketVerb::SetFilters, "{}"},
        {R"(2["get_universes",null])", SocketVerb::GetUniverses, "null"},
        {R"(2["set_universes",["core"]])", SocketVerb::SetUniverses, R"(["core"])"},
        {R"(2["user_status_request"])", SocketVerb::UserStatus, ""},
    };
    for (const auto& row : table) {
        host.calls.clear();
        EXPECT_EQ(say(row.text), Verdict::GoOn);
        ASSERT_EQ(host.calls.size(), 1U) << row.text;
        EXPECT_EQ(host.calls[0].first.verb, row.verb) << row.text;
        EXPECT_EQ(host.calls[0].first.ack_id, std::nullopt);
        EXPECT_EQ(host.calls[0].second, row.argument);
    }
}

TEST_F(SocketSessionTest, answers_come_as_acknowledgement_or_event) {
    connect();
    host.answer = Result<std::string>(std::string(R"({"symbols":[]})"));
    say(R"(20["get_filters"])");
    EXPECT_EQ(hear(), R"(430[{"ok":true,"data":{"symbols":[]}}])");
    say(R"(2["get_filters"])");
    EXPECT_EQ(hear(), R"(42["filters",{"symbols":[]}])");
    say(R"(2["set_universes"])");
    EXPECT_EQ(hear(), R"(42["universes",{"symbols":[]}])");
    say(R"(25["user_status_request"])");
    EXPECT_EQ(hear(), R"(42["user_status_response",{"symbols":[]}])");
    EXPECT_EQ(hear(), R"(435[{"ok":true,"data":{"symbols":[]}}])");
    host.answer = Result<std::string>(Error{"\"types\" must be a list"});
    say(R"(29["subscribe",{"types":1}])");
    EXPECT_EQ(hear(), R"(439[{"ok":false,"error":"\"types\" must be a list"}])");
    say(R"(2["subscribe",{"types":1}])");
    EXPECT_EQ(hear(), R"(42["error",{"message":"subscribe: \"types\" must be a list"}])");
    EXPECT_EQ(hear(), "-");
}

TEST_F(SocketSessionTest, a_late_answer_to_one_who_left_is_dropped) {
    connect();
    say(R"(21["get_filters"])");
    say("1");
    session.answer(host.calls[0].first, Result<std::string>(std::string("{}")));
    EXPECT_EQ(hear(), "-");
}

TEST_F(SocketSessionTest, answers_come_before_events) {
    connect();
    host.events = {"42[\"market_event\",1]", "42[\"market_event\",2]"};
    say(R"(2["ping"])");
    EXPECT_EQ(hear(), R"(42["pong"])");
    EXPECT_EQ(hear(), "42[\"market_event\",1]");
    EXPECT_EQ(hear(), "42[\"market_event\",2]");
}

TEST_F(SocketSessionTest, events_wait_for_connect) {
    host.events = {"42[\"stock_data\",\"\"]"};
    EXPECT_EQ(hear(), "-");
    connect();
    EXPECT_EQ(hear(), "42[\"stock_data\",\"\"]");
}

TEST_F(SocketSessionTest, one_may_leave_and_come_back) {
    connect();
    EXPECT_EQ(say("1"), Verdict::GoOn);
    EXPECT_FALSE(session.is_connected());
    EXPECT_EQ(host.disconnected, 1);
    host.events = {"42[\"market_event\",1]"};
    EXPECT_EQ(hear(), "-");
    EXPECT_EQ(session.on_tick(now + 44s), Verdict::GoOn);
    connect();
    EXPECT_EQ(session.on_tick(now + 100s), Verdict::GoOn);
    EXPECT_EQ(say("1"), Verdict::GoOn);
    EXPECT_EQ(session.on_tick(now + 45s), Verdict::Close);
}

TEST_F(SocketSessionTest, connecting_twice_closes) {
    connect();
    EXPECT_EQ(say("0"), Verdict::Close);
    EXPECT_EQ(host.tokens.size(), 1U);
}

TEST_F(SocketSessionTest, acknowledgements_of_the_client_are_passed_over) {
    connect();
    EXPECT_EQ(say("31[]"), Verdict::GoOn);
    EXPECT_EQ(hear(), "-");
}

TEST_F(SocketSessionTest, too_many_messages_close) {
    host.messages_left = 3;
    connect();
    EXPECT_EQ(say(R"(2["ping"])"), Verdict::GoOn);
    EXPECT_EQ(say(R"(2["ping"])"), Verdict::GoOn);
    EXPECT_EQ(say(R"(2["ping"])"), Verdict::Close);
}

TEST_F(SocketSessionTest, one_who_asks_and_does_not_read_is_stopped) {
    connect();
    for (int i = 0; i < 64; ++i) {
        EXPECT_TRUE(session.wants_input()) << i;
        EXPECT_EQ(say(R"(2["ping"])"), Verdict::GoOn);
    }
    EXPECT_FALSE(session.wants_input());
    for (int i = 64; i < 256; ++i) {
        EXPECT_EQ(say(R"(2["ping"])"), Verdict::GoOn) << i;
    }
    EXPECT_EQ(say(R"(2["ping"])"), Verdict::Close);
    EXPECT_EQ(hear(), R"(42["error",{"message":"too many answers wait to be read"}])");
    EXPECT_EQ(hear(), "-");
}

TEST_F(SocketSessionTest, a_whole_session_over_engine_io) {
    EngineSession engine("eng1", EngineTransport::Polling, EngineIoSettings{}, session, now);
    ASSERT_TRUE(engine.on_post_begin());
    EXPECT_TRUE(engine.on_post("40", now));
    ASSERT_EQ(engine.on_get(now), EngineSession::Poll::Wait);
    EXPECT_EQ(engine.next_for_poll(now), R"(40{"sid":"sock1"})");
    ASSERT_TRUE(engine.on_post_begin());
    EXPECT_TRUE(
        engine.on_post("42[\"ping\"]\x1e"
                       "421[\"buy\"]",
                       now));
    ASSERT_EQ(engine.on_get(now), EngineSession::Poll::Wait);
    EXPECT_TRUE(
        engine.next_for_poll(now)->starts_with("42[\"pong\"]\x1e"
                                               "42[\"error\","));
    ASSERT_TRUE(engine.on_post_begin());
    EXPECT_TRUE(engine.on_post("42[]", now));
    ASSERT_EQ(engine.on_get(now), EngineSession::Poll::Wait);
    EXPECT_EQ(engine.next_for_poll(now),
              "42[\"error\",{\"message\":\"the payload does not fit the packet\"}]\x1e"
              "1");
    EXPECT_TRUE(engine.is_closed());
}

}  // namespace
}  // namespace tickstock
