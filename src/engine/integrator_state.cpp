// MarketDataServiceIntegrator: state to bytes and back.

#include <algorithm>
#include <utility>

#include "engine/market_data_service_integrator.hpp"

namespace tickstock {

void MarketDataServiceIntegrator::save_symbol(SymbolId symbol, StateWriter& out) const {
    linear_.save_symbol(symbol, out);
    days_.save_symbol(symbol, out);
    out(std::ranges::binary_search(stale_, symbol));
    std::vector<std::pair<Sequence, FallbackCause>> untold;  // by the journal, so far
    const auto [first, last] = fallen_.equal_range(symbol);
    for (auto entry = first; entry != last; ++entry) {
        if (entry->second.decided == Sequence{}) {
            untold.emplace_back(entry->second.what.from, entry->second.what.cause);
        }
    }
    out(untold);
}

void MarketDataServiceIntegrator::load_symbol(SymbolId symbol, StateReader& in) {
    linear_.load_symbol(symbol, in);
    days_.load_symbol(symbol, in);
    bool stale = false;
    in(stale);
    if (stale) {
        mark_stale(symbol);
    }
    std::vector<std::pair<Sequence, FallbackCause>> untold;
    in(untold);
    for (const auto& [from, cause] : untold) {
        fallen_.emplace(symbol, Fallen{{symbol, from, cause}, Sequence{}});
    }
    if (symbol.value() < charge_.size()) {
        charge_[symbol.value()] = 0;
    }
    charge_of(symbol);
}

void MarketDataServiceIntegrator::forget_symbol(SymbolId symbol) {
    linear_.forget_symbol(symbol);
    days_.forget_symbol(symbol);
    std::erase(stale_, symbol);
    std::erase_if(fallen_, [symbol](const auto& entry) {
        return entry.first == symbol && entry.second.decided == Sequence{};
    });
    if (symbol.value() < charge_.size()) {
        charge_[symbol.value()] = 0;
    }
}

void MarketDataServiceIntegrator::save_totals(StateWriter& out) const {
    linear_.save_totals(out);
    out(linear_counts_, selection_);
}

void MarketDataServiceIntegrator::add_totals(StateReader& in) {
    linear_.add_totals(in);
    StageCounts linear;
    StageCounts selection;
    in(linear, selection);
    linear_counts_ += linear;
    selection_ += selection;
}

void MarketDataServiceIntegrator::keep_only(SymbolId symbol, SymbolId to) {
    std::multimap<SymbolId, Fallen> kept;
    const auto [first, last] = fallen_.equal_range(symbol);
    for (auto entry = first; entry != last; ++entry) {
        Fallen fallen = entry->second;
        fallen.what.symbol = to;
        kept.emplace(to, fallen);
    }
    fallen_ = std::move(kept);
    charge_.clear();
}

void MarketDataServiceIntegrator::save_control(StateWriter& out) const {
    std::vector<std::pair<std::pair<SymbolId, Sequence>, std::pair<FallbackCause, Sequence>>> told;
    for (const auto& [symbol, fallen] : fallen_) {
        if (fallen.decided != Sequence{}) {
            told.push_back({{symbol, fallen.what.from}, {fallen.what.cause, fallen.decided}});
        }
    }
    out(change_, parked_from_, told);
}

void MarketDataServiceIntegrator::load_control(StateReader& in) {
    std::vector<std::pair<std::pair<SymbolId, Sequence>, std::pair<FallbackCause, Sequence>>> told;
    in(change_, parked_from_, told);
    for (const auto& [what, how] : told) {
        fallen_.emplace(what.first, Fallen{{what.first, what.second, how.first}, how.second});
    }
    charge_.clear();
}

}  // namespace tickstock
