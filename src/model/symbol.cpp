#include "model/symbol.hpp"

#include <tsl/robin_map.h>

#include <vector>

#include "base/assert.hpp"
#include "base/hash.hpp"

namespace tickstock {

SymbolText::SymbolText(std::string_view text) {
    TS_ASSERT(is_valid(text));
    std::memcpy(bytes_.data(), text.data(), text.size());
}

bool SymbolText::is_valid(std::string_view text) {
    if (text.empty() || text.size() > max_length) {
        return false;
    }
    for (const char c : text) {
        if (c < ' ' || c > '~') {
            return false;
        }
    }
    return true;
}

struct SymbolTable::Impl {
    struct TextHash {
        std::size_t operator()(const SymbolText& text) const { return xxh64(text.view()); }
    };

    std::size_t capacity;
    std::vector<SymbolText> texts;
    tsl::robin_map<SymbolText, SymbolId, TextHash> ids;
};

SymbolTable::SymbolTable(std::size_t capacity) : impl_(new Impl{capacity, {}, {}}) {}
SymbolTable::~SymbolTable() = default;
SymbolTable::SymbolTable(SymbolTable&&) noexcept = default;
SymbolTable& SymbolTable::operator=(SymbolTable&&) noexcept = default;

std::optional<SymbolId> SymbolTable::intern(std::string_view text) {
    const SymbolText key(text);
    if (const auto found = impl_->ids.find(key); found != impl_->ids.end()) {
        return found->second;
    }
    if (impl_->texts.size() >= impl_->capacity) {
        return std::nullopt;
    }
    const SymbolId id{static_cast<std::uint32_t>(impl_->texts.size())};
    impl_->texts.push_back(key);
    impl_->ids.emplace(key, id);
    return id;
}

std::optional<SymbolId> SymbolTable::find(std::string_view text) const {
    if (!SymbolText::is_valid(text)) {
        return std::nullopt;
    }
    const auto found = impl_->ids.find(SymbolText(text));
    return found == impl_->ids.end() ? std::nullopt : std::optional(found->second);
}

const SymbolText& SymbolTable::text(SymbolId id) const {
    TS_ASSERT(id.value() < impl_->texts.size());
    return impl_->texts[id.value()];
}

std::size_t SymbolTable::size() const {
    return impl_->texts.size();
}

}  // namespace tickstock
