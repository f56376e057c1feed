#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/price.hpp"
#include "base/time.hpp"
#include "model/calendar.hpp"
#include "model/symbol.hpp"
#include "publishing/event_block.hpp"

namespace tickstock {

/// The list that a symbol may lead.
enum class MarketList : std::uint8_t { Highs, Lows, Surges, Trends, RelativeVolume };
inline constexpr std::size_t market_list_count = 5;

/// What the events of one trading session told of a symbol.
struct MarketRow {
    SymbolText symbol;
    Price price;      ///< of the latest event
    UnixNanos as_of;  ///< its time
    Price open;       ///< of the session, as highs and lows of trades tell it; 0 = not known
    double percent_change = 0;   ///< of price, from the open
    double surge = 0;            ///< greatest magnitude of a surge, percent, without sign
    double trend = 0;            ///< score of the latest trend, without sign
    double relative_volume = 0;  ///< newest multiple of the usual volume
    std::array<std::uint32_t, market_list_count> counts{};
    std::array<UnixNanos, market_list_count> last{};  ///< event that counts for that list
    Direction surge_direction = Direction::None;      ///< of the latest
    Direction trend_direction = Direction::None;

    /// By what the list is ordered; 0 = the symbol does not stand in it.
    double rank(MarketList list) const;
    /// What the list shows beside the count: percent, score, multiple; of highs and lows the
    /// change.
    double value(MarketList list) const;
    Direction direction(MarketList list) const;
};

/// Events of one minute of the market.
struct MarketMinute {
    std::int64_t minute = -1;  ///< since 1970
    std::uint32_t highs = 0;
    std::uint32_t lows = 0;
    std::uint32_t surges_up = 0;
    std::uint32_t surges_down = 0;
};

/// Sums of the session: events, and symbols against their open.
struct MarketBreadth {
    std::uint64_t highs = 0;
    std::uint64_t lows = 0;
    std::uint64_t surges_up = 0;
    std::uint64_t surges_down = 0;
    std::uint64_t trends_up = 0;
    std::uint64_t trends_down = 0;
};
struct MarketAdvance {
    std::size_t advancing = 0;
    std::size_t declining = 0;
    std::size_t unchanged = 0;
};

/// Counts the events of the trading session at hand, per symbol and per minute. The session is that
/// of the newest event, by the data's time: an event of the next one begins the board anew, one of
/// an earlier one is late and left out. An event costs O(1); memory is bounded. One thread.
class MarketBoard {
public:
    static constexpr std::size_t max_symbols = 65'536;  ///< events of further ones are left out
    static constexpr std::size_t minutes_kept = 390;    ///< a regular session

    explicit MarketBoard(TradingCalendar::Kind calendar) : calendar_(calendar), spans_(calendar_) {}

    /// Nothing is known again.
    void clear();

    /// Highs, lows, surges, trends and rules' events of a symbol; others tell nothing here. A
    /// revision of an event (rev > 0) corrects the price and is not counted again.
    /// True: it is in the board.
    bool take(const StreamEntry& entry, std::string_view body);

    /// Nothing while there was no event.
    const std::optional<SessionSpan>& session() const { return session_; }
    /// The time of the first event taken in this session.
    UnixNanos first_event() const { return first_event_; }
    /// Sessions begun since clear().
    std::uint64_t sessions() const { return sessions_; }

    /// The first `limit` of a list: greatest first, then the more recent, then by text.
    std::vector<const MarketRow*> leaders(MarketList list, std::size_t limit) const;
    const MarketBreadth& breadth() const { return breadth_; }
    MarketAdvance advance() const;
    /// From the oldest kept minute with an event to the newest, without holes.
    std::vector<MarketMinute> minutes() const;

    std::size_t symbols() const { return rows_.size(); }
    std::uint64_t late() const { return late_; }
    std::uint64_t untracked() const { return untracked_; }

private:
    bool enter_session(const StreamEntry& entry, std::string_view body);
    MarketRow* row_of(const StreamEntry& entry);
    MarketMinute* minute_of(UnixNanos t);
    void take_price(MarketRow& row, const StreamEntry& entry, std::string_view data);
    void count(MarketRow& row, const StreamEntry& entry);

    const TradingCalendar calendar_;
    SessionLookup spans_;
    std::optional<SessionSpan> session_;
    UnixNanos first_event_;
    std::uint64_t sessions_ = 0;
    std::vector<MarketRow> rows_;
    std::vector<std::uint32_t> places_;  // by symbol number: 1 + index in rows_, 0 = none
    std::array<MarketMinute, minutes_kept> minutes_{};  // by minute modulo
    std::int64_t newest_minute_ = -1;
    MarketBreadth breadth_;
    std::uint64_t late_ = 0;
    std::uint64_t untracked_ = 0;
};

}  // namespace tickstock
