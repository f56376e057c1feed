#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "mock_vendor/tape.hpp"

namespace tickstock {

/// 2024-03-05 09:30:00 in New York.
inline constexpr std::int64_t test_start_ns = 1'709'649'000'000'000'000;

/// Records by hand, read as if from a file. Symbols are "A", "B", …
class TapeBuilder final : public RecordReader {
public:
    TapeBuilder& trade(std::uint32_t symbol, int at_ms, std::uint64_t sequence = 0) {
        Trade trade;
        stamp(trade.header, symbol, at_ms, sequence);
        trade.price = Price::from_cents(10'000);
        trade.size = Size::from_shares(100);
        batch_.records.emplace_back(trade);
        return *this;
    }
    TapeBuilder& minute_bar(std::uint32_t symbol, int at_ms, std::int64_t volume) {
        Bar bar;
        stamp(bar.header, symbol, at_ms, 0);
        bar.open = bar.high = bar.low = bar.close = Price::from_cents(10'000);
        bar.volume = Size::from_shares(volume);
        batch_.records.emplace_back(bar);
        return *this;
    }
    TapeBuilder& status(std::uint32_t symbol, int at_ms, TradingStatus::Action action) {
        TradingStatus status;
        stamp(status.header, symbol, at_ms, 0);
        status.action = action;
        batch_.records.emplace_back(status);
        return *this;
    }
    Tape build() {
        auto tape = Tape::load(*this);
        EXPECT_TRUE(tape.ok());
        return std::move(tape).value();
    }

    bool read(RecordBatch& batch) override {
        batch = std::exchange(batch_, {});
        return !batch.records.empty();
    }
    StageCounts counts() const override { return {}; }

private:
    void stamp(RecordHeader& header, std::uint32_t symbol, int at_ms, std::uint64_t sequence) {
        while (symbols_ <= symbol) {
            batch_.new_symbols.emplace_back(std::string(1, static_cast<char>('A' + symbols_++)));
        }
        header.symbol = SymbolId{symbol};
        header.ts_event = header.ts_recv =
            unix_nanos(test_start_ns + std::int64_t{at_ms} * 1'000'000);
        header.source_sequence = sequence;
    }

    RecordBatch batch_;
    std::uint32_t symbols_ = 0;
};

}  // namespace tickstock
