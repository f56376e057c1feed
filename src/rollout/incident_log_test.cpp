#include "rollout/incident_log.hpp"

#include <gtest/gtest.h>

#include "base/memory_disk.hpp"
#include "rollout/test_rollout_support.hpp"

namespace tickstock {
namespace {

using namespace rollout_test;

RolloutIncident incident(const IncidentLog& log, UnixNanos wall = start) {
    RolloutIncident made;
    made.id = log.next_id(wall);
    made.wall = wall;
    made.clock = wall - 1s;
    made.sequence = Sequence{77};
    made.by = "fallback monitor";
    made.cause = "error_rate";
    made.text = "error rate 12.5 % \"over\" the last 30 s";
    made.phase = 3;
    made.percentage = 10;
    made.symbols = 812;
    made.paths = good_evidence(5).paths;
    made.comparison = good_evidence(6).comparison;
    made.error_rate_percent = 12.5;
    made.mean_ms = 0.25;
    return made;
}

TEST(IncidentLog, IdsAreTimesWithANumberOfTheirOwn) {
    IncidentLog log;
    EXPECT_EQ(log.next_id(start), "20240305T143000-1");
    log.add(incident(log));
    EXPECT_EQ(log.next_id(start), "20240305T143000-2");
    EXPECT_EQ(log.next_id(start - 24h), "20240304T143000-2") << "the clock was set back";
    EXPECT_EQ(IncidentLog::time_of("20240305T143000-2"), start);
    EXPECT_EQ(IncidentLog::time_of("20241305T143000-2"), time_unknown);
    EXPECT_EQ(IncidentLog::time_of("yesterday"), time_unknown);
}

TEST(IncidentLog, SurvivesAStart) {
    MemoryDisk disk;
    IncidentLog first;
    first.add(incident(first));
    first.add(incident(first, start + 1h));
    first.resolve("20240305T143000-1", start + 2h, "ann");
    EXPECT_TRUE(first.has_changes());
    ASSERT_TRUE(first.write(disk, "i").ok());
    EXPECT_FALSE(first.has_changes());

    IncidentLog second;
    EXPECT_EQ(second.load(disk, "i"), "");
    ASSERT_EQ(second.all().size(), 2U);
    const RolloutIncident& read = second.all()[0];
    EXPECT_EQ(to_json(read), to_json(first.all()[0]));
    EXPECT_EQ(read.resolved, start + 2h);
    EXPECT_EQ(read.resolved_by, "ann");
    EXPECT_EQ(read.sequence, Sequence{77});
    EXPECT_EQ(second.all()[1].resolved, UnixNanos{});
    EXPECT_EQ(second.next_id(start), "20240305T143000-3");
    EXPECT_FALSE(second.has_changes());
}

TEST(IncidentLog, AFileThatCannotBeReadIsToldAndLeft) {
    MemoryDisk disk;
    IncidentLog first;
    first.add(incident(first));
    ASSERT_TRUE(first.write(disk, "i").ok());
    const std::string good = *disk.content("i/20240305T143000-1.json");
    disk.put("i/20240305T143000-9.json", "{\"version\":1");
    disk.put("i/20240305T143000-4.json", good);  // holds another one
    disk.put("i/20240305T143000-5.json.tmp", "half");
    disk.put("i/notes.txt", "mine");
    disk.put("i/99999999999999999999999999.json", "mine");

    IncidentLog second;
    const std::string problems = second.load(disk, "i");
    EXPECT_NE(problems.find("i/20240305T143000-9.json: it is no JSON"), std::string::npos);
    EXPECT_NE(problems.find("i/20240305T143000-4.json: it holds incident 20240305T143000-1"),
              std::string::npos);
    EXPECT_EQ(second.all().size(), 1U);
    EXPECT_EQ(second.next_id(start), "20240305T143000-10") << "no number is given again";
    second.add(incident(second));
    ASSERT_TRUE(second.write(disk, "i").ok());
    EXPECT_EQ(disk.content("i/20240305T143000-9.json"), "{\"version\":1");
    EXPECT_EQ(disk.content("i/notes.txt"), "mine");
    EXPECT_FALSE(disk.content("i/20240305T143000-5.json.tmp"));
}

TEST(IncidentLog, HostileMembersAreRefused) {
    IncidentLog log;
    const std::string good = to_json(incident(log));
    const auto problem = [&](std::string_view from, const std::string& to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        const auto read = parse_incident(text);
        return read ? "" : read.error().message;
    };
    ASSERT_TRUE(parse_incident(good).ok());
    EXPECT_EQ(problem("\"version\":1", "\"version\":\"1\""), "version is no count");
    EXPECT_EQ(problem("\"phase\":3", "\"phase\":5"), "phase is out of range");
    EXPECT_EQ(problem("\"id\":\"2024", "\"id\":\"../2024"), "id is none");
    EXPECT_EQ(problem("\"by\":\"fall", "\"by\":\"" + std::string(5'000, 'x')),
              "by is no text, or too long");
    EXPECT_EQ(problem("\"wall\":", "\"wall\":99999999999"), "wall is no integer");
    EXPECT_EQ(problem("\"mean_ms\":0.25", "\"mean_ms\":\"NaN\""), "mean_ms is no number");
    EXPECT_EQ(problem("\"symbols\":812", "\"symbols\":-1"), "symbols is no count");
}

TEST(IncidentLog, TwoHundredAreKept) {
    MemoryDisk disk;
    IncidentLog log;
    for (std::size_t i = 0; i < IncidentLog::limit; ++i) {
        log.add(incident(log, start + i * 1h));
    }
    ASSERT_TRUE(log.write(disk, "i").ok());
    log.add(incident(log, start));  // its time is old, its number is not
    ASSERT_TRUE(log.write(disk, "i").ok());
    EXPECT_EQ(log.all().size(), IncidentLog::limit);
    EXPECT_EQ(disk.paths().size(), IncidentLog::limit);
    EXPECT_FALSE(disk.content("i/20240305T143000-1.json"));
    EXPECT_TRUE(disk.content("i/20240305T143000-201.json"));
}

TEST(IncidentLog, WhatTheDiskRefusesIsTriedAgain) {
    MemoryDisk disk;
    IncidentLog log;
    log.add(incident(log));
    disk.fail_at(1, {ENOSPC, 0, false});
    const auto failed = log.write(disk, "i");
    ASSERT_FALSE(failed.ok());
    EXPECT_TRUE(log.has_changes());
    ASSERT_TRUE(log.write(disk, "i").ok());
    EXPECT_FALSE(log.has_changes());
    EXPECT_TRUE(disk.content("i/20240305T143000-1.json"));
}

}  // namespace
}  // namespace tickstock
