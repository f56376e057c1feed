#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "terminal/styled_line.hpp"

namespace tickstock {

struct TableColumn {
    std::string title;
    Align align = Align::Left;
    unsigned rank = 0;   ///< 0 stays always; in a narrow terminal the highest goes first
    bool grows = false;  ///< takes the room that is left, and gives way first
};

struct TableCell {
    std::string text;
    Style style = Style::Plain;
};

struct TableSort {
    std::size_t column = 0;
    bool descending = false;
};

/// Rows as lines of at most `width` columns, under a line with the titles. Columns are as wide as
/// what they hold. Each row has a cell a column. The title that `sort` names gets an arrow.
Lines table_lines(std::vector<TableColumn> columns, const std::vector<std::vector<TableCell>>& rows,
                  std::size_t width, std::optional<TableSort> sort = std::nullopt);

}  // namespace tickstock
