// The simulated disk keeps what a real one would keep, or the simulation proves nothing.

#include "simulation/sim_disk.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tickstock::sim {
namespace {

class SimDiskTest : public ::testing::Test {
protected:
    SimDiskTest() : clock(from_unix_second(1'000'000'000)), disk(RandomStream(1, "disk"), clock) {
        EXPECT_TRUE(disk.make_directories("d"));
    }

    std::unique_ptr<DiskFile> open(const std::string& path, Disk::Mode mode) {
        auto file = disk.open(path, mode);
        EXPECT_TRUE(file) << path;
        return file ? std::move(*file) : nullptr;
    }
    std::string content(Disk& of, const std::string& path) {
        auto file = of.open(path, Disk::Mode::Read);
        if (!file) {
            return "absent";
        }
        std::string bytes((*file)->size().value(), '?');
        EXPECT_EQ((*file)->read_at(0, bytes).value(), bytes.size());
        return bytes;
    }

    SimClock clock;
    SimDisk disk;
};

TEST_F(SimDiskTest, AKillKeepsAllThatWasWritten) {
    auto file = open("d/a", Disk::Mode::Create);
    ASSERT_TRUE(file->write_at(0, std::string("hello")));
    disk.freeze();
    EXPECT_FALSE(file->write_at(5, std::string(" world")));  // a dead process writes no more
    disk.after_kill();
    EXPECT_EQ(content(disk, "d/a"), "hello");
    EXPECT_FALSE(file->write_at(5, std::string(" world")));  // nor does its file, later
}

TEST_F(SimDiskTest, AMachineCrashKeepsWhatWasSyncedAndAnyPartOfTheRest) {
    bool lost = false;
    bool kept = false;
    bool half = false;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        SimDisk one(RandomStream(seed, "disk"), clock);
        ASSERT_TRUE(one.make_directories("d"));
        auto file = std::move(one.open("d/a", Disk::Mode::Create)).value();
        const std::string synced(SimDisk::page_size, 's');
        ASSERT_TRUE(file->write_at(0, synced));
        ASSERT_TRUE(file->sync());
        ASSERT_TRUE(one.sync_directory("d"));
        const std::string rest(8 * SimDisk::page_size, 'r');
        ASSERT_TRUE(file->write_at(synced.size(), rest));
        RandomStream crash(seed, "crash");
        one.freeze();
        one.after_machine_crash(crash);
        const std::string after = content(one, "d/a");
        EXPECT_EQ(after.substr(0, synced.size()), synced) << seed;
        lost = lost || after == synced;
        kept = kept || after == synced + rest;
        half = half || (after.find('r') != std::string::npos && after != synced + rest);
    }
    EXPECT_TRUE(lost && kept && half);
}

TEST_F(SimDiskTest, AnEntryThatWasNotSyncedMayBeLostWithItsSyncedContent) {
    bool lost = false;
    bool kept = false;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SimDisk one(RandomStream(seed, "disk"), clock);
        ASSERT_TRUE(one.make_directories("d"));
        auto file = std::move(one.open("d/a", Disk::Mode::Create)).value();
        ASSERT_TRUE(file->write_at(0, std::string("x")));
        ASSERT_TRUE(file->sync());
        RandomStream crash(seed, "crash");
        one.after_machine_crash(crash);
        lost = lost || content(one, "d/a") == "absent";
        kept = kept || content(one, "d/a") == "x";
    }
    EXPECT_TRUE(lost && kept);
}

TEST_F(SimDiskTest, ARenameIsWholeOrNot) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SimDisk one(RandomStream(seed, "disk"), clock);
        ASSERT_TRUE(one.make_directories("d"));
        for (const char* name : {"d/a", "d/b"}) {
            auto file = std::move(one.open(name, Disk::Mode::Create)).value();
            ASSERT_TRUE(file->write_at(0, std::string(name)));
            ASSERT_TRUE(file->sync());
        }
        ASSERT_TRUE(one.sync_directory("d"));
        ASSERT_TRUE(one.rename("d/a", "d/b"));
        RandomStream crash(seed, "crash");
        one.after_machine_crash(crash);
        const bool renamed = content(one, "d/b") == "d/a" && content(one, "d/a") == "absent";
        const bool as_before = content(one, "d/b") == "d/b" && content(one, "d/a") == "d/a";
        EXPECT_TRUE(renamed || as_before) << seed;
    }
}

TEST_F(SimDiskTest, AFullDiskTakesWhatWasReserved) {
    auto file = open("d/a", Disk::Mode::Create);
    ASSERT_TRUE(file->reserve(100));
    disk.set_full(true);
    EXPECT_TRUE(file->write_at(0, std::string(100, 'x')));
    const auto more = file->write_at(90, std::string(20, 'y'));
    ASSERT_FALSE(more);
    EXPECT_TRUE(more.error().is_full());
    EXPECT_FALSE(disk.open("d/b", Disk::Mode::Create));
    EXPECT_FALSE(file->reserve(200));
    disk.set_full(false);
    EXPECT_TRUE(file->write_at(90, std::string(20, 'y')));
}

TEST_F(SimDiskTest, AKillCanComeInTheMiddleOfAWrite) {
    auto file = open("d/a", Disk::Mode::Create);
    disk.kill_in(2);
    ASSERT_TRUE(file->write_at(0, std::string("one")));
    EXPECT_THROW((void)file->write_at(3, std::string(1'000, '2')), ProcessKilled);
    EXPECT_FALSE(file->sync());
    disk.after_kill();
    const std::string after = content(disk, "d/a");
    EXPECT_EQ(after.substr(0, 3), "one");
    EXPECT_LE(after.size(), 1'003U);
}

TEST_F(SimDiskTest, CopiesShowWhatACrashAndAKillWouldLeave) {
    auto file = open("d/a", Disk::Mode::Create);
    ASSERT_TRUE(file->write_at(0, std::string("synced")));
    ASSERT_TRUE(file->sync());
    ASSERT_TRUE(disk.sync_directory("d"));
    ASSERT_TRUE(file->write_at(6, std::string(" written")));
    EXPECT_EQ(content(*disk.only_durable(), "d/a"), "synced");
    EXPECT_EQ(content(*disk.as_written(), "d/a"), "synced written");
    ASSERT_TRUE(file->truncate(3));
    EXPECT_EQ(content(disk, "d/a"), "syn");
    EXPECT_EQ(content(*disk.only_durable(), "d/a"), "synced");
    ASSERT_TRUE(file->sync());
    EXPECT_EQ(content(*disk.only_durable(), "d/a"), "syn");
}

TEST_F(SimDiskTest, AFailedSyncMakesNothingDurable) {
    auto file = open("d/a", Disk::Mode::Create);
    ASSERT_TRUE(file->sync());
    ASSERT_TRUE(disk.sync_directory("d"));
    ASSERT_TRUE(file->write_at(0, std::string("x")));
    disk.set_faults({.sync_error = 1'000'000});
    EXPECT_FALSE(file->sync());
    EXPECT_EQ(content(*disk.only_durable(), "d/a"), "");
    EXPECT_EQ(disk.counts().sync_errors, 1U);
}

TEST_F(SimDiskTest, ASyncTakesTime) {
    auto file = open("d/a", Disk::Mode::Create);
    const Nanos before = clock.monotonic();
    ASSERT_TRUE(file->sync());
    EXPECT_GT(clock.monotonic(), before);
}

}  // namespace
}  // namespace tickstock::sim
