#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"
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

/// The settings that hold from here on, as the text that `config show` prints.
struct ConfigurationChange {
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

using DecisionAction =
    std::variant<BeginEpoch, ChannelChange, CircuitChange, SkipRecords, PlaceSymbols, ShedChange,
                 UniverseChange, ManualHalt, RuleSwitch, ConfigurationChange, SourceGap, WallStep,
                 EngineStart>;

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
    }
}
/// One line for people: "pause tick: by operator".
std::string describe(const Decision& decision);

}  // namespace tickstock
