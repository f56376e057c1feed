// The part of HttpConnection that answers what needs a body or time.

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/read.hpp>
#include <utility>

#include "server/http_connection.hpp"

namespace tickstock {

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;
using beast::error_code;

void HttpConnection::start_task(StartTask task) {
    const UpgradeRequest& request = parser_->get();
    task_ = std::move(task);
    keep_alive_ = request.keep_alive();
    if (!task_.reads_body || parser_->is_done()) {
        keep_alive_ = keep_alive_ && parser_->is_done();
        run_task("");
        return;
    }
    const bool is_waiting = beast::iequals(request[http::field::expect], "100-continue");
    const std::size_t limit =
        task_.body_limit > 0 ? task_.body_limit : core_.settings.max_frame_bytes;
    if (parser_->content_length().value_or(0) > limit) {
        respond(body_too_large(limit), false);
        return;
    }
    body_parser_.emplace(std::move(*parser_));
    body_parser_->body_limit(limit);
    parser_.reset();
    phase_ = Phase::Body;
    deadline_ = core_.clock.monotonic() + core_.settings.handshake_timeout;
    if (!is_waiting) {
        read_body();
        return;
    }
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    net::async_write(transport_, net::buffer(go_on.data(), go_on.size()),
                     [self = self()](const error_code& error, std::size_t) {
                         if (self->phase_ == Phase::Body) {
                             error ? self->abort() : self->read_body();
                         }
                     });
}

void HttpConnection::read_body() {
    http::async_read(
        transport_, buffer_, *body_parser_,
        [self = self()](const error_code& error, std::size_t) { self->on_body(error); });
}

void HttpConnection::on_body(const error_code& error) {
    if (phase_ != Phase::Body) {
        return;  // it came too late, and was told so
    }
    if (error == http::error::body_limit) {
        respond(body_too_large(task_.body_limit > 0 ? task_.body_limit
                                                    : core_.settings.max_frame_bytes),
                false);
    } else if (error && error.category() == make_error_code(http::error::bad_method).category() &&
               error != http::error::end_of_stream && error != http::error::partial_message) {
        respond(error_response(ErrorCode::BadRequest, "a bad body: " + error.message()), false);
    } else if (error) {
        abort();
    } else {
        run_task(body_parser_->get().body());
    }
}

HttpResponse HttpConnection::body_too_large(std::size_t limit) const {
    return error_response(ErrorCode::BodyTooLarge, fmt::format("the body is over {} bytes", limit));
}

void HttpConnection::run_task(std::string_view body) {
    phase_ = Phase::Task;
    deadline_ = core_.clock.monotonic() + task_.patience;
    const std::uint64_t number = ++task_number_;
    const auto run = std::exchange(task_.run, {});
    run(body, [weak = std::weak_ptr(self()), number](HttpResponse response) {
        const auto connection = weak.lock();
        if (connection && connection->task_number_ == number) {
            connection->on_answer(std::move(response));
        }
    });
}

void HttpConnection::on_answer(HttpResponse response) {
    if (phase_ == Phase::Task && transport_.socket().is_open()) {
        respond(std::move(response), keep_alive_);
    }
}

/// Its time is over. A client that still listens is told why.
void HttpConnection::expire() {
    if (phase_ == Phase::Body) {
        error_code ignored;
        transport_.socket().cancel(ignored);
        respond(error_response(ErrorCode::RequestTimeout, "the body did not come in time"), false);
    } else if (phase_ == Phase::Task) {
        respond(error_response(ErrorCode::NoAnswer, task_.on_timeout), false);
    } else {
        abort();
    }
}

}  // namespace tickstock
