#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/connection.hpp"
#include "server/http.hpp"
#include "server/session_access.hpp"
#include "server/socketio_feeds.hpp"
#include "server/user_directory.hpp"
#include "socketio/engine_session.hpp"
#include "socketio/socket_session.hpp"

namespace tickstock {

class SocketIoHub;

/// What the server around Socket.IO clients consists of. All of it outlives them.
struct SocketIoParts {
    const ServerSettings& settings;
    const Clock& clock;
    Fanout& fanout;
    ClientCounts& counts;
    ClosedConnections& closed;
    ConnectionSet& connections;
    Gate& gate;
    UserDirectory& users;
};

/// One Socket.IO client, however its packets travel: the protocol's sessions, whose it is, what it
/// wants to see, the GET that waits. It is a Connection of its own, so that it hears of news and of
/// time also between two polls. I/O thread only.
class SocketIoClient final : public Connection, private SocketHost {
public:
    /// What the request that opened the session said.
    struct Opening {
        std::string sid;
        EngineTransport transport = EngineTransport::Polling;
        std::string address;
        std::optional<Identity> identity;  ///< as the request proved it
        bool wants_events = false;
    };
    SocketIoClient(SocketIoHub& hub, SocketIoParts parts, Opening opening);

    EngineSession& engine() { return engine_; }
    const std::string& address() const { return address_; }
    std::string_view user() const { return access_.user(); }
    /// To the namespace: only then it is one of the user's connections.
    bool is_connected() const { return is_connected_; }

    /// A GET waits, and is answered by this.
    void wait(Respond respond);
    /// A POST's body, and how it ended.
    HttpResponse on_post(std::string_view body, std::string_view content_type);
    void on_post_lost(bool too_large);
    /// After anything that may have made something to send: answers the GET, and ends the client
    /// when its session is closed.
    void pump();
    /// A WebSocket has taken the session over; its connection counts the user from now on.
    void on_upgraded() { free_user(); }
    /// The WebSocket that carried the session, or wanted to, is gone.
    void on_websocket_ended(bool clean);
    /// Why the WebSocket that carries the session shall be closed.
    CloseCode close_code() const;
    /// The user's filters or universes are others now.
    void refresh_filters();

    // For the WebSocket's slow-client watch.
    void mark_write();
    std::size_t bytes_due() const;

    void wake() override { pump(); }
    void tick(Nanos now) override;
    void drain() override;
    void abort() override;

private:
    struct Subscription {
        std::shared_ptr<SocketIoFeed> feed;
        SocketIoFeed::Cursor cursor;
        std::string filter;  ///< as the client wrote it; empty = the user's filters
    };

    // SocketHost
    bool allows_message(Nanos now) override;
    Result<SocketUser> authenticate(std::string_view token, Nanos now) override;
    void on_connected(Nanos now) override;
    void on_disconnected() override;
    void call(const SocketCall& call, std::string_view argument, Nanos now) override;
    std::optional<EngineFrame> next(Nanos now) override;

    // The requests (socketio_calls.cpp).
    Result<std::string> subscribe(std::string_view argument);
    Result<std::string> unsubscribe();
    Result<std::string> filters_text() const;
    Result<std::string> universes_text() const;
    Result<std::string> status_text() const;
    void set_filters(const SocketCall& call, std::string_view argument);
    void set_universes(const SocketCall& call, std::string_view argument);
    Result<std::shared_ptr<const Filter>> compile(std::string_view json) const;
    SocketIoFilters filters_of_user() const;
    void answer_later(const SocketCall& call, const Result<std::string>& result);

    void join(SocketIoFilters filters, std::string own);
    void leave_subscription();
    std::optional<EngineFrame> next_event();
    void finish();
    bool take_user();
    void free_user();

    std::shared_ptr<SocketIoClient> self() {
        return std::static_pointer_cast<SocketIoClient>(shared_from_this());
    }

    SocketIoHub& hub_;
    const SocketIoParts parts_;
    const std::string address_;
    const bool wants_events_;
    const Nanos began_;
    const UnixNanos began_wall_;
    SessionAccess access_;
    TokenBucket message_rate_;
    SocketSession socket_;
    EngineSession engine_;
    Respond waiting_;  // of the GET; empty = none waits
    bool is_connected_ = false;
    bool has_user_ = false;  // counted among the user's connections
    bool is_finished_ = false;

    std::shared_ptr<SocketIoFeed> feed_;  // of stock_data: the user's filters
    std::uint64_t windows_seen_ = 0;
    std::uint64_t windows_missed_ = 0;
    std::uint64_t status_seen_ = 0;
    std::optional<Subscription> subscription_;  // to market_event
    std::deque<EngineFrame> left_over_;         // due before the filters changed
    std::uint64_t marked_bytes_ = 0;

    std::uint64_t messages_in_ = 0;
    std::uint64_t polls_ = 0;
    std::uint64_t events_out_ = 0;
    std::uint64_t bytes_out_ = 0;
};

/// The answer to a GET or POST of Engine.IO.
HttpResponse engine_text(std::string body);
HttpResponse engine_error(EngineErrorCode code);

}  // namespace tickstock
