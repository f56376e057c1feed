#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "model/calendar.hpp"
#include "sources/feed/backoff.hpp"
#include "sources/feed/feed.hpp"
#include "sources/feed/frame_queue.hpp"
#include "sources/feed/websocket_client.hpp"
#include "sources/polygon/session.hpp"
#include "sources/polygon/status_message.hpp"

namespace tickstock {

/// Keeps one connection to the vendor: connects, says the key, subscribes, reads, and begins again
/// when it is lost, with pauses. What it reads goes into the queue; it never waits for who decodes.
/// All but start, stop and status happens on the WebSocket client's thread.
class PolygonConnection final : private WebSocketClient::Owner {
public:
    struct Options {
        std::string name;  ///< "stocks"
        WebSocketClientOptions client;
        PolygonSession::Options session;
        Backoff::Options backoff;
        Nanos answer_timeout{0};    ///< from the begin of a connection to the answer to the key
        Nanos silence{0};           ///< without data while the market is open: it is given up
        bool watch_silence = true;  ///< trades or quotes are wanted
        bool market_hours = true;   ///< silence counts in the regular session only
        Nanos delay{0};             ///< of the feed behind the wall clock
        UnixNanos wall_anchor;      ///< wall time at monotonic_anchor
        Nanos monotonic_anchor{0};
    };

    PolygonConnection(Options options, const Clock& clock, const TradingCalendar& calendar,
                      FrameQueue& queue);
    ~PolygonConnection() override;

    void start();
    void stop();

    // Any thread.
    /// Name, state, counts; without lag and queued_bytes.
    FeedConnection status() const;
    /// Ended for ever: why; empty while it goes on. Told behind the last item in the queue.
    std::string failure() const;

private:
    enum class Phase : std::uint8_t { Waiting, Connecting, Open, Failed };

    void on_tick(Nanos now) override;
    void on_open() override;
    void on_message(std::string_view text) override;
    void on_end(const std::string& why, bool policy) override;

    void connect(Nanos now);
    void carry_out();
    void watch(Nanos now);
    bool silent(Nanos now);
    void tell_status(Nanos now);
    UnixNanos wall(Nanos now) const {
        return options_.wall_anchor + (now - options_.monotonic_anchor);
    }

    Options options_;
    const Clock& clock_;
    SessionLookup market_;
    FrameQueue& queue_;
    WebSocketClient client_;
    PolygonSession session_;
    PolygonStatusReader statuses_;
    Backoff backoff_;
    Phase phase_ = Phase::Waiting;
    Nanos next_connect_{0};
    Nanos connecting_since_{0};
    Nanos live_since_{0};    // the key was accepted
    Nanos last_message_{0};  // of any kind
    Nanos last_data_{0};
    bool authenticated_ = false;
    bool subscribed_told_ = false;
    bool had_data_ = false;
    bool gave_up_silent_ = false;
    std::uint64_t epoch_ = 0;
    std::uint64_t frames_ = 0;
    std::uint64_t connects_ = 0;
    std::uint64_t disconnects_ = 0;
    std::string detail_;

    mutable std::mutex mutex_;  // of what follows
    FeedConnection told_;
    Nanos told_last_message_{0};
    std::string failure_;
};

}  // namespace tickstock
