#include "intake/condition_table.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>
#include <vector>

namespace tickstock {
namespace {

std::string flags(const ConditionTable& table, std::initializer_list<std::uint8_t> codes,
                  TradingSession session = TradingSession::Regular) {
    const std::vector<std::uint8_t> list(codes);
    const Eligibility eligibility = table.judge(list, session).eligibility;
    return std::string(eligibility.high_low() ? "Y" : "n") + (eligibility.last() ? "Y" : "n") +
           (eligibility.volume() ? "Y" : "n");
}

TEST(ConditionTable, HasTheConsolidatedRules) {
    const ConditionTable table;
    EXPECT_EQ(flags(table, {}), "YYY");
    for (const int code : {0,  1,  3,  4,  6,  8,  9,  11, 14, 18, 19, 23, 24, 25,
                           27, 28, 30, 31, 34, 35, 36, 41, 57, 58, 59, 60, 62, 71}) {
        EXPECT_EQ(flags(table, {static_cast<std::uint8_t>(code)}), "YYY") << code;
    }
    for (const int code : {5, 10, 17, 22, 32, 33}) {
        EXPECT_EQ(flags(table, {static_cast<std::uint8_t>(code)}), "YnY") << code;
    }
    for (const int code : {2, 7, 12, 13, 20, 21, 29, 37, 52, 53}) {
        EXPECT_EQ(flags(table, {static_cast<std::uint8_t>(code)}), "nnY") << code;
    }
    EXPECT_EQ(flags(table, {15}), "nnn");
    EXPECT_EQ(flags(table, {16}), "nnn");
    EXPECT_EQ(flags(table, {38}), "YYn");
}

TEST(ConditionTable, AnyNoWins) {
    const ConditionTable table;
    EXPECT_EQ(flags(table, {14, 37}), "nnY");
    EXPECT_EQ(flags(table, {37, 14, 41}), "nnY");
    EXPECT_EQ(flags(table, {38, 22}), "Ynn");
    EXPECT_EQ(flags(table, {38, 37}), "nnn");
    EXPECT_EQ(flags(table, {14, 16}), "nnn");
}

TEST(ConditionTable, FormTIsNeutralOutsideRegularHoursOnly) {
    const ConditionTable table;
    for (const TradingSession session : {TradingSession::Pre, TradingSession::After}) {
        EXPECT_EQ(flags(table, {12}, session), "YYY");
        EXPECT_EQ(flags(table, {14, 12, 41}, session), "YYY");
        EXPECT_EQ(flags(table, {12, 37}, session), "nnY");
        EXPECT_EQ(flags(table, {13}, session), "nnY");
    }
    EXPECT_EQ(flags(table, {12}, TradingSession::Regular), "nnY");
}

TEST(ConditionTable, UnknownCodesAreNeutralAndCounted) {
    const ConditionTable table;
    const std::vector<std::uint8_t> codes{99, 14, 255, 26};
    const ConditionTable::Verdict verdict = table.judge(codes, TradingSession::Regular);
    EXPECT_EQ(verdict.eligibility, Eligibility::all());
    EXPECT_EQ(verdict.unknown_codes, 3);
}

class ConditionFile : public ::testing::Test {
protected:
    ConditionFile()
        : path_(std::filesystem::temp_directory_path() /
                ("conditions" + std::to_string(getpid()) + ".csv")) {}
    ~ConditionFile() override { std::filesystem::remove(path_); }

    Result<ConditionTable> read(const std::string& text) const {
        std::ofstream(path_) << text;
        return ConditionTable::from_file(path_.string());
    }
    std::string complaint(const std::string& text) const {
        const auto table = read(text);
        return table ? "" : table.error().message;
    }

    const std::filesystem::path path_;
};

TEST_F(ConditionFile, ReplacesEveryRow) {
    const auto table = read(
        "name,id,updates_volume,updates_high_low,updates_open_close\r\n"
        "\"Odd, lot\",37,1,1,0\r\n"
        "Neutral,41,,,\r\n");
    ASSERT_TRUE(table);
    EXPECT_EQ(flags(*table, {37}), "YnY");
    EXPECT_EQ(flags(*table, {15}), "YYY") << "the built-in row is gone";
    const std::vector<std::uint8_t> codes{15, 41};
    EXPECT_EQ(table->judge(codes, TradingSession::Regular).unknown_codes, 1);
}

TEST_F(ConditionFile, ErrorsNameFileLineAndValue) {
    const std::string header = "id,updates_high_low,updates_open_close,updates_volume\n";
    EXPECT_NE(complaint(header + "37,1,0,1\n255,1,1,1\n").find(":3: id = 255"), std::string::npos);
    EXPECT_NE(complaint(header + "x,1,1,1\n").find(":2: id = x"), std::string::npos);
    EXPECT_NE(complaint(header + "1,yes,1,1\n").find("updates_high_low = yes"), std::string::npos);
    EXPECT_NE(complaint("id,updates_high_low,updates_volume\n").find("updates_open_close"),
              std::string::npos);
    EXPECT_NE(complaint("").find("column id"), std::string::npos);
    const auto absent = ConditionTable::from_file("/nonexistent/table.csv");
    ASSERT_FALSE(absent);
    EXPECT_NE(absent.error().message.find("/nonexistent/table.csv"), std::string::npos);
}

}  // namespace
}  // namespace tickstock
