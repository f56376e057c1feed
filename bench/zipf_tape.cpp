#include "zipf_tape.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace tickstock::bench {

RecordBatch zipf_tape(std::size_t count, std::uint32_t symbols, std::int64_t trades_per_second) {
    constexpr std::int64_t ten_o_clock_ns = 1'709'650'800'000'000'000;  // 2024-03-05 10:00 ET
    std::mt19937_64 random(1);
    std::vector<double> cumulative(symbols);
    double sum = 0;
    for (std::uint32_t rank = 0; rank < symbols; ++rank) {
        sum += 1.0 / std::pow(rank + 1, 0.9);
        cumulative[rank] = sum;
    }
    std::uniform_real_distribution<double> uniform(0, sum);
    std::vector<std::int64_t> cents(symbols);
    RecordBatch tape;
    for (std::uint32_t symbol = 0; symbol < symbols; ++symbol) {
        cents[symbol] = static_cast<std::int64_t>(500 + random() % 40'000);
        tape.new_symbols.emplace_back("S" + std::to_string(symbol));
    }
    tape.records.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto found = std::lower_bound(cumulative.begin(), cumulative.end(), uniform(random));
        const auto symbol = static_cast<std::uint32_t>(
            std::min<std::ptrdiff_t>(found - cumulative.begin(), symbols - 1));
        cents[symbol] = std::max<std::int64_t>(
            100, cents[symbol] + static_cast<std::int64_t>(random() % 3) - 1);
        Trade trade;
        trade.header.symbol = SymbolId{symbol};
        trade.header.ts_event = unix_nanos(ten_o_clock_ns + static_cast<std::int64_t>(i) *
                                                                1'000'000'000 / trades_per_second);
        trade.header.ts_recv = trade.header.ts_event;
        trade.price = Price::from_cents(cents[symbol]);
        trade.size = Size::from_shares(static_cast<std::int64_t>(1 + random() % 300));
        trade.exchange = static_cast<std::uint8_t>(random() % 20);
        if (random() % 100 < 45) {
            trade.conditions.add(37);
        }
        tape.records.emplace_back(trade);
    }
    return tape;
}

}  // namespace tickstock::bench
