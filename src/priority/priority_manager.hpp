#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/state_archive.hpp"
#include "base/strong.hpp"
#include "config/config.hpp"
#include "model/accounting.hpp"
#include "model/decision.hpp"
#include "model/event.hpp"
#include "model/symbol.hpp"
#include "priority/event_class.hpp"
#include "priority/timeline.hpp"
#include "priority/universe_set.hpp"
#include "priority/universe_timeline.hpp"

namespace tickstock {

/// Events by class, 1 to 4 at places 0 to 3.
struct ClassCounts {
    std::array<std::uint64_t, class_count> out{};
    std::array<std::uint64_t, class_count> shed{};

    template <class Archive>
    void archive(Archive& a) {
        a(out, shed);
    }
};

/// Gives each event its class and score (SPEC 10), and takes away those that are shed or, where the
/// settings say so, of symbols in no universe. Universes and shed level come as decisions; to an
/// event applies what held at its key's sequence, whenever the event is looked at, so that the
/// outcome is the same for any number of shards and any cut into batches. Class and score never
/// order the stream. Pure; one thread, a shard's.
class PriorityManager {
public:
    /// `symbols` must outlive this.
    PriorityManager(const SymbolTable& symbols, const PrioritySettings& settings)
        : universes_(symbols), drop_outside_(settings.drop_outside_universes) {}

    // Decisions, in the order of their sequences. They hold for keys at or after `sequence`.

    void apply(const UniverseChange& change, Sequence sequence) {
        universes_.apply(change, sequence);
    }
    void apply(const ShedChange& change, Sequence sequence);

    /// Removes the events that go no further; the others get class and score and keep their order.
    void assign(std::vector<Event>& events);

    /// No event with a key before `sequence` will come any more.
    void forget_before(Sequence sequence) {
        universes_.forget_before(sequence);
        shed_level_.forget_before(sequence);
    }

    const StageCounts& counts() const { return counts_; }
    const ClassCounts& class_counts() const { return class_counts_; }
    /// The newest ones.
    const UniverseSet& universes() const { return universes_.newest(); }
    std::uint8_t shed_level() const { return shed_level_.newest(); }

    // Snapshots. What a failed reader gives leaves no trace.

    void save_totals(StateWriter& out) const { out(counts_, class_counts_); }
    /// Adds them to what is there.
    void add_totals(StateReader& in);
    /// Universes and shed level, with their past; after forget_before() of one sequence the same
    /// bytes in every shard.
    void save_control(StateWriter& out) const { out(universes_, shed_level_); }
    void load_control(StateReader& in);

private:
    /// False = it goes no further; counted.
    bool admit(Event& event);

    UniverseTimeline universes_;
    Timeline<std::uint8_t> shed_level_;
    const bool drop_outside_;
    StageCounts counts_;
    ClassCounts class_counts_;
};

}  // namespace tickstock
