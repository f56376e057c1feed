#pragma once

// With http_connection.hpp the one header of this folder that shows Boost; only the socket-facing
// .cpp files include them.

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <memory>
#include <string>

#include "server/connection.hpp"

namespace tickstock {

using Socket = boost::asio::ip::tcp::socket;
using UpgradeRequest = boost::beast::http::request<boost::beast::http::empty_body>;

/// Sends what it is given, shuts down, and reads on for a moment, so that the peer gets the answer
/// instead of a reset. The start of every refusal.
void refuse_connection(Socket socket, ServerCore& core);

// Each starts a connection in that role; it lives in core.connections until it ends.
void start_http(Socket socket, std::unique_ptr<ConnectionSet::Ticket> ticket, ServerCore& core);
void start_websocket(Socket socket, const UpgradeRequest& request,
                     std::unique_ptr<ConnectionSet::Ticket> ticket, ServerCore& core);
/// `request` = what was asked for; `headers` = the response's head, complete.
void start_sse(Socket socket, const SubscribeRequest& request, std::string headers,
               std::unique_ptr<ConnectionSet::Ticket> ticket, ServerCore& core);

}  // namespace tickstock
