#include "server/socketio_websocket.hpp"

#include <utility>

#include "server/socketio_hub.hpp"

namespace tickstock {

SocketIoWebSocket::SocketIoWebSocket(SocketIoHub& hub, std::shared_ptr<SocketIoClient> client,
                                     bool is_candidate)
    : hub_(hub),
      client_(std::move(client)),
      is_candidate_(is_candidate),
      packet_rate_(2 * hub.settings().messages_per_second, 2 * hub.settings().messages_burst) {
    if (is_candidate_) {
        hub_.add_candidate(client_->engine().sid(), *this);
    }
}

/// The session travels over this socket.
bool SocketIoWebSocket::carries() const {
    return client_ && client_->engine().transport() == EngineTransport::WebSocket;
}

/// From here on the session does not know this socket.
void SocketIoWebSocket::leave(bool clean) {
    const auto client = std::exchange(client_, nullptr);
    if (!client) {
        return;
    }
    if (std::exchange(is_candidate_, false)) {
        hub_.remove_candidate(client->engine().sid(), *this);
    }
    if (!is_dismissed_) {
        client->on_websocket_ended(clean);
    }
}

std::optional<CloseCode> SocketIoWebSocket::verdict(EngineSession::Socket verdict) {
    if (is_candidate_ && carries()) {
        is_candidate_ = false;
        hub_.remove_candidate(client_->engine().sid(), *this);
        client_->on_upgraded();
    }
    std::optional<CloseCode> code;
    if (verdict == EngineSession::Socket::Close) {
        code = carries() ? client_->close_code() : CloseCode::Normal;
        is_dismissed_ = true;  // the engine has drawn its conclusion
    }
    client_->pump();
    return code;
}

std::optional<CloseCode> SocketIoWebSocket::on_text(std::string_view text, Nanos now) {
    if (!client_ || is_dismissed_) {
        return CloseCode::Normal;
    }
    if (!packet_rate_.take(now)) {  // all packets; messages have a limit of their own
        return CloseCode::PolicyViolation;
    }
    return verdict(client_->engine().on_websocket_text(text, now));
}

std::optional<CloseCode> SocketIoWebSocket::on_binary(std::string_view, Nanos) {
    if (client_ && !is_dismissed_) {
        verdict(client_->engine().on_websocket_binary());
    }
    return CloseCode::UnsupportedData;
}

std::optional<OutFrame> SocketIoWebSocket::next(Nanos now) {
    if (!client_ || is_dismissed_) {
        return std::nullopt;
    }
    auto packet = client_->engine().next_for_websocket(now);
    if (!packet) {
        return std::nullopt;
    }
    OutFrame frame;
    frame.head = std::move(packet->text);
    frame.events = packet->events;
    frame.ts_pub = packet->ts_pub;
    return frame;
}

void SocketIoWebSocket::mark_write() {
    if (carries()) {
        client_->mark_write();
    }
}

std::size_t SocketIoWebSocket::bytes_due() {
    return carries() ? client_->bytes_due() : 0;
}

std::string_view SocketIoWebSocket::user() const {
    return carries() && client_->is_connected() ? client_->user() : std::string_view{};
}

std::optional<CloseCode> SocketIoWebSocket::check(Nanos) {
    if (!client_ || is_dismissed_) {
        return CloseCode::Normal;
    }
    return carries() && client_->engine().is_closed() ? std::optional(client_->close_code())
                                                      : std::nullopt;
}

}  // namespace tickstock
