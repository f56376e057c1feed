#include <algorithm>
#include <memory>
#include <utility>

#include "base/assert.hpp"
#include "detectors/bar_events.hpp"

namespace tickstock {

void BarEventDetector::save_symbol(SymbolId symbol, StateWriter& out) const {
    for (std::size_t timeframe = 0; timeframe < bar_timeframe_count; ++timeframe) {
        const State* state = symbol.value() < states_.size()
                                 ? states_[symbol.value()].by_timeframe[timeframe].get()
                                 : nullptr;
        out(state != nullptr);
        if (state != nullptr) {
            out(*state);
        }
    }
}

void BarEventDetector::load_symbol(SymbolId symbol, StateReader& in) {
    SymbolState loaded;
    for (std::unique_ptr<State>& state : loaded.by_timeframe) {
        bool known = false;
        in(known);
        if (known) {
            state = std::make_unique<State>();
            in(*state);
        }
    }
    if (!in.ok()) {
        return;
    }
    if (symbol.value() >= states_.size()) {
        states_.resize(std::max<std::size_t>(symbol.value() + 1, states_.size() * 2));
    }
    SymbolState& state = states_[symbol.value()];
    for (const std::unique_ptr<State>& before : state.by_timeframe) {
        TS_ASSERT(before == nullptr);
    }
    state = std::move(loaded);
}

void BarEventDetector::forget_symbol(SymbolId symbol) {
    if (symbol.value() < states_.size()) {
        states_[symbol.value()] = {};
    }
}

}  // namespace tickstock
