#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "config/config.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

/// Who will use a connection to the history's database.
enum class StorageUse : std::uint8_t {
    Write,   ///< the history writer: makes an SQLite file that is not there
    Read,    ///< the server's pages: statements that write are refused, long ones end
    Inspect  ///< a person's command: the same, with more patience and without making any file
};

/// A connection, not connected yet, to the database that storage.url names: the file `storage.db`
/// in `data_directory`, or PostgreSQL. Null when storage is off. An error, ready to show: the URL
/// or the password file cannot be read.
Result<std::unique_ptr<SqlConnection>> storage_connection(const StorageSettings& settings,
                                                          const std::string& data_directory,
                                                          StorageUse use);

}  // namespace tickstock
