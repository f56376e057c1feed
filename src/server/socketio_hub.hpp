#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "server/http.hpp"
#include "server/socketio_client.hpp"
#include "server/socketio_feeds.hpp"

namespace tickstock {

class SocketIoWebSocket;

/// The page /socket.io/: Engine.IO's requests, and the clients by session id. I/O thread only.
class SocketIoHub {
public:
    SocketIoHub(SocketIoParts parts, const EventStream& stream, SocketIoFeeds::Status status)
        : parts_(parts), feeds_(stream, parts.fanout, std::move(status)) {}

    /// `is_origin_allowed`: the page that asks, if it is one, may talk to this server.
    HttpAnswer answer(const HttpRequest& request, bool is_origin_allowed);

    /// Filters or universes of the user have changed; empty = universes of everybody.
    void on_user_change(std::string_view user);

    SocketIoFeeds& feeds() { return feeds_; }
    const ServerSettings& settings() const { return parts_.settings; }
    std::size_t size() const { return clients_.size(); }

    // For clients and their sockets.
    void forget(SocketIoClient& client);
    /// The WebSocket that was to take over did not in time.
    void close_candidate(const std::string& sid);
    void add_candidate(const std::string& sid, SocketIoWebSocket& socket);
    void remove_candidate(const std::string& sid, const SocketIoWebSocket& socket);

private:
    HttpAnswer open(const HttpRequest& request, const EngineRequest& wanted);
    HttpAnswer poll(const HttpRequest& request, const std::shared_ptr<SocketIoClient>& client);
    HttpAnswer upgrade(const std::shared_ptr<SocketIoClient>& client);
    bool has_room(const std::string& address) const;

    const SocketIoParts parts_;
    SocketIoFeeds feeds_;
    std::unordered_map<std::string, std::shared_ptr<SocketIoClient>> clients_;  // by sid
    std::unordered_map<std::string, std::size_t> by_address_;
    std::unordered_map<std::string, SocketIoWebSocket*> candidates_;  // by sid
};

}  // namespace tickstock
