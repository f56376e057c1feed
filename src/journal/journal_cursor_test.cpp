// Goal: a cursor reads what was appended from any place, also while another thread writes, and a
// directory of segments is an input like one segment.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "base/file_disk.hpp"
#include "journal/journal_reader.hpp"
#include "journal/test_journal.hpp"

namespace tickstock {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t segment_bytes = 30'000;

/// Entries 1 to `last`, closed.
void fill(Disk& disk, const std::string& directory, std::uint64_t last) {
    SymbolTable symbols;
    JournalOptions options = journal_options(segment_bytes);
    options.directory = directory;
    const auto journal = open_journal(disk, options);
    while (journal->next_sequence().value() <= last) {
        append_through(*journal, symbols, std::min(last, journal->next_sequence().value() + 50));
        EXPECT_EQ(journal->write(), Journal::Written::Done);
    }
    EXPECT_TRUE(journal->close());
}

TEST(JournalCursor, FollowsAWriterOfAnotherThread) {
    const TemporaryFolder folder;
    FileDisk disk;
    SymbolTable symbols;
    constexpr std::uint64_t last = 60'000;
    JournalOptions options = journal_options(segment_bytes);
    options.directory = folder.file("journal");
    options.reserve_bytes = 200'000;
    const auto journal = open_journal(disk, options);
    std::atomic<bool> done{false};
    std::thread syncing([&] {
        while (!done) {
            EXPECT_TRUE(journal->sync());
        }
    });
    std::thread writing([&] {
        std::uint64_t step = 1;
        while (journal->next_sequence().value() <= last) {
            step = step * 7 % 101;
            append_through(*journal, symbols,
                           std::min(last, journal->next_sequence().value() + step));
            EXPECT_EQ(journal->write(), Journal::Written::Done);
        }
        EXPECT_TRUE(journal->close());
        done = true;
    });
    auto cursor = JournalCursor::open(disk, options.directory, Sequence{1}).value();
    JournalContent content;
    SymbolTable read_symbols;
    while (content.last < last && content.failure.empty() && !::testing::Test::HasFailure()) {
        const std::uint64_t written = journal->written_through().value();
        read_on(*cursor, content, read_symbols);
        EXPECT_GE(content.last, written);
    }
    writing.join();
    syncing.join();
    EXPECT_EQ(content.failure, "");
    EXPECT_EQ(content.last, last);
    EXPECT_EQ(journal->durable_through(), Sequence{last});
}

TEST(JournalCursor, ASegmentFileAlone) {
    MemoryDisk disk;
    fill(disk, journal_folder, 1'500);
    const auto segments = list_segments(disk, journal_folder).value();
    ASSERT_GE(segments.size(), 3U);
    const std::string path = segment_path(journal_folder, segments[1]);
    const JournalContent content = read_journal(disk, 0, JournalCursor::Writer::Gone, path);
    EXPECT_EQ(content.failure, "");
    EXPECT_EQ(content.first, segments[1].value());
    EXPECT_EQ(content.last, segments[2].value() - 1);
    const auto cursor = JournalCursor::open(disk, path, Sequence{}).value();
    EXPECT_EQ(cursor->header().first_sequence, segments[1]);
    JournalEntry before;
    auto one = JournalCursor::open(disk, journal_folder, Sequence{segments[1].value() - 1}).value();
    ASSERT_EQ(one->next(before), JournalCursor::Next::Entry);
    EXPECT_EQ(cursor->header().clock_before,
              before.is_decision() ? before.decision->clock : before.record.header().clock);
    EXPECT_THAT(JournalCursor::open(disk, path, Sequence{1}).error().message,
                HasSubstr(path + ": holds entries from "));
    EXPECT_EQ(JournalCursor::open(disk, "absent", Sequence{1}).error().message,
              "absent: no journal segment there");
}

TEST(JournalCursor, TheLastOfManyTailsIsTold) {
    MemoryDisk disk;
    fill(disk, journal_folder, 500);
    const Sequence newest = list_segments(disk, journal_folder).value().back();
    const std::string path = segment_path(journal_folder, newest);
    const std::string bytes = disk.content(path).value();
    disk.put(path, bytes.substr(0, bytes.size() - 20));
    auto cursor =
        JournalCursor::open(disk, journal_folder, Sequence{}, JournalCursor::Writer::Gone).value();
    JournalContent content;
    SymbolTable symbols;
    read_on(*cursor, content, symbols);
    EXPECT_EQ(content.last, 499U);
    EXPECT_GT(cursor->tail().torn_bytes, 0U);
    EXPECT_FALSE(cursor->tail().ended());
}

/// A segment with these frames behind its header.
std::string segment_with(const std::string& frames) {
    const auto header = encode_segment_header({});
    return std::string(header.data(), header.size()) + frames;
}

std::string frame_of(FrameKind kind, std::uint64_t sequence, std::string_view payload) {
    std::string frame(frame_head_size, '\0');
    frame += payload;
    seal_frame(frame, kind, Sequence{sequence});
    return frame;
}

std::string damage_in(const std::string& bytes) {
    MemoryDisk disk;
    disk.put("journal/00000000000000000001.tsj", bytes);
    auto cursor = JournalCursor::open(disk, journal_folder, Sequence{}).value();
    JournalEntry entry;
    auto next = JournalCursor::Next::Entry;
    while (next == JournalCursor::Next::Entry) {
        next = cursor->next(entry);
    }
    return next == JournalCursor::Next::Damage ? cursor->failure()->message : "";
}

TEST(JournalCursor, SoundFramesThatCannotBe) {
    std::array<char, frame_payload_max> bytes;
    const auto symbol = [&](std::uint32_t id, std::string_view text) {
        const std::size_t size = encode_symbol({SymbolId{id}, SymbolText(text)}, bytes);
        return frame_of(FrameKind::Symbol, 1, {bytes.data(), size});
    };
    Decision halt = decision_at(1, ManualHalt{SymbolId{3}, true, ""});
    std::string payload(decision_size(halt), '\0');
    encode_decision(halt, payload);
    const std::string halted = frame_of(FrameKind::Decision, 1, payload);
    EXPECT_EQ(damage_in(segment_with(symbol(3, "IBM") + halted)), "");
    EXPECT_THAT(damage_in(segment_with(symbol(2, "IBM") + halted)),
                HasSubstr("a decision on symbol id 3 before that id's text"));
    EXPECT_THAT(damage_in(segment_with(symbol(2, "IBM") + symbol(2, "IBM"))),
                HasSubstr("symbol id 2 has its text already"));
    EXPECT_THAT(damage_in(segment_with(frame_of(FrameKind::Decision, 1, "\x7F"))),
                HasSubstr("at byte 64: a decision that cannot be: an unknown action"));
    EXPECT_THAT(damage_in(segment_with(frame_of(FrameKind::Refused, 1, "x"))),
                HasSubstr("a refused frame with a payload of a wrong length"));
    EXPECT_THAT(damage_in(segment_with(frame_of(FrameKind::Synced, 1, "\1\0\0\0\0\0\0\0"))),
                HasSubstr("a synced frame that names no entry before it"));
    EXPECT_THAT(damage_in(segment_with(frame_of(FrameKind::Trade, 1, "x"))),
                HasSubstr("a record that no source may admit"));

    // The same id under another name in the next segment.
    MemoryDisk disk;
    const std::string end = frame_of(FrameKind::Rotate, 2, "");
    disk.put("journal/00000000000000000001.tsj", segment_with(symbol(3, "IBM") + halted + end));
    SegmentHeader header;
    header.first_sequence = Sequence{2};
    const auto second = encode_segment_header(header);
    const std::size_t size = encode_symbol({SymbolId{3}, SymbolText("AAPL")}, bytes);
    disk.put("journal/00000000000000000002.tsj",
             std::string(second.data(), second.size()) +
                 frame_of(FrameKind::Symbol, 2, {bytes.data(), size}));
    auto cursor = JournalCursor::open(disk, journal_folder, Sequence{}).value();
    JournalEntry entry;
    EXPECT_EQ(cursor->next(entry), JournalCursor::Next::Entry);
    EXPECT_EQ(cursor->next(entry), JournalCursor::Next::Damage);
    EXPECT_EQ(cursor->failure()->message,
              "journal/00000000000000000002.tsj: at byte 64: symbol id 3 is 'AAPL' here and was "
              "'IBM' before");
}

TEST(JournalReader, ADirectoryIsAnInputLikeASegment) {
    const TemporaryFolder folder;
    FileDisk disk;
    const std::string directory = folder.file("journal");
    fill(disk, directory, 2'000);
    auto reader = open_journal_input(directory, SourceId{4}).value();
    RecordBatch batch;
    std::vector<std::string> texts;
    std::uint64_t records = 0;
    SymbolTable symbols;
    std::uint64_t sequence = 0;
    while (reader->read(batch)) {
        for (const SymbolText& text : batch.new_symbols) {
            texts.emplace_back(text.view());
        }
        for (const Record& record : batch.records) {
            const RecordHeader& header = record.header();
            EXPECT_GT(header.sequence.value(), sequence);
            sequence = header.sequence.value();
            EXPECT_EQ(header.source, SourceId{4});
            EXPECT_EQ(texts.at(header.symbol.value()), "SYM" + std::to_string(sequence * 7 % 23));
            ++records;
        }
    }
    EXPECT_EQ(reader->failure(), std::nullopt);
    EXPECT_EQ(texts.size(), 23U);
    EXPECT_EQ(reader->counts().in, 2'000U);
    EXPECT_EQ(reader->counts().out, records);
    EXPECT_EQ(reader->counts().dropped_for(Reason::UnsupportedMessage), 2'000 - records);
    EXPECT_TRUE(reader->counts().closes());
    EXPECT_EQ(reader->progress().bytes_read, reader->progress().bytes_total);

    const auto segments = list_segments(disk, directory).value();
    EXPECT_TRUE(open_journal_input(segment_path(directory, segments[0]), SourceId{0}).ok());
    EXPECT_THAT(open_journal_input(folder.file("absent"), SourceId{0}).error().message,
                HasSubstr("absent: cannot open"));
}

}  // namespace
}  // namespace tickstock
