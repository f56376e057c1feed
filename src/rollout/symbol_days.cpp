#include "rollout/symbol_days.hpp"

namespace tickstock {

SymbolDays::Days& SymbolDays::of(SymbolId symbol) {
    if (symbol.value() >= symbols_.size()) {
        // Some 300 bytes a symbol: doubled, half of it might never be used.
        const std::size_t wanted =
            std::max<std::size_t>(symbol.value() + 1, symbols_.size() + symbols_.size() / 8);
        symbols_.reserve(wanted);
        symbols_.resize(wanted);
    }
    return symbols_[symbol.value()];
}

void SymbolDays::on_trade(const Trade& trade, const IntakeNote& note) {
    if (trade.correction != 0) {
        return;
    }
    Days& days = of(trade.header.symbol);
    if (note.session_key != days.session_key) {
        if (days.session_key != 0) {
            end_day(days);
        }
        if (note.session != TradingSession::Regular) {
            return;
        }
        days.session_key = note.session_key;
    }
    if (note.eligibility.volume()) {
        days.volume += trade.size.to_double();
    }
    if (note.eligibility.high_low()) {
        days.high = std::max(days.high, trade.price);
        days.low = days.low == Price{} ? trade.price : std::min(days.low, trade.price);
    }
    if (note.eligibility.last()) {
        days.close = trade.price;
    }
}

void SymbolDays::on_event(SymbolId symbol) {
    if (symbol.value() < symbols_.size() && symbols_[symbol.value()].session_key != 0) {
        ++symbols_[symbol.value()].events;
    }
}

void SymbolDays::end_day(Days& days) {
    Day& day = days.days[days.next];
    day.volume = static_cast<float>(days.volume);
    day.volatility = days.close > Price{}
                         ? static_cast<float>((days.high.to_double() - days.low.to_double()) /
                                              days.close.to_double())
                         : 0.0F;
    day.events = static_cast<float>(days.events);
    days.next = static_cast<std::uint8_t>((days.next + 1U) % days_kept);
    days.count = static_cast<std::uint8_t>(std::min<std::size_t>(days.count + 1U, days_kept));
    days.session_key = 0;
    days.volume = 0;
    days.high = days.low = days.close = Price{};
    days.events = 0;
}

SymbolStatistics SymbolDays::means_of(const Days& days) {
    SymbolStatistics means;
    means.days = days.count;
    for (std::size_t i = 0; i < days.count; ++i) {
        means.daily_volume += static_cast<double>(days.days[i].volume) / days.count;
        means.daily_volatility += static_cast<double>(days.days[i].volatility) / days.count;
        means.daily_events += static_cast<double>(days.days[i].events) / days.count;
    }
    return means;
}

void SymbolDays::save_symbol(SymbolId symbol, StateWriter& out) const {
    out(symbol.value() < symbols_.size() ? symbols_[symbol.value()] : Days{});
}

void SymbolDays::load_symbol(SymbolId symbol, StateReader& in) {
    Days days;
    in(days);
    if (days.count > days_kept || days.next >= days_kept) {
        in.fail();
        return;
    }
    of(symbol) = days;
}

void SymbolDays::forget_symbol(SymbolId symbol) {
    if (symbol.value() < symbols_.size()) {
        symbols_[symbol.value()] = Days{};
    }
}

}  // namespace tickstock
