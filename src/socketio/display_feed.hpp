#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.hpp"
#include "socketio/display_event.hpp"

namespace tickstock {

/// Highs and lows of a day, all symbols.
struct DisplayTotals {
    std::uint64_t highs = 0;
    std::uint64_t lows = 0;
};

/// Makes display events of the stream's events, each once, and remembers of those before what the
/// display shows beside an event. Day = date in New York. Give it every event of the stream, in
/// order, also those that nobody sees. One thread.
class DisplayFeed {
public:
    /// Remembers only. REQUIRES: `body` as encode_body() writes it.
    void pass(std::string_view body);
    /// Remembers, and returns the event as it is shown.
    std::shared_ptr<const DisplayEvent> show(std::string_view body);

    /// Of the newest day seen. Revisions are no further highs or lows.
    const DisplayTotals& totals() const { return totals_; }
    /// The newest event's time, 0 before the first.
    UnixNanos newest() const { return newest_; }

private:
    struct Symbol {
        UnixNanos last_high;
        UnixNanos last_low;
        std::int64_t surge_day = 0;
        std::uint64_t surges_up = 0;
        std::uint64_t surges_down = 0;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    DisplayHistory remember(const DisplayFacts& facts);
    std::int64_t day_of(UnixNanos ts);

    std::unordered_map<std::string, Symbol, Hash, std::equal_to<>> symbols_;
    DisplayTotals totals_;
    std::int64_t totals_day_ = 0;
    UnixNanos newest_;
    UnixNanos hour_begin_;  // the hour of the last look-up, and its day
    std::int64_t hour_day_ = 0;
    bool hour_known_ = false;
};

}  // namespace tickstock
