// Candles of a recorded day against minute bars that an independent script counted from it.

#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "engine/inputs.hpp"
#include "inspection/symbol_candles.hpp"
#include "sources/file_reader.hpp"

namespace tickstock {
namespace {

std::string recorded(const std::string& name) {
    const char* given = std::getenv("TICKSTOCK_TEST_DATA");
    const std::string folder =
        given != nullptr ? given : std::string(TICKSTOCK_SOURCE_DIR) + "/../shared/data";
    return folder + "/" + name;
}

TEST(RecordedCandles, AreTheMinuteBarsOfTheDay) {
    const std::string trades = recorded("lean_flat/2013-10-07.trades.csv.gz");
    const std::string bars = recorded("lean_flat/2013-10-07.minute_rules.csv.gz");
    if (!std::filesystem::exists(trades) || !std::filesystem::exists(bars)) {
        GTEST_SKIP() << "the recorded market data is not here (TICKSTOCK_TEST_DATA)";
    }
    const auto rules = CandleRules::make(PipelineSettings{}).value();
    std::map<std::string, SymbolCandles> found;
    std::vector<std::string> texts;
    auto reader = open_recorded({trades}, "", nullptr).value();
    RecordBatch batch;
    while (reader->read(batch)) {
        for (const SymbolText& text : batch.new_symbols) {
            texts.emplace_back(text.view());
            found.emplace(texts.back(), SymbolCandles(rules));
        }
        for (const Record& record : batch.records) {
            found.at(texts[record.header().symbol.value()]).take(record);
        }
    }
    std::map<std::pair<std::string, std::int64_t>, const Bar*> wanted;
    std::vector<Bar> all;
    all.reserve(10'000);
    texts.clear();
    auto minutes = open_recorded({bars}, "", [](const Reject&) {}).value();
    while (minutes->read(batch)) {
        for (const SymbolText& text : batch.new_symbols) {
            texts.emplace_back(text.view());
        }
        for (const Record& record : batch.records) {
            ASSERT_LT(all.size(), all.capacity());
            all.push_back(record.bar());
            wanted[{texts[record.header().symbol.value()], unix_second(record.header().ts_event)}] =
                &all.back();
        }
    }
    std::size_t compared = 0;
    std::size_t other_opens = 0;
    for (const auto& [symbol, candles] : found) {
        for (const Candle& candle : candles.candles(60, 1'000, 0)) {
            const auto bar = wanted.find({symbol, candle.start});
            if (bar == wanted.end() || !candle.has_price) {
                continue;
            }
            ++compared;
            const Bar& told = *bar->second;
            EXPECT_EQ(candle.high, told.high) << symbol << " " << candle.start;
            EXPECT_EQ(candle.low, told.low) << symbol << " " << candle.start;
            EXPECT_EQ(candle.close, told.close) << symbol << " " << candle.start;
            EXPECT_EQ(candle.volume, told.volume.raw()) << symbol << " " << candle.start;
            other_opens += candle.open == told.open ? 0U : 1U;
        }
    }
    EXPECT_GT(compared, 1'500U);
    // The opening minutes of two symbols: a print that here updates the last price too, comes
    // first.
    EXPECT_LE(other_opens, 2U) << "of " << compared;
}

}  // namespace
}  // namespace tickstock
