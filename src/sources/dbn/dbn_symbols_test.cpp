#include "sources/dbn/dbn_symbols.hpp"

#include <gtest/gtest.h>

#include "sources/dbn/dbn_test_support.hpp"
#include "sources/files/test_support.hpp"

namespace tickstock::dbn {
namespace {

constexpr std::uint64_t day = 86'400'000'000'000;

/// The symbols of the trades in `text`, in order; "-" for a record dropped as bad_symbol.
std::vector<std::string> symbols_of(const std::string& text) {
    const TemporaryFolder folder;
    const ReadAll all = read_all({{folder.write("a.dbn", text), std::nullopt}});
    std::vector<std::string> names;
    for (std::size_t i = 0; i < all.records.size(); ++i) {
        names.emplace_back(all.symbol(i));
    }
    names.insert(names.end(), all.counts.dropped_for(Reason::BadSymbol), "-");
    return names;
}

std::string trade_at(std::uint32_t instrument, std::uint64_t time) {
    return write_trade({.instrument = instrument, .event = time}, {.recv = time});
}

using Names = std::vector<std::string>;

TEST(DbnSymbols, AMappingHoldsOnItsDays) {
    const std::string head = write_head({3,
                                         1,
                                         0,
                                         71,
                                         {{"OLD", 20201227, 20201228, "7"},
                                          {"NEW", 20201228, 20201230, "7"},
                                          {"OLD", 20201228, 20201230, "8"}}});
    EXPECT_EQ(symbols_of(head + trade_at(7, test_time) + trade_at(7, test_time - day) +
                         trade_at(8, test_time) + trade_at(7, test_time + day) +
                         trade_at(7, test_time + 2 * day) + trade_at(8, test_time - day)),
              (Names{"NEW", "OLD", "OLD", "NEW", "-", "-"}));
}

TEST(DbnSymbols, TheEndOfAnIntervalIsExcluded) {
    const std::string head = write_head({3, 1, 0, 71, {{"DAY", 20201228, 20201229, "7"}}});
    const std::uint64_t begin = 1'609'113'600'000'000'000;
    EXPECT_EQ(symbols_of(head + trade_at(7, begin - 1) + trade_at(7, begin) +
                         trade_at(7, begin + day - 1) + trade_at(7, begin + day)),
              (Names{"DAY", "DAY", "-", "-"}));
}

TEST(DbnSymbols, TheDayIsThatOfTsRecv) {
    const std::string head = write_head({3, 1, 0, 71, {{"NEXT", 20201229, 20201230, "7"}}});
    const std::uint64_t midnight = 1'609'200'000'000'000'000;
    EXPECT_EQ(symbols_of(head +
                         write_trade({.instrument = 7, .event = midnight - 5}, {.recv = midnight})),
              Names{"NEXT"});
}

TEST(DbnSymbols, MappingsMayGoTheOtherWayOrSayNothing) {
    EXPECT_EQ(symbols_of(write_head({2, 0, 1, 71, {{"6155", 20201228, 20201229, "NVDA"}}}) +
                         write_trade()),
              Names{"NVDA"});
    EXPECT_EQ(symbols_of(write_head({2, 1, 1, 71, {{"6155", 20201228, 20201229, "NVDA"}}}) +
                         write_trade()),
              Names{"-"})
        << "no side is an instrument id";
    for (const char* id : {"", "x", "99999999999", "-1"}) {
        EXPECT_EQ(symbols_of(write_head({2, 1, 0, 71, {{"NVDA", 20201228, 20201229, id}}}) +
                             write_trade()),
                  Names{"-"});
    }
    EXPECT_EQ(symbols_of(write_head({2, 1, 0, 71, {{"NVDA", 20201232, 20201299, "6155"}}}) +
                         write_trade()),
              Names{"-"})
        << "these are no dates";
}

TEST(DbnSymbols, RecordsOfTheStreamMapFromThereOn) {
    for (const std::uint8_t version : versions) {
        TestHead head;
        head.version = version;
        EXPECT_EQ(symbols_of(write_head(head) + trade_at(7, test_time) +
                             write_mapping(version, 7, "ABC") + trade_at(7, test_time) +
                             write_mapping(version, 7, "DEF") + trade_at(7, test_time)),
                  (Names{"ABC", "DEF", "-"}))
            << int{version};
    }
}

TEST(DbnSymbols, DefinitionsFillWhatNoMappingSays) {
    for (const std::uint8_t version : versions) {
        TestHead head;
        head.version = version;
        head.mappings = {{"MAPPED", 20201228, 20201229, "8"}};
        EXPECT_EQ(
            symbols_of(write_head(head) + write_definition(version, 7, "ABC", test_time) +
                       write_definition(version, 8, "XYZ", test_time) + trade_at(7, test_time) +
                       trade_at(8, test_time) + trade_at(7, test_time - 1)),
            (Names{"ABC", "MAPPED", "-"}))
            << int{version};
    }
}

TEST(DbnSymbols, ASymbolThatWeCannotHoldIsBad) {
    EXPECT_EQ(symbols_of(write_head({3,
                                     1,
                                     0,
                                     71,
                                     {{"SEVENTEEN.LETTERS", 20201228, 20201229, "7"},
                                      {"A\nB", 20201228, 20201229, "8"},
                                      {"", 20201228, 20201229, "9"}}}) +
                         trade_at(7, test_time) + trade_at(8, test_time) + trade_at(9, test_time)),
              (Names{"-", "-", "-"}));
}

TEST(DbnSymbols, OnlySymbolsOfRecordsAreAnnounced) {
    const TemporaryFolder folder;
    const std::string head = write_head(
        {3, 1, 0, 71, {{"UNUSED", 20201228, 20201229, "1"}, {"NVDA", 20201228, 20201229, "6155"}}});
    const ReadAll all = read_all({{folder.write("a.dbn", head + write_trade()), std::nullopt}});
    ASSERT_EQ(all.symbols.size(), 1U);
    EXPECT_EQ(all.symbols[0].view(), "NVDA");
}

}  // namespace
}  // namespace tickstock::dbn
