#pragma once

#include <string_view>

#include "engine/status.hpp"
#include "server/http.hpp"
#include "server/target.hpp"

namespace tickstock {

/// GET /api/v1/rollout and, below it, report, differences, incidents and audit. Without an
/// integrator every one of them says so and how to install it. `status` may be null (503); `wall`:
/// now. REQUIRES: target.path is one of these.
HttpResponse rollout_page(const Target& target, const EngineStatus* status, UnixNanos wall);

}  // namespace tickstock
