#include "engine/rule_status.hpp"

#include <gtest/gtest.h>

namespace tickstock {
namespace {

TEST(RuleStatus, CountsOfLoopsAddUp) {
    std::vector<RuleSummary> total;
    add_rules({{"a", "event", {5, 2, 1, 0}}, {"b", "filter", {1, 0, 0, 0}}}, total);
    add_rules({{"a", "event", {3, 1, 0, 1}}, {"b", "filter", {2, 2, 0, 0}}}, total);
    ASSERT_EQ(total.size(), 2U);
    EXPECT_EQ(total[0].activity.evaluated, 8U);
    EXPECT_EQ(total[0].activity.acted, 3U);
    EXPECT_EQ(total[0].activity.failed, 1U);
    EXPECT_EQ(total[0].activity.disabled_symbols, 1U);
    EXPECT_EQ(total[1].activity.acted, 2U);
}

TEST(RuleStatus, SourcesAddUpAndStayInOrder) {
    std::vector<SourceContextSummary> total{
        {SourceKind::Ohlcv, SourceId(0), {4, 1, 0, unix_nanos(9)}}};
    add_source_contexts({{SourceKind::Tick, SourceId(0), {2, 0, 1, unix_nanos(3)}},
                         {SourceKind::Ohlcv, SourceId(0), {1, 1, 1, unix_nanos(5)}},
                         {SourceKind::Tick, SourceId(1), {7, 0, 0, unix_nanos(1)}}},
                        total);
    ASSERT_EQ(total.size(), 3U);
    EXPECT_EQ(total[0].kind, SourceKind::Tick);
    EXPECT_EQ(total[1].kind, SourceKind::Ohlcv);
    EXPECT_EQ(total[1].counts.records, 5U);
    EXPECT_EQ(total[1].counts.rejected, 2U);
    EXPECT_EQ(total[1].counts.last_seen, unix_nanos(9));
    EXPECT_EQ(total[2].source, SourceId(1));
}

TEST(RuleStatus, ADisabledRuleIsDescribed) {
    EXPECT_EQ(describe_disabled({"a", "event", {0, 0, 20, 2}}),
              "rule a is switched off for 2 symbols: it failed ten times in a row");
}

TEST(RuleStatus, ARuleThatIsDisabledAgainAfterASwitchIsToldAgain) {
    const auto rules = [](std::uint64_t disabled) {
        return std::vector<RuleSummary>{{"a", "event", {0, 0, 0, disabled}}};
    };
    DisabledRuleLog log;
    ::testing::internal::CaptureStderr();
    for (const std::uint64_t disabled : {1U, 1U, 0U, 1U}) {
        log.tell(rules(disabled));
    }
    const std::string told = ::testing::internal::GetCapturedStderr();
    const auto first = told.find("rule a is switched off");
    ASSERT_NE(first, std::string::npos);
    const auto second = told.find("rule a is switched off", first + 1);
    EXPECT_NE(second, std::string::npos);
    EXPECT_EQ(told.find("rule a is switched off", second + 1), std::string::npos);
}

}  // namespace
}  // namespace tickstock
