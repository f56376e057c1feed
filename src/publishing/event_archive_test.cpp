#include "publishing/event_archive.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <random>

#include "publishing/test_support.hpp"

namespace tickstock {
namespace {

using Status = EventArchive::Found::Status;

/// A stored stream of the epoch "e" in small files, and what stands in it.
struct Fixture {
    explicit Fixture(std::size_t cache_bytes = std::size_t{16} << 20,
                     std::uint64_t segment_bytes = 40'000)
        : stream(open_stored(disk, segment_bytes)),
          archive(*stream, numbers, clock, {cache_bytes}) {}

    void store(std::size_t count, std::size_t body_max = 60) {
        const auto block = random_block(last + 1, count, dice, body_max);
        stream->append("e", *block);
        ASSERT_EQ(stream->write(), StoredStream::Written::Done);
        for (std::string& text : texts_of(*block)) {
            texts.push_back(std::move(text));
        }
        last += count;
    }
    /// The block of an offset, read if need be. Null = gone or unreadable.
    std::shared_ptr<const EventBlock> fetch(std::uint64_t offset) {
        for (int i = 0; i < 100; ++i) {
            const auto found = archive.find("e", Offset{offset});
            if (found.status != Status::Coming) {
                return found.block;
            }
            if (!archive.step()) {
                clock.advance(EventArchive::hold_time);  // the cache is full of what nobody fetched
            }
        }
        ADD_FAILURE() << "never came: " << offset << ", waiting " << archive.counts().waiting
                      << ", failed " << archive.counts().failed;
        return nullptr;
    }
    void expect(std::uint64_t offset) {
        const auto block = fetch(offset);
        ASSERT_NE(block, nullptr) << offset;
        const StreamEntry& entry = block->entries.at(block->index_of(Offset{offset}));
        EXPECT_EQ(entry.offset, Offset{offset});
        EXPECT_EQ(text_of(*block, entry), texts[offset - 1]);
        EXPECT_NE(entry.symbol_number, 0U);
    }

    std::mt19937_64 dice{11};
    MemoryDisk disk;
    ManualClock clock{unix_nanos(0)};
    SymbolNumbers numbers;
    std::unique_ptr<StoredStream> stream;
    EventArchive archive;
    std::uint64_t last = 0;
    std::vector<std::string> texts;  // by offset − 1
};

TEST(EventArchive, ReadsOnlyWhenItIsStepped) {
    Fixture test;
    test.store(1000);
    EXPECT_FALSE(test.archive.step()) << "nothing was asked for";
    EXPECT_EQ(test.archive.find("e", Offset{300}).status, Status::Coming);
    EXPECT_EQ(test.archive.find("e", Offset{301}).status, Status::Coming);
    EXPECT_EQ(test.archive.counts().waiting, 1U) << "one block, asked for twice";
    int told = 0;
    test.archive.set_listener([&] { ++told; });
    EXPECT_TRUE(test.archive.step());
    EXPECT_EQ(told, 1);
    const auto found = test.archive.find("e", Offset{300});
    ASSERT_EQ(found.status, Status::Here);
    EXPECT_EQ(found.block->entries.front().offset, Offset{257});
    EXPECT_EQ(found.block->entries.back().offset, Offset{512});
    EXPECT_EQ(test.archive.find("e", Offset{512}).block, found.block) << "shared";
}

TEST(EventArchive, WhatIsNotThereIsGone) {
    Fixture test;
    test.store(10);
    EXPECT_EQ(test.archive.find("e", Offset{0}).status, Status::Gone);
    EXPECT_EQ(test.archive.find("e", Offset{11}).status, Status::Gone);
    EXPECT_EQ(test.archive.find("other", Offset{3}).status, Status::Gone);
    test.expect(10);
    EXPECT_EQ(test.archive.find("e", Offset{11}).status, Status::Gone);
    test.store(3);
    test.expect(11);  // of the block that was read before it was whole
    test.expect(4);
}

TEST(EventArchive, OldestIsWhereDiskAndMemoryReachTogether) {
    Fixture test;
    test.store(100);
    EXPECT_EQ(test.archive.oldest("e", Offset{50}), Offset{1});
    EXPECT_EQ(test.archive.oldest("e", Offset{101}), Offset{1});
    EXPECT_EQ(test.archive.oldest("e", Offset{102}), Offset{102}) << "a hole between them";
    EXPECT_EQ(test.archive.oldest("new", Offset{7}), Offset{7});
}

TEST(EventArchive, TheCacheIsBoundedAndKeepsWhatIsUsed) {
    Fixture test(200'000);
    test.store(20'000);
    for (int i = 0; i < 70; ++i) {
        test.expect(1 + static_cast<std::uint64_t>(i) * 256);
        test.expect(100);  // used again and again
    }
    const auto counts = test.archive.counts();
    EXPECT_LE(counts.cached_bytes, 200'000U);
    EXPECT_EQ(counts.blocks_read, 70U) << "that one was never read again";
}

TEST(EventArchive, ABlockStaysUntilItIsFoundOrItsTimeIsOver) {
    Fixture test(100'000);
    test.store(20'000);
    std::uint64_t asked = 0;
    for (; asked < 60; ++asked) {
        EXPECT_EQ(test.archive.find("e", Offset{1 + asked * 256}).status, Status::Coming);
    }
    std::size_t read = 0;
    while (test.archive.step()) {
        ++read;
    }
    EXPECT_LT(read, 10U) << "no more while nobody fetches them";
    EXPECT_EQ(test.archive.find("e", Offset{1}).status, Status::Here);
    EXPECT_TRUE(test.archive.step()) << "room for one";
    EXPECT_FALSE(test.archive.step());
    EXPECT_EQ(test.archive.find("e", Offset{257}).status, Status::Here) << "it waited for us";
    test.clock.advance(EventArchive::hold_time);
    std::size_t more = 0;
    while (test.archive.step()) {
        ++more;
        test.clock.advance(EventArchive::hold_time);
    }
    EXPECT_EQ(read + 1 + more, asked) << "nobody came for them";
    EXPECT_LE(test.archive.counts().cached_bytes, 150'000U);
}

TEST(EventArchive, DamageIsUnreadableToTheEndOfItsFile) {
    Fixture test;
    test.store(4000);
    const std::string file = stored_folder + "/" + stored_name(2);
    const Offset second = *test.stream->next_file_first("e", Offset{1});
    const Offset third = *test.stream->next_file_first("e", second);
    std::string bytes = test.disk.content(file).value();
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    test.disk.put(file, bytes);
    test.expect(1);
    test.expect(second.value());
    test.expect(third.value());
    std::uint64_t offset = second.value();
    while (test.fetch(offset) != nullptr && offset < third.value()) {
        ++offset;
    }
    const auto found = test.archive.find("e", Offset{offset});
    ASSERT_EQ(found.status, Status::Unreadable);
    EXPECT_EQ(found.through.value() + 1, third.value());
    EXPECT_GT(offset, second.value());
    EXPECT_LT(offset, third.value());
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    test.disk.put(file, bytes);
    test.clock.advance(EventArchive::retry_time);
    test.expect(offset);
}

TEST(EventArchive, AnotherEpochIsAnotherStream) {
    Fixture test;
    test.store(600);
    test.expect(300);
    const auto block = random_block(1, 500, test.dice);
    test.stream->append("f", *block);
    ASSERT_EQ(test.stream->write(), StoredStream::Written::Done);
    EXPECT_EQ(test.archive.find("f", Offset{300}).status, Status::Coming);
    EXPECT_TRUE(test.archive.step());
    const auto found = test.archive.find("f", Offset{300});
    ASSERT_EQ(found.status, Status::Here);
    EXPECT_EQ(text_of(*found.block, found.block->entries[300 - 257]), texts_of(*block)[299]);
    test.expect(299);
}

/// Whoever asks for whatever in whatever order, while more is stored and old files go, finds what
/// was stored.
RC_GTEST_PROP(EventArchive, FindsWhatWasStored, ()) {
    Fixture test(*rc::gen::element<std::size_t>(1, 60'000, 1 << 24),
                 *rc::gen::element<std::uint64_t>(3'000, 30'000, 1 << 24));
    test.store(*rc::gen::element<std::size_t>(1, 255, 256, 257, 2000));
    for (int step = *rc::gen::inRange(1, 40); step > 0; --step) {
        switch (*rc::gen::inRange(0, 4)) {
            case 0: test.store(*rc::gen::element<std::size_t>(1, 30, 700)); break;
            case 1:
                test.archive.prefetch("e",
                                      Offset{*rc::gen::inRange<std::uint64_t>(1, test.last + 10)});
                break;
            case 2: test.archive.step(); break;
            default: test.expect(*rc::gen::inRange<std::uint64_t>(1, test.last + 1)); break;
        }
        RC_ASSERT(!::testing::Test::HasFailure());
    }
}

}  // namespace
}  // namespace tickstock
