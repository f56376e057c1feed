#pragma once

#include <string>
#include <vector>

#include "engine/status.hpp"
#include "engine/watchdog.hpp"

namespace tickstock {

/// What keeps the system from being ready; empty = ready. `status` may be null (no engine yet).
std::vector<std::string> missing_for_ready(const EngineStatus* status, bool is_stopping);

/// A sentence for each thread that hangs now, the disk's left out; none without a watchdog (null).
std::vector<std::string> stalled_threads(const Watchdog* watchdog);

}  // namespace tickstock
