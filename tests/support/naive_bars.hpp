#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "model/event.hpp"
#include "support/naive_session_market.hpp"

/// A second, obvious and slow way from bars to their events, written from SPEC sections 2, 3, 7.5,
/// 9 and 11 alone. Every bar stays in a list; on each arrival the list is read again.
namespace tickstock::naive {

/// The trading session of a moment by the clock on the wall in New York (or by the UTC day), for
/// any working day of 2013–2024 on which the tests have data. `number` grows with time; 0 = closed.
Session bar_session_at(std::int64_t ts_ns, TradingCalendar::Kind calendar);

struct BarFact {
    std::int64_t fire = 0;
    std::uint64_t sequence = 0;
    std::string symbol;
    EventType type = EventType::Surge;
    Direction direction = Direction::None;
    Timeframe timeframe = Timeframe::None;
    TradingSession session = TradingSession::Regular;
    std::int64_t price = 0;
    std::int64_t ts = 0;
    std::int64_t volume = 0;
    std::uint64_t id = 0;
    bool behind = false;  ///< an earlier event of its symbol and type has a later `ts`
    double score = 0;
    double percent_change = 0;
    double volume_multiplier = 0;
    std::uint64_t source_sequence = 0;
    MarketPeriod period = MarketPeriod::Midday;
    std::int64_t prior_extreme = 0;                ///< high and low; 0 = none
    std::vector<std::int64_t> prior_extreme_ends;  ///< of the bars that have it
};

/// What happened on the way, so that a test can tell that its input was rich enough.
struct BarStory {
    std::uint64_t closed = 0;
    std::uint64_t late_session = 0;
    std::uint64_t late_bar = 0;
    std::uint64_t revisions = 0;  ///< bars with a start already seen
    std::uint64_t emitted_by_revision = 0;
    std::uint64_t kept_quiet = 0;  ///< an earlier version had told it already
    std::uint64_t inserted = 0;    ///< new starts older than the newest
    std::uint64_t muted = 0;       ///< would have been told but for the halt
    std::uint64_t no_average = 0;  ///< bars without an average volume
    std::uint64_t average_given = 0;
    std::uint64_t percent_given = 0;
    std::uint64_t known_from_trades = 0;     ///< a high or low that trades had reached before
    std::uint64_t gated = 0;                 ///< new extremes that Δ kept quiet
    std::uint64_t surge_by_double_move = 0;  ///< less than 3 × the average
    std::uint64_t stepped_back = 0;          ///< a revision took the last emitted extreme back
    std::uint64_t session_changes = 0;
};

struct BarRun {
    std::vector<BarFact> facts;  ///< in stream order
    BarStory story;
};

/// Events of the bars of a tape; its trades and trading statuses tell extremes and halts. Trades
/// must be such that the sanity guard lets them pass.
BarRun bar_events_of(const Tape& tape, const PipelineSettings& settings);

}  // namespace tickstock::naive
