#pragma once

#include "history/history_writer.hpp"
#include "metrics/prometheus.hpp"
#include "server/engine_json.hpp"

namespace tickstock {

/// One value: the member `storage` of /api/v1/status. Null writer: storage is off.
void write_storage(JsonWriter& json, const HistoryWriter* writer);

/// The families of metrics/feed_names.hpp about storage; none while it is off.
void write_storage_metrics(MetricsWriter& out, const HistoryWriter* writer);

}  // namespace tickstock
