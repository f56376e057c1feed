#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "model/decision.hpp"
#include "model/event.hpp"
#include "model/symbol.hpp"

namespace tickstock {

// For the tests of this folder.

inline std::vector<SymbolText> symbol_texts(std::initializer_list<std::string_view> texts) {
    std::vector<SymbolText> symbols;
    for (const std::string_view text : texts) {
        symbols.emplace_back(text);
    }
    return symbols;
}

inline UniverseChange universe(const std::string& name, std::vector<SymbolText> symbols,
                               bool priority = false) {
    return {name, std::move(symbols), priority, false};
}

inline UniverseChange removal(const std::string& name) {
    return {name, {}, false, true};
}

inline Event event_of(EventType type, SymbolId symbol, std::uint64_t sequence, double score = 0) {
    Event event;
    event.detection.type = type;
    event.detection.symbol = symbol;
    event.detection.key.sequence = Sequence{sequence};
    event.detection.score = score;
    return event;
}

}  // namespace tickstock
