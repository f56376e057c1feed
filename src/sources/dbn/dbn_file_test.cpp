#include "sources/files/dbn_file.hpp"

#include <gtest/gtest.h>

#include "sources/dbn/dbn_test_support.hpp"
#include "sources/files/test_support.hpp"

namespace tickstock::dbn {
namespace {

const TestHead nvda{3, 1, 0, 71, {{"NVDA", 20201228, 20201229, "6155"}}};

/// What `text` gives, read as a file of its own.
ReadAll read_text(const std::string& text, FileReaderOptions options = {}) {
    const TemporaryFolder folder;
    return read_all({{folder.write("a.dbn", text), std::nullopt}}, std::move(options));
}

std::string open_error(const std::string& text, std::optional<Format> format = std::nullopt) {
    const TemporaryFolder folder;
    auto reader = open_files({{folder.write("a.dbn", text), format}}, {});
    return reader.ok() ? "no error" : reader.error().message;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(DbnFile, ATradeOfEachVersion) {
    for (const std::uint8_t version : versions) {
        TestHead head = nvda;
        head.version = version;
        const ReadAll all = read_text(write_head(head) + write_trade());
        ASSERT_EQ(all.records.size(), 1U) << int{version};
        ASSERT_EQ(all.records[0].kind(), RecordKind::Trade);
        const Trade& trade = all.records[0].trade();
        EXPECT_EQ(all.symbol(0), "NVDA");
        EXPECT_EQ(trade.price, Price::from_cents(10050));
        EXPECT_EQ(trade.size, Size::from_shares(25));
        EXPECT_EQ(to_ns(trade.header.ts_event), static_cast<std::int64_t>(test_time));
        EXPECT_EQ(to_ns(trade.header.ts_recv), static_cast<std::int64_t>(test_time + 1000));
        EXPECT_EQ(trade.ts_execution, time_unknown);
        EXPECT_EQ(trade.header.source_sequence, 77U);
        EXPECT_EQ(trade.header.source_kind, SourceKind::Tick);
        EXPECT_EQ(trade.exchange, 12) << "publisher 2 is Nasdaq";
        EXPECT_TRUE(trade.conditions.empty());
        EXPECT_TRUE(trade.id.empty());
        EXPECT_EQ(trade.correction, 0);
    }
}

TEST(DbnFile, OfABookTheTopIsAQuoteAndATradeIsATrade) {
    const ReadAll all =
        read_text(write_head(nvda) + write_top(0x01, {.action = 'A'}) + write_top(0x01) +
                  write_top(0xC2) + write_top(0xB1, {.action = 'M'}) +
                  write_record({0x0A}, trade_body({.action = 'C'}) + level_body() +
                                           std::string(9 * 32, '\1')));
    ASSERT_EQ(all.records.size(), 5U);
    const Quote& quote = all.records[0].quote();
    ASSERT_EQ(all.records[0].kind(), RecordKind::Quote);
    EXPECT_EQ(quote.bid, Price::from_cents(10000));
    EXPECT_EQ(quote.ask, Price::from_cents(10100));
    EXPECT_EQ(quote.bid_size, Size::from_shares(3));
    EXPECT_EQ(quote.ask_size, Size::from_shares(4));
    EXPECT_EQ(quote.bid_exchange, 12);
    EXPECT_EQ(quote.ask_exchange, 12);
    EXPECT_EQ(quote.header.source_sequence, 77U);
    EXPECT_EQ(to_ns(quote.header.ts_event), static_cast<std::int64_t>(test_time));
    EXPECT_EQ(all.records[1].kind(), RecordKind::Trade);
    EXPECT_EQ(all.records[1].trade().price, Price::from_cents(10050));
    EXPECT_EQ(all.records[2].kind(), RecordKind::Trade);
    EXPECT_EQ(all.records[2].header().source_sequence, 0U) << "reserved bytes are no sequence";
    const Quote& consolidated = all.records[3].quote();
    ASSERT_EQ(all.records[3].kind(), RecordKind::Quote);
    EXPECT_EQ(consolidated.bid_exchange, 8) << "publisher 8 is EDGX";
    EXPECT_EQ(consolidated.ask_exchange, 11) << "publisher 43 is Arca";
    EXPECT_EQ(consolidated.header.source_sequence, 0U);
    ASSERT_EQ(all.records[4].kind(), RecordKind::Quote);
    EXPECT_EQ(all.records[4].quote().ask, Price::from_cents(10100));
}

TEST(DbnFile, MissingSidesBadBooksAndUndefinedTimes) {
    const ReadAll all =
        read_text(write_head(nvda) +
                  write_top(0x01, {.action = 'C'}, {.bid = price_undefined, .bid_size = 9}) +
                  write_top(0x01, {.action = 'A', .flags = 0x04}) +
                  write_record({0xC3, 2, 6155, time_undefined}, trade_body() + level_body()) +
                  write_top(0x01, {.action = 'A', .flags = 0x08}) +
                  write_top(0xC1, {}, {.ask_size = size_undefined}));
    ASSERT_EQ(all.records.size(), 5U);
    const Quote& one_sided = all.records[0].quote();
    EXPECT_EQ(one_sided.bid.raw(), 0);
    EXPECT_EQ(one_sided.bid_size.raw(), 0);
    EXPECT_EQ(one_sided.bid_exchange, 0);
    EXPECT_EQ(one_sided.ask, Price::from_cents(10100));
    EXPECT_EQ(all.records[1].quote().bid.raw(), 0) << "the book may be wrong";
    EXPECT_EQ(all.records[1].quote().ask.raw(), 0);
    EXPECT_EQ(to_ns(all.records[2].header().ts_event), static_cast<std::int64_t>(test_time + 1000))
        << "a subsampled book is of the interval's end";
    EXPECT_EQ(all.records[3].header().ts_recv, all.records[3].header().ts_event);
    EXPECT_EQ(all.records[4].quote().ask_size.raw(), 0);
}

TEST(DbnFile, OfOrdersOnlyTheTradesAreTaken) {
    const auto order = [](char action) {
        std::string body;
        put(body, 12345, 8);
        put(body, 100'500'000'000, 8);
        put(body, 25, 4);
        put(body, 0x82, 1);
        put(body, 0, 1);
        body += action;
        body += 'A';
        put(body, test_time + 9, 8);
        put(body, 1, 4);
        put(body, 78, 4);
        return write_record({0xA0}, body);
    };
    const ReadAll all = read_text(write_head(nvda) + order('A') + order('T') + order('F') +
                                  order('C') + order('M') + order('R'));
    ASSERT_EQ(all.records.size(), 1U);
    EXPECT_EQ(all.records[0].trade().price, Price::from_cents(10050));
    EXPECT_EQ(all.records[0].trade().size, Size::from_shares(25));
    EXPECT_EQ(all.records[0].header().source_sequence, 78U);
    EXPECT_EQ(to_ns(all.records[0].header().ts_recv), static_cast<std::int64_t>(test_time + 9));
    EXPECT_EQ(all.counts.dropped_for(Reason::UnsupportedMessage), 5U);
}

TEST(DbnFile, BarsOfEachInterval) {
    const std::array<std::int64_t, 4> prices{2'000'000'000, 4'000'000'000, 1'000'000'000,
                                             3'000'000'000};
    const ReadAll all = read_text(
        write_head(nvda) + write_bar(0x20, prices, 10) + write_bar(0x21, prices, 20) +
        write_bar(0x22, prices, 30) + write_bar(0x23, prices, 40) + write_bar(0x24, prices, 50) +
        write_bar(0x21, {2, 1, 1, 2}, 1) + write_bar(0x21, prices, ~std::uint64_t{0}));
    ASSERT_EQ(all.records.size(), 4U);
    const std::array timeframes{Timeframe::Second1, Timeframe::Minute1, Timeframe::Hour1,
                                Timeframe::Day1};
    for (std::size_t i = 0; i < 4; ++i) {
        const Bar& bar = all.records[i].bar();
        EXPECT_EQ(bar.timeframe, timeframes[i]);
        EXPECT_EQ(bar.open, Price::from_cents(200));
        EXPECT_EQ(bar.high, Price::from_cents(400));
        EXPECT_EQ(bar.low, Price::from_cents(100));
        EXPECT_EQ(bar.close, Price::from_cents(300));
        EXPECT_EQ(bar.volume, Size::from_shares(10 * static_cast<std::int64_t>(i + 1)));
        EXPECT_EQ(to_ns(bar.header.ts_event), static_cast<std::int64_t>(test_time));
        EXPECT_EQ(bar.header.source_kind, SourceKind::Ohlcv);
    }
    EXPECT_EQ(all.counts.dropped_for(Reason::UnsupportedMessage), 1U) << "the end-of-day bar";
    EXPECT_EQ(all.counts.dropped_for(Reason::BarInconsistent), 1U);
    EXPECT_EQ(all.counts.dropped_for(Reason::SizeOutOfRange), 1U);
}

TEST(DbnFile, StatusesThatStopOrResumeTrading) {
    const ReadAll all =
        read_text(write_head(nvda) + write_status(8, 30, 'N') + write_status(9, 50, 'N') +
                  write_status(10, 0, '~') + write_status(7, 1, 'Y') + write_status(7, 1, 'N') +
                  write_status(3, 0, 'N') + write_status(12, 0, 'N'));
    ASSERT_EQ(all.records.size(), 4U);
    const std::array actions{TradingStatus::Action::Halt, TradingStatus::Action::Pause,
                             TradingStatus::Action::Halt, TradingStatus::Action::Resume};
    const std::array words{"news pending", "luld pause", "", "scheduled"};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(all.records[i].status().action, actions[i]) << i;
        EXPECT_STREQ(all.records[i].status().reason.data(), words[i]);
        EXPECT_EQ(to_ns(all.records[i].header().ts_recv), static_cast<std::int64_t>(test_time + 5));
    }
    EXPECT_EQ(all.counts.dropped_for(Reason::UnsupportedMessage), 3U);
}

TEST(DbnFile, ABadRecordIsCountedAndTheRestGoesOn) {
    const struct {
        Reason reason;
        std::string record;
    } bad[] = {
        {Reason::MissingField, write_trade({}, {.price = price_undefined})},
        {Reason::MissingField, write_trade({}, {.size = size_undefined})},
        {Reason::PriceOutOfRange, write_trade({}, {.price = 0})},
        {Reason::PriceOutOfRange, write_trade({}, {.price = -5})},
        {Reason::PriceOutOfRange, write_trade({}, {.price = Price::limit_raw})},
        {Reason::MissingField, write_trade({.event = time_undefined})},
        {Reason::TimeOutOfRange, write_trade({.event = 5})},
        {Reason::TimeOutOfRange, write_trade({.event = ~std::uint64_t{1}})},
        {Reason::BadSymbol, write_trade({.instrument = 1})},
        {Reason::PriceOutOfRange, write_top(0x01, {.action = 'A'}, {.bid = -1})},
        {Reason::Malformed, write_record({0x00}, trade_body().substr(0, 28))},
        {Reason::Malformed, write_record({0x0A}, trade_body() + level_body())},
        {Reason::Malformed, write_record({0x13}, std::string(64, 'x'))},
        {Reason::Malformed, write_record({0x16}, std::string(64, 'x'))},
        {Reason::Unidentified, write_record({0x77}, "")},
        {Reason::UnsupportedMessage, write_record({0x17}, std::string(304, 'x'))},
        {Reason::UnsupportedMessage, write_record({0x15}, std::string(304, 'x'))},
        {Reason::UnsupportedMessage, write_record({0x14}, std::string(96, 'x'))},
        {Reason::UnsupportedMessage, write_record({0x18}, std::string(64, 'x'))},
    };
    for (const auto& one : bad) {
        std::vector<std::string> told;
        FileReaderOptions options;
        options.on_first_reject = [&](const Reject& reject) {
            told.push_back(std::to_string(reject.line) + "@" + std::to_string(reject.byte));
            EXPECT_TRUE(contains(std::string(reject.excerpt), "rtype"));
        };
        const std::string head = write_head(nvda);
        const ReadAll all =
            read_text(head + write_trade() + one.record + one.record + write_trade(), options);
        EXPECT_EQ(all.records.size(), 2U) << to_string(one.reason);
        EXPECT_EQ(all.counts.dropped_for(one.reason), 2U) << to_string(one.reason);
        EXPECT_EQ(told, std::vector{"2@" + std::to_string(head.size() + 48)});
        EXPECT_FALSE(all.failure);
    }
}

TEST(DbnFile, ALongerRecordHasItsFieldsAtTheSamePlaces) {
    const ReadAll all =
        read_text(write_head(nvda) + write_record({}, trade_body() + std::string(8, '\7')));
    ASSERT_EQ(all.records.size(), 1U) << "ts_out stands behind the record";
    EXPECT_EQ(all.records[0].header().source_sequence, 77U);
}

TEST(DbnFile, WhatCannotBeReadOnEndsTheFileWithAFailure) {
    const std::string good = write_head(nvda) + write_trade();
    const struct {
        std::string rest;
        std::string_view message;
    } bad[] = {
        {std::string(1, '\0'), "record 2 at byte "},
        {std::string("\0aaaaaaaaaaaaaaaaaaa", 20), "length byte is 0; accepted are 4 to 255"},
        {"\3" + std::string(30, 'a'), "length byte is 3;"},
        {write_trade().substr(0, 47), "cut off: 47 of 48 bytes"},
        {write_trade().substr(0, 1), "cut off: 1 of 48 bytes"},
        {good, "a second DBN file begins here"},
    };
    for (const auto& one : bad) {
        const ReadAll all = read_text(good + one.rest);
        EXPECT_EQ(all.records.size(), 1U);
        EXPECT_EQ(all.counts.dropped_for(Reason::Malformed), 1U);
        ASSERT_TRUE(all.failure) << one.message;
        EXPECT_TRUE(contains(all.failure->message, one.message)) << all.failure->message;
        EXPECT_TRUE(contains(all.failure->message, "a.dbn")) << all.failure->message;
        EXPECT_TRUE(contains(all.failure->message, std::to_string(good.size())));
    }
}

TEST(DbnFile, ABadHeadIsAnErrorThatNamesByteAndValue) {
    const std::string good = write_head(nvda);
    const auto with = [&](std::size_t at, const std::string& bytes) {
        std::string text = good;
        text.replace(at, bytes.size(), bytes);
        return text;
    };
    const std::string huge = "\xFF\xFF\xFF\xFF";
    EXPECT_TRUE(contains(open_error("hello world", Format::Dbn), "a.dbn: byte 0: is no DBN"));
    EXPECT_TRUE(contains(open_error(with(3, "\4")), "byte 3: DBN version 4; accepted are 1 to 3"));
    EXPECT_TRUE(contains(open_error(with(3, std::string(1, '\0'))), "byte 3: DBN version 0"));
    EXPECT_TRUE(contains(open_error(with(4, huge)), "byte 4: metadata of 4294967295 bytes"));
    EXPECT_TRUE(contains(open_error(with(4, std::string("\7\0\0\0", 4))), "metadata of 7 bytes"));
    EXPECT_TRUE(
        contains(open_error(good.substr(0, 5), Format::Dbn), "the head is cut off: 5 of 8"));
    EXPECT_TRUE(contains(open_error(good.substr(0, 60)), "the metadata is cut off: 52 of "));
    EXPECT_TRUE(contains(open_error(with(4, std::string("\0\0\0\1", 4))), "is cut off"));
    EXPECT_TRUE(contains(open_error(with(8 + 45, std::string(2, '\0'))), "symbols of 0 bytes"));
    EXPECT_TRUE(contains(open_error(with(8 + 100, "\1")), "byte 108: a schema definition"));
    EXPECT_TRUE(contains(open_error(with(8 + 104, huge)), "byte 112: a list of 4294967295"));
    // The count of mappings stands behind one symbol and two empty lists.
    EXPECT_TRUE(contains(open_error(with(8 + 104 + 4 + 71 + 8, huge)), "a list of 4294967295"));
    EXPECT_TRUE(read_text("").records.empty());
    const TemporaryFolder folder;
    EXPECT_TRUE(read_all({{folder.write("e.dbn", ""), Format::Dbn}}).records.empty());
}

TEST(DbnFile, CutAnywhereItGivesAPrefixOrAnError) {
    const std::string whole = write_head(nvda) + write_trade() + write_status(8, 30, 'N') +
                              write_top(0x01, {.action = 'A'});
    const TemporaryFolder folder;
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const std::string path = folder.write("cut.dbn", whole.substr(0, length));
        auto reader = open_files({{path, Format::Dbn}}, {});
        if (reader.ok()) {
            EXPECT_LE(read_all(*reader.value()).records.size(), 2U);
        } else {
            EXPECT_TRUE(contains(reader.error().message, "cut off")) << reader.error().message;
        }
    }
}

TEST(DbnFile, IsDetectedMergedAndSorted) {
    EXPECT_EQ(detect_format(write_head(nvda)), Format::Dbn);
    EXPECT_EQ(detect_format("DBN,price,timestamp\n"), std::nullopt);
    const TemporaryFolder folder;
    const std::string late = folder.write(
        "late.dbn", write_head(nvda) + write_trade({.event = test_time + 2'000'000'000}) +
                        write_trade({.event = test_time + 1'000'000'000}));
    const std::string csv =
        folder.write("a.csv", "symbol,price,size,timestamp\nXYZ,5,1,1609146089797098637\n");
    const ReadAll merged = read_all({{late, std::nullopt}, {csv, std::nullopt}});
    ASSERT_EQ(merged.records.size(), 3U);
    EXPECT_EQ(merged.symbol(0), "XYZ");
    FileReaderOptions by_time;
    by_time.order = RowOrder::ByTime;
    const ReadAll sorted = read_all({{late, std::nullopt}}, by_time);
    ASSERT_EQ(sorted.records.size(), 2U);
    EXPECT_LT(sorted.records[0].header().ts_event, sorted.records[1].header().ts_event);
}

}  // namespace
}  // namespace tickstock::dbn
