#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"
#include "model/decision.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// A named set of symbols, as it stands.
struct Universe {
    std::string name;
    std::vector<SymbolText> symbols;  ///< sorted, each once
    bool priority = false;
    bool from_file = false;  ///< else the API's

    bool has(const SymbolText& symbol) const;

    template <class Archive>
    void archive(Archive& a) {
        a(name, symbols, priority, from_file);
    }
};

/// All universes as they stand, and what may become of them. Decisions change it; the plan_…
/// functions say which decisions there would be. A file's universe is the file's: the API changes
/// and removes only its own, so that no start takes back what a person has done. Copies share
/// their universes. One thread.
class UniverseSet {
public:
    using List = std::vector<std::shared_ptr<const Universe>>;

    /// Decision::by of what plan_files() has planned, for apply() when the journal is read again.
    static constexpr std::string_view by_files = "files";

    /// By name; never null.
    const List& all() const { return universes_; }
    bool empty() const { return universes_.empty(); }
    const Universe* find(std::string_view name) const;

    /// What the journal says. `from_file`: the decision was planned by plan_files().
    void apply(const UniverseChange& change, bool from_file);

    /// The decision to make or replace a universe of the API; nothing when it stands so already.
    /// `symbols` in any order, a repeated one counts once. The error says what is accepted.
    Result<std::optional<UniverseChange>> plan_set(std::string_view name,
                                                   std::vector<SymbolText> symbols,
                                                   bool priority) const;

    /// The decision to remove a universe of the API; nothing when there is none of the name.
    Result<std::optional<UniverseChange>> plan_removal(std::string_view name) const;

    /// At start: the decisions, by name, after which the universes of `files` stand as the files
    /// say, and none is left whose file is gone. A file takes the name of a universe of the API.
    /// REQUIRES: `files` come from load_config().
    std::vector<UniverseChange> plan_files(std::span<const UniverseSettings> files) const;

    template <class Archive>
    void archive(Archive& a) {
        if constexpr (Archive::is_loading) {
            std::vector<Universe> universes;
            a(universes);
            assign(std::move(universes));
        } else {
            a(static_cast<std::uint64_t>(universes_.size()));
            for (const auto& universe : universes_) {
                a(*universe);
            }
        }
    }

private:
    List::const_iterator place_of(std::string_view name) const;
    void assign(std::vector<Universe> universes);

    List universes_;  // by name
};

}  // namespace tickstock
