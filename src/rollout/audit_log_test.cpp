#include "rollout/audit_log.hpp"

#include <gtest/gtest.h>

#include "base/memory_disk.hpp"
#include "rollout/test_rollout_support.hpp"

namespace tickstock {
namespace {

using namespace rollout_test;

RolloutAudit entry(std::uint64_t sequence) {
    return {Sequence{sequence},           start + sequence * 1s, start, "api:ann", "flags",
            "rollout_percentage 1 -> 10", "looks \"good\"\t✓",   2,     10};
}

TEST(AuditLog, SurvivesAStartAndGrowsByLines) {
    MemoryDisk disk;
    AuditLog first;
    EXPECT_EQ(first.load(disk, "r"), "");
    first.add(entry(1));
    ASSERT_TRUE(first.write(disk, "r").ok());
    first.add(entry(2));
    first.add(entry(3));
    EXPECT_TRUE(first.has_changes());
    ASSERT_TRUE(first.write(disk, "r").ok());
    EXPECT_FALSE(first.has_changes());
    EXPECT_EQ(disk.content("r/audit.ndjson"),
              to_json(entry(1)) + "\n" + to_json(entry(2)) + "\n" + to_json(entry(3)) + "\n");

    AuditLog second;
    EXPECT_EQ(second.load(disk, "r"), "");
    ASSERT_EQ(second.all().size(), 3U);
    EXPECT_EQ(to_json(second.all()[2]), to_json(entry(3)));
    EXPECT_TRUE(second.has(Sequence{2}, entry(2).wall));
    EXPECT_FALSE(second.has(Sequence{2}, entry(3).wall)) << "another journal's";
    second.add(entry(4));
    ASSERT_TRUE(second.write(disk, "r").ok());
    EXPECT_TRUE(disk.content("r/audit.ndjson")->ends_with(to_json(entry(4)) + "\n"));
}

TEST(AuditLog, LinesThatCannotBeReadAreToldAndLeftOut) {
    MemoryDisk disk;
    disk.put("r/audit.ndjson", to_json(entry(1)) + "\nno JSON\n[]\n" + to_json(entry(2)) + "\n" +
                                   to_json(entry(3)).substr(0, 40));
    AuditLog log;
    EXPECT_EQ(log.load(disk, "r"), "r/audit.ndjson, line 2: it is no JSON (3 such lines)");
    EXPECT_EQ(log.all().size(), 2U);
    log.add(entry(4));
    ASSERT_TRUE(log.write(disk, "r").ok());
    AuditLog again;
    EXPECT_EQ(again.load(disk, "r"), "") << "a torn line is no part of the next";
    EXPECT_EQ(again.all().size(), 3U);
}

TEST(AuditLog, ALineWithoutItsEndIsNotGoneOnWith) {
    MemoryDisk disk;
    disk.put("r/audit.ndjson", to_json(entry(1)));
    AuditLog log;
    EXPECT_EQ(log.load(disk, "r"), "");
    log.add(entry(2));
    ASSERT_TRUE(log.write(disk, "r").ok());
    EXPECT_EQ(disk.content("r/audit.ndjson"), to_json(entry(1)) + "\n" + to_json(entry(2)) + "\n");
}

TEST(AuditLog, AGiantOfAFileIsLeftOut) {
    MemoryDisk disk;
    disk.put("r/audit.ndjson", std::string(std::size_t{5} << 20, '\n'));
    AuditLog log;
    EXPECT_NE(log.load(disk, "r").find("the audit begins anew"), std::string::npos);
}

TEST(AuditLog, StaysBoundedInMemoryAndOnDisk) {
    MemoryDisk disk;
    AuditLog log;
    for (std::uint64_t i = 1; i <= 6'000; ++i) {
        log.add(entry(i));
        if (i % 10 == 0) {
            ASSERT_TRUE(log.write(disk, "r").ok());
            ASSERT_LE(disk.content("r/audit.ndjson")->size(), AuditLog::file_limit);
        }
    }
    EXPECT_EQ(log.all().size(), AuditLog::limit);
    EXPECT_EQ(log.all().back().sequence, Sequence{6'000});
    AuditLog again;
    EXPECT_EQ(again.load(disk, "r"), "");
    EXPECT_EQ(again.all().size(), AuditLog::limit);
    EXPECT_EQ(again.all().front().sequence, Sequence{5'801});
}

TEST(AuditLog, ALineThatTheDiskTookHalfOfIsWrittenAgain) {
    MemoryDisk disk;
    AuditLog log;
    log.add(entry(1));
    ASSERT_TRUE(log.write(disk, "r").ok());
    log.add(entry(2));
    disk.fail_at(0, {EIO, 20, false});
    ASSERT_FALSE(log.write(disk, "r").ok());
    EXPECT_TRUE(log.has_changes());
    log.add(entry(3));
    ASSERT_TRUE(log.write(disk, "r").ok());
    AuditLog again;
    EXPECT_EQ(again.load(disk, "r"), "");
    EXPECT_EQ(again.all().size(), 3U);
}

}  // namespace
}  // namespace tickstock
