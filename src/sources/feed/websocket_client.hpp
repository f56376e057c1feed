#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/time.hpp"
#include "base/url.hpp"
#include "sources/feed/tls_trust.hpp"

namespace tickstock {

struct WebSocketClientOptions {
    std::string thread_name;  ///< at most 15 bytes
    FeedUrl url;
    std::shared_ptr<TlsTrust> trust;  ///< given when url says TLS
    Nanos connect_timeout{0};         ///< to the end of the WebSocket's handshake
    Nanos ping_interval{0};
    Nanos read_timeout{0};  ///< without any frame, pongs included
    std::size_t max_message_bytes = 0;
    std::size_t max_fragments = 16'384;
};

/// One WebSocket at a time as a client, over TLS or not, on a thread of its own that reads all the
/// time. Whom it speaks for decides when a connection begins and what is said on it. No extension
/// is offered, so that no peer may compress.
class WebSocketClient {
public:
    /// All calls on the client's thread. A call may call open, send and close.
    class Owner {
    public:
        virtual ~Owner() = default;
        /// About every 20 ms, connected or not.
        virtual void on_tick(Nanos monotonic_now) = 0;
        virtual void on_open() = 0;
        /// One whole message; the text lives until the call returns.
        virtual void on_message(std::string_view text) = 0;
        /// The connection is gone, or could not be made. `policy`: the peer closed with code 1008.
        virtual void on_end(const std::string& why, bool policy) = 0;
    };

    WebSocketClient(WebSocketClientOptions options, const Clock& clock, Owner& owner);
    ~WebSocketClient();
    WebSocketClient(const WebSocketClient&) = delete;
    WebSocketClient& operator=(const WebSocketClient&) = delete;

    /// Begins the thread.
    void start();
    /// Says goodbye, closes and joins. Nothing is called any more when it returns.
    void stop();

    // The owner's calls, on the client's thread.

    /// REQUIRES: no connection is there. Ends in on_open or on_end.
    void open();
    void send(std::string_view text);
    /// on_end(why) follows at once. Nothing when there is no connection.
    void close(const std::string& why);

    std::uint64_t bytes_received() const;  ///< any thread

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tickstock
