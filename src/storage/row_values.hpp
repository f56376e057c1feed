#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/sql_connection.hpp"

namespace tickstock {

// What a column holds, for readers of rows; a value of another kind than asked for counts as none.

inline bool is_null(const SqlValue& value) {
    return std::holds_alternative<std::monostate>(value);
}

inline std::optional<std::int64_t> number_or_null(const SqlValue& value) {
    const auto* number = std::get_if<std::int64_t>(&value);
    return number == nullptr ? std::nullopt : std::optional(*number);
}

/// 0 for none.
inline std::int64_t number_of(const SqlValue& value) {
    return number_or_null(value).value_or(0);
}

inline std::optional<double> real_or_null(const SqlValue& value) {
    if (const auto* real = std::get_if<double>(&value)) {
        return *real;
    }
    const auto number = number_or_null(value);  // 2.0 may come back as 2
    return number ? std::optional(static_cast<double>(*number)) : std::nullopt;
}

/// Empty for none. Takes the text out of the row.
inline std::string take_text(SqlValue& value) {
    auto* text = std::get_if<std::string>(&value);
    return text == nullptr ? std::string() : std::move(*text);
}

/// NULL for an empty text.
inline SqlValue text_or_null(const std::string& text) {
    return text.empty() ? SqlValue{} : SqlValue{text};
}

}  // namespace tickstock
