#include "model/enums.hpp"

#include <array>
#include <cstddef>

#include "base/assert.hpp"

namespace tickstock {
namespace {

template <class Enum, std::size_t N>
std::string_view name_of(Enum value, const std::array<std::string_view, N>& names) {
    const auto index = static_cast<std::size_t>(value);
    TS_ASSERT(index < N);
    return names[index];
}

}  // namespace

std::string_view to_string(RecordKind kind) {
    static constexpr std::array<std::string_view, 6> names{
        "trade", "quote", "bar", "fair_value", "trading_status", "clock_tick"};
    return name_of(kind, names);
}

std::string_view to_string(SourceKind kind) {
    static constexpr std::array<std::string_view, 5> names{"tick", "websocket", "ohlcv", "fmv",
                                                           "channel"};
    return name_of(kind, names);
}

std::string_view to_string(ChannelType type) {
    static constexpr std::array<std::string_view, 3> names{"tick", "ohlcv", "fmv"};
    return name_of(type, names);
}

std::string_view to_string(ChannelStatus status) {
    static constexpr std::array<std::string_view, 5> names{"initializing", "active", "paused",
                                                           "error", "shutdown"};
    return name_of(status, names);
}

std::string_view to_string(CircuitState state) {
    static constexpr std::array<std::string_view, 3> names{"closed", "open", "half_open"};
    return name_of(state, names);
}

std::string_view to_string(TradingSession session) {
    static constexpr std::array<std::string_view, 5> names{"pre", "regular", "after", "overnight",
                                                           "closed"};
    return name_of(session, names);
}

std::string_view to_string(MarketPeriod period) {
    static constexpr std::array<std::string_view, 6> names{"PREMARKET", "OPENING",    "MIDDAY",
                                                           "CLOSING",   "AFTERHOURS", "BASE"};
    return name_of(period, names);
}

std::string_view to_string(Timeframe timeframe) {
    static constexpr std::array<std::string_view, 7> names{"", "1s", "1m", "5m", "15m", "1h", "1d"};
    return name_of(timeframe, names);
}

std::string_view to_string(EventType type) {
    static constexpr std::array<std::string_view, 7> names{"trend",     "surge", "high",   "low",
                                                           "valuation", "rule",  "control"};
    return name_of(type, names);
}

std::string_view to_string(Direction direction) {
    static constexpr std::array<std::string_view, 3> names{"", "up", "down"};
    return name_of(direction, names);
}

std::string_view to_string(LuldBand band) {
    static constexpr std::array<std::string_view, 3> names{"", "upper", "lower"};
    return name_of(band, names);
}

}  // namespace tickstock
