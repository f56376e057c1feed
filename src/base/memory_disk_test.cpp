#include "base/memory_disk.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace tickstock {
namespace {

class Memory : public ::testing::Test {
protected:
    Memory() { EXPECT_TRUE(disk_.make_directories("a/b")); }

    std::unique_ptr<DiskFile> create(const std::string& path) {
        auto file = disk_.open(path, Disk::Mode::Create);
        EXPECT_TRUE(file);
        return std::move(file.value());
    }
    static bool write(DiskFile& file, std::uint64_t offset, std::string_view bytes) {
        return file.write_at(offset, bytes).ok();
    }

    MemoryDisk disk_;
};

TEST_F(Memory, FilesHoldWhatWasWritten) {
    const auto file = create("a/b/one");
    EXPECT_TRUE(write(*file, 3, "xyz"));
    EXPECT_EQ(disk_.content("a/b/one"), std::string("\0\0\0xyz", 6));
    EXPECT_TRUE(write(*file, 0, "abcd"));
    std::string into(10, '-');
    EXPECT_EQ(*file->read_at(2, into), 4U);
    EXPECT_EQ(into, "cdyz------");
    EXPECT_EQ(*file->read_at(6, into), 0U);
    EXPECT_TRUE(file->truncate(2));
    EXPECT_TRUE(file->reserve(4));
    EXPECT_EQ(disk_.content("a/b/one"), std::string("ab\0\0", 4));
    EXPECT_EQ(*file->size(), 4U);
}

TEST_F(Memory, NamesAreThoseOfTheDirectory) {
    create("a/b/two");
    create("a/b/one");
    create("a/other");
    EXPECT_EQ(*disk_.list("a/b"), (std::vector<std::string>{"one", "two"}));
    EXPECT_TRUE(disk_.list("absent")->empty());
    EXPECT_TRUE(disk_.rename("a/b/one", "a/b/two"));
    EXPECT_EQ(disk_.list("a/b")->size(), 1U);
    EXPECT_EQ(disk_.open("a/b/one", Disk::Mode::Read).error().code, ENOENT);
    EXPECT_EQ(disk_.open("a/b/two", Disk::Mode::Create).error().code, EEXIST);
    EXPECT_EQ(disk_.open("absent/x", Disk::Mode::Create).error().code, ENOENT);
    EXPECT_TRUE(disk_.remove("a/b/two"));
    EXPECT_EQ(disk_.remove("a/b/two").error().code, ENOENT);
}

TEST_F(Memory, AFullDiskTakesWhatFits) {
    const auto file = create("a/b/one");
    disk_.set_capacity(5);
    EXPECT_TRUE(write(*file, 0, "abc"));
    const auto full = file->write_at(3, std::string_view("defg"));
    ASSERT_FALSE(full);
    EXPECT_TRUE(full.error().is_full());
    EXPECT_EQ(full.error().message, "a/b/one: cannot write: No space left on device");
    EXPECT_EQ(disk_.content("a/b/one"), "abcde");
    EXPECT_TRUE(write(*file, 0, "ABC")) << "within the file";
    EXPECT_FALSE(file->reserve(6));
}

TEST_F(Memory, AKillStopsEverythingUntilTheNextProcess) {
    const auto file = create("a/b/one");
    disk_.kill_at(1, 2);
    EXPECT_TRUE(write(*file, 0, "abc"));
    EXPECT_FALSE(write(*file, 3, "def"));
    EXPECT_TRUE(disk_.killed());
    EXPECT_FALSE(write(*file, 0, "xxx"));
    EXPECT_FALSE(disk_.remove("a/b/one"));
    EXPECT_FALSE(disk_.list("a/b"));
    disk_.restart();
    EXPECT_FALSE(write(*file, 0, "xxx")) << "a file of the process before";
    EXPECT_EQ(disk_.content("a/b/one"), "abcde");
    EXPECT_TRUE(disk_.open("a/b/one", Disk::Mode::Write));
}

TEST_F(Memory, AFaultHitsTheChosenOperationOnce) {
    const auto file = create("a/b/one");
    disk_.fail_at(1, {EIO, 1, false});
    std::string into(1, '-');
    EXPECT_TRUE(write(*file, 0, "a"));
    EXPECT_TRUE(file->read_at(0, into)) << "reads do not count";
    EXPECT_FALSE(write(*file, 1, "bc"));
    EXPECT_TRUE(file->sync());
    EXPECT_EQ(disk_.content("a/b/one"), "ab");
}

TEST_F(Memory, APowerCutKeepsWhatIsSyncedAndAnyOfTheRest) {
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        MemoryDisk disk;
        ASSERT_TRUE(disk.make_directories("d"));
        auto file = std::move(disk.open("d/f", Disk::Mode::Create).value());
        ASSERT_TRUE(write(*file, 0, std::string(4096, 'a')));
        ASSERT_TRUE(file->sync());
        ASSERT_TRUE(disk.sync_directory("d"));
        ASSERT_TRUE(write(*file, 4096, std::string(8192, 'b')));
        auto other = disk.open("d/g", Disk::Mode::Create);
        disk.power_cut(seed);
        EXPECT_FALSE(write(*file, 0, "x"));
        const std::string content = disk.content("d/f").value();
        ASSERT_EQ(content.substr(0, 4096), std::string(4096, 'a'));
        std::string outcome = disk.content("d/g") ? "g" : "";
        for (std::size_t at = 4096; at < content.size(); at += 4096) {
            outcome += content[at] == '\0' ? '0' : content[at];
        }
        outcomes.insert(outcome);
    }
    EXPECT_EQ(outcomes,
              (std::set<std::string>{"", "00", "0b", "b0", "bb", "g", "g00", "g0b", "gb0", "gbb"}));
}

TEST_F(Memory, ARenameThatIsNotSyncedMayBeUndone) {
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        MemoryDisk disk;
        disk.put("d/f", "old");
        disk.put("d/f.tmp", "new");
        ASSERT_TRUE(disk.rename("d/f.tmp", "d/f"));
        disk.power_cut(seed);
        outcomes.insert(disk.content("d/f").value());
        EXPECT_EQ(disk.content("d/f.tmp").has_value(), disk.content("d/f") == "old");
    }
    EXPECT_EQ(outcomes, (std::set<std::string>{"old", "new"}));
}

}  // namespace
}  // namespace tickstock
