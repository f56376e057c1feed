#pragma once

#include "base/json_writer.hpp"
#include "engine/status.hpp"

namespace tickstock {

/// What /api/v1/status and the channel pages show of a channel; docs/reference/protocol.md lists
/// the members. Adds them to the object at hand.
void write_channel_members(JsonWriter& json, const ChannelSummary& channel);

/// The keys of S0's ChannelMetrics, as one object.
void write_channel_metrics(JsonWriter& json, const ChannelSummary& channel);

/// Last errors, slowest records, dead letters, breaker history: the lists of …/debug, as members.
void write_channel_debug_members(JsonWriter& json, const ChannelSummary& channel);

/// Changes of circuits, oldest first, as an array.
void write_circuit_history(JsonWriter& json, const std::vector<CircuitEntry>& history);

/// `{count, mean, p50, p95, p99, max}` in seconds; the durations are null while there are none.
void write_times(JsonWriter& json, const Histogram& times);

}  // namespace tickstock
