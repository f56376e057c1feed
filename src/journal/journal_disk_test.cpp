// Goal: a journal tells that its disk is full while it still has room for what is on its way, goes
// on when there is room again, and never trusts a disk that failed to sync.

#include <gtest/gtest.h>

#include "journal/test_journal.hpp"

namespace tickstock {
namespace {

TEST(JournalDisk, AFullDiskIsToldWhileThereIsReserveAndGoesOnAfter) {
    MemoryDisk disk;
    SymbolTable symbols;
    JournalOptions options = journal_options(1 << 20);
    options.reserve_bytes = 40'000;
    disk.set_capacity(100'000);
    const auto journal = open_journal(disk, options);
    std::uint64_t last = 0;
    Journal::Written written = Journal::Written::Done;
    while (written == Journal::Written::Done) {
        append_through(*journal, symbols, last += 10);
        written = journal->write();
        ASSERT_LT(last, 10'000U);
    }
    EXPECT_EQ(written, Journal::Written::DiskFull);
    EXPECT_EQ(journal->unwritten_bytes(), 0U);
    EXPECT_EQ(journal->written_through(), Sequence{last});
    // What was on its way still has room; then bytes stay in the buffer.
    while (journal->unwritten_bytes() == 0) {
        append_through(*journal, symbols, last += 10);
        EXPECT_EQ(journal->write(), Journal::Written::DiskFull);
    }
    EXPECT_EQ(journal->written_through(), Sequence{last - 10});
    EXPECT_TRUE(journal->sync());
    EXPECT_FALSE(journal->failure());
    disk.set_capacity(1'000'000);
    EXPECT_EQ(journal->write(), Journal::Written::Done);
    EXPECT_EQ(journal->written_through(), Sequence{last});
    append_through(*journal, symbols, last += 10);
    EXPECT_TRUE(journal->close());
    const JournalContent content = read_journal(disk);
    EXPECT_EQ(content.failure, "");
    EXPECT_EQ(content.last, last);
}

TEST(JournalDisk, OpensOnAFullDisk) {
    MemoryDisk disk;
    SymbolTable symbols;
    disk.set_capacity(0);
    const auto journal = open_journal(disk, journal_options());
    append_through(*journal, symbols, 10);
    EXPECT_EQ(journal->write(), Journal::Written::DiskFull);
    disk.set_capacity(10'000);
    EXPECT_EQ(journal->write(), Journal::Written::Done);
    EXPECT_TRUE(journal->close());
    EXPECT_EQ(read_journal(disk).last, 10U);
}

TEST(JournalDisk, AFailedSyncIsForEver) {
    MemoryDisk disk;
    int syncs = 0;
    disk.set_faults([&](MemoryDisk::Operation operation, const std::string&) {
        syncs += operation == MemoryDisk::Operation::Sync ? 1 : 0;
        return operation == MemoryDisk::Operation::Sync && syncs == 3
                   ? std::optional(MemoryDisk::Fault{})
                   : std::nullopt;
    });
    SymbolTable symbols;
    const auto journal = open_journal(disk, journal_options());
    std::uint64_t last = 0;
    bool synced = true;
    while (synced) {
        append_through(*journal, symbols, last += 10);
        EXPECT_EQ(journal->write(), Journal::Written::Done);
        synced = journal->sync();
    }
    EXPECT_EQ(journal->durable_through(), Sequence{last - 10});
    ASSERT_TRUE(journal->failure());
    EXPECT_EQ(journal->failure()->message,
              "journal/00000000000000000001.tsj: cannot sync: Input/output error");
    EXPECT_FALSE(journal->sync());
    EXPECT_EQ(journal->write(), Journal::Written::Failed);
    EXPECT_FALSE(journal->close());
    EXPECT_EQ(syncs, 3);
}

}  // namespace
}  // namespace tickstock
