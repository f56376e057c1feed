#pragma once

// For the targets that feed bytes to the server's real connections: one end of a socket pair is the
// server's, the other one the target's; no network, no threads.

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace tickstock::fuzzing {

class WireClient {
public:
    WireClient() {
        [[maybe_unused]] const int failed =
            ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_);
        assert(failed == 0);
    }
    ~WireClient() { close(); }
    WireClient(const WireClient&) = delete;
    WireClient& operator=(const WireClient&) = delete;

    /// The server's end. Once.
    boost::asio::ip::tcp::socket take_server_end(boost::asio::io_context& io) {
        boost::asio::ip::tcp::socket socket(io);
        socket.assign(boost::asio::ip::tcp::v4(), ends_[0]);
        return socket;
    }

    /// False when the server has closed.
    bool send(std::span<const std::uint8_t> bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(ends_[1], bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes = bytes.subspan(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// Lets the server do what it can and takes what it says, until nothing moves.
    void settle(boost::asio::io_context& io) {
        for (bool moved = true; moved;) {
            io.restart();
            moved = io.poll() > 0;
            char part[65536];
            for (ssize_t got = 0; (got = ::recv(ends_[1], part, sizeof part, 0)) > 0;) {
                said_.append(part, static_cast<std::size_t>(got));
                moved = true;
            }
        }
    }

    /// All that the server has said.
    const std::string& said() const { return said_; }

    void close() {
        if (ends_[1] >= 0) {
            ::close(ends_[1]);
            ends_[1] = -1;
        }
    }

private:
    int ends_[2] = {-1, -1};
    std::string said_;
};

}  // namespace tickstock::fuzzing
