#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"
#include "sources/dbn/dbn_metadata.hpp"
#include "sources/formats/field_values.hpp"
#include "sources/formats/symbol_cache.hpp"

namespace tickstock::dbn {

/// Instrument id -> symbol, as it held at a time: an id is given anew every day on some venues.
/// The metadata's intervals come first; records of the stream add to them. A symbol is interned
/// when a record needs it, so that a file's whole universe is not announced. One thread. Memory: 48
/// bytes an interval, those of the stream at most SymbolCache::capacity.
class InstrumentMap {
public:
    InstrumentMap(const std::vector<Mapping>& mappings, SymbolCache& symbols);

    /// The symbol of `instrument` at `at`. BadSymbol: nothing known at that time, or no symbol that
    /// we can hold (over 16 bytes); SymbolTableFull.
    FieldStatus find(std::uint32_t instrument, UnixNanos at, SymbolId& out);

    /// A symbol mapping record: from here on, whatever the time.
    void map(std::uint32_t instrument, std::string_view symbol);

    /// An instrument definition: from its time on, unless a mapping says something.
    void define(std::uint32_t instrument, std::string_view symbol, UnixNanos at);

private:
    struct Interval {
        UnixNanos from;
        UnixNanos to;
        SymbolText text;  // empty: not one that we can hold
        SymbolId id = symbol_none;
    };
    static Interval make(std::string_view symbol, UnixNanos from, UnixNanos to);
    bool has_room(std::uint32_t instrument);

    SymbolCache& symbols_;
    std::unordered_map<std::uint32_t, std::vector<Interval>> intervals_;
    std::size_t added_ = 0;
};

}  // namespace tickstock::dbn
