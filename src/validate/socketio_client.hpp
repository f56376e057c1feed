#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "validate/websocket_client.hpp"

namespace tickstock::validate {

/// One event as a Socket.IO page gets it.
struct SocketIoEvent {
    std::string name;
    std::string argument;  ///< the first argument as written; empty = none
};

/// A Socket.IO 5 client over Engine.IO 4 that begins by polling, as a page does, and may upgrade.
/// Written from the protocols' texts, apart from the server's code. One thread.
class SocketIoClient {
public:
    /// Handshake by polling, CONNECT to the namespace "/". An error tells which step failed.
    static Result<SocketIoClient> open(std::uint16_t port);

    /// Probe, upgrade; from then on everything goes over the WebSocket.
    std::optional<Error> upgrade();

    /// Events until all of `names` have come at least once, or `patience` is over. All that came.
    Result<std::vector<SocketIoEvent>> collect(const std::vector<std::string>& names,
                                               Nanos patience);
    /// Emits an event with one argument (JSON).
    std::optional<Error> emit(std::string_view name, std::string_view argument);

    bool offers_websocket() const { return offers_websocket_; }
    bool upgraded() const { return websocket_.has_value(); }

private:
    explicit SocketIoClient(std::uint16_t port) : port_(port) {}

    std::optional<Error> post(std::string_view packet);
    /// One GET: the packets of its payload.
    Result<std::vector<std::string>> poll(Nanos patience);
    /// The next packets, whichever way they come; answers pings.
    Result<std::vector<std::string>> packets(Nanos patience);
    std::optional<Error> send(std::string_view packet);
    std::string target() const;

    std::uint16_t port_;
    std::string session_;
    bool offers_websocket_ = false;
    std::optional<WebSocketClient> websocket_;
    std::vector<SocketIoEvent> early_;  // that came while something else was waited for
};

/// `42["name",argument]` taken apart; nothing for another packet.
std::optional<SocketIoEvent> event_of_packet(std::string_view packet);

}  // namespace tickstock::validate
