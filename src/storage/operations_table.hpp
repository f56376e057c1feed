#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "storage/operations_rows.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

/// Writes comparison_differences, flag_audit, incidents and alerts; a row of the same key is
/// replaced. For EventStore, within its transaction.
Result<SqlDone, SqlError> store_operations(SqlConnection& connection, const OperationsRows& rows);

/// Removes at most `most` of the oldest rows from each of the four, a transaction a table:
/// differences before `market`, the others before `wall`. Incidents and alerts that stand remain.
Result<SqlDone, SqlError> remove_operations_before(SqlConnection& connection, std::int64_t market,
                                                   std::int64_t wall, std::int64_t most);

}  // namespace tickstock
