#include "detectors/second_bars.hpp"

#include <algorithm>
#include <functional>

#include "base/assert.hpp"

namespace tickstock {
namespace {

/// Stays at the greatest value: no sum of absurd sizes overflows.
std::int64_t saturated_sum(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

}  // namespace

void SecondBars::on_trade(const Trade& trade, const IntakeNote& note, UnixNanos clock) {
    const std::int64_t second = unix_second(trade.header.ts_event);
    if (from_unix_second(second + 1) <= clock) {
        ++late_trades_;
        return;
    }
    OpenSecond& open = open_second(trade.header.symbol, second, note.period);
    if (note.eligibility.last()) {
        open.close = trade.price;
        open.source = trade.header.source_kind;
    }
    if (note.eligibility.volume()) {
        open.volume_raw = saturated_sum(open.volume_raw, trade.size.raw());
    }
}

SecondBars::OpenSecond& SecondBars::open_second(SymbolId symbol, std::int64_t second,
                                                MarketPeriod period) {
    if (symbol.value() >= states_.size()) {
        states_.resize(std::max<std::size_t>(symbol.value() + 1, states_.size() * 2));
    }
    SymbolState& state = states_[symbol.value()];
    for (OpenSecond* open : {&state.newest, &state.earlier}) {
        if (open->used && open->second == second) {
            return *open;
        }
    }
    const OpenSecond fresh{second, Price(), 0, period, SourceKind::Tick, true};
    if (!state.newest.used) {
        state.newest = fresh;
        schedule(second, symbol);
        return state.newest;
    }
    if (state.others > 0) {
        const auto known = others_.find({symbol, second});
        if (known != others_.end()) {
            return known->second;
        }
    }
    schedule(second, symbol);
    const bool is_newest = second > state.newest.second;
    if (!state.earlier.used) {
        state.earlier = is_newest ? std::exchange(state.newest, fresh) : fresh;
        return is_newest ? state.newest : state.earlier;
    }
    ++state.others;
    if (is_newest) {
        others_.emplace(std::pair(symbol, state.newest.second), state.newest);
        state.newest = fresh;
        return state.newest;
    }
    return others_.emplace(std::pair(symbol, second), fresh).first->second;
}

void SecondBars::schedule(std::int64_t second, SymbolId symbol) {
    ++open_;
    next_second_ = std::min(next_second_, second);
    if (in_wheel_ == 0) {
        wheel_start_ = second;
    }
    const bool fits = second >= wheel_start_ && second < wheel_start_ + wheel_size;
    if (fits) {
        wheel_[static_cast<std::size_t>(second % wheel_size)].push_back(symbol);
        ++in_wheel_;
    } else {
        far_.emplace_back(second, symbol);
        std::push_heap(far_.begin(), far_.end(), std::greater<>());
    }
}

std::int64_t SecondBars::earliest_second() const {
    std::int64_t earliest = far_.empty() ? no_second : far_.front().first;
    if (in_wheel_ > 0) {
        std::int64_t second = wheel_start_;
        while (wheel_[static_cast<std::size_t>(second % wheel_size)].empty()) {
            ++second;
        }
        earliest = std::min(earliest, second);
    }
    return earliest;
}

void SecondBars::close_next(std::vector<ClosedBar>& bars) {
    const std::int64_t second = next_second_;
    TS_ASSERT(second != no_second);
    closing_.clear();
    auto& slot = wheel_[static_cast<std::size_t>(second % wheel_size)];
    if (in_wheel_ > 0 && second >= wheel_start_ && second < wheel_start_ + wheel_size) {
        closing_.swap(slot);
        in_wheel_ -= closing_.size();
        wheel_start_ = second + 1;
    }
    while (!far_.empty() && far_.front().first == second) {
        closing_.push_back(far_.front().second);
        std::pop_heap(far_.begin(), far_.end(), std::greater<>());
        far_.pop_back();
    }
    next_second_ = earliest_second();
    for (const SymbolId symbol : closing_) {
        close_one(symbol, second, bars);
    }
}

void SecondBars::close_one(SymbolId symbol, std::int64_t second, std::vector<ClosedBar>& bars) {
    SymbolState& state = states_[symbol.value()];
    for (OpenSecond* open : {&state.newest, &state.earlier}) {
        if (open->used && open->second == second) {
            finish(symbol, state, *open, bars);
            open->used = false;
            return;
        }
    }
    const auto known = state.others > 0 ? others_.find({symbol, second}) : others_.end();
    if (known != others_.end()) {
        finish(symbol, state, known->second, bars);
        others_.erase(known);
        --state.others;
    }
}

void SecondBars::finish(SymbolId symbol, SymbolState& state, OpenSecond& second,
                        std::vector<ClosedBar>& bars) {
    --open_;
    if (second.close.raw() == 0) {
        state.carried_raw = saturated_sum(state.carried_raw, second.volume_raw);
        return;
    }
    bars.push_back({symbol, second.second, second.close,
                    Size::from_raw(saturated_sum(second.volume_raw, state.carried_raw)),
                    second.period, second.source});
    state.carried_raw = 0;
    ++bars_closed_;
}

void SecondBars::close_symbol(SymbolId symbol, std::vector<ClosedBar>& bars) {
    if (symbol.value() >= states_.size()) {
        return;
    }
    const SymbolState& state = states_[symbol.value()];
    while (state.newest.used || state.earlier.used || state.others > 0) {
        close_one(symbol, earliest_open(symbol, state), bars);
    }
}

std::int64_t SecondBars::earliest_open(SymbolId symbol, const SymbolState& state) const {
    std::int64_t earliest = no_second;
    for (const OpenSecond* open : {&state.newest, &state.earlier}) {
        earliest = open->used ? std::min(earliest, open->second) : earliest;
    }
    if (state.others > 0) {
        earliest = std::min(earliest, others_.lower_bound({symbol, INT64_MIN})->first.second);
    }
    return earliest;
}

void SecondBars::reset(SymbolId symbol) {
    if (symbol.value() < states_.size()) {
        states_[symbol.value()].carried_raw = 0;
    }
}

void SecondBars::save_symbol(SymbolId symbol, StateWriter& out) const {
    const SymbolState state =
        symbol.value() < states_.size() ? states_[symbol.value()] : SymbolState{};
    out(state.newest, state.earlier, state.carried_raw, state.others);
    auto other = others_.lower_bound({symbol, INT64_MIN});
    for (std::uint32_t i = 0; i < state.others; ++i, ++other) {
        out(other->second);
    }
}

void SecondBars::load_symbol(SymbolId symbol, StateReader& in) {
    SymbolState loaded;
    in(loaded.newest, loaded.earlier, loaded.carried_raw, loaded.others);
    std::vector<OpenSecond> others;
    for (std::uint32_t i = 0; i < loaded.others && in.ok(); ++i) {
        in(others.emplace_back());
    }
    if (!in.ok()) {
        return;
    }
    if (symbol.value() >= states_.size()) {
        states_.resize(std::max<std::size_t>(symbol.value() + 1, states_.size() * 2));
    }
    SymbolState& state = states_[symbol.value()];
    TS_ASSERT(!state.newest.used && !state.earlier.used && state.others == 0);
    state = loaded;
    for (const OpenSecond* open : {&state.newest, &state.earlier}) {
        if (open->used) {
            schedule(open->second, symbol);
        }
    }
    for (const OpenSecond& other : others) {
        others_.emplace(std::pair(symbol, other.second), other);
        schedule(other.second, symbol);
    }
}

void SecondBars::forget_symbol(SymbolId symbol) {
    if (symbol.value() >= states_.size()) {
        return;
    }
    SymbolState& state = states_[symbol.value()];
    open_ -= (state.newest.used ? 1U : 0U) + (state.earlier.used ? 1U : 0U) + state.others;
    others_.erase(others_.lower_bound({symbol, INT64_MIN}),
                  others_.upper_bound({symbol, INT64_MAX}));
    state = SymbolState{};
    // Stale entries of the symbol go with the open ones.
    for (std::vector<SymbolId>& slot : wheel_) {
        in_wheel_ -= std::erase(slot, symbol);
    }
    if (std::erase_if(far_, [&](const auto& entry) { return entry.second == symbol; }) > 0) {
        std::make_heap(far_.begin(), far_.end(), std::greater<>());
    }
    next_second_ = earliest_second();
}

void SecondBars::save_totals(StateWriter& out) const {
    out(bars_closed_, late_trades_);
}

void SecondBars::add_totals(StateReader& in) {
    std::uint64_t bars_closed = 0;
    std::uint64_t late_trades = 0;
    in(bars_closed, late_trades);
    bars_closed_ += bars_closed;
    late_trades_ += late_trades;
}

}  // namespace tickstock
