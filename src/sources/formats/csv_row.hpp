#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace tickstock {

/// The fields of one line of comma separated text, as views into it; those that held a doubled
/// quote are views into `unescaped`. Not to be copied while in use.
struct CsvRow {
    static constexpr std::size_t columns_max = 64;

    std::array<std::string_view, columns_max> fields;
    std::size_t count = 0;
    std::string unescaped;

    /// The field of column `index`; empty for column_absent.
    std::string_view operator[](std::size_t index) const {
        return index < count ? fields[index] : std::string_view{};
    }
};

inline constexpr std::size_t column_absent = CsvRow::columns_max;

/// Splits `line` at the commas outside of double quotes, takes enclosing quotes off and makes one
/// of a doubled quote inside them (RFC 4180). False when a quote is not closed, text follows a
/// closing quote, or there are more than columns_max fields. Allocates for lines with doubled
/// quotes only. REQUIRES: 8 readable bytes behind the line (line_padding).
bool split_csv(std::string_view line, CsvRow& row);

}  // namespace tickstock
