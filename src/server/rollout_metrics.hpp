#pragma once

#include "metrics/prometheus.hpp"
#include "rollout/rollout_status.hpp"

namespace tickstock {

/// The families of metrics/rollout_names.hpp. Null = no integrator: that it is not enabled, alone.
void write_rollout_metrics(MetricsWriter& out, const RolloutStatus* status);

}  // namespace tickstock
