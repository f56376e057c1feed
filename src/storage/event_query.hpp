#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/price.hpp"
#include "base/result.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"
#include "storage/sql_connection.hpp"

namespace tickstock {

/// Which end of time comes first.
enum class HistoryOrder : std::uint8_t { Newest, Oldest };

/// The order of stored events: by time, then id, then revision. It never changes for a row, also
/// not when the same fact is told again in a new epoch.
struct EventKey {
    UnixNanos ts;
    std::string id;
    std::int64_t rev = 0;

    friend auto operator<=>(const EventKey&, const EventKey&) = default;
};

/// Which stored events; what is left empty is not asked for.
struct EventQuery {
    static constexpr std::size_t max_symbols = 100;

    std::vector<std::string> symbols;
    std::vector<EventType> types;
    Direction direction = Direction::None;
    std::optional<SourceKind> source;
    std::optional<TradingSession> session;
    UnixNanos from;              ///< inclusive
    UnixNanos to = time_never;   ///< exclusive
    int min_priority = 4;        ///< classes 1 to this one
    bool all_revisions = false;  ///< false: an event's latest revision only
    HistoryOrder order = HistoryOrder::Newest;
    std::size_t limit = 100;        ///< rows of a page
    std::optional<EventKey> after;  ///< the last row of the page before
};

/// An event as it is stored; `body` is what was published, byte for byte.
struct StoredEvent {
    EventKey key;
    std::string epoch;
    Offset offset;
    UnixNanos ts_pub;
    std::string symbol;  ///< empty for the whole feed
    std::string type;
    std::string direction;  ///< empty = none
    std::string source;
    std::string session;
    std::string session_date;  ///< YYYY-MM-DD, New York
    std::int64_t priority = 0;
    std::optional<Price> price;
    Size volume;
    double score = 0;
    std::string body;
};

struct EventRows {
    std::vector<StoredEvent> events;
    std::optional<EventKey> next;  ///< for EventQuery::after; nothing = there is no more
};

/// A page of stored events. Each page is a query of its own that begins at a key, never at a count
/// of rows: rows that are added meanwhile neither move nor repeat what follows.
Result<EventRows, SqlError> query_events(SqlConnection& database, const EventQuery& query);

/// A cursor as clients hold it: "n1709650800000000000-0123456789abcdef-0", first letter by order.
std::string to_string(const EventKey& key, HistoryOrder order);
/// Nothing when the text is none, or of the other order.
std::optional<EventKey> parse_event_key(std::string_view text, HistoryOrder order);

}  // namespace tickstock
