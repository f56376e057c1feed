#include "validate/report.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "validate/raw_json.hpp"

namespace tickstock::validate {
namespace {

GateOutcome outcome_of(GateGroup group, const char* name, Verdict verdict,
                       std::optional<double> figure = {}, std::string detail = "how") {
    return {find_gate(group, name), verdict, figure, std::move(detail), 1.5};
}

Report report_of(std::vector<GateOutcome> outcomes) {
    Report report;
    report.version = "1.2.3";
    report.command = "tickstock validate";
    report.began = from_unix_second(1'709'650'800);
    report.seconds = 42;
    report.machine = {"A | CPU", 2, std::uint64_t{4} << 30, "Linux 6", 0.5, 1.25};
    report.outcomes = std::move(outcomes);
    return report;
}

TEST(Report, PassesOnlyWhenEveryRequiredGatePasses) {
    const auto good = outcome_of(GateGroup::Load, "events", Verdict::Pass, 1'500);
    const auto skipped = outcome_of(GateGroup::Memory, "standby", Verdict::Skip);
    EXPECT_TRUE(passed(report_of({good, skipped})));
    EXPECT_FALSE(passed(report_of({good, outcome_of(GateGroup::Load, "router", Verdict::Fail)})));
    EXPECT_FALSE(
        passed(report_of({good, outcome_of(GateGroup::Functional, "known_tape", Verdict::Fail)})));
    EXPECT_FALSE(passed(report_of({})));
    Report interrupted = report_of({good});
    interrupted.interrupted = true;
    EXPECT_FALSE(passed(interrupted));
}

TEST(Report, FiguresOnlyFreesWhatIsTimedAndNothingElse) {
    Report report = report_of({outcome_of(GateGroup::Latency, "tick_p99", Verdict::Fail, 60)});
    EXPECT_FALSE(passed(report));
    report.figures_only = true;
    EXPECT_TRUE(passed(report));
    EXPECT_FALSE(decides(report, report.outcomes[0]));
    EXPECT_NE(to_markdown(report).find("FAIL (reported only)"), std::string::npos);
    EXPECT_NE(to_markdown(report).find("0 passed, 0 failed, 0 skipped, 1 below a target"),
              std::string::npos);
    // A number of symbols, of bytes, of records without error is no matter of speed.
    for (const auto& [group, name] :
         {std::pair(GateGroup::Load, "bar_symbols"), std::pair(GateGroup::Memory, "peak"),
          std::pair(GateGroup::Integrity, "success"), std::pair(GateGroup::Recovery, "kill")}) {
        Report other = report_of({outcome_of(group, name, Verdict::Fail)});
        other.figures_only = true;
        EXPECT_FALSE(passed(other)) << name;
    }
}

TEST(Report, MarkdownTellsFigureTargetAndSource) {
    const std::string text = to_markdown(
        report_of({outcome_of(GateGroup::Latency, "tick_p99", Verdict::Pass, 0.5, "a | b\nc"),
                   outcome_of(GateGroup::Integrity, "shards", Verdict::Fail, {}, "differ")}));
    EXPECT_NE(text.find("# TickStock 1.2.3 on this machine: FAIL"), std::string::npos) << text;
    EXPECT_NE(text.find("1 passed, 1 failed, 0 skipped"), std::string::npos) << text;
    EXPECT_NE(text.find("- began 2024-03-05 15:00:00 UTC, took 42 s"), std::string::npos) << text;
    EXPECT_NE(text.find("2 × A | CPU, 4.0 GiB"), std::string::npos) << text;
    EXPECT_NE(text.find("0.50 before, 1.25 after"), std::string::npos) << text;
    EXPECT_NE(text.find("| PASS | `tick_p99` "), std::string::npos) << text;
    EXPECT_NE(text.find("| 0.500 ms | < 50 ms | S0:664, S3:15 | a \\| b c |"), std::string::npos)
        << text;
    EXPECT_NE(text.find("| FAIL | `shards` "), std::string::npos) << text;
}

TEST(Report, ABusyMachineIsTold) {
    Report report = report_of({});
    EXPECT_EQ(to_markdown(report).find("busy"), std::string::npos);
    report.machine.load_before = 2.5;
    EXPECT_NE(to_markdown(report).find("the machine was busy"), std::string::npos);
}

TEST(Report, JsonHasAllOfIt) {
    const std::string text = to_json(
        report_of({outcome_of(GateGroup::Latency, "tick_p99", Verdict::Pass, 0.5, "say \"hi\"")}));
    EXPECT_EQ(raw_value(text, "passed"), "true");
    EXPECT_EQ(raw_value(raw_value(text, "machine"), "cores"), "2");
    const auto gates = raw_elements(raw_value(text, "gates"));
    ASSERT_EQ(gates.size(), 1u);
    EXPECT_EQ(raw_text(raw_value(gates[0], "verdict")), "PASS");
    EXPECT_EQ(raw_text(raw_value(gates[0], "group")), "latency");
    EXPECT_EQ(raw_value(gates[0], "figure"), "0.5");
    EXPECT_EQ(raw_value(gates[0], "target"), "50");
    EXPECT_EQ(raw_text(raw_value(gates[0], "source")), "S0:664, S3:15");
    EXPECT_EQ(raw_text(raw_value(gates[0], "detail")), "say \\\"hi\\\"");
}

TEST(Report, IsWrittenTwiceUnderNamesThatBelongTogether) {
    std::string pattern = ::testing::TempDir() + "/validate-report-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    const Report report = report_of({outcome_of(GateGroup::Load, "events", Verdict::Pass, 1'500)});
    for (const auto& [given, markdown, json] :
         {std::tuple("a.md", "a.md", "a.json"), std::tuple("b.json", "b.md", "b.json"),
          std::tuple("c", "c", "c.json")}) {
        const auto written = write_report(report, pattern + "/" + given);
        ASSERT_TRUE(written.ok()) << written.error().message;
        EXPECT_EQ(written->first, pattern + "/" + markdown);
        EXPECT_EQ(written->second, pattern + "/" + json);
        std::ifstream file(written->second);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        EXPECT_EQ(text, to_json(report));
    }
    EXPECT_FALSE(write_report(report, pattern + "/no/such/folder.md").ok());
    std::filesystem::remove_all(pattern);
}

}  // namespace
}  // namespace tickstock::validate
