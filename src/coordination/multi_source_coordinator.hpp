#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "config/config.hpp"
#include "model/accounting.hpp"
#include "model/clock_index.hpp"
#include "model/event.hpp"

namespace tickstock {

/// One event a fact (SPEC 9, mode eager). A detection of the best source that has produced its type
/// for its symbol in the session passes at once; one of a worse source is held to the end of the
/// window that the first detection of the key opened. A better one after an emission of the window
/// is a revision of it (same id, rev + 1). Windows are half open: a detection at a window's end
/// opens the next. Also gives ids. Pure; one thread; one instance a shard.
class MultiSourceCoordinator {
public:
    /// `symbols` must outlive this.
    MultiSourceCoordinator(const CoordinationSettings& settings, const SymbolTable& symbols);

    /// Takes one detection; appends what is emitted. REQUIRES: detections come in key order, and
    /// advance() was called up to the detection's fire.
    void add(Detection detection, std::vector<Event>& out);

    /// Ends every window that ends at or before `through`, in order of time.
    void advance(UnixNanos through, const ClockIndex& clocks, std::vector<Event>& out);

    UnixNanos next_deadline() const {
        return deadlines_.empty() ? time_never : deadlines_.front().at;
    }
    const StageCounts& counts() const { return counts_; }
    /// Detections that met one of another source in their window.
    std::uint64_t conflicts() const { return conflicts_; }

private:
    struct Emission {
        UnixNanos ts;
        std::uint64_t id = 0;
        std::uint32_t revision = 0;
        SourceKind source = SourceKind::Channel;  // of the first emission
        Timeframe timeframe = Timeframe::None;
        Direction direction = Direction::None;
        ControlData::Kind control_kind{};  // of control events
    };
    struct KeyState {  // one (symbol, type)
        std::int64_t session_key = 0;
        SourceKind best_source = SourceKind::Channel;
        bool any_source = false;
        std::vector<Emission> emissions;  // of the session
        UnixNanos window_end;
        bool emitted_in_window = false;
        Detection window_emission;  // newest of the window, when emitted_in_window
        std::size_t window_emission_index = 0;
        bool holding = false;
        Detection held;
        std::uint8_t held_sources = 0;  // bits of SourceKind, of this window
    };
    struct WindowEnd {
        UnixNanos at;
        SymbolId symbol;
        EventType type;
    };

    KeyState& state_of(SymbolId symbol, EventType type);
    Nanos window_of(EventType type) const;
    static void forget_emissions(KeyState& state, EventType type);
    void emit(KeyState& state, Detection detection, std::vector<Event>& out);
    void emit_revision(KeyState& state, std::size_t emission, Detection detection,
                       std::vector<Event>& out);
    void emit_correction(KeyState& state, Detection detection, std::vector<Event>& out);
    void hold(KeyState& state, Detection detection);
    void end_window(KeyState& state, UnixNanos at, Sequence sequence, std::vector<Event>& out);
    std::uint64_t next_id(const KeyState& state, const Detection& detection) const;
    bool better(const KeyState& state, const Detection& a, const Detection& b) const;

    const CoordinationSettings settings_;
    const SymbolTable& symbols_;
    std::vector<std::unique_ptr<KeyState>> states_;  // symbol × type, made on first use
    std::vector<WindowEnd> deadlines_;               // min-heap, windows that hold something
    StageCounts counts_;
    std::uint64_t conflicts_ = 0;
};

}  // namespace tickstock
