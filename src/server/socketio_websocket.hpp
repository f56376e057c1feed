#pragma once

#include <memory>
#include <string>

#include "server/session.hpp"
#include "server/socketio_client.hpp"

namespace tickstock {

/// A WebSocket of a Socket.IO client: one that carries the session from the beginning, or one that
/// wants to take it over from polling. I/O thread only.
class SocketIoWebSocket final : public MessageSession {
public:
    /// `is_candidate`: EngineSession::on_websocket_open() said yes to it.
    SocketIoWebSocket(SocketIoHub& hub, std::shared_ptr<SocketIoClient> client, bool is_candidate);
    ~SocketIoWebSocket() override { leave(false); }

    std::optional<CloseCode> on_text(std::string_view text, Nanos now) override;
    std::optional<CloseCode> on_binary(std::string_view bytes, Nanos now) override;
    bool wants_input() const override { return !client_ || client_->engine().wants_input(); }
    void ended() override { leave(true); }

    std::optional<OutFrame> next(Nanos now) override;
    void drain() override {}
    void mark_write() override;
    std::size_t bytes_due() override;
    std::string_view user() const override;
    std::optional<CloseCode> check(Nanos now) override;

    /// The session goes on without this socket.
    void dismiss() { is_dismissed_ = true; }

private:
    bool carries() const;
    void leave(bool clean);
    std::optional<CloseCode> verdict(EngineSession::Socket verdict);

    SocketIoHub& hub_;
    std::shared_ptr<SocketIoClient> client_;  // null once it has left
    bool is_candidate_;
    bool is_dismissed_ = false;
    TokenBucket packet_rate_;
};

}  // namespace tickstock
