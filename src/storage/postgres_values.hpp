#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "storage/sql_connection.hpp"

struct pg_result;  // libpq's PGresult

namespace tickstock {

/// A row of values as libpq takes them, as text. For PostgresConnection.
class PostgresArguments {
public:
    /// The texts must outlive the use of data(). False: one holds a NUL, which PostgreSQL cannot
    /// keep.
    bool set(std::span<const SqlValue> values);
    int count() const { return static_cast<int>(pointers_.size()); }
    const char* const* data() const { return pointers_.data(); }

private:
    std::string numbers_;  // written out, each with a NUL behind
    std::vector<const char*> pointers_;
};

SqlValue postgres_value(const pg_result* answer, int row, int column);

/// Rows that the statement changed.
std::uint64_t postgres_changed(pg_result* answer);

}  // namespace tickstock
