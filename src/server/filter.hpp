#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "publishing/event_stream.hpp"
#include "server/filter_spec.hpp"
#include "server/symbol_set.hpp"
#include "server/universe_catalog.hpp"

namespace tickstock {

/// A compiled filter: one evaluation for all clients that asked for the same. Changes only when one
/// of its universes does (FilterTable). One thread; entries of one stream.
class Filter {
public:
    using Universes = std::vector<std::shared_ptr<const UniverseCatalog::Universe>>;

    /// `universes`: those of spec.universes, null = an empty one.
    explicit Filter(FilterSpec spec, Universes universes = {});

    /// Control events (halts, source gaps) pass by type and symbol alone; one that concerns all
    /// symbols (symbol "") passes every symbol list. A restriction on a member that the event does
    /// not have (EventDetails) lets it pass.
    bool accepts(const StreamEntry& entry) const;

    /// False: no event of this type and symbol is accepted.
    bool may_accept(EventType type, const SymbolText& symbol) const;

    const FilterSpec& spec() const { return spec_; }
    /// Distinguishes filters for as long as the process lives; another one after each change.
    std::uint64_t number() const { return number_; }

    const Universes& universes() const { return universes_; }
    /// Replaces the symbols of its universes, in the order of spec().universes.
    void set_universes(Universes universes);
    /// Takes another number if one of spec().any_of has.
    void follow_any_of();

private:
    bool accepts_type(EventType type) const {
        return spec_.types == 0 || (spec_.types >> static_cast<unsigned>(type) & 1U) != 0;
    }
    bool accepts_symbol(EventType type, std::uint32_t number, const SymbolText& symbol) const {
        return !restricts_symbols_ || symbols_.contains(number, symbol) ||
               (type == EventType::Control && symbol == SymbolText{});
    }
    bool accepts_details(const EventDetails& details, unsigned members) const;
    bool accepts_alone(const StreamEntry& entry) const;

    FilterSpec spec_;
    std::uint64_t number_ = 0;
    Universes universes_;
    std::vector<std::uint64_t> any_of_numbers_;
    SymbolSet symbols_;
    bool restricts_symbols_ = false;
    unsigned members_ = 0;  // bits of EventDetails::Member that are restricted
    double min_score_ = -std::numeric_limits<double>::infinity();
    Price min_price_ = Price::from_raw(std::numeric_limits<std::int64_t>::min());
    Price max_price_ = Price::from_raw(std::numeric_limits<std::int64_t>::max());
    Size min_volume_ = Size::from_raw(std::numeric_limits<std::int64_t>::min());
};

/// Compiles each distinct filter once and shares it; compiles it again, in place, when a universe
/// of it changes. One thread.
class FilterTable {
public:
    /// Null `catalog`: every universe is empty. It outlives the table.
    explicit FilterTable(const UniverseCatalog* catalog = nullptr) : catalog_(catalog) {}

    std::shared_ptr<const Filter> compile(FilterSpec spec);

    /// What the universes are now, for all filters in use.
    void refresh_universes();

    /// Distinct filters in use.
    std::size_t size() const;
    const UniverseCatalog* catalog() const { return catalog_; }

private:
    Filter::Universes universes_of(const FilterSpec& spec) const;

    const UniverseCatalog* catalog_;
    std::uint64_t version_ = 0;
    std::unordered_map<std::string, std::weak_ptr<Filter>> filters_;
    std::size_t sweep_at_ = 64;
};

}  // namespace tickstock
