#include "validate/tcp_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace tickstock::validate {
namespace {

using namespace std::chrono_literals;

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

Error failure(const char* what) {
    return Error{std::string(what) + ": " + std::strerror(errno)};
}

/// Until the descriptor is ready for `events`: true; false when `patience` is over first.
Result<bool> wait_for(int descriptor, short events, Nanos patience) {
    const SystemClock clock;
    const Nanos end = clock.monotonic() + patience;
    while (true) {
        if (is_interrupted()) {
            return Error{"interrupted"};
        }
        const Nanos left = std::max(end - clock.monotonic(), Nanos{0});
        // Rounded up, or the last millisecond would be spent in a loop.
        const auto milliseconds =
            std::chrono::ceil<std::chrono::milliseconds>(std::min<Nanos>(left, 100ms));
        pollfd wanted{descriptor, events, 0};
        const int ready = ::poll(&wanted, 1, static_cast<int>(milliseconds.count()));
        if (ready > 0) {
            return true;
        }
        if (ready < 0 && errno != EINTR) {
            return failure("poll");
        }
        if (left == Nanos{0}) {
            return false;
        }
    }
}

}  // namespace

bool is_interrupted() {
    return interrupted.load(std::memory_order_relaxed);
}

void interrupt() {
    interrupted.store(true, std::memory_order_relaxed);
}

void pause_for(Nanos duration) {
    const SystemClock clock;
    const Nanos end = clock.monotonic() + duration;
    while (!is_interrupted() && clock.monotonic() < end) {
        const auto left = std::min<Nanos>(end - clock.monotonic(), 50ms);
        const timespec time{0, std::max<long>(left.count(), 0)};
        ::nanosleep(&time, nullptr);
    }
}

Result<TcpSocket> TcpSocket::connect(std::uint16_t port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        return failure("socket");
    }
    TcpSocket socket(descriptor);
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        return socket;
    }
    if (errno != EINPROGRESS) {
        return failure("connect");
    }
    const auto ready = wait_for(descriptor, POLLOUT, default_patience);
    if (!ready) {
        return ready.error();
    }
    socklen_t length = sizeof errno;
    ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &errno, &length);
    if (!*ready || errno != 0) {
        return failure("connect");
    }
    return socket;
}

TcpSocket::TcpSocket(TcpSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

TcpSocket& TcpSocket::operator=(TcpSocket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

TcpSocket::~TcpSocket() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

Result<std::size_t> TcpSocket::send_some(std::string_view bytes) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
        return static_cast<std::size_t>(sent);
    }
    if (errno == EAGAIN || errno == EINTR) {
        return std::size_t{0};
    }
    return failure("send");
}

std::optional<Error> TcpSocket::send(std::string_view bytes, Nanos patience) {
    while (!bytes.empty()) {
        const auto sent = send_some(bytes);
        if (!sent) {
            return sent.error();
        }
        bytes.remove_prefix(*sent);
        if (*sent == 0) {
            const auto ready = wait_for(descriptor_, POLLOUT, patience);
            if (!ready) {
                return ready.error();
            }
            if (!*ready) {
                return Error{"the server takes no bytes"};
            }
        }
    }
    return std::nullopt;
}

Result<TcpSocket::Got> TcpSocket::receive(std::string& into, Nanos patience) {
    const auto ready = wait_for(descriptor_, POLLIN, patience);
    if (!ready) {
        return ready.error();
    }
    if (!*ready) {
        return Got::Nothing;
    }
    constexpr std::size_t piece = 256 * 1024;
    const std::size_t before = into.size();
    into.resize(before + piece);
    const ssize_t got = ::recv(descriptor_, into.data() + before, piece, 0);
    into.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got > 0) {
        return Got::Bytes;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return Got::Nothing;
    }
    // A killed server resets its connections: the end, as far as a client is concerned.
    return got == 0 || errno == ECONNRESET ? Result<Got>(Got::End) : failure("recv");
}

void TcpSocket::shrink_receive_buffer() {
    const int bytes = 4096;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

}  // namespace tickstock::validate
