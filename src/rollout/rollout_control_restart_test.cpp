// The rollout over starts: what the journal says, and what its folder keeps.

#include <gtest/gtest.h>

#include <optional>

#include "base/memory_disk.hpp"
#include "metrics/log.hpp"
#include "rollout/audit_log.hpp"
#include "rollout/feature_flags.hpp"
#include "rollout/rollout_control.hpp"
#include "rollout/test_rollout_support.hpp"

namespace tickstock {
namespace {

using namespace rollout_test;

/// A process: a control that was restored, and its desk.
struct Process {
    Process(Disk& disk, const std::optional<RolloutChange>& last,
            const RolloutControl::ReadAgain& again = {}) {
        problem = control.restore(last, again, disk, "data/rollout");
    }
    RolloutControl control{short_phases()};
    Desk desk{control};
    std::optional<Error> problem;
};

/// What the journal's last RolloutChange says.
RolloutChange state_of(const RolloutStatus& status) {
    RolloutChange change;
    change.flags = status.flags;
    change.phase = status.phase;
    change.phase_since = status.phase_since;
    change.incident = status.incident;
    return change;
}

class Restart : public ::testing::Test {
protected:
    /// To phase 2 with half an hour and 500 records in it; saved unless `dies`.
    RolloutChange first_process(bool dies = false) {
        Process first(disk_, std::nullopt);
        EXPECT_FALSE(first.problem) << first.problem->message;
        first.desk.install();
        EXPECT_EQ(go_to_phase(first.desk, 2), "");
        first.control.save(first.desk.look().now);
        first.desk.pass(30min);
        first.desk.look().total += good_evidence(500, 1us, 2us);
        first.desk.supervise();
        if (!dies) {
            first.control.save(first.desk.look().now, true);
        }
        return state_of(first.desk.status());
    }

    MemoryDisk disk_;
};

TEST_F(Restart, ThePhaseGoesOnWithItsEvidence) {
    const RolloutChange last = first_process();
    Process second(disk_, last);
    EXPECT_FALSE(second.problem);
    second.desk.look().wall = last.phase_since + 1h;
    second.desk.look().total = good_evidence(20, 1us, 2us);
    second.desk.supervise();
    const RolloutStatus status = second.desk.status();
    EXPECT_EQ(status.phase, 2);
    EXPECT_EQ(status.flags, last.flags);
    EXPECT_EQ(status.total.paths.records, 20U);
    EXPECT_EQ(status.in_phase.paths.records, 520U);
    EXPECT_EQ(status.in_phase.times.multi_channel.count(), 520U);
    EXPECT_EQ(status.in_phase.times.multi_channel.quantile(0.99), Nanos(2us));
    EXPECT_EQ(status.refusal, "");
    EXPECT_EQ(second.desk.wish(AdvanceRollout{}), "");
    EXPECT_EQ(second.desk.status().audit.size(), 4U) << "the older ones are known";
}

TEST_F(Restart, EvidenceOfAnotherPhaseIsNobodys) {
    RolloutChange last = first_process();
    last.phase = 3;
    last.phase_since += 1s;
    Process second(disk_, last);
    EXPECT_FALSE(second.problem) << "a process that died between journal and file: no damage";
    EXPECT_EQ(second.desk.status().in_phase.paths.records, 0U);
}

TEST_F(Restart, ADeathLosesAMinuteAtMost) {
    const RolloutChange last = first_process(true);
    Process second(disk_, last);
    EXPECT_EQ(second.desk.status().in_phase.paths.records, 0U);
    second.desk.look().total = good_evidence(5);
    second.desk.supervise();
    second.control.save(1h);
    second.control.save(1h + 59s);
    EXPECT_EQ(Process(disk_, last).desk.status().in_phase.paths.records, 0U);
    second.control.save(1h + 60s);
    EXPECT_EQ(Process(disk_, last).desk.status().in_phase.paths.records, 5U);
}

TEST_F(Restart, TheIncidentHoldsAndIsResolvedLater) {
    RolloutChange last;
    {
        first_process();
        Process first(disk_, std::nullopt);
        first.desk.install();
        ASSERT_EQ(go_to_phase(first.desk, 3), "");
        ASSERT_EQ(first.desk.wish(DisableMultiChannel{}, "strange events"), "");
        first.control.save(first.desk.look().now);  // at once: something has changed
        last = state_of(first.desk.status());
    }
    Process second(disk_, last);
    EXPECT_FALSE(second.problem);
    ASSERT_EQ(second.desk.status().incidents.size(), 1U);
    EXPECT_EQ(second.desk.status().incidents[0].text, "strange events");
    EXPECT_EQ(second.desk.wish(ReEnableMultiChannel{}), "");
    second.control.save(2h);
    Process third(disk_, state_of(second.desk.status()));
    EXPECT_EQ(third.desk.status().incidents[0].resolved_by, "ann");
}

TEST_F(Restart, WhatADeathKeptFromTheFilesIsReadInTheJournal) {
    std::vector<RolloutAudit> audit;
    std::vector<RolloutIncident> incidents;
    RolloutControl::ReadAgain again;
    RolloutChange last;
    {
        Process first(disk_, std::nullopt);
        first.desk.install();
        ASSERT_EQ(go_to_phase(first.desk, 3), "");
        first.control.save(first.desk.look().now);
        const std::size_t known =
            first.desk.decided().size() - 2;  // a part of it behind a snapshot
        again.before = std::get<RolloutChange>(first.desk.decided()[known - 1].action);
        ASSERT_EQ(first.desk.wish(DisableMultiChannel{}, "strange events"), "");
        ASSERT_EQ(first.desk.wish(ReEnableMultiChannel{}, "a mistake"), "");
        ASSERT_EQ(first.desk.wish(DisableMultiChannel{}, "none"), "");
        again.decisions.assign(first.desk.decided().begin() + static_cast<std::ptrdiff_t>(known),
                               first.desk.decided().end());
        last = state_of(first.desk.status());
        audit = first.desk.status().audit;
        incidents = first.desk.status().incidents;
    }
    ASSERT_EQ(incidents.size(), 2U);
    Process second(disk_, last, again);
    EXPECT_FALSE(second.problem) << second.problem->message;
    const RolloutStatus status = second.desk.status();
    ASSERT_EQ(status.audit.size(), audit.size());
    for (std::size_t i = 0; i < audit.size(); ++i) {
        EXPECT_EQ(to_json(status.audit[i]), to_json(audit[i])) << "once each, with by and text";
    }
    ASSERT_EQ(status.incidents.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(status.incidents[i].id, incidents[i].id);
        EXPECT_EQ(status.incidents[i].by, "ann");
        EXPECT_EQ(status.incidents[i].text, incidents[i].text);
        EXPECT_EQ(status.incidents[i].resolved_by, incidents[i].resolved_by);
    }
    EXPECT_EQ(status.incident, incidents[1].id);
}

TEST_F(Restart, AnIncidentWhoseFileIsLostIsKnownByItsId) {
    RolloutChange last;
    last.phase = 3;
    last.phase_since = start - 1h;
    last.cause = RolloutChange::Cause::Fallback;
    last.incident = "20240305T143000-7";
    last.reason = "error rate 12 %";
    Process process(disk_, last);
    ASSERT_TRUE(process.problem);
    EXPECT_EQ(process.problem->message,
              "data/rollout: the file of incident 20240305T143000-7, which holds, is missing");
    ASSERT_EQ(process.desk.status().incidents.size(), 1U);
    const RolloutIncident incident = process.desk.status().incidents[0];
    EXPECT_EQ(incident.wall, start);
    EXPECT_EQ(incident.cause, "unknown");
    EXPECT_EQ(incident.text, "error rate 12 %");
    EXPECT_EQ(incident.sequence, Sequence{});
}

TEST_F(Restart, DamagedFilesAreToldAndBeginAnew) {
    const RolloutChange last = first_process();
    disk_.put("data/rollout/evidence.json", "{\"version\":1,");
    disk_.put("data/rollout/audit.ndjson", std::string("\0\0\0\n", 4));
    disk_.put("data/rollout/incidents/20240305T143000-1.json", "null");
    Process second(disk_, last);
    ASSERT_TRUE(second.problem);
    for (const char* told :
         {"audit.ndjson, line 1: it is no JSON", "20240305T143000-1.json: it is no object",
          "evidence.json: it is no JSON; the phase's evidence begins anew"}) {
        EXPECT_NE(second.problem->message.find(told), std::string::npos) << second.problem->message;
    }
    EXPECT_EQ(second.desk.status().phase, 2) << "the journal decides, not these files";
    EXPECT_EQ(second.desk.wish(DisableMultiChannel{}), "");
    second.control.save(2h);
    EXPECT_EQ(disk_.content("data/rollout/incidents/20240305T143000-1.json"), "null") << "left";
    const Process third(disk_, state_of(second.desk.status()));
    ASSERT_TRUE(third.problem);
    EXPECT_EQ(third.problem->message,
              "data/rollout/incidents/20240305T143000-1.json: it is no object")
        << "the rest is whole again";
}

TEST_F(Restart, ADecisionThatIsReadAgainChangesNothing) {
    Process first(disk_, std::nullopt);
    first.desk.install();
    ASSERT_EQ(go_to_phase(first.desk, 2), "");
    const auto change = first.control.plan({DisableMultiChannel{}, "why"}, first.desk.look());
    ASSERT_TRUE(change.ok());
    const Decision decision = first.desk.decide(*change, "ann");
    const RolloutStatus before = first.desk.status();
    first.control.applied(decision);
    EXPECT_EQ(first.desk.status().audit.size(), before.audit.size());
    EXPECT_EQ(first.desk.status().incidents.size(), 1U);
    EXPECT_EQ(first.desk.status().incidents[0].by, "ann");

    MemoryDisk other;  // it died before it wrote anything; the journal has the decision
    Process second(other, *change);
    second.control.applied(decision);
    ASSERT_EQ(second.desk.status().audit.size(), 1U);
    EXPECT_EQ(second.desk.status().incidents.size(), 1U);
}

TEST_F(Restart, AFullDiskIsToldAndTriedAgain) {
    const LogCapture log;
    Process process(disk_, std::nullopt);
    process.desk.install();
    disk_.set_faults([](MemoryDisk::Operation operation, const std::string&) {
        return MemoryDisk::changes(operation) ? std::optional(MemoryDisk::Fault{ENOSPC, 0, false})
                                              : std::nullopt;
    });
    process.control.save(1h);
    EXPECT_NE(process.desk.status().disk_failure.find("No space left"), std::string::npos);
    process.control.save(1h + 1s);
    EXPECT_EQ(process.desk.wish(DisableMultiChannel{}), "") << "it decides all the same";
    disk_.set_faults(nullptr);
    EXPECT_EQ(log.lines().size(), 1U) << "told once";
    process.control.save(1h + 9s);
    EXPECT_FALSE(process.desk.status().disk_failure.empty());
    process.control.save(1h + 10s);
    EXPECT_TRUE(process.desk.status().disk_failure.empty());
    Process second(disk_, state_of(process.desk.status()));
    EXPECT_EQ(second.desk.status().incidents.size(), 1U);
    EXPECT_EQ(second.desk.status().audit.size(), 2U);
}

}  // namespace
}  // namespace tickstock
