#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "engine/live_source.hpp"

namespace tickstock::overload {

inline constexpr std::uint32_t symbol_count = 64;
/// 10:00 in New York, 2024-03-05.
inline constexpr std::int64_t begin_second = 1'709'650'800;

inline SymbolText symbol_text(std::uint32_t symbol) {
    const char letters[] = {'S', static_cast<char>('A' + symbol / 8),
                            static_cast<char>('A' + symbol % 8)};
    return SymbolText(std::string_view(letters, sizeof letters));
}

/// The n-th trade of a market in which all symbols take turns, 100 µs apart; each symbol climbs by
/// 0.2 % every 20 trades of its own, which is a high now and then.
inline Record trade(std::uint64_t n) {
    const std::uint64_t of_symbol = n / symbol_count;
    Trade trade;
    trade.header.symbol = SymbolId{static_cast<std::uint32_t>(n % symbol_count)};
    trade.header.ts_event =
        from_unix_second(begin_second) + n * Nanos(std::chrono::microseconds(100));
    trade.header.ts_recv = trade.header.ts_event;
    trade.price = Price::from_cents(10'000 + static_cast<std::int64_t>(of_symbol / 20) * 20 +
                                    static_cast<std::int64_t>(of_symbol % 3));
    trade.size = Size::from_shares(100);
    return trade;
}

/// The n-th minute bar: the symbols take turns, minute by minute.
inline Record bar(std::uint64_t n) {
    Bar bar;
    bar.header.symbol = SymbolId{static_cast<std::uint32_t>(n % symbol_count)};
    bar.header.source_kind = SourceKind::Ohlcv;
    bar.header.ts_event =
        from_unix_second(begin_second - 86'400 + 60 * static_cast<std::int64_t>(n / symbol_count));
    bar.header.ts_recv = bar.header.ts_event + std::chrono::seconds(60);
    bar.open = bar.low = Price::from_cents(10'000);
    bar.close = bar.high = Price::from_cents(10'000 + 40 * static_cast<std::int64_t>(n % 2));
    bar.volume = Size::from_shares(n % 7 == 0 ? 50'000 : 5'000);
    return bar;
}

/// Offers `rate` records a second of real time, the n-th being make(n), until `total` were taken,
/// beginning `from` after its first poll. What it is not asked for waits here, as in a socket.
class RateSource final : public LiveSource {
public:
    using Make = Record (*)(std::uint64_t n);
    RateSource(Make make, double rate, std::uint64_t total, Nanos from = Nanos{0})
        : make_(make), rate_(rate), total_(total), from_(from) {}

    Poll poll(Nanos now, RecordBatch& batch) override {
        batch.clear();
        if (begin_ == Nanos{0}) {
            begin_ = now + from_;
        }
        const double seconds = std::chrono::duration<double>(now - begin_).count();
        const auto due =
            std::min(total_, seconds < 0 ? 0 : static_cast<std::uint64_t>(seconds * rate_));
        Poll result;
        if (taken_ == total_) {
            return result;
        }
        if (due == taken_) {
            result.status = Status::Wait;
            result.wait_until =
                begin_ +
                Nanos{static_cast<std::int64_t>(static_cast<double>(taken_ + 1) / rate_ * 1e9)};
            return result;
        }
        if (taken_ == 0) {
            for (std::uint32_t symbol = 0; symbol < symbol_count; ++symbol) {
                batch.new_symbols.push_back(symbol_text(symbol));
            }
        }
        const std::uint64_t end = std::min(due, taken_ + longest_batch);
        for (; taken_ < end; ++taken_) {
            batch.records.push_back(make_(taken_));
        }
        counts_.in = counts_.out = taken_;
        result.status = Status::Records;
        return result;
    }

    std::string name() const override { return "rate"; }
    std::string detail() const override { return ""; }
    std::string identity() const override { return ""; }
    void resume(std::uint64_t, std::uint64_t) override {}
    StageCounts counts() const override { return counts_; }
    std::uint64_t passes() const override { return 1; }
    std::string failure() const override { return ""; }

private:
    static constexpr std::uint64_t longest_batch = 2048;
    const Make make_;
    const double rate_;
    const std::uint64_t total_;
    const Nanos from_;
    Nanos begin_{0};
    std::uint64_t taken_ = 0;
    StageCounts counts_;
};

}  // namespace tickstock::overload
