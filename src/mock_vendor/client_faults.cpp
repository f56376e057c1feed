// A connection's faults: stalls, silence, resets.
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <utility>

#include "mock_vendor/client_connection.hpp"

namespace tickstock {
namespace {

using ErrorCode = boost::system::error_code;

/// What the client's kernel has not yet acknowledged.
int unacknowledged(ClientStream::Socket& socket) {
    int bytes = 0;
    return ioctl(socket.native_handle(), SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

}  // namespace

/// A reset throws away what the client's kernel has not taken, so it waits for that, at most 2 s,
/// and then for the client to have read it: one that reads later may lose the end all the same.
void ClientConnection::wait_for_acknowledgement(unsigned tries) {
    constexpr unsigned tries_max = 2000;
    if (tries == tries_max || unacknowledged(stream_.socket()) == 0) {
        timer_.expires_after(std::chrono::milliseconds(20));
        timer_.async_wait([self = shared_from_this()](const ErrorCode& error) {
            if (!error) {
                self->abort(true);
            }
        });
        return;
    }
    timer_.expires_after(std::chrono::milliseconds(1));
    timer_.async_wait([self = shared_from_this(), tries](const ErrorCode& error) {
        if (!error && !self->ended_) {
            self->wait_for_acknowledgement(tries + 1);
        }
    });
}

/// Begins behind what was sent before: an empty entry marks the place.
void ClientConnection::stall(Nanos how_long) {
    waiting_.emplace_back();
    stalls_.push_back(how_long);
    write();
}

void ClientConnection::begin_stall() {
    stalled_ = true;
    timer_.expires_after(stalls_.front());
    timer_.async_wait([self = shared_from_this()](const ErrorCode& error) {
        if (error || self->ended_ || !self->stalled_) {
            return;
        }
        self->end_stall();
        self->write();
        self->core_.wake_player();
    });
}

void ClientConnection::end_stall() {
    stalled_ = false;
    stalls_.pop_front();
}

/// The connection ends: what waits goes out now.
void ClientConnection::forget_stalls() {
    if (stalled_) {
        timer_.cancel();
    }
    stalled_ = false;
    stalls_.clear();
    std::erase_if(waiting_, [](const std::string& bytes) { return bytes.empty(); });
}

void ClientConnection::cut(const Fault& fault) {
    constexpr std::uint16_t going_away = 1001;
    forget_stalls();
    switch (fault.kind) {
        case FaultKind::HalfOpen:
            doomed_ = true;
            end_with(Afterwards::Silence);
            break;
        case FaultKind::SlowKill: doomed_ = true; break;  // kill() follows
        case FaultKind::MaxConnections:
            send_text(max_connections_frame());
            close_with(1008);
            break;
        default:
            if (fault.how == DropHow::Close) {
                close_with(going_away);
                break;
            }
            doomed_ = true;
            end_with(fault.how == DropHow::Reset ? Afterwards::Reset : Afterwards::Fin);
    }
}

void ClientConnection::kill() {
    ++core_.counts.slow_killed;
    end_with(Afterwards::Reset);
}

}  // namespace tickstock
