#pragma once

#include <cstdint>
#include <string_view>

#include "model/event.hpp"

namespace tickstock {

/// Members of an event's `data` that a filter may ask for, as plain numbers. They are what the body
/// says, digit for digit, so that a filter judges what its client reads, before and after a
/// restart.
struct EventDetails {
    /// Bits of `has`: the event has that member.
    enum Member : std::uint8_t { Strength = 1, Magnitude = 2, Count = 4, TrendAge = 8, Vwap = 16 };

    double magnitude = 0;         ///< percent, without sign: of surges; of a bar's, open to close
    std::uint32_t count = 0;      ///< of its kind this session (surges: this date), itself included
    std::uint32_t trend_age = 0;  ///< seconds
    tickstock::Strength strength = tickstock::Strength::Weak;  ///< of trends and surges
    /// Of trends as they say; of highs and lows by the sign of `vwap_divergence`.
    TrendData::VwapPosition vwap = TrendData::VwapPosition::Unknown;
    std::uint8_t has = 0;

    friend bool operator==(const EventDetails&, const EventDetails&) = default;
};

EventDetails details_of(const Event& event);

/// The same out of the event's encoded body: for events that come back from the disk. A body that
/// encode_body() did not write gives what is found of them.
EventDetails details_in(EventType type, Direction direction, std::string_view body);

}  // namespace tickstock
