// The part of HttpConnection that reads a command's body and waits for the engine's answer.

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/read.hpp>

#include "server/http_connection.hpp"

namespace tickstock {

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;
using beast::error_code;

void HttpConnection::start_command(ControlRoute route) {
    const UpgradeRequest& request = parser_->get();
    route_ = std::move(route);
    const auto method = request.method_string();
    method_.assign(method.data(), method.size());
    keep_alive_ = request.keep_alive();
    if (parser_->is_done()) {
        run_command("");
        return;
    }
    const bool is_waiting = beast::iequals(request[http::field::expect], "100-continue");
    body_parser_.emplace(std::move(*parser_));
    body_parser_->body_limit(core_.settings.max_frame_bytes);
    parser_.reset();
    phase_ = Phase::Body;
    deadline_ = core_.clock.monotonic() + core_.settings.handshake_timeout;
    if (!is_waiting) {
        read_body();
        return;
    }
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    net::async_write(socket_, net::buffer(go_on.data(), go_on.size()),
                     [self = self()](const error_code& error, std::size_t) {
                         if (self->phase_ == Phase::Body) {
                             error ? self->abort() : self->read_body();
                         }
                     });
}

void HttpConnection::read_body() {
    http::async_read(
        socket_, buffer_, *body_parser_,
        [self = self()](const error_code& error, std::size_t) { self->on_body(error); });
}

void HttpConnection::on_body(const error_code& error) {
    if (phase_ != Phase::Body) {
        return;  // it came too late, and was told so
    }
    if (error == http::error::body_limit) {
        respond(body_too_large(), false);
    } else if (error && error.category() == make_error_code(http::error::bad_method).category() &&
               error != http::error::end_of_stream && error != http::error::partial_message) {
        respond(error_response(ErrorCode::BadRequest, "a bad body: " + error.message()), false);
    } else if (error) {
        abort();
    } else {
        run_command(body_parser_->get().body());
    }
}

HttpResponse HttpConnection::body_too_large() const {
    return error_response(ErrorCode::BodyTooLarge,
                          fmt::format("the body is over {} bytes", core_.settings.max_frame_bytes));
}

void HttpConnection::run_command(std::string_view body) {
    auto command = core_.site->command(route_, method_, body);
    if (!command.ok()) {
        respond(error_response(command.error().code, command.error().message), keep_alive_);
        return;
    }
    if (core_.draining) {
        respond(error_response(ErrorCode::NotReady, "the server stops"), false);
        return;
    }
    if (core_.commands == nullptr) {
        respond(error_response(ErrorCode::NotReady, "no engine takes commands here"), keep_alive_);
        return;
    }
    phase_ = Phase::Engine;
    deadline_ = core_.clock.monotonic() + limits::command_wait;
    // The engine calls this on its thread; the connection, even the server, may be gone by then.
    const bool is_posted = core_.commands->post(
        {std::move(command).value(), "api",
         [post = core_.post, weak = std::weak_ptr(self())](CommandAnswer answer) {
             post([weak, answer = std::move(answer)] {
                 if (const auto connection = weak.lock()) {
                     connection->on_engine(answer);
                 }
             });
         }});
    if (!is_posted) {
        respond(error_response(ErrorCode::Busy,
                               "the engine takes no command now: too many wait, or it stops"),
                keep_alive_);
    }
}

void HttpConnection::on_engine(const CommandAnswer& answer) {
    if (phase_ == Phase::Engine && socket_.is_open()) {
        respond(command_response(answer), keep_alive_);
    }
}

/// Its time is over. A client that still listens is told why.
void HttpConnection::expire() {
    error_code ignored;
    if (phase_ == Phase::Body) {
        socket_.cancel(ignored);
        respond(error_response(ErrorCode::RequestTimeout, "the body did not come in time"), false);
    } else if (phase_ == Phase::Engine) {
        respond(error_response(ErrorCode::NoAnswer,
                               "the engine did not answer in time; it may still do what was asked, "
                               "see /api/v1/decisions"),
                false);
    } else {
        abort();
    }
}

}  // namespace tickstock
