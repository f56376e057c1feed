#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "socketio/activity.hpp"
#include "socketio/display_event.hpp"
#include "socketio/engine_packet.hpp"

namespace tickstock {

/// Gathers what one filter lets through and makes a `stock_data` packet of it once a second: one
/// JSON *string* {highs, lows, trending{up,down}, surging{up,down}, activity{…}, dropped}. One
/// thread; one for each distinct filter, however many clients have it.
class StockDataAccumulator {
public:
    struct Limits {
        std::size_t per_list = 1000;
        std::size_t packet_bytes = 1'000'000;  ///< what clients of old take in one message
    };

    StockDataAccumulator() = default;
    explicit StockDataAccumulator(const Limits& limits) : limits_(limits) {}

    /// Highs, lows, trends and surges; other types are no part of stock_data. Over the limit the
    /// list's oldest event goes.
    void add(std::shared_ptr<const DisplayEvent> event, UnixNanos ts_pub);

    bool has_news() const { return count_ > 0; }
    /// The packet, events in stream order; nothing when there is nothing to tell. Where it would be
    /// too long, older events go.
    std::optional<EngineFrame> take(const Activity& activity, UnixNanos market_now);

    /// Events left out, ever.
    std::uint64_t dropped() const { return dropped_; }

private:
    enum List : std::size_t { Highs, Lows, TrendingUp, TrendingDown, SurgingUp, SurgingDown };
    static constexpr std::size_t lists = 6;

    std::string encode(const Activity& activity, UnixNanos market_now) const;
    void drop_oldest(std::size_t list);
    void append_list(std::string& out, std::size_t list, UnixNanos market_now) const;

    Limits limits_;
    std::array<std::deque<std::shared_ptr<const DisplayEvent>>, lists> events_;
    std::size_t count_ = 0;
    std::uint64_t dropped_ = 0;
    std::uint64_t dropped_now_ = 0;  // in the packet under way
    UnixNanos oldest_pub_;
};

}  // namespace tickstock
