#pragma once

#include <functional>

#include "base/time.hpp"
#include "history/history_reader.hpp"
#include "server/http.hpp"
#include "server/target.hpp"

namespace tickstock {

/// GET /api/v1/history/events, /sessions, /analytics, /counts, /metrics, /gaps, /differences,
/// /audit, /incidents and /alerts: pages of what the database has (parse_history_request() lists
/// the parameters; ages count back from `now`). Answered on the reader's thread: 503 while there is
/// no database or none is reached, 429 when too many questions wait. `reader` null = storage is
/// off; else it outlives the answer. `post` runs a task on the I/O thread. I/O thread.
HttpAnswer history_answer(HistoryKind kind, const Target& target, UnixNanos now,
                          HistoryReader* reader, std::function<void(std::function<void()>)> post);

}  // namespace tickstock
