#include "storage/event_store.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "storage/test_sql.hpp"

namespace tickstock::test_database {
namespace {

using Dialect = SqlConnection::Dialect;

class EventStoreTest : public SqlTest {
protected:
    void SetUp() override {
        SqlTest::SetUp();
        if (database) {
            connection = database->open_migrated();
            store.emplace(*connection);
        }
    }
    /// Stores the rows behind where the store stands.
    void put(std::vector<EventRow> rows, const std::string& epoch = "one") {
        StorageBatch batch;
        batch.before = *store->position();
        batch.after = {epoch, rows.back().offset};
        batch.events = std::move(rows);
        const auto done = store->store(batch);
        ASSERT_TRUE(done) << done.error().message;
    }
    std::unique_ptr<SqlConnection> connection;
    std::optional<EventStore> store;
};
INSTANTIATE_TEST_SUITE_P(Both, EventStoreTest,
                         ::testing::Values(Dialect::Sqlite, Dialect::Postgres), dialect_word);

TEST_P(EventStoreTest, KeepsARowAsItIs) {
    EventRow row = make_row(7);
    row.symbol = "Gr\xC3\xB6\xC3\x9F'e\"";
    row.body = "{\"id\":\"\\u0000'\",\"x\":\"\xF0\x9F\x93\x88 ; -- $1\"}";
    EventRow control = make_row(8, "control", "");
    control.symbol = "";
    control.price.reset();
    put({row, control});
    EXPECT_EQ(*store->position(), (StoragePosition{"one", 8}));
    EXPECT_EQ(rows_of(*connection,
                      "SELECT id, rev, epoch, stream_offset, ts_pub, ts, symbol, type, direction,"
                      " source, session, session_date, priority, price, volume, score, body"
                      " FROM events ORDER BY stream_offset"),
              "id7|0|1|7|1700000007000000005|1700000007000000000|" + row.symbol +
                  "|high|up|tick|regular|2023-11-14|4|100000000007|7000000|0.700000|" + row.body +
                  "\nid8|0|1|8|1700000008000000005|1700000008000000000||control|-|tick|regular|"
                  "2023-11-14|1|-|8000000|0.800000|" +
                  control.body + "\n");
}

TEST_P(EventStoreTest, ARevisionIsARowOfItsOwnAndARetoldFactReplacesItsRow) {
    EventRow revised = make_row(1);
    revised.rev = 1;
    revised.offset = 2;
    put({make_row(1), revised});
    EventRow retold = make_row(1);
    retold.offset = 5;
    retold.ts_pub = 99;
    retold.body = "{\"told\":\"again\"}";
    put({retold}, "two");
    EXPECT_EQ(
        rows_of(*connection,
                "SELECT id, rev, epoch, stream_offset, ts_pub, body FROM events ORDER BY rev"),
        "id1|0|2|5|99|{\"told\":\"again\"}\n"
        "id1|1|1|2|1700000001000000005|{\"id\":\"id1\"}\n");
    EXPECT_EQ(*store->epochs(), (std::vector<std::string>{"one", "two"}));
}

TEST_P(EventStoreTest, AHundredThousandRowsInABatch) {
    std::vector<EventRow> rows;
    for (std::int64_t i = 1; i <= 100'000; ++i) {
        rows.push_back(make_row(i));
    }
    put(std::move(rows));
    EXPECT_EQ(
        rows_of(*connection, "SELECT count(*), sum(priority), max(stream_offset) FROM events"),
        GetParam() == Dialect::Sqlite ? "100000|250000|100000\n" : "100000|250000.000000|100000\n");
}

TEST_P(EventStoreTest, ABatchThatDoesNotFollowIsNotStored) {
    put({make_row(1)});
    StorageBatch batch;
    batch.before = {"one", 0};
    batch.after = {"one", 2};
    batch.events = {make_row(2)};
    const auto done = store->store(batch);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, SqlError::Kind::Busy);
    EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM events"), "1\n");
}

TEST_P(EventStoreTest, AFailureInTheMiddleKeepsNothing) {
    put({make_row(1)});
    ASSERT_TRUE(connection->execute("DROP TABLE storage_gaps", {}));
    StorageBatch batch;
    batch.before = {"one", 1};
    batch.after = {"one", 2};
    batch.events = {make_row(2)};
    batch.gaps = {{"one", 2, 2, "lost", 5}};
    ASSERT_FALSE(store->store(batch));
    EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM events"), "1\n");
    EXPECT_EQ(*store->position(), (StoragePosition{"one", 1}));
    EXPECT_EQ(rows_of(*connection, "SELECT sum(count) FROM event_counts").substr(0, 1), "1");
}

TEST_P(EventStoreTest, GapsAndMetricsAreKept) {
    StorageBatch batch;
    batch.after = {"two", 0};
    batch.gaps = {{"one", 5, 0, "left the stored stream", 77}, {"two", 1, 3, "damaged", 78}};
    batch.metrics = {{1000, "tick", "latency", 0.25}};
    ASSERT_TRUE(store->store(batch));
    EXPECT_EQ(rows_of(*connection, "SELECT * FROM storage_gaps ORDER BY at"),
              "1|5|0|left the stored stream|77\n2|1|3|damaged|78\n");
    EXPECT_EQ(rows_of(*connection, "SELECT * FROM performance_metrics"),
              "1000|tick|latency|0.250000\n");
}

TEST_P(EventStoreTest, SessionsFollowTheNewestEvents) {
    const auto event = [](std::int64_t offset, std::string_view type, std::string_view direction,
                          SessionFacts facts) {
        EventRow row = make_row(2 * offset, type, direction);  // one symbol
        row.offset = offset;
        row.facts = facts;
        return row;
    };
    EventRow high = event(1, "high", "up", {110, 90, 1, 0});
    high.price = 110;
    EventRow low = event(2, "low", "down", {110, 80, 1, 1});
    low.price = 80;
    put({high, low, event(3, "trend", "up", {{}, {}, 1, 0}), event(4, "surge", "up", {}),
         event(5, "surge", "down", {})});
    auto found = *load_sessions(*connection, "2023-11-14");
    ASSERT_EQ(found.size(), 1U);
    SessionRow expected{
        "AAPL", "2023-11-14",    "regular",       110, high.ts, 80, low.ts, 1, 1, 1, 0, 1,
        1,      100'000'000'010, make_row(10).ts, 5};
    EXPECT_EQ(found[0], expected);
    EXPECT_TRUE(load_sessions(*connection, "2023-11-15")->empty());

    // Another batch: a correction takes the high back, told by a low; the trend's counts go on; a
    // surge is revised.
    EventRow next_low = event(6, "low", "down", {105, 70, 1, 2});
    next_low.price = 70;
    EventRow revised = event(4, "surge", "up", {});
    revised.rev = 1;
    revised.offset = 8;
    put({next_low, event(7, "trend", "down", {{}, {}, 1, 1}), revised});
    found = *load_sessions(*connection, "2023-11-14");
    expected = {
        "AAPL", "2023-11-14",    "regular",      105, next_low.ts, 70, next_low.ts, 1, 2, 1, 1, 1,
        1,      100'000'000'008, make_row(8).ts, 8};
    EXPECT_EQ(found[0], expected);

    // The same told again in a new epoch counts once.
    put({event(4, "surge", "up", {}), event(5, "surge", "down", {}), event(9, "surge", "down", {})},
        "two");
    found = *load_sessions(*connection, "2023-11-14");
    EXPECT_EQ(found[0].surges_up, 1);
    EXPECT_EQ(found[0].surges_down, 2);
}

TEST_P(EventStoreTest, WindowsAgreeWithTheRows) {
    constexpr std::int64_t start = 1'700'000'000'000'000'000;
    std::vector<EventRow> rows;
    const std::vector<std::pair<std::string_view, std::string_view>> kinds{
        {"high", "up"},    {"low", "down"}, {"trend", "up"},     {"trend", "down"}, {"surge", "up"},
        {"surge", "down"}, {"high", "up"},  {"valuation", "up"}, {"control", ""},   {"rule", ""}};
    for (std::int64_t i = 0; i < 10; ++i) {
        rows.push_back(make_row(i + 1, kinds[static_cast<std::size_t>(i)].first,
                                kinds[static_cast<std::size_t>(i)].second));
        rows.back().ts = start + 5;
    }
    EventRow revised = rows[0];
    revised.rev = 1;
    revised.offset = 11;
    rows.push_back(revised);
    EventRow later = make_row(12, "low", "down");
    later.ts = start + 20'000'000'000;
    rows.push_back(later);
    put(rows);
    const std::string first =
        "1700000000000000000|10000000000|11|2|1|1|1|1|1|2|0|57.142857|"
        "42.857143|Very Low\n";
    EXPECT_EQ(rows_of(*connection, "SELECT * FROM market_analytics ORDER BY at"),
              first +
                  "1700000020000000000|10000000000|1|0|1|0|0|0|0|1|0|0.000000|100.000000|"
                  "Very Low\n");
    EXPECT_EQ(rows_of(*connection,
                      "SELECT event_type, count FROM event_counts WHERE component = 'stream' AND"
                      " at = 1700000000000000000 ORDER BY event_type"),
              "control|1\nhigh|3\nlow|1\nrule|1\nsurge|2\ntrend|2\nvaluation|1\n");

    // Trades of a window come from elsewhere and stay when events are added.
    StorageBatch batch;
    batch.before = batch.after = *store->position();
    batch.trades = {{start, 20}, {start + 10'000'000'000, 4}};
    ASSERT_TRUE(store->store(batch));
    EventRow more = make_row(13, "control", "");
    more.ts = start + 7;
    put({more});
    EXPECT_EQ(rows_of(*connection,
                      "SELECT at, events, trades, activity_level, buying_pressure"
                      " FROM market_analytics ORDER BY at"),
              "1700000000000000000|12|20|High|57.142857\n"
              "1700000010000000000|0|4|Very Low|-\n"
              "1700000020000000000|1|0|Very Low|0.000000\n");
}

TEST_P(EventStoreTest, RetentionRemovesTheOldestInSlices) {
    std::vector<EventRow> rows;
    for (std::int64_t i = 1; i <= 100; ++i) {
        rows.push_back(make_row(i));
        rows.back().ts += (i > 60 ? 86'400'000'000'000 : 0);
        rows.back().session_date = i > 60 ? "2023-11-15" : "2023-11-14";
    }
    put(rows);
    const std::int64_t before = 1'700'000'000'000'000'000 + 86'400'000'000'000;
    std::uint64_t slices = 0;
    for (;; ++slices) {
        const auto done = store->remove_before(before, before, 25);
        ASSERT_TRUE(done) << done.error().message;
        EXPECT_LE(done->changed, 25U * 5);
        if (done->changed == 0) {
            break;
        }
    }
    EXPECT_EQ(slices, 3U);
    EXPECT_EQ(rows_of(*connection, "SELECT count(*), min(stream_offset) FROM events"), "40|61\n");
    EXPECT_EQ(rows_of(*connection, "SELECT DISTINCT session_date FROM session_stats"),
              "2023-11-15\n");
    EXPECT_EQ(rows_of(*connection, "SELECT count(*) FROM market_analytics"), "5\n");
    EXPECT_EQ(*store->position(), (StoragePosition{"one", 100}));
}

TEST_P(EventStoreTest, ASecondServerIsKeptOut) {
    ASSERT_TRUE(store->claim());
    if (GetParam() == Dialect::Sqlite) {
        return;  // the data directory is one server's
    }
    auto other = database->open();
    const auto done = EventStore(*other).claim();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, SqlError::Kind::Busy) << done.error().message;
    connection.reset();
    for (int i = 0; i < 1000 && !EventStore(*other).claim(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_TRUE(EventStore(*other).claim());
}

TEST(ActivityWord, AsThePagesSay) {
    EXPECT_EQ(activity_word(29), "Very Low");
    EXPECT_EQ(activity_word(30), "Low");
    EXPECT_EQ(activity_word(60), "Medium");
    EXPECT_EQ(activity_word(120), "High");
    EXPECT_EQ(activity_word(240), "Very High");
    EXPECT_EQ(activity_word(480), "Extreme");
}

TEST(NewYorkDate, IsOfNewYorksClocks) {
    EXPECT_EQ(new_york_date(unix_nanos(1'700'000'000'000'000'000)), "2023-11-14");
    EXPECT_EQ(new_york_date(unix_nanos(1'700'020'800'000'000'000)), "2023-11-14");  // 23:00
    EXPECT_EQ(new_york_date(unix_nanos(1'700'024'400'000'000'000)), "2023-11-15");  // 00:00
}

}  // namespace
}  // namespace tickstock::test_database
