#include "publishing/symbol_numbers.hpp"

namespace tickstock {

void SymbolNumbers::number(EventBlock& block) {
    const std::lock_guard lock(mutex_);
    for (StreamEntry& entry : block.entries) {
        const auto known = numbers_.find(entry.symbol);
        if (known != numbers_.end()) {
            entry.symbol_number = known->second;
        } else if (numbers_.size() < capacity) {
            entry.symbol_number = static_cast<std::uint32_t>(numbers_.size() + 1);
            numbers_.emplace(entry.symbol, entry.symbol_number);
        }
    }
}

std::uint32_t SymbolNumbers::size() const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::uint32_t>(numbers_.size());
}

}  // namespace tickstock
