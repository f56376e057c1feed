#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

/// What this program writes and reads.
inline constexpr std::int64_t storage_schema_version = 2;

/// The version in the database; 0 = there are no tables of ours yet.
Result<std::int64_t, SqlError> stored_schema_version(SqlConnection& connection);

/// Brings the database to storage_schema_version, all in one transaction; several processes may do
/// it at once. A newer schema is Refused, and the message names database and version.
Result<SqlDone, SqlError> migrate(SqlConnection& connection);

/// For readers, which change nothing: Refused when the schema is newer, older or not there.
Result<SqlDone, SqlError> check_schema(SqlConnection& connection);

}  // namespace tickstock
