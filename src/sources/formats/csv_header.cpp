#include "sources/formats/csv_header.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sources/formats/line_decoder.hpp"

namespace tickstock {
namespace {

std::string normalized(std::string_view name) {
    const std::size_t from = name.find_first_not_of(" \t");
    if (from == std::string_view::npos) {
        return {};
    }
    std::string text(name.substr(from, name.find_last_not_of(" \t") - from + 1));
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

}  // namespace

Result<CsvHeader> CsvHeader::parse(std::string_view line) {
    // split_csv wants readable bytes behind the line.
    std::string padded(line);
    padded.append(line_padding, '\0');
    CsvRow row;
    if (!split_csv(std::string_view(padded).substr(0, line.size()), row)) {
        return Error{fmt::format("the header is no line of comma separated names (at most {})",
                                 CsvRow::columns_max)};
    }
    CsvHeader header;
    for (std::size_t i = 0; i < row.count; ++i) {
        std::string name = normalized(row.fields[i]);
        if (!name.empty() && header.has(name)) {
            return Error{fmt::format("the header names the column '{}' twice", name)};
        }
        header.names_.push_back(std::move(name));
    }
    return header;
}

std::size_t CsvHeader::find(std::string_view name) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    return found == names_.end() ? column_absent : static_cast<std::size_t>(found - names_.begin());
}

std::string_view CsvHeader::first_missing(std::initializer_list<std::string_view> names) const {
    for (const std::string_view name : names) {
        if (!has(name)) {
            return name;
        }
    }
    return {};
}

}  // namespace tickstock
