#pragma once

#include "base/json_writer.hpp"
#include "rollout/rollout_status.hpp"

namespace tickstock {

// Parts of /api/v1/rollout, as docs/reference/protocol.md lists them. Each writes one JSON value.

void write_feature_flags(JsonWriter& json, const FeatureFlags& flags);
/// Counts and, from them, the metrics of S0 and S4.
void write_rollout_metrics_json(JsonWriter& json, const PathEvidence& evidence, bool enabled);
/// The counts alone.
void write_path_counts(JsonWriter& json, const PathCounts& counts);
void write_comparison(JsonWriter& json, const ComparisonCounts& counts);
/// Of the pairs of times; µs.
void write_path_times(JsonWriter& json, const PathTimes& times);
/// With phase, symbols, metrics and report: the whole page of an integrator that is installed.
void write_rollout(JsonWriter& json, const RolloutStatus& status, UnixNanos wall);

/// The events as they would be published, but for id and priority, which come later.
void write_difference(JsonWriter& json, const PathDifference& difference);
void write_incident(JsonWriter& json, const RolloutIncident& incident);
void write_audit(JsonWriter& json, const RolloutAudit& audit);

}  // namespace tickstock
