// The state of MultiSourceCoordinator to bytes and back.

#include "base/assert.hpp"
#include "base/state_archive.hpp"
#include "coordination/multi_source_coordinator.hpp"

namespace tickstock {

const MultiSourceCoordinator::SymbolStates* MultiSourceCoordinator::known_states_of(
    SymbolId symbol) const {
    if (symbol == symbol_none) {
        return &feed_states_;
    }
    return symbol.value() < states_.size() ? &states_[symbol.value()] : nullptr;
}

void MultiSourceCoordinator::count_in(const Held& held) {
    ++counts_.in;
    ++counts_.held;
    CoordinationCounts& cell = table_.at(held.detection.source, held.detection.type);
    ++cell.received;
    cell.conflicts += held.conflicting ? 1U : 0U;
}

void MultiSourceCoordinator::count_away(const Held& held) {
    --counts_.in;
    --counts_.held;
    CoordinationCounts& cell = table_.at(held.detection.source, held.detection.type);
    --cell.received;
    cell.conflicts -= held.conflicting ? 1U : 0U;
}

void MultiSourceCoordinator::save_symbol(SymbolId symbol, StateWriter& out) const {
    static_assert(event_type_count <= 8);
    const SymbolStates* states = known_states_of(symbol);
    std::uint8_t seen = 0;  // bits of EventType
    for (std::size_t type = 0; states != nullptr && type < states->size(); ++type) {
        seen = static_cast<std::uint8_t>(seen | ((*states)[type] ? 1U << type : 0U));
    }
    out(seen);
    for (std::size_t type = 0; seen != 0 && type < states->size(); ++type) {
        const KeyState* state = (*states)[type].get();
        if (state == nullptr) {
            continue;
        }
        out(*state);
        if (state->held_slot == HeldLists::none) {
            out(std::uint64_t{0});
        } else {
            out(held_.at(state->held_slot));
        }
    }
}

void MultiSourceCoordinator::load_symbol(SymbolId symbol, StateReader& in) {
    SymbolStates loaded;
    std::array<std::vector<Held>, event_type_count> held;
    std::uint8_t seen = 0;
    in(seen);
    for (std::size_t type = 0; type < loaded.size(); ++type) {
        if ((unsigned{seen} >> type & 1U) != 0) {
            loaded[type] = std::make_unique<KeyState>();
            in(*loaded[type], held[type]);
        }
    }
    if (!in.ok()) {
        return;
    }
    for (std::size_t type = 0; type < loaded.size(); ++type) {
        if (held[type].empty()) {
            continue;
        }
        KeyState& state = *loaded[type];
        state.held_slot = held_.take();
        window_ends_.add({state.window_end, symbol, static_cast<EventType>(type)});
        for (Held& one : held[type]) {
            one.detection.symbol = symbol;  // a reader may know it by another id
            count_in(one);
            held_.at(state.held_slot).push_back(std::move(one));
        }
    }
    SymbolStates& states = states_of(symbol);
    for (std::size_t type = 0; type < loaded.size(); ++type) {
        TS_ASSERT(states[type] == nullptr);
        states[type] = std::move(loaded[type]);
    }
}

void MultiSourceCoordinator::forget_symbol(SymbolId symbol) {
    if (known_states_of(symbol) == nullptr) {
        return;
    }
    SymbolStates& states = states_of(symbol);
    for (std::size_t type = 0; type < states.size(); ++type) {
        if (states[type] && states[type]->held_slot != HeldLists::none) {
            window_ends_.remove(symbol, static_cast<EventType>(type));
            for (const Held& held : held_.at(states[type]->held_slot)) {
                count_away(held);
            }
            held_.give_back(states[type]->held_slot);
        }
        states[type].reset();
    }
}

void MultiSourceCoordinator::save_totals(StateWriter& out) const {
    StageCounts counts = counts_;
    CoordinationTable table = table_;
    counts.in -= counts.held;
    counts.held = 0;
    held_.for_each([&](const Held& held) {
        CoordinationCounts& cell = table.at(held.detection.source, held.detection.type);
        --cell.received;
        cell.conflicts -= held.conflicting ? 1U : 0U;
    });
    out(counts, table);
    losers_.save(out);
}

void MultiSourceCoordinator::add_totals(StateReader& in) {
    StageCounts counts;
    CoordinationTable table;
    in(counts, table);
    losers_.add(in);
    if (in.ok()) {
        counts_ += counts;
        table_ += table;
    }
}

}  // namespace tickstock
