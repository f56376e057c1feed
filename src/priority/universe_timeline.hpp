#pragma once

#include <cstdint>
#include <vector>

#include "base/state_archive.hpp"
#include "base/strong.hpp"
#include "model/decision.hpp"
#include "model/symbol.hpp"
#include "priority/timeline.hpp"
#include "priority/universe_set.hpp"

namespace tickstock {

/// What the universes say of a symbol.
struct Membership {
    bool any_universe = false;  ///< there is one at all
    bool inside = false;        ///< of one or more
    bool priority = false;      ///< of one or more priority universes
};

/// Which symbols stood in which universes, at every sequence that events may still name. A look-up
/// is O(1) once the symbol was asked for since the last change. One thread, a shard's.
class UniverseTimeline {
public:
    /// `symbols` must outlive this.
    explicit UniverseTimeline(const SymbolTable& symbols) : symbols_(&symbols) {}

    /// Holds for keys at or after `sequence`. REQUIRES: not before an earlier change.
    void apply(const UniverseChange& change, Sequence sequence);

    /// REQUIRES: `sequence` is not forgotten. Of symbol_none: in no universe.
    Membership at(SymbolId symbol, Sequence sequence);

    /// No key before `sequence` will be asked for any more.
    void forget_before(Sequence sequence) { versions_.forget_before(sequence); }

    const UniverseSet& newest() const { return versions_.newest().universes; }
    std::size_t versions() const { return versions_.size(); }

    template <class Archive>
    void archive(Archive& a) {
        a(versions_);
    }

private:
    /// The universes between two changes.
    struct Version {
        static constexpr std::uint8_t known = 1;
        static constexpr std::uint8_t inside = 2;
        static constexpr std::uint8_t priority = 4;

        UniverseSet universes;
        std::vector<std::uint8_t> marks;  // by SymbolId, 0 = not asked for yet; never saved

        template <class Archive>
        void archive(Archive& a) {
            a(universes);
            if constexpr (Archive::is_loading) {
                marks.clear();
            }
        }
    };

    std::uint8_t look_up(const Version& version, SymbolId symbol) const;

    const SymbolTable* symbols_;  // never null
    Timeline<Version> versions_;
};

}  // namespace tickstock
