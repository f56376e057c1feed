// Goal: what a Journal takes is there after a restart, in its segments; rotation, retention, full
// disks and syncs do what journal.hpp says.

#include "journal/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/file_disk.hpp"
#include "journal/test_journal.hpp"

namespace tickstock {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> files_of(MemoryDisk& disk) {
    return disk.list(journal_folder).value();
}

TEST(Journal, BeginsEmptyAndGoesOn) {
    MemoryDisk disk;
    SymbolTable symbols;
    {
        const auto journal = open_journal(disk, journal_options());
        EXPECT_EQ(journal->found().last, Sequence{0});
        EXPECT_EQ(journal->found().first, Sequence{0});
        EXPECT_EQ(journal->next_sequence(), Sequence{1});
        append_through(*journal, symbols, 100);
        EXPECT_GT(journal->unwritten_bytes(), 0U);
        EXPECT_EQ(journal->written_through(), Sequence{0});
        EXPECT_EQ(journal->write(), Journal::Written::Done);
        EXPECT_EQ(journal->unwritten_bytes(), 0U);
        EXPECT_EQ(journal->written_through(), Sequence{100});
        EXPECT_EQ(journal->first(), Sequence{1});
        EXPECT_EQ(journal->segments(), 1U);
        EXPECT_EQ(journal->durable_through(), Sequence{0});
        EXPECT_TRUE(journal->sync());
        EXPECT_EQ(journal->durable_through(), Sequence{100});
        append_through(*journal, symbols, 120);
        EXPECT_TRUE(journal->close());
        EXPECT_EQ(journal->durable_through(), Sequence{120});
    }
    const auto journal = open_journal(disk, journal_options(64 << 20, 2));
    EXPECT_EQ(journal->first(), Sequence{1});
    const JournalFound& found = journal->found();
    EXPECT_EQ(found.first, Sequence{1});
    EXPECT_EQ(found.last, Sequence{120});
    EXPECT_EQ(found.last_clock, base_time + Nanos{120});
    EXPECT_EQ(found.logic_version, 7U);
    EXPECT_EQ(found.boot, BootId{1});
    EXPECT_TRUE(found.closed);
    EXPECT_EQ(found.torn_bytes, 0U);
    EXPECT_EQ(found.segments, 1U);
    EXPECT_EQ(journal->durable_through(), Sequence{120});
    append_through(*journal, symbols, 150);
    EXPECT_TRUE(journal->close());
    EXPECT_THAT(files_of(disk),
                ElementsAre("00000000000000000001.tsj", "00000000000000000121.tsj"));
    const JournalContent content = read_journal(disk);
    EXPECT_EQ(content.failure, "");
    EXPECT_EQ(content.first, 1U);
    EXPECT_EQ(content.last, 150U);
    EXPECT_EQ(content.decisions, 15U);
}

TEST(Journal, AKilledWriterLosesNothingWritten) {
    MemoryDisk disk;
    SymbolTable symbols;
    {
        const auto journal = open_journal(disk, journal_options());
        append_through(*journal, symbols, 50);
        EXPECT_EQ(journal->write(), Journal::Written::Done);
        append_through(*journal, symbols, 60);  // never written
    }
    const auto journal = open_journal(disk, journal_options());
    EXPECT_EQ(journal->found().last, Sequence{50});
    EXPECT_EQ(journal->found().last_clock, base_time + Nanos{50});
    EXPECT_FALSE(journal->found().closed);
    EXPECT_EQ(journal->next_sequence(), Sequence{51});
}

TEST(Journal, SegmentsWithoutEntriesAreReplaced) {
    MemoryDisk disk;
    SymbolTable symbols;
    {
        const auto journal = open_journal(disk, journal_options());
        append_through(*journal, symbols, 10);
        EXPECT_TRUE(journal->close());
    }
    for (std::uint8_t boot = 2; boot < 5; ++boot) {
        const auto journal = open_journal(disk, journal_options(64 << 20, boot));
        EXPECT_EQ(journal->found().last, Sequence{10});
        EXPECT_EQ(journal->found().last_clock, base_time + Nanos{10});
        // What was found is told of the entries, not of starts that wrote none.
        EXPECT_EQ(journal->found().boot, BootId{1});
        EXPECT_TRUE(journal->found().closed);
        EXPECT_EQ(journal->found().segments, 1U);
        if (boot == 2) {
            EXPECT_TRUE(journal->close());
        }
    }
    EXPECT_EQ(files_of(disk).size(), 2U);
}

TEST(Journal, RefusedRecordsStandBeforeTheNextEntry) {
    MemoryDisk disk;
    SymbolTable symbols;
    {
        const auto journal = open_journal(disk, journal_options());
        append_through(*journal, symbols, 5);
        journal->append_refused(SourceId{3}, Reason::QueueFull, 17);
        append_through(*journal, symbols, 6);
        EXPECT_TRUE(journal->close());
    }
    {
        // Of a segment without an entry they go into the next.
        const auto journal = open_journal(disk, journal_options());
        journal->append_refused(SourceId{3}, Reason::Stale, 4);
        EXPECT_TRUE(journal->close());
    }
    {
        const auto journal = open_journal(disk, journal_options());
        append_through(*journal, symbols, 7);
        EXPECT_TRUE(journal->close());
    }
    EXPECT_EQ(read_journal(disk).refused, 21U);
    EXPECT_EQ(read_journal(disk, 6).refused, 21U);
    EXPECT_EQ(read_journal(disk, 7).refused, 4U);
    auto cursor = JournalCursor::open(disk, journal_folder, Sequence{7}).value();
    JournalEntry entry;
    EXPECT_EQ(cursor->next(entry), JournalCursor::Next::Entry);
    const auto refused = cursor->take_refused();
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].source, SourceId{3});
    EXPECT_EQ(refused[0].reason, Reason::Stale);
    EXPECT_TRUE(cursor->take_refused().empty());
}

TEST(Journal, RotatesAtTheSizeAndReadsAcross) {
    MemoryDisk disk;
    SymbolTable symbols;
    const auto journal = open_journal(disk, journal_options(4'500));
    for (std::uint64_t last = 10; last <= 1'000; last += 10) {
        append_through(*journal, symbols, last);
        EXPECT_EQ(journal->write(), Journal::Written::Done);
    }
    const auto files = files_of(disk);
    EXPECT_GT(files.size(), 20U);
    std::uint64_t bytes = 0;
    for (const std::string& file : files) {
        bytes += disk.content(journal_folder + "/" + file)->size();
    }
    EXPECT_EQ(journal->bytes(), bytes);
    EXPECT_EQ(journal->segments(), files.size());
    for (const std::uint64_t from : {0U, 1U, 2U, 500U, 999U, 1'000U}) {
        const JournalContent content = read_journal(disk, from, JournalCursor::Writer::Running);
        EXPECT_EQ(content.failure, "");
        EXPECT_EQ(content.first, std::max<std::uint64_t>(from, 1));
        EXPECT_EQ(content.last, 1'000U);
    }
    EXPECT_EQ(read_journal(disk, 1'001).last, 0U);
    EXPECT_TRUE(journal->close());
    EXPECT_EQ(open_journal(disk, journal_options())->found().segments, files.size());
}

// A power cut right after sync() loses nothing, in whatever segment it lies.
TEST(Journal, SyncTakesRotatedSegmentsAndTheDirectoryAlong) {
    SymbolTable symbols;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        MemoryDisk disk;
        {
            const auto journal = open_journal(disk, journal_options(6'000));
            for (std::uint64_t last = 10; last <= 400; last += 10) {
                append_through(*journal, symbols, last);
                EXPECT_EQ(journal->write(), Journal::Written::Done);
            }
            EXPECT_TRUE(journal->sync());
            append_through(*journal, symbols, 440);
            EXPECT_EQ(journal->write(), Journal::Written::Done);
        }
        disk.power_cut(seed);
        const auto journal = open_journal(disk, journal_options(6'000, 2));
        ASSERT_NE(journal, nullptr);
        EXPECT_GE(journal->found().last, Sequence{400});
        EXPECT_LE(journal->found().last, Sequence{440});
        EXPECT_EQ(read_journal(disk).last, journal->found().last.value());
    }
}

TEST(Journal, RetentionBySizeAndAgeKeepsWhatIsNeeded) {
    MemoryDisk disk;
    SymbolTable symbols;
    JournalOptions options = journal_options(4'000);
    options.retention_bytes = 20'000;
    options.retention_age = std::chrono::hours(1);
    const auto journal = open_journal(disk, options);
    for (std::uint64_t last = 10; last <= 1'000; last += 10) {
        append_through(*journal, symbols, last);
        EXPECT_EQ(journal->write(), Journal::Written::Done);
    }
    const std::size_t before = files_of(disk).size();
    journal->retain(Sequence{1}, base_time);
    EXPECT_EQ(files_of(disk).size(), before);
    journal->retain(Sequence{300}, base_time);
    EXPECT_LT(files_of(disk).size(), before);
    EXPECT_EQ(read_journal(disk, 300).first, 300U);
    EXPECT_GT(journal->bytes(), 20'000U);
    journal->retain(Sequence{1'000}, base_time);
    EXPECT_LE(journal->bytes(), 20'000U);
    EXPECT_GT(journal->bytes(), 14'000U);

    // By age: everything but the newest segment with entries is older than an hour.
    journal->retain(Sequence{1'001}, base_time + std::chrono::hours(2));
    EXPECT_EQ(journal->retention_failure(), std::nullopt);
    const JournalContent left = read_journal(disk);
    EXPECT_EQ(left.last, 1'000U);
    EXPECT_EQ(journal->first(), Sequence{left.first});
    EXPECT_LE(files_of(disk).size(), 2U);
    EXPECT_THAT(
        read_journal(disk, 5).failure,
        HasSubstr("the oldest entry kept is " + std::to_string(left.first) + ", 5 is wanted"));
    EXPECT_TRUE(journal->close());
    EXPECT_EQ(open_journal(disk, options)->found().first, Sequence{left.first});
}

TEST(Journal, RetentionReportsWhatItCannotRemove) {
    MemoryDisk disk;
    disk.set_faults([](MemoryDisk::Operation operation, const std::string&) {
        return operation == MemoryDisk::Operation::Remove ? std::optional(MemoryDisk::Fault{EPERM})
                                                          : std::nullopt;
    });
    SymbolTable symbols;
    JournalOptions options = journal_options(1'000);
    options.retention_bytes = 0;
    const auto journal = open_journal(disk, options);
    for (std::uint64_t last = 10; last <= 100; last += 10) {
        append_through(*journal, symbols, last);
        EXPECT_EQ(journal->write(), Journal::Written::Done);
    }
    journal->retain(Sequence{100}, base_time);
    ASSERT_TRUE(journal->retention_failure());
    EXPECT_EQ(journal->retention_failure()->message,
              "journal/00000000000000000001.tsj: cannot remove: Operation not permitted");
    disk.set_faults({});
    journal->retain(Sequence{100}, base_time);
    EXPECT_FALSE(journal->retention_failure());
    EXPECT_FALSE(journal->failure());
    EXPECT_EQ(disk.list(journal_folder).value().size(), 1U + (journal->bytes() > 1'100 ? 1 : 0));
}

TEST(Journal, OverTheRealDisk) {
    const TemporaryFolder folder;
    FileDisk disk;
    SymbolTable symbols;
    JournalOptions options = journal_options(50'000);
    options.directory = folder.file("data/journal");
    options.reserve_bytes = 1 << 20;
    const auto journal = Journal::open(disk, options, base_time).value();
    auto cursor = JournalCursor::open(disk, options.directory, Sequence{1}).value();
    JournalContent content;
    SymbolTable read_symbols;
    for (std::uint64_t last = 10; last <= 3'000; last += 10) {
        append_through(*journal, symbols, last);
        EXPECT_EQ(journal->write(), Journal::Written::Done);
        read_on(*cursor, content, read_symbols);
        ASSERT_EQ(content.failure, "");
        ASSERT_EQ(content.last, last);
    }
    EXPECT_TRUE(journal->close());
    EXPECT_EQ(read_journal(disk, 0, JournalCursor::Writer::Gone, options.directory).last, 3'000U);
    EXPECT_TRUE(Journal::open(disk, options, base_time).value()->found().closed);
}

}  // namespace
}  // namespace tickstock
