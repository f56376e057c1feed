#include "intake/condition_table.hpp"

#include <charconv>
#include <fstream>
#include <map>
#include <vector>

namespace tickstock {
namespace {

struct BuiltInRow {
    std::uint8_t code;
    const char* updates;  ///< high/low, last, volume: Y or n; "---" = no sale condition, neutral
    const char* name;
};

constexpr BuiltInRow built_in[] = {
    {0, "YYY", "Regular Sale"},
    {1, "YYY", "Acquisition"},
    {2, "nnY", "Average Price Trade"},
    {3, "YYY", "Automatic Execution"},
    {4, "YYY", "Bunched Trade"},
    {5, "YnY", "Bunched Sold Trade"},
    {6, "YYY", "CAP Election"},
    {7, "nnY", "Cash Sale"},
    {8, "YYY", "Closing Prints"},
    {9, "YYY", "Cross Trade"},
    {10, "YnY", "Derivatively Priced"},
    {11, "YYY", "Distribution"},
    {12, "nnY", "Form T / Extended Hours"},
    {13, "nnY", "Extended Hours (Sold Out Of Sequence)"},
    {14, "YYY", "Intermarket Sweep"},
    {15, "nnn", "Market Center Official Close"},
    {16, "nnn", "Market Center Official Open"},
    {17, "YnY", "Market Center Opening Trade"},
    {18, "YYY", "Market Center Reopening Trade"},
    {19, "YYY", "Market Center Closing Trade"},
    {20, "nnY", "Next Day"},
    {21, "nnY", "Price Variation Trade"},
    {22, "YnY", "Prior Reference Price"},
    {23, "YYY", "Rule 155 Trade"},
    {24, "YYY", "Rule 127"},
    {25, "YYY", "Opening Prints"},
    {27, "YYY", "Stopped Stock"},
    {28, "YYY", "Re-Opening Prints"},
    {29, "nnY", "Seller"},
    {30, "YYY", "Sold Last"},
    {31, "YYY", "Sold Last and Stopped Stock"},
    {32, "YnY", "Sold (Out Of Sequence)"},
    {33, "YnY", "Sold (Out Of Sequence) and Stopped Stock"},
    {34, "YYY", "Split Trade"},
    {35, "YYY", "Stock Option"},
    {36, "YYY", "Yellow Flag Regular Trade"},
    {37, "nnY", "Odd Lot Trade"},
    {38, "YYn", "Corrected Consolidated Close"},
    {41, "---", "Trade Thru Exempt"},
    {52, "nnY", "Contingent Trade"},
    {53, "nnY", "Qualified Contingent Trade"},
    {55, "YYY", "Opening Reopening Trade Detail"},
    {57, "---", "Short Sale Restriction Activated"},
    {58, "---", "Short Sale Restriction Continued"},
    {59, "---", "Short Sale Restriction Deactivated"},
    {60, "---", "Short Sale Restriction In Effect"},
    {62, "---", "Bankrupt"},
    {63, "---", "Deficient"},
    {64, "---", "Delinquent"},
    {65, "---", "Bankrupt and Deficient"},
    {66, "---", "Bankrupt and Delinquent"},
    {67, "---", "Deficient and Delinquent"},
    {68, "---", "Deficient, Delinquent and Bankrupt"},
    {69, "---", "Liquidation"},
    {70, "---", "Creations Suspended"},
    {71, "---", "Redemptions Suspended"},
};

Eligibility eligibility_of(bool high_low, bool last, bool volume) {
    return Eligibility(static_cast<std::uint8_t>((high_low ? Eligibility::high_low_bit : 0) |
                                                 (last ? Eligibility::last_bit : 0) |
                                                 (volume ? Eligibility::volume_bit : 0)));
}

/// Splits one CSV line; fields may be quoted, a doubled quote inside stands for one.
std::vector<std::string> split_csv(const std::string& line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '"') {
            const bool doubled = quoted && i + 1 < line.size() && line[i + 1] == '"';
            if (doubled) {
                fields.back().push_back('"');
                ++i;
            } else {
                quoted = !quoted;
            }
        } else if (c == ',' && !quoted) {
            fields.emplace_back();
        } else if (c != '\r') {
            fields.back().push_back(c);
        }
    }
    return fields;
}

std::string place(const std::string& path, std::size_t line) {
    return path + ":" + std::to_string(line) + ": ";
}

}  // namespace

ConditionTable::ConditionTable() {
    for (const BuiltInRow& row : built_in) {
        const auto allows = [&](int flag) { return row.updates[flag] != 'n'; };
        rows_[row.code] = {eligibility_of(allows(0), allows(1), allows(2)), true};
    }
}

Result<ConditionTable> ConditionTable::from_file(const std::string& path) {
    std::ifstream file(path);
    if (!file) {
        return Error{path + ": cannot be read: expected a CSV table of sale conditions"};
    }
    constexpr const char* names[] = {"id", "updates_high_low", "updates_open_close",
                                     "updates_volume"};
    std::string line;
    std::getline(file, line);
    std::map<std::string, std::size_t> columns;
    const std::vector<std::string> header = split_csv(line);
    for (std::size_t i = 0; i < header.size(); ++i) {
        columns[header[i]] = i;
    }
    for (const char* name : names) {
        if (!columns.contains(name)) {
            return Error{place(path, 1) + "column " + name +
                         " is missing: accepted is a header naming id, updates_high_low, "
                         "updates_open_close, updates_volume"};
        }
    }
    ConditionTable table;
    table.rows_ = {};
    for (std::size_t number = 2; std::getline(file, line); ++number) {
        if (line.empty()) {
            continue;
        }
        const std::vector<std::string> fields = split_csv(line);
        const auto field = [&](const char* name) {
            const std::size_t column = columns[name];
            return column < fields.size() ? fields[column] : std::string();
        };
        const std::string id = field("id");
        unsigned code = 0;
        const auto parsed = std::from_chars(id.data(), id.data() + id.size(), code);
        if (parsed.ec != std::errc{} || parsed.ptr != id.data() + id.size() || code > 254) {
            return Error{place(path, number) + "id = " + id + ": accepted is 0…254"};
        }
        bool allows[3] = {};
        for (int flag = 0; flag < 3; ++flag) {
            const std::string value = field(names[flag + 1]);
            if (value != "0" && value != "1" && !value.empty()) {
                return Error{place(path, number) + names[flag + 1] + " = " + value +
                             ": accepted is 1, 0 or nothing"};
            }
            allows[flag] = value != "0";
        }
        table.rows_[code] = {eligibility_of(allows[0], allows[1], allows[2]), true};
    }
    return table;
}

}  // namespace tickstock
