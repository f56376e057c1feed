#pragma once

#include <cstddef>
#include <optional>

#include "cli/events_output.hpp"
#include "history/history_request.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

/// Asks for what `request` says, page by page in bounded memory, and prints at most `wanted` rows
/// (the request's own limit is not looked at). An error, or nothing when all is printed or the
/// reader of the output has gone.
std::optional<SqlError> print_history(SqlConnection& database, const HistoryRequest& request,
                                      std::size_t wanted, RowPrinter& printer);

}  // namespace tickstock
