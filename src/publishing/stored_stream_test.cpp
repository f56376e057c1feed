#include "publishing/stored_stream.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "publishing/test_support.hpp"

namespace tickstock {
namespace {

class Stored : public ::testing::Test {
protected:
    void append(const std::string& epoch, std::size_t count, std::size_t body_max = 60) {
        auto& all = appended_[epoch];
        const auto block = random_block(all.size() + 1, count, random_, body_max);
        stream_->append(epoch, *block);
        for (std::string& text : texts_of(*block)) {
            all.push_back(std::move(text));
        }
    }
    /// The events from `first` on are the stored ones of the epoch.
    void expect_stored(const std::string& epoch, std::uint64_t first = 1) {
        const auto& all = appended_[epoch];
        const StreamRange range = stream_->range(epoch);
        EXPECT_EQ(range.first, Offset{first});
        EXPECT_EQ(range.last, Offset{all.size()});
        const ReadBack back = read_back(*stream_, epoch, Offset{first});
        EXPECT_EQ(back.failure, "");
        EXPECT_EQ(back.texts, std::vector<std::string>(
                                  all.begin() + static_cast<std::ptrdiff_t>(first) - 1, all.end()));
    }

    MemoryDisk disk_;
    std::mt19937_64 random_{1};
    std::unique_ptr<StoredStream> stream_ = open_stored(disk_);
    std::map<std::string, std::vector<std::string>> appended_;
};

TEST_F(Stored, AnEmptyDirectoryHoldsNothing) {
    EXPECT_EQ(stream_->found().epoch, "");
    EXPECT_EQ(stream_->written_through(), Offset{0});
    EXPECT_GT(stream_->range("e").first, stream_->range("e").last);
    EXPECT_EQ(stream_->read("e", Offset{1})->next(), nullptr);
    EXPECT_TRUE(stream_->read("e", Offset{1})->is_at_end());
    EXPECT_EQ(stream_->write(), StoredStream::Written::Done);
    EXPECT_TRUE(stream_->sync());
    EXPECT_TRUE(disk_.paths().empty()) << "no file before the first event";
}

TEST_F(Stored, WhatWasWrittenIsReadAgain) {
    append("e", 3);
    EXPECT_EQ(stream_->written_through(), Offset{0});
    EXPECT_GT(stream_->unwritten_bytes(), 0U);
    EXPECT_EQ(stream_->write(), StoredStream::Written::Done);
    EXPECT_EQ(stream_->unwritten_bytes(), 0U);
    EXPECT_EQ(stream_->written_through(), Offset{3});
    EXPECT_EQ(stream_->durable_through(), Offset{0});
    EXPECT_TRUE(stream_->sync());
    EXPECT_EQ(stream_->durable_through(), Offset{3});
    append("e", 5);
    EXPECT_EQ(read_back(*stream_, "e", Offset{2}).texts.size(), 2U) << "not written yet";
    EXPECT_EQ(stream_->write(), StoredStream::Written::Done);
    expect_stored("e");
    EXPECT_EQ(read_back(*stream_, "e", Offset{8}).texts.size(), 1U);
    EXPECT_EQ(read_back(*stream_, "e", Offset{9}).texts.size(), 0U);

    disk_.kill();
    disk_.restart();
    stream_ = open_stored(disk_);
    EXPECT_EQ(stream_->found().epoch, "e");
    EXPECT_EQ(stream_->found().last, Offset{8});
    EXPECT_EQ(stream_->found().torn_bytes, 0U);
    EXPECT_TRUE(stream_->take_notes().empty());
    EXPECT_EQ(stream_->written_through(), Offset{8});
    EXPECT_EQ(stream_->durable_through(), Offset{8});
    append("e", 2);
    EXPECT_TRUE(stream_->close());
    expect_stored("e");
    stream_ = open_stored(disk_);
    expect_stored("e");
}

TEST_F(Stored, TakesABlockFromAnEntryOn) {
    const auto block = random_block(1, 4, random_);
    stream_->append("e", *block, 0);
    const auto more = random_block(5, 4, random_);
    stream_->append("e", *more, 0);
    EXPECT_EQ(stream_->write(), StoredStream::Written::Done);
    const auto last = random_block(7, 4, random_);  // 7 and 8 are stored already
    stream_->append("e", *last, 2);
    EXPECT_EQ(stream_->write(), StoredStream::Written::Done);
    EXPECT_EQ(stream_->range("e").last, Offset{10});
    EXPECT_EQ(read_back(*stream_, "e", Offset{9}).texts.front(), text_of(*last, last->entries[2]));
}

TEST_F(Stored, FilesAreOfOneEpochAndOfLimitedSize) {
    stream_ = open_stored(disk_, 500);
    append("one", 40);
    append("two", 3);
    append("two", 20);
    EXPECT_EQ(stream_->write(), StoredStream::Written::Done);
    EXPECT_EQ(stream_->written_through(), Offset{23}) << "of the newest epoch";
    EXPECT_GT(disk_.paths().size(), 6U);
    for (const std::string& path : disk_.paths()) {
        EXPECT_LT(disk_.content(path)->size(), 500U + 200U);
    }
    EXPECT_TRUE(stream_->sync());
    append("three", 1);
    EXPECT_EQ(stream_->write(), StoredStream::Written::Done);
    EXPECT_EQ(stream_->durable_through(), Offset{0}) << "of the newest epoch";
    expect_stored("one");
    expect_stored("two");
    EXPECT_TRUE(stream_->close());
    stream_ = open_stored(disk_);
    EXPECT_EQ(stream_->found().epoch, "three");
    EXPECT_EQ(stream_->found().files, disk_.paths().size());
    EXPECT_EQ(stream_->bytes(), disk_.bytes_used());
    expect_stored("one");
    expect_stored("two");
}

TEST_F(Stored, AFullDiskKeepsTheEventsUntilThereIsRoom) {
    append("e", 5);
    ASSERT_EQ(stream_->write(), StoredStream::Written::Done);
    for (const std::uint64_t room : {0U, 1U, 100U, 1000U}) {
        append("e", 30);
        disk_.set_capacity(disk_.bytes_used() + room);
        const Offset before = stream_->written_through();
        EXPECT_EQ(stream_->write(), StoredStream::Written::DiskFull);
        EXPECT_EQ(stream_->write(), StoredStream::Written::DiskFull);
        EXPECT_EQ(stream_->written_through(), before);
        EXPECT_FALSE(stream_->failure());
        append("e", 1);
        disk_.set_capacity(1 << 20);
        EXPECT_EQ(stream_->write(), StoredStream::Written::Done);
        expect_stored("e");
    }
}

TEST_F(Stored, AnyOtherFailureIsForEver) {
    append("e", 5);
    disk_.fail_at(1, {EIO, 10, false});
    EXPECT_EQ(stream_->write(), StoredStream::Written::Failed);
    EXPECT_EQ(stream_->write(), StoredStream::Written::Failed);
    EXPECT_FALSE(stream_->sync());
    ASSERT_TRUE(stream_->failure());
    EXPECT_NE(stream_->failure()->message.find("stream-0000000001.tse"), std::string::npos);
}

TEST_F(Stored, AFailedSyncIsForEverEvenWhenTheDiskIsFull) {
    append("e", 5);
    ASSERT_EQ(stream_->write(), StoredStream::Written::Done);
    disk_.fail_at(0, {ENOSPC, 0, false});
    EXPECT_FALSE(stream_->sync());
    EXPECT_FALSE(stream_->sync());
    EXPECT_EQ(stream_->durable_through(), Offset{0});
    EXPECT_EQ(stream_->write(), StoredStream::Written::Failed);
}

TEST_F(Stored, WithoutSyncOnlyAFewFilesWaitForOne) {
    stream_ = open_stored(disk_, 300);
    int syncs = 0;
    disk_.set_faults([&](MemoryDisk::Operation operation, const std::string&) {
        syncs += operation == MemoryDisk::Operation::Sync;
        return std::optional<MemoryDisk::Fault>();
    });
    append("e", 200);
    ASSERT_EQ(stream_->write(), StoredStream::Written::Done);
    EXPECT_EQ(syncs, static_cast<int>(disk_.paths().size()) - 4);
    EXPECT_TRUE(stream_->sync());
    EXPECT_EQ(syncs, static_cast<int>(disk_.paths().size()));
    disk_.power_cut(5);
    stream_ = open_stored(disk_);
    expect_stored("e");
}

TEST_F(Stored, AnotherThreadMaySyncAndRead) {
    stream_ = open_stored(disk_, 2000);
    std::atomic<bool> stop{false};
    std::thread other([&] {
        while (!stop) {
            const Offset written = stream_->written_through();
            EXPECT_TRUE(stream_->sync());
            EXPECT_GE(stream_->durable_through(), written);
            EXPECT_GE(stream_->range("e").last, written);
            EXPECT_EQ(read_back(*stream_, "e", Offset{1}, 50).failure, "");
        }
    });
    for (int i = 0; i < 300; ++i) {
        append("e", 3);
        EXPECT_EQ(stream_->write(), StoredStream::Written::Done);
    }
    stop = true;
    other.join();
    EXPECT_TRUE(stream_->sync());
    disk_.power_cut(1);
    stream_ = open_stored(disk_);
    expect_stored("e");
}

TEST_F(Stored, RetentionRemovesWholeFilesButTheNewest) {
    StoredStreamOptions options;
    options.directory = stored_folder;
    options.segment_bytes = 1000;
    options.retention_bytes = 5000;
    stream_ = std::move(StoredStream::open(disk_, options).value());
    append("e", 400);
    ASSERT_EQ(stream_->write(), StoredStream::Written::Done);
    const UnixNanos now = unix_nanos(1'700'000'000'000'001'000);
    stream_->retain(now);
    EXPECT_LE(stream_->bytes(), 5000U);
    EXPECT_GT(stream_->bytes(), 3500U);
    EXPECT_EQ(stream_->bytes(), disk_.bytes_used());
    const Offset first = stream_->range("e").first;
    EXPECT_GT(first, Offset{1});
    expect_stored("e", first.value());
    stream_->retain(now + options.retention_age / 2);
    EXPECT_EQ(stream_->range("e").first, first);
    stream_->retain(now + options.retention_age * 2);
    EXPECT_EQ(disk_.paths().size(), 1U);
    append("e", 1);
    ASSERT_EQ(stream_->write(), StoredStream::Written::Done);
    expect_stored("e", stream_->range("e").first.value());
}

TEST_F(Stored, TheNewestEventsComeAsTheStreamWantsThem) {
    stream_ = open_stored(disk_, 2000);
    append("e", 300);
    ASSERT_EQ(stream_->write(), StoredStream::Written::Done);
    for (const std::uint64_t through : {300U, 299U, 250U}) {
        const StoredStream::Newest newest = stream_->newest("e", Offset{through}, 3000);
        EXPECT_FALSE(newest.failure);
        ASSERT_FALSE(newest.blocks.empty());
        EXPECT_EQ(newest.blocks.back()->entries.back().offset, Offset{through});
        EXPECT_GT(newest.blocks.front()->entries.front().offset, Offset{through - 60});
        std::size_t memory = 0;
        for (const auto& block : newest.blocks) {
            memory += block->memory();
        }
        EXPECT_GE(memory, 3000U);
        EventStream stream("x", {});
        EventStream::State state;
        state.epoch = "e";
        state.last = Offset{through};
        stream.restore(std::move(state), newest.blocks);  // asserts that they are contiguous
    }
    std::size_t events = 0;
    for (const auto& block : stream_->newest("e", Offset{300}, 1 << 30).blocks) {
        events += block->entries.size();
    }
    EXPECT_EQ(events, 300U);
    EXPECT_TRUE(stream_->newest("e", Offset{301}, 1000).blocks.empty());
    EXPECT_TRUE(stream_->newest("other", Offset{5}, 1000).blocks.empty());
}

}  // namespace
}  // namespace tickstock
