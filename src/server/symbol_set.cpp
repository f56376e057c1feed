#include "server/symbol_set.hpp"

#include <algorithm>

namespace tickstock {

SymbolSet::SymbolSet(std::vector<SymbolText> symbols) : symbols_(std::move(symbols)) {
    std::ranges::sort(symbols_);
    symbols_.erase(std::unique(symbols_.begin(), symbols_.end()), symbols_.end());
}

bool SymbolSet::find_out(std::uint32_t number, const SymbolText& symbol) const {
    const bool is_in = std::ranges::binary_search(symbols_, symbol);
    if (number != 0) {
        const std::uint32_t word = number / per_word;
        if (word >= words_.size()) {
            words_.resize(word + 1 + words_.size() / 2);
            known_ = static_cast<std::uint32_t>(words_.size());
        }
        words_[word] |= (is_in ? std::uint64_t{3} : std::uint64_t{1}) << shift(number);
    }
    return is_in;
}

}  // namespace tickstock
