// What a connection says: HTTP up to the upgrade or for REST, then WebSocket messages.
#include <fmt/format.h>

#include <boost/beast/core/string.hpp>
#include <utility>

#include "mock_vendor/client_connection.hpp"

namespace tickstock {
namespace {

namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;

constexpr std::uint16_t close_normal = 1000;
constexpr std::uint16_t close_unsupported = 1003;
constexpr std::uint16_t close_policy = 1008;

std::string_view reason_of(unsigned status) {
    const auto text = http::obsolete_reason(static_cast<http::status>(status));
    return {text.data(), text.size()};
}

/// The markets of the stocks hosts and of the business ones, by path.
std::string market_of(std::string_view target) {
    const std::string_view path = target.substr(0, target.find('?'));
    for (const std::string_view known : {"/stocks", "/business", "/business/stocks"}) {
        if (path == known) {
            return std::string(known.substr(1));
        }
    }
    return {};
}

}  // namespace

void ClientConnection::on_bytes(std::string_view bytes) {
    if (doomed_) {
        return;
    }
    if (session_) {
        decoder_.feed(bytes);
        on_websocket();
    } else {
        on_http(bytes);
    }
}

void ClientConnection::on_http(std::string_view bytes) {
    http_bytes_ += bytes;
    while (!http_bytes_.empty() && !session_ && !ended_ && !answering_) {
        if (!parser_) {
            parser_.emplace();
            parser_->eager(true);
            parser_->header_limit(16384);
            parser_->body_limit(65536);
        }
        ErrorCode error;
        const std::size_t used =
            parser_->put(boost::asio::buffer(http_bytes_.data(), http_bytes_.size()), error);
        http_bytes_.erase(0, used);
        if (error == http::error::need_more) {
            return;
        }
        if (error) {
            respond(400, "text/plain", "bad request: " + error.message() + "\n", false);
            return;
        }
        if (parser_->is_done()) {
            on_request();
        }
    }
}

void ClientConnection::on_request() {
    const auto& request = parser_->get();
    const bool upgrade = boost::beast::iequals(request[http::field::upgrade], "websocket");
    upgrade ? on_upgrade() : answer_rest();
}

void ClientConnection::on_upgrade() {
    const auto& request = parser_->get();
    const std::string key(request[http::field::sec_websocket_key]);
    market_ = market_of({request.target().data(), request.target().size()});
    if (market_.empty()) {
        respond(404, "text/plain",
                "no such market: this server has /stocks, /business and /business/stocks\n", false);
        return;
    }
    if (key.empty() || request[http::field::sec_websocket_version] != "13" ||
        request.method() != http::verb::get) {
        respond(400, "text/plain", "not a WebSocket handshake of version 13\n", false);
        return;
    }
    ++core_.counts.connections;
    session_.emplace(core_.tape, [this](std::string_view given) { return judge(given); });
    parser_.reset();
    queue(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        ws_accept_key(key) + "\r\n\r\n");
    send_text(VendorSession::greeting());
    auth_timer_.expires_after(core_.options.auth_timeout);
    auth_timer_.async_wait([self = shared_from_this()](const ErrorCode& error) {
        if (!error && !self->is_authenticated() && !self->ended_) {
            ++self->core_.counts.auth_timeouts;
            self->take_reply(VendorSession::on_auth_timeout());
        }
    });
    decoder_.feed(std::exchange(http_bytes_, {}));
    on_websocket();
}

void ClientConnection::answer_rest() {
    const auto& request = parser_->get();
    RestRequest rest;
    rest.method = {request.method_string().data(), request.method_string().size()};
    rest.target = {request.target().data(), request.target().size()};
    const auto authorization = request[http::field::authorization];
    rest.authorization = {authorization.data(), authorization.size()};
    rest.base_url = (core_.tls ? "https://" : "http://") + std::string(request[http::field::host]);
    ++core_.counts.rest_requests;
    RestResponse response;
    if (const auto fault = core_.player.take_armed_rest()) {
        ++core_.counts.rest_rejected;
        response = core_.rest.rejection(fault->status);
    } else {
        response = core_.rest.answer(rest, core_.player.position());
    }
    const bool keep_alive = request.keep_alive();
    parser_.reset();
    if (core_.options.rest_delay == Nanos{0}) {
        respond(response.status, "application/json", response.body, keep_alive);
        return;
    }
    answering_ = true;
    timer_.expires_after(core_.options.rest_delay);
    timer_.async_wait([self = shared_from_this(), response = std::move(response),
                       keep_alive](const ErrorCode& error) {
        self->answering_ = false;
        if (!error && !self->ended_) {
            self->respond(response.status, "application/json", response.body, keep_alive);
            self->on_http({});
        }
    });
}

void ClientConnection::respond(unsigned status, std::string_view type, std::string_view body,
                               bool keep_alive) {
    queue(fmt::format(
        "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
        "Connection: {}\r\n\r\n{}",
        status, reason_of(status), type, body.size(), keep_alive ? "keep-alive" : "close", body));
    if (!keep_alive) {
        doomed_ = true;
        end_with(Afterwards::Goodbye);
    }
}

void ClientConnection::on_websocket() {
    while (!ended_ && !doomed_) {
        const auto message = decoder_.next();
        if (!message) {
            break;
        }
        on_message(*message);
    }
    if (decoder_.error() != 0) {
        close_with(decoder_.error());
    }
}

void ClientConnection::on_message(const WsDecoder::Message& message) {
    switch (message.opcode) {
        case WsOpcode::Close:
            if (!closing_) {
                leave();
                closing_ = true;
                queue(ws_close_frame(close_normal));
            }
            end_with(Afterwards::Goodbye);
            break;
        case WsOpcode::Ping:
            if (!closing_) {
                std::string pong;
                append_ws_frame(pong, WsOpcode::Pong, message.payload);
                queue(std::move(pong));
            }
            break;
        case WsOpcode::Text:
            if (!closing_) {
                take_reply(session_->on_text(message.payload));
            }
            break;
        case WsOpcode::Binary: close_with(close_unsupported); break;
        case WsOpcode::Pong:
        case WsOpcode::Continuation: break;
    }
}

VendorSession::Verdict ClientConnection::judge(std::string_view key) {
    using Verdict = VendorSession::Verdict;
    const auto fault = core_.player.take_armed_auth();
    if (fault && fault->kind == FaultKind::AuthTimeout) {
        return Verdict::Silent;
    }
    if (fault || key != core_.options.api_key) {
        ++core_.counts.auth_failed;
        return Verdict::Bad;
    }
    return Verdict::Good;
}

void ClientConnection::take_reply(const VendorSession::Reply& reply) {
    if (!reply.frame.empty()) {
        flush();  // what was sent before stands before the answer
        send_text(reply.frame);
    }
    if (reply.authenticated) {
        ++core_.counts.authenticated;
        auth_timer_.cancel();
        account_ = market_ + " " + session_->key();
        core_.evict_others(*this);
    }
    if (reply.resubscribed) {
        core_.player.subscribed(*this, core_.clock.monotonic());
        core_.wake_player();
        if (core_.player.has_ended()) {
            end_of_tape();
        }
    }
    if (reply.close) {
        close_with(close_policy);
    }
}

void ClientConnection::end_of_tape() {
    if (core_.options.close_at_end) {
        close_with(close_normal);
    }
}

}  // namespace tickstock
