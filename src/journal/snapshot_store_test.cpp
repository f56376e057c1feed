#include "journal/snapshot_store.hpp"

#include <gtest/gtest.h>

#include <random>

#include "base/crc32c.hpp"
#include "base/memory_disk.hpp"

namespace tickstock {
namespace {

const std::string folder = "data/snapshots";

std::string path_of(std::uint64_t sequence) {
    return folder + "/" + snapshot_name(Sequence{sequence});
}

SnapshotHeader header_at(std::uint64_t sequence) {
    SnapshotHeader header;
    header.logic_version = 7;
    header.sequence = Sequence{sequence};
    header.clock = unix_nanos(static_cast<std::int64_t>(sequence) * 1000);
    header.created = unix_nanos(5);
    header.configuration_hash = 0xABCD'EF01'2345'6789;
    return header;
}

std::vector<SnapshotSection> sections_at(std::uint64_t sequence) {
    return {{1, "state of " + std::to_string(sequence)}, {9, ""}, {2, std::string(300, 'x')}};
}

void expect_whole(const SnapshotStore::Snapshot& snapshot, std::uint64_t sequence) {
    EXPECT_EQ(snapshot.header.logic_version, 7U);
    EXPECT_EQ(snapshot.header.sequence, Sequence{sequence});
    EXPECT_EQ(snapshot.header.clock, header_at(sequence).clock);
    EXPECT_EQ(snapshot.header.created, unix_nanos(5));
    EXPECT_EQ(snapshot.header.configuration_hash, 0xABCD'EF01'2345'6789U);
    const auto wanted = sections_at(sequence);
    ASSERT_EQ(snapshot.sections.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        EXPECT_EQ(snapshot.sections[i].kind, wanted[i].kind);
        EXPECT_EQ(snapshot.sections[i].bytes, wanted[i].bytes);
    }
}

class Snapshots : public ::testing::Test {
protected:
    bool save(std::uint64_t sequence) {
        return store_.save(header_at(sequence), sections_at(sequence)).ok();
    }
    SnapshotStore::Found load(std::uint64_t limit = 1'000'000) {
        auto found = store_.load_newest(Sequence{limit});
        EXPECT_TRUE(found) << (found ? "" : found.error().message);
        return found ? std::move(found.value()) : SnapshotStore::Found{};
    }
    /// Format version or another field of a file's header, with a right checksum.
    void change_header(std::uint64_t sequence, std::size_t at, char byte) {
        std::string bytes = disk_.content(path_of(sequence)).value();
        bytes[at] = byte;
        const std::uint32_t checksum = crc32c(std::string_view(bytes).substr(0, 124));
        for (std::size_t i = 0; i < 4; ++i) {
            bytes[124 + i] = static_cast<char>(checksum >> (8 * i));
        }
        disk_.put(path_of(sequence), bytes);
    }

    MemoryDisk disk_;
    SnapshotStore store_{disk_, folder};
};

TEST_F(Snapshots, NoneIsNoError) {
    const auto found = load();
    EXPECT_FALSE(found.snapshot);
    EXPECT_TRUE(found.notes.empty());
}

TEST_F(Snapshots, TheNewestAtOrBelowASequenceIsFound) {
    for (const std::uint64_t sequence : {9U, 10U, 2000U}) {
        ASSERT_TRUE(save(sequence));
    }
    expect_whole(*load().snapshot, 2000);
    expect_whole(*load(2000).snapshot, 2000);
    expect_whole(*load(1999).snapshot, 10);
    expect_whole(*load(9).snapshot, 9);
    EXPECT_FALSE(load(8).snapshot);
    EXPECT_EQ(*load().snapshot->find(1), "state of 2000");
    EXPECT_EQ(load().snapshot->find(5), nullptr);
}

TEST_F(Snapshots, ThreeAreKept) {
    for (std::uint64_t sequence = 1; sequence <= 6; ++sequence) {
        ASSERT_TRUE(save(sequence * 100));
    }
    EXPECT_EQ(disk_.paths(), (std::vector{path_of(400), path_of(500), path_of(600)}));
    ASSERT_TRUE(save(600));  // once more, at stop
    EXPECT_EQ(disk_.paths().size(), 3U);
}

TEST_F(Snapshots, PiecesOfAnySizeGiveTheSameFile) {
    std::string big(1'000'000, '\0');
    std::mt19937_64 random(4);
    for (char& byte : big) {
        byte = static_cast<char>(random());
    }
    const std::vector<SnapshotSection> sections{{1, big}, {2, "tail"}};
    ASSERT_TRUE(store_.save(header_at(1), sections));
    const std::string whole = disk_.content(path_of(1)).value();
    for (const std::size_t piece : {1'000U, 99'999U, 300'000U}) {
        const auto writer = store_.begin(header_at(1));
        writer->begin_section(1);
        for (std::size_t at = 0; at < big.size(); at += piece) {
            writer->append(std::string_view(big).substr(at, piece));
        }
        writer->begin_section(2);
        writer->append("ta");
        writer->append("il");
        EXPECT_EQ(writer->size(), whole.size());
        ASSERT_TRUE(writer->finish());
        EXPECT_EQ(disk_.content(path_of(1)), whole);
    }
    EXPECT_EQ(load().snapshot->sections[0].bytes, big);
}

TEST_F(Snapshots, AnUnfinishedOneLeavesNothing) {
    ASSERT_TRUE(save(5));
    {
        const auto writer = store_.begin(header_at(6));
        writer->begin_section(1);
        writer->append("half");
        EXPECT_EQ(disk_.paths().size(), 2U);
    }
    EXPECT_EQ(disk_.paths(), std::vector{path_of(5)});
    disk_.put(path_of(4) + ".tmp", "of a killed process");
    ASSERT_TRUE(save(7));
    EXPECT_EQ(disk_.paths(), (std::vector{path_of(5), path_of(7)}));
}

TEST_F(Snapshots, InterruptedAnywhereTheOneBeforeIsThere) {
    for (const bool power_cut : {false, true}) {
        for (std::uint64_t operation = 0, done = 0; done == 0; ++operation) {
            for (std::uint64_t seed = 0; seed < 8; ++seed) {
                MemoryDisk disk;
                SnapshotStore store(disk, folder);
                for (std::uint64_t sequence = 1; sequence <= 4; ++sequence) {
                    ASSERT_TRUE(store.save(header_at(sequence), sections_at(sequence)));
                }
                disk.kill_at(operation, seed * 20);
                const bool saved = store.save(header_at(5), sections_at(5)).ok();
                done = disk.killed() ? 0 : 1;
                if (power_cut) {
                    disk.power_cut(seed);
                } else {
                    disk.restart();
                }
                const auto found = store.load_newest(Sequence{100});
                ASSERT_TRUE(found);
                ASSERT_TRUE(found->notes.empty());
                ASSERT_TRUE(found->snapshot);
                const std::uint64_t sequence = found->snapshot->header.sequence.value();
                ASSERT_TRUE(sequence == 5 || (sequence == 4 && !saved)) << "at " << operation;
                expect_whole(*found->snapshot, sequence);
                ASSERT_TRUE(store.save(header_at(6), sections_at(6))) << "and the next one works";
                ASSERT_EQ(disk.paths().size(), 3U);
            }
        }
    }
}

TEST_F(Snapshots, AFullDiskIsToldAndTheOneBeforeStays) {
    ASSERT_TRUE(save(1));
    for (std::uint64_t room = 0; room < 500; room += 20) {
        disk_.set_capacity(disk_.bytes_used() + room);
        const auto result = store_.save(header_at(2), sections_at(2));
        ASSERT_FALSE(result);
        ASSERT_TRUE(result.error().is_full());
        ASSERT_EQ(disk_.paths().size(), 1U) << "the rest is removed";
        expect_whole(*load().snapshot, 1);
    }
    disk_.set_capacity(1 << 20);
    EXPECT_TRUE(save(2));
}

TEST_F(Snapshots, EveryBitFlipAndEveryCutIsFoundAndTheOneBeforeTaken) {
    ASSERT_TRUE(save(1));
    ASSERT_TRUE(save(2));
    const std::string whole = disk_.content(path_of(2)).value();
    const auto expect_passed_over = [&](const std::string& bytes, std::size_t at) {
        disk_.put(path_of(2), bytes);
        const auto found = store_.load_newest(Sequence{100});
        ASSERT_TRUE(found) << at;
        ASSERT_EQ(found->notes.size(), 1U) << at;
        ASSERT_NE(found->notes[0].find(path_of(2)), std::string::npos);
        ASSERT_EQ(found->snapshot->header.sequence, Sequence{1}) << at;
    };
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        std::string bytes = whole;
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
        expect_passed_over(bytes, bit);
    }
    for (std::size_t size = 0; size < whole.size(); ++size) {
        expect_passed_over(whole.substr(0, size), size);
    }
    expect_passed_over(whole + "x", whole.size());
    disk_.put(path_of(2), whole);
    disk_.put(path_of(3), whole);  // under a wrong name
    const auto found = load();
    EXPECT_EQ(found.notes.size(), 1U);
    expect_whole(*found.snapshot, 2);
}

TEST_F(Snapshots, ANewerFormatIsRefusedAndNotPassedOver) {
    ASSERT_TRUE(save(1));
    ASSERT_TRUE(save(2));
    change_header(2, 8, 2);
    const auto found = store_.load_newest(Sequence{100});
    ASSERT_FALSE(found);
    EXPECT_NE(found.error().message.find(path_of(2) + ": snapshot format version 2"),
              std::string::npos)
        << found.error().message;
    expect_whole(*load(1).snapshot, 1);
}

TEST_F(Snapshots, AnotherMachinesStateIsRefused) {
    ASSERT_TRUE(save(1));
    const std::string bytes = disk_.content(path_of(1)).value();
    change_header(1, 52, static_cast<char>(5 - bytes[52]));  // the other byte order
    const auto found = store_.load_newest(Sequence{100});
    ASSERT_FALSE(found);
    EXPECT_NE(found.error().message.find("another kind of machine"), std::string::npos);
}

TEST_F(Snapshots, AnotherLogicVersionIsTheCallersToJudge) {
    ASSERT_TRUE(save(1));
    change_header(1, 16, 8);
    EXPECT_EQ(load().snapshot->header.logic_version, 8U);
}

TEST_F(Snapshots, ThoseOfEntriesThatAreGoneAreSetAside) {
    for (const std::uint64_t sequence : {10U, 20U, 30U}) {
        ASSERT_TRUE(save(sequence));
    }
    EXPECT_TRUE(store_.set_aside_after(Sequence{30})->empty());
    EXPECT_EQ(*store_.set_aside_after(Sequence{19}),
              (std::vector{snapshot_name(Sequence{20}), snapshot_name(Sequence{30})}));
    expect_whole(*load().snapshot, 10);
    EXPECT_TRUE(disk_.content(path_of(20) + ".ahead"));
    ASSERT_TRUE(save(25));
    expect_whole(*load().snapshot, 25);
}

TEST_F(Snapshots, WhatIsSetAsideSurvivesAPowerCut) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        MemoryDisk disk;
        SnapshotStore store(disk, folder);
        ASSERT_TRUE(store.save(header_at(20), sections_at(20)));
        ASSERT_EQ(store.set_aside_after(Sequence{10})->size(), 1U);
        disk.power_cut(seed);
        ASSERT_FALSE(store.load_newest(Sequence{100})->snapshot);
    }
}

TEST_F(Snapshots, OtherFilesAreLeftAlone) {
    for (const char* name : {"notes.txt", "snapshot-1.tss", "snapshot-0000000000000000000x.tss"}) {
        disk_.put(folder + "/" + name, "x");
    }
    ASSERT_TRUE(save(1));
    EXPECT_EQ(disk_.paths().size(), 4U);
    const auto found = load();
    EXPECT_TRUE(found.notes.empty());
    expect_whole(*found.snapshot, 1);
}

}  // namespace
}  // namespace tickstock
