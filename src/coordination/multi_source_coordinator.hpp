#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "config/config.hpp"
#include "coordination/coordination_counts.hpp"
#include "coordination/emission_log.hpp"
#include "coordination/held_lists.hpp"
#include "coordination/loser_log.hpp"
#include "coordination/window_ends.hpp"
#include "model/accounting.hpp"
#include "model/clock_index.hpp"
#include "model/event.hpp"

namespace tickstock {

/// One event a fact (SPEC 9). The first detection of a (symbol, type) opens a window; it is half
/// open, so a detection at its end opens the next; a detection of a newer session ends it early.
///
/// Eager: a detection of the best source that has produced its type for its symbol in the session
/// passes at once; after an event of another source in the window it is a revision of that (same
/// id, rev + 1). One of a worse source is held to the window's end: emitted if nothing of the
/// window was, else it loses. Strict: all are held, the best is emitted at the window's end.
///
/// A loser that told the winner's direction is counted as Corroboration, another as Superseded.
/// What trades had shown before (known_from_trades) is Corroboration at once. A correction revises
/// what was published at once; what is still held it removes, and both are Superseded. Control
/// events and events of user rules pass alone. Also gives ids. Pure; one thread; one instance a
/// shard.
class MultiSourceCoordinator {
public:
    /// `symbols` must outlive this.
    MultiSourceCoordinator(const CoordinationSettings& settings, const SymbolTable& symbols);

    /// Takes one detection; appends what is emitted. REQUIRES: detections come in key order, and
    /// advance() was called up to the detection's fire.
    void add(Detection detection, std::vector<Event>& out);

    /// Ends every window that ends at or before `through`, in order of time.
    void advance(UnixNanos through, const ClockIndex& clocks, std::vector<Event>& out);

    UnixNanos next_deadline() const { return window_ends_.next(); }
    const StageCounts& counts() const { return counts_; }
    const CoordinationTable& table() const { return table_; }
    const LoserLog& losers() const { return losers_; }
    LoserLog& losers() { return losers_; }

private:
    using SourcesByDirection = std::array<std::uint8_t, 3>;  // bits of SourceKind
    /// The newest version of an event, as its source told it.
    struct Published {
        UnixNanos ts{};
        std::uint64_t id = 0;
        std::uint32_t revision = 0;
        Direction direction = Direction::None;
        std::uint8_t corroborated_by = 0;
        std::uint8_t suppressed = 0;
        bool valid = false;

        /// REQUIRES: the detection is of its source.
        bool is_told_by(const Detection& detection) const {
            return valid && ts == detection.ts && direction == detection.direction;
        }
    };
    struct KeyState {  // one (symbol, type)
        std::int64_t session_key = 0;
        UnixNanos window_end;
        EmissionLog log;
        /// By source, its last event of the session: what a correction of that source takes back.
        /// Not valid when another source has revised it.
        std::array<Published, coordination_source_count> published{};
        std::uint32_t held_slot = HeldLists::none;  // while something is held
        SourcesByDirection told{};                  // published in this window
        std::uint8_t known_from_trades = 0;         // sources, of this window
        SourceKind newest = SourceKind::Channel;    // of the window's last event
        bool emitted_in_window = false;
        SourceKind best_source = SourceKind::Channel;  // of the session, when any_source
        bool any_source = false;
    };
    struct NextId {
        std::uint64_t id;
        std::uint32_t parts;  // hash of the id's parts without n
        std::uint32_t n;
    };

    void begin_session(KeyState& state, const Detection& first, std::vector<Event>& out);
    void open_window(KeyState& state, const Detection& first);
    void end_window(KeyState& state, UnixNanos at, Sequence sequence, std::vector<Event>& out);
    bool met_another_source(const KeyState& state, const Detection& detection) const;
    SourcesByDirection heard_in_window(const KeyState& state) const;
    std::size_t best_of(const KeyState& state, const std::vector<Held>& list) const;

    // What becomes of a detection.
    void pass(KeyState& state, Detection detection, bool conflicting, std::vector<Event>& out);
    void hold(KeyState& state, Detection detection, bool conflicting);
    void corroborate(KeyState& state, const Detection& detection);
    void correct(KeyState& state, Detection detection, std::vector<Event>& out);
    bool take_back_held(KeyState& state, const Detection& correction);
    void lose(const Detection& detection, const OrderKey& key, Reason reason, std::uint64_t winner);

    // Publishing.
    NextId next_id(const KeyState& state, const Detection& detection) const;
    void emit(KeyState& state, Detection detection, std::vector<Event>& out);
    void revise(KeyState& state, Detection detection, std::vector<Event>& out);
    void tell(KeyState& state, std::uint64_t id, std::uint32_t revision, Detection detection,
              std::vector<Event>& out);
    void publish(const Published& version, Detection detection, std::vector<Event>& out);

    KeyState& state_of(SymbolId symbol, EventType type);
    Nanos window_of(EventType type) const;

    const CoordinationSettings settings_;
    const SymbolTable& symbols_;
    std::vector<std::unique_ptr<KeyState>> states_;  // symbol × type, made on first use
    HeldLists held_;
    WindowEnds window_ends_;
    StageCounts counts_;
    CoordinationTable table_;
    LoserLog losers_;
};

}  // namespace tickstock
