#pragma once

#include <string>
#include <vector>

#include "engine/status.hpp"

namespace tickstock {

/// What keeps the system from being ready; empty = ready. `status` may be null (no engine yet).
std::vector<std::string> missing_for_ready(const EngineStatus* status, bool is_stopping);

}  // namespace tickstock
