#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/symbol.hpp"

namespace tickstock {

/// A set of symbols that answers by the stream's symbol number (SymbolNumbers) with a look into a
/// bitset. A symbol's bit is found out by its text when the first event of it is asked about, so
/// symbols that do not trade cost nothing and need not be known when the set is made. One thread.
class SymbolSet {
public:
    SymbolSet() = default;
    explicit SymbolSet(std::vector<SymbolText> symbols);

    /// `number` 0 = none was given. REQUIRES: numbers of one stream for as long as the set lives.
    bool contains(std::uint32_t number, const SymbolText& symbol) const {
        if (number != 0 && number < known_ * per_word) {
            const std::uint64_t bits = words_[number / per_word] >> shift(number);
            if ((bits & 1U) != 0) {
                return (bits & 2U) != 0;
            }
        }
        return find_out(number, symbol);
    }
    bool empty() const { return symbols_.empty(); }
    const std::vector<SymbolText>& symbols() const { return symbols_; }  ///< sorted, no repetitions

private:
    // Two bits a symbol: found out, contained.
    static constexpr std::uint32_t per_word = 32;
    static unsigned shift(std::uint32_t number) { return (number % per_word) * 2; }
    bool find_out(std::uint32_t number, const SymbolText& symbol) const;

    std::vector<SymbolText> symbols_;
    mutable std::vector<std::uint64_t> words_;
    mutable std::uint32_t known_ = 0;  // = words_.size()
};

}  // namespace tickstock
