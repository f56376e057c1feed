#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <memory>
#include <utility>

namespace tickstock {

using Socket = boost::asio::ip::tcp::socket;

/// A client's bytes: TCP, or TLS over it; one type, so that everything above is built once. Meets
/// Asio's requirements of a stream, with completion handlers only (no futures, no coroutines).
class Transport {
public:
    using executor_type = Socket::executor_type;

    explicit Transport(Socket socket) : plain_(std::move(socket)) {}
    /// `context` is kept for as long as the connection lives, so that it may be replaced meanwhile.
    Transport(Socket socket, std::shared_ptr<boost::asio::ssl::context> context)
        : plain_(socket.get_executor()),
          tls_(std::make_shared<Tls>(std::move(socket), std::move(context))) {}

    executor_type get_executor() { return socket().get_executor(); }
    bool is_tls() const { return tls_ != nullptr; }
    Socket& socket() { return tls_ ? tls_->stream.next_layer() : plain_; }

    /// REQUIRES: is_tls().
    template <class Handler>
    void async_handshake(Handler&& handler) {
        tls_->stream.async_handshake(boost::asio::ssl::stream_base::server,
                                     std::forward<Handler>(handler));
    }

    template <class Buffers, class Handler>
    auto async_read_some(const Buffers& buffers, Handler&& handler) {
        return tls_ ? tls_->stream.async_read_some(buffers, std::forward<Handler>(handler))
                    : plain_.async_read_some(buffers, std::forward<Handler>(handler));
    }
    template <class Buffers, class Handler>
    auto async_write_some(const Buffers& buffers, Handler&& handler) {
        return tls_ ? tls_->stream.async_write_some(buffers, std::forward<Handler>(handler))
                    : plain_.async_write_some(buffers, std::forward<Handler>(handler));
    }

    /// No more from this side. With TLS the goodbye record is not waited for.
    void shutdown_send() {
        boost::system::error_code ignored;
        if (tls_) {
            tls_->stream.async_shutdown(
                [keep = tls_](const boost::system::error_code&) { (void)keep; });
            return;
        }
        plain_.shutdown(Socket::shutdown_send, ignored);
    }
    void close() {
        boost::system::error_code ignored;
        socket().close(ignored);
    }

    // What the WebSocket library asks for at the end of a connection, found by its argument.
    [[maybe_unused]] friend void teardown(boost::beast::role_type role, Transport& self,
                                          boost::beast::error_code& error) {
        boost::beast::websocket::teardown(role, self.socket(), error);
    }
    template <class Handler>
    friend void async_teardown(boost::beast::role_type role, Transport& self, Handler&& handler) {
        boost::beast::websocket::async_teardown(role, self.socket(),
                                                std::forward<Handler>(handler));
    }
    friend void beast_close_socket(Transport& self) { self.close(); }

private:
    struct Tls {
        Tls(Socket socket, std::shared_ptr<boost::asio::ssl::context> with)
            : context(std::move(with)), stream(std::move(socket), *context) {}
        const std::shared_ptr<boost::asio::ssl::context> context;
        boost::asio::ssl::stream<Socket> stream;
    };

    Socket plain_;
    std::shared_ptr<Tls> tls_;  // null = plain
};

}  // namespace tickstock
