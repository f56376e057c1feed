#pragma once

#include <memory>
#include <vector>

#include "base/json_writer.hpp"
#include "engine/status.hpp"
#include "monitoring/monitor_rule.hpp"
#include "server/server.hpp"

namespace tickstock {

/// What a person should look at now, as the member `alerts` of /api/v1/status: the built-in ones of
/// `rules` held against this status alone, without `for`, cooldown and history, which are those of
/// /api/v1/alerts. Types are in lower case.
void write_alerts(JsonWriter& json, const EngineStatus& status,
                  const std::vector<MonitorRule>& rules);

/// Those in effect: of the monitor, else by the settings. Never null.
std::shared_ptr<const std::vector<MonitorRule>> alert_rules_of(const ServerInfo& info);

}  // namespace tickstock
