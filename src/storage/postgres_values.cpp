#include "storage/postgres_values.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <iterator>

namespace tickstock {
namespace {

constexpr std::size_t number_bytes = 40;  // no number is longer

}  // namespace

bool PostgresArguments::set(std::span<const SqlValue> values) {
    numbers_.clear();
    numbers_.reserve(values.size() * number_bytes);  // no address changes below
    pointers_.clear();
    for (const SqlValue& value : values) {
        if (const auto* text = std::get_if<std::string>(&value)) {
            if (std::memchr(text->data(), 0, text->size()) != nullptr) {
                return false;
            }
            pointers_.push_back(text->c_str());
        } else if (std::holds_alternative<std::monostate>(value)) {
            pointers_.push_back(nullptr);
        } else {
            pointers_.push_back(numbers_.data() + numbers_.size());
            if (const auto* number = std::get_if<std::int64_t>(&value)) {
                fmt::format_to(std::back_inserter(numbers_), "{}", *number);
            } else {
                fmt::format_to(std::back_inserter(numbers_), "{}", std::get<double>(value));
            }
            numbers_.push_back('\0');
        }
    }
    return true;
}

/// Types by the numbers of PostgreSQL's catalogue, which never change.
SqlValue postgres_value(const pg_result* answer, int row, int column) {
    if (PQgetisnull(answer, row, column) != 0) {
        return std::monostate{};
    }
    const char* const text = PQgetvalue(answer, row, column);
    const auto length = static_cast<std::size_t>(PQgetlength(answer, row, column));
    switch (PQftype(answer, column)) {
        case 20:  // int8, int2, int4
        case 21:
        case 23: {
            std::int64_t number = 0;
            std::from_chars(text, text + length, number);
            return number;
        }
        case 700:  // float4, float8, numeric
        case 701:
        case 1700: return std::strtod(text, nullptr);
        default: return std::string(text, length);
    }
}

std::uint64_t postgres_changed(pg_result* answer) {
    std::uint64_t rows = 0;
    const char* const text = PQcmdTuples(answer);
    std::from_chars(text, text + std::strlen(text), rows);
    return rows;
}

}  // namespace tickstock
