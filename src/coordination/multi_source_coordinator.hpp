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
/// events and events of user rules pass alone. A control event of the whole feed has symbol_none;
/// one instance coordinates all of these. Also gives ids. Pure; one thread; one instance a shard.
class MultiSourceCoordinator {
public:
    /// `symbols` must outlive this.
    MultiSourceCoordinator(const CoordinationSettings& settings, const SymbolTable& symbols);

    /// Between two detections: windows that open from now on are so long.
    void reconfigure(const CoordinationSettings& settings) { settings_ = settings; }

    /// Takes one detection; appends what is emitted. REQUIRES: detections come in key order, and
    /// advance() was called up to the detection's fire.
    void add(Detection detection, std::vector<Event>& out);

    /// Ends every window that ends at or before `through`, in order of time.
    void advance(UnixNanos through, const ClockIndex& clocks, std::vector<Event>& out);

    UnixNanos next_deadline() const { return window_ends_.next(); }
    /// Calls `use` with each symbol of which advance() to `through` would end a window.
    template <class Use>
    void for_each_due(UnixNanos through, Use use) const {
        window_ends_.for_each_due(through, use);
    }
    const StageCounts& counts() const { return counts_; }
    const CoordinationTable& table() const { return table_; }
    const LoserLog& losers() const { return losers_; }
    LoserLog& losers() { return losers_; }

    // Snapshots and moves between shards (SPEC 4, 5). What is held goes with its symbol, and so
    // does its part of counts() and table(), so that both close here and there. symbol_none stands
    // for the whole feed. What a failed reader gives leaves no trace.

    void save_symbol(SymbolId symbol, StateWriter& out) const;
    /// REQUIRES: nothing is known of the symbol.
    void load_symbol(SymbolId symbol, StateReader& in);
    /// As if it had never been seen.
    void forget_symbol(SymbolId symbol);
    void save_totals(StateWriter& out) const;
    /// Adds them to what is there.
    void add_totals(StateReader& in);

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

        friend bool operator==(const Published&, const Published&) = default;
        /// REQUIRES: the detection is of its source.
        bool is_told_by(const Detection& detection) const {
            return valid && ts == detection.ts && direction == detection.direction;
        }
        template <class Archive>
        void archive(Archive& a) {
            a(ts, id, revision, direction, corroborated_by, suppressed, valid);
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

        /// All but what is held.
        template <class Archive>
        void archive(Archive& a) {
            std::uint8_t used = 0;  // places of `published`; most have one
            for (std::size_t i = 0; i < published.size(); ++i) {
                used =
                    static_cast<std::uint8_t>(used | (published[i] == Published{} ? 0U : 1U << i));
            }
            a(session_key, window_end, log, used);
            for (std::size_t i = 0; i < published.size(); ++i) {
                if ((unsigned{used} >> i & 1U) != 0) {
                    a(published[i]);
                }
            }
            a(told, known_from_trades, newest, emitted_in_window, best_source, any_source);
        }
    };
    /// One symbol's, by type; null until the first detection.
    using SymbolStates = std::array<std::unique_ptr<KeyState>, event_type_count>;
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
    SymbolStates& states_of(SymbolId symbol);
    /// Null: never seen.
    const SymbolStates* known_states_of(SymbolId symbol) const;
    /// Counts what is held as having come in here.
    void count_in(const Held& held);
    void count_away(const Held& held);
    Nanos window_of(EventType type) const;

    CoordinationSettings settings_;
    const SymbolTable& symbols_;
    std::vector<SymbolStates> states_;  // by SymbolId
    SymbolStates feed_states_;          // of symbol_none
    HeldLists held_;
    WindowEnds window_ends_;
    StageCounts counts_;
    CoordinationTable table_;
    LoserLog losers_;
};

}  // namespace tickstock
