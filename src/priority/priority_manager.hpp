#pragma once

#include <span>

#include "model/accounting.hpp"
#include "model/event.hpp"

namespace tickstock {

/// Gives each event its class (SPEC 10): 1 control and critical, 2 high and low, 3 surge, trend and
/// valuation, 4 the rest. The class orders what a conflating or lagging client gets first; it never
/// orders the stream. Pure; one thread.
class PriorityManager {
public:
    void assign(std::span<Event> events);

    static std::uint8_t class_of(EventType type);

    const StageCounts& counts() const { return counts_; }

private:
    StageCounts counts_;
};

}  // namespace tickstock
