#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/price.hpp"
#include "model/enums.hpp"
#include "model/event_data.hpp"
#include "model/symbol.hpp"

namespace tickstock {

class Filter;

/// What a client wants to see, in the words of the protocol. Empty or absent = no restriction.
/// Several restrictions must all hold; symbols and universes are one set together.
struct FilterSpec {
    std::vector<SymbolText> symbols;
    /// Names as the client gave them, then keys of the UniverseCatalog (Fanout::resolve()).
    std::vector<std::string> universes;
    std::uint32_t types = 0;       ///< bits of EventType
    std::uint32_t directions = 0;  ///< bits of Direction
    std::uint32_t sources = 0;     ///< bits of SourceKind
    std::optional<double> min_score;
    std::optional<Price> min_price;
    std::optional<Price> max_price;
    std::optional<Size> min_volume;

    // These restrict the events that have such a member (EventDetails); others pass.
    std::optional<Strength> min_strength;
    std::optional<double> min_magnitude;         ///< percent
    std::optional<std::uint32_t> min_count;      ///< of the kind in the session
    std::optional<std::uint32_t> min_trend_age;  ///< seconds
    std::optional<std::uint32_t> max_trend_age;  ///< seconds
    std::uint32_t vwap_positions = 0;            ///< bits of TrendData::VwapPosition

    /// Besides all that: at least one of these (the user's enabled filters); an empty list lets
    /// nothing pass.
    std::optional<std::vector<std::shared_ptr<const Filter>>> any_of;

    bool restricts_symbols() const { return !symbols.empty() || !universes.empty(); }

    /// Sorts and removes repetitions, so that equal wishes have equal keys.
    void normalize();
    /// Text that is equal for equal filters. REQUIRES: normalized.
    std::string key() const;
};

// Each takes one word or number of the protocol into the spec; false = not accepted.
bool add_symbol(FilterSpec& spec, std::string_view word);
bool add_universe(FilterSpec& spec, std::string_view name);
bool add_type(FilterSpec& spec, std::string_view word);
bool add_direction(FilterSpec& spec, std::string_view word);
bool add_source(FilterSpec& spec, std::string_view word);
bool add_vwap_position(FilterSpec& spec, std::string_view word);
bool set_min_strength(FilterSpec& spec, std::string_view word);
/// `name` is one of threshold_names().
bool set_threshold(FilterSpec& spec, std::string_view name, std::string_view number);

/// The restrictions that are numbers: min_score, min_price, …
std::span<const std::string_view> threshold_names();
bool is_threshold(std::string_view name);
bool is_whole_threshold(std::string_view name);  ///< a whole number

/// The words that are accepted, for messages: "high, low, …".
std::string accepted_types();

}  // namespace tickstock
