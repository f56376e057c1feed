#pragma once

#include "engine/status.hpp"
#include "server/http.hpp"
#include "server/target.hpp"

namespace tickstock {

/// GET /api/v1/quarantine: the newest trades that the sanity guard held back, oldest first, with
/// the reason in words. Parameters: `symbol`, `limit` 1–1,000 (default 100). `status` may be null:
/// then nothing is known yet. I/O thread.
HttpResponse quarantine_page(const Target& target, const EngineStatus* status);

}  // namespace tickstock
