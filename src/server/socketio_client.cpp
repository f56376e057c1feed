#include "server/socketio_client.hpp"

#include <utility>

#include "auth/base64url.hpp"
#include "base/assert.hpp"
#include "server/socketio_hub.hpp"

namespace tickstock {
namespace {

constexpr std::size_t sid_bytes = 16;

EngineIoSettings engine_settings(const ServerSettings& settings) {
    EngineIoSettings result;
    result.ping_interval = settings.ping_interval;
    result.ping_timeout = 2 * settings.pong_timeout;  // polls come and go: more patience
    result.upgrade_timeout = settings.handshake_timeout;
    return result;
}

}  // namespace

HttpResponse engine_text(std::string body) {
    HttpResponse response = text_response(std::move(body));
    response.content_type = "text/plain; charset=UTF-8";
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

HttpResponse engine_error(EngineErrorCode code) {
    return json_response(error_body(code), static_cast<unsigned>(http_status(code)));
}

SocketIoClient::SocketIoClient(SocketIoHub& hub, SocketIoParts parts, Opening opening)
    : hub_(hub),
      parts_(parts),
      address_(std::move(opening.address)),
      wants_events_(opening.wants_events),
      began_(parts.clock.monotonic()),
      began_wall_(parts.clock.wall()),
      access_(parts.gate, address_, std::move(opening.identity)),
      message_rate_(parts.settings.messages_per_second, parts.settings.messages_burst),
      socket_(random_base64url(sid_bytes), SocketSettings{}, *this, began_),
      engine_(std::move(opening.sid), opening.transport, engine_settings(parts.settings), socket_,
              began_) {}

void SocketIoClient::wait(Respond respond) {
    waiting_ = std::move(respond);
    pump();
}

HttpResponse SocketIoClient::on_post(std::string_view body, std::string_view content_type) {
    const bool is_binary = content_type.starts_with("application/octet-stream");
    if (is_binary) {
        engine_.close(EngineClose::BadPacket);
    }
    const bool good = engine_.on_post(body, parts_.clock.monotonic());
    pump();
    return good ? engine_text("ok") : engine_error(EngineErrorCode::BadRequest);
}

void SocketIoClient::on_post_lost(bool too_large) {
    engine_.on_post_lost(too_large);
    pump();
}

void SocketIoClient::pump() {
    if (waiting_) {
        if (auto body = engine_.next_for_poll(parts_.clock.monotonic())) {
            ++polls_;
            ++parts_.counts.frames_out;
            bytes_out_ += body->size();
            parts_.counts.bytes_out += body->size();
            std::exchange(waiting_, {})(engine_text(std::move(*body)));
        }
    }
    if (engine_.is_closed()) {
        finish();
    }
}

void SocketIoClient::on_websocket_ended(bool clean) {
    engine_.on_websocket_closed(clean);
    pump();
}

CloseCode SocketIoClient::close_code() const {
    switch (engine_.close_reason()) {
        case EngineClose::PingTimeout: return CloseCode::NoPong;
        case EngineClose::BadPacket:
        case EngineClose::TooLarge:
        case EngineClose::Overlap:
        case EngineClose::Refused: return CloseCode::PolicyViolation;
        case EngineClose::ServerStops: return CloseCode::ShuttingDown;
        case EngineClose::None:
        case EngineClose::ByClient:
        case EngineClose::ConnectionLost: break;
    }
    return CloseCode::Normal;
}

void SocketIoClient::mark_write() {
    marked_bytes_ = subscription_ ? subscription_->feed->bytes_told() : 0;
}

std::size_t SocketIoClient::bytes_due() const {
    return subscription_ ? subscription_->feed->bytes_told() - marked_bytes_ : 0;
}

void SocketIoClient::tick(Nanos now) {
    // Before CONNECT the protocol's own deadline holds where nobody has to say who he is.
    if ((is_connected_ || !parts_.gate.is_open()) && access_.check(now)) {
        engine_.close(EngineClose::Refused);
    }
    if (engine_.tick(now) == EngineSession::Socket::Close) {
        hub_.close_candidate(engine_.sid());
    }
    pump();
}

void SocketIoClient::drain() {
    // A WebSocket says goodbye by itself, once it has written what there is.
    if (engine_.transport() == EngineTransport::Polling) {
        engine_.close(EngineClose::ServerStops);
    }
    pump();
}

void SocketIoClient::abort() {
    waiting_ = {};
    engine_.on_get_lost();
    engine_.close(EngineClose::ServerStops);
    finish();
}

void SocketIoClient::finish() {
    if (std::exchange(is_finished_, true)) {
        return;
    }
    on_disconnected();
    if (engine_.transport() == EngineTransport::Polling) {
        // A WebSocket's end is written down by its own connection.
        ClosedConnection closed;
        closed.at = parts_.clock.wall();
        closed.address = address_;
        closed.user = access_.user();
        closed.kind = "socketio";
        closed.lasted = parts_.clock.monotonic() - began_;
        closed.reason = to_string(engine_.close_reason());
        closed.by = engine_.close_reason() == EngineClose::ByClient ? ClosedConnection::By::Client
                    : engine_.close_reason() == EngineClose::ConnectionLost
                        ? ClosedConnection::By::Network
                        : ClosedConnection::By::Server;
        closed.frames_out = polls_;
        closed.events_out = events_out_;
        closed.bytes_out = bytes_out_;
        closed.messages_in = messages_in_;
        parts_.closed.add(std::move(closed));
    }
    free_user();
    const auto keep = shared_from_this();
    hub_.forget(*this);
    parts_.connections.remove(*this);
}

/// Polling has no socket that could be counted; a WebSocket's connection counts itself.
bool SocketIoClient::take_user() {
    if (has_user_ || parts_.gate.is_open() || engine_.transport() == EngineTransport::WebSocket) {
        return true;
    }
    has_user_ = parts_.connections.take_user(std::string(access_.user()));
    return has_user_;
}

void SocketIoClient::free_user() {
    if (std::exchange(has_user_, false)) {
        parts_.connections.free_user(std::string(access_.user()));
    }
}

// ---- SocketHost

bool SocketIoClient::allows_message(Nanos now) {
    ++messages_in_;
    ++parts_.counts.messages_in;
    return message_rate_.take(now);
}

Result<SocketUser> SocketIoClient::authenticate(std::string_view token, Nanos) {
    if (!token.empty() || !access_.is_admitted()) {
        if (const auto refusal = access_.admit(token)) {
            ++parts_.counts.protocol_errors;
            return Error{refusal->message};
        }
    }
    if (!take_user()) {
        return Error{"the user has server.max_connections_per_user of them"};
    }
    const Identity& identity = access_.identity();
    return SocketUser{identity.user, std::string(to_string(identity.role))};
}

void SocketIoClient::on_connected(Nanos now) {
    is_connected_ = true;
    ++parts_.counts.socketio_open;
    hub_.feeds().add_client();
    hub_.feeds().advance(now);
    refresh_filters();
    if (wants_events_) {
        join(filters_of_user(), "");
    }
}

void SocketIoClient::on_disconnected() {
    if (!std::exchange(is_connected_, false)) {
        return;
    }
    leave_subscription();
    left_over_.clear();
    feed_.reset();
    hub_.feeds().remove_client();
    --parts_.counts.socketio_open;
}

std::optional<EngineFrame> SocketIoClient::next(Nanos now) {
    SocketIoFeeds& feeds = hub_.feeds();
    feeds.advance(now);
    if (status_seen_ != feeds.status_updates()) {
        status_seen_ = feeds.status_updates();  // the newest is all that counts
        return feeds.status_packet();
    }
    if (auto window = feed_->next_window(windows_seen_, windows_missed_)) {
        events_out_ += window->events;
        return window;
    }
    return next_event();
}

std::optional<EngineFrame> SocketIoClient::next_event() {
    std::optional<EngineFrame> packet;
    if (!left_over_.empty()) {
        packet = std::move(left_over_.front());
        left_over_.pop_front();
    } else if (subscription_) {
        packet = subscription_->feed->next(subscription_->cursor);
    }
    if (packet) {
        events_out_ += packet->events;
        if (engine_.transport() == EngineTransport::Polling) {
            parts_.counts.events_out += packet->events;
        }
        parts_.counts.gaps += packet->events == 0 ? 1U : 0U;
    }
    return packet;
}

void SocketIoClient::refresh_filters() {
    if (!is_connected_) {
        return;
    }
    SocketIoFilters filters = filters_of_user();
    const bool has_own = subscription_ && !subscription_->filter.empty();
    if (subscription_ && !has_own) {
        join(filters, "");
    }
    feed_ = hub_.feeds().feed_for(std::move(filters));
    windows_seen_ = feed_->windows();
}

/// Subscribes to market_event. What an earlier subscription has due is told first.
void SocketIoClient::join(SocketIoFilters filters, std::string own) {
    leave_subscription();
    auto feed = hub_.feeds().feed_for(std::move(filters));
    const auto cursor = feed->subscribe(hub_.feeds().position());
    marked_bytes_ = feed->bytes_told();
    subscription_ = Subscription{std::move(feed), cursor, std::move(own)};
    ++parts_.counts.subscriptions;
}

void SocketIoClient::leave_subscription() {
    if (!subscription_) {
        return;
    }
    while (auto packet = subscription_->feed->next(subscription_->cursor)) {
        left_over_.push_back(std::move(*packet));
    }
    subscription_->feed->unsubscribe();
    subscription_.reset();
    --parts_.counts.subscriptions;
}

}  // namespace tickstock
