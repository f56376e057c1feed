#include "storage/sqlite_prepared.hpp"

#include <sqlite3.h>

#include <cstdlib>
#include <string>

#include "base/assert.hpp"

namespace tickstock {
namespace {

int bind_one(sqlite3_stmt* statement, int at, const SqlValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return sqlite3_bind_int64(statement, at, *number);
    }
    if (const auto* decimal = std::get_if<double>(&value)) {
        return sqlite3_bind_double(statement, at, *decimal);
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        return sqlite3_bind_text64(statement, at, text->data(), text->size(), SQLITE_STATIC,
                                   SQLITE_UTF8);
    }
    return sqlite3_bind_null(statement, at);
}

SqlValue value_of(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_NULL: return std::monostate{};
        case SQLITE_INTEGER: return sqlite3_column_int64(statement, column);
        case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
        default: break;
    }
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
    const auto length = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    return bytes == nullptr ? std::string() : std::string(bytes, length);
}

}  // namespace

void SqlitePrepared::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

int SqlitePrepared::prepare(sqlite3* database, SqlText sql) {
    sqlite3_stmt* made = nullptr;
    const int code =
        sqlite3_prepare_v3(database, sql.text, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    if (code != SQLITE_OK) {
        return code;
    }
    statement_.reset(made);
    for (int i = 1; i <= sqlite3_bind_parameter_count(made); ++i) {
        const char* const name = sqlite3_bind_parameter_name(made, i);
        TS_ASSERT(name != nullptr && name[0] == '$');
        const auto number = std::strtoul(name + 1, nullptr, 10);
        TS_ASSERT(number >= 1);
        values_.push_back(number - 1);
    }
    return SQLITE_OK;
}

int SqlitePrepared::bind(std::span<const SqlValue> values) const {
    for (std::size_t i = 0; i < values_.size(); ++i) {
        TS_ASSERT(values_[i] < values.size());
        const int code = bind_one(statement_.get(), static_cast<int>(i) + 1, values[values_[i]]);
        if (code != SQLITE_OK) {
            return code;
        }
    }
    return SQLITE_OK;
}

SqlRow SqlitePrepared::row() const {
    SqlRow row;
    const int columns = sqlite3_column_count(statement_.get());
    row.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) {
        row.push_back(value_of(statement_.get(), column));
    }
    return row;
}

}  // namespace tickstock
