#include "sources/polygon/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace tickstock {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;
using State = PolygonSession::State;
using End = PolygonSession::End;

PolygonSession::Options options(std::vector<std::string> topics) {
    PolygonSession::Options result;
    result.topics = std::move(topics);
    result.key = std::make_shared<FeedKey>("a\"key");
    result.answer_timeout = 5s;
    return result;
}

/// Until auth_success; what was to be sent so far is taken.
PolygonSession logged_in(std::vector<std::string> topics) {
    PolygonSession session(options(std::move(topics)));
    session.begin(0s);
    session.on_status({"connected", "Connected Successfully"}, 0s);
    session.on_status({"auth_success", "authenticated"}, 0s);
    return session;
}

TEST(PolygonSession, SaysTheKeyWhenGreetedAndSubscribesWhenItIsAccepted) {
    PolygonSession session(options({"T.*", "AM.*"}));
    session.begin(0s);
    EXPECT_THAT(session.take_messages(), IsEmpty());
    session.on_status({"connected", "Connected Successfully"}, 0s);
    EXPECT_EQ(session.state(), State::Authenticating);
    EXPECT_THAT(session.take_messages(), ElementsAre(R"({"action":"auth","params":"a\"key"})"));
    session.on_status({"auth_success", "authenticated"}, 0s);
    EXPECT_EQ(session.state(), State::Subscribing);
    EXPECT_THAT(session.take_messages(),
                ElementsAre(R"({"action":"subscribe","params":"T.*,AM.*"})"));
    session.on_status({"success", "subscribed to: T.*"}, 0s);
    EXPECT_EQ(session.state(), State::Subscribing);
    session.on_status({"success", "subscribed to: AM.*"}, 0s);
    EXPECT_EQ(session.state(), State::Live);
    EXPECT_EQ(session.acknowledged(), 2U);
}

TEST(PolygonSession, WhatEndsAConnection) {
    const struct {
        const char* status;
        End end;
    } cases[] = {{"auth_failed", End::Failed},
                 {"auth_timeout", End::AuthTimeout},
                 {"max_connections", End::Evicted}};
    for (const auto& each : cases) {
        PolygonSession session(options({"T.*"}));
        session.begin(0s);
        session.on_status({"connected", ""}, 0s);
        session.on_status({each.status, "a\"key is wrong"}, 0s);
        EXPECT_EQ(session.state(), State::Ended) << each.status;
        EXPECT_EQ(session.end(), each.end) << each.status;
        EXPECT_THAT(session.why(), HasSubstr(each.status));
        session.take_messages();
        session.on_status({"auth_success", ""}, 0s);
        EXPECT_THAT(session.take_messages(), IsEmpty());
        session.begin(1s);
        EXPECT_EQ(session.state(), State::Connecting);
    }
}

TEST(PolygonSession, AuthFailedNamesTheSettingAndNeverTheKey) {
    PolygonSession session(options({"T.*"}));
    session.begin(0s);
    session.on_status({"auth_failed", "key a\"key is unknown"}, 0s);
    EXPECT_THAT(session.why(), HasSubstr("source.polygon.key_file"));
    EXPECT_EQ(session.why().find("a\"key"), std::string::npos);
}

TEST(PolygonSession, CutsLongListsAndReadsListsOfAcknowledgements) {
    std::vector<std::string> topics;
    for (int i = 0; i < 2000; ++i) {
        topics.push_back("T.SYM" + std::to_string(i));
    }
    PolygonSession session = logged_in(topics);
    const auto messages = session.take_messages();
    EXPECT_GE(messages.size(), 5U);
    for (const std::string& message : messages) {
        EXPECT_LT(message.size(), 4096U + 1);
        if (message.find("subscribe") == std::string::npos) {
            continue;
        }
        const std::size_t begin = message.find("T.");
        session.on_status(
            {"success", "subscribed to: " + message.substr(begin, message.size() - begin - 2)}, 0s);
    }
    EXPECT_EQ(session.state(), State::Live);
    EXPECT_EQ(session.acknowledged(), 2000U);
}

TEST(PolygonSession, AsksAgainForWhatIsNotAnsweredAndGoesWithoutInTheEnd) {
    PolygonSession session = logged_in({"T.AAPL", "T.MSFT"});
    session.take_messages();
    session.on_status({"success", "subscribed to: T.AAPL"}, 0s);
    session.on_tick(4s);
    EXPECT_THAT(session.take_messages(), IsEmpty());
    session.on_tick(5s);
    EXPECT_THAT(session.take_messages(),
                ElementsAre(R"({"action":"subscribe","params":"T.MSFT"})"));
    session.on_tick(10s);
    EXPECT_EQ(session.take_messages().size(), 1U);
    session.on_tick(15s);
    EXPECT_EQ(session.state(), State::Live);
    EXPECT_EQ(session.refused(), 1U);
    EXPECT_THAT(session.take_remarks(), Contains(HasSubstr("T.MSFT is refused: no answer")));
    // It comes after all.
    session.on_status({"success", "subscribed to: T.MSFT"}, 16s);
    EXPECT_EQ(session.acknowledged(), 2U);
    EXPECT_EQ(session.refused(), 0U);
}

TEST(PolygonSession, ARefusedTopicLeavesTheOthersAndIsToldOnce) {
    PolygonSession session = logged_in({"T.AAPL", "Q.AAPL", "T.AA"});
    session.on_status({"error", "You are not entitled to Q.AAPL."}, 0s);
    session.on_status({"success", "subscribed to: T.AAPL"}, 0s);
    session.on_status({"success", "subscribed to: T.AA"}, 0s);
    EXPECT_EQ(session.state(), State::Live);
    EXPECT_EQ(session.refused(), 1U);
    EXPECT_EQ(session.take_remarks().size(), 1U);
    session.begin(1s);
    session.on_status({"connected", ""}, 1s);
    session.on_status({"auth_success", ""}, 1s);
    session.on_status({"error", "You are not entitled to Q.AAPL."}, 1s);
    EXPECT_THAT(session.take_remarks(), IsEmpty());
}

TEST(PolygonSession, AnErrorThatNamesNothingIsOfTheTopicAskedForAlone) {
    PolygonSession session = logged_in({"T.AAPL", "Q.AAPL"});
    session.on_status({"success", "subscribed to: T.AAPL"}, 0s);
    session.on_status({"error", "not authorized"}, 0s);
    EXPECT_EQ(session.refused(), 0U);
    session.on_tick(5s);
    session.on_tick(10s);  // the last time, alone
    session.on_status({"error", "not authorized"}, 10s);
    EXPECT_EQ(session.refused(), 1U);
    EXPECT_EQ(session.state(), State::Live);
}

TEST(PolygonSession, UnsubscribesWhatIsNotWanted) {
    PolygonSession session = logged_in({"T.AAPL"});
    session.take_messages();
    session.on_status({"success", "subscribed to: T.IBM"}, 0s);
    session.on_status({"success", "subscribed to: T.IBM"}, 0s);
    EXPECT_THAT(session.take_messages(),
                ElementsAre(R"({"action":"unsubscribe","params":"T.IBM"})"));
    session.on_status({"success", "unsubscribed to: T.IBM"}, 0s);
    EXPECT_EQ(session.acknowledged(), 0U);
}

TEST(PolygonSession, CountsUnknownStatusesAndTellsThemOnce) {
    PolygonSession session = logged_in({"T.AAPL"});
    session.on_status({"maintenance", "soon"}, 0s);
    session.on_status({"maintenance", "now"}, 0s);
    session.on_status({"success", "hello"}, 0s);
    EXPECT_EQ(session.unknown_statuses(), 3U);
    EXPECT_EQ(session.take_remarks().size(), 2U);
    EXPECT_EQ(session.state(), State::Subscribing);
}

TEST(PolygonStatusReader, FindsStatusesAmongData) {
    PolygonStatusReader reader;
    EXPECT_THAT(reader.read(R"([{"ev":"T","sym":"A"}])"), IsEmpty());
    EXPECT_TRUE(reader.has_data());
    const auto& mixed = reader.read(
        R"([{"ev":"T","sym":"A"},{"message":"subscribed to: T.A","status":"success","ev":"status"}])");
    ASSERT_EQ(mixed.size(), 1U);
    EXPECT_EQ(mixed[0].message, "subscribed to: T.A");
    EXPECT_TRUE(reader.has_data());
    EXPECT_EQ(reader.read(R"({"ev":"status","status":"x","message":"\u0041"})").at(0).message, "A");
    EXPECT_FALSE(reader.has_data());
    EXPECT_THAT(reader.read(R"([{"ev":"T","i":"\"status\""}])"), IsEmpty());
    EXPECT_EQ(reader.read(R"([{"ev":"status","status":"a","message":"b"},{"ev"])").size(), 1U);
}

}  // namespace
}  // namespace tickstock
