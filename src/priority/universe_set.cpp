#include "priority/universe_set.hpp"

#include <algorithm>

#include "model/universe.hpp"

namespace tickstock {
namespace {

std::vector<SymbolText> texts_of(const UniverseSettings& file) {
    std::vector<SymbolText> symbols;
    symbols.reserve(file.symbols.size());
    for (const std::string& symbol : file.symbols) {
        symbols.emplace_back(symbol);
    }
    return symbols;
}

bool is_same(const Universe& universe, const UniverseChange& change) {
    return universe.priority == change.priority && universe.symbols == change.symbols;
}

Error file_owns(std::string_view name) {
    return Error{"universe " + std::string(name) + " stands in universes/" + std::string(name) +
                 ".json: change that file and start again"};
}

}  // namespace

bool Universe::has(const SymbolText& symbol) const {
    return std::binary_search(symbols.begin(), symbols.end(), symbol);
}

UniverseSet::List::const_iterator UniverseSet::place_of(std::string_view name) const {
    return std::lower_bound(
        universes_.begin(), universes_.end(), name,
        [](const auto& universe, std::string_view wanted) { return universe->name < wanted; });
}

const Universe* UniverseSet::find(std::string_view name) const {
    const auto place = place_of(name);
    return place != universes_.end() && (*place)->name == name ? place->get() : nullptr;
}

void UniverseSet::apply(const UniverseChange& change, bool from_file) {
    const auto place = place_of(change.name);
    const bool known = place != universes_.end() && (*place)->name == change.name;
    if (change.removed) {
        if (known) {
            universes_.erase(place);
        }
        return;
    }
    auto universe = std::make_shared<const Universe>(
        Universe{change.name, change.symbols, change.priority, from_file});
    if (known) {
        universes_[static_cast<std::size_t>(place - universes_.begin())] = std::move(universe);
    } else {
        universes_.insert(place, std::move(universe));
    }
}

Result<std::optional<UniverseChange>> UniverseSet::plan_set(std::string_view name,
                                                            std::vector<SymbolText> symbols,
                                                            bool priority) const {
    if (!is_universe_name(name)) {
        return Error{"the name of a universe is 1 to " + std::to_string(universe_name_limit) +
                     " of a-z, 0-9, _ and -"};
    }
    std::sort(symbols.begin(), symbols.end());
    symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
    if (symbols.empty() || symbols.size() > universe_symbol_limit) {
        return Error{"universe " + std::string(name) + " has " + std::to_string(symbols.size()) +
                     " symbols: accepted are 1 to " + std::to_string(universe_symbol_limit)};
    }
    const Universe* known = find(name);
    if (known != nullptr && known->from_file) {
        return file_owns(name);
    }
    std::size_t count = 1;
    std::size_t total = symbols.size();
    for (const auto& other : universes_) {
        if (!other->from_file && other.get() != known) {
            ++count;
            total += other->symbols.size();
        }
    }
    if (count > universe_limit) {
        return Error{"there are " + std::to_string(universe_limit) +
                     " universes of the API, which is the most"};
    }
    if (total > universe_total_limit) {
        return Error{"the universes of the API would have " + std::to_string(total) +
                     " symbols: accepted are " + std::to_string(universe_total_limit)};
    }
    UniverseChange change{std::string(name), std::move(symbols), priority, false};
    if (known != nullptr && is_same(*known, change)) {
        return std::optional<UniverseChange>();
    }
    return std::optional(std::move(change));
}

Result<std::optional<UniverseChange>> UniverseSet::plan_removal(std::string_view name) const {
    const Universe* known = find(name);
    if (known == nullptr) {
        return std::optional<UniverseChange>();
    }
    if (known->from_file) {
        return file_owns(name);
    }
    return std::optional(UniverseChange{known->name, {}, false, true});
}

std::vector<UniverseChange> UniverseSet::plan_files(std::span<const UniverseSettings> files) const {
    std::vector<UniverseChange> changes;
    for (const UniverseSettings& file : files) {
        UniverseChange change{file.name, texts_of(file), file.priority, false};
        std::sort(change.symbols.begin(), change.symbols.end());
        const Universe* known = find(file.name);
        if (known == nullptr || !known->from_file || !is_same(*known, change)) {
            changes.push_back(std::move(change));
        }
    }
    for (const auto& known : universes_) {
        const bool has_file =
            std::any_of(files.begin(), files.end(),
                        [&](const UniverseSettings& file) { return file.name == known->name; });
        if (known->from_file && !has_file) {
            changes.push_back({known->name, {}, false, true});
        }
    }
    std::sort(changes.begin(), changes.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return changes;
}

void UniverseSet::assign(std::vector<Universe> universes) {
    universes_.clear();
    universes_.reserve(universes.size());
    for (Universe& universe : universes) {
        universes_.push_back(std::make_shared<const Universe>(std::move(universe)));
    }
}

}  // namespace tickstock
