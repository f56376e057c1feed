#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/calendar.hpp"
#include "model/decision.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

/// A trading session as the history knows it; `session.symbol` is not set.
struct KnownSession {
    std::string symbol;
    SessionRestore session;
};

/// The sessions that a start without a journal may go on with: those that are still open at `now`,
/// or, without it (the setting source.clock = event), the newest of each symbol on the newest date.
/// Symbols without a high or low so far are left out: nothing is known of their extremes. The open
/// is that which the newest high or low tells by its percent_change, to 1e-4 USD. Connects;
/// REQUIRES: nothing else uses the connection.
Result<std::vector<KnownSession>, SqlError> load_known_sessions(SqlConnection& connection,
                                                                const TradingCalendar& calendar,
                                                                std::optional<UnixNanos> now);

}  // namespace tickstock
