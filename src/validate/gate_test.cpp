#include "validate/gate.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

namespace tickstock::validate {
namespace {

GateSpec spec_with(Comparison comparison, double target) {
    return {GateGroup::Load, "one", "a sentence", comparison, target, "ms", "S0:1", true, true};
}

TEST(Gate, AFigureMeetsItsTargetOnTheRightSideOnly) {
    EXPECT_TRUE(meets(spec_with(Comparison::Below, 50), 49.999));
    EXPECT_FALSE(meets(spec_with(Comparison::Below, 50), 50));
    EXPECT_FALSE(meets(spec_with(Comparison::Below, 50), 51));
    EXPECT_TRUE(meets(spec_with(Comparison::Above, 4'000), 4'000.1));
    EXPECT_FALSE(meets(spec_with(Comparison::Above, 4'000), 4'000));
    EXPECT_TRUE(meets(spec_with(Comparison::AtLeast, 1'000), 1'000));
    EXPECT_FALSE(meets(spec_with(Comparison::AtLeast, 1'000), 999.9));
}

TEST(Gate, WhatIsNoNumberMeetsNothing) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const Comparison comparison :
         {Comparison::Below, Comparison::Above, Comparison::AtLeast}) {
        EXPECT_FALSE(meets(spec_with(comparison, 1), nan));
    }
}

TEST(Gate, TextsAreForPeople) {
    EXPECT_EQ(target_text(spec_with(Comparison::Below, 50)), "< 50 ms");
    EXPECT_EQ(target_text(spec_with(Comparison::AtLeast, 10'000'000)), "≥ 10,000,000 ms");
    EXPECT_EQ(target_text(spec_with(Comparison::Holds, 0)), "holds");
    EXPECT_EQ(figure_text(spec_with(Comparison::Below, 50), 1234567.0), "1,234,567 ms");
    EXPECT_EQ(figure_text(spec_with(Comparison::Below, 50), 0.25), "0.250 ms");
    EXPECT_EQ(figure_text(spec_with(Comparison::Below, 50), 0.00042), "0.000420 ms");
    EXPECT_EQ(figure_text(spec_with(Comparison::Below, 50), std::nullopt), "");
}

TEST(Gate, EveryGroupHasGatesAndEveryGateASource) {
    std::set<GateGroup> groups;
    std::set<std::pair<GateGroup, std::string>> names;
    for (const GateSpec& gate : all_gates()) {
        groups.insert(gate.group);
        EXPECT_TRUE(names.emplace(gate.group, gate.name).second) << gate.name << " twice";
        EXPECT_FALSE(gate.sentence.empty()) << gate.name;
        EXPECT_FALSE(gate.source.empty()) << gate.name;
        EXPECT_EQ(gate.unit.empty(), gate.comparison == Comparison::Holds) << gate.name;
        EXPECT_EQ(find_gate(gate.group, gate.name), &gate);
        EXPECT_EQ(parse_group(to_string(gate.group)), gate.group);
    }
    EXPECT_EQ(groups.size(), group_count);
    EXPECT_EQ(parse_group("speed"), std::nullopt);
}

/// The seeds' own targets, each under a gate.
TEST(Gate, TheSeedsTargetsAreThere) {
    const auto target = [](GateGroup group, const char* name) {
        const GateSpec* gate = find_gate(group, name);
        return gate == nullptr ? "none" : target_text(*gate);
    };
    EXPECT_EQ(target(GateGroup::Latency, "tick_mean"), "< 10 ms");
    EXPECT_EQ(target(GateGroup::Latency, "tick_p99"), "< 50 ms");
    EXPECT_EQ(target(GateGroup::Latency, "router"), "< 5 ms");
    EXPECT_EQ(target(GateGroup::Latency, "integration"), "< 2 ms");
    EXPECT_EQ(target(GateGroup::Load, "integration_cpu"), "< 5 %");
    EXPECT_EQ(target(GateGroup::Memory, "integration"), "< 10 %");
    EXPECT_EQ(target(GateGroup::Latency, "end_to_end"), "< 100 ms");
    EXPECT_EQ(target(GateGroup::Load, "router"), "> 4,000 decisions/s");
    EXPECT_EQ(target(GateGroup::Load, "symbols"), "> 1,000 symbols/s");
    EXPECT_EQ(target(GateGroup::Load, "events"), "≥ 1,000 events/s");
    EXPECT_EQ(target(GateGroup::Load, "bar_symbols"), "≥ 8,000 symbols");
    EXPECT_EQ(target(GateGroup::Memory, "peak"), "< 2,000 MB");
    EXPECT_EQ(target(GateGroup::Integrity, "success"), "> 95 %");
}

}  // namespace
}  // namespace tickstock::validate
