#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "storage/event_query.hpp"
#include "storage/history_tables.hpp"
#include "storage/operations_rows.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

// Queries over what storage keeps of the rollout and of alerts. A page's `after` belongs to the
// same query; empty filters ask for all.

/// Which part of a table's time, and how much of it at once.
struct OperationsRange {
    UnixNanos from;
    UnixNanos to = time_never;
    HistoryOrder order = HistoryOrder::Newest;
    std::size_t limit = 100;
    std::string after;  ///< where the page before ended
};

/// By the clock of what caused the difference.
struct DifferenceQuery {
    OperationsRange range;
    std::string symbol;
    std::string kind;
    std::string type;
};
Result<HistoryPage<DifferenceRow>, SqlError> query_differences(SqlConnection& database,
                                                               const DifferenceQuery& query);

/// By wall time.
struct AuditQuery {
    OperationsRange range;
    std::string kind;
    std::string changed_by;
};
Result<HistoryPage<AuditRow>, SqlError> query_audit(SqlConnection& database,
                                                    const AuditQuery& query);

/// By wall time.
struct IncidentQuery {
    OperationsRange range;
    std::string cause;
    std::optional<bool> stands;  ///< only those that hold, or only resolved ones
};
Result<HistoryPage<IncidentRow>, SqlError> query_incidents(SqlConnection& database,
                                                           const IncidentQuery& query);

/// By the wall time of the raise.
struct AlertQuery {
    OperationsRange range;
    std::string type;
    std::string channel;
    std::string severity;
    std::optional<bool> stands;  ///< only those that stand, or only resolved ones
};
struct StoredAlert {
    AlertRow alert;
    bool cut_off = false;  ///< the server ended before it did: `resolved` is when it was last seen
};
Result<HistoryPage<StoredAlert>, SqlError> query_alerts(SqlConnection& database,
                                                        const AlertQuery& query);

}  // namespace tickstock
