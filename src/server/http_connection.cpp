#include "server/http_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "server/http_head.hpp"

namespace tickstock {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;
using beast::error_code;

constexpr Nanos linger_time = std::chrono::seconds(1);

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

/// Beast's handshake would refuse these as well, but with a page of its own.
std::optional<HttpResponse> bad_handshake(const UpgradeRequest& request) {
    if (view(request[http::field::sec_websocket_version]) != "13") {
        auto response =
            error_response(ErrorCode::UpgradeRequired, "WebSocket version 13 is spoken");
        response.headers.emplace_back("Sec-WebSocket-Version", "13");
        return response;
    }
    if (request[http::field::sec_websocket_key].size() != 24) {
        return error_response(ErrorCode::BadRequest,
                              "Sec-WebSocket-Key must be 16 bytes in base64");
    }
    return std::nullopt;
}

}  // namespace

void HttpConnection::read() {
    busy_ = false;
    if (core_.draining) {
        abort();
        return;
    }
    phase_ = Phase::Header;
    body_parser_.reset();
    parser_.emplace();
    parser_->header_limit(limits::header_bytes);
    parser_->body_limit(core_.settings.max_frame_bytes);
    deadline_ = core_.clock.monotonic() +
                (served_one_ ? limits::http_keep_alive : core_.settings.handshake_timeout);
    http::async_read_header(
        socket_, buffer_, *parser_,
        [self = self()](const error_code& error, std::size_t) { self->on_header(error); });
}

void HttpConnection::on_header(const error_code& error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        respond(error_response(ErrorCode::HeadersTooLarge, "the headers are over 8 KiB"), false);
    } else if (error == http::error::body_limit) {
        respond(body_too_large(), false);
    } else if (error && error.category() == make_error_code(http::error::bad_method).category() &&
               error != http::error::end_of_stream && error != http::error::partial_message) {
        respond(
            error_response(ErrorCode::BadRequest, "not an HTTP/1.1 request: " + error.message()),
            false);
    } else if (error) {
        abort();
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
    if (fields > limits::header_count) {
        return error_response(ErrorCode::HeadersTooLarge, "more than 64 headers");
    }
    if (request.count(http::field::host) != (request.version() == 11 ? 1U : 0U) &&
        (request.version() == 11 || request.count(http::field::host) > 1)) {
        return error_response(ErrorCode::BadRequest, "exactly one Host header is needed");
    }
    return std::nullopt;
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
    const auto length = parser_->content_length();
    result.has_length = length || parser_->chunked();
    result.has_body = parser_->chunked() || length.value_or(0) > 0;
    return result;
}

void HttpConnection::answer() {
    busy_ = true;
    ++core_.counts.requests;
    const UpgradeRequest& request = parser_->get();
    // Only a command's body is read; after any other the connection ends with the answer.
    const bool has_body = parser_->chunked() || parser_->content_length().value_or(0) > 0;
    const bool keep_alive = request.keep_alive() && !has_body && !core_.draining;
    if (auto refusal = refusal_of(request)) {
        respond(std::move(*refusal), false);
        return;
    }
    HttpAnswer answer = core_.site->answer(request_of(request));
    if (auto* response = std::get_if<HttpResponse>(&answer)) {
        respond(std::move(*response), keep_alive);
        return;
    }
    if (core_.draining) {
        respond(error_response(ErrorCode::NotReady, "the server stops"), false);
        return;
    }
    if (auto* command = std::get_if<StartCommand>(&answer)) {
        start_command(std::move(command->route));
        return;
    }
    if (const auto* sse = std::get_if<StartSse>(&answer)) {
        start_sse(std::move(socket_), sse->request, sse_head(core_.clock), std::move(ticket_),
                  core_);
        leave();
        return;
    }
    if (auto refusal = bad_handshake(request)) {
        respond(std::move(*refusal), false);
        return;
    }
    start_websocket(std::move(socket_), request, std::move(ticket_), core_);
    leave();
}

void HttpConnection::respond(HttpResponse response, bool keep_alive) {
    phase_ = Phase::Write;
    busy_ = true;
    served_one_ = true;
    keep_alive = keep_alive && !core_.draining;
    deadline_ = core_.clock.monotonic() + limits::write_stall;
    response_ = std::move(response);
    head_ = response_head(response_, keep_alive, core_.clock);
    const bool is_head = parser_ && parser_->get().method() == http::verb::head;
    const std::string_view payload = is_head ? "" : response_.payload();
    const std::array<net::const_buffer, 2> parts{net::buffer(head_),
                                                 net::buffer(payload.data(), payload.size())};
    net::async_write(socket_, parts,
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
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    read_and_forget();
}

void HttpConnection::read_and_forget() {
    socket_.async_read_some(net::buffer(unread_),
                            [self = self()](const error_code& error, std::size_t) {
                                error ? self->abort() : self->read_and_forget();
                            });
}

void start_http(Socket socket, std::unique_ptr<ConnectionSet::Ticket> ticket, ServerCore& core) {
    auto connection = std::make_shared<HttpConnection>(std::move(socket), std::move(ticket), core);
    core.connections.add(connection);
    connection->read();
}

void refuse_connection(Socket socket, ServerCore& core) {
    auto connection = std::make_shared<HttpConnection>(std::move(socket), nullptr, core);
    core.connections.add(connection);
    connection->refuse();
}

}  // namespace tickstock
