#include "sources/formats/csv_row.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

namespace tickstock {
namespace {

constexpr std::uint64_t repeat(char c) {
    return 0x0101010101010101U * static_cast<unsigned char>(c);
}

/// 0x80 in every byte of `word` that equals `c`; exact for all bytes.
constexpr std::uint64_t bytes_equal(std::uint64_t word, char c) {
    constexpr std::uint64_t low7 = 0x7F7F7F7F7F7F7F7FU;
    const std::uint64_t x = word ^ repeat(c);
    return ~(((x & low7) + low7) | x | low7);
}

/// `field` with one quote for each two; false when one stands alone. `out` has room: the views of
/// earlier fields stay good.
bool unescape(std::string_view& field, std::string& out) {
    const std::size_t begin = out.size();
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (field[i] == '"' && (++i == field.size() || field[i] != '"')) {
            return false;
        }
        out += field[i];
    }
    field = std::string_view(out).substr(begin);
    return true;
}

/// The field as it is meant: without its enclosing quotes. False when they do not enclose it.
/// `quotes` is how many it has, `line_length` bounds what all fields of the line need.
bool unquote(std::string_view& field, std::size_t quotes, CsvRow& row, std::size_t line_length) {
    if (field.empty() || field.front() != '"') {
        return true;
    }
    if (field.size() < 2 || field.back() != '"') {
        return false;
    }
    field = field.substr(1, field.size() - 2);
    if (quotes == 2) {
        return true;
    }
    row.unescaped.reserve(line_length);
    return unescape(field, row.unescaped);
}

}  // namespace

bool split_csv(std::string_view line, CsvRow& row) {
    static_assert(std::endian::native == std::endian::little, "the lowest byte comes first");
    row.count = 0;
    row.unescaped.clear();
    std::size_t begin = 0;
    std::size_t quotes = 0;  // of the field
    const auto end_field = [&](std::size_t end) {
        if (row.count == CsvRow::columns_max) {
            return false;
        }
        std::string_view& field = row.fields[row.count++];
        field = line.substr(begin, end - begin);
        begin = end + 1;
        return unquote(field, std::exchange(quotes, 0), row, line.size());
    };
    for (std::size_t base = 0; base < line.size(); base += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, line.data() + base, sizeof word);
        std::uint64_t marks = bytes_equal(word, ',') | bytes_equal(word, '"');
        for (; marks != 0; marks &= marks - 1) {
            const std::size_t at = base + static_cast<std::size_t>(std::countr_zero(marks)) / 8;
            if (at >= line.size()) {
                break;
            }
            if (line[at] == '"') {
                ++quotes;
            } else if (quotes % 2 == 0 && !end_field(at)) {
                return false;
            }
        }
    }
    return quotes % 2 == 0 && end_field(line.size());
}

}  // namespace tickstock
