#include "sources/formats/symbol_cache.hpp"

namespace tickstock {

SymbolCache::SymbolCache() : slots_(1024) {}

std::size_t SymbolCache::hash(const Key& key) {
    std::uint64_t mixed = key[0] * 0x9E3779B97F4A7C15U ^ key[1] * 0xC2B2AE3D27D4EB4FU;
    mixed ^= mixed >> 32;
    mixed *= 0xD6E8FEB86659FD93U;
    return static_cast<std::size_t>(mixed ^ (mixed >> 29));
}

SymbolCache::Status SymbolCache::find_or_add(const Key& key, std::string_view text, SymbolId& id) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash(key) & mask;
    while (slots_[at].id != symbol_none) {
        if (slots_[at].key == key) {
            id = slots_[at].id;
            last_key_ = key;
            last_id_ = id;
            return Status::Ok;
        }
        at = (at + 1) & mask;
    }
    if (!SymbolText::is_valid(text)) {
        return Status::BadText;
    }
    if (texts_.size() == capacity) {
        return Status::Full;
    }
    id = SymbolId{static_cast<std::uint32_t>(texts_.size())};
    slots_[at] = Slot{key, id};
    texts_.emplace_back(text);
    last_key_ = key;
    last_id_ = id;
    if (texts_.size() * 2 > slots_.size()) {
        grow();
    }
    return Status::Ok;
}

void SymbolCache::grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
        if (slot.id == symbol_none) {
            continue;
        }
        std::size_t at = hash(slot.key) & mask;
        while (slots_[at].id != symbol_none) {
            at = (at + 1) & mask;
        }
        slots_[at] = slot;
    }
}

void SymbolCache::take_new(std::vector<SymbolText>& out) {
    out.insert(out.end(), texts_.begin() + static_cast<std::ptrdiff_t>(announced_), texts_.end());
    announced_ = texts_.size();
}

}  // namespace tickstock
