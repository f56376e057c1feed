#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

struct PostgresConnectionOptions {
    Nanos connect_timeout = std::chrono::seconds(5);
    /// Without a sign of life from the server for so long the connection counts as lost.
    Nanos answer_timeout = std::chrono::seconds(12);
    Nanos statement_timeout = std::chrono::seconds(10);  ///< the server ends a statement: Busy
    Nanos lock_timeout = std::chrono::seconds(5);        ///< the same, waiting for a lock
    bool read_only = false;                              ///< statements that write are Refused
};

/// A connection to the PostgreSQL database of `url`, "postgresql://[user[:password]@]host[:port]/
/// database[?name=value…]" as libpq reads it. `password` stands above the URL's; empty = the URL's,
/// or the environment's PGPASSWORD. An error: the URL cannot be read. No password is ever part of
/// a message.
Result<std::unique_ptr<SqlConnection>> open_postgres_connection(
    const std::string& url, const std::string& password, PostgresConnectionOptions options = {});

}  // namespace tickstock
