#include "history/history_writer.hpp"

#include <gtest/gtest.h>

#include "history/test_stream.hpp"

namespace tickstock::test_history {
namespace {

using test_database::dialect_word;
using test_database::rows_of;
using test_database::SqlTest;
using Dialect = SqlConnection::Dialect;

class HistoryWriterTest : public SqlTest {};
INSTANTIATE_TEST_SUITE_P(Both, HistoryWriterTest,
                         ::testing::Values(Dialect::Sqlite, Dialect::Postgres), dialect_word);

TEST_P(HistoryWriterTest, StoresTheWholeStreamRowForRow) {
    TestStream stream;
    stream.publish(3456);
    StepWriter test(stream, database->open());
    const HistoryStatus status = test.drain();
    EXPECT_EQ(status.state, HistoryState::Ok) << status.last_error;
    EXPECT_EQ(status.epoch, "one");
    EXPECT_EQ(status.offset, 3456U);
    EXPECT_EQ(status.events, 3456U);
    EXPECT_EQ(status.transactions, 4U);
    EXPECT_EQ(status.behind, 0U);
    EXPECT_EQ(status.gaps, 0U);
    const auto reader = database->open();
    expect_equal(test_rows(*reader), stream.published);

    stream.publish(10);
    EXPECT_FALSE(test.writer.step());
    expect_equal(test_rows(*reader), stream.published);
}

TEST_P(HistoryWriterTest, GoesOnAfterARestartInTheMiddle) {
    TestStream stream(20'000);
    for (int run = 0; run < 5; ++run) {
        stream.publish(500);
        StepWriter test(stream, database->open(), 130);
        EXPECT_TRUE(test.writer.step());
        EXPECT_TRUE(test.writer.step());
        EXPECT_EQ(test.writer.status().events, 260U);
    }
    StepWriter test(stream, database->open(), 130);
    EXPECT_EQ(test.drain().events, 2500U - 5 * 260U);
    expect_equal(test_rows(*database->open()), stream.published);
}

TEST_P(HistoryWriterTest, GoesOnInTheNextEpochAndReplacesWhatIsToldAgain) {
    TestStream stream(20'000);
    StepWriter test(stream, database->open(), 170);
    stream.publish(600);
    test.drain();
    stream.publish(100);
    stream.begin_epoch("two");
    stream.publish(250, 500);  // 500 to 700, and facts that were never told
    stream.begin_epoch("three");
    stream.publish(100);
    stream.revise(120);
    test.drain();
    const auto reader = database->open();
    expect_equal(test_rows(*reader), stream.published);
    EXPECT_EQ(rows_of(*reader, "SELECT epoch FROM stream_epochs ORDER BY number"),
              "one\ntwo\nthree\n");
    EXPECT_EQ(rows_of(*reader, "SELECT count(*) FROM storage_gaps"), "0\n");
}

TEST_P(HistoryWriterTest, WindowsAgreeWithTheRowsInTheEnd) {
    TestStream stream(20'000);
    stream.publish(2000);
    stream.begin_epoch("two");
    stream.publish(300, 1500);
    StepWriter test(stream, database->open(), 170);
    test.drain();
    const auto reader = database->open();
    EXPECT_EQ(rows_of(*reader, "SELECT at, events, highs, lows FROM market_analytics ORDER BY at"),
              rows_of(*reader,
                      "SELECT ts - ts % 10000000000, count(*),"
                      " sum(CASE WHEN type = 'high' THEN 1 ELSE 0 END),"
                      " sum(CASE WHEN type = 'low' THEN 1 ELSE 0 END)"
                      " FROM events GROUP BY 1 ORDER BY 1"));
    EXPECT_EQ(rows_of(*reader,
                      "SELECT symbol, surges_up, surges_down FROM session_stats ORDER BY symbol"),
              rows_of(*reader,
                      "SELECT symbol, sum(CASE WHEN type = 'surge' AND direction = 'up' THEN 1"
                      " ELSE 0 END), sum(CASE WHEN type = 'surge' AND direction = 'down' THEN 1"
                      " ELSE 0 END) FROM events GROUP BY symbol ORDER BY symbol"));
}

TEST_P(HistoryWriterTest, WhatLeftTheStreamIsAGap) {
    TestStream stream(5'000, 20'000);
    stream.publish(10);
    StepWriter test(stream, database->open());
    test.drain();
    for (int i = 0; i < 20; ++i) {
        stream.publish(20);
    }
    stream.stream->retain(unix_nanos(1'700'100'000'000'000'000));
    const std::uint64_t first = stream.stream->range("one").first.value();
    ASSERT_GT(first, 11U);
    const HistoryStatus status = test.drain();
    EXPECT_EQ(status.gaps, 1U);
    EXPECT_EQ(status.offset, 410U);
    EXPECT_EQ(status.events, 10 + 410 - first + 1);
    const auto reader = database->open();
    EXPECT_EQ(rows_of(*reader, "SELECT epoch, first_offset, last_offset, reason FROM storage_gaps"),
              fmt::format("1|11|{}|left the stored stream before they were stored\n", first - 1));
}

TEST_P(HistoryWriterTest, AnEpochThatIsGoneIsAGapWithoutAnEnd) {
    TestStream before;
    before.publish(10);
    StepWriter(before, database->open()).drain();
    TestStream stream;
    stream.begin_epoch("two");
    stream.publish(20);
    StepWriter test(stream, database->open());
    EXPECT_EQ(test.drain().gaps, 1U);
    const auto reader = database->open();
    EXPECT_EQ(rows_of(*reader, "SELECT epoch, first_offset, last_offset, reason FROM storage_gaps"),
              "1|11|0|the rest of the epoch left the stored stream\n");
    EXPECT_EQ(rows_of(*reader, "SELECT count(*) FROM events WHERE epoch = 2"), "20\n");
}

TEST_P(HistoryWriterTest, DamageInTheStreamIsAGapAndTheRestIsStored) {
    TestStream stream(10'000);
    for (int i = 0; i < 10; ++i) {
        stream.publish(10);
    }
    const auto files = stream.stream->files();
    ASSERT_GE(files.size(), 3U);
    const std::string path = "stream/" + files[1].name;
    std::string bytes = *stream.disk.content(path);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x10);
    stream.disk.put(path, bytes);
    StepWriter test(stream, database->open());
    const HistoryStatus status = test.drain();
    for (int i = 0; i < 5; ++i) {
        test.clock.advance(std::chrono::seconds(10));
        test.writer.step();
    }
    EXPECT_EQ(test.writer.status().offset, 100U);
    const auto reader = database->open();
    EXPECT_EQ(rows_of(*reader, "SELECT last_offset FROM storage_gaps"),
              fmt::format("{}\n", files[1].last.value()));
    EXPECT_EQ(rows_of(*reader,
                      "SELECT (SELECT count(*) FROM events) +"
                      " (SELECT last_offset - first_offset + 1 FROM storage_gaps)"),
              "100\n");
}

TEST_P(HistoryWriterTest, MetricsTradesAndTheRatioComeFromTheEngine) {
    TestStream stream;
    HistorySamples samples;
    std::optional<StepWriter> test;
    test.emplace(stream, database->open(), 1000, [&] { return samples; });
    test->writer.step();
    constexpr std::int64_t start = 1'700'000'000'000'000'000;
    samples.trades = {{1, start, 40}, {2, start + 10'000'000'000, 40}};
    samples.records = 5000;
    samples.metrics = {{"tick", "latency", 0.5}};
    test->clock.advance(std::chrono::seconds(10));
    test->writer.step();
    samples.trades.push_back({3, start + 20'000'000'000, 30});
    test->clock.advance(std::chrono::seconds(10));
    test->writer.step();
    const auto reader = database->open();
    EXPECT_EQ(
        rows_of(*reader, "SELECT at, trades, activity_level FROM market_analytics ORDER BY at"),
        "1700000000000000000|40|Very High\n1700000010000000000|40|Very High\n"
        "1700000020000000000|30|High\n");
    EXPECT_EQ(rows_of(*reader, "SELECT component, metric_name, value FROM performance_metrics"),
              "tick|latency|0.500000\ntick|latency|0.500000\n");
    EXPECT_EQ(test->writer.status().transactions, 2U);
    EXPECT_DOUBLE_EQ(test->writer.status().records_per_transaction, 2500);

    test.reset();
    // Another process goes on with the window's trades.
    samples.trades = {{1, start + 20'000'000'000, 7}};
    StepWriter next(stream, database->open(), 1000, [&] { return samples; });
    next.drain();
    EXPECT_EQ(rows_of(*reader, "SELECT sum(trades) FROM market_analytics").substr(0, 3), "117");
}

TEST_P(HistoryWriterTest, RetentionRemovesOldRowsOnceAnHour) {
    TestStream stream;
    stream.publish(400);  // 20 s of market time
    ManualClock clock(unix_nanos(1'700'000'000'000'000'000));
    StorageSettings settings = test_settings();
    settings.retention = std::chrono::seconds(10);
    HistoryWriter writer({*stream.stream, database->open(), settings, clock, {}});
    while (writer.step()) {
    }
    const auto reader = database->open();
    EXPECT_EQ(rows_of(*reader, "SELECT count(*) FROM events"), "400\n");
    clock.advance(std::chrono::hours(1) + std::chrono::seconds(10));
    while (writer.step()) {
    }
    EXPECT_EQ(rows_of(*reader, "SELECT count(*), min(stream_offset) FROM events"), "201|200\n");
    EXPECT_GE(writer.status().removed, 199U);
}

TEST_P(HistoryWriterTest, StopStoresWhatIsLeft) {
    TestStream stream;
    SystemClock clock;
    HistoryWriter writer({*stream.stream, database->open(), test_settings(), clock, {}});
    writer.start();
    stream.publish(100);
    stream.publish(100);
    writer.stop();
    EXPECT_EQ(writer.status().state, HistoryState::Stopped);
    expect_equal(test_rows(*database->open()), stream.published);
}

}  // namespace
}  // namespace tickstock::test_history
