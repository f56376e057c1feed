#pragma once

#include <cstdint>

#include "model/event.hpp"

namespace tickstock {

// Class and score of an event (SPEC 10). Pure functions of the event itself; they order what a
// conflating or lagging client gets first and what storage writes first, never the stream.

inline constexpr std::uint8_t class_count = 4;
inline constexpr std::uint8_t shed_level_limit = 4;

/// 1 control, 2 high and low, 3 surge, trend and valuation, 4 the rest.
std::uint8_t class_of(EventType type);

/// As class_of(); a symbol in a priority universe gains one class. Class 1 is then what is
/// critical: control events, and highs and lows of priority universes.
std::uint8_t class_of(EventType type, bool in_priority_universe);

/// Whether `level` sheds an event. 1: class 4. 2: class 3, too. 3: class 2, too. 4: surges, too,
/// which no lower level sheds whatever their class. Class 1 is never shed.
bool is_shed(std::uint8_t level, std::uint8_t event_class, EventType type);

/// How much an event weighs among those of its class, 0 to 1: the type's own score over what that
/// can reach. See docs/universes.md.
double score_of(const Detection& detection);

}  // namespace tickstock
