#pragma once

#include "base/json_writer.hpp"
#include "engine/status.hpp"

namespace tickstock {

// The parts of the engine around its channels, as docs/reference/protocol.md lists them. Each
// writes one JSON value.

void write_shards(JsonWriter& json, const std::vector<ShardSummary>& shards);
void write_journal(JsonWriter& json, const JournalSummary& journal);
void write_snapshot(JsonWriter& json, const SnapshotSummary& snapshot);
void write_router(JsonWriter& json, const RouterSummary& router);
void write_recovery(JsonWriter& json, const RecoverySummary& recovery);
void write_shed(JsonWriter& json, const ShedSummary& shed);
void write_decisions(JsonWriter& json, const std::vector<DecisionSummary>& decisions);
void write_threads(JsonWriter& json, const std::vector<ThreadSummary>& threads);
/// With the symbols, or only how many there are.
void write_universe(JsonWriter& json, const UniverseSummary& universe, bool with_symbols);
void write_universes(JsonWriter& json, const ControlStatus& control);

/// All of them, as members of /api/v1/status.
void write_control_members(JsonWriter& json, const ControlStatus& control);

}  // namespace tickstock
