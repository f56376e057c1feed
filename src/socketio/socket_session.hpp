#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "socketio/engine_session.hpp"
#include "socketio/socket_packet.hpp"

namespace tickstock {

/// Who a Socket.IO client is.
struct SocketUser {
    std::string name;
    std::string role;
};

/// What a client may ask for by an event, beside `ping`.
enum class SocketVerb : std::uint8_t {
    Subscribe,  ///< market_event per event; argument: none, or an object of filter members
    Unsubscribe,
    GetFilters,  ///< the user's, of all its connections
    SetFilters,
    GetUniverses,
    SetUniverses,
    UserStatus,  ///< user_status_request
};

/// Names the request that an answer belongs to.
struct SocketCall {
    SocketVerb verb = SocketVerb::UserStatus;
    std::optional<std::uint64_t> ack_id;  ///< the client waits for an acknowledgement
};

/// The server around one Socket.IO connection: users, filters, the stream. Same thread.
class SocketHost {
public:
    virtual ~SocketHost() = default;

    /// False: the client sends more than it may; the connection is closed.
    virtual bool allows_message(Nanos now) = 0;
    /// CONNECT. `token` is empty when none came: then what the HTTP request carried counts. An
    /// error's text is for the log; the client reads "Not authorized".
    virtual Result<SocketUser> authenticate(std::string_view token, Nanos now) = 0;
    /// CONNECT was answered: the stream may begin.
    virtual void on_connected(Nanos now) = 0;
    /// The client left the namespace; its subscriptions end. It may CONNECT again.
    virtual void on_disconnected() = 0;
    /// One of the requests. `argument` is JSON text, empty when there was none. Answer by
    /// SocketSession::answer(), within the call or later.
    virtual void call(const SocketCall& call, std::string_view argument, Nanos now) = 0;
    /// The next event packet for a connected client ("42[…]"), nothing when none is due.
    virtual std::optional<EngineFrame> next(Nanos now) = 0;
};

struct SocketSettings {
    Nanos connect_timeout = std::chrono::seconds(45);
    std::size_t answers_waiting = 64;       ///< then the client is read no further
    std::size_t answers_waiting_max = 256;  ///< then it is closed: it asks and does not read
};

/// The server's side of Socket.IO 5 on one Engine.IO session: the namespace "/", text events with
/// and without acknowledgement. Unknown events are answered, invalid packets end the connection.
class SocketSession final : public EngineApplication {
public:
    /// REQUIRES: host outlives the session. `sid`: another random id than Engine.IO's.
    SocketSession(std::string sid, const SocketSettings& settings, SocketHost& host, Nanos now);

    Verdict on_message(std::string_view text, Nanos now) override;
    Verdict on_tick(Nanos now) override;
    std::optional<EngineFrame> next(Nanos now) override;
    bool wants_input() const override { return answers_.size() < settings_.answers_waiting; }

    /// The answer to a SocketHost::call(): a JSON value, or why not.
    void answer(const SocketCall& call, const Result<std::string>& result);

    bool is_connected() const { return connected_; }
    const SocketUser& user() const { return user_; }

private:
    Verdict on_connect(const SocketPacket& packet, Nanos now);
    Verdict on_event(const SocketPacket& packet, Nanos now);
    Verdict refuse(std::string_view why);
    void emit(std::string_view event, std::string_view argument);
    void say(std::string text);

    const std::string sid_;
    const SocketSettings settings_;
    SocketHost& host_;
    SocketUser user_;
    bool connected_ = false;
    bool leaving_ = false;
    Nanos connect_by_;
    std::deque<std::string> answers_;
};

}  // namespace tickstock
