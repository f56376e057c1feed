#include "server/http_connection.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "server/http_head.hpp"
#include "server/request_check.hpp"

namespace tickstock {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;
using beast::error_code;

constexpr Nanos linger_time = std::chrono::seconds(1);
constexpr std::size_t read_size = 4096;

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

void HttpConnection::start() {
    if (!transport_.is_tls()) {
        read();
        return;
    }
    phase_ = Phase::Handshake;
    deadline_ = core_.clock.monotonic() + core_.settings.handshake_timeout;
    transport_.async_handshake([self = self()](const error_code& error) {
        if (error) {
            ++self->core_.counts.tls_failures;
            self->abort();
        } else {
            self->read();
        }
    });
}

void HttpConnection::read() {
    busy_ = false;
    if (core_.draining || !ticket_ || !transport_.socket().is_open()) {
        abort();
        return;
    }
    phase_ = Phase::Header;
    body_parser_.reset();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(core_.settings.max_header_bytes));
    parser_->body_limit(boost::none);  // what a request may have is known once its path is
    deadline_ = core_.clock.monotonic() +
                (served_one_ ? core_.settings.keep_alive : core_.settings.handshake_timeout);
    scan_.restart();
    parse_head(0);  // the last one's bytes may have brought it
}

/// Takes what has come since `seen`, and reads on until the head is whole.
void HttpConnection::parse_head(std::size_t seen) {
    const auto bytes = buffer_.data();
    const auto fresh = bytes + seen;
    scan_.feed({static_cast<const char*>(fresh.data()), fresh.size()});
    error_code error = http::error::need_more;
    if (bytes.size() > 0) {
        buffer_.consume(parser_->put(bytes, error));
    }
    if (error != http::error::need_more) {
        on_header(error);
        return;
    }
    const std::size_t held = buffer_.size();
    if (held == buffer_.max_size()) {
        on_header(http::error::buffer_overflow);
        return;
    }
    transport_.async_read_some(buffer_.prepare(std::min(buffer_.max_size() - held, read_size)),
                               [self = self(), held](const error_code& failed, std::size_t size) {
                                   if (failed) {
                                       self->on_header(failed);
                                   } else {
                                       self->buffer_.commit(size);
                                       self->parse_head(held);
                                   }
                               });
}

void HttpConnection::on_header(const error_code& error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        respond(error_response(ErrorCode::HeadersTooLarge,
                               "the headers are over server.max_header_bytes"),
                false);
    } else if (error && error.category() == make_error_code(http::error::bad_method).category() &&
               error != http::error::end_of_stream && error != http::error::partial_message) {
        respond(
            error_response(ErrorCode::BadRequest, "not an HTTP/1.1 request: " + error.message()),
            false);
    } else if (error) {
        abort();
    } else if (scan_.has_fold()) {
        respond(error_response(ErrorCode::BadRequest, "a header is folded over several lines"),
                false);
    } else {
        answer();
    }
}

/// What the parser lets pass and this server does not.
std::optional<HttpResponse> HttpConnection::refusal_of(const UpgradeRequest& request) const {
    std::size_t fields = 0;
    for ([[maybe_unused]] const auto& field : request) {
        ++fields;
    }
    if (fields > core_.settings.max_headers) {
        return error_response(ErrorCode::HeadersTooLarge, "more headers than server.max_headers");
    }
    return refusal_of_framing(request);
}

HttpRequest HttpConnection::request_of(const UpgradeRequest& request) const {
    const auto text = [&](http::field name) { return std::string(view(request[name])); };
    HttpRequest result;
    result.method = view(request.method_string());
    result.target = view(request.target());
    result.host = text(http::field::host);
    if (request.count(http::field::origin) > 0) {
        result.origin = text(http::field::origin);
    }
    result.accept = text(http::field::accept);
    result.if_none_match = text(http::field::if_none_match);
    result.last_event_id = view(request["Last-Event-ID"]);
    result.wants_upgrade = beast::websocket::is_upgrade(request);
    result.content_type = text(http::field::content_type);
    result.content_encoding = text(http::field::content_encoding);
    result.authorization = text(http::field::authorization);
    result.subprotocols = text(http::field::sec_websocket_protocol);
    result.address = ticket_->address();
    result.is_tls = transport_.is_tls();
    const auto length = parser_->content_length();
    result.has_length = length || parser_->chunked();
    result.has_body = parser_->chunked() || length.value_or(0) > 0;
    return result;
}

void HttpConnection::answer() {
    busy_ = true;
    ++core_.counts.requests;
    UpgradeRequest& request = parser_->get();
    join_upgrade_fields(request);
    // Only a command's body is read; after any other the connection ends with the answer.
    const bool has_body = parser_->chunked() || parser_->content_length().value_or(0) > 0;
    const bool keep_alive = request.keep_alive() && !has_body && !core_.draining;
    if (auto refusal = refusal_of(request)) {
        respond(std::move(*refusal), false);
        return;
    }
    HttpAnswer answer = core_.site->answer(request_of(request));
    const bool is_task = std::holds_alternative<StartTask>(answer);
    if (!is_task && parser_->content_length().value_or(0) > core_.settings.max_frame_bytes) {
        respond(body_too_large(core_.settings.max_frame_bytes), false);
        return;
    }
    if (auto* response = std::get_if<HttpResponse>(&answer)) {
        respond(std::move(*response), keep_alive);
        return;
    }
    if (core_.draining) {
        respond(error_response(ErrorCode::NotReady, "the server stops"), false);
        return;
    }
    if (auto* task = std::get_if<StartTask>(&answer)) {
        start_task(std::move(*task));
    } else if (auto* sse = std::get_if<StartSse>(&answer)) {
        start_stream(std::move(*sse));
    } else {
        start_stream(std::get<StartWebSocket>(std::move(answer)), request);
    }
}

void HttpConnection::start_stream(StartSse answer) {
    if (!core_.gate.is_open() && !ticket_->take_user(answer.identity.user)) {
        respond(error_response(ErrorCode::TooManyConnections,
                               "the user has server.max_connections_per_user of them"),
                false);
        return;
    }
    start_sse(std::move(transport_), answer.request, answer.identity,
              sse_head(core_.clock, answer.headers), std::move(ticket_), core_);
    leave();
}

void HttpConnection::start_stream(StartWebSocket answer, const UpgradeRequest& request) {
    const bool has_body = parser_->chunked() || parser_->content_length().value_or(0) > 0;
    if (auto refusal = refusal_of_handshake(request, has_body || buffer_.size() > 0)) {
        respond(std::move(*refusal), false);
        return;
    }
    if (!answer.user.empty() && !core_.gate.is_open() && !ticket_->take_user(answer.user)) {
        respond(error_response(ErrorCode::TooManyConnections,
                               "the user has server.max_connections_per_user of them"),
                false);
        return;
    }
    WebSocketOptions options = WebSocketOptions::of(core_.settings);
    options.kind = answer.kind;
    options.subprotocol = std::move(answer.subprotocol);
    if (answer.max_message_bytes > 0) {
        options.max_message_bytes = answer.max_message_bytes;
    }
    if (answer.max_fragments > 0) {
        options.max_fragments = answer.max_fragments;
    }
    start_websocket(std::move(transport_), request, std::move(ticket_), core_,
                    std::move(answer.session), options);
    leave();
}

void HttpConnection::respond(HttpResponse response, bool keep_alive) {
    phase_ = Phase::Write;
    busy_ = true;
    served_one_ = true;
    keep_alive = keep_alive && !core_.draining;
    deadline_ = core_.clock.monotonic() + core_.settings.write_stall;
    response_ = std::move(response);
    head_ = response_head(response_, keep_alive, core_.clock);
    const bool is_head = parser_ && parser_->get().method() == http::verb::head;
    const std::string_view payload = is_head ? "" : response_.payload();
    const std::array<net::const_buffer, 2> parts{net::buffer(head_),
                                                 net::buffer(payload.data(), payload.size())};
    net::async_write(transport_, parts,
                     [self = self(), keep_alive](const error_code& error, std::size_t) {
                         if (error) {
                             self->abort();
                         } else if (keep_alive) {
                             self->read();
                         } else {
                             self->linger();
                         }
                     });
}

/// Closing with unread bytes would reset the connection and lose the answer on its way.
void HttpConnection::linger() {
    deadline_ = core_.clock.monotonic() + linger_time;
    transport_.shutdown_send();
    read_and_forget();
}

void HttpConnection::read_and_forget() {
    transport_.async_read_some(net::buffer(unread_),
                               [self = self()](const error_code& error, std::size_t) {
                                   error ? self->abort() : self->read_and_forget();
                               });
}

void start_http(Transport transport, std::unique_ptr<ConnectionSet::Ticket> ticket,
                ServerCore& core) {
    auto connection =
        std::make_shared<HttpConnection>(std::move(transport), std::move(ticket), core);
    core.connections.add(connection);
    connection->start();
}

void refuse_connection(Transport transport, ErrorCode why, ServerCore& core) {
    if (transport.is_tls()) {
        return;  // a handshake would cost more than the refusal saves
    }
    auto connection = std::make_shared<HttpConnection>(std::move(transport), nullptr, core);
    core.connections.add(connection);
    connection->refuse(why);
}

}  // namespace tickstock
