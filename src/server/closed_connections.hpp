#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace tickstock {

/// How a streaming connection ended.
struct ClosedConnection {
    enum class By : std::uint8_t { Server, Client, Network };

    UnixNanos at;  ///< wall time
    std::string address;
    std::string user;       ///< empty = it never said
    std::string_view kind;  ///< "websocket", "sse", "socketio", "ingest"; lives for ever
    Nanos lasted{0};
    std::uint16_t code = 0;   ///< WebSocket close code; 0 = none was sent
    std::string_view reason;  ///< a row of close_codes() or a word of ours; lives for ever
    By by = By::Server;
    std::uint64_t frames_out = 0;
    std::uint64_t events_out = 0;
    std::uint64_t bytes_out = 0;
    std::uint64_t messages_in = 0;
};

std::string_view to_string(ClosedConnection::By by);

/// The newest of them, for people who ask why a client went. I/O thread only.
class ClosedConnections {
public:
    static constexpr std::size_t kept = 100;

    void add(ClosedConnection closed);
    const std::deque<ClosedConnection>& newest() const { return newest_; }  ///< oldest first
    std::uint64_t total() const { return total_; }

private:
    std::deque<ClosedConnection> newest_;
    std::uint64_t total_ = 0;
};

}  // namespace tickstock
