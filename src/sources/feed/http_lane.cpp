#include "sources/feed/http_lane.hpp"

#include <boost/asio/connect.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

namespace tickstock {

namespace net = boost::asio;
namespace http = boost::beast::http;

HttpLane::HttpLane(net::io_context& io, net::ssl::context* tls, const HttpFetcher::Options& options)
    : resolver_(io), socket_(io), options_(options), timer_(io) {
    if (tls != nullptr) {
        tls_.emplace(socket_, *tls);
    }
}

template <class Call>
void HttpLane::with_stream(Call call) {
    if (tls_.has_value()) {
        call(*tls_);
    } else {
        call(socket_);
    }
}

void HttpLane::get(const std::string& target, HttpFetcher::Done done) {
    request_ = {};
    begin(http::verb::get, target, std::move(done));
}

void HttpLane::send(const std::string& target, std::string body, HttpFetcher::Done done) {
    request_ = {};
    request_.body() = std::move(body);
    request_.set(http::field::content_type, "application/json");
    request_.prepare_payload();
    begin(http::verb::post, target, std::move(done));
}

void HttpLane::begin(http::verb method, const std::string& target, HttpFetcher::Done done) {
    done_ = std::move(done);
    const std::string& base = options_.url.target;
    request_.method(method);
    request_.target(base == "/" ? target : base + target);
    request_.set(http::field::host, options_.url.authority());
    request_.set(http::field::user_agent, "TickStock");
    request_.set(http::field::accept, "application/json");
    if (options_.key != nullptr && !options_.key->empty()) {
        request_.set(http::field::authorization, "Bearer " + std::string(options_.key->reveal()));
    }
    timer_.expires_after(options_.request_timeout);
    timer_.async_wait([weak = weak_from_this()](const Code& error) {
        const auto self = weak.lock();
        if (!error && self != nullptr) {
            self->finish(0, "no answer in time");
        }
    });
    if (connected_) {
        write();
    } else {
        connect();
    }
}

void HttpLane::connect() {
    const auto self = shared_from_this();
    resolver_.async_resolve(
        options_.url.host, options_.url.port, [self](const Code& error, auto found) {
            if (error) {
                return self->fail("look-up of the host", error);
            }
            net::async_connect(self->socket_, found, [self](const Code& failed, const auto&) {
                if (failed) {
                    return self->fail("connecting", failed);
                }
                set_live_options(self->socket_, self->options_.request_timeout);
                self->connected_ = true;
                if (!self->tls_.has_value()) {
                    return self->write();
                }
                if (!expect_host(*self->tls_, self->options_.url.host)) {
                    return self->finish(0, "TLS refuses the host's name");
                }
                self->tls_->async_handshake(net::ssl::stream_base::client,
                                            [self](const Code& refused) {
                                                if (refused) {
                                                    return self->fail("TLS", refused);
                                                }
                                                self->write();
                                            });
            });
        });
}

void HttpLane::write() {
    with_stream([this](auto& stream) {
        http::async_write(stream, request_,
                          [self = shared_from_this()](const Code& error, std::size_t) {
                              if (error) {
                                  return self->fail("sending", error);
                              }
                              self->read();
                          });
    });
}

void HttpLane::read() {
    constexpr std::uint32_t head_bytes_max = 64U << 10;
    answer_.emplace();
    answer_->header_limit(head_bytes_max);
    answer_->body_limit(options_.body_bytes_max);
    with_stream([this](auto& stream) {
        http::async_read(stream, buffer_, *answer_,
                         [self = shared_from_this()](const Code& error, std::size_t) {
                             if (error) {
                                 return self->fail("reading", error);
                             }
                             if (!self->answer_->keep_alive()) {
                                 self->usable_ = false;
                             }
                             self->finish(self->answer_->get().result_int(),
                                          std::move(self->answer_->get().body()));
                         });
    });
}

void HttpLane::finish(unsigned status, std::string body) {
    if (done_ == nullptr) {
        return;
    }
    const auto self = shared_from_this();
    timer_.cancel();
    if (status == 0) {
        usable_ = false;
    }
    if (!usable_) {
        resolver_.cancel();
        Code ignored;
        socket_.close(ignored);
    }
    const HttpFetcher::Done done = std::exchange(done_, nullptr);
    done(status, body);
}

void HttpLane::fail(const char* during, const Code& error) {
    finish(0, std::string(during) + ": " + describe(error, tls_.has_value() ? &*tls_ : nullptr));
}

}  // namespace tickstock
