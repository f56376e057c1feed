// Files that are damaged, gone, of another history or of a newer program.

#include <gtest/gtest.h>

#include "base/crc32c.hpp"
#include "base/little_endian.hpp"
#include "engine/test_runtime.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::expect_goes_on;
using testing::live_to;
using testing::lively_tape;
using testing::plain_run;
using testing::replay;

std::vector<std::string> files(const Bench& bench, const std::string& part) {
    std::vector<std::string> found;
    for (const std::string& path : bench.disk.paths()) {
        if (path.find(part) != std::string::npos) {
            found.push_back(path);
        }
    }
    return found;
}

void damage(Bench& bench, const std::string& path) {
    std::string bytes = *bench.disk.content(path);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x40);
    bench.disk.put(path, bytes);
}

/// The same file as a later program might write it: another version of the format.
void make_newer(Bench& bench, const std::string& path) {
    std::string bytes = *bench.disk.content(path);
    LittleEndianReader in(bytes);
    in.get_bytes(8);  // magic
    in.get<std::uint32_t>();
    const std::size_t checksum_at = in.get<std::uint32_t>() - sizeof(std::uint32_t);
    LittleEndianWriter(std::span(bytes).subspan(8)).put(std::uint32_t{99});
    LittleEndianWriter(std::span(bytes).subspan(checksum_at))
        .put(crc32c({bytes.data(), checksum_at}));
    bench.disk.put(path, bytes);
}

TEST(RecoveryOfFiles, ADamagedSnapshotIsPassedOverForTheOneBefore) {
    const RecordBatch tape = lively_tape(54, 1'500, 6);
    Bench bench(tape, 2);
    bench.open();
    live_to(bench, 900, {300, 600});
    bench.kill();
    damage(bench, files(bench, "/snapshots/").back());
    bench.open();
    const RecoveryReport& recovery = bench.runtime->recovery();
    EXPECT_TRUE(recovery.had_snapshot);
    EXPECT_GE(recovery.entries_run, 600U);
    ASSERT_FALSE(recovery.notes.empty());
    EXPECT_FALSE(recovery.new_epoch) << recovery.why_new_epoch;
    expect_goes_on(bench, plain_run(tape));
}

TEST(RecoveryOfFiles, WithoutAnySnapshotTheWholeJournalIsRun) {
    const RecordBatch tape = lively_tape(55, 1'500, 6);
    Bench bench(tape, 2);
    bench.open();
    live_to(bench, 900, {300, 600});
    const std::string epoch = bench.epoch();
    bench.kill();
    for (const std::string& path : files(bench, "/snapshots/")) {
        EXPECT_TRUE(bench.disk.remove(path).ok());
    }
    bench.open();
    const RecoveryReport& recovery = bench.runtime->recovery();
    EXPECT_FALSE(recovery.had_snapshot);
    EXPECT_GE(recovery.entries_run, 900U);
    EXPECT_EQ(bench.epoch(), epoch);
    expect_goes_on(bench, plain_run(tape));
}

TEST(RecoveryOfFiles, AStoredStreamThatIsGoneIsToldAgain) {
    const RecordBatch tape = lively_tape(56, 900, 6);
    Bench bench(tape, 2);
    bench.open();
    live_to(bench, 600);
    bench.kill();
    for (const std::string& path : files(bench, "/stream/")) {
        EXPECT_TRUE(bench.disk.remove(path).ok());
    }
    bench.open();
    EXPECT_GT(bench.runtime->recovery().events_published, 0U);
    EXPECT_EQ(bench.runtime->recovery().events_compared, 0U);
    expect_goes_on(bench, plain_run(tape));
}

TEST(RecoveryOfFiles, ADamagedStoredStreamIsMadeAnewOrTellsANewEpoch) {
    const RecordBatch tape = lively_tape(57, 900, 6);
    Bench bench(tape, 2);
    bench.open();
    live_to(bench, 600);
    bench.kill();
    damage(bench, files(bench, "/stream/").back());
    bench.open();
    const RecoveryReport& recovery = bench.runtime->recovery();
    EXPECT_FALSE(recovery.new_epoch) << recovery.why_new_epoch;
    EXPECT_GT(recovery.events_published, 0U) << "what was lost is made of the journal";
    EXPECT_GT(recovery.events_compared, 0U);
    expect_goes_on(bench, plain_run(tape));
}

TEST(RecoveryOfFiles, AStoredStreamOfAnotherHistoryIsNotGoneOnWith) {
    const RecordBatch tape = lively_tape(58, 900, 6);
    Bench bench(tape, 2);
    bench.open();
    live_to(bench, 600);
    const std::string epoch = bench.epoch();
    bench.kill();
    Bench other(lively_tape(59, 900, 6), 2);  // its first epoch has the same name
    other.open();
    live_to(other, 600);
    ASSERT_EQ(other.epoch(), epoch);
    other.kill();
    for (const std::string& path : files(bench, "/stream/")) {
        EXPECT_TRUE(bench.disk.remove(path).ok());
    }
    for (const std::string& path : files(other, "/stream/")) {
        bench.disk.put(path, *other.disk.content(path));
    }
    ASSERT_EQ(bench.try_open(), "");
    const RecoveryReport& recovery = bench.runtime->recovery();
    EXPECT_TRUE(recovery.new_epoch);
    EXPECT_NE(recovery.why_new_epoch.find("another history"), std::string::npos);
    bench.settle();
    EXPECT_NE(bench.epoch(), epoch);
    bench.feed().due = tape.records.size();
    bench.settle();
    const auto again = replay(bench.disk, bench.config);
    EXPECT_EQ(again.hashes.back(), bench.stream->hash());
    EXPECT_EQ(again.records, tape.records.size());
    bench.stop();
    bench.open();  // and from then on it is an ordinary stream
    EXPECT_FALSE(bench.runtime->recovery().new_epoch) << bench.runtime->recovery().why_new_epoch;
}

TEST(RecoveryOfFiles, ANewerFormatIsRefusedWithTheWord) {
    for (const char* part : {"/journal/", "/snapshots/", "/stream/"}) {
        Bench bench(lively_tape(60, 300, 3));
        bench.open();
        live_to(bench, 200);
        EXPECT_TRUE(bench.stop());
        make_newer(bench, files(bench, part).back());
        const auto before = bench.disk.paths();
        const std::string refusal = bench.try_open();
        EXPECT_NE(refusal.find("99"), std::string::npos) << part << ": " << refusal;
        EXPECT_NE(refusal.find(files(bench, part).back()), std::string::npos) << refusal;
        for (const std::string& path : before) {
            EXPECT_TRUE(bench.disk.content(path).has_value()) << path << " is gone";
        }
    }
}

TEST(RecoveryOfFiles, DamageInsideTheJournalStopsTheStart) {
    Bench bench(lively_tape(61, 900, 6));
    bench.config.journal.segment_bytes = 16 * 1024;
    bench.open();
    live_to(bench, 800);
    bench.kill();
    const std::string path = files(bench, "/journal/")[1];
    damage(bench, path);
    const std::string refusal = bench.try_open();
    EXPECT_NE(refusal.find(path), std::string::npos) << refusal;
}

}  // namespace
}  // namespace tickstock
