#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/history_tables.hpp"

namespace tickstock {

/// How `tickstock events` prints rows.
enum class RowFormat : std::uint8_t { Table, Ndjson, Csv, Body };

/// Where to look at lines of a table: the terminal's width in columns, 0 = no terminal.
std::size_t terminal_width();

/// Prints rows of one kind to standard output: for people as a table whose columns are as wide as
/// its first rows need, cut at the terminal's width; for programs with every column.
class RowPrinter {
public:
    RowPrinter(RowFormat format, std::size_t width) : format_(format), width_(width) {}

    /// False: the reader has gone (EPIPE) or the output failed; nothing more needs to come.
    bool print(const StoredEvent& event);
    bool print(const StoredSession& session);
    bool print(const MarketWindow& window);
    bool print(const EventCount& count);
    bool print(const MetricValue& metric);
    bool print(const StoredGap& gap);
    /// Prints what is left. False as above.
    bool finish();

    std::size_t rows() const { return rows_; }

private:
    struct Column {
        std::string_view name;
        bool is_number = false;
    };
    using Cells = std::vector<std::string>;

    template <class Row>
    bool print_row(const Row& row);
    bool print_table_row(std::vector<Column> columns, Cells cells);
    bool print_table_line(const Cells& cells);
    bool flush_table();
    bool write(std::string_view text);

    // The columns and cells of each kind, for people and for programs.
    std::vector<Column> columns(const StoredEvent&) const;
    Cells cells(const StoredEvent&) const;
    std::vector<Column> columns(const StoredSession&) const;
    Cells cells(const StoredSession&) const;
    std::vector<Column> columns(const MarketWindow&) const;
    Cells cells(const MarketWindow&) const;
    std::vector<Column> columns(const EventCount&) const;
    Cells cells(const EventCount&) const;
    std::vector<Column> columns(const MetricValue&) const;
    Cells cells(const MetricValue&) const;
    std::vector<Column> columns(const StoredGap&) const;
    Cells cells(const StoredGap&) const;
    bool is_csv() const { return format_ == RowFormat::Csv; }

    const RowFormat format_;
    const std::size_t width_;
    std::size_t rows_ = 0;
    std::string line_;
    std::vector<Column> table_;        // empty until the first row
    std::vector<std::size_t> widths_;  // empty until they are settled
    std::vector<Cells> waiting_;       // the rows that settle them
};

}  // namespace tickstock
