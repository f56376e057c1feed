// Goal: whatever operation of the disk fails, or is the process's last, no acknowledged entry is
// lost, the failure is told, a failed sync is never tried again, and a full disk is waited out.
// Method: one life of a journal with restarts, once for each operation in it.

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "journal/test_journal.hpp"

namespace tickstock {
namespace {

constexpr std::uint64_t entries = 160;

struct Life {
    std::uint64_t written = 0;  ///< acknowledged
    std::uint64_t durable = 0;
    bool failed = false;  ///< told
    bool was_full = false;
    bool finished = false;
};

/// Opens, appends in steps with syncs and rotations, closes in the middle and goes on; ends at the
/// first failure.
Life live(MemoryDisk& disk, SymbolTable& symbols) {
    Life life;
    for (const std::uint64_t until : {entries / 2, entries}) {
        JournalOptions options = journal_options(1'500);
        options.reserve_bytes = 3'000;
        options.retention_bytes = 8'000;
        auto opened = Journal::open(disk, options, base_time);
        if (!opened) {
            EXPECT_FALSE(opened.error().message.empty());
            life.failed = true;
            return life;
        }
        Journal& journal = **opened;
        while (journal.next_sequence().value() <= until) {
            append_through(journal, symbols, journal.next_sequence().value() + 3);
            auto written = journal.write();
            for (int tries = 0; written == Journal::Written::DiskFull && tries < 3; ++tries) {
                life.was_full = true;
                written = journal.write();
            }
            if (journal.next_sequence().value() % 8 == 1) {
                journal.sync();
            }
            journal.retain(Sequence{20}, base_time);
            life.written = journal.written_through().value();
            life.durable = journal.durable_through().value();
            EXPECT_EQ(journal.failure().has_value(), journal.write() == Journal::Written::Failed);
            if (journal.failure()) {
                EXPECT_FALSE(journal.sync());
                life.failed = true;
                return life;
            }
        }
        if (!journal.close()) {
            EXPECT_TRUE(journal.failure());
            life.failed = true;
            return life;
        }
        life.written = life.durable = journal.durable_through().value();
    }
    life.finished = true;
    return life;
}

struct Watched {
    MemoryDisk disk;
    std::uint64_t operations = 0;
    bool hit_sync = false;
    int syncs_after = 0;

    /// The n-th changing operation goes wrong; later ones are watched.
    void fail(std::uint64_t n, MemoryDisk::Fault fault) {
        disk.set_faults([this, n, fault](MemoryDisk::Operation operation,
                                         const std::string&) -> std::optional<MemoryDisk::Fault> {
            if (!MemoryDisk::changes(operation)) {
                return std::nullopt;
            }
            const bool syncs = operation == MemoryDisk::Operation::Sync ||
                               operation == MemoryDisk::Operation::SyncDirectory;
            syncs_after += syncs && hit_sync ? 1 : 0;
            if (operations++ != n) {
                return std::nullopt;
            }
            hit_sync = syncs;
            return fault;
        });
    }
};

std::uint64_t operations_of_a_life() {
    Watched watched;
    watched.fail(~std::uint64_t{0}, {});
    SymbolTable symbols;
    const Life life = live(watched.disk, symbols);
    EXPECT_TRUE(life.finished);
    EXPECT_EQ(life.durable, entries);
    return watched.operations;
}

/// Opens again and reads everything.
void check_kept(MemoryDisk& disk, std::uint64_t acknowledged) {
    disk.set_faults({});
    const auto journal = open_journal(disk, journal_options(1'500));
    ASSERT_NE(journal, nullptr);
    EXPECT_GE(journal->found().last.value(), acknowledged);
    const JournalContent content = read_journal(disk);
    EXPECT_EQ(content.failure, "");
    EXPECT_EQ(content.last, journal->found().last.value());
    EXPECT_LE(content.first, 20U);
    SymbolTable symbols;
    for (std::uint64_t sequence = 1; sequence <= 23; ++sequence) {
        mixed_text(symbols, sequence);
    }
    append_through(*journal, symbols, entries + 20);
    EXPECT_TRUE(journal->close());
    EXPECT_EQ(read_journal(disk).last, entries + 20);
}

TEST(JournalFaults, AnErrorAtEachOperation) {
    const std::uint64_t operations = operations_of_a_life();
    ASSERT_GT(operations, 150U);
    std::uint64_t told = 0;
    for (std::uint64_t n = 0; n < operations; ++n) {
        for (const std::size_t part : {std::size_t{0}, std::size_t{40}, std::size_t{400}}) {
            SCOPED_TRACE(std::to_string(n) + ", part " + std::to_string(part));
            Watched watched;
            watched.fail(n, {EIO, part, false});
            SymbolTable symbols;
            const Life life = live(watched.disk, symbols);
            EXPECT_NE(life.failed, life.finished);
            EXPECT_EQ(watched.syncs_after, 0);
            told += life.failed ? 1U : 0U;
            check_kept(watched.disk, life.written);
        }
    }
    // All but the removals of retention, which are tried again later.
    EXPECT_GT(told, operations * 3 * 9 / 10);
}

TEST(JournalFaults, AFullDiskAtEachOperation) {
    const std::uint64_t operations = operations_of_a_life();
    for (std::uint64_t n = 0; n < operations; ++n) {
        for (const std::size_t part : {std::size_t{0}, std::size_t{400}}) {
            SCOPED_TRACE(std::to_string(n) + ", part " + std::to_string(part));
            Watched watched;
            watched.fail(n, {ENOSPC, part, false});
            SymbolTable symbols;
            const Life life = live(watched.disk, symbols);
            EXPECT_EQ(watched.syncs_after, 0);
            EXPECT_NE(life.failed, life.finished);
            check_kept(watched.disk, life.written);
        }
    }
}

TEST(JournalFaults, AFullDiskThatIsEmptiedAgainIsWaitedOut) {
    for (const std::uint64_t room : {0U, 50U, 500U, 2'000U, 5'000U, 9'000U}) {
        for (const std::uint64_t reserve : {0U, 100U, 3'000U}) {
            SCOPED_TRACE(std::to_string(room) + ", reserve " + std::to_string(reserve));
            MemoryDisk disk;
            SymbolTable symbols;
            JournalOptions options = journal_options(1'500);
            options.reserve_bytes = reserve;
            disk.set_capacity(room);
            const auto journal = open_journal(disk, options);
            std::uint64_t full = 0;
            while (journal->next_sequence().value() <= entries) {
                append_through(*journal, symbols, journal->next_sequence().value() + 3);
                while (journal->write() == Journal::Written::DiskFull) {
                    ASSERT_LT(++full, 1'000U);
                    ASSERT_TRUE(journal->sync());
                    disk.set_capacity(room + full * 700);
                }
            }
            EXPECT_GT(full, 0U);
            EXPECT_FALSE(journal->failure());
            EXPECT_EQ(journal->unwritten_bytes(), 0U);
            disk.set_capacity(1 << 30);
            EXPECT_TRUE(journal->close());
            EXPECT_GE(read_journal(disk).last, entries);
        }
    }
}

TEST(JournalFaults, AKillInEachOperation) {
    const std::uint64_t operations = operations_of_a_life();
    for (std::uint64_t n = 0; n < operations; ++n) {
        for (const std::size_t part : {std::size_t{0}, std::size_t{17}, std::size_t{300}}) {
            SCOPED_TRACE(std::to_string(n) + ", part " + std::to_string(part));
            MemoryDisk disk;
            SymbolTable symbols;
            disk.kill_at(n, part);
            const Life life = live(disk, symbols);
            disk.restart();
            check_kept(disk, life.written);
        }
    }
}

TEST(JournalFaults, APowerCutInEachOperation) {
    const std::uint64_t operations = operations_of_a_life();
    for (std::uint64_t n = 0; n < operations; ++n) {
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            SCOPED_TRACE(std::to_string(n) + ", seed " + std::to_string(seed));
            MemoryDisk disk;
            SymbolTable symbols;
            disk.kill_at(n, seed * 50);
            const Life life = live(disk, symbols);
            disk.restart();
            disk.power_cut(seed);
            const auto journal = open_journal(disk, journal_options(1'500, 2));
            ASSERT_NE(journal, nullptr);
            ASSERT_GE(journal->found().last.value(), life.durable);
            ASSERT_EQ(read_journal(disk).last, journal->found().last.value());
        }
    }
}

}  // namespace
}  // namespace tickstock
