#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace tickstock {

/// The fields of one line of comma separated text, as views into it.
struct CsvRow {
    static constexpr std::size_t columns_max = 64;

    std::array<std::string_view, columns_max> fields;
    std::size_t count = 0;

    /// The field of column `index`; empty for column_absent.
    std::string_view operator[](std::size_t index) const {
        return index < count ? fields[index] : std::string_view{};
    }
};

inline constexpr std::size_t column_absent = CsvRow::columns_max;

/// Splits `line` at the commas outside of double quotes and takes enclosing quotes off. A doubled
/// quote inside a quoted field stays doubled: no field of our formats has one. False when a quote
/// is not closed, text follows a closing quote, or there are more than columns_max fields.
/// REQUIRES: 8 readable bytes behind the line (line_padding).
bool split_csv(std::string_view line, CsvRow& row);

}  // namespace tickstock
