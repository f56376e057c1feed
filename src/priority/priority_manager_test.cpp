#include "priority/priority_manager.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tickstock {
namespace {

TEST(PriorityManager, GivesTheClassesOfTheSpecification) {
    EXPECT_EQ(PriorityManager::class_of(EventType::Control), 1);
    EXPECT_EQ(PriorityManager::class_of(EventType::High), 2);
    EXPECT_EQ(PriorityManager::class_of(EventType::Low), 2);
    EXPECT_EQ(PriorityManager::class_of(EventType::Surge), 3);
    EXPECT_EQ(PriorityManager::class_of(EventType::Trend), 3);
    EXPECT_EQ(PriorityManager::class_of(EventType::Valuation), 3);
    EXPECT_EQ(PriorityManager::class_of(EventType::Rule), 4);
}

TEST(PriorityManager, ChangesTheClassAndNeverTheOrder) {
    std::vector<Event> events(3);
    events[0].detection.type = EventType::Rule;
    events[1].detection.type = EventType::Control;
    events[2].detection.type = EventType::Low;
    for (std::size_t i = 0; i < events.size(); ++i) {
        events[i].id = i;
    }
    PriorityManager manager;
    manager.assign(events);
    EXPECT_EQ(events[0].priority, 4);
    EXPECT_EQ(events[1].priority, 1);
    EXPECT_EQ(events[2].priority, 2);
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ(events[i].id, i);
    }
    manager.assign({});
    EXPECT_EQ(manager.counts().in, 3U);
    EXPECT_TRUE(manager.counts().closes());
}

}  // namespace
}  // namespace tickstock
