#include "rollout/evidence_file.hpp"

#include <gtest/gtest.h>

#include "base/memory_disk.hpp"
#include "rollout/phase_record.hpp"
#include "rollout/rollout_files.hpp"
#include "rollout/test_rollout_support.hpp"

namespace tickstock {
namespace {

using namespace rollout_test;

KeptEvidence example() {
    KeptEvidence kept;
    kept.phase_since = start;
    kept.evidence = good_evidence(1'000, 250ns, 3ms);
    kept.evidence += good_evidence(3, 1s, 2s);
    kept.evidence.paths.failures_by_cause = {1, 2, 3, 4, 5};
    kept.evidence.paths.errors = 7;
    kept.evidence.comparison.missing = 4;
    kept.evidence.comparison.late = 3;
    kept.error_alerts = 2;
    return kept;
}

void expect_same(const PathEvidence& a, const PathEvidence& b) {
    EXPECT_EQ(a.paths, b.paths);
    EXPECT_EQ(a.comparison, b.comparison);
    EXPECT_EQ(a.times.linear, b.times.linear);
    EXPECT_EQ(a.times.multi_channel, b.times.multi_channel);
    EXPECT_EQ(a.times.added, b.times.added);
    EXPECT_EQ(a.times.pairs, b.times.pairs);
    EXPECT_EQ(a.times.wins, b.times.wins);
    EXPECT_EQ(a.times.saved_ns, b.times.saved_ns);
    EXPECT_EQ(a.accounting_closes, b.accounting_closes);
}

std::string problem(const std::string& text) {
    const auto kept = parse_kept_evidence(text);
    return kept ? "" : kept.error().message;
}

std::string with(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST(EvidenceFile, KeepsEverything) {
    const KeptEvidence kept = example();
    const auto again = parse_kept_evidence(to_json(kept));
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(again->phase_since, start);
    EXPECT_EQ(again->error_alerts, 2U);
    expect_same(again->evidence, kept.evidence);
    EXPECT_LT(again->evidence.times.saved_ns, 0);
    const auto empty = parse_kept_evidence(to_json(KeptEvidence{}));
    ASSERT_TRUE(empty.ok()) << empty.error().message;
    expect_same(empty->evidence, PathEvidence{});
}

TEST(EvidenceFile, AnythingElseIsRefusedWithItsReason) {
    const std::string good = to_json(example());
    EXPECT_EQ(problem(""), "it is no JSON");
    EXPECT_EQ(problem(good.substr(0, good.size() / 2)), "it is no JSON");
    EXPECT_EQ(problem("[]"), "it is no object");
    EXPECT_EQ(problem("{}"), "version is missing");
    EXPECT_EQ(problem(with(good, "\"version\":1", "\"version\":2")), "version 2 (accepted: 1)");
    EXPECT_EQ(problem(with(good, "\"errors\":7", "\"errors\":-7")), "paths errors is no count");
    EXPECT_EQ(problem(with(good, "\"errors\":7", "\"errors\":7.5")), "paths errors is no count");
    EXPECT_EQ(problem(with(good, "[1,2,3,4,5]", "[1,2,3,4]")),
              "paths failures_by_cause is no list of its length");
    EXPECT_EQ(problem(with(good, "\"late\":3,", "")), "comparison late is missing");
    EXPECT_EQ(problem(with(good, "\"accounting_closes\":true", "\"accounting_closes\":1")),
              "accounting_closes is neither true nor false");
}

TEST(EvidenceFile, ADistributionThatCannotBeIsRefused) {
    const std::string good = to_json(example());
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"\"sum_ns\":", "\"sum_ns\":99999999"},
             {"\"min_ns\":250", "\"min_ns\":1"},
             {"\"buckets\":[[", "\"buckets\":[[60000,1],["},
             {"\"buckets\":[[", "\"buckets\":[[0,0],["},
             {"\"buckets\":[[", "\"buckets\":[[70000,1],["},
             {"\"buckets\":[[", "\"buckets\":[[0,18446744073709551615],["},
             {"\"buckets\":[[", "\"buckets\":[[],["},
             {"\"buckets\":[[", "\"buckets\":[7,["}}) {
        EXPECT_EQ(problem(with(good, from, to)), "times linear is no distribution of times") << to;
    }
}

TEST(EvidenceFile, ReadsWhatIsThere) {
    MemoryDisk disk;
    const auto none = read_kept_evidence(disk, "r");
    ASSERT_TRUE(none.ok());
    EXPECT_FALSE(none->has_value());
    ASSERT_TRUE(replace_file(disk, "r", KeptEvidence::file_name, to_json(example())).ok());
    ASSERT_TRUE(read_kept_evidence(disk, "r").value().has_value());
    disk.put("r/evidence.json", "{");
    EXPECT_EQ(read_kept_evidence(disk, "r").error().message,
              "r/evidence.json: it is no JSON; the phase's evidence begins anew");
    disk.put("r/evidence.json", std::string(std::size_t{2} << 20, ' '));
    EXPECT_NE(read_kept_evidence(disk, "r").error().message.find("accepted: up to"),
              std::string::npos);
}

TEST(RolloutFiles, AFileIsTheOldOrTheNewOneAfterAnyDeath) {
    for (std::uint64_t step = 0; step < 8; ++step) {
        MemoryDisk disk;
        ASSERT_TRUE(replace_file(disk, "r", "f", "old").ok());
        disk.kill_at(step);
        const bool done = replace_file(disk, "r", "f", "new").ok();
        disk.power_cut(step);
        const std::string text = disk.content("r/f").value_or("nothing");
        EXPECT_TRUE(text == "new" || (!done && text == "old")) << step << ": " << text;
        ASSERT_TRUE(replace_file(disk, "r", "f", "newest").ok()) << "what was left is no obstacle";
        EXPECT_EQ(disk.content("r/f"), "newest");
        EXPECT_EQ(disk.paths().size(), 1U);
    }
}

TEST(PhaseRecord, IsWhatCameSinceThePhaseBegan) {
    PhaseRecord record;
    PathEvidence total = good_evidence(10, 1us, 2us);
    record.begin(start);
    record.look(total, 0);
    EXPECT_EQ(record.evidence(total).paths.records, 10U);
    record.begin(start + 1h);
    EXPECT_EQ(record.evidence(total).paths.records, 0U);
    EXPECT_EQ(record.evidence(total).times.multi_channel.count(), 0U);
    total += good_evidence(5, 1us, 8us);
    record.look(total, 0);
    EXPECT_EQ(record.evidence(total).times.multi_channel.mean(), Nanos(8us));
    EXPECT_EQ(record.kept().evidence.paths.records, 5U);
}

TEST(PhaseRecord, AccountingThatDidNotCloseOnceIsNotForgotten) {
    PhaseRecord record;
    record.begin(start);
    PathEvidence total = good_evidence(10);
    total.accounting_closes = false;
    record.look(total, 0);
    total.accounting_closes = true;
    record.look(total, 0);
    EXPECT_FALSE(record.evidence(total).accounting_closes);
    record.begin(start + 1h);
    EXPECT_TRUE(record.evidence(total).accounting_closes);
}

TEST(PhaseRecord, GoesOnInTheNextProcess) {
    PhaseRecord first;
    first.begin(start);
    PathEvidence total = good_evidence(10, 1us, 2us);
    total.accounting_closes = false;
    first.look(total, 3);
    PhaseRecord second;
    second.resume(parse_kept_evidence(to_json(first.kept())).value());
    const PathEvidence more = good_evidence(7);
    second.look(more, 0);
    EXPECT_EQ(second.since(), start);
    EXPECT_EQ(second.evidence(more).paths.records, 17U);
    EXPECT_EQ(second.evidence(more).times.linear.count(), 17U);
    EXPECT_FALSE(second.evidence(more).accounting_closes) << "it once did not";
    EXPECT_EQ(second.error_alerts(), 3U);
}

TEST(PhaseRecord, CountsAlertsThatRiseOrAreThere) {
    PhaseRecord record;
    record.begin(start);
    record.look({}, 1);
    record.look({}, 1);
    EXPECT_EQ(record.error_alerts(), 1U);
    record.look({}, 0);
    record.look({}, 2);
    EXPECT_EQ(record.error_alerts(), 3U);
    record.begin(start + 1h);
    EXPECT_EQ(record.error_alerts(), 2U) << "two are active still";
}

}  // namespace
}  // namespace tickstock
