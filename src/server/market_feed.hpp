#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "publishing/event_stream.hpp"
#include "server/market_board.hpp"

namespace tickstock {

/// Keeps the market board of /api/v1/market up to date: a cursor on the event stream that takes
/// what is new once a second, out of memory. Nothing of it runs where events are published. What
/// has left memory before it was read is missing, and the answer says since when it is whole.
/// I/O thread only.
class MarketFeed {
public:
    static constexpr Nanos interval = std::chrono::seconds(1);
    static constexpr std::size_t events_at_once = 16'384;  ///< then others get their turn

    MarketFeed(const EventStream& stream, TradingCalendar::Kind calendar)
        : stream_(stream), board_(calendar) {}

    /// Reads on when it is time. `now` monotonic, never back; called by the server's timer and
    /// before an answer.
    void advance(Nanos now);

    /// The answer, `limit` rows a list; made once for all who ask between two reads.
    const std::string& json(std::size_t limit);

    const MarketBoard& board() const { return board_; }
    /// False: events of the session have left memory unread.
    bool is_complete() const;

private:
    void begin(const StreamRange& range);
    std::string write(std::size_t limit) const;

    const EventStream& stream_;
    MarketBoard board_;
    std::string epoch_;
    Offset last_;  // read up to here
    Nanos due_{0};
    bool is_behind_gap_ = false;          // events were missed, and none was taken since
    std::uint64_t damaged_sessions_ = 0;  // the board's up to this one are not whole
    std::string answer_;
    std::optional<std::size_t> answered_limit_;
};

}  // namespace tickstock
