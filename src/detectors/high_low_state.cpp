#include <utility>

#include "base/assert.hpp"
#include "detectors/high_low.hpp"

namespace tickstock {

template <class Archive>
void HighLowDetector::archive(Archive& a, SymbolState& state,
                              std::array<Background, 2>& backgrounds) {
    a(state.reversal_window, state.started);
    if (!state.started) {
        // The session before this one is over; its last extremes' times still reach the next
        // extreme's `prior_ts`.
        a(backgrounds[0].extreme_ts, backgrounds[1].extreme_ts);
        return;
    }
    a(state.emissions, state.last, state.open, state.sides, backgrounds);
    for (std::size_t side = 0; side < backgrounds.size(); ++side) {
        // Only a correction of the emitted, current extreme asks for the emission again.
        if (state.sides[side].extreme_emitted && state.sides[side].prior_known) {
            a(backgrounds[side].last_emission);
        }
    }
}

void HighLowDetector::save_symbol(SymbolId symbol, StateWriter& out) const {
    SymbolState unknown;
    std::array<Background, 2> unknown_backgrounds;
    const bool known = symbol.value() < states_.size();
    // archive() serves both ways; here it only reads.
    archive(out, known ? const_cast<SymbolState&>(states_[symbol.value()]) : unknown,
            known ? const_cast<std::array<Background, 2>&>(backgrounds_[symbol.value()])
                  : unknown_backgrounds);
}

void HighLowDetector::load_symbol(SymbolId symbol, StateReader& in, DetectionSink& sink) {
    SymbolState loaded;
    std::array<Background, 2> backgrounds;
    archive(in, loaded, backgrounds);
    if (!in.ok()) {
        return;
    }
    SymbolState& state = state_of(symbol);
    TS_ASSERT(!state.started);
    state = loaded;
    backgrounds_[symbol.value()] = std::move(backgrounds);
    for (std::size_t side = 0; side < state.sides.size(); ++side) {
        if (state.sides[side].pending_until != time_never) {
            const EventType type = side == 0 ? EventType::High : EventType::Low;
            sink.open_deadline({state.sides[side].pending_until, symbol, type});
        }
    }
}

void HighLowDetector::forget_symbol(SymbolId symbol) {
    if (symbol.value() < states_.size()) {
        states_[symbol.value()] = {};
        backgrounds_[symbol.value()] = {};
    }
}

}  // namespace tickstock
