#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "storage/event_rows.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

/// Half open [begin, end), in ns since 1970 UTC.
using TimeRange = std::pair<std::int64_t, std::int64_t>;

/// The windows of `width` that hold a time of the events, neighbours joined, in order; those that
/// are less than `join` apart too.
std::vector<TimeRange> touched_windows(std::span<const EventRow> events, std::int64_t width,
                                       std::int64_t join);

/// Ids of the surges of these times that are stored already: such a fact is told again and does
/// not count twice.
Result<std::set<std::string>, SqlError> stored_surges(SqlConnection& connection,
                                                      std::span<const EventRow> events);

/// Brings session_stats up to date with the events, which are the next ones of the stream. For
/// EventStore, within its transaction. `known_surges`: stored before these events.
Result<SqlDone, SqlError> store_sessions(SqlConnection& connection,
                                         std::span<const EventRow> events, std::int64_t epoch,
                                         const std::set<std::string>& known_surges);

}  // namespace tickstock
