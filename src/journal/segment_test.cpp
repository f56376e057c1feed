// Goal: what is written is read back, in the documented bytes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "journal/test_support.hpp"

namespace tickstock {
namespace {

using ::testing::HasSubstr;

// --- whole segments ---------------------------------------------------------------------------

TEST(Segment, HeaderComesBack) {
    const TemporaryFolder folder;
    SegmentHeader header;
    header.logic_version = 7;
    header.boot_id = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255};
    header.created = base_time;
    header.first_sequence = Sequence{1'000};
    const std::string path = folder.file("a.tsj");
    ASSERT_TRUE((*SegmentWriter::create(path, header))->close());

    const auto reader = SegmentReader::open(path, SourceId{0});
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    const SegmentHeader& read = reader.value()->header();
    EXPECT_EQ(read.logic_version, 7U);
    EXPECT_EQ(read.boot_id, header.boot_id);
    EXPECT_EQ(read.created, base_time);
    EXPECT_EQ(read.first_sequence, Sequence{1'000});
}

TEST(Segment, SymbolIdsAreTheReadersOwn) {
    const TemporaryFolder folder;
    const std::string path = folder.file("a.tsj");
    SymbolTable symbols;
    symbols.intern("AAPL");
    const SymbolId ibm = *symbols.intern("IBM");
    SegmentHeader header;
    header.first_sequence = Sequence{5};
    auto writer = SegmentWriter::create(path, header).value();
    ASSERT_TRUE(writer->append(trade_at(5, ibm), symbols));
    ASSERT_TRUE(writer->append(trade_at(6, ibm), symbols));
    ASSERT_TRUE(writer->close());

    auto reader = SegmentReader::open(path, SourceId{3}).value();
    RecordBatch batch;
    ASSERT_TRUE(reader->read(batch));
    ASSERT_EQ(batch.records.size(), 2U);
    EXPECT_EQ(batch.source, SourceId{3});
    ASSERT_EQ(batch.new_symbols.size(), 1U);
    EXPECT_EQ(batch.new_symbols[0].view(), "IBM");
    EXPECT_EQ(batch.records[0].header().symbol, SymbolId{0});
    EXPECT_EQ(batch.records[0].header().source, SourceId{3});
    EXPECT_EQ(batch.records[1].header().sequence, Sequence{6});
    EXPECT_FALSE(reader->read(batch));
    EXPECT_TRUE(reader->tail().closed);
    EXPECT_EQ(reader->progress().bytes_total, std::filesystem::file_size(path));
}

TEST(Segment, ClockTicksAreCountedAndPassedOver) {
    const TemporaryFolder folder;
    const std::string path = folder.file("a.tsj");
    SymbolTable symbols;
    auto writer = SegmentWriter::create(path, {}).value();
    Record tick = Record::clock_tick(base_time);
    tick.header().clock = base_time;
    tick.header().sequence = Sequence{1};
    ASSERT_TRUE(writer->append(tick, symbols));
    ASSERT_TRUE(writer->append(trade_at(2, *symbols.intern("IBM")), symbols));
    ASSERT_TRUE(writer->close());

    auto reader = SegmentReader::open(path, SourceId{0}).value();
    RecordBatch batch;
    ASSERT_TRUE(reader->read(batch));
    ASSERT_EQ(batch.records.size(), 1U);
    EXPECT_EQ(batch.records[0].header().sequence, Sequence{2});
    EXPECT_EQ(reader->counts().dropped_for(Reason::UnsupportedMessage), 1U);
    EXPECT_TRUE(reader->counts().closes());
}

TEST(Segment, LargerThanAnyBufferAndInSmallPieces) {
    const Segment segment = segment_of(5'000, true);
    ASSERT_GT(segment.bytes.size(), 400'000U);
    for (const std::size_t piece : {std::string::npos, std::size_t{1}, std::size_t{4'099}}) {
        const Outcome outcome = read_all(segment.bytes, piece);
        EXPECT_EQ(outcome.failure, "");
        EXPECT_EQ(outcome.records, 5'000U);
        EXPECT_TRUE(outcome.tail.closed);
    }
}

TEST(Segment, ByteLayoutIsTheDocumentedOne) {
    const TemporaryFolder folder;
    const std::string path = folder.file("a.tsj");
    SymbolTable symbols;
    Trade trade = trade_at(1, *symbols.intern("IBM"));
    trade.price = Price::from_raw(0x0102030405060708);
    auto writer = SegmentWriter::create(path, {}).value();
    ASSERT_TRUE(writer->append(trade, symbols));
    ASSERT_TRUE(writer->flush());

    const std::string bytes = bytes_of(path);
    EXPECT_EQ(bytes.substr(0, 16), std::string("TSJOURNL\2\0\0\0\x40\0\0\0", 16));
    // The symbol frame: length 8, sequence 1, kind 16; id 0, three letters.
    EXPECT_EQ(bytes.substr(64 + 4, 21),
              std::string("\x08\0\0\0\1\0\0\0\0\0\0\0\x10\0\0\0\0\x03IBM", 21));
    // The trade frame: length 39 + 24 + 5 + 1 + 14, sequence 1, kind 1; the price behind 39 bytes.
    const std::size_t frame = 64 + 17 + 8;
    EXPECT_EQ(bytes.substr(frame + 4, 13), std::string("\x53\0\0\0\1\0\0\0\0\0\0\0\1", 13));
    EXPECT_EQ(bytes.substr(frame + 17 + 39, 8), "\x08\x07\x06\x05\x04\x03\x02\x01");
    EXPECT_EQ(bytes.size(), frame + 17 + 0x53);
}

// --- writing ----------------------------------------------------------------------------------

TEST(SegmentWriter, RefusesAFileThatExists) {
    const TemporaryFolder folder;
    const std::string path = folder.file("a.tsj");
    ASSERT_TRUE(SegmentWriter::create(path, {}).ok());
    EXPECT_THAT(SegmentWriter::create(path, {}).error().message, HasSubstr("File exists"));
}

TEST(SegmentWriter, KilledWithoutCloseLosesNothingFlushed) {
    const TemporaryFolder folder;
    const std::string path = folder.file("a.tsj");
    SymbolTable symbols;
    auto writer = SegmentWriter::create(path, {}).value();
    ASSERT_TRUE(writer->append(trade_at(1, *symbols.intern("IBM")), symbols));
    ASSERT_TRUE(writer->sync());
    const Outcome outcome = read_all(bytes_of(path));
    EXPECT_EQ(outcome.records, 1U);
    EXPECT_FALSE(outcome.tail.closed);
}

class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};

TEST(SegmentWriter, FullDiskFailsOnceAndStaysFailed) {
    const TemporaryFolder folder;
    SymbolTable symbols;
    const SymbolId ibm = *symbols.intern("IBM");
    const std::string path = folder.file("a.tsj");
    auto writer = SegmentWriter::create(path, {}).value();
    bool appended = true;
    {
        const FileSizeLimit limit(100'000);
        for (std::uint64_t sequence = 1; appended && sequence < 10'000; ++sequence) {
            appended = writer->append(trade_at(sequence, ibm), symbols);
        }
    }
    EXPECT_FALSE(appended);
    ASSERT_TRUE(writer->failure());
    EXPECT_THAT(writer->failure()->message, HasSubstr(path + ": cannot write"));
    EXPECT_FALSE(writer->append(trade_at(writer->next_sequence().value(), ibm), symbols));
    EXPECT_FALSE(writer->close());
    // What lies on the disk is a segment with a torn tail.
    const Outcome outcome = read_all(bytes_of(path));
    EXPECT_EQ(outcome.failure, "");
    EXPECT_GT(outcome.records, 500U);
    EXPECT_GT(outcome.tail.torn_bytes, 0U);
}

}  // namespace
}  // namespace tickstock
