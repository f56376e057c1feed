// Event rules that go off and on.

#include <gtest/gtest.h>

#include "base/state_archive.hpp"
#include "detectors/user_rule.hpp"

namespace tickstock {
namespace {

PipelineSettings two_rules() {
    PipelineSettings settings;
    for (const char* name : {"low", "high"}) {
        UserRule rule;
        rule.name = name;
        rule.when = std::string(name) == "low" ? "price < 90" : "price > 100";
        rule.cooldown = Nanos(0);
        settings.rules.user.push_back(rule);
    }
    return settings;
}

class UserRuleSwitch : public ::testing::Test {
protected:
    /// Events so far.
    std::size_t sample(std::int64_t second, std::int64_t cents) {
        Sample sample;
        sample.symbol = SymbolId(3);
        sample.t = from_unix_second(1'709'650'800 + second);
        sample.price = Price::from_cents(cents);
        sample.session = TradingSession::Regular;
        detector_.on_sample(sample, stats_, {sample.t, Sequence{7}, 0}, sink_);
        return sink_.detections().size();
    }

    UserRuleDetector detector_{two_rules()};
    SessionStats stats_;
    DetectionSink sink_;
};

TEST_F(UserRuleSwitch, OffItIsAbsentAndOnItBeginsAsIfNothingWereTrue) {
    EXPECT_EQ(sample(1, 10'100), 1U);
    EXPECT_FALSE(detector_.switch_rule("other", false));
    ASSERT_TRUE(detector_.switch_rule("high", false));
    EXPECT_EQ(sample(2, 9'500), 1U);
    EXPECT_EQ(sample(3, 10'100), 1U) << "off";
    EXPECT_EQ(sample(4, 8'000), 2U) << "the other one is on";
    EXPECT_EQ(sample(5, 10'100), 2U);
    ASSERT_TRUE(detector_.switch_rule("high", true));
    EXPECT_EQ(sample(6, 10'100), 3U);
    EXPECT_EQ(std::get<RuleData>(sink_.detections()[2].data).count, 2U) << "goes on counting";
    ASSERT_TRUE(detector_.switch_rule("high", true));
    EXPECT_EQ(sample(7, 10'100), 3U) << "it was on: still true";
}

TEST_F(UserRuleSwitch, OffOutlivesARestart) {
    detector_.switch_rule("high", false);
    StateWriter out;
    detector_.save_totals(out);
    UserRuleDetector loaded(two_rules());
    StateReader in(out.text());
    loaded.add_totals(in);
    ASSERT_TRUE(in.ok() && in.at_end());
    StateWriter again;
    loaded.save_totals(again);
    EXPECT_EQ(again.text(), out.text());
}

}  // namespace
}  // namespace tickstock
