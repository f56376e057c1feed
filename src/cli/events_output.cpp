#include "cli/events_output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/commands.hpp"
#include "history/history_json.hpp"

namespace tickstock {
namespace {

constexpr std::size_t rows_that_settle = 200;

/// Columns that UTF-8 text takes; what is printed here has no wide characters.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) >> 6) != 2;
    }));
}

/// At most `width` columns of the text.
std::string_view cut(std::string_view text, std::size_t width) {
    std::size_t at = 0;
    while (at < text.size()) {
        if ((static_cast<unsigned char>(text[at]) >> 6) != 2 && width-- == 0) {
            break;
        }
        ++at;
    }
    return text.substr(0, at);
}

/// Text of a database may hold anything; a terminal obeys control characters.
void make_harmless(std::string& text) {
    std::replace_if(
        text.begin(), text.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
}

void append_csv(std::string& line, std::string_view cell) {
    if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
        line += cell;
        return;
    }
    line += '"';
    for (const char c : cell) {
        line += c;
        if (c == '"') {
            line += '"';
        }
    }
    line += '"';
}

void append_line(std::string& line, const StoredEvent& event, RowFormat format) {
    if (format == RowFormat::Body) {
        line += event.body;
    } else {
        append_json(line, event);
    }
}
template <class Row>
void append_line(std::string& line, const Row& row, RowFormat) {
    append_json(line, row);
}

}  // namespace

std::size_t terminal_width() {
    winsize size{};
    if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
        return 0;
    }
    return size.ws_col;
}

bool RowPrinter::write(std::string_view text) {
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
}

template <class Row>
bool RowPrinter::print_row(const Row& row) {
    ++rows_;
    if (format_ == RowFormat::Table) {
        return print_table_row(columns(row), cells(row));
    }
    line_.clear();
    if (format_ == RowFormat::Csv) {
        if (rows_ == 1) {
            for (const Column& column : columns(row)) {
                line_ += (line_.empty() ? "" : ",") + std::string(column.name);
            }
            line_ += '\n';
        }
        bool is_first = true;
        for (const std::string& cell : cells(row)) {
            line_ += is_first ? "" : ",";
            is_first = false;
            append_csv(line_, cell);
        }
    } else {
        append_line(line_, row, format_);
    }
    line_ += '\n';
    return write(line_);
}

bool RowPrinter::print(const StoredEvent& event) {
    return print_row(event);
}
bool RowPrinter::print(const StoredSession& session) {
    return print_row(session);
}
bool RowPrinter::print(const MarketWindow& window) {
    return print_row(window);
}
bool RowPrinter::print(const EventCount& count) {
    return print_row(count);
}
bool RowPrinter::print(const MetricValue& metric) {
    return print_row(metric);
}
bool RowPrinter::print(const StoredGap& gap) {
    return print_row(gap);
}

bool RowPrinter::print_table_row(std::vector<Column> columns, Cells cells) {
    std::for_each(cells.begin(), cells.end(), make_harmless);
    table_ = std::move(columns);
    if (!widths_.empty()) {
        return print_table_line(cells);
    }
    waiting_.push_back(std::move(cells));
    return waiting_.size() < rows_that_settle || flush_table();
}

bool RowPrinter::flush_table() {
    if (waiting_.empty()) {
        return true;
    }
    Cells head;
    for (const Column& column : table_) {
        head.emplace_back(column.name);
        widths_.push_back(width_of(column.name));
    }
    for (const Cells& cells : waiting_) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            widths_[i] = std::max(widths_[i], width_of(cells[i]));
        }
    }
    bool is_good = print_table_line(head);
    for (const Cells& cells : waiting_) {
        is_good = is_good && print_table_line(cells);
    }
    waiting_.clear();
    return is_good;
}

bool RowPrinter::print_table_line(const Cells& cells) {
    line_.clear();
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::size_t own = width_of(cells[i]);
        const std::string blanks(widths_[i] > own ? widths_[i] - own : 0, ' ');
        line_ += i == 0 ? "" : "  ";
        line_ += table_[i].is_number ? blanks + cells[i] : cells[i] + blanks;
    }
    while (line_.ends_with(' ')) {
        line_.pop_back();
    }
    return write(width_ > 0 ? cut(line_, width_) : std::string_view(line_)) && write("\n");
}

bool RowPrinter::finish() {
    const bool is_good = flush_table();
    return std::fflush(stdout) == 0 && is_good;
}

}  // namespace tickstock
