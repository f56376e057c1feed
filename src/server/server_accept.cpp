// The part of the server that listens and lets connections in.

#include <netinet/tcp.h>

#include <boost/asio/error.hpp>
#include <utility>

#include "auth/failure_throttle.hpp"
#include "metrics/log.hpp"
#include "server/access.hpp"
#include "server/limits.hpp"
#include "server/server_impl.hpp"
#include "server/tls.hpp"

namespace tickstock {
namespace {

namespace net = boost::asio;
using boost::system::error_code;

constexpr std::size_t refusals_at_once = 64;
constexpr int accepts_a_pass = 64;
using TcpUserTimeout = net::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;

}  // namespace

/// What must not be: a server that strangers reach and that trusts them.
std::optional<Error> Server::Impl::refuse_settings() const {
    if (settings.tls_certificate_file.empty() != settings.tls_key_file.empty()) {
        return Error{
            "server.tls_certificate_file and server.tls_key_file: one is set; accepted: "
            "both or none"};
    }
    if (is_loopback_address(settings.address)) {
        return std::nullopt;
    }
    const std::string place = "server.address = " + settings.address + ": others can reach it; ";
    if (gate.is_open()) {
        return Error{place + "accepted: a loopback address, or auth.mode = required"};
    }
    if (!uses_tls() && !settings.allow_plain_remote) {
        return Error{place +
                     "accepted: a loopback address, server.tls_certificate_file with "
                     "server.tls_key_file, or server.allow_plain_remote = true"};
    }
    return std::nullopt;
}

Result<std::uint16_t> Server::Impl::listen() {
    const std::string address = settings.address == "localhost" ? "127.0.0.1" : settings.address;
    error_code error;
    const net::ip::tcp::endpoint endpoint(net::ip::make_address(address, error), settings.port);
    if (error) {
        return Error{"server.address = " + address + ": accepted: an IP address or localhost"};
    }
    acceptor.open(endpoint.protocol(), error);
    if (!error) {
        acceptor.set_option(net::socket_base::reuse_address(true), error);
    }
    if (!error) {
        acceptor.bind(endpoint, error);
    }
    if (!error) {
        acceptor.listen(net::socket_base::max_listen_connections, error);
    }
    if (!error) {
        acceptor.non_blocking(true, error);
    }
    if (error) {
        return Error{"server.port: cannot listen on " + address + ":" +
                     std::to_string(settings.port) + ": " + error.message() +
                     "; accepted: a free port, or 0 for any"};
    }
    return acceptor.local_endpoint().port();
}

void Server::Impl::accept() {
    is_accepting = true;
    acceptor.async_accept([this](const error_code& error, Socket socket) {
        is_accepting = false;
        if (core.draining || error == net::error::operation_aborted) {
            return;
        }
        if (error) {
            log_warn("server", "cannot accept a connection: {}", error.message());
            return;  // out of descriptors, mostly: tick() tries again
        }
        admit(std::move(socket));
        accept_more();
        accept();
    });
}

/// What else waits, so that a storm of clients does not outgrow the kernel's queue while each pass
/// of the loop takes one.
void Server::Impl::accept_more() {
    for (int i = 0; i < accepts_a_pass; ++i) {
        error_code error;
        Socket socket = acceptor.accept(error);
        if (error) {
            return;
        }
        admit(std::move(socket));
    }
}

void Server::Impl::admit(Socket socket) {
    error_code error;
    const auto peer = socket.remote_endpoint(error);
    if (error) {
        return;  // gone already
    }
    const std::string address = peer.address().to_string();
    const bool is_in_rate = core.connections.is_in_rate(throttle_key(address));
    auto ticket = is_in_rate ? core.connections.admit(address) : nullptr;
    socket.set_option(net::ip::tcp::no_delay(true), error);
    Transport transport = tls ? Transport(std::move(socket), tls) : Transport(std::move(socket));
    if (ticket) {
        // A peer that is gone without a word: found by unanswered bytes, where no ping is spoken.
        transport.socket().set_option(
            TcpUserTimeout(static_cast<int>((settings.ping_interval + settings.pong_timeout) /
                                            std::chrono::milliseconds(1))),
            error);
        transport.socket().set_option(
            net::socket_base::send_buffer_size(limits::socket_send_buffer), error);
        ++core.counts.accepted;
        start_http(std::move(transport), std::move(ticket), core);
        return;
    }
    ++core.counts.refused;
    core.counts.over_rate += is_in_rate ? 0 : 1;
    if (core.connections.size() < settings.max_connections + refusals_at_once) {
        refuse_connection(std::move(transport), ErrorCode::TooManyConnections, core);
    }
}

void Server::Impl::reload() {
    gate.reload();
    if (!uses_tls()) {
        return;
    }
    auto loaded = load_tls(settings.tls_certificate_file, settings.tls_key_file);
    if (!loaded.ok()) {
        log_warn("server", "the certificate stays as it was: {}", loaded.error().message);
        return;
    }
    tls = std::move(loaded).value();
    log_info("server", "the certificate was read again");
}

}  // namespace tickstock
