// The WebSocket /ingest over real sockets; the test is the engine.
#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>

#include "server/ingest_desk.hpp"
#include "server/test_auth_server.hpp"
#include "server/test_push_queue.hpp"
#include "server/test_support.hpp"

namespace tickstock::testing {
namespace {

using nlohmann::json;
using Taken = PushQueue::Taken;

struct IngestServer {
    explicit IngestServer(std::function<void(ServerSettings&)> change = {})
        : server(std::move(change), std::size_t{32} << 20, "",
                 [this](ServerInfo& info) { info.push = &queue; }) {}

    FakePushQueue queue;
    TestServer server;
};

json read_json(RawClient& client) {
    const WsFrame frame = client.read_frame();
    EXPECT_EQ(frame.opcode, 1) << "close code " << frame.close_code();
    return frame.opcode == 1 ? json::parse(frame.payload) : json::object();
}

std::string rows_message(std::uint64_t sequence, std::string_view rows) {
    return "{\"op\":\"rows\",\"sequence\":" + std::to_string(sequence) + "}\n" + std::string(rows);
}

TEST(ServerIngestSocket, AnswersEachMessageInOrderWhenTheJournalHasIt) {
    IngestServer one;
    RawClient client(one.server.port);
    ASSERT_EQ(client.open("", "/ingest").status, 101);
    client.send_text(R"({"op":"open","client":"feed"})");
    auto question = one.queue.next();  // behind what an earlier connection has under way
    EXPECT_EQ(question.client, "local/feed");
    EXPECT_EQ(question.rows, "");
    question.reply(all_accepted(0, 41));
    EXPECT_EQ(read_json(client), json({{"type", "open"},
                                       {"client", "feed"},
                                       {"through", 41},
                                       {"max_in_flight_bytes", 1048576},
                                       {"max_message_bytes", 1048576}}));
    client.send_text(rows_message(42, "a\nb\n"));
    client.send_text(rows_message(44, "c"));
    client.send_text(R"({"op":"ping"})");
    client.send_text("{\"op\":\"rows\"}\nx");
    auto first = one.queue.next();
    auto second = one.queue.next();
    EXPECT_EQ(first.client, "local/feed");
    EXPECT_EQ(first.first, 42U);
    EXPECT_EQ(first.rows, "a\nb\n");
    EXPECT_EQ(second.first, 44U);
    EXPECT_EQ(second.rows, "c");
    second.reply(all_accepted(1, 44, 9));
    first.reply(all_accepted(2, 43, 8));
    EXPECT_EQ(read_json(client), json({{"type", "ack"},
                                       {"rows", 2},
                                       {"accepted", 2},
                                       {"duplicates", 0},
                                       {"rejected", 0},
                                       {"refused", 0},
                                       {"through", 43},
                                       {"sequence", 8},
                                       {"first_rejected", json::array()}}));
    EXPECT_EQ(read_json(client)["through"], 44);
    EXPECT_EQ(read_json(client)["type"], "pong");
    const json error = read_json(client);
    EXPECT_EQ(error["type"], "error");
    EXPECT_EQ(error["code"], "bad_request");
    EXPECT_NE(error["message"].get<std::string>().find("sequence"), std::string::npos);
}

TEST(ServerIngestSocket, SaysWhatIsWrongWithAMessageAndGoesOn) {
    IngestServer one;
    RawClient client(one.server.port);
    ASSERT_EQ(client.open("", "/ingest").status, 101);
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "bad_json"},
        {"nonsense\n{}", "bad_json"},
        {"{\"op\":\"subscribe\"}", "unknown_op"},
        {"{\"op\":\"rows\",\"sequence\":1}\nx", "bad_request"},  // without a client
        {"{\"op\":\"rows\",\"client\":\"a\"}\nx", "bad_request"},
        {"{\"op\":\"rows\",\"sequence\":0}\nx", "bad_request"},
        {"{\"op\":\"rows\",\"sequence\":\"1\"}\nx", "bad_request"},
        {"{\"op\":\"rows\",\"sequence\":1.5}\nx", "bad_request"},
        {"{\"op\":\"open\",\"client\":\"a b\"}", "bad_request"},
        {"{\"op\":\"open\",\"client\":7}", "bad_request"},
        {"{\"op\":\"open\"}\nrows", "bad_request"},
        {"{\"op\":\"ping\",\"id\":\"1\"}", "bad_request"},
        {"{\"op\":\"auth\"}", "bad_request"},
    };
    for (const auto& [text, code] : cases) {
        client.send_text(text);
        const json answer = read_json(client);
        EXPECT_EQ(answer["type"], "error") << text;
        EXPECT_EQ(answer["code"], code) << text << ' ' << answer.dump();
    }
    client.send_text("{\"op\":\"rows\"}\nx");
    one.queue.next().reply(all_accepted(1));
    EXPECT_EQ(read_json(client)["type"], "ack");
    client.send_text("{\"op\":\"open\",\"client\":\"late\"}");
    EXPECT_EQ(read_json(client)["code"], "bad_request") << "rows went before";
    client.send_frame(2, "x");
    EXPECT_EQ(client.read_close(), 1003);
}

TEST(ServerIngestSocket, WaitsWhileTheQueueIsFullAndLosesNothing) {
    IngestServer one([](ServerSettings& settings) {
        settings.ping_interval = std::chrono::milliseconds(50);
        settings.pong_timeout = std::chrono::milliseconds(50);
    });
    one.queue.say(Taken::Full);
    RawClient client(one.server.port);
    ASSERT_EQ(client.open("", "/ingest").status, 101);
    for (int i = 0; i < 20; ++i) {
        client.send_text("{\"op\":\"rows\"}\nrow " + std::to_string(i));
    }
    // It asks again and again, for the first message only; that it does not read meanwhile (nor
    // pongs) is not the client's fault.
    ASSERT_TRUE(within_ten_seconds([&] { return one.queue.asked() >= 6; }));
    EXPECT_EQ(one.queue.size(), 0U);
    one.queue.say(Taken::Yes);
    for (int i = 0; i < 20; ++i) {
        auto batch = one.queue.next();
        EXPECT_EQ(batch.rows, "row " + std::to_string(i));
        batch.reply(all_accepted(1, 0, static_cast<std::uint64_t>(i) + 1));
    }
    for (int i = 0; i < 20;) {
        const WsFrame frame = client.read_frame();
        if (frame.opcode == 9) {
            client.send_frame(10, frame.payload);
            continue;
        }
        ASSERT_EQ(frame.opcode, 1);
        EXPECT_EQ(json::parse(frame.payload)["sequence"], i + 1);
        ++i;
    }
    const std::string metrics = RawClient(one.server.port).get("/metrics").body;
    EXPECT_NE(metrics.find("tickstock_ingest_requests_total{result=\"full\"} 1\n"),
              std::string::npos)
        << "a wait is counted once";
}

TEST(ServerIngestSocket, ReadsNoFurtherThanOneMebibyteUnanswered) {
    IngestServer one;
    RawClient client(one.server.port);
    ASSERT_EQ(client.open("", "/ingest").status, 101);
    const std::string rows(256 * 1024, '\n');
    auto sending = std::async(std::launch::async, [&] {
        for (int i = 0; i < 40; ++i) {
            client.send_text("{\"op\":\"rows\"}\n" + rows);
        }
    });
    ASSERT_TRUE(within_ten_seconds([&] { return one.queue.size() == 4; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_EQ(one.queue.size(), 4U) << "the fifth waits for an answer";
    one.queue.next().reply(all_accepted(1));
    ASSERT_TRUE(within_ten_seconds([&] { return one.queue.size() == 4; })) << "one for one";
    for (int i = 1; i < 40; ++i) {
        one.queue.next().reply(all_accepted(1));
    }
    sending.get();
    for (int i = 0; i < 40; ++i) {
        ASSERT_EQ(read_json(client)["type"], "ack");
    }
}

TEST(ServerIngestSocket, AFeedIsNotHeldToTheRateOfMessages) {
    IngestServer one;
    RawClient client(one.server.port);
    ASSERT_EQ(client.open("", "/ingest").status, 101);
    for (int i = 0; i < 500; ++i) {
        client.send_text("{\"op\":\"rows\"}\nx");
    }
    for (int i = 0; i < 500; ++i) {
        one.queue.next().reply(all_accepted(1));
        ASSERT_EQ(read_json(client)["type"], "ack");
    }
    for (int i = 0; i < 500; ++i) {
        client.send_text("{\"op\":\"ping\"}");
    }
    EXPECT_EQ(client.read_close(), 1008) << "but other messages are";
}

TEST(ServerIngestSocket, TakesLongMessagesInManyFragments) {
    IngestServer one;
    RawClient client(one.server.port);
    ASSERT_EQ(client.open("", "/ingest").status, 101);
    const std::string head = "{\"op\":\"rows\"}\n";
    const std::string text = head + std::string(limits::ingest_message_bytes - head.size(), 'x');
    constexpr std::size_t piece = 4096;
    for (std::size_t at = 0; at < text.size(); at += piece) {
        client.send_frame(at == 0 ? 1 : 0, text.substr(at, piece), at + piece >= text.size());
    }
    auto batch = one.queue.next();
    EXPECT_EQ(batch.rows.size(), text.size() - head.size());
    batch.reply(all_accepted(1));
    EXPECT_EQ(read_json(client)["type"], "ack");
    client.send_text(text + "x");
    EXPECT_EQ(client.read_close(), 1009);
}

TEST(ServerIngestSocket, AStoppedEngineEndsItOnceAllIsAnswered) {
    IngestServer one;
    RawClient client(one.server.port);
    ASSERT_EQ(client.open("", "/ingest").status, 101);
    client.send_text("{\"op\":\"rows\"}\na");
    client.send_text("{\"op\":\"rows\"}\nb");
    client.send_text("{\"op\":\"rows\"}\nc");
    auto a = one.queue.next();
    auto b = one.queue.next();
    auto c = one.queue.next();
    PushResult stopping;
    stopping.code = PushResult::Code::Stopping;
    c.reply(stopping);
    b.reply(stopping);
    a.reply(all_accepted(1));
    EXPECT_EQ(read_json(client)["type"], "ack");
    EXPECT_EQ(read_json(client)["code"], "not_ready");
    EXPECT_EQ(read_json(client)["code"], "not_ready");
    EXPECT_EQ(client.read_close(), 3001);

    one.queue.say(Taken::Stopped);
    RawClient next(one.server.port);
    ASSERT_EQ(next.open("", "/ingest").status, 101);
    next.send_text("{\"op\":\"rows\"}\na");
    EXPECT_EQ(read_json(next)["code"], "not_ready");
    EXPECT_EQ(next.read_close(), 3001);
}

/// While the engine recovers, nobody knows how far a client came: 0 would be a lie.
TEST(ServerIngestSocket, OpenWaitsForAnEngineThatKnows) {
    IngestServer one;
    one.queue.say(Taken::Stopped);
    RawClient early(one.server.port);
    ASSERT_EQ(early.open("", "/ingest").status, 101);
    early.send_text(R"({"op":"open","client":"feed"})");
    EXPECT_EQ(read_json(early)["code"], "not_ready");
    EXPECT_EQ(early.read_close(), 3001);
    one.queue.say(Taken::Full);
    RawClient client(one.server.port);
    ASSERT_EQ(client.open("", "/ingest").status, 101);
    client.send_text(R"({"op":"open","client":"feed"})");
    client.send_text(rows_message(8, "x"));
    ASSERT_TRUE(within_ten_seconds([&] { return one.queue.asked() >= 4; }));
    one.queue.say(Taken::Yes);
    one.queue.next().reply(all_accepted(0, 7));
    EXPECT_EQ(read_json(client)["through"], 7);
    one.queue.next().reply(all_accepted(1, 8));
    EXPECT_EQ(read_json(client)["through"], 8);
}

TEST(ServerIngestSocket, IsShownAmongTheConnections) {
    IngestServer one;
    const auto connections = [&] {
        return json::parse(RawClient(one.server.port).get("/api/v1/connections").body);
    };
    PushQueue::Batch batch;
    {
        RawClient client(one.server.port);
        ASSERT_EQ(client.open("", "/ingest").status, 101);
        client.send_text("{\"op\":\"rows\"}\na");
        batch = one.queue.next();
        EXPECT_EQ(connections()["open"]["ingest"], 1);
    }
    ASSERT_TRUE(within_ten_seconds([&] { return connections()["open"]["ingest"] == 0; }));
    EXPECT_EQ(connections()["closed"].back()["kind"], "ingest");
    batch.reply(all_accepted(1));  // its session is gone
    EXPECT_TRUE(within_ten_seconds([&] {
        return RawClient(one.server.port)
                   .get("/metrics")
                   .body.find("tickstock_ingest_rows_total{fate=\"accepted\"} 1\n") !=
               std::string::npos;
    }));
}

TEST(ServerIngestSocket, IsForThoseWhoMayPush) {
    FakePushQueue queue;
    AuthServer server({}, {}, &queue);
    constexpr auto long_time = std::chrono::hours(1);
    const auto token = [&](Role role) { return server.token("ann", role, long_time); };
    EXPECT_EQ(RawClient(server.port()).open(bearer(token(Role::Trader)), "/ingest").status, 403);
    EXPECT_EQ(RawClient(server.port()).open(bearer("nonsense"), "/ingest").status, 401);
    EXPECT_EQ(RawClient(server.port()).get("/ingest").status, 426);
    RawClient known(server.port());
    ASSERT_EQ(known.open(bearer(token(Role::Admin)), "/ingest").status, 101);
    known.send_text("{\"op\":\"rows\"}\na");
    queue.next().reply(all_accepted(1));
    EXPECT_EQ(read_json(known)["type"], "ack");

    RawClient late(server.port());
    ASSERT_EQ(late.open("", "/ingest").status, 101);
    late.send_text("{\"op\":\"rows\"}\na");
    EXPECT_EQ(read_json(late)["code"], "unauthorized");
    late.send_text(R"({"op":"auth","token":")" + token(Role::Admin) + R"("})");
    json answer = read_json(late);
    EXPECT_EQ(answer["type"], "authenticated");
    EXPECT_EQ(answer["role"], "admin");
    late.send_text("{\"op\":\"rows\"}\n" + std::string(100'000, '\n'));
    queue.next().reply(all_accepted(0));
    EXPECT_EQ(read_json(late)["type"], "ack");
    late.send_text(R"({"op":"auth","token":")" + token(Role::Viewer) + R"("})");
    answer = read_json(late);
    EXPECT_EQ(answer["code"], "forbidden");
    EXPECT_NE(answer["message"].get<std::string>().find("admin"), std::string::npos);
    EXPECT_EQ(late.read_close(), 3500);

    RawClient stranger(server.port());
    ASSERT_EQ(stranger.open("", "/ingest").status, 101);
    stranger.send_text("{\"op\":\"rows\"}\n" + std::string(20'000, '\n'));
    EXPECT_EQ(stranger.read_close(), 1009) << "of strangers nothing long is read";
    RawClient guesser(server.port());
    ASSERT_EQ(guesser.open("", "/ingest").status, 101);
    guesser.send_text(R"({"op":"auth","token":"nonsense"})");
    EXPECT_EQ(guesser.read_close(), 3500);
    EXPECT_EQ(queue.asked(), 2U);
}

}  // namespace
}  // namespace tickstock::testing
