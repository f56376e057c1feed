// Goal: opening a directory cuts what a killed process or a power cut may leave, and refuses
// everything else without changing a byte.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "journal/test_journal.hpp"

namespace tickstock {
namespace {

using ::testing::HasSubstr;

std::string path_of(std::uint64_t first) {
    return segment_path(journal_folder, Sequence{first});
}

std::string bytes_at(const MemoryDisk& disk, std::uint64_t first) {
    return disk.content(path_of(first)).value();
}

std::map<std::string, std::string> everything(const MemoryDisk& disk) {
    std::map<std::string, std::string> files;
    for (const std::string& path : disk.paths()) {
        files[path] = disk.content(path).value();
    }
    return files;
}

/// Entries 1 to `last` in segments of about `segment_bytes`, written ten at a time.
void fill(MemoryDisk& disk, std::uint64_t last, std::uint64_t segment_bytes, bool closed,
          bool synced = false) {
    SymbolTable symbols;
    const auto journal = open_journal(disk, journal_options(segment_bytes));
    while (journal->next_sequence().value() <= last) {
        append_through(*journal, symbols, std::min(last, journal->next_sequence().value() + 9));
        EXPECT_EQ(journal->write(), Journal::Written::Done);
        EXPECT_TRUE(!synced || journal->sync());
    }
    EXPECT_TRUE(!closed || journal->close());
}

std::uint64_t frame_begin(const std::string& bytes, std::uint64_t sequence) {
    auto frames = FrameReader::open(from_memory(bytes), "segment").value();
    Frame frame;
    while (frames.next(frame)) {
        if (is_entry_frame(frame.head.kind) && frame.head.sequence.value() == sequence) {
            return frame.offset;
        }
    }
    ADD_FAILURE() << "no frame " << sequence;
    return 0;
}

std::string refusal(MemoryDisk& disk, std::uint8_t boot) {
    const auto before = everything(disk);
    const auto journal = Journal::open(disk, journal_options(64 << 20, boot), base_time);
    EXPECT_FALSE(journal.ok());
    EXPECT_EQ(everything(disk), before);
    return journal ? "" : journal.error().message;
}

TEST(JournalRecovery, CutAtEveryByte) {
    MemoryDisk whole;
    fill(whole, 40, 64 << 20, false);
    const std::string bytes = bytes_at(whole, 1);
    SymbolTable symbols;
    for (std::uint64_t sequence = 1; sequence <= 23; ++sequence) {
        mixed_text(symbols, sequence);
    }
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        SCOPED_TRACE(size);
        MemoryDisk disk;
        const bool reserved = size % 2 == 0 && size >= segment_header_size;
        disk.put(path_of(1), bytes.substr(0, size) + std::string(reserved ? 5'000 : 0, '\0'));
        const auto journal = open_journal(disk, journal_options());
        ASSERT_NE(journal, nullptr);
        const std::uint64_t last = journal->found().last.value();
        EXPECT_LE(last, 40U);
        EXPECT_TRUE(last == 40 || size < bytes.size());
        EXPECT_GE(last, size / 300);
        append_through(*journal, symbols, 50);
        EXPECT_TRUE(journal->close());
        const JournalContent content = read_journal(disk);
        ASSERT_EQ(content.failure, "");
        ASSERT_EQ(content.last, 50U);
    }
}

TEST(JournalRecovery, TheReserveIsGivenBack) {
    MemoryDisk disk;
    SymbolTable symbols;
    JournalOptions options = journal_options();
    options.reserve_bytes = 100'000;
    {
        const auto journal = open_journal(disk, options);
        append_through(*journal, symbols, 10);
        EXPECT_EQ(journal->write(), Journal::Written::Done);
        EXPECT_GT(bytes_at(disk, 1).size(), 100'000U);
    }
    options.reserve_bytes = 0;
    const auto journal = open_journal(disk, options);
    EXPECT_EQ(journal->found().torn_bytes, 0U);
    EXPECT_LT(bytes_at(disk, 1).size(), 2'000U);
}

TEST(JournalRecovery, DamageBeforeValidFramesIsRefused) {
    MemoryDisk disk;
    fill(disk, 40, 64 << 20, false);
    std::string bytes = bytes_at(disk, 1);
    const std::uint64_t begin = frame_begin(bytes, 20);
    bytes[begin + 30] ^= 4;
    disk.put(path_of(1), bytes);
    EXPECT_THAT(refusal(disk, 1),
                HasSubstr("journal/00000000000000000001.tsj: at byte " + std::to_string(begin) +
                          ": a frame that does not have its checksum"));
    EXPECT_THAT(read_journal(disk).failure, HasSubstr("at byte " + std::to_string(begin)));
    EXPECT_EQ(read_journal(disk).last, 19U);
    // A reader of a journal that is being written finds it too.
    const JournalContent running = read_journal(disk, 1, JournalCursor::Writer::Running);
    EXPECT_THAT(running.failure, HasSubstr("at byte " + std::to_string(begin)));
}

// Another boot: the machine may have lost pages that were never synced, and those only.
TEST(JournalRecovery, UnsyncedBytesOfAnotherBootAreCut) {
    MemoryDisk disk;
    fill(disk, 40, 64 << 20, false);
    std::string bytes = bytes_at(disk, 1);
    bytes.replace(frame_begin(bytes, 20), 30, 30, '\0');
    disk.put(path_of(1), bytes);
    const auto journal = open_journal(disk, journal_options(64 << 20, 2));
    EXPECT_EQ(journal->found().last, Sequence{19});
    EXPECT_GT(journal->found().torn_bytes, 1'000U);
    EXPECT_EQ(read_journal(disk).last, 19U);

    MemoryDisk synced;
    fill(synced, 40, 64 << 20, false, true);
    bytes = bytes_at(synced, 1);
    const std::uint64_t begin = frame_begin(bytes, 20);
    bytes.replace(begin, 30, 30, '\0');
    synced.put(path_of(1), bytes);
    EXPECT_THAT(refusal(synced, 2), AllOf(HasSubstr("at byte " + std::to_string(begin)),
                                          HasSubstr("entries up to 30 had been synced")));
}

TEST(JournalRecovery, ALostSegmentIsRefusedUnlessItWasNeverSynced) {
    MemoryDisk disk;
    fill(disk, 200, 2'000, true, true);
    auto names = list_segments(disk, journal_folder).value();
    ASSERT_GT(names.size(), 5U);
    EXPECT_TRUE(disk.remove(segment_path(journal_folder, names[2])).ok());
    const std::string hole = refusal(disk, 1);
    EXPECT_THAT(hole, HasSubstr(segment_path(journal_folder, names[1]) + ": at byte "));
    EXPECT_THAT(hole, HasSubstr("ends with sequence " + std::to_string(names[2].value() - 1) +
                                ", but the next segment " + segment_name(names[3])));
    EXPECT_EQ(refusal(disk, 2).substr(0, hole.size()), hole);
    EXPECT_THAT(read_journal(disk).failure, HasSubstr("behind a hole"));
    // The oldest may go at any time.
    EXPECT_TRUE(disk.remove(segment_path(journal_folder, names[0])).ok());
    EXPECT_TRUE(disk.remove(segment_path(journal_folder, names[1])).ok());
    EXPECT_EQ(open_journal(disk, journal_options())->found().first, names[3]);

    MemoryDisk unsynced;
    fill(unsynced, 200, 2'000, false);
    names = list_segments(unsynced, journal_folder).value();
    EXPECT_TRUE(unsynced.remove(segment_path(journal_folder, names[2])).ok());
    EXPECT_THAT(refusal(unsynced, 1), HasSubstr("behind a hole"));
    const auto journal = open_journal(unsynced, journal_options(2'000, 2));
    EXPECT_EQ(journal->found().last.value(), names[2].value() - 1);
    EXPECT_EQ(read_journal(unsynced).last, names[2].value() - 1);
}

TEST(JournalRecovery, OtherVersionsHeadersAndNames) {
    MemoryDisk disk;
    fill(disk, 10, 64 << 20, true);
    const std::string sound = bytes_at(disk, 1);
    SegmentHeader header;
    header.format_version = 3;
    const auto newer = encode_segment_header(header);
    disk.put(path_of(1), std::string(newer.data(), newer.size()) + sound.substr(64));
    EXPECT_EQ(refusal(disk, 2),
              "journal/00000000000000000001.tsj: at byte 0: written by a newer version: format 3; "
              "this program reads 1 and 2");
    std::string damaged = sound;
    damaged[50] ^= 1;
    disk.put(path_of(1), damaged);
    EXPECT_THAT(refusal(disk, 2), HasSubstr("tsj: at byte 0: the header is damaged"));
    // Under another segment's name.
    disk.put(path_of(1), sound);
    EXPECT_TRUE(disk.rename(path_of(1), path_of(5)).ok());
    EXPECT_EQ(refusal(disk, 2),
              "journal/00000000000000000005.tsj: at byte 44: the segment begins with sequence 1");
    // Other files are nobody's business.
    EXPECT_TRUE(disk.rename(path_of(5), path_of(1)).ok());
    disk.put(journal_folder + "/notes.txt", "x");
    disk.put(journal_folder + "/1.tsj", "x");
    EXPECT_EQ(open_journal(disk, journal_options())->found().last, Sequence{10});
}

TEST(JournalRecovery, AHeaderThatWasNeverCompleted) {
    for (const std::size_t size : {0U, 1U, 63U, 64U, 10'000U}) {
        SCOPED_TRACE(size);
        MemoryDisk disk;
        fill(disk, 10, 64 << 20, true);
        disk.put(path_of(11), size < 64 ? std::string("TSJOURNL").substr(0, size) +
                                              std::string(size > 8 ? size - 8 : 0, '\2')
                                        : std::string(size, '\0'));
        const auto journal = open_journal(disk, journal_options(64 << 20, 3));
        EXPECT_EQ(journal->found().last, Sequence{10});
        EXPECT_FALSE(journal->found().closed);
        EXPECT_EQ(journal->found().boot, BootId{1});
        EXPECT_EQ(read_journal(disk).last, 10U);
    }
    MemoryDisk disk;
    fill(disk, 10, 64 << 20, true);
    disk.put(path_of(12), "");
    EXPECT_THAT(refusal(disk, 1), HasSubstr("behind a hole"));
}

// Rounds of a process that appends, writes, syncs and rotates as it likes until the power goes.
TEST(JournalRecovery, PowerCutsNeverTakeWhatWasSynced) {
    std::uint64_t lost = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        SCOPED_TRACE(seed);
        MemoryDisk disk;
        SymbolTable symbols;
        std::mt19937_64 random(seed);
        std::uint64_t durable = 0;
        for (std::uint8_t boot = 1; boot <= 4; ++boot) {
            JournalOptions options = journal_options(2'000 + random() % 20'000, boot);
            options.reserve_bytes = random() % 3 * 9'000;
            const auto journal = open_journal(disk, options);
            ASSERT_NE(journal, nullptr);
            ASSERT_GE(journal->found().last.value(), durable);
            const JournalContent content = read_journal(disk);
            ASSERT_EQ(content.failure, "");
            ASSERT_EQ(content.last, journal->found().last.value());
            for (std::uint64_t steps = random() % 60; steps > 0; --steps) {
                append_through(*journal, symbols, journal->next_sequence().value() + random() % 30);
                ASSERT_EQ(journal->write(), Journal::Written::Done);
                if (random() % 8 == 0) {
                    ASSERT_TRUE(journal->sync());
                }
            }
            durable = journal->durable_through().value();
            lost += journal->written_through().value() - durable;
            disk.power_cut(random());
        }
    }
    EXPECT_GT(lost, 10'000U);
}

}  // namespace
}  // namespace tickstock
