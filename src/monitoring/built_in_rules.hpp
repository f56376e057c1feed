#pragma once

#include <vector>

#include "config/config.hpp"
#include "monitoring/monitor_rule.hpp"

namespace tickstock {

/// The rules of SPEC 13, and those for which status pages have always had a line. Each type has its
/// page in docs/runbooks.
std::vector<MonitorRule> built_in_rules(const MonitoringSettings& settings);

}  // namespace tickstock
