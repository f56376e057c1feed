#include "priority/priority_manager.hpp"

#include "base/assert.hpp"

namespace tickstock {

std::uint8_t PriorityManager::class_of(EventType type) {
    switch (type) {
        case EventType::Control: return 1;
        case EventType::High:
        case EventType::Low: return 2;
        case EventType::Surge:
        case EventType::Trend:
        case EventType::Valuation: return 3;
        case EventType::Rule: return 4;
    }
    TS_ASSERT(false);
}

void PriorityManager::assign(std::span<Event> events) {
    for (Event& event : events) {
        event.priority = class_of(event.detection.type);
    }
    counts_.in += events.size();
    counts_.out += events.size();
}

}  // namespace tickstock
