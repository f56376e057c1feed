#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "base/strong.hpp"

namespace tickstock {

class StateReader;
class StateWriter;

/// Dense id of a symbol, from 0 in the order of first admission. Text returns only when an event is
/// encoded; ties anywhere are broken by text, never by id.
using SymbolId = Strong<struct SymbolIdTag, std::uint32_t>;

inline constexpr SymbolId symbol_none{~std::uint32_t{0}};

/// A symbol's name, 1 to 16 bytes, held in place. Zero padding makes byte order text order.
class SymbolText {
public:
    static constexpr std::size_t max_length = 16;

    SymbolText() = default;
    /// REQUIRES: is_valid(text).
    explicit SymbolText(std::string_view text);

    /// 1–16 bytes of printable ASCII.
    static bool is_valid(std::string_view text);

    std::string_view view() const { return {bytes_.data(), strnlen(bytes_.data(), max_length)}; }
    friend auto operator<=>(const SymbolText& a, const SymbolText& b) {
        return std::memcmp(a.bytes_.data(), b.bytes_.data(), max_length) <=> 0;
    }
    friend bool operator==(const SymbolText& a, const SymbolText& b) {
        return a.bytes_ == b.bytes_;
    }

private:
    std::array<char, max_length> bytes_{};
};

/// Symbol text <-> dense id. One owner thread interns and finds; text() and size() may be called by
/// other threads for ids that were handed over to them. O(1).
class SymbolTable {
public:
    /// Cap of SPEC 4; one more symbol is refused.
    static constexpr std::size_t default_capacity = 131'072;

    explicit SymbolTable(std::size_t capacity = default_capacity);
    ~SymbolTable();
    SymbolTable(SymbolTable&&) noexcept;
    SymbolTable& operator=(SymbolTable&&) noexcept;

    /// The id of `text`, new or known; nothing when the table is full.
    /// REQUIRES: SymbolText::is_valid(text).
    std::optional<SymbolId> intern(std::string_view text);

    /// The text of an id that another table has given, in any order of ids: ids below that were not
    /// told yet have the text "". False: the id or the text is another's, or the table is full.
    /// Before other threads read. REQUIRES: SymbolText::is_valid(text).
    bool define(SymbolId id, std::string_view text);

    std::optional<SymbolId> find(std::string_view text) const;

    /// Empty for symbol_none: events of the whole feed. REQUIRES: id came from this table, or is
    /// symbol_none. The reference lives as long as the table.
    const SymbolText& text(SymbolId id) const;

    std::size_t size() const;

    /// All texts by id. The owner thread, or while it does not intern.
    void save(StateWriter& out) const;
    /// The same ids as where it was saved. Fails the reader when the texts are none or are too many
    /// for this table; it must not be used then. REQUIRES: the table is empty.
    void load(StateReader& in);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tickstock
