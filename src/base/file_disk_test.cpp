// Goal: FileDisk does what Disk says, and its errors name file, action and cause.

#include "base/file_disk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

namespace tickstock {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FileDiskTest : public ::testing::Test {
protected:
    FileDiskTest() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "file-disk-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~FileDiskTest() override { std::filesystem::remove_all(folder_); }

    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    std::unique_ptr<DiskFile> create(const std::string& name) {
        return disk_.open(path(name), Disk::Mode::Create).value();
    }
    static std::string read(DiskFile& file, std::uint64_t offset, std::size_t count) {
        std::string bytes(count, '?');
        bytes.resize(file.read_at(offset, bytes).value());
        return bytes;
    }
    static bool write(DiskFile& file, std::uint64_t offset, std::string_view bytes) {
        return file.write_at(offset, bytes).ok();
    }

    FileDisk disk_;
    std::string folder_;
};

TEST_F(FileDiskTest, WritesAndReadsAtPositions) {
    const auto file = create("a");
    EXPECT_TRUE(write(*file, 0, "hello"));
    EXPECT_TRUE(write(*file, 3, "p!?"));
    EXPECT_TRUE(write(*file, 8, "far"));
    EXPECT_EQ(read(*file, 0, 100), std::string("help!?\0\0far", 11));
    EXPECT_EQ(read(*file, 2, 2), "lp");
    EXPECT_EQ(read(*file, 11, 2), "");
    EXPECT_EQ(file->size().value(), 11U);
    EXPECT_TRUE(file->truncate(2).ok());
    EXPECT_EQ(read(*file, 0, 100), "he");
    EXPECT_TRUE(file->sync().ok());
}

TEST_F(FileDiskTest, ReserveGrowsWithZerosAndNeverShrinks) {
    const auto file = create("a");
    EXPECT_TRUE(write(*file, 0, "x"));
    EXPECT_TRUE(file->reserve(10'000).ok());
    EXPECT_EQ(file->size().value(), 10'000U);
    EXPECT_EQ(read(*file, 0, 3), std::string("x\0\0", 3));
    EXPECT_TRUE(file->reserve(10).ok());
    EXPECT_EQ(file->size().value(), 10'000U);
}

TEST_F(FileDiskTest, ModesOfOpening) {
    EXPECT_EQ(disk_.open(path("a"), Disk::Mode::Read).error().code, ENOENT);
    EXPECT_EQ(disk_.open(path("a"), Disk::Mode::Write).error().code, ENOENT);
    EXPECT_TRUE(disk_.open(path("a"), Disk::Mode::Create).ok());
    const DiskError again = disk_.open(path("a"), Disk::Mode::Create).error();
    EXPECT_EQ(again.code, EEXIST);
    EXPECT_EQ(again.message, path("a") + ": cannot create: File exists");
    EXPECT_FALSE(again.is_full());
    EXPECT_TRUE(disk_.open(path("a"), Disk::Mode::Write).ok());

    const auto read_only = disk_.open(path("a"), Disk::Mode::Read).value();
    EXPECT_EQ(read_only->write_at(0, std::string_view("x")).error().message,
              path("a") + ": cannot write: Bad file descriptor");

    EXPECT_EQ(disk_.open(folder_, Disk::Mode::Read).error().code, EISDIR);
    struct stat status {};
    ASSERT_EQ(::stat(path("a").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777 & ~0640U, 0U);
}

TEST_F(FileDiskTest, ListsFilesInOrderWithoutFolders) {
    EXPECT_THAT(disk_.list(path("absent")).value(), IsEmpty());
    create("b");
    create("a");
    EXPECT_TRUE(disk_.make_directories(path("x/y/z")).ok());
    EXPECT_TRUE(disk_.make_directories(path("x/y/z")).ok());
    EXPECT_TRUE(std::filesystem::is_directory(path("x/y/z")));
    EXPECT_THAT(disk_.list(folder_).value(), ElementsAre("a", "b"));
    EXPECT_EQ(disk_.list(path("a")).error().code, ENOTDIR);
    EXPECT_THAT(disk_.make_directories(path("a/b")).error().message,
                HasSubstr(path("a") + ": cannot create the directory: "));
}

TEST_F(FileDiskTest, RenameReplacesAndRemoveRemoves) {
    EXPECT_TRUE(write(*create("a"), 0, "new"));
    EXPECT_TRUE(write(*create("b"), 0, "old"));
    EXPECT_TRUE(disk_.rename(path("a"), path("b")).ok());
    EXPECT_TRUE(disk_.sync_directory(folder_).ok());
    EXPECT_EQ(read(*disk_.open(path("b"), Disk::Mode::Read).value(), 0, 9), "new");
    EXPECT_THAT(disk_.rename(path("a"), path("b")).error().message,
                HasSubstr(path("a") + ": cannot rename to " + path("b")));
    EXPECT_TRUE(disk_.remove(path("b")).ok());
    EXPECT_EQ(disk_.remove(path("b")).error().code, ENOENT);
    EXPECT_EQ(disk_.sync_directory(path("absent")).error().code, ENOENT);
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

TEST_F(FileDiskTest, AShortWriteIsAnErrorAndARetryOverwrites) {
    const auto file = create("a");
    const std::string bytes(5'000, 'x');
    {
        const FileSizeLimit limit(1'000);
        EXPECT_EQ(file->write_at(0, bytes).error().code, EFBIG);
        EXPECT_EQ(file->reserve(2'000).error().code, EFBIG);
    }
    EXPECT_EQ(file->size().value(), 1'000U);
    EXPECT_TRUE(write(*file, 0, bytes));
    EXPECT_EQ(read(*file, 0, 9'000), bytes);
}

TEST_F(FileDiskTest, AFullDiskIsTold) {
    const auto full = disk_.open("/dev/full", Disk::Mode::Write);
    if (!full) {
        GTEST_SKIP() << "there is no /dev/full here";
    }
    const DiskError error = full.value()->write_at(0, std::string_view("x")).error();
    EXPECT_TRUE(error.is_full());
    EXPECT_EQ(error.message, "/dev/full: cannot write: No space left on device");
}

}  // namespace
}  // namespace tickstock
