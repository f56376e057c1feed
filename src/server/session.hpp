#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "server/codes.hpp"

namespace tickstock {

/// What goes to one client in one write: its own beginning and an end that many may share.
struct OutFrame {
    std::shared_ptr<const std::string> head;  ///< may be null
    std::shared_ptr<const std::string> tail;  ///< may be null
    std::size_t events = 0;
    UnixNanos ts_pub;  ///< of the oldest event in it; unset without events

    std::size_t size() const { return (head ? head->size() : 0) + (tail ? tail->size() : 0); }
};

OutFrame own_frame(std::string text);

/// What the clients of this server did. I/O thread only.
struct ClientCounts {
    std::uint64_t websocket_open = 0;
    std::uint64_t sse_open = 0;
    std::uint64_t http_open = 0;
    std::uint64_t subscriptions = 0;  ///< now
    std::uint64_t accepted = 0;       ///< connections, ever
    std::uint64_t refused = 0;        ///< connections over a limit
    std::uint64_t requests = 0;       ///< HTTP
    std::uint64_t messages_in = 0;
    std::uint64_t protocol_errors = 0;  ///< error frames
    std::uint64_t frames_out = 0;
    std::uint64_t events_out = 0;
    std::uint64_t bytes_out = 0;  ///< payload of WebSocket and SSE
    std::uint64_t gaps = 0;
    std::uint64_t slow_clients = 0;
    std::array<std::uint64_t, 16> closes{};  ///< by row of close_codes()

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
