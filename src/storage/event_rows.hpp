#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickstock {

// What is stored, in the units of the tables: times in ns since 1970 UTC, prices in 1e-9 USD,
// volumes in 1e-6 shares.

/// Where a stream stands: all events of the epoch up to this one are stored. Empty epoch: nothing
/// is stored yet.
struct StoragePosition {
    std::string epoch;
    std::int64_t offset = 0;

    friend bool operator==(const StoragePosition&, const StoragePosition&) = default;
};

/// Members of an event's data that the session's row is made of; absent where the event has none.
struct SessionFacts {
    std::optional<std::int64_t> session_high;
    std::optional<std::int64_t> session_low;
    std::optional<std::int64_t> count_up;
    std::optional<std::int64_t> count_down;
};

/// One event as published. The texts are the published ones.
struct EventRow {
    std::string id;
    std::int64_t rev = 0;
    std::int64_t offset = 0;
    std::int64_t ts_pub = 0;
    std::int64_t ts = 0;
    std::string symbol;          ///< may be empty: of the whole market
    std::string_view type;       ///< to_string(EventType): lives for ever
    std::string_view direction;  ///< empty = NULL
    std::string_view source;
    std::string session;
    std::string session_date;  ///< YYYY-MM-DD, New York's date of ts
    std::int64_t priority = 0;
    std::optional<std::int64_t> price;
    std::int64_t volume = 0;
    double score = 0;
    std::string body;  ///< byte for byte
    SessionFacts facts;
};

/// Events that left the stored stream, or could not be read, before they were stored.
struct StorageGap {
    std::string epoch;
    std::int64_t first = 0;
    std::int64_t last = 0;  ///< 0 = not known: the rest of the epoch
    std::string reason;
    std::int64_t at = 0;  ///< wall time at which it was found
};

/// A measured value for performance_metrics.
struct PerformanceMetric {
    std::int64_t at = 0;  ///< wall time
    std::string component;
    std::string metric_name;
    double value = 0;
};

/// Trades admitted in a window of market_analytics, all that are known by now.
struct WindowTrades {
    std::int64_t at = 0;  ///< begin of the window
    std::int64_t trades = 0;
};

/// What one symbol did in one trading session of one date (New York's).
struct SessionRow {
    std::string symbol;
    std::string session_date;
    std::string session;
    std::optional<std::int64_t> high;
    std::optional<std::int64_t> high_ts;
    std::optional<std::int64_t> low;
    std::optional<std::int64_t> low_ts;
    std::int64_t highs = 0;  ///< events of the session, revised ones once
    std::int64_t lows = 0;
    std::int64_t trends_up = 0;
    std::int64_t trends_down = 0;
    std::int64_t surges_up = 0;
    std::int64_t surges_down = 0;
    std::int64_t last_price = 0;
    std::int64_t last_ts = 0;
    std::int64_t last_offset = 0;

    friend bool operator==(const SessionRow&, const SessionRow&) = default;
};

}  // namespace tickstock
