#pragma once

#include "engine/status.hpp"
#include "monitoring/reading.hpp"

namespace tickstock {

/// What one status says by itself: states and levels, and counts since the start
/// (intake.unknown_conditions). Channels first. A reading of a state that is good is there, too.
Readings state_readings(const EngineStatus& status);

}  // namespace tickstock
