#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "engine/runtime.hpp"
#include "engine/status.hpp"
#include "history/history_reader.hpp"
#include "history/history_writer.hpp"
#include "monitoring/alert_board.hpp"
#include "publishing/stored_stream.hpp"

namespace tickstock {

/// The history of a running server: its writer, and the reader behind /api/v1/history. Both null
/// when storage is off.
struct HistoryService {
    std::unique_ptr<HistoryWriter> writer;
    std::unique_ptr<HistoryReader> reader;
};

/// Nothing is connected yet. `status` and `alerts` are asked on the writer's thread; either may
/// give null. Errors name the setting.
Result<HistoryService> open_history(const Config& config, const StoredStream& stored,
                                    const Clock& clock,
                                    std::function<std::shared_ptr<const EngineStatus>()> status,
                                    std::function<std::shared_ptr<const AlertReport>()> alerts);

/// The alerts of the last monitoring.history_hours, newest first, as an earlier process left them;
/// empty, with a word in the log, when the database cannot be asked. Before the writer starts.
std::vector<Alert> restore_alerts(const Config& config, const Clock& clock);

/// What a start without a journal takes from the history; empty, with a word in the log, when the
/// database cannot be asked, or no source is live (a recorded day begins anew).
std::vector<RestoredSession> restore_sessions(const Config& config, const Clock& clock);

}  // namespace tickstock
