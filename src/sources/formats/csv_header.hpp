#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sources/formats/csv_row.hpp"

namespace tickstock {

/// The column names of a comma separated file: trimmed, lower case.
class CsvHeader {
public:
    /// Fails when the line is no CSV or names a column twice.
    static Result<CsvHeader> parse(std::string_view line);

    /// Index of the column `name`, or column_absent.
    std::size_t find(std::string_view name) const;
    bool has(std::string_view name) const { return find(name) != column_absent; }

    /// The first of `names` that is no column; empty when all are.
    std::string_view first_missing(std::initializer_list<std::string_view> names) const;

    std::size_t size() const { return names_.size(); }
    const std::vector<std::string>& names() const { return names_; }

private:
    std::vector<std::string> names_;
};

}  // namespace tickstock
