#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "base/hash.hpp"
#include "publishing/event_block.hpp"

namespace tickstock {

/// Gives the symbols of a stream's events dense numbers from 1, so that a filter is a look into a
/// bitset. A number is a symbol's for as long as the process lives, over all epochs; it is on no
/// disk and on no wire. Any thread.
class SymbolNumbers {
public:
    /// Twice what the pipeline takes (SymbolTable), because old stored events may have symbols that
    /// are no more traded. Further ones have the number 0, and filters compare their text.
    static constexpr std::uint32_t capacity = 262'144;

    /// Numbers the symbols of all entries. The block is not shared yet.
    void number(EventBlock& block);
    std::uint32_t size() const;

private:
    struct Hash {
        std::size_t operator()(const SymbolText& symbol) const { return xxh64(symbol.view()); }
    };
    mutable std::mutex mutex_;
    std::unordered_map<SymbolText, std::uint32_t, Hash> numbers_;
};

}  // namespace tickstock
