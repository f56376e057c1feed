#include "sources/feed/websocket_connection.hpp"

#include <openssl/rand.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/write.hpp>
#include <utility>

#include "base/assert.hpp"

namespace tickstock {
namespace {

namespace net = boost::asio;

constexpr std::size_t read_bytes = std::size_t{128} << 10;
constexpr std::size_t head_bytes_max = 16 << 10;
/// What we say is small; a peer that takes none of it is gone.
constexpr std::size_t unsent_bytes_max = std::size_t{16} << 20;

std::uint32_t random_mask() {
    std::uint32_t mask = 0;
    TS_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(&mask), sizeof mask) == 1);
    return mask;
}

}  // namespace

WebSocketConnection::WebSocketConnection(net::io_context& io, net::ssl::context* tls,
                                         const WebSocketClientOptions& options, const Clock& clock,
                                         WebSocketClient::Owner& owner,
                                         std::atomic<std::uint64_t>& received)
    : resolver_(io),
      socket_(io),
      options_(options),
      clock_(clock),
      owner_(owner),
      received_bytes_(received),
      began_(clock.monotonic()),
      buffer_(read_bytes),
      frames_(options.max_message_bytes, options.max_fragments) {
    if (tls != nullptr) {
        tls_.emplace(socket_, *tls);
    }
    answer_.header_limit(head_bytes_max);
    answer_.skip(true);
}

void WebSocketConnection::read() {
    with_stream([this](auto& stream) {
        stream.async_read_some(net::buffer(buffer_),
                               [self = shared_from_this()](const Code& error, std::size_t bytes) {
                                   if (self->over()) {
                                       return;
                                   }
                                   if (error) {
                                       return self->fail("reading", error);
                                   }
                                   self->received(bytes);
                               });
    });
}

void WebSocketConnection::received(std::size_t bytes) {
    received_bytes_.fetch_add(bytes, std::memory_order_relaxed);
    last_read_ = clock_.monotonic();
    take({buffer_.data(), bytes});
    if (!over()) {
        read();
    }
}

void WebSocketConnection::take(std::string_view bytes) {
    const auto self = shared_from_this();
    if (!frames_.feed(bytes, *this) && !over()) {
        goodbye(frames_.close_code());
        end("the host sends " + frames_.error());
    }
}

void WebSocketConnection::on_message(std::string_view text) {
    if (!over()) {
        owner_.on_message(text);
    }
}

void WebSocketConnection::on_control(WebSocketOpcode opcode, std::string_view payload) {
    if (over() || opcode == WebSocketOpcode::Pong) {
        return;
    }
    if (opcode == WebSocketOpcode::Ping) {
        return send(WebSocketOpcode::Pong, payload);
    }
    unsigned code = 1005;
    std::string why = "the host closes";
    if (payload.size() >= 2) {
        code = static_cast<unsigned>(static_cast<unsigned char>(payload[0])) << 8 |
               static_cast<unsigned char>(payload[1]);
        why += " with code " + std::to_string(code);
        if (payload.size() > 2) {
            why += ": " + std::string(payload.substr(2));
        }
    }
    goodbye();
    end(why, code == 1008);
}

void WebSocketConnection::send(WebSocketOpcode opcode, std::string_view payload) {
    if (over() || !open_) {
        return;
    }
    if (queued_.size() > unsent_bytes_max) {
        return end("the host reads nothing");
    }
    append_client_frame(queued_, opcode, payload, random_mask());
    if (writing_.empty()) {
        write();
    }
}

void WebSocketConnection::write() {
    std::swap(writing_, queued_);
    with_stream([this](auto& stream) {
        net::async_write(stream, net::buffer(writing_),
                         [self = shared_from_this()](const Code& error, std::size_t) {
                             self->writing_.clear();
                             if (self->over()) {
                                 return;
                             }
                             if (error) {
                                 return self->fail("sending", error);
                             }
                             if (!self->queued_.empty()) {
                                 self->write();
                             }
                         });
    });
}

void WebSocketConnection::goodbye(std::uint16_t code) {
    if (!open_ || over() || !writing_.empty()) {
        return;
    }
    std::string frame;
    const std::array<char, 2> payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    append_client_frame(frame, WebSocketOpcode::Close, {payload.data(), payload.size()},
                        random_mask());
    Code ignored;
    socket_.non_blocking(true, ignored);
    if (tls_.has_value()) {
        tls_->write_some(net::buffer(frame), ignored);
    } else {
        ::send(socket_.native_handle(), frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

void WebSocketConnection::end(const std::string& why, bool policy) {
    if (over()) {
        return;
    }
    const auto self = shared_from_this();
    const Ended ended = std::exchange(ended_, nullptr);
    resolver_.cancel();
    Code ignored;
    socket_.close(ignored);
    ended(this, why, policy);
}

void WebSocketConnection::fail(const char* during, const Code& error) {
    end(std::string(during) + ": " + describe(error, tls_.has_value() ? &*tls_ : nullptr));
}

void WebSocketConnection::check_deadlines(Nanos now) {
    if (over()) {
        return;
    }
    if (!open_) {
        if (now - began_ > options_.connect_timeout) {
            end("no connection in time");
        }
        return;
    }
    if (now - last_read_ > options_.read_timeout) {
        end("nothing was received for too long");
    } else if (now - last_ping_ >= options_.ping_interval) {
        last_ping_ = now;
        send(WebSocketOpcode::Ping, {});
    }
}

}  // namespace tickstock
