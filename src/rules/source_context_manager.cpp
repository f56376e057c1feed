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

void SourceContextManager::add_totals(StateReader& in) {
    std::vector<BySource> others;
    in(others);
    if (!in.ok()) {
        return;
    }
    by_source_.resize(std::max(by_source_.size(), others.size()));
    for (std::size_t source = 0; source < others.size(); ++source) {
        for (std::size_t kind = 0; kind < kind_count; ++kind) {
            by_source_[source][kind] += others[source][kind];
        }
    }
}

}  // namespace tickstock
