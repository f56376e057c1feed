#include "priority/priority_manager.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "priority/test_support.hpp"

namespace tickstock {
namespace {

class Priority : public ::testing::Test {
protected:
    SymbolId id(std::string_view text) { return *symbols_.intern(text); }

    /// "high2" = a high of class 2 goes on, "-" = it goes no further.
    std::string assigned(PriorityManager& manager, EventType type, std::string_view symbol,
                         std::uint64_t sequence) {
        std::vector<Event> events{event_of(type, id(symbol), sequence)};
        manager.assign(events);
        return events.empty() ? "-"
                              : std::string(to_string(type)) + std::to_string(events[0].priority);
    }

    SymbolTable symbols_;
    PriorityManager keep_{symbols_, {}};
    PriorityManager drop_{symbols_, {100, true}};
};

TEST_F(Priority, GivesClassAndScoreAndNeverChangesTheOrder) {
    std::vector<Event> events{event_of(EventType::Rule, id("A"), 1, 0.25),
                              event_of(EventType::Control, symbol_none, 2),
                              event_of(EventType::Low, id("B"), 3, 40)};
    for (std::size_t i = 0; i < events.size(); ++i) {
        events[i].id = i;
    }
    keep_.assign(events);
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[0].priority, 4);
    EXPECT_EQ(events[1].priority, 1);
    EXPECT_EQ(events[2].priority, 2);
    EXPECT_EQ(events[0].priority_score, 0.25);
    EXPECT_EQ(events[1].priority_score, 1);
    EXPECT_EQ(events[2].priority_score, 0.4);
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ(events[i].id, i);
    }
    std::vector<Event> none;
    keep_.assign(none);
    EXPECT_EQ(keep_.counts().in, 3U);
    EXPECT_EQ(keep_.counts().out, 3U);
    EXPECT_TRUE(keep_.counts().closes());
    EXPECT_EQ(keep_.class_counts().out, (std::array<std::uint64_t, 4>{1, 1, 0, 1}));
}

TEST_F(Priority, SymbolsOfPriorityUniversesGainAClass) {
    keep_.apply(universe("core", symbol_texts({"AAPL", "IBM"})), Sequence{1});
    keep_.apply(universe("mine", symbol_texts({"IBM", "MSFT"}), true), Sequence{2});
    EXPECT_EQ(assigned(keep_, EventType::High, "AAPL", 5), "high2") << "core has no priority";
    EXPECT_EQ(assigned(keep_, EventType::High, "IBM", 5), "high1");
    EXPECT_EQ(assigned(keep_, EventType::Trend, "MSFT", 5), "trend2");
    EXPECT_EQ(assigned(keep_, EventType::Rule, "MSFT", 5), "rule3");
    EXPECT_EQ(assigned(keep_, EventType::Control, "MSFT", 5), "control1");
    EXPECT_EQ(assigned(keep_, EventType::High, "TSLA", 5), "high2");
    keep_.apply(universe("mine", symbol_texts({"TSLA"}), true), Sequence{6});
    EXPECT_EQ(assigned(keep_, EventType::High, "IBM", 6), "high2");
    EXPECT_EQ(assigned(keep_, EventType::High, "TSLA", 6), "high1");
    keep_.apply(removal("mine"), Sequence{7});
    EXPECT_EQ(assigned(keep_, EventType::High, "TSLA", 7), "high2");
}

TEST_F(Priority, OutsideOfAllUniversesIsKeptOrDropped) {
    EXPECT_EQ(assigned(drop_, EventType::High, "AAPL", 1), "high2") << "there is no universe";
    for (PriorityManager* manager : {&keep_, &drop_}) {
        manager->apply(universe("core", symbol_texts({"AAPL"})), Sequence{2});
    }
    EXPECT_EQ(assigned(keep_, EventType::High, "TSLA", 2), "high2");
    EXPECT_EQ(assigned(drop_, EventType::High, "TSLA", 2), "-");
    EXPECT_EQ(assigned(drop_, EventType::High, "AAPL", 2), "high2");
    EXPECT_EQ(assigned(drop_, EventType::Control, "TSLA", 2), "control1");
    std::vector<Event> gap{event_of(EventType::Control, symbol_none, 2)};
    drop_.assign(gap);
    EXPECT_EQ(gap.size(), 1U);
    drop_.apply(removal("core"), Sequence{3});
    EXPECT_EQ(assigned(drop_, EventType::High, "TSLA", 3), "high2") << "none is left";
    EXPECT_EQ(drop_.counts().dropped_for(Reason::OutsideUniverses), 1U);
    EXPECT_EQ(drop_.class_counts().shed, (std::array<std::uint64_t, 4>{}));
    EXPECT_TRUE(drop_.counts().closes());
}

TEST_F(Priority, ShedEventsAreCountedByClass) {
    keep_.apply(universe("mine", symbol_texts({"P"}), true), Sequence{1});
    keep_.apply(ShedChange{3}, Sequence{2});
    EXPECT_EQ(keep_.shed_level(), 3);
    EXPECT_EQ(assigned(keep_, EventType::Rule, "A", 2), "-");
    EXPECT_EQ(assigned(keep_, EventType::Trend, "A", 2), "-");
    EXPECT_EQ(assigned(keep_, EventType::High, "A", 2), "-");
    EXPECT_EQ(assigned(keep_, EventType::Surge, "A", 2), "surge3");
    EXPECT_EQ(assigned(keep_, EventType::Trend, "P", 2), "-");
    EXPECT_EQ(assigned(keep_, EventType::High, "P", 2), "high1");
    EXPECT_EQ(assigned(keep_, EventType::Control, "A", 2), "control1");
    EXPECT_EQ(keep_.counts().dropped_for(Reason::Shed), 4U);
    EXPECT_EQ(keep_.class_counts().shed, (std::array<std::uint64_t, 4>{0, 2, 1, 1}));
    EXPECT_EQ(keep_.class_counts().out, (std::array<std::uint64_t, 4>{2, 0, 1, 0}));
    EXPECT_TRUE(keep_.counts().closes());
}

TEST_F(Priority, WhatHeldAtTheKeysSequenceApplies) {
    for (PriorityManager* manager : {&keep_, &drop_}) {
        manager->apply(ShedChange{1}, Sequence{10});
        manager->apply(universe("mine", symbol_texts({"P"}), true), Sequence{20});
        manager->apply(ShedChange{0}, Sequence{30});
    }
    EXPECT_EQ(assigned(keep_, EventType::Rule, "A", 9), "rule4");
    EXPECT_EQ(assigned(keep_, EventType::Rule, "A", 10), "-");
    EXPECT_EQ(assigned(keep_, EventType::Rule, "P", 19), "-");
    EXPECT_EQ(assigned(keep_, EventType::Rule, "P", 20), "rule3");
    EXPECT_EQ(assigned(keep_, EventType::Rule, "A", 29), "-");
    EXPECT_EQ(assigned(keep_, EventType::Rule, "A", 30), "rule4");
    EXPECT_EQ(assigned(keep_, EventType::Rule, "A", sequence_end.value()), "rule4");
    EXPECT_EQ(assigned(drop_, EventType::High, "A", 19), "high2");
    EXPECT_EQ(assigned(drop_, EventType::High, "A", 20), "-");
}

TEST_F(Priority, ControlStateAndTotalsSurviveBytes) {
    drop_.apply(universe("mine", symbol_texts({"P"}), true), Sequence{5});
    drop_.apply(ShedChange{1}, Sequence{8});
    assigned(drop_, EventType::Rule, "P", 6);
    assigned(drop_, EventType::Rule, "A", 9);
    StateWriter control;
    drop_.save_control(control);
    StateWriter totals;
    drop_.save_totals(totals);

    PriorityManager again(symbols_, {100, true});
    StateReader control_in(control.text());
    again.load_control(control_in);
    EXPECT_TRUE(control_in.ok() && control_in.at_end());
    EXPECT_EQ(assigned(again, EventType::Rule, "P", 7), "rule3");
    EXPECT_EQ(assigned(again, EventType::Rule, "A", 7), "-");
    EXPECT_EQ(assigned(again, EventType::High, "A", 4), "high2");
    EXPECT_EQ(again.shed_level(), 1);
    EXPECT_NE(again.universes().find("mine"), nullptr);
    for (int times = 1; times <= 2; ++times) {
        StateReader totals_in(totals.text());
        again.add_totals(totals_in);
        EXPECT_TRUE(totals_in.ok() && totals_in.at_end());
        EXPECT_EQ(again.counts().in, 3U + 2U * static_cast<unsigned>(times));
        EXPECT_TRUE(again.counts().closes());
    }

    const StageCounts before = again.counts();
    for (std::size_t size = 0; size < control.size(); size += 5) {
        StateReader cut(std::string_view(control.text()).substr(0, size));
        again.load_control(cut);
        EXPECT_FALSE(cut.ok());
        EXPECT_EQ(again.shed_level(), 1);
    }
    StateReader cut(std::string_view(totals.text()).substr(0, 20));
    again.add_totals(cut);
    EXPECT_EQ(again.counts().in, before.in);
}

}  // namespace
}  // namespace tickstock
