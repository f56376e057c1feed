#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/time.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

struct SqliteConnectionOptions {
    Nanos busy_timeout = std::chrono::seconds(2);  ///< for another process's lock
    bool create = true;      ///< false: a file that is not there is Unreachable, and none is made
    bool read_only = false;  ///< statements that write are Refused
    /// A statement that runs longer ends as Busy; 0 = none does.
    Nanos statement_timeout{0};
    /// connect() reads a file of up to so many bytes through and says Damaged when it is; 0 = no.
    std::uint64_t check_up_to = 0;
    bool small = false;  ///< at most 256 KiB: for tests of a full disk
};

/// A connection to an SQLite file, hardened as SqliteDatabase is, without syncing each commit: a
/// power cut may take the last ones, and the stream's position goes back with the rows, so that
/// they are stored again. The file is made with mode 0600. connect() also notices that the file was
/// replaced by another one.
std::unique_ptr<SqlConnection> open_sqlite_connection(std::string path,
                                                      SqliteConnectionOptions options = {});

}  // namespace tickstock
