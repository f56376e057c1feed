#include "terminal/table.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr std::size_t gap = 2;         // blanks between columns
constexpr std::size_t grows_min = 18;  // room that a growing one keeps: others go first

struct Shown {
    std::size_t at;     // which column
    std::size_t width;  // what it wants
};

/// Room of the shown columns; of a growing one only what it cannot do without.
std::size_t needed(const std::vector<Shown>& shown, const std::vector<TableColumn>& columns) {
    std::size_t sum = shown.empty() ? 0 : gap * (shown.size() - 1);
    for (const Shown& one : shown) {
        sum += columns[one.at].grows ? std::min(one.width, grows_min) : one.width;
    }
    return sum;
}

std::vector<Shown> choose(const std::vector<TableColumn>& columns,
                          const std::vector<std::vector<TableCell>>& rows, std::size_t width) {
    std::vector<Shown> shown;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        std::size_t widest = text_width(columns[i].title);
        for (const auto& row : rows) {
            TS_ASSERT(row.size() == columns.size());
            widest = std::max(widest, text_width(row[i].text));
        }
        shown.push_back({i, widest});
    }
    while (needed(shown, columns) > width) {
        const auto last =
            std::max_element(shown.begin(), shown.end(), [&](const Shown& a, const Shown& b) {
                return columns[a.at].rank < columns[b.at].rank;
            });
        if (columns[last->at].rank == 0) {
            break;  // the rest is cut at the edge
        }
        shown.erase(last);
    }
    for (Shown& one : shown) {
        if (columns[one.at].grows) {
            const std::size_t others = needed(shown, columns) - std::min(one.width, grows_min);
            one.width = std::min(one.width, width > others ? width - others : 0);
        }
    }
    return shown;
}

}  // namespace

Lines table_lines(std::vector<TableColumn> columns, const std::vector<std::vector<TableCell>>& rows,
                  std::size_t width, std::optional<TableSort> sort) {
    if (sort && sort->column < columns.size()) {
        columns[sort->column].title += sort->descending ? "▼" : "▲";
    }
    const std::vector<Shown> shown = choose(columns, rows, width);
    Lines lines;
    const auto append = [&](Style between, auto cell_at) {
        StyledLine line;
        for (const Shown& one : shown) {
            if (line.width() > 0) {
                line.add(std::string(gap, ' '), between);
            }
            const TableCell cell = cell_at(one.at);
            line.add(fit(cell.text, one.width, columns[one.at].align), cell.style);
        }
        line.cut_to(width);
        lines.push_back(std::move(line));
    };
    append(Style::Head, [&](std::size_t at) { return TableCell{columns[at].title, Style::Head}; });
    for (const auto& row : rows) {
        append(Style::Plain, [&](std::size_t at) { return row[at]; });
    }
    return lines;
}

}  // namespace tickstock
