#include "priority/event_class.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "priority/test_support.hpp"

namespace tickstock {
namespace {

constexpr std::array types{EventType::Trend,  EventType::Surge, EventType::High,
                           EventType::Low,    EventType::Rule,  EventType::Valuation,
                           EventType::Control};

TEST(EventClass, TheClassesOfTheSpecification) {
    EXPECT_EQ(class_of(EventType::Control), 1);
    EXPECT_EQ(class_of(EventType::High), 2);
    EXPECT_EQ(class_of(EventType::Low), 2);
    EXPECT_EQ(class_of(EventType::Surge), 3);
    EXPECT_EQ(class_of(EventType::Trend), 3);
    EXPECT_EQ(class_of(EventType::Valuation), 3);
    EXPECT_EQ(class_of(EventType::Rule), 4);
}

TEST(EventClass, APriorityUniverseGainsOneClassAndNoneAboveTheFirst) {
    for (const EventType type : types) {
        EXPECT_EQ(class_of(type, false), class_of(type));
        EXPECT_EQ(class_of(type, true), type == EventType::Control ? 1 : class_of(type) - 1);
    }
}

/// Which of the types a level sheds, as letters: h(igh), t(rend), s(urge), r(ule), c(ontrol).
std::string shed_at(int level, bool priority) {
    std::string shed;
    for (const auto& [letter, type] :
         {std::pair{'h', EventType::High}, std::pair{'t', EventType::Trend},
          std::pair{'s', EventType::Surge}, std::pair{'r', EventType::Rule},
          std::pair{'c', EventType::Control}}) {
        if (is_shed(static_cast<std::uint8_t>(level), class_of(type, priority), type)) {
            shed += letter;
        }
    }
    return shed;
}

TEST(Shedding, EachLevelShedsWhatTheSpecificationSays) {
    EXPECT_EQ(shed_at(0, false), "");
    EXPECT_EQ(shed_at(1, false), "r");
    EXPECT_EQ(shed_at(2, false), "tr");
    EXPECT_EQ(shed_at(3, false), "htr");
    EXPECT_EQ(shed_at(4, false), "htsr");
}

TEST(Shedding, OfAPriorityUniverseLaterAndSurgesAsLate) {
    EXPECT_EQ(shed_at(0, true), "");
    EXPECT_EQ(shed_at(1, true), "");
    EXPECT_EQ(shed_at(2, true), "r");
    EXPECT_EQ(shed_at(3, true), "tr");
    EXPECT_EQ(shed_at(4, true), "tsr");
}

TEST(Score, IsTheTypesOwnOverItsMost) {
    const auto score = [](EventType type, double own) {
        return score_of(event_of(type, SymbolId{0}, 1, own).detection);
    };
    EXPECT_EQ(score(EventType::High, 40), 0.4);
    EXPECT_EQ(score(EventType::Low, 100), 1);
    EXPECT_EQ(score(EventType::Surge, 62.5), 0.625);
    EXPECT_EQ(score(EventType::Trend, 0.09), 0.09);
    EXPECT_EQ(score(EventType::Valuation, 0.3), 0.3);
    EXPECT_EQ(score(EventType::Rule, 0), 0);
    EXPECT_EQ(score(EventType::Control, 0), 1);
}

TEST(Score, OfBarsByVolumeMultipleAndOfTheirTrendsByPercent) {
    const auto score = [](EventType type, double own) {
        Detection detection = event_of(type, SymbolId{0}, 1, own).detection;
        detection.data = BarData{};
        return score_of(detection);
    };
    EXPECT_EQ(score(EventType::Surge, 3), 0.5);
    EXPECT_EQ(score(EventType::High, 1.5), 0.25);
    EXPECT_EQ(score(EventType::Low, 60), 1);
    EXPECT_EQ(score(EventType::Trend, 2.5), 0.5);
}

TEST(Score, LiesInZeroToOneWhateverRulesHaveSet) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const double own : {-5.0, 0.0, 1e-300, 0.5, 1e6, nan}) {
        for (const EventType type : types) {
            Detection detection = event_of(type, SymbolId{0}, 1, own).detection;
            EXPECT_GE(score_of(detection), 0);
            EXPECT_LE(score_of(detection), 1);
            detection.data = BarData{};
            EXPECT_GE(score_of(detection), 0);
            EXPECT_LE(score_of(detection), 1);
        }
    }
}

}  // namespace
}  // namespace tickstock
