// The running engine on a disk that is full, or does not sync (RELIABILITY 37, 38).

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/memory_disk.hpp"
#include "overload/engine_rig.hpp"
#include "overload/rate_source.hpp"

namespace tickstock::overload {
namespace {

class DiskFault : public ::testing::TestWithParam<unsigned> {};

std::vector<std::string> told(const EventStream& stream) {
    std::vector<std::string> bodies;
    const StreamRange range = stream.range();
    for (std::uint64_t offset = 1; offset <= range.last.value();) {
        const auto block = stream.block_at(range.epoch, Offset{offset});
        if (!block) {
            break;
        }
        for (const StreamEntry& entry : block->entries) {
            bodies.emplace_back(block->body(entry));
        }
        offset = block->entries.back().offset.value() + 1;
    }
    return bodies;
}

/// The n-th sync fails, for every n: the engine ends with a word, and what it had told is there
/// again after a power cut.
TEST_P(DiskFault, AFailedSyncEndsTheEngineAndLosesNothingTold) {
    Config config = EngineRig::config(GetParam());
    config.journal.durability = Durability::Always;
    config.stream.memory_limit = std::size_t{64} << 20;
    unsigned with_events = 0;
    for (unsigned i = 0; i < 24; ++i) {
        const unsigned n = i < 8 ? i : i * i / 3;  // the first ones, then further apart
        SCOPED_TRACE("sync " + std::to_string(n));
        MemoryDisk disk;
        unsigned syncs = 0;
        disk.set_faults([&](MemoryDisk::Operation operation,
                            const std::string&) -> std::optional<MemoryDisk::Fault> {
            const bool is_sync = operation == MemoryDisk::Operation::Sync ||
                                 operation == MemoryDisk::Operation::SyncDirectory;
            if (is_sync && syncs++ == n) {
                return MemoryDisk::Fault{};
            }
            return std::nullopt;
        });
        EngineRig rig(config, &disk);
        EngineRig::Sources sources;
        // More than it takes; on a slow machine fewer syncs take more each.
        sources.push_back(std::make_unique<RateSource>(trade, 400'000, 4'000'000));
        const std::string refused = rig.start(std::move(sources));
        if (!refused.empty()) {
            EXPECT_NE(refused.find("Input/output error"), std::string::npos) << refused;
            continue;  // the very start said no
        }
        ASSERT_TRUE(eventually([&] { return rig.failures() > 0; }));
        EXPECT_FALSE(rig.stop());
        EXPECT_EQ(rig.failures(), 1);
        EXPECT_NE(rig.why().find("Input/output error"), std::string::npos) << rig.why();
        const std::string epoch = rig.stream().range().epoch;
        const std::vector<std::string> before = told(rig.stream());
        ASSERT_EQ(before.size(), rig.stream().range().last.value());
        with_events += !before.empty();
        rig.reboot();
        disk.power_cut(n);
        EngineRig::Sources quiet;
        quiet.push_back(std::make_unique<RateSource>(trade, 1, 0));
        ASSERT_EQ(rig.start(std::move(quiet)), "");
        ASSERT_TRUE(rig.stop()) << rig.why();
        if (before.empty()) {
            continue;
        }
        EXPECT_EQ(rig.stream().range().epoch, epoch);
        std::vector<std::string> after = told(rig.stream());
        ASSERT_GE(after.size(), before.size());
        after.resize(before.size());
        EXPECT_EQ(after, before);
        EXPECT_EQ(rig.replay().hash, rig.stream().hash());
    }
    EXPECT_GT(with_events, 3U);
}

TEST_P(DiskFault, AFullDiskStopsAdmissionUntilThereIsRoom) {
    Config config = EngineRig::config(GetParam());
    MemoryDisk disk;
    disk.set_capacity(4 << 20);
    EngineRig rig(config, &disk);
    constexpr std::uint64_t records = 200'000;
    EngineRig::Sources sources;
    sources.push_back(std::make_unique<RateSource>(trade, 400'000, records));
    ASSERT_EQ(rig.start(std::move(sources)), "");
    ASSERT_TRUE(eventually([&] {
        const auto status = rig.status();
        return rig.failures() > 0 || (status && status->control.journal.state == "disk_full");
    }));
    ASSERT_EQ(rig.failures(), 0) << rig.why();
    EXPECT_FALSE(rig.status()->control.journal.writable());
    const std::uint64_t taken = rig.status()->last_sequence;
    EXPECT_LT(taken, records);
    disk.set_capacity(std::uint64_t{1} << 30);
    ASSERT_TRUE(eventually([&] {
        const auto status = rig.status();
        return rig.failures() > 0 || status->sources[0].state == "ended";
    }));
    ASSERT_TRUE(rig.stop()) << rig.why();
    EXPECT_GE(rig.status()->control.journal.disk_full_stops, 1U);
    EXPECT_EQ(rig.status()->accounting.sequencer.out, records);
    EXPECT_TRUE(rig.status()->accounting.closes());
    const EngineRig::Replayed replayed = rig.replay();
    EXPECT_EQ(replayed.failure, "");
    EXPECT_EQ(replayed.records, records);
    EXPECT_EQ(replayed.hash, rig.stream().hash());
}

INSTANTIATE_TEST_SUITE_P(Threads, DiskFault, ::testing::Values(1U, 3U),
                         [](const auto& each) { return "Threads" + std::to_string(each.param); });

}  // namespace
}  // namespace tickstock::overload
