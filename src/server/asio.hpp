#pragma once

// With transport.hpp, http_connection.hpp and server_impl.hpp the headers of this folder that show
// Boost; only the socket-facing .cpp files include them.

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <memory>
#include <string>

#include "server/connection.hpp"
#include "server/transport.hpp"

namespace tickstock {

using UpgradeRequest = boost::beast::http::request<boost::beast::http::empty_body>;

/// Sends what it is given, shuts down, and reads on for a moment, so that the peer gets the answer
/// instead of a reset. The start of every refusal.
void refuse_connection(Transport transport, ErrorCode why, ServerCore& core);

/// What a WebSocket may do beyond what the settings say.
struct WebSocketOptions {
    std::string_view kind = "websocket";  ///< in lists and logs; lives for ever
    std::size_t max_message_bytes = 0;
    std::size_t max_fragments = 0;
    bool limits_control_frames = true;
    std::string subprotocol;  ///< answered to the client; empty = none

    static WebSocketOptions of(const ServerSettings& settings) {
        WebSocketOptions options;
        options.max_message_bytes = settings.max_frame_bytes;
        options.max_fragments = settings.max_fragments;
        return options;
    }
};

// Each starts a connection in that role; it lives in core.connections until it ends.
void start_http(Transport transport, std::unique_ptr<ConnectionSet::Ticket> ticket,
                ServerCore& core);
void start_websocket(Transport transport, const UpgradeRequest& request,
                     std::unique_ptr<ConnectionSet::Ticket> ticket, ServerCore& core,
                     std::unique_ptr<MessageSession> session, const WebSocketOptions& options);
/// `request` = what was asked for; `headers` = the response's head, complete.
void start_sse(Transport transport, const SubscribeRequest& request, const Identity& identity,
               std::string headers, std::unique_ptr<ConnectionSet::Ticket> ticket,
               ServerCore& core);

}  // namespace tickstock
