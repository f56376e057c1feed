#include "sources/files/ordered_stream.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <numeric>

#include "sources/files/compress_support.hpp"
#include "sources/files/order_evidence.hpp"
#include "sources/files/order_probe.hpp"
#include "sources/files/test_support.hpp"

namespace tickstock {
namespace {

constexpr std::int64_t open_second = 1'381'152'600;  // 2013-10-07 09:30 in New York

struct Row {
    std::string symbol;
    std::int64_t second;
    int id;
};

std::string csv_of(const std::vector<Row>& rows) {
    std::string text = "symbol,price,size,timestamp,id\n";
    for (const Row& row : rows) {
        text += fmt::format("{},10.5,100,{},{}\n", row.symbol, row.second, row.id);
    }
    return text;
}

/// A day of `per_symbol` trades of each symbol, all of one symbol after the other.
std::vector<Row> grouped_rows(int symbols, int per_symbol) {
    std::vector<Row> rows;
    for (int s = 0; s < symbols; ++s) {
        for (int i = 0; i < per_symbol; ++i) {
            rows.push_back({fmt::format("S{:03}", s), open_second + i * 23'400 / per_symbol,
                            static_cast<int>(rows.size())});
        }
    }
    return rows;
}

std::vector<Row> by_time(std::vector<Row> rows) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return a.second < b.second; });
    return rows;
}

/// The ids in the order in which a stream with so small a head gives them.
std::vector<int> ids_of(const std::string& path, std::size_t head_records,
                        FileReaderOptions options = {}) {
    SymbolCache symbols;
    auto raw = open_raw(path);
    auto file = TextFile::open(path, LineReader(decompressed(std::move(raw).value())), Format::Csv,
                               options, symbols);
    auto stream = order_rows(std::move(file).value(), 1, options, head_records);
    std::vector<Record> records;
    while (stream->fill(records, 7)) {
    }
    EXPECT_EQ(stream->counts().out, records.size());
    std::vector<int> ids;
    for (const Record& record : records) {
        ids.push_back(std::stoi(std::string(record.trade().id.view())));
    }
    return ids;
}

std::vector<int> ids_of(const std::vector<Row>& rows) {
    std::vector<int> ids;
    for (const Row& row : rows) {
        ids.push_back(row.id);
    }
    return ids;
}

TEST(RowOrder, AGroupedFileIsMergedByTimeInMemoryAndOutside) {
    const TemporaryFolder folder;
    const auto rows = grouped_rows(20, 200);
    const std::string path = folder.write("grouped.csv", csv_of(rows));
    const std::vector<int> expected = ids_of(by_time(rows));
    EXPECT_EQ(ids_of(path, 100'000), expected);  // the file ends inside of the head
    EXPECT_EQ(ids_of(path, 500), expected);      // grouped is seen in the head
    EXPECT_EQ(ids_of(path, 100), expected);      // one symbol in the head: the file is sampled
    const std::string compressed = folder.write("grouped.csv.gz", gzip(csv_of(rows)));
    EXPECT_EQ(ids_of(compressed, 500), expected);
}

TEST(RowOrder, ACompressedFileWithOneSymbolInTheHeadIsSampled) {
    const TemporaryFolder folder;
    const auto rows = grouped_rows(4, 30'000);  // some 4 MB of text
    const std::string path = folder.write("large.csv.zst", zstd(csv_of(rows)));
    EXPECT_EQ(ids_of(path, 1000), ids_of(by_time(rows)));
}

TEST(RowOrder, ATimeOrderedFileKeepsItsRowsEvenWithDisorder) {
    const TemporaryFolder folder;
    auto rows = by_time(grouped_rows(20, 200));
    for (std::size_t i = 10; i + 3 < rows.size(); i += 11) {
        std::swap(rows[i], rows[i + 3]);
    }
    const std::string path = folder.write("ordered.csv", csv_of(rows));
    for (const std::size_t head : {std::size_t{100'000}, std::size_t{500}, std::size_t{1}}) {
        EXPECT_EQ(ids_of(path, head), ids_of(rows)) << head;
    }
    FileReaderOptions options;
    options.order = RowOrder::ByTime;
    EXPECT_EQ(ids_of(path, 100'000, options), ids_of(by_time(rows)));
    EXPECT_EQ(ids_of(path, 500, options), ids_of(by_time(rows)));
}

TEST(RowOrder, AsReadNeverSorts) {
    const TemporaryFolder folder;
    const auto rows = grouped_rows(3, 50);
    const std::string path = folder.write("grouped.csv", csv_of(rows));
    FileReaderOptions options;
    options.order = RowOrder::AsRead;
    EXPECT_EQ(ids_of(path, 100'000, options), ids_of(rows));
}

TEST(RowOrder, ASortThatCannotWriteIsAFailure) {
    const TemporaryFolder folder;
    const std::string path = folder.write("grouped.csv", csv_of(grouped_rows(3, 2000)));
    FileReaderOptions options;
    options.temporary_folder = (folder.path() / "absent").string();
    SymbolCache symbols;
    auto file =
        TextFile::open(path, LineReader(open_raw(path).value()), Format::Csv, options, symbols);
    auto stream = order_rows(std::move(file).value(), 1, options, 2500);
    std::vector<Record> records;
    EXPECT_FALSE(stream->fill(records, 100));
    ASSERT_TRUE(stream->failure());
}

// Grouped or merged beforehand: the same records in the same order.
TEST(RowOrder, AGroupedFileEqualsItsMergedTwin) {
    const TemporaryFolder folder;
    rc::check([&] {
        const int symbols = *rc::gen::inRange(2, 6);
        std::vector<Row> rows;
        for (int s = 0; s < symbols; ++s) {
            const int count = *rc::gen::inRange(1, 40);
            // Each symbol trades at both ends of the day, so that every change steps back.
            std::vector<std::int64_t> seconds = *rc::gen::container<std::vector<std::int64_t>>(
                static_cast<std::size_t>(count), rc::gen::inRange<std::int64_t>(0, 23'400));
            seconds.push_back(0);
            seconds.push_back(23'400);
            std::sort(seconds.begin(), seconds.end());
            for (const std::int64_t second : seconds) {
                rows.push_back(
                    {fmt::format("S{}", s), open_second + second, static_cast<int>(rows.size())});
            }
        }
        const auto head = *rc::gen::element<std::size_t>(5, 30, 1000);
        const std::string grouped = folder.write("grouped.csv", csv_of(rows));
        const std::string merged = folder.write("merged.csv", csv_of(by_time(rows)));
        RC_ASSERT(ids_of(grouped, head) == ids_of(by_time(rows)));
        RC_ASSERT(ids_of(merged, 1000) == ids_of(by_time(rows)));
    });
}

Record trade_of(std::uint32_t symbol, std::int64_t second) {
    Trade trade{};
    trade.header.symbol = SymbolId{symbol};
    trade.header.ts_event = from_unix_second(second);
    return trade;
}

TEST(OrderEvidence, ABarBearsTheTimeOfItsStartWithoutBeingEvidence) {
    OrderEvidence evidence;
    for (std::int64_t second = 0; second < 600; ++second) {
        evidence.observe(trade_of(static_cast<std::uint32_t>(second % 3), second));
        if (second % 60 == 59) {
            Bar bar{};
            bar.header.symbol = SymbolId{5};
            bar.header.ts_event = from_unix_second(second - 70);
            evidence.observe(bar);
        }
    }
    EXPECT_FALSE(evidence.grouped());
    EXPECT_TRUE(evidence.interleaved());
}

TEST(OrderEvidence, OneWrongTimeDoesNotMakeAFileGrouped) {
    OrderEvidence evidence;
    for (std::int64_t second = 0; second < 100; ++second) {
        evidence.observe(trade_of(static_cast<std::uint32_t>(second % 3),
                                  second == 50 ? second + 7200 : second));
    }
    EXPECT_FALSE(evidence.grouped());
}

TEST(OrderEvidence, OneSymbolTellsNothing) {
    OrderEvidence evidence;
    for (std::int64_t second = 0; second < 100; ++second) {
        evidence.observe(trade_of(0, second));
    }
    EXPECT_FALSE(evidence.grouped());
    EXPECT_FALSE(evidence.interleaved());
    evidence.observe(trade_of(1, 10));
    EXPECT_TRUE(evidence.grouped());
}

}  // namespace
}  // namespace tickstock
