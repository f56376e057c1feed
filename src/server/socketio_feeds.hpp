#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "engine/status.hpp"
#include "model/calendar.hpp"
#include "publishing/event_stream.hpp"
#include "server/fanout.hpp"
#include "server/socketio_feed.hpp"
#include "socketio/activity.hpp"
#include "socketio/display_feed.hpp"

namespace tickstock {

/// Reads the stream once for all Socket.IO clients: each event becomes a display event once, goes
/// to the feeds whose filters accept it, and each packet is encoded once per distinct filters.
/// Rests while there is no client; what a display shows of the past (reversals, counts of the day)
/// goes back as far as the stream's memory. I/O thread only.
class SocketIoFeeds {
public:
    using Status = std::function<std::shared_ptr<const EngineStatus>()>;

    /// `fanout` knows where the stream stands, looked up once for all clients.
    SocketIoFeeds(const EventStream& stream, Fanout& fanout, Status status)
        : stream_(stream), fanout_(fanout), status_(std::move(status)), clock_(fanout.clock()) {}

    /// The feed for these filters; it lives as long as somebody holds it. The first client starts
    /// the reading.
    std::shared_ptr<SocketIoFeed> feed_for(SocketIoFilters filters);
    void add_client();
    void remove_client();

    /// What is new in the stream, and what is due by time. Cheap when nothing is: called by every
    /// client before it looks for something to send. `now` is monotonic.
    void advance(Nanos now);

    /// The stream is told up to here; new subscriptions begin behind.
    const std::string& epoch() const { return epoch_; }
    Offset position() const { return std::max(position_, live_after_); }

    /// The newest status_update, and how many there were.
    const EngineFrame& status_packet() const { return status_packet_; }
    std::uint64_t status_updates() const { return status_updates_; }

    /// Distinct filters in use.
    std::size_t size() const;
    /// Events left out of stock_data, ever.
    std::uint64_t dropped() const { return dropped_; }

private:
    void start();
    void read_stream();
    void begin_epoch(const StreamRange& range);
    void tell(const EventBlock& block, const StreamEntry& entry);
    void tell_gap(Offset from, Offset to, std::string_view reason);
    void close_second();
    void update_status();

    const EventStream& stream_;
    Fanout& fanout_;
    const Status status_;
    const Clock& clock_;
    TradingCalendar calendar_;
    std::unordered_map<std::string, std::weak_ptr<SocketIoFeed>> feeds_;
    std::size_t clients_ = 0;
    bool is_reading_ = false;

    std::string epoch_;
    Offset position_;    // read up to here
    Offset live_after_;  // what was there before the first client is only remembered
    DisplayFeed display_;
    TickMeter ticks_;
    Nanos ticks_due_{0};
    Nanos second_due_{0};
    Nanos status_due_{0};
    std::uint64_t dropped_ = 0;
    EngineFrame status_packet_;
    std::uint64_t status_updates_ = 0;
};

}  // namespace tickstock
