#include "sources/formats/csv_row.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <optional>
#include <string>
#include <vector>

#include "sources/formats/csv_header.hpp"
#include "sources/formats/line_decoder.hpp"

namespace tickstock {
namespace {

using Fields = std::vector<std::string>;

std::optional<Fields> split(const std::string& line) {
    const std::string padded = line + std::string(line_padding, ',');
    CsvRow row;
    if (!split_csv(std::string_view(padded).substr(0, line.size()), row)) {
        return std::nullopt;
    }
    return Fields(row.fields.begin(), row.fields.begin() + static_cast<std::ptrdiff_t>(row.count));
}

/// A byte at a time, obviously right.
std::optional<Fields> split_slowly(const std::string& line) {
    Fields fields(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == ',' && !quoted) {
            fields.emplace_back();
            continue;
        }
        quoted = quoted != (c == '"');
        fields.back() += c;
    }
    if (quoted || fields.size() > CsvRow::columns_max) {
        return std::nullopt;
    }
    for (std::string& field : fields) {
        if (!field.empty() && field.front() == '"') {
            if (field.size() < 2 || field.back() != '"') {
                return std::nullopt;
            }
            field = field.substr(1, field.size() - 2);
        }
    }
    return fields;
}

TEST(CsvRow, SplitsAtCommasOutsideOfQuotes) {
    EXPECT_EQ(split("SPY,\"12,41\",0"), (Fields{"SPY", "12,41", "0"}));
    EXPECT_EQ(split(",,"), (Fields{"", "", ""}));
    EXPECT_EQ(split("\"\""), Fields{""});
    EXPECT_EQ(split("one"), Fields{"one"});
    EXPECT_EQ(split("\"open"), std::nullopt);
    EXPECT_EQ(split("\"a\"b,c"), std::nullopt);
}

TEST(CsvRow, TooManyColumnsAreRefused) {
    EXPECT_TRUE(split(std::string(CsvRow::columns_max - 1, ',')).has_value());
    EXPECT_EQ(split(std::string(CsvRow::columns_max, ',')), std::nullopt);
}

TEST(CsvRow, EqualsTheByteByByteSplitter) {
    rc::check([] {
        const auto line = *rc::gen::container<std::string>(
            rc::gen::element(',', ',', '"', 'a', '7', ' ', '-', '\xac', '\x22', '\0'));
        RC_ASSERT(split(line) == split_slowly(line));
    });
}

TEST(CsvHeader, NamesAreTrimmedAndLowerCase) {
    const auto header = CsvHeader::parse(" Ticker ,PRICE,\"size\"");
    ASSERT_TRUE(header.ok());
    EXPECT_EQ(header->find("ticker"), 0U);
    EXPECT_EQ(header->find("price"), 1U);
    EXPECT_EQ(header->find("size"), 2U);
    EXPECT_EQ(header->find("volume"), column_absent);
    EXPECT_EQ(header->first_missing({"price", "volume"}), "volume");
}

TEST(CsvHeader, ARepeatedNameIsAnError) {
    const auto header = CsvHeader::parse("price,size,Price");
    ASSERT_FALSE(header.ok());
    EXPECT_NE(header.error().message.find("'price'"), std::string::npos);
}

}  // namespace
}  // namespace tickstock
