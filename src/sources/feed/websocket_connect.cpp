// WebSocketConnection's way to an open WebSocket.

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/read.hpp>
#include <utility>

#include "base/assert.hpp"
#include "sources/feed/websocket_connection.hpp"

namespace tickstock {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;

std::string base64(const unsigned char* bytes, int count) {
    std::array<unsigned char, 64> text{};
    const int size = EVP_EncodeBlock(text.data(), bytes, count);
    return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)};
}

std::string random_key() {
    std::array<unsigned char, 16> bytes{};
    TS_ASSERT(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
    return base64(bytes.data(), static_cast<int>(bytes.size()));
}

/// What a server has to answer to our key (RFC 6455, 4.2.2).
std::string accept_of(const std::string& key) {
    const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    TS_ASSERT(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1);
    return base64(digest.data(), static_cast<int>(size));
}

}  // namespace

void WebSocketConnection::start(Ended ended) {
    ended_ = std::move(ended);
    resolver_.async_resolve(options_.url.host, options_.url.port,
                            [self = shared_from_this()](const Code& error, auto found) {
                                self->resolved(error, found);
                            });
}

void WebSocketConnection::resolved(const Code& error,
                                   const net::ip::tcp::resolver::results_type& found) {
    if (over()) {
        return;
    }
    if (error) {
        return fail("look-up of the host", error);
    }
    net::async_connect(
        socket_, found,
        [self = shared_from_this()](const Code& failed, const auto&) { self->connected(failed); });
}

void WebSocketConnection::connected(const Code& error) {
    if (over()) {
        return;
    }
    if (error) {
        return fail("connecting", error);
    }
    set_live_options(socket_, options_.read_timeout);
    if (!tls_.has_value()) {
        return send_upgrade();
    }
    if (!expect_host(*tls_, options_.url.host)) {
        return end("TLS refuses the host's name");
    }
    tls_->async_handshake(net::ssl::stream_base::client,
                          [self = shared_from_this()](const Code& failed) {
                              if (self->over()) {
                                  return;
                              }
                              if (failed) {
                                  return self->fail("TLS", failed);
                              }
                              self->send_upgrade();
                          });
}

void WebSocketConnection::send_upgrade() {
    key_ = random_key();
    writing_ = "GET " + options_.url.target + " HTTP/1.1\r\nHost: " + options_.url.authority() +
               "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + key_ +
               "\r\nSec-WebSocket-Version: 13\r\nUser-Agent: TickStock\r\n\r\n";
    with_stream([this](auto& stream) {
        net::async_write(stream, net::buffer(writing_),
                         [self = shared_from_this()](const Code& error, std::size_t) {
                             self->writing_.clear();
                             if (self->over()) {
                                 return;
                             }
                             if (error) {
                                 return self->fail("WebSocket handshake", error);
                             }
                             self->read_answer();
                         });
    });
}

void WebSocketConnection::read_answer() {
    with_stream([this](auto& stream) {
        http::async_read_header(stream, answer_bytes_, answer_,
                                [self = shared_from_this()](const Code& error, std::size_t) {
                                    if (self->over()) {
                                        return;
                                    }
                                    if (error) {
                                        return self->fail("WebSocket handshake", error);
                                    }
                                    self->check_answer();
                                });
    });
}

void WebSocketConnection::check_answer() {
    const auto& head = answer_.get();
    if (head.result() != http::status::switching_protocols) {
        return end("the host answers the WebSocket handshake with HTTP " +
                   std::to_string(head.result_int()));
    }
    if (head["Sec-WebSocket-Accept"] != accept_of(key_) ||
        !boost::beast::iequals(head["Upgrade"], "websocket") ||
        head.count("Sec-WebSocket-Extensions") != 0) {
        return end("the host's answer is no WebSocket handshake of this client");
    }
    open_ = true;
    last_read_ = last_ping_ = clock_.monotonic();
    owner_.on_open();
    if (over()) {
        return;
    }
    // What came right behind the answer.
    const auto rest = answer_bytes_.data();
    take({static_cast<const char*>(rest.data()), rest.size()});
    if (!over()) {
        read();
    }
}

}  // namespace tickstock
