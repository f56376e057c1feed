#include "model/event.hpp"

#include <tuple>

#include "base/assert.hpp"

namespace tickstock {

std::string_view to_string(Reversal reversal) {
    switch (reversal) {
        case Reversal::None: return "";
        case Reversal::WBottom: return "W-bottom";
        case Reversal::MTop: return "M-top";
        case Reversal::VBottom: return "V-bottom";
        case Reversal::VTop: return "V-top";
    }
    TS_ASSERT(false);
}

std::string_view to_string(ControlData::Kind kind) {
    switch (kind) {
        case ControlData::Kind::Halt: return "halt";
        case ControlData::Kind::Resume: return "resume";
        case ControlData::Kind::SourceGap: return "source_gap";
        case ControlData::Kind::SourceRecovered: return "source_recovered";
    }
    TS_ASSERT(false);
}

bool comes_before(const OrderKey& a, SymbolId symbol_a, const OrderKey& b, SymbolId symbol_b,
                  const SymbolTable& symbols) {
    const auto left = std::tie(a.fire, a.sequence, a.phase);
    const auto right = std::tie(b.fire, b.sequence, b.phase);
    if (left != right) {
        return left < right;
    }
    if (symbol_a != symbol_b) {
        return symbols.text(symbol_a) < symbols.text(symbol_b);
    }
    return std::tie(a.rank, a.k) < std::tie(b.rank, b.k);
}

}  // namespace tickstock
