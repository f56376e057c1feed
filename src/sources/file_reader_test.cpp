#include "sources/file_reader.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <rapidcheck.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "sources/files/compress_support.hpp"
#include "sources/files/line_reader.hpp"
#include "sources/files/test_support.hpp"

namespace tickstock {
namespace {

TEST(FileReader, ReadsTheRecordedTradesOfTwoDays) {
    const std::string folder = recorded_data();
    if (folder.empty()) {
        GTEST_SKIP() << "the recorded market data is not here (TICKSTOCK_TEST_DATA)";
    }
    const std::string first = folder + "/lean_flat/2013-10-07.trades.csv.gz";
    const std::string second = folder + "/lean_flat/2013-10-08.trades.csv.gz";
    const ReadAll one = read_all({{first, std::nullopt}});
    EXPECT_EQ(one.records.size(), 388'417U);
    EXPECT_EQ(one.counts.in, 388'417U);
    EXPECT_TRUE(one.counts.closes());
    EXPECT_EQ(one.symbols.size(), 4U);
    const ReadAll two = read_all({{second, std::nullopt}});
    EXPECT_EQ(two.records.size(), 654'140U);
    const ReadAll both = read_all({{second, std::nullopt}, {first, std::nullopt}});
    EXPECT_EQ(both.records.size(), 388'417U + 654'140U);
    EXPECT_TRUE(std::is_sorted(both.records.begin(), both.records.end(),
                               [](const Record& a, const Record& b) {
                                   return a.header().ts_event < b.header().ts_event;
                               }));
    const Trade& trade = one.records.front().trade();
    EXPECT_EQ(one.symbols[trade.header.symbol.value()].view(), "SPY");
    EXPECT_EQ(trade.price.raw(), 167'410'000'000);
    EXPECT_EQ(trade.size, Size::from_shares(100));
    EXPECT_EQ(to_ns(trade.header.ts_event), 1381132800464000000);
    EXPECT_EQ(to_ns(trade.ts_execution), 1381132800464000000);
    EXPECT_EQ(trade.conditions.codes().size(), 2U);
    EXPECT_EQ(trade.conditions.codes()[1], 41);
    EXPECT_EQ(trade.exchange, 11);
    EXPECT_EQ(trade.tape, 2);
    EXPECT_EQ(trade.id.view(), "SPY-1");
    EXPECT_EQ(trade.header.source_sequence, 1U);
}

/// The recorded day in the vendor's own order: all rows of one ticker after those of another.
std::string grouped_by_ticker(const std::string& path) {
    LineReader lines(decompressed(open_raw(path).value()));
    std::string header;
    std::map<std::string, std::string> groups;
    while (const auto line = lines.next()) {
        if (header.empty()) {
            header = line->text;
            header += '\n';
            continue;
        }
        std::string& group = groups[std::string(line->text.substr(0, line->text.find(',')))];
        group += line->text;
        group += '\n';
    }
    for (const auto& [ticker, rows] : groups) {
        header += rows;
    }
    return header;
}

TEST(FileReader, ARecordedDayGroupedByTickerComesInOrderOfTime) {
    const std::string folder = recorded_data();
    if (folder.empty()) {
        GTEST_SKIP() << "the recorded market data is not here (TICKSTOCK_TEST_DATA)";
    }
    // More rows than the head holds: the second day is sorted through a temporary file.
    const std::string path = folder + "/lean_flat/2013-10-08.trades.csv.gz";
    const TemporaryFolder temporary;
    const ReadAll merged = read_all({{path, std::nullopt}});
    const ReadAll grouped =
        read_all({{temporary.write("grouped.csv", grouped_by_ticker(path)), std::nullopt}});
    ASSERT_EQ(grouped.records.size(), merged.records.size());
    // Trades of one time may stand in another order where their symbols differ.
    using Key = std::tuple<UnixNanos, std::string_view, std::uint64_t>;
    const auto keys = [](const ReadAll& all) {
        std::vector<Key> result;
        for (std::size_t i = 0; i < all.records.size(); ++i) {
            const RecordHeader& header = all.records[i].header();
            result.emplace_back(header.ts_event, all.symbol(i), header.source_sequence);
        }
        return result;
    };
    std::vector<Key> expected = keys(merged);
    std::stable_sort(expected.begin(), expected.end(), [](const Key& a, const Key& b) {
        return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
    });
    EXPECT_TRUE(keys(grouped) == expected);
}

constexpr std::string_view small_csv =
    "symbol,price,size,timestamp\n"
    "A,1.5,10,1700000000\n"
    "B,2.5,20,1700000001\n"
    "A,bad,10,1700000002\n"
    "A,1.6,30,1700000003\n";

/// What a record says, for comparisons.
std::tuple<std::string, std::int64_t, std::int64_t> gist(const ReadAll& all, std::size_t i) {
    return {std::string(all.symbol(i)), to_ns(all.records[i].header().ts_event),
            all.records[i].trade().price.raw()};
}

std::vector<std::tuple<std::string, std::int64_t, std::int64_t>> gists(const ReadAll& all) {
    std::vector<std::tuple<std::string, std::int64_t, std::int64_t>> result;
    for (std::size_t i = 0; i < all.records.size(); ++i) {
        result.push_back(gist(all, i));
    }
    return result;
}

/// Standard input is `path` while this lives.
class StandardInput {
public:
    explicit StandardInput(const std::string& path) : saved_(::dup(STDIN_FILENO)) {
        const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        ::dup2(fd, STDIN_FILENO);
        ::close(fd);
    }
    ~StandardInput() {
        ::dup2(saved_, STDIN_FILENO);
        ::close(saved_);
    }
    StandardInput(const StandardInput&) = delete;
    StandardInput& operator=(const StandardInput&) = delete;

private:
    int saved_;
};

TEST(FileReader, PlainCompressedAndStandardInputGiveTheSame) {
    const TemporaryFolder folder;
    const std::string plain = folder.write("day.csv", small_csv);
    const auto expected = gists(read_all({{plain, std::nullopt}}));
    ASSERT_EQ(expected.size(), 3U);
    // The name does not matter, the content does.
    for (const std::string& path :
         {folder.write("day.csv.gz", gzip(small_csv)), folder.write("day.csv.zst", zstd(small_csv)),
          folder.write("noname", gzip(small_csv)), plain}) {
        const ReadAll all = read_all({{path, std::nullopt}});
        EXPECT_EQ(gists(all), expected) << path;
        EXPECT_EQ(all.counts.dropped_for(Reason::BadNumber), 1U);
        EXPECT_EQ(all.progress.bytes_read, all.progress.bytes_total);
        EXPECT_GT(all.progress.bytes_total, 0U);
        const StandardInput input(path);
        EXPECT_EQ(gists(read_all({{"-", std::nullopt}})), expected) << path << " on standard input";
    }
}

TEST(FileReader, SeveralFilesAreMergedByTimeThenFileThenRow) {
    const TemporaryFolder folder;
    const std::string a = folder.write("a.csv",
                                       "symbol,price,size,timestamp\n"
                                       "A,1,1,1700000001\nA,2,1,1700000003\nA,3,1,1700000003\n");
    const std::string b = folder.write("b.csv",
                                       "symbol,price,size,timestamp\n"
                                       "B,4,1,1700000000\nA,5,1,1700000003\nB,6,1,1700000009\n");
    const std::string c =
        folder.write("c.jsonl", R"({"symbol":"C","price":7,"timestamp":1700000003000})"
                                "\n");
    const auto prices = [&](std::vector<FileInput> inputs) {
        std::vector<std::int64_t> result;
        for (const auto& one : gists(read_all(std::move(inputs)))) {
            result.push_back(std::get<2>(one) / Price::units_per_dollar);
        }
        return result;
    };
    EXPECT_EQ(prices({{a, {}}, {b, {}}, {c, {}}}),
              (std::vector<std::int64_t>{4, 1, 2, 3, 5, 7, 6}));
    EXPECT_EQ(prices({{c, {}}, {b, {}}, {a, {}}}),
              (std::vector<std::int64_t>{4, 1, 7, 5, 2, 3, 6}));
    const ReadAll all = read_all({{a, {}}, {b, {}}, {c, {}}});
    EXPECT_EQ(all.symbols.size(), 3U) << "one id for a symbol, whatever its file";
    EXPECT_EQ(all.symbol(4), "A");
}

TEST(FileReader, ManyFilesEqualOneSortedFile) {
    const TemporaryFolder folder;
    rc::check([&] {
        const auto files = *rc::gen::inRange<std::size_t>(1, 6);
        std::vector<std::string> texts(files, "symbol,price,size,timestamp\n");
        std::vector<std::pair<std::int64_t, std::int64_t>> expected;  // time, price
        for (std::size_t f = 0; f < files; ++f) {
            auto seconds = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 30));
            std::sort(seconds.begin(), seconds.end());
            for (const int second : seconds) {
                const auto price = static_cast<std::int64_t>(expected.size() + 1);
                texts[f] += fmt::format("A,{},1,{}\n", price, 1'700'000'000 + second);
                expected.emplace_back(second, price);
            }
        }
        std::stable_sort(expected.begin(), expected.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<FileInput> inputs;
        for (std::size_t f = 0; f < files; ++f) {
            inputs.push_back({folder.write(fmt::format("{}.csv", f), texts[f]), std::nullopt});
        }
        const ReadAll all = read_all(std::move(inputs));
        RC_ASSERT(all.records.size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            RC_ASSERT(all.records[i].trade().price.raw() / Price::units_per_dollar ==
                      expected[i].second);
        }
    });
}

TEST(FileReader, RejectsAreToldOnceAReasonAndFileWithTheirPlace) {
    const TemporaryFolder folder;
    const std::string path = folder.write("day.csv",
                                          "symbol,price,size,timestamp\nA,x,1,1700000000\n"
                                          "A,y,1,1700000000\nA,1,1,1700000000\nA,1,1\n");
    std::vector<std::string> told;
    FileReaderOptions options;
    options.on_first_reject = [&](const Reject& reject) {
        told.push_back(fmt::format("{}:{}:{} {} {}", reject.file, reject.line, reject.byte,
                                   to_string(reject.reason), reject.excerpt));
    };
    const ReadAll all = read_all({{path, std::nullopt}}, options);
    EXPECT_EQ(all.records.size(), 1U);
    EXPECT_EQ(told, (std::vector<std::string>{path + ":2:28 bad_number A,x,1,1700000000",
                                              path + ":5:79 malformed A,1,1"}));
}

TEST(FileReader, ATruncatedFileGivesItsWholeLinesAndAFailure) {
    const TemporaryFolder folder;
    std::string text = "symbol,price,size,timestamp\n";
    for (int i = 0; i < 20'000; ++i) {
        text += fmt::format("A,{}.{:02},{},{}\n", 100 + i * 7919 % 50, i % 100, i % 900 + 1,
                            1'700'000'000 + i);
    }
    for (const std::string& stored : {gzip(text), zstd(text)}) {
        const std::string path = folder.write("cut", stored.substr(0, stored.size() * 2 / 3));
        const ReadAll all = read_all({{path, std::nullopt}});
        EXPECT_GT(all.records.size(), 1'000U);
        EXPECT_LT(all.records.size(), 20'000U);
        EXPECT_EQ(all.counts.dropped_for(Reason::Malformed), 1U);
        EXPECT_EQ(all.counts.dropped_total(), 1U);
        ASSERT_TRUE(all.failure);
        EXPECT_NE(all.failure->message.find(path), std::string::npos);
        EXPECT_NE(all.failure->message.find("truncated"), std::string::npos);
    }
}

TEST(FileReader, HostileLinesAreCountedAndTheRestGoesOn) {
    const TemporaryFolder folder;
    const std::string good = "A,1.5,10,1700000000\n";
    const std::string path = folder.write(
        "hostile.csv", "symbol,price,size,timestamp\n" + good + std::string(3'000'000, 'x') + "\n" +
                           good + std::string(1000, ',') + "\n" + std::string(100, '\0') + "\n" +
                           "\"\n" + good + "\xff\xfe\n" + good + "A,1.5,10,17");
    const ReadAll all = read_all({{path, std::nullopt}});
    EXPECT_EQ(all.records.size(), 4U);
    EXPECT_EQ(all.counts.dropped_for(Reason::LineTooLong), 1U);
    EXPECT_EQ(all.counts.dropped_for(Reason::Malformed), 4U);
    EXPECT_EQ(all.counts.dropped_for(Reason::TimeOutOfRange), 1U);
    EXPECT_EQ(all.counts.in, 10U);
}

TEST(FileReader, AnEmptyFileIsAnEmptyRun) {
    const TemporaryFolder folder;
    for (const std::string_view content : {"", "\n\n", "symbol,price,size,timestamp\n"}) {
        const ReadAll all = read_all({{folder.write("empty.csv", content), std::nullopt}});
        EXPECT_TRUE(all.records.empty());
        EXPECT_EQ(all.counts.in, 0U);
        EXPECT_FALSE(all.failure);
    }
    EXPECT_TRUE(
        read_all({{folder.write("empty.csv", ""), Format::PolygonTradesCsv}}).records.empty());
}

TEST(FileReader, ErrorsNameTheFileAndWhatIsWanted) {
    const TemporaryFolder folder;
    const auto message = [](FileInput input) {
        auto reader = open_files({std::move(input)}, {});
        return reader.ok() ? std::string() : reader.error().message;
    };
    const std::string text = folder.write("text", "once upon a time\n");
    EXPECT_NE(message({text, {}}).find(text), std::string::npos);
    EXPECT_NE(message({text, {}}).find("polygon-trades-csv"), std::string::npos);
    EXPECT_NE(message({text, Format::Csv}).find(text + ": line 1: no column 'symbol'"),
              std::string::npos);
    EXPECT_NE(message({"/nowhere/x.csv", {}}).find("/nowhere/x.csv"), std::string::npos);
    EXPECT_NE(message({folder.path().string(), {}}).find("journal"), std::string::npos);
    EXPECT_NE(message({folder.path().string(), Format::Csv}).find("directory"), std::string::npos);
    const std::string cut = folder.write("cut.gz", gzip(small_csv).substr(0, 12));
    EXPECT_NE(message({cut, {}}).find("truncated"), std::string::npos);
}

/// A journal of two trades, its symbols announced in another order than the files'.
class MadeUpJournal final : public RecordReader {
public:
    bool read(RecordBatch& batch) override {
        batch.clear();
        if (done_) {
            return false;
        }
        done_ = true;
        batch.new_symbols = {SymbolText("Z"), SymbolText("A")};
        for (std::uint32_t i = 0; i < 2; ++i) {
            Trade trade{};
            trade.header.symbol = SymbolId{i};
            trade.header.ts_event = from_unix_second(1'700'000'001 + i);
            trade.price = Price::from_cents(100);
            batch.records.emplace_back(trade);
        }
        return true;
    }
    StageCounts counts() const override {
        StageCounts counts;
        counts.in = counts.out = done_ ? 2 : 0;
        return counts;
    }

private:
    bool done_ = false;
};

TEST(FileReader, ACompressedJournalIsReadThroughItsBytes) {
    const TemporaryFolder folder;
    const std::string content = std::string(journal_magic) + std::string(200'000, 'j');
    FileReaderOptions options;
    std::string seen;
    options.open_journal = [](const std::string&) -> Result<std::unique_ptr<RecordReader>> {
        return Error{"not a plain file"};
    };
    options.open_journal_bytes = [&](const auto& read, const std::string&) {
        std::array<char, 1000> buffer{};
        for (;;) {
            const Result<std::size_t> got = read(buffer);
            EXPECT_TRUE(got.ok());
            if (!got.ok() || got.value() == 0) {
                break;
            }
            seen.append(buffer.data(), got.value());
        }
        return Result<std::unique_ptr<RecordReader>>(std::make_unique<MadeUpJournal>());
    };
    for (const std::string& path :
         {folder.write("j.gz", gzip(content)), folder.write("j.zst", zstd(content))}) {
        seen.clear();
        EXPECT_EQ(read_all({{path, std::nullopt}}, options).records.size(), 2U);
        EXPECT_TRUE(seen == content);
    }
    const StandardInput input(folder.write("journal", content));
    seen.clear();
    EXPECT_EQ(read_all({{"-", std::nullopt}}, options).records.size(), 2U);
    EXPECT_TRUE(seen == content);
}

TEST(FileReader, AJournalIsOpenedByWhoKnowsIt) {
    const TemporaryFolder folder;
    const std::string journal = folder.write("journal", std::string(journal_magic) + "...");
    const std::string csv = folder.write("day.csv", small_csv);
    FileReaderOptions options;
    std::string opened;
    options.open_journal = [&](const std::string& path) -> Result<std::unique_ptr<RecordReader>> {
        opened = path;
        return std::unique_ptr<RecordReader>(std::make_unique<MadeUpJournal>());
    };
    EXPECT_EQ(read_all({{journal, std::nullopt}}, options).records.size(), 2U);
    EXPECT_EQ(opened, journal);
    EXPECT_EQ(read_all({{folder.path().string(), std::nullopt}}, options).records.size(), 2U);
    const ReadAll mixed = read_all({{csv, std::nullopt}, {journal, std::nullopt}}, options);
    ASSERT_EQ(mixed.records.size(), 5U);
    EXPECT_EQ(mixed.symbol(2), "Z");
    EXPECT_EQ(mixed.symbol(3), "A");
    EXPECT_EQ(mixed.symbols.size(), 3U);
}

}  // namespace
}  // namespace tickstock
