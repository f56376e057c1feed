#include "sources/dbn/dbn_symbols.hpp"

#include <algorithm>

namespace tickstock::dbn {

InstrumentMap::Interval InstrumentMap::make(std::string_view symbol, UnixNanos from, UnixNanos to) {
    Interval interval{from, to, {}, symbol_none};
    if (SymbolText::is_valid(symbol)) {
        interval.text = SymbolText(symbol);
    }
    return interval;
}

InstrumentMap::InstrumentMap(const std::vector<Mapping>& mappings, SymbolCache& symbols)
    : symbols_(symbols) {
    for (const Mapping& mapping : mappings) {
        intervals_[mapping.instrument].push_back(make(mapping.symbol, mapping.from, mapping.to));
    }
}

FieldStatus InstrumentMap::find(std::uint32_t instrument, UnixNanos at, SymbolId& out) {
    const auto known = intervals_.find(instrument);
    if (known == intervals_.end()) {
        return Reason::BadSymbol;
    }
    for (Interval& interval : known->second) {
        if (at < interval.from || at >= interval.to) {
            continue;
        }
        if (interval.id == symbol_none) {
            switch (symbols_.intern(interval.text.view(), interval.id)) {
                case SymbolCache::Status::Ok: break;
                case SymbolCache::Status::BadText: return Reason::BadSymbol;
                case SymbolCache::Status::Full: return Reason::SymbolTableFull;
            }
        }
        out = interval.id;
        return field_ok;
    }
    return Reason::BadSymbol;
}

bool InstrumentMap::has_room(std::uint32_t instrument) {
    if (intervals_.find(instrument) != intervals_.end()) {
        return true;
    }
    return ++added_ <= SymbolCache::capacity;
}

void InstrumentMap::map(std::uint32_t instrument, std::string_view symbol) {
    if (has_room(instrument)) {
        intervals_[instrument].assign(1, make(symbol, UnixNanos::min(), UnixNanos::max()));
    }
}

void InstrumentMap::define(std::uint32_t instrument, std::string_view symbol, UnixNanos at) {
    if (!has_room(instrument)) {
        return;
    }
    std::vector<Interval>& known = intervals_[instrument];
    const bool is_mapped = std::any_of(known.begin(), known.end(), [&](const Interval& interval) {
        return at >= interval.from && at < interval.to;
    });
    if (!is_mapped) {
        known.push_back(make(symbol, at, UnixNanos::max()));
    }
}

}  // namespace tickstock::dbn
