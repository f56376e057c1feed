#include "priority/priority_manager.hpp"

#include <cstddef>
#include <utility>

#include "base/assert.hpp"

namespace tickstock {

void PriorityManager::apply(const ShedChange& change, Sequence sequence) {
    TS_ASSERT(change.level <= shed_level_limit);
    shed_level_.change_at(sequence) = change.level;
}

void PriorityManager::assign(std::vector<Event>& events) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (!admit(events[i])) {
            continue;
        }
        if (kept != i) {
            events[kept] = std::move(events[i]);
        }
        ++kept;
    }
    counts_.in += events.size();
    counts_.out += kept;
    events.resize(kept);
}

bool PriorityManager::admit(Event& event) {
    const Detection& detection = event.detection;
    const Sequence sequence = detection.key.sequence;
    const Membership member = universes_.at(detection.symbol, sequence);
    const bool outside = member.any_universe && !member.inside;
    if (drop_outside_ && outside && detection.type != EventType::Control) {
        counts_.drop(Reason::OutsideUniverses);
        return false;
    }
    event.priority = class_of(detection.type, member.priority);
    event.priority_score = score_of(detection);
    const auto place = static_cast<std::size_t>(event.priority - 1);
    if (is_shed(shed_level_.at(sequence), event.priority, detection.type)) {
        counts_.drop(Reason::Shed);
        ++class_counts_.shed[place];
        return false;
    }
    ++class_counts_.out[place];
    return true;
}

void PriorityManager::add_totals(StateReader& in) {
    StageCounts counts;
    ClassCounts classes;
    in(counts, classes);
    if (!in.ok()) {
        return;
    }
    counts_ += counts;
    for (std::size_t i = 0; i < class_count; ++i) {
        class_counts_.out[i] += classes.out[i];
        class_counts_.shed[i] += classes.shed[i];
    }
}

void PriorityManager::load_control(StateReader& in) {
    Timeline<std::uint8_t> level;
    UniverseTimeline universes = universes_;
    in(universes, level);
    if (in.ok()) {
        universes_ = std::move(universes);
        shed_level_ = std::move(level);
    }
}

}  // namespace tickstock
