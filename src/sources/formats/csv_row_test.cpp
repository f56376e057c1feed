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
            const std::string inside = field.substr(1, field.size() - 2);
            field.clear();
            for (std::size_t i = 0; i < inside.size(); ++i) {
                if (inside[i] == '"' && inside.substr(i, 2) != "\"\"") {
                    return std::nullopt;
                }
                i += inside[i] == '"' ? 1U : 0U;
                field += inside[i];
            }
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

TEST(CsvRow, ADoubledQuoteInsideOfQuotesIsOne) {
    EXPECT_EQ(split(R"("say ""yes""",1,"a "" b, c")"),
              (Fields{R"(say "yes")", "1", R"(a " b, c)"}));
    EXPECT_EQ(split(R"("""")"), Fields{"\""});
    EXPECT_EQ(split(R"("""""",x)"), (Fields{"\"\"", "x"}));
    EXPECT_EQ(split(R"(""",x)"), std::nullopt) << "not closed";
    EXPECT_EQ(split(R"("a"b"c",x)"), std::nullopt) << "one stands alone";
    EXPECT_EQ(split(R"("a""b"c"")"), std::nullopt);
}

TEST(CsvRow, ManyUnescapedFieldsStayGood) {
    std::string line;
    Fields wanted;
    for (int i = 0; i < 30; ++i) {
        line += (i == 0 ? "\"" : ",\"") + std::string(40, 'x') + "\"\"" + std::to_string(i) + "\"";
        wanted.push_back(std::string(40, 'x') + "\"" + std::to_string(i));
    }
    EXPECT_EQ(split(line), wanted);
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
