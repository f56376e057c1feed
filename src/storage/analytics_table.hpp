#pragma once

#include <span>

#include "base/result.hpp"
#include "storage/event_rows.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

/// Derives market_analytics and event_counts of every window that the events touch from the events
/// table, in which they stand already. Facts count once, whatever was revised of them; the column
/// "events" and event_counts count rows. For EventStore, within its transaction.
Result<SqlDone, SqlError> store_windows(SqlConnection& connection,
                                        std::span<const EventRow> events);

/// Trades and activity level of windows, whether events touched them or not.
Result<SqlDone, SqlError> store_trades(SqlConnection& connection,
                                       std::span<const WindowTrades> windows);

}  // namespace tickstock
