#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/time.hpp"

namespace tickstock {

/// How a double listens and treats its clients; what it plays is PlayerOptions.
struct MockServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0 = a free one
    bool tls = true;
    std::string certificate;  ///< PEM
    std::string key;          ///< PEM
    std::string api_key = "test-key";
    unsigned frame_records = 50;      ///< messages of a frame at most
    std::size_t max_connections = 1;  ///< a key and market; the oldest has to go
    Nanos auth_timeout = std::chrono::seconds(30);
    std::size_t buffer_bytes = std::size_t{16} << 20;  ///< waiting for a client; beyond it is cut
    Nanos rest_delay{0};
    bool close_at_end = false;  ///< else connections stay open when the tape has ended
    bool exit_at_end = false;   ///< run() returns when the tape has ended and all clients are gone
    /// With exit_at_end: how long one whom a fault has cut is awaited behind the end.
    Nanos patience = std::chrono::seconds(30);
};

}  // namespace tickstock
