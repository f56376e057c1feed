#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "metrics/histogram.hpp"
#include "server/codes.hpp"
#include "server/frame_body.hpp"
#include "server/ingest_counts.hpp"

namespace tickstock {

/// What goes to one client in one write: its own beginning, then what many may share. Each part
/// may be null.
struct OutFrame {
    std::shared_ptr<const std::string> head;
    std::shared_ptr<const FrameBody> body;
    std::shared_ptr<const std::string> tail;
    std::size_t events = 0;
    UnixNanos ts_pub;       ///< of the oldest event in it; unset without events
    UnixNanos ts_received;  ///< of its block; unset where that is not known

    std::size_t size() const {
        return (head ? head->size() : 0) + (body ? body->size() : 0) + (tail ? tail->size() : 0);
    }
    /// The bytes in order, as they live with the frame.
    static constexpr std::size_t max_parts = FrameBody::max_parts + 2;
    using Parts = std::array<std::string_view, max_parts>;
    std::span<const std::string_view> parts(Parts& into) const;
};

OutFrame own_frame(std::string text);

/// What the clients of this server did. I/O thread only.
struct ClientCounts {
    std::uint64_t websocket_open = 0;
    std::uint64_t sse_open = 0;
    std::uint64_t http_open = 0;
    std::uint64_t socketio_open = 0;    ///< sessions connected to the namespace
    std::uint64_t compressed_open = 0;  ///< WebSockets that may compress
    std::uint64_t tls_failures = 0;     ///< handshakes
    std::uint64_t over_rate = 0;        ///< connections that came too fast; part of `refused`
    std::uint64_t subscriptions = 0;    ///< now
    std::uint64_t accepted = 0;         ///< connections, ever
    std::uint64_t refused = 0;          ///< connections over a limit
    std::uint64_t requests = 0;         ///< HTTP
    std::uint64_t messages_in = 0;
    std::uint64_t protocol_errors = 0;  ///< error frames
    std::uint64_t frames_out = 0;
    std::uint64_t events_out = 0;
    std::uint64_t bytes_out = 0;  ///< payload of WebSocket and SSE
    std::uint64_t gaps = 0;
    std::uint64_t slow_clients = 0;
    /// From publication to the end of the write that carries the event, of clients that keep up.
    Histogram delay;
    /// The same from the hand-over by the source on: end to end. WebSocket and SSE.
    Histogram end_to_end;
    std::array<std::uint64_t, 16> closes{};  ///< by row of close_codes()
    IngestCounts ingest;

    void count_close(CloseCode code);
};

/// The protocol side of one streaming connection. The transport asks for the next frame whenever
/// the client can take one; nothing is pushed into it, so nothing queues up. I/O thread only.
class Session {
public:
    virtual ~Session() = default;

    /// `now` is monotonic. Nothing when there is nothing to send now.
    virtual std::optional<OutFrame> next(Nanos now) = 0;

    /// The server stops: next() gives what is left without waiting, then nothing.
    virtual void drain() = 0;

    /// Slow-client watch, see Subscription.
    virtual void mark_write() = 0;
    virtual std::size_t bytes_due() = 0;

    /// next() has nothing because it comes from the disk: ask again when the archive has told so.
    virtual bool waits_for_disk() const { return false; }

    /// The filters or universes that this user keeps have changed; he may be another.
    virtual void on_user_change(std::string_view /*user*/) {}
    /// Whose it is; empty = not known yet.
    virtual std::string_view user() const { return {}; }
    /// About ten times a second: the code to close with when its time is over (authentication).
    virtual std::optional<CloseCode> check(Nanos /*now*/) { return std::nullopt; }
};

/// A Session that also hears its client, one WebSocket message at a time.
class MessageSession : public Session {
public:
    /// A whole text message. The code to close with, if the client broke the rules for good.
    virtual std::optional<CloseCode> on_text(std::string_view text, Nanos now) = 0;
    virtual std::optional<CloseCode> on_binary(std::string_view /*bytes*/, Nanos /*now*/) {
        return CloseCode::UnsupportedData;
    }
    /// False while so many answers wait that the client must read first.
    virtual bool wants_input() const = 0;
    /// Of the next message; 0 = as the connection's options say.
    virtual std::size_t max_message_bytes() const { return 0; }
    /// `wake`: I/O thread; makes the connection ask next() and wants_input() again, for what comes
    /// to the session from elsewhere. Does nothing once the connection has gone.
    virtual void set_waker(std::function<void()> /*wake*/) {}
    /// The connection is at its end; called once, also when the client went.
    virtual void ended() {}
};

/// A rate with a burst. `now` is monotonic.
class TokenBucket {
public:
    TokenBucket(double per_second, double burst)
        : per_second_(per_second), burst_(burst), tokens_(burst) {}

    /// False when the rate is exceeded.
    bool take(Nanos now);

private:
    const double per_second_;
    const double burst_;
    double tokens_;
    Nanos at_{0};
};

}  // namespace tickstock
