#pragma once

#include "engine/status.hpp"
#include "metrics/prometheus.hpp"
#include "server/engine_json.hpp"
#include "sources/feed/feed.hpp"

namespace tickstock {

/// One value: the member `feed` of a source in /api/v1/status.
void write_feed(JsonWriter& json, const FeedStatus& feed);

/// The families of metrics/feed_names.hpp about feeds.
void write_feed_metrics(MetricsWriter& out, const EngineStatus& status);

}  // namespace tickstock
