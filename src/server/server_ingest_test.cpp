// POST /api/v1/ingest over real sockets; the test is the engine.
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

constexpr std::string_view ndjson = "Content-Type: application/x-ndjson\r\n";

struct IngestServer {
    FakePushQueue queue;
    TestServer server{
        {}, std::size_t{32} << 20, "", [this](ServerInfo& info) { info.push = &queue; }};
};

std::string post(std::string_view query, std::string_view body, std::string_view headers = ndjson) {
    return "POST /api/v1/ingest" + std::string(query) + " HTTP/1.1\r\nHost: localhost\r\n" +
           std::string(headers) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

std::string code_of(const HttpReply& reply) {
    return json::parse(reply.body)["error"]["code"];
}

TEST(ServerIngest, AnswersWhenTheQueueReplies) {
    IngestServer one;
    RawClient client(one.server.port);
    client.send(post("?client=feed-1&sequence=7", "{\"a\":1}\n{\"b\":2}\n"));
    auto batch = one.queue.next();
    EXPECT_EQ(batch.client, "local/feed-1");
    EXPECT_EQ(batch.first, 7U);
    EXPECT_EQ(batch.rows, "{\"a\":1}\n{\"b\":2}\n");
    EXPECT_EQ(RawClient(one.server.port).get("/healthz").status, 200) << "others do not wait";
    PushResult result;
    result.rows = 5;
    result.accepted = 1;
    result.duplicates = 2;
    result.rejected = 1;
    result.refused = 1;
    result.through = 11;
    result.sequence = 4711;
    result.first_rejected = {{2, Reason::Malformed, "{\"p\":\"\xff\"}"}};
    batch.reply(result);
    const HttpReply reply = client.request("");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.headers.at("content-type"), "application/json");
    EXPECT_EQ(json::parse(reply.body), json({{"rows", 5},
                                             {"accepted", 1},
                                             {"duplicates", 2},
                                             {"rejected", 1},
                                             {"refused", 1},
                                             {"through", 11},
                                             {"sequence", 4711},
                                             {"first_rejected",
                                              {{{"line", 2},
                                                {"reason", to_string(Reason::Malformed)},
                                                {"excerpt", "{\"p\":\"\xEF\xBF\xBD\"}"}}}}}));
    // The connection goes on.
    client.send(post("", "x", "content-type: text/plain; charset=utf-8\r\n"));
    batch = one.queue.next();
    EXPECT_EQ(batch.client, "") << "nobody in particular";
    EXPECT_EQ(batch.first, 0U);
    PushResult none;
    none.rows = none.rejected = 1;
    batch.reply(none);
    const json answer = json::parse(client.request("").body);
    EXPECT_TRUE(answer["sequence"].is_null());
    EXPECT_EQ(answer["rejected"], 1);
}

TEST(ServerIngest, SaysWhatIsWrongWithARequest) {
    IngestServer one;
    struct Case {
        std::string text;
        int status;
        std::string code;
        std::string names;
    };
    const std::string json_type = "Content-Type: application/json\r\n";
    const std::string zipped = std::string(ndjson) + "Content-Encoding: gzip\r\n";
    const std::vector<Case> cases{
        {post("?client=a", "x"), 400, "bad_request", "sequence"},
        {post("?sequence=1", "x"), 400, "bad_request", "client"},
        {post("?client=a&sequence=0", "x"), 400, "bad_request", "sequence"},
        {post("?client=a&sequence=9007199254740992", "x"), 400, "bad_request", "2^53"},
        {post("?client=a&sequence=-1", "x"), 400, "bad_request", "sequence"},
        {post("?client=&sequence=1", "x"), 400, "bad_request", "client"},
        {post("?client=a%2Fb&sequence=1", "x"), 400, "bad_request", "client"},
        {post("?client=" + std::string(65, 'a') + "&sequence=1", "x"), 400, "bad_request", "64"},
        {post("?client=a&sequence=1&client=b", "x"), 400, "bad_request", "twice"},
        {post("?clinet=a&sequence=1", "x"), 400, "bad_request", "clinet"},
        {post("", "[]", json_type), 415, "unsupported_media_type", "application/x-ndjson"},
        {post("", "x", ""), 415, "unsupported_media_type", "application/x-ndjson"},
        {post("", "x", zipped), 415, "unsupported_media_type", "Content-Encoding"},
        {"POST /api/v1/ingest HTTP/1.1\r\nHost: localhost\r\n" + std::string(ndjson) + "\r\n", 411,
         "length_required", "Content-Length"},
        {"GET /api/v1/ingest HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "method_not_allowed",
         "POST"},
        {post("", "x", std::string(ndjson) + "Origin: https://elsewhere.example\r\n"), 403,
         "origin_not_allowed", "origin"},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.text.substr(0, 120));
        const HttpReply reply = RawClient(one.server.port).request(each.text);
        EXPECT_EQ(reply.status, each.status);
        EXPECT_EQ(code_of(reply), each.code);
        EXPECT_NE(reply.body.find(each.names), std::string::npos) << reply.body;
    }
    EXPECT_EQ(one.queue.asked(), 0U);
}

TEST(ServerIngest, TakesABodyOfItsOwnSizeAndNoLarger) {
    IngestServer one;
    const std::string largest(limits::ingest_body_bytes, '\n');
    RawClient client(one.server.port);
    auto sending = std::async(std::launch::async, [&] { client.send(post("", largest)); });
    auto batch = one.queue.next();
    EXPECT_TRUE(batch.rows == largest);
    batch.reply(PushResult{});
    sending.get();
    EXPECT_EQ(client.request("").status, 200);

    const std::string head =
        "POST /api/v1/ingest HTTP/1.1\r\nHost: localhost\r\n" + std::string(ndjson);
    RawClient longer(one.server.port);
    const HttpReply refused = longer.request(
        head + "Content-Length: " + std::to_string(limits::ingest_body_bytes + 1) + "\r\n\r\n");
    EXPECT_EQ(refused.status, 413);
    EXPECT_NE(refused.body.find("4194304"), std::string::npos) << refused.body;

    RawClient chunked(one.server.port);
    auto streaming = std::async(std::launch::async, [&] {
        chunked.send(head + "Transfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 5; ++i) {
            chunked.send("100000\r\n" + std::string(0x100000, '\n') + "\r\n");
        }
    });
    EXPECT_EQ(chunked.request("").status, 413);
    streaming.get();
    EXPECT_EQ(one.queue.asked(), 1U);
    // Other paths take no more than before.
    EXPECT_EQ(RawClient(one.server.port)
                  .request("POST /api/v1/ticket HTTP/1.1\r\nHost: localhost\r\n"
                           "Content-Length: 70000\r\n\r\n")
                  .status,
              413);
}

TEST(ServerIngest, TellsAFullQueueFromAStoppedOne) {
    IngestServer one;
    one.queue.say(Taken::Full);
    RawClient client(one.server.port);
    HttpReply reply = client.request(post("", "x"));
    EXPECT_EQ(reply.status, 429);
    EXPECT_EQ(code_of(reply), "queue_full");
    EXPECT_EQ(reply.headers.at("retry-after"), "1");
    one.queue.say(Taken::Stopped);
    reply = client.request(post("", "x"));
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(code_of(reply), "not_ready");
    one.queue.say(Taken::Yes);
    client.send(post("", "x"));
    PushResult stopping;
    stopping.code = PushResult::Code::Stopping;
    one.queue.next().reply(stopping);
    EXPECT_EQ(client.request("").status, 503) << "none of it may be taken as kept";
}

TEST(ServerIngest, WithoutAPushSourceSaysWhichSettingIsMissing) {
    TestServer server;
    const HttpReply reply = RawClient(server.port).request(post("", "x"));
    EXPECT_EQ(reply.status, 503);
    EXPECT_NE(reply.body.find("source.names"), std::string::npos) << reply.body;
    EXPECT_EQ(RawClient(server.port).open("", "/ingest").status, 503);
}

TEST(ServerIngest, ClientsThatWentAreCountedAllTheSame) {
    IngestServer one;
    {
        RawClient client(one.server.port);
        client.send(post("", "0123456789"));
        ASSERT_TRUE(within_ten_seconds([&] { return one.queue.size() == 1; }));
    }
    const auto metrics = [&] { return RawClient(one.server.port).get("/metrics").body; };
    EXPECT_NE(metrics().find("tickstock_ingest_in_flight_bytes 10\n"), std::string::npos);
    EXPECT_NE(metrics().find("tickstock_ingest_queued_bytes 10\n"), std::string::npos);
    PushResult result = all_accepted(4);
    result.rows = 10;
    result.duplicates = 3;
    result.rejected = 2;
    result.refused = 1;
    one.queue.next().reply(result);
    one.queue.say(Taken::Full);
    RawClient(one.server.port).request(post("", "x"));
    RawClient(one.server.port).request(post("?client=a", "x"));
    for (const std::string line : {"tickstock_ingest_rows_total{fate=\"accepted\"} 4\n",
                                   "tickstock_ingest_rows_total{fate=\"duplicate\"} 3\n",
                                   "tickstock_ingest_rows_total{fate=\"rejected\"} 2\n",
                                   "tickstock_ingest_rows_total{fate=\"refused\"} 1\n",
                                   "tickstock_ingest_requests_total{result=\"done\"} 1\n",
                                   "tickstock_ingest_requests_total{result=\"full\"} 1\n",
                                   "tickstock_ingest_requests_total{result=\"invalid\"} 1\n",
                                   "tickstock_ingest_requests_total{result=\"stopped\"} 0\n",
                                   "tickstock_ingest_in_flight_bytes 0\n"}) {
        EXPECT_TRUE(within_ten_seconds([&] { return metrics().find(line) != std::string::npos; }))
            << line << metrics();
    }
}

TEST(ServerIngest, AReplyAfterTheServersEndReachesNobody) {
    FakePushQueue queue;
    PushQueue::Batch batch;
    {
        TestServer server({}, std::size_t{32} << 20, "",
                          [&](ServerInfo& info) { info.push = &queue; });
        RawClient client(server.port);
        client.send(post("", "x"));
        batch = queue.next();
        server.server->drain_and_stop();
    }
    batch.reply(all_accepted(1));
}

TEST(ServerIngest, ClientsOfDifferentUsersDoNotMeet) {
    FakePushQueue queue;
    AuthServer server({}, {}, &queue);
    constexpr auto long_time = std::chrono::hours(1);
    for (const std::string user : {"ann", "bob"}) {
        RawClient client(server.port());
        client.send(post("?client=a&sequence=1", "x",
                         std::string(ndjson) + bearer(server.token(user, Role::Admin, long_time))));
        auto batch = queue.next();
        EXPECT_EQ(batch.client, user + "/a");
        batch.reply(all_accepted(1, 1));
        EXPECT_EQ(client.request("").status, 200);
    }
}

}  // namespace
}  // namespace tickstock::testing
