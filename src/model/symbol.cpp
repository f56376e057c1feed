#include "model/symbol.hpp"

#include <tsl/robin_map.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

#include "base/assert.hpp"
#include "base/hash.hpp"
#include "base/state_archive.hpp"

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

    explicit Impl(std::size_t limit)
        : capacity(limit), chunks((limit + chunk_size - 1) / chunk_size) {}

    // Texts never move, so that shards may read those of their records while the sequencer's thread
    // adds others: a chunk is written before the record that names it is handed over.
    static constexpr std::size_t chunk_size = 1024;
    const std::size_t capacity;
    std::vector<std::unique_ptr<SymbolText[]>> chunks;  // never grows
    std::atomic<std::size_t> count{0};
    tsl::robin_map<SymbolText, SymbolId, TextHash> ids;
};

SymbolTable::SymbolTable(std::size_t capacity) : impl_(new Impl(capacity)) {}
SymbolTable::~SymbolTable() = default;
SymbolTable::SymbolTable(SymbolTable&&) noexcept = default;
SymbolTable& SymbolTable::operator=(SymbolTable&&) noexcept = default;

std::optional<SymbolId> SymbolTable::intern(std::string_view text) {
    const SymbolText key(text);
    if (const auto found = impl_->ids.find(key); found != impl_->ids.end()) {
        return found->second;
    }
    const std::size_t place = impl_->count.load(std::memory_order_relaxed);
    if (place >= impl_->capacity) {
        return std::nullopt;
    }
    const SymbolId id{static_cast<std::uint32_t>(place)};
    auto& chunk = impl_->chunks[place / Impl::chunk_size];
    if (chunk == nullptr) {
        chunk = std::make_unique<SymbolText[]>(Impl::chunk_size);
    }
    chunk[place % Impl::chunk_size] = key;
    impl_->count.store(place + 1, std::memory_order_release);
    impl_->ids.emplace(key, id);
    return id;
}

bool SymbolTable::define(SymbolId id, std::string_view text) {
    const SymbolText key(text);
    if (id.value() >= impl_->capacity) {
        return false;
    }
    if (const auto known = impl_->ids.find(key); known != impl_->ids.end()) {
        return known->second == id;
    }
    const std::size_t place = id.value();
    for (std::size_t chunk = 0; chunk <= place / Impl::chunk_size; ++chunk) {
        if (impl_->chunks[chunk] == nullptr) {
            impl_->chunks[chunk] = std::make_unique<SymbolText[]>(Impl::chunk_size);
        }
    }
    SymbolText& stored = impl_->chunks[place / Impl::chunk_size][place % Impl::chunk_size];
    if (!stored.view().empty()) {
        return false;
    }
    stored = key;
    impl_->ids.emplace(key, id);
    impl_->count.store(std::max(size(), place + 1), std::memory_order_release);
    return true;
}

std::optional<SymbolId> SymbolTable::find(std::string_view text) const {
    if (!SymbolText::is_valid(text)) {
        return std::nullopt;
    }
    const auto found = impl_->ids.find(SymbolText(text));
    return found == impl_->ids.end() ? std::nullopt : std::optional(found->second);
}

const SymbolText& SymbolTable::text(SymbolId id) const {
    if (id == symbol_none) {
        static constexpr SymbolText none;
        return none;
    }
    TS_ASSERT(id.value() < size());
    return impl_->chunks[id.value() / Impl::chunk_size][id.value() % Impl::chunk_size];
}

std::size_t SymbolTable::size() const {
    return impl_->count.load(std::memory_order_acquire);
}

void SymbolTable::save(StateWriter& out) const {
    const std::size_t count = size();
    out(static_cast<std::uint64_t>(count));
    for (std::size_t i = 0; i < count; ++i) {
        out(text(SymbolId{static_cast<std::uint32_t>(i)}));
    }
}

void SymbolTable::load(StateReader& in) {
    TS_ASSERT(size() == 0);
    const std::size_t count = in.count();
    if (count > impl_->capacity) {
        in.fail();
    }
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        std::array<char, SymbolText::max_length> bytes{};
        in(bytes);
        const std::string_view text(bytes.data(), strnlen(bytes.data(), bytes.size()));
        // "": an id of which no journal told the text.
        const SymbolId id{static_cast<std::uint32_t>(i)};
        if (!in.ok() || (!text.empty() && (!SymbolText::is_valid(text) || !define(id, text)))) {
            in.fail();
        }
    }
}

}  // namespace tickstock
