#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <optional>
#include <utility>

namespace tickstock {

/// A TCP socket with TLS or without: one read and one write may be under way.
class ClientStream {
public:
    using Socket = boost::asio::ip::tcp::socket;

    ClientStream(Socket socket, std::shared_ptr<boost::asio::ssl::context> tls)
        : context_(std::move(tls)), socket_(std::move(socket)) {
        if (context_) {
            tls_.emplace(socket_, *context_);
        }
    }

    bool is_tls() const { return tls_.has_value(); }
    Socket& socket() { return socket_; }

    template <class Handler>
    void handshake(Handler handler) {
        tls_->async_handshake(boost::asio::ssl::stream_base::server, std::move(handler));
    }
    template <class Handler>
    void read_some(boost::asio::mutable_buffer into, Handler handler) {
        tls_ ? tls_->async_read_some(into, std::move(handler))
             : socket_.async_read_some(into, std::move(handler));
    }
    template <class Handler>
    void write(boost::asio::const_buffer bytes, Handler handler) {
        tls_ ? boost::asio::async_write(*tls_, bytes, std::move(handler))
             : boost::asio::async_write(socket_, bytes, std::move(handler));
    }
    /// The close_notify of TLS; nothing without. REQUIRES: no write is under way.
    template <class Handler>
    void say_goodbye(Handler handler) {
        tls_->async_shutdown(std::move(handler));
    }

private:
    std::shared_ptr<boost::asio::ssl::context> context_;
    Socket socket_;
    std::optional<boost::asio::ssl::stream<Socket&>> tls_;
};

}  // namespace tickstock
