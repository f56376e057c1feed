#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "model/symbol.hpp"

namespace tickstock {

/// Symbol text -> the source's own dense id, one cache per opened input. It remembers which ids
/// are new, because a batch announces their texts once. One thread. Memory: 44 bytes a symbol, at
/// most `capacity` of them, which is far above what the sequencer admits: that one refuses.
class SymbolCache {
public:
    static constexpr std::size_t capacity = std::size_t{1} << 20;

    enum class Status : std::uint8_t { Ok, BadText, Full };

    SymbolCache();

    /// The id of `text`, new or known. BadText: not 1–16 bytes of printable ASCII. O(1); repeating
    /// the last text costs one comparison.
    Status intern(std::string_view text, SymbolId& id) {
        // A trailing NUL would look like padding.
        if (text.empty() || text.size() > SymbolText::max_length || text.back() == '\0') {
            return Status::BadText;
        }
        Key key{};
        std::memcpy(key.data(), text.data(), text.size());
        if (key == last_key_ && last_id_ != symbol_none) {
            id = last_id_;
            return Status::Ok;
        }
        return find_or_add(key, text, id);
    }

    std::size_t size() const { return texts_.size(); }
    /// REQUIRES: id came from this cache.
    const SymbolText& text(SymbolId id) const { return texts_[id.value()]; }

    /// Appends the texts that are new since the last call, in id order.
    void take_new(std::vector<SymbolText>& out);

private:
    using Key = std::array<std::uint64_t, 2>;  // the text, zero padded
    struct Slot {
        Key key{};
        SymbolId id = symbol_none;
    };

    static std::size_t hash(const Key& key);
    Status find_or_add(const Key& key, std::string_view text, SymbolId& id);
    void grow();

    Key last_key_{};
    SymbolId last_id_ = symbol_none;
    std::vector<Slot> slots_;  // open addressing, a power of two, at most half full
    std::vector<SymbolText> texts_;
    std::size_t announced_ = 0;
};

}  // namespace tickstock
