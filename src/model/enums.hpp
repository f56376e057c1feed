#pragma once

#include <cstdint>
#include <string_view>

#include "base/circuit_state.hpp"

namespace tickstock {

/// What a record is.
enum class RecordKind : std::uint8_t {
    Trade,
    Quote,
    Bar,
    FairValue,
    TradingStatus,
    ClockTick,  ///< no record of a source: the sequencer's word that time has passed
};

/// Where a record came from, for conflicts across sources: lower value = higher priority (SPEC 9).
enum class SourceKind : std::uint8_t {
    Tick,       ///< trades of a feed
    WebSocket,  ///< trades pushed by clients
    Ohlcv,      ///< bars
    Fmv,        ///< fair values
    Channel,    ///< a synthetic source beside a live one; events of user rules
};

/// A lane of the engine.
enum class ChannelType : std::uint8_t { Tick, Ohlcv, Fmv };
inline constexpr int channel_type_count = 3;

/// SPEC 6's states of a channel.
enum class ChannelStatus : std::uint8_t { Initializing, Active, Paused, Error, Shutdown };

enum class TradingSession : std::uint8_t { Pre, Regular, After, Overnight, Closed };

/// Parameter periods (SPEC 3).
enum class MarketPeriod : std::uint8_t { Premarket, Opening, Midday, Closing, Afterhours, Base };

enum class Timeframe : std::uint8_t {
    None,
    Second1,
    Minute1,
    Minute5,
    Minute15,
    Hour1,
    Day1,
};

/// What an event says.
enum class EventType : std::uint8_t { Trend, Surge, High, Low, Valuation, Rule, Control };
inline constexpr int event_type_count = 7;

enum class Direction : std::uint8_t { None, Up, Down };

/// Where a trade stands against the LULD price bands of its session: at or beyond one of them, or
/// inside (or no bands known).
enum class LuldBand : std::uint8_t { None, Upper, Lower };

std::string_view to_string(RecordKind kind);
std::string_view to_string(SourceKind kind);
std::string_view to_string(ChannelType type);
std::string_view to_string(ChannelStatus status);
std::string_view to_string(CircuitState state);
std::string_view to_string(TradingSession session);
std::string_view to_string(MarketPeriod period);
std::string_view to_string(Timeframe timeframe);
std::string_view to_string(EventType type);
/// "up", "down"; empty for None (published as null).
std::string_view to_string(Direction direction);
/// "upper", "lower"; empty for None (published as null).
std::string_view to_string(LuldBand band);

}  // namespace tickstock
