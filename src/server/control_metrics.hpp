#pragma once

#include "engine/status.hpp"
#include "metrics/prometheus.hpp"

namespace tickstock {

/// The families of metrics/engine_names.hpp that a status has figures for.
void write_control_metrics(MetricsWriter& out, const EngineStatus& status);

/// A sample for each reason that occurred: {label=name, reason}.
void write_dropped(MetricsWriter& out, std::string_view label, std::string_view name,
                   const StageCounts& counts);

}  // namespace tickstock
