// The pages of the history, over a small SQLite database.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "history/history_reader.hpp"
#include "server/test_support.hpp"
#include "storage/test_sql.hpp"

namespace tickstock::testing {
namespace {

using namespace test_database;
using nlohmann::json;

/// 25 events, of which one has two revisions.
class ServerHistoryTest : public ::testing::Test {
protected:
    ServerHistoryTest() {
        const auto connection = database_.open_migrated();
        StorageBatch batch;
        batch.after = {"epoch-a", 26};
        for (std::int64_t offset = 1; offset <= 26; ++offset) {
            EventRow row = make_row(offset, offset % 3 == 0 ? "low" : "high");
            row.id = std::string(14, '0') + (offset < 10 ? "0" : "") + std::to_string(offset);
            if (offset == 26) {  // the second revision of the 25th
                row.id = batch.events.back().id;
                row.rev = 1;
            }
            row.facts.session_high = row.price;
            row.facts.count_up = 1;
            row.body = R"({ "id":")" + row.id + R"(","x":"é\u00e9","n":1.10})";
            batch.events.push_back(std::move(row));
        }
        rows_ = batch.events;
        batch.metrics.push_back({5, "stream", "rate", 0.1});
        EXPECT_TRUE(EventStore(*connection).store(batch));
        SqliteConnectionOptions options;
        options.create = false;
        options.read_only = true;
        reader_.emplace(open_sqlite_connection(database_.path(), options), clock_);
        server_.emplace(std::function<void(ServerSettings&)>(), 1 << 20, "",
                        [&](ServerInfo& info) { info.history = &*reader_; });
    }

    json page(const std::string& target) {
        RawClient client(server_->port);
        const HttpReply reply = client.get("/api/v1/history/" + target);
        EXPECT_EQ(reply.status, 200) << target << ' ' << reply.body;
        return json::parse(reply.body);
    }
    HttpReply get(const std::string& target) {
        return RawClient(server_->port).get("/api/v1/history/" + target);
    }

    EmptyDatabase database_{SqlConnection::Dialect::Sqlite};
    std::vector<EventRow> rows_;
    SystemClock clock_;
    std::optional<HistoryReader> reader_;
    std::optional<TestServer> server_;
};

TEST_F(ServerHistoryTest, EventsStandAsTheyWerePublishedByteForByte) {
    std::string expected = R"({"events":[)";
    for (std::int64_t offset = 1; offset <= 26; ++offset) {
        const EventRow& row = rows_[static_cast<std::size_t>(offset - 1)];
        expected += (offset == 1 ? "" : ",") + std::string(R"({"offset":)") +
                    std::to_string(offset) + R"(,"epoch":"epoch-a","ts_pub":)" +
                    std::to_string(row.ts_pub) + R"(,"event":)" + row.body + "}";
    }
    expected += "],\"next\":null}\n";
    const HttpReply reply = get("events?order=oldest&revisions=all");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.headers.at("content-type"), "application/json");
    EXPECT_EQ(reply.body, expected);
}

TEST_F(ServerHistoryTest, PagesFollowEachOther) {
    std::vector<std::int64_t> offsets;
    std::string cursor;
    do {
        const json one = page("events?limit=4" + (cursor.empty() ? "" : "&cursor=" + cursor));
        for (const json& event : one["events"]) {
            offsets.push_back(event["offset"]);
        }
        cursor = one["next"].is_null() ? "" : one["next"];
    } while (!cursor.empty());
    ASSERT_EQ(offsets.size(), 25U) << "the latest revisions";
    EXPECT_EQ(offsets.front(), 26);
    EXPECT_EQ(offsets[1], 24);
    EXPECT_TRUE(std::is_sorted(offsets.rbegin(), offsets.rend()));
    EXPECT_EQ(page("events?type=low&symbol=AAPL&limit=1000")["events"].size(), 4U);
}

TEST_F(ServerHistoryTest, TheOtherPages) {
    const json sessions = page("sessions");
    ASSERT_EQ(sessions["sessions"].size(), 2U);
    EXPECT_EQ(sessions["sessions"][0]["symbol"], "AAPL");
    EXPECT_EQ(sessions["sessions"][0]["epoch"], "epoch-a");
    EXPECT_EQ(page("sessions?symbol=MSFT")["sessions"].size(), 1U);
    const json windows = page("analytics?order=oldest");
    EXPECT_EQ(windows["windows"].size(), 3U);
    EXPECT_EQ(windows["windows"][0]["width_seconds"], 10);
    EXPECT_EQ(page("analytics?width=1h")["windows"].size(), 1U);
    EXPECT_GT(page("counts?component=stream")["counts"].size(), 0U);
    EXPECT_EQ(get("metrics").body,
              R"({"metrics":[{"at":5,"component":"stream","name":"rate","value":0.1}],"next":null})"
              "\n");
    EXPECT_EQ(get("gaps").body, "{\"gaps\":[],\"next\":null}\n");
    RawClient client(server_->port);
    const HttpReply head =
        client.request("HEAD /api/v1/history/gaps HTTP/1.1\r\nHost: localhost\r\n\r\n", true);
    EXPECT_EQ(head.status, 200);
}

TEST_F(ServerHistoryTest, WhatIsNotAcceptedIsNamed) {
    for (const std::string target :
         {"events?limit=0", "events?cursor=n5", "events?mistyped=1", "events?symbol=%00",
          "sessions?date=today", "analytics?width=2m", "counts?type=x",
          "metrics?name=", "gaps?from=1h", "events?limit=1&limit=2"}) {
        const HttpReply reply = get(target);
        EXPECT_EQ(reply.status, 400) << target;
        const json error = json::parse(reply.body)["error"];
        EXPECT_EQ(error["code"], "bad_request");
        const std::string name =
            target.substr(target.find('?') + 1, target.find('=') - target.find('?') - 1);
        EXPECT_NE(std::string(error["message"]).find('"' + name + '"'), std::string::npos);
        EXPECT_NE(std::string(error["message"]).find("accepted is"), std::string::npos);
    }
    EXPECT_EQ(get("nothing").status, 404);
    RawClient client(server_->port);
    client.send_json("POST", "/api/v1/history/events", "{}");
    EXPECT_EQ(client.request("").status, 405);
}

TEST_F(ServerHistoryTest, ALostDatabaseIsSaidAndNothingElseStops) {
    reader_.emplace(
        open_sqlite_connection(database_.path() + ".none", {std::chrono::seconds(1), false, true}),
        clock_);
    const HttpReply reply = get("events");
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(json::parse(reply.body)["error"]["code"], "storage_unavailable");
    EXPECT_EQ(reply.body.find(database_.path()), std::string::npos) << "no paths for clients";
    EXPECT_EQ(RawClient(server_->port).get("/healthz").status, 200);
}

TEST_F(ServerHistoryTest, WithoutStorageItSaysSo) {
    TestServer server;
    const HttpReply reply = RawClient(server.port).get("/api/v1/history/events");
    EXPECT_EQ(reply.status, 503);
    EXPECT_NE(reply.body.find("storage.url is off"), std::string::npos);
    EXPECT_EQ(RawClient(server.port).get("/api/v1/history/events?limit=x").status, 400);
}

/// A database that answers when it is let.
class SlowConnection final : public SqlConnection {
public:
    explicit SlowConnection(std::shared_future<void> go) : go_(std::move(go)) {}
    Dialect dialect() const override { return Dialect::Sqlite; }
    std::string name() const override { return "slow"; }
    Result<SqlDone, SqlError> connect() override {
        go_.wait();
        return SqlError{SqlError::Kind::Unreachable, "slow"};
    }
    Result<std::vector<SqlRow>, SqlError> query(SqlText, std::span<const SqlValue>) override {
        return std::vector<SqlRow>();
    }
    Result<SqlDone, SqlError> execute(SqlText, std::span<const SqlValue>) override {
        return SqlDone{};
    }
    Result<SqlDone, SqlError> execute_each(SqlText, std::span<const SqlRow>) override {
        return SqlDone{};
    }
    Result<SqlDone, SqlError> begin() override { return SqlDone{}; }
    Result<SqlDone, SqlError> commit() override { return SqlDone{}; }
    void roll_back() override {}

private:
    std::shared_future<void> go_;
};

TEST(ServerHistory, TooManyQuestionsAre429AndTheServerGoesOn) {
    std::promise<void> go;
    SystemClock clock;
    HistoryReader::Options options;
    options.queue = 2;
    HistoryReader reader(std::make_unique<SlowConnection>(go.get_future().share()), clock, options);
    TestServer server({}, 1 << 20, "", [&](ServerInfo& info) { info.history = &reader; });
    std::vector<std::unique_ptr<RawClient>> clients;
    const std::string request = "GET /api/v1/history/gaps HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (std::uint64_t asked = 1; asked <= 3; ++asked) {  // one in hand, two wait
        clients.push_back(std::make_unique<RawClient>(server.port));
        clients.back()->send(request);
        for (int i = 0; i < 1000 && reader.counts().asked < asked; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        if (asked == 1) {  // until the thread has taken it off the queue
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
        }
    }
    const HttpReply refused = RawClient(server.port).get("/api/v1/history/gaps");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(json::parse(refused.body)["error"]["code"], "queue_full");
    EXPECT_TRUE(refused.headers.contains("retry-after"));
    EXPECT_EQ(RawClient(server.port).get("/healthz").status, 200);
    go.set_value();
    for (const auto& client : clients) {
        EXPECT_EQ(client->request("").status, 503);
    }
}

}  // namespace
}  // namespace tickstock::testing
