#include "rules/source_context_manager.hpp"

#include <algorithm>

namespace tickstock {

SourceContextCounts& SourceContextCounts::operator+=(const SourceContextCounts& other) {
    records += other.records;
    rejected += other.rejected;
    events += other.events;
    last_seen = std::max(last_seen, other.last_seen);
    return *this;
}

void SourceContextManager::on_events(std::span<const Event> events) {
    for (const Event& event : events) {
        ++counts_of(event.detection.context.source, event.detection.source).events;
    }
}

}  // namespace tickstock
