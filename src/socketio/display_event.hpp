#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "model/enums.hpp"

namespace tickstock {

/// What the stream told before an event and the display shows beside it.
struct DisplayHistory {
    UnixNanos other_extreme;        ///< the last low before a high and the reverse; 0 = not known
    std::uint64_t surges_up = 0;    ///< of the symbol's day, this one included
    std::uint64_t surges_down = 0;  ///< as far as this server still knows them
};

/// What of an event's body the display needs before it is written out. Views into the body.
struct DisplayFacts {
    std::string_view symbol;  ///< as in JSON: escaped, without quotes
    EventType type = EventType::Control;
    Direction direction = Direction::None;
    UnixNanos ts;
    std::uint64_t revision = 0;
    bool is_of_bar = false;
};
/// REQUIRES: `body` as encode_body() writes it.
DisplayFacts display_facts(std::string_view body);

/// One event as pages show it (SPEC 12, "Display fields"). Written once, shared by all clients.
///
/// Numbers are always numbers: 0 where an event does not tell one (vwap of a trend), prices and
/// sizes as the body has them. Times are Unix seconds, `time` is New York's clock. The types of
/// high, low, trend and surge have fields of their own, the others the common ones only.
class DisplayEvent {
public:
    /// REQUIRES: `body` as encode_body() writes it; `facts` of the same.
    DisplayEvent(std::string_view body, const DisplayFacts& facts, const DisplayHistory& history);

    EventType type() const { return type_; }
    Direction direction() const { return direction_; }
    UnixNanos ts() const { return ts_; }
    std::size_t size() const { return head_.size() + tail_.size() + 24; }

    /// Appends the object. `market_now` is the market's time, for surge_age.
    void append_object(std::string& out, UnixNanos market_now) const;

    /// The packet `42["market_event",{…}]`: the display fields, then `event_specific_data` (the
    /// body's data), `rev` and `offset`.
    std::string market_event_packet(std::string_view body, std::uint64_t offset) const;

private:
    EventType type_;
    Direction direction_;
    UnixNanos ts_;
    std::string head_;  // `{…` up to surge_age's value, or all members
    std::string tail_;  // after it; empty when there is no surge_age
};

}  // namespace tickstock
