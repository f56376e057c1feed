#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/price.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"
#include "model/rollout.hpp"
#include "model/symbol.hpp"

namespace tickstock {

// Decisions (SPEC 4): whatever is driven by load, wall time or a person and may change an event.
// The control part of the engine takes them, the journal keeps them with a sequence of their own,
// and they take effect there. A replay applies them and never takes any.

using EpochId = std::array<std::uint8_t, 16>;

/// The event stream begins anew at offset 1.
struct BeginEpoch {
    enum class State : std::uint8_t {
        Empty,  ///< a start with other inputs: every stage begins empty, what was open is gone
        Keep,   ///< the stages go on as they are
        Warm,   ///< the stages begin empty and run the entries from `warm_from` on, in silence
        Again,  ///< an input begins again: open deadlines fire, then every stage begins empty
    };
    EpochId epoch{};
    State state = State::Empty;
    Sequence warm_from;
    std::string reason;
    std::string sources;  ///< identity of the inputs that begin with it

    friend bool operator==(const BeginEpoch&, const BeginEpoch&) = default;
};

/// The clock begins anew with the epoch's own records.
constexpr bool begins_empty(BeginEpoch::State state) {
    return state == BeginEpoch::State::Empty || state == BeginEpoch::State::Again;
}

/// A channel of all shards changes its state: pause, return, error.
struct ChannelChange {
    ChannelType channel = ChannelType::Tick;
    ChannelStatus to = ChannelStatus::Active;  ///< Active, Paused or Error
    std::string reason;

    friend bool operator==(const ChannelChange&, const ChannelChange&) = default;
};

/// For the record: never changes what comes out.
struct CircuitChange {
    std::string circuit;  ///< "router", "tick/0" (channel/shard)
    CircuitState to = CircuitState::Closed;
    std::string reason;

    friend bool operator==(const CircuitChange&, const CircuitChange&) = default;
};

/// Records of one channel that its lane has not begun and now never will. In order.
struct SkipRecords {
    ChannelType channel = ChannelType::Tick;
    std::vector<Sequence> sequences;

    friend bool operator==(const SkipRecords&, const SkipRecords&) = default;
};

/// Symbols live on these shards from here on. Never changes what comes out.
struct PlaceSymbols {
    std::vector<std::pair<SymbolId, std::uint16_t>> places;

    friend bool operator==(const PlaceSymbols&, const PlaceSymbols&) = default;
};

/// Events with a key at or after this are shed by class (SPEC 10). 0 = none … 4.
struct ShedChange {
    std::uint8_t level = 0;

    friend bool operator==(const ShedChange&, const ShedChange&) = default;
};

/// A named set of symbols, whole; `removed` = there is none of that name from here on.
struct UniverseChange {
    std::string name;
    std::vector<SymbolText> symbols;  ///< sorted
    bool priority = false;            ///< its symbols gain a class
    bool removed = false;

    friend bool operator==(const UniverseChange&, const UniverseChange&) = default;
};

/// A person halts a symbol or lets it go on.
struct ManualHalt {
    SymbolId symbol = symbol_none;
    bool halted = true;
    std::string reason;  ///< at most 15 bytes reach the event

    friend bool operator==(const ManualHalt&, const ManualHalt&) = default;
};

/// A user rule goes on or off.
struct RuleSwitch {
    std::string rule;
    bool on = true;
    std::string reason;

    friend bool operator==(const RuleSwitch&, const RuleSwitch&) = default;
};

/// The settings that hold from here on, as the text that `config show` prints. A start tells those
/// that it came with; whoever else takes one changes the running engine: `live` settings act on the
/// next record, `session` ones when a symbol's next session begins.
struct ConfigurationChange {
    static constexpr std::string_view by_start = "start";
    std::uint64_t hash = 0;  ///< XXH64 of the text
    std::string text;

    friend bool operator==(const ConfigurationChange&, const ConfigurationChange&) = default;
};

/// Input was or may have been missed; `recovered` ends it. Told as a control event.
struct SourceGap {
    SourceId source;
    bool recovered = false;
    UnixNanos from;
    UnixNanos to;
    std::string reason;  ///< at most 15 bytes reach the event

    friend bool operator==(const SourceGap&, const SourceGap&) = default;
};

/// The wall clock has jumped against the monotonic one. Moves nothing.
struct WallStep {
    Nanos step{0};

    friend bool operator==(const WallStep&, const WallStep&) = default;
};

/// A process begins to write here: behind what its start decides about epoch and settings. Moves
/// nothing.
struct EngineStart {
    bool events_wait_for_disk = false;  ///< durability `always`: a dead machine takes none back
    std::uint16_t shards = 1;

    friend bool operator==(const EngineStart&, const EngineStart&) = default;
};

/// The records of the source from here on are this client's, until the next of these names another.
/// With their source_sequence it tells how far the client got. Moves nothing.
struct PushedBy {
    SourceId source;
    std::string client;  ///< empty = nobody who numbers his rows

    friend bool operator==(const PushedBy&, const PushedBy&) = default;
};

/// What the history knows of a symbol's trading session that is still open.
struct SessionRestore {
    SymbolId symbol = symbol_none;
    UnixNanos last;  ///< of the newest event: tells which trading session it is
    Price open;
    Price high;
    Price low;
    UnixNanos high_ts;
    UnixNanos low_ts;
    std::uint32_t highs = 0;  ///< emitted
    std::uint32_t lows = 0;
    std::uint32_t trends_up = 0;
    std::uint32_t trends_down = 0;

    friend bool operator==(const SessionRestore&, const SessionRestore&) = default;
};

/// A start without a journal takes extremes and counts from the history (SPEC 16). A symbol that
/// has a trading session already keeps its own.
struct RestoreSessions {
    std::vector<SessionRestore> sessions;
    std::string from;  ///< the database

    friend bool operator==(const RestoreSessions&, const RestoreSessions&) = default;
};

/// Other flags, another selection, another phase: from here on the path in charge of a symbol is
/// what they say. Whole, so that the last one tells everything (with the PathFallbacks behind it).
struct RolloutChange {
    enum class Cause : std::uint8_t {
        Install,   ///< the first start with the integrator
        Flags,     ///< a person set flags, percentage or symbols
        Advance,   ///< the next phase
        Fallback,  ///< automatic, for all symbols
        Disable,   ///< a person's emergency disable
        ReEnable,  ///< a person's return after it
    };
    Cause cause = Cause::Install;
    FeatureFlags flags;
    RolloutSelection selection;
    std::uint8_t phase = 0;
    UnixNanos phase_since;  ///< wall time
    std::string incident;   ///< id of the one that holds; empty = none: nothing is disabled
    bool forgives = false;  ///< symbols that fell back before are on trial again
    std::string reason;     ///< why, in words

    friend bool operator==(const RolloutChange&, const RolloutChange&) = default;
    template <class Archive>
    void archive(Archive& a) {
        a(cause, flags, selection, phase, phase_since, incident, forgives, reason);
    }
};
/// "install", "flags", "advance", "fallback", "disable", "re_enable".
std::string_view to_string(RolloutChange::Cause cause);

/// Symbols of which the linear path is in charge again, each from an entry on that may stand before
/// this decision: no event behind that entry was told.
struct PathFallback {
    struct Fallen {
        SymbolId symbol = symbol_none;
        Sequence from;
        FallbackCause cause = FallbackCause::Error;

        friend bool operator==(const Fallen&, const Fallen&) = default;
    };
    std::vector<Fallen> symbols;

    friend bool operator==(const PathFallback&, const PathFallback&) = default;
};

using DecisionAction =
    std::variant<BeginEpoch, ChannelChange, CircuitChange, SkipRecords, PlaceSymbols, ShedChange,
                 UniverseChange, ManualHalt, RuleSwitch, ConfigurationChange, SourceGap, WallStep,
                 EngineStart, PushedBy, RestoreSessions, RolloutChange, PathFallback>;

struct Decision {
    Sequence sequence;  ///< its own place in the one order
    UnixNanos clock;    ///< the sequencer's, as it stood
    UnixNanos wall;     ///< when it was taken, for people only
    std::string by;     ///< "control", "operator", …: who took it
    DecisionAction action;

    friend bool operator==(const Decision&, const Decision&) = default;
};

/// snake_case name of the action: "channel_change".
std::string_view to_string(const DecisionAction& action);
/// Calls `take` with each symbol id that the decision names.
template <class Take>
void for_each_symbol(const Decision& decision, Take take) {
    if (const auto* placed = std::get_if<PlaceSymbols>(&decision.action)) {
        for (const auto& [symbol, shard] : placed->places) {
            take(symbol);
        }
    } else if (const auto* halt = std::get_if<ManualHalt>(&decision.action)) {
        take(halt->symbol);
    } else if (const auto* restore = std::get_if<RestoreSessions>(&decision.action)) {
        for (const SessionRestore& session : restore->sessions) {
            take(session.symbol);
        }
    } else if (const auto* fallback = std::get_if<PathFallback>(&decision.action)) {
        for (const PathFallback::Fallen& fallen : fallback->symbols) {
            take(fallen.symbol);
        }
    }
}
/// One line for people: "pause tick: by operator".
std::string describe(const Decision& decision);

}  // namespace tickstock
