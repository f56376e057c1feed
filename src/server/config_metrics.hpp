#pragma once

#include "metrics/prometheus.hpp"
#include "server/config_desk.hpp"

namespace tickstock {

/// The families of metrics/config_names.hpp; none where there is no desk (null).
void write_config_metrics(MetricsWriter& out, const ConfigDesk* desk);

}  // namespace tickstock
