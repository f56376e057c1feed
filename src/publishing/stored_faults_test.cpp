// Torn tails and damage: each case is found, and what stands before it is kept.
#include <gtest/gtest.h>

#include <algorithm>

#include "publishing/stored_stream.hpp"
#include "publishing/test_support.hpp"

namespace tickstock {
namespace {

std::string first_file() {
    return stored_folder + "/" + stored_name(1);
}

/// A file of one epoch with `count` events, and where each frame ends.
struct Written {
    MemoryDisk disk;
    std::vector<std::string> texts;
    std::vector<std::uint64_t> ends;  // ends[i]: bytes of the file with i events
    std::string bytes;

    explicit Written(std::size_t count) {
        std::mt19937_64 random(3);
        const auto stream = open_stored(disk);
        for (std::size_t i = 0; i < count; ++i) {
            const auto block = random_block(i + 1, 1, random, 12);
            stream->append("e", *block);
            EXPECT_EQ(stream->write(), StoredStream::Written::Done);
            texts.push_back(texts_of(*block).front());
            ends.push_back(disk.content(first_file())->size());
        }
        bytes = *disk.content(first_file());
    }
};

TEST(StoredFaults, ATailCutAtAnyByteKeepsTheEventsBefore) {
    const Written written(6);
    for (std::size_t size = 0; size <= written.bytes.size(); ++size) {
        MemoryDisk disk;
        disk.put(first_file(), written.bytes.substr(0, size));
        auto stream = open_stored(disk);
        const auto whole = static_cast<std::size_t>(
            std::upper_bound(written.ends.begin(), written.ends.end(), size) -
            written.ends.begin());
        const std::uint64_t kept = whole == 0 ? 0 : written.ends[whole - 1];
        // A header without an event is no loss, but not worth a file.
        const std::uint64_t torn =
            whole == 0 && size >= stored_header_size ? size - stored_header_size : size - kept;
        ASSERT_EQ(stream->found().last, Offset{whole}) << "cut at " << size;
        ASSERT_EQ(stream->found().torn_bytes, torn) << "cut at " << size;
        ASSERT_EQ(stream->take_notes().empty(), whole > 0 && torn == 0) << "cut at " << size;
        const ReadBack back = read_back(*stream, "e", Offset{1});
        ASSERT_EQ(back.failure, "");
        ASSERT_TRUE(std::equal(back.texts.begin(), back.texts.end(), written.texts.begin(),
                               written.texts.begin() + static_cast<std::ptrdiff_t>(whole)));
        stream = open_stored(disk);  // the second start finds all in order
        ASSERT_EQ(stream->found().last, Offset{whole});
        ASSERT_EQ(stream->found().torn_bytes, 0U);
        ASSERT_TRUE(stream->take_notes().empty());
    }
}

TEST(StoredFaults, EveryBitFlipIsFoundAndWhatStandsBehindSetAside) {
    const Written written(5);
    for (std::size_t bit = 0; bit < written.bytes.size() * 8; ++bit) {
        const std::size_t byte = bit / 8;
        std::string bytes = written.bytes;
        bytes[byte] = static_cast<char>(bytes[byte] ^ (1 << (bit % 8)));
        MemoryDisk disk;
        disk.put(first_file(), bytes);
        const auto stream = open_stored(disk);
        ASSERT_NE(stream, nullptr);
        const auto notes = stream->take_notes();
        ASSERT_EQ(notes.size(), 1U) << "bit " << bit;
        // Sound frames before the flip.
        const auto whole =
            byte < stored_header_size
                ? std::size_t{0}
                : static_cast<std::size_t>(
                      std::upper_bound(written.ends.begin(), written.ends.end(), byte) -
                      written.ends.begin());
        ASSERT_EQ(stream->found().last, Offset{whole}) << "bit " << bit;
        const ReadBack back = read_back(*stream, "e", Offset{1});
        ASSERT_TRUE(std::equal(back.texts.begin(), back.texts.end(), written.texts.begin(),
                               written.texts.begin() + static_cast<std::ptrdiff_t>(whole)));
        // In the last frame it looks like a torn tail; before, the bytes are kept.
        const bool last_frame = byte >= written.ends[3];
        const std::uint64_t begin = whole == 0 ? 0 : written.ends[whole - 1];
        const auto aside = disk.content(first_file() + "." + std::to_string(begin) + ".damaged");
        ASSERT_EQ(aside.has_value(), !last_frame) << "bit " << bit;
        if (aside) {
            ASSERT_EQ(*aside, bytes.substr(begin));
            ASSERT_NE(notes.front().find("set aside"), std::string::npos);
        }
    }
}

TEST(StoredFaults, AFrameOutOfOrderIsDamage) {
    const Written written(4);
    const std::string second =
        written.bytes.substr(written.ends[0], written.ends[1] - written.ends[0]);
    const auto expect_end = [](const std::string& bytes, std::uint64_t last) {
        MemoryDisk disk;
        disk.put(first_file(), bytes);
        const auto stream = open_stored(disk);
        EXPECT_EQ(stream->found().last, Offset{last});
        const auto notes = stream->take_notes();
        ASSERT_EQ(notes.size(), 1U);
        EXPECT_NE(notes.front().find("set aside from byte"), std::string::npos) << notes.front();
        EXPECT_EQ(read_back(*stream, "e", Offset{1}).failure, "");
    };
    expect_end(written.bytes + second, 4);  // again
    expect_end(written.bytes.substr(0, written.ends[0]) + written.bytes.substr(written.ends[1]), 1);
    std::string closed = written.bytes;
    append_close_frame(Offset{5}, closed);
    expect_end(closed + second, 4);
    expect_end(closed + "x", 4);
}

TEST(StoredFaults, FilesBehindAnUnclosedDamagedOneAreSetAside) {
    MemoryDisk disk;
    std::mt19937_64 random(2);
    auto stream = open_stored(disk, 300);
    stream->append("e", *random_block(1, 20, random));
    stream->append("later", *random_block(1, 3, random));
    ASSERT_TRUE(stream->close());
    const std::string path = stored_folder + "/" + stored_name(2);
    std::string bytes = *disk.content(path);
    bytes.resize(bytes.size() - stored_frame_head_size);  // no close frame
    bytes[stored_header_size + 70] = static_cast<char>(bytes[stored_header_size + 70] ^ 1);
    disk.put(path, bytes);
    stream = open_stored(disk, 300);
    const Offset last = stream->range("e").last;
    EXPECT_EQ(read_back(*stream, "e", Offset{1}).failure, "");
    EXPECT_LT(last, Offset{20});
    EXPECT_EQ(stream->range("later").last, Offset{3});
    EXPECT_FALSE(disk.content(stored_folder + "/" + stored_name(3)));
    EXPECT_TRUE(disk.content(stored_folder + "/" + stored_name(3) + ".0.damaged"));
}

TEST(StoredFaults, WhatIsSetAsideSurvivesAPowerCut) {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        MemoryDisk disk;
        std::mt19937_64 random(seed);
        auto stream = open_stored(disk, 800);
        stream->append("e", *random_block(1, 60, random));
        ASSERT_TRUE(stream->close());
        stream = open_stored(disk, 800);
        ASSERT_TRUE(stream->set_aside_from("e", Offset{20}));
        const std::vector<std::string> paths = disk.paths();
        disk.power_cut(seed);
        ASSERT_EQ(disk.paths(), paths);
        stream = open_stored(disk);
        ASSERT_EQ(stream->found().last, Offset{19});
        ASSERT_TRUE(stream->take_notes().empty());
    }
}

TEST(StoredFaults, AnotherFormatVersionIsRefusedAndNothingChanged) {
    Written written(3);
    written.disk.put(stored_folder + "/" + stored_name(2), written.bytes.substr(0, 200));  // torn
    std::string newer = written.bytes;
    newer[8] = 2;
    const std::uint32_t checksum = crc32c(std::string_view(newer).substr(0, 124));
    for (std::size_t i = 0; i < 4; ++i) {
        newer[124 + i] = static_cast<char>(checksum >> (8 * i));
    }
    written.disk.put(stored_folder + "/" + stored_name(3), newer);
    const std::uint64_t before = written.disk.bytes_used();
    StoredStreamOptions options;
    options.directory = stored_folder;
    const auto opened = StoredStream::open(written.disk, options);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find("stream-0000000003.tse: stored stream format version 2"),
              std::string::npos)
        << opened.error().message;
    EXPECT_EQ(written.disk.bytes_used(), before);
}

TEST(StoredFaults, DamageInAClosedFileIsMetByItsReaderAndSetAside) {
    MemoryDisk disk;
    std::mt19937_64 random(9);
    const auto block = random_block(1, 60, random);
    auto stream = open_stored(disk, 800);
    stream->append("old", *random_block(1, 3, random));
    stream->append("e", *block);
    ASSERT_TRUE(stream->close());
    const std::size_t files = disk.paths().size();
    const std::string third = stored_folder + "/" + stored_name(4);  // 1 is the old epoch's
    std::string bytes = *disk.content(third);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
    disk.put(third, bytes);

    stream = open_stored(disk, 800);
    EXPECT_EQ(stream->found().last, Offset{60}) << "nobody has read it yet";
    const ReadBack back = read_back(*stream, "e", Offset{1});
    EXPECT_NE(back.failure.find(stored_name(4)), std::string::npos) << back.failure;
    const std::uint64_t sound = back.due.value() - 1;
    EXPECT_EQ(back.texts.size(), sound);
    const StoredStream::Newest newest = stream->newest("e", Offset{60}, 1 << 20);
    EXPECT_TRUE(newest.blocks.empty());
    EXPECT_EQ(newest.due, back.due);
    ASSERT_TRUE(newest.failure);

    ASSERT_TRUE(stream->set_aside_from("e", back.due));
    EXPECT_EQ(stream->range("e").last, Offset{sound});
    EXPECT_EQ(stream->range("old").last, Offset{3});
    EXPECT_EQ(stream->written_through(), Offset{sound});
    EXPECT_EQ(stream->take_notes().size(), files - 3) << "each file has a note";
    EXPECT_EQ(read_back(*stream, "e", Offset{1}).failure, "");

    // It goes on right behind, or further on: then older events are out of reach.
    const auto more = random_block(sound + 1, 2, random);
    stream->append("e", *more);
    ASSERT_EQ(stream->write(), StoredStream::Written::Done);
    EXPECT_EQ(stream->range("e").first, Offset{1});
    EXPECT_EQ(read_back(*stream, "e", Offset{1}).texts.size(), sound + 2);
    stream->append("e", *random_block(100, 2, random));
    ASSERT_TRUE(stream->close());
    EXPECT_EQ(stream->range("e").first, Offset{100});
    stream = open_stored(disk);
    EXPECT_EQ(stream->found().first, Offset{100});
    EXPECT_EQ(stream->found().last, Offset{101});
}

TEST(StoredFaults, WithoutRoomForACopyTheWholeFileIsSetAside) {
    const Written written(5);
    MemoryDisk disk;
    std::string bytes = written.bytes;
    bytes[written.ends[1] + 5] = 'x';
    disk.put(first_file(), bytes);
    disk.set_capacity(bytes.size() + 3);
    const auto stream = open_stored(disk);
    EXPECT_EQ(stream->found().epoch, "");
    EXPECT_EQ(disk.content(first_file() + ".0.damaged"), bytes);
    EXPECT_EQ(disk.paths().size(), 1U);
    EXPECT_EQ(stream->take_notes().size(), 1U);
}

TEST(StoredFaults, AnUnreadableFileIsAnErrorThatNamesIt) {
    Written written(3);
    written.disk.set_faults([](MemoryDisk::Operation operation, const std::string&) {
        return operation == MemoryDisk::Operation::ReadAt ? std::optional(MemoryDisk::Fault{})
                                                          : std::nullopt;
    });
    StoredStreamOptions options;
    options.directory = stored_folder;
    const auto opened = StoredStream::open(written.disk, options);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find(first_file()), std::string::npos);
}

}  // namespace
}  // namespace tickstock
