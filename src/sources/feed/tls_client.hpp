#pragma once

// Shows Boost and OpenSSL: for the socket-facing .cpp files of sources/ only.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <string>

#include "base/time.hpp"
#include "sources/feed/tls_trust.hpp"

namespace tickstock {

using TcpSocket = boost::asio::ip::tcp::socket;
using TlsStream = boost::asio::ssl::stream<TcpSocket&>;

/// TLS 1.2 and 1.3 as a client.
struct TlsTrust {
    boost::asio::ssl::context context{boost::asio::ssl::context::tls_client};
};

/// Says which host is meant (SNI) and that only a certificate of that name, or address, is good.
bool expect_host(TlsStream& stream, const std::string& host);

/// Low delay, and a peer that answers no more is given up after `patience`.
void set_live_options(TcpSocket& socket, Nanos patience);

/// What went wrong, with what TLS knows of it ("certificate verify failed: …").
std::string describe(const boost::system::error_code& error, TlsStream* stream);

}  // namespace tickstock
