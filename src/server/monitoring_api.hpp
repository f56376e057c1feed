#pragma once

#include "engine/status.hpp"
#include "monitoring/alert_board.hpp"
#include "server/http.hpp"
#include "server/server.hpp"
#include "server/session.hpp"
#include "server/target.hpp"

namespace tickstock {

/// GET /api/v1/dashboard: S3's five keys (SPEC 13). `status` null: the engine does not run yet.
HttpResponse dashboard_page(const EngineStatus* status, const ServerInfo& info,
                            const ClientCounts& clients, UnixNanos now);

/// GET /api/v1/alerts: active ones, and the resolved ones of the last hours. `alerts` null: none
/// are looked for.
HttpResponse alerts_page(const Target& target, const AlertBoard* alerts);

}  // namespace tickstock
