#pragma once

#include "base/json_writer.hpp"
#include "engine/status.hpp"

namespace tickstock {

/// What a person should look at now, as the member `alerts` of /api/v1/status; each stands as long
/// as the state that it comes from.
void write_alerts(JsonWriter& json, const EngineStatus& status);

}  // namespace tickstock
