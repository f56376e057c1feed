#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/price.hpp"
#include "base/result.hpp"
#include "model/enums.hpp"
#include "model/symbol.hpp"
#include "publishing/event_stream.hpp"

namespace tickstock {

/// What a client wants to see, in the words of the protocol. Empty or absent = no restriction.
struct FilterSpec {
    std::vector<SymbolText> symbols;
    std::uint32_t types = 0;       ///< bits of EventType
    std::uint32_t directions = 0;  ///< bits of Direction
    std::uint32_t sources = 0;     ///< bits of SourceKind
    std::optional<double> min_score;
    std::optional<Price> min_price;
    std::optional<Price> max_price;
    std::optional<Size> min_volume;

    /// Sorts and removes repetitions, so that equal wishes have equal keys.
    void normalize();
    /// Text that is equal for equal filters. REQUIRES: normalized.
    std::string key() const;
};

// Each takes one word or number of the protocol into the spec; false = not accepted.
bool add_symbol(FilterSpec& spec, std::string_view word);
bool add_type(FilterSpec& spec, std::string_view word);
bool add_direction(FilterSpec& spec, std::string_view word);
bool add_source(FilterSpec& spec, std::string_view word);
/// `name` is min_score, min_price, max_price or min_volume.
bool set_threshold(FilterSpec& spec, std::string_view name, std::string_view number);

/// The words that are accepted, for messages: "high, low, …".
std::string accepted_types();

/// A compiled filter: one evaluation for all clients that asked for the same. Immutable.
class Filter {
public:
    explicit Filter(FilterSpec spec);

    /// Control events (halts, source gaps) pass by type and symbol alone; one that concerns all
    /// symbols (symbol "") passes every symbol list.
    bool accepts(const StreamEntry& entry) const;

    const FilterSpec& spec() const { return spec_; }
    /// Distinguishes filters for as long as the process lives.
    std::uint64_t number() const { return number_; }

private:
    struct SymbolHash {
        std::size_t operator()(const SymbolText& symbol) const {
            return std::hash<std::string_view>{}(symbol.view());
        }
    };

    FilterSpec spec_;
    std::uint64_t number_;
    std::unordered_set<SymbolText, SymbolHash> symbols_;
    double min_score_ = -std::numeric_limits<double>::infinity();
    Price min_price_ = Price::from_raw(std::numeric_limits<std::int64_t>::min());
    Price max_price_ = Price::from_raw(std::numeric_limits<std::int64_t>::max());
    Size min_volume_ = Size::from_raw(std::numeric_limits<std::int64_t>::min());
};

/// Compiles each distinct filter once and shares it. One thread.
class FilterTable {
public:
    std::shared_ptr<const Filter> compile(FilterSpec spec);
    /// Distinct filters in use.
    std::size_t size() const;

private:
    std::unordered_map<std::string, std::weak_ptr<const Filter>> filters_;
    std::size_t sweep_at_ = 64;
};

}  // namespace tickstock
