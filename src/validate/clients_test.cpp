// What the validator's own readers make of bytes.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "validate/http_client.hpp"
#include "validate/live_tape.hpp"
#include "validate/machine.hpp"
#include "validate/metrics_text.hpp"
#include "validate/raw_json.hpp"
#include "validate/socketio_client.hpp"
#include "validate/status_page.hpp"
#include "validate/websocket_client.hpp"

namespace tickstock::validate {
namespace {

TEST(RawJson, CutsValuesAsTheyStand) {
    const std::string_view text =
        R"({"a":1.50,"b":{"x":"}\",","y":[1,{"z":2}]}, "c" : [ "p,q" ,null],"d":true})";
    EXPECT_EQ(raw_value(text, "a"), "1.50");
    EXPECT_EQ(raw_value(text, "b"), R"({"x":"}\",","y":[1,{"z":2}]})");
    EXPECT_EQ(raw_value(text, "d"), "true");
    EXPECT_EQ(raw_value(text, "x"), "");
    const auto elements = raw_elements(raw_value(text, "c"));
    ASSERT_EQ(elements.size(), 2u);
    EXPECT_EQ(raw_text(elements[0]), "p,q");
    EXPECT_EQ(elements[1], "null");
    EXPECT_TRUE(raw_members("[1]").empty());
    EXPECT_TRUE(raw_elements("[]").empty());
    EXPECT_TRUE(raw_members("{}").empty());
    EXPECT_EQ(raw_number("12"), 12u);
    EXPECT_EQ(raw_number("1.5"), std::nullopt);
    EXPECT_EQ(raw_number(""), std::nullopt);
}

TEST(RawJson, WhatIsCutOffEndsTheReading) {
    EXPECT_TRUE(raw_members(R"({"a)").empty());
    EXPECT_EQ(raw_value(R"({"a":1,"b":)", "a"), "1");
    EXPECT_EQ(raw_members(R"({"a":1,"b")").size(), 1u);
}

TEST(Http, ChunksAreTakenWhenTheyAreWhole) {
    bool end = false;
    std::string bytes = "5\r\nhello\r\n3\r\nab";
    EXPECT_EQ(take_chunks(bytes, end).value(), "hello");
    EXPECT_EQ(bytes, "3\r\nab");
    bytes += "c\r\n0\r\n\r\n";
    EXPECT_EQ(take_chunks(bytes, end).value(), "abc");
    EXPECT_TRUE(end);
    bytes = "xyz\r\n";
    EXPECT_FALSE(take_chunks(bytes, end).ok());
}

TEST(WebSocket, ClientFramesAreMaskedAndSized) {
    for (const std::size_t size : {0UL, 1UL, 125UL, 126UL, 65'535UL, 65'536UL}) {
        std::string frame;
        append_client_frame(frame, 1, std::string(size, 'x'));
        const std::size_t head = 6 + (size < 126 ? 0U : size < 65'536 ? 2U : 8U);
        ASSERT_EQ(frame.size(), head + size);
        EXPECT_EQ(static_cast<unsigned char>(frame[0]), 0x81);
        EXPECT_NE(static_cast<unsigned char>(frame[1]) & 0x80, 0);
        if (size > 0) {
            const char mask = frame[head - 4];
            EXPECT_EQ(static_cast<char>(frame[head] ^ mask), 'x');
        }
    }
}

TEST(SocketIo, EventPackets) {
    const auto event = event_of_packet(R"(42["stock_data","{\"highs\":[]}"])");
    ASSERT_TRUE(event.has_value());
    EXPECT_EQ(event->name, "stock_data");
    EXPECT_EQ(event->argument, R"("{\"highs\":[]}")");
    EXPECT_EQ(event_of_packet("40{\"sid\":\"x\"}"), std::nullopt);
    EXPECT_EQ(event_of_packet("2"), std::nullopt);
}

TEST(Machine, MemoryOfAProcess) {
    const auto memory =
        parse_memory("Name:\tx\nVmHWM:\t   30 kB\nVmRSS:\t   20 kB\nRssAnon:\t   10 kB\n");
    ASSERT_TRUE(memory.ok());
    EXPECT_EQ(memory->resident, 20u * 1024);
    EXPECT_EQ(memory->anonymous, 10u * 1024);
    EXPECT_EQ(memory->peak_resident, 30u * 1024);
    EXPECT_FALSE(parse_memory("Name:\tx\n").ok());
    EXPECT_TRUE(read_memory(::getpid()).ok());
    EXPECT_GT(read_machine().cores, 0u);
}

TEST(Machine, ReadsAProcessorTimeBehindAnyName) {
    const std::string behind = " S 1 2 3 4 5 6 7 8 9 10 150 50 7 7 20 0 1 0 99";
    for (const char* name : {"(tickstock)", "(a) b (c)", "(x y 1 2 3)"}) {
        const auto time = parse_processor_time("42 " + std::string(name) + behind, 100);
        ASSERT_TRUE(time.ok()) << name;
        EXPECT_EQ(*time, std::chrono::seconds(2)) << name;
    }
    EXPECT_FALSE(parse_processor_time("", 100).ok());
    EXPECT_FALSE(parse_processor_time("42 (x) S 1 2", 100).ok());
    EXPECT_FALSE(parse_processor_time("42 (x)" + behind, 0).ok());
}

TEST(Metrics, AGoodPageHasNoFaults) {
    const MetricsPage page = parse_metrics(
        "# HELP a_total Things\n# TYPE a_total counter\na_total{channel=\"tick\"} 3\n"
        "# TYPE h_seconds histogram\nh_seconds_bucket{s=\"x\",le=\"0.1\"} 1\n"
        "h_seconds_bucket{s=\"x\",le=\"+Inf\"} 4\nh_seconds_sum{s=\"x\"} 0.5\n"
        "h_seconds_count{s=\"x\"} 4\n");
    EXPECT_TRUE(page.faults.empty()) << page.faults.front();
    EXPECT_TRUE(missing_metrics(page, {"a_total{channel}", "h_seconds{s}"}).empty());
    EXPECT_EQ(missing_metrics(page, {"b_total", "a_total{reason}", "h_seconds{stage}"}).size(), 3u);
}

TEST(Metrics, QuantilesByBuckets) {
    const MetricsPage page = parse_metrics(
        "# TYPE h histogram\nh_bucket{s=\"a\",le=\"0.1\"} 90\nh_bucket{s=\"a\",le=\"1\"} 95\n"
        "h_bucket{s=\"a\",le=\"+Inf\"} 95\nh_bucket{s=\"b\",le=\"0.1\"} 5\n"
        "h_bucket{s=\"b\",le=\"1\"} 5\nh_bucket{s=\"b\",le=\"+Inf\"} 5\n"
        "h_count{s=\"a\"} 95\nh_count{s=\"b\"} 5\n");
    EXPECT_TRUE(page.faults.empty());
    EXPECT_EQ(bucket_quantile(page, "h", 0.95), 0.1);
    EXPECT_EQ(bucket_quantile(page, "h", 0.96), 1);
    EXPECT_EQ(bucket_quantile(page, "g", 0.5), std::nullopt);
}

TEST(Metrics, FaultsAreFound) {
    for (const char* text :
         {"a_total 1\n", "# TYPE a_total counter\na_total one\n",
          "# TYPE a_total counter\na_total{x=\"1\" 1\n",
          "# TYPE a_total counter\n# TYPE a_total counter\n",
          "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n",
          "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 2\n"}) {
        EXPECT_EQ(parse_metrics(text).faults.size(), 1u) << text;
    }
}

std::string ledgers(const char* intake) {
    std::string text = R"({"accounting":{)";
    for (const char* name : {"sources", "sequencer", "router"}) {
        text += "\"" + std::string(name) + R"(":{"in":9,"out":9,"held":0,"dropped":{}},)";
    }
    text += "\"intake\":" + std::string(intake) + ",";
    for (const char* name :
         {"tick", "detectors", "selection", "rules", "coordination", "priority"}) {
        text += "\"" + std::string(name) + R"(":{"in":7,"out":7,"held":0,"dropped":{}},)";
    }
    return text +
           R"("linear":{"in":0,"out":0,"held":0,"dropped":{}},)"
           R"("ohlcv":{"in":0,"out":0,"held":0,"dropped":{}},"fmv":{"in":0,"out":0,"held":0,)"
           R"("dropped":{}},"publishing":{"in":7,"out":7,"held":0,"dropped":{}}}})";
}

TEST(StatusPage, LedgersThatCloseHaveNoFaults) {
    EXPECT_TRUE(
        accounting_faults(ledgers(R"({"in":9,"out":7,"held":1,"dropped":{"quarantined":1}})"))
            .empty());
    EXPECT_EQ(
        accounting_faults(ledgers(R"({"in":9,"out":7,"held":0,"dropped":{"quarantined":1}})")),
        std::vector<std::string>{"intake: 9 in, 7 out, 0 held, 1 dropped"});
    EXPECT_EQ(accounting_faults(ledgers(R"({"in":9,"out":8,"held":1,"dropped":{}})")),
              std::vector<std::string>{"intake lets 8 out, the channels get 7"});
    EXPECT_FALSE(accounting_faults("{}").empty());
}

TEST(StatusPage, NumbersByPath) {
    const std::string page = R"({"channels":[{"name":"tick","x":{"p99":1.5e-06}}],"n":3})";
    EXPECT_EQ(number_at(page, "channels.tick.x.p99"), 1.5e-06);
    EXPECT_EQ(number_at(page, "n"), 3.0);
    EXPECT_EQ(number_at(page, "channels.fmv.x.p99"), std::nullopt);
    EXPECT_EQ(number_at(page, "channels.tick.name"), std::nullopt);
}

TEST(LiveTape, AnEventTellsItsTrade) {
    const LiveTape tape(10, 1'000, 100);
    std::string rows;
    tape.append_trades(0, 12, rows);
    EXPECT_EQ(std::count(rows.begin(), rows.end(), '\n'), 11);
    EXPECT_EQ(tape.trade_of(R"({"type":"high","symbol":"V","ts":1709650800011000000})"), 11u);
    EXPECT_EQ(tape.trade_of(R"({"type":"low","symbol":"V","ts":1709650800011000000})"),
              std::nullopt);
    EXPECT_EQ(tape.trade_of(R"({"type":"high","symbol":"V","ts":1709650800011000001})"),
              std::nullopt);
}

}  // namespace
}  // namespace tickstock::validate
