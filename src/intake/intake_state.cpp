// The state of Intake to bytes and back.

#include "base/assert.hpp"
#include "intake/intake.hpp"

namespace tickstock {

void Intake::save_symbol(SymbolId symbol, StateWriter& out) const {
    const bool seen = symbol.value() < states_.size();
    out(seen ? states_[symbol.value()] : SymbolState{});
    quarantine_.save_symbol(symbol, out);
}

void Intake::load_symbol(SymbolId symbol, StateReader& in) {
    SymbolState loaded;
    in(loaded);
    quarantine_.load_symbol(symbol, in);
    if (!in.ok()) {
        return;
    }
    SymbolState& state = state_of(symbol);
    TS_ASSERT(state.halt == HaltState::Trading);
    state = loaded;
    halted_symbols_ += loaded.halt != HaltState::Trading ? 1U : 0U;
}

void Intake::forget_symbol(SymbolId symbol) {
    quarantine_.forget_symbol(symbol);
    if (symbol.value() >= states_.size()) {
        return;
    }
    SymbolState& state = states_[symbol.value()];
    halted_symbols_ -= state.halt != HaltState::Trading ? 1U : 0U;
    state = SymbolState{};
}

void Intake::save_totals(StateWriter& out) const {
    out(counts_, late_prints_);
    unknown_conditions_.save(out);
}

void Intake::add_totals(StateReader& in) {
    StageCounts counts;
    std::uint64_t late_prints = 0;
    in(counts, late_prints);
    unknown_conditions_.add(in);
    if (in.ok()) {
        counts_ += counts;
        late_prints_ += late_prints;
    }
}

}  // namespace tickstock
