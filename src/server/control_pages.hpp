#pragma once

#include "engine/status.hpp"
#include "server/control_routes.hpp"
#include "server/http.hpp"
#include "server/target.hpp"

namespace tickstock {

/// GET of the engine's state: channels, universes, router, journal, decisions. `status` may be null
/// (503). REQUIRES: the route allows GET.
HttpResponse control_page(const ControlRoute& route, const Target& target,
                          const EngineStatus* status);

}  // namespace tickstock
