#include "sources/synthetic/bars.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "sources/synthetic/tape.hpp"

namespace tickstock {
namespace {

struct Updates {
    bool high_low = true;
    bool last = true;
    bool volume = true;
};

/// The rows of the vendor's table for the codes that the synthetic tape prints.
Updates updates_of(const Trade& trade, bool regular) {
    Updates updates;
    for (const auto code : trade.conditions.codes()) {
        switch (code) {
            case sale::official_open:
            case sale::official_close: return {false, false, false};
            case sale::average_price:
            case sale::contingent:
            case sale::odd_lot: updates.high_low = updates.last = false; break;
            case sale::form_t:
                updates.high_low = updates.high_low && !regular;
                updates.last = updates.last && !regular;
                break;
            case sale::opening_trade:
            case sale::derivatively_priced:
            case sale::out_of_sequence: updates.last = false; break;
            default: break;
        }
    }
    if (trade.header.ts_event - trade.ts_execution > std::chrono::seconds{10}) {
        updates.high_low = updates.last = false;
    }
    return updates;
}

Price mean(int128 value, Size volume) {
    return Price::from_raw(static_cast<std::int64_t>((value + volume.raw() / 2) / volume.raw()));
}

}  // namespace

void MinuteBars::add(const Trade& trade, bool regular) {
    if (trade.correction != 0) {
        return;
    }
    const Updates updates = updates_of(trade, regular);
    State& state = symbols_[trade.header.symbol.value()];
    Minute& minute = state.minute;
    if (updates.volume) {
        const int128 value = static_cast<int128>(trade.price.raw()) * trade.size.raw();
        minute.volume += trade.size;
        minute.value += value;
        ++minute.transactions;
        state.day_volume += trade.size;
        state.day_value += value;
    }
    if (updates.high_low) {
        // Before the first price of the minute both are zero.
        minute.high = std::max(minute.high, trade.price);
        minute.low = minute.low == Price{} ? trade.price : std::min(minute.low, trade.price);
    }
    if (updates.last) {
        minute.open = minute.priced ? minute.open : trade.price;
        minute.close = trade.price;
        minute.priced = true;
    }
}

void MinuteBars::close(UnixNanos begin, Random& random, std::vector<Record>& out) {
    for (std::size_t i = 0; i < symbols_.size(); ++i) {
        const State& state = symbols_[i];
        const Minute minute = std::exchange(symbols_[i].minute, {});
        if (!minute.priced) {
            continue;
        }
        Bar bar;
        bar.header.symbol = SymbolId{static_cast<std::uint32_t>(i)};
        bar.header.source_kind = SourceKind::Ohlcv;
        bar.header.ts_event = begin;
        bar.header.ts_recv = begin + std::chrono::minutes{1} +
                             std::chrono::microseconds{20'000 + random.below(480'000)};
        bar.open = minute.open;
        bar.high = minute.high;
        bar.low = minute.low;
        bar.close = minute.close;
        bar.volume = minute.volume;
        bar.vwap = mean(minute.value, minute.volume);
        bar.session_vwap = mean(state.day_value, state.day_volume);
        bar.transactions = minute.transactions;
        bar.timeframe = Timeframe::Minute1;
        out.emplace_back(bar);
    }
}

}  // namespace tickstock
