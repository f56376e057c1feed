#include "priority/universe_timeline.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {

void UniverseTimeline::apply(const UniverseChange& change, Sequence sequence) {
    Version& version = versions_.change_at(sequence);
    const bool from_file = false;  // whose it is matters to the one who takes decisions only
    version.universes.apply(change, from_file);
    std::fill(version.marks.begin(), version.marks.end(), std::uint8_t{0});
}

Membership UniverseTimeline::at(SymbolId symbol, Sequence sequence) {
    Version& version = versions_.at(sequence);
    if (version.universes.empty() || symbol == symbol_none) {
        return {!version.universes.empty(), false, false};
    }
    if (symbol.value() >= version.marks.size()) {
        TS_ASSERT(symbol.value() < symbols_->size());
        version.marks.resize(symbols_->size());
    }
    std::uint8_t& marks = version.marks[symbol.value()];
    if (marks == 0) {
        marks = look_up(version, symbol);
    }
    return {true, (marks & Version::inside) != 0, (marks & Version::priority) != 0};
}

std::uint8_t UniverseTimeline::look_up(const Version& version, SymbolId symbol) const {
    const SymbolText& text = symbols_->text(symbol);
    unsigned marks = Version::known;
    for (const auto& universe : version.universes.all()) {
        if (universe->has(text)) {
            marks |= Version::inside;
            marks |= universe->priority ? Version::priority : 0U;
        }
    }
    return static_cast<std::uint8_t>(marks);
}

}  // namespace tickstock
