#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tickstock {

/// The errors of Engine.IO's HTTP requests, with the official numbers.
enum class EngineErrorCode : std::uint8_t {
    TransportUnknown = 0,
    SessionUnknown = 1,
    BadHandshakeMethod = 2,
    BadRequest = 3,
    Forbidden = 4,
    UnsupportedVersion = 5,
};

/// The HTTP status of the answer: 403 for Forbidden, else 400.
int http_status(EngineErrorCode code);
/// The body of the answer, application/json: {"code":1,"message":"Session ID unknown"}.
std::string error_body(EngineErrorCode code);

/// Carries a session's packets.
enum class EngineTransport : std::uint8_t { Polling, WebSocket };

/// What a request to /socket.io/ asks for.
struct EngineRequest {
    EngineTransport transport = EngineTransport::Polling;
    std::string sid;            ///< empty: a new session is wanted
    bool wants_events = false;  ///< `stream=events`: subscribe to market_event at once
};

/// Checks method and query in the official order. `query` is what stands after '?', undecoded;
/// `is_upgrade`: the request carries a WebSocket handshake. Parameters of others (`t`, `b64`) are
/// passed over; a repeated EIO, transport or sid is a bad request, and so is JSONP (`j`).
Result<EngineRequest, EngineErrorCode> parse_engine_request(std::string_view method,
                                                            std::string_view query,
                                                            bool is_upgrade);

}  // namespace tickstock
