// A connection's bytes: reading, writing, ends. Its words are in client_protocol.cpp, its frames of
// records in client_frames.cpp, its faults in client_faults.cpp.
#include "mock_vendor/client_connection.hpp"

#include <utility>

namespace tickstock {
namespace {

namespace net = boost::asio;
using ErrorCode = boost::system::error_code;

/// A tape without a pace waits for a client behind which more than this waits.
constexpr std::size_t room_bytes = std::size_t{256} << 10;

}  // namespace

ClientConnection::ClientConnection(ClientStream::Socket socket, MockServerCore& core)
    : core_(core), stream_(std::move(socket), core.tls), auth_timer_(core.io), timer_(core.io) {}

void ClientConnection::start() {
    ErrorCode ignored;
    stream_.socket().set_option(net::ip::tcp::no_delay(true), ignored);
    if (!stream_.is_tls()) {
        read();
        return;
    }
    stream_.handshake([self = shared_from_this()](const ErrorCode& error) {
        error ? self->abort(false) : self->read();
    });
}

void ClientConnection::read() {
    if (ended_ || dead_) {
        return;
    }
    stream_.read_some(net::buffer(read_buffer_),
                      [self = shared_from_this()](const ErrorCode& error, std::size_t size) {
                          if (self->ended_ || self->dead_) {
                              return;
                          }
                          if (error) {
                              self->abort(false);
                              return;
                          }
                          self->on_bytes({self->read_buffer_.data(), size});
                          self->read();
                      });
}

void ClientConnection::queue(std::string bytes, bool is_data) {
    if (ended_ || dead_) {
        return;
    }
    waiting_bytes_ += bytes.size();
    (is_data || !stalled_ ? waiting_ : control_).push_back(std::move(bytes));
    if (waiting_bytes_ > core_.options.buffer_bytes) {
        ++core_.counts.slow_killed;
        abort(true);
        return;
    }
    write();
}

void ClientConnection::write() {
    if (is_writing_ || ended_ || dead_) {
        return;
    }
    std::deque<std::string>& from = control_.empty() ? waiting_ : control_;
    if (from.empty() || (stalled_ && control_.empty())) {
        return;
    }
    writing_ = std::move(from.front());
    from.pop_front();
    if (writing_.empty()) {
        begin_stall();
        write();  // what may pass it
        return;
    }
    is_writing_ = true;
    stream_.write(net::buffer(writing_),
                  [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                      self->is_writing_ = false;
                      if (error) {
                          self->abort(false);
                          return;
                      }
                      self->on_written();
                  });
}

void ClientConnection::on_written() {
    const bool had_room = has_room();
    waiting_bytes_ -= writing_.size();
    writing_.clear();
    if (ended_) {
        return;
    }
    if (waiting_.empty() && control_.empty() && afterwards_ != Afterwards::Nothing) {
        finish(std::exchange(afterwards_, Afterwards::Nothing));
        return;
    }
    write();
    if (!had_room && has_room()) {
        core_.wake_player();
    }
}

bool ClientConnection::has_room() const {
    return stalls_.empty() && waiting_bytes_ < room_bytes;
}

/// The connection's end, behind what waits.
void ClientConnection::end_with(Afterwards how) {
    afterwards_ = how;
    forget_stalls();
    if (waiting_.empty() && control_.empty() && !is_writing_) {
        finish(std::exchange(afterwards_, Afterwards::Nothing));
    } else {
        write();
    }
}

/// Everything has been written.
void ClientConnection::finish(Afterwards how) {
    constexpr auto patience = std::chrono::seconds(2);
    ErrorCode ignored;
    switch (how) {
        case Afterwards::Nothing: break;
        case Afterwards::Silence: dead_ = true; break;
        case Afterwards::Reset: wait_for_acknowledgement(0); break;
        case Afterwards::AwaitClose: abort_in(patience); break;
        case Afterwards::Goodbye:
            if (stream_.is_tls()) {
                is_writing_ = true;  // of the goodbye; nothing may be written beside it
                stream_.say_goodbye(
                    [self = shared_from_this()](const ErrorCode&) { self->abort(false); });
                abort_in(patience);
                break;
            }
            [[fallthrough]];
        case Afterwards::Fin:
            stream_.socket().shutdown(ClientStream::Socket::shutdown_send, ignored);
            abort_in(patience);  // unless the client ends its side before
            break;
    }
}

void ClientConnection::abort_in(Nanos how_long) {
    timer_.expires_after(how_long);
    timer_.async_wait([self = shared_from_this()](const ErrorCode& error) {
        if (!error) {
            self->abort(false);
        }
    });
}

void ClientConnection::leave() {
    if (session_) {
        core_.player.left(*this);
    }
    auth_timer_.cancel();
}

void ClientConnection::abort(bool reset) {
    if (std::exchange(ended_, true)) {
        return;
    }
    const auto self = shared_from_this();
    leave();
    timer_.cancel();
    ErrorCode ignored;
    if (reset) {
        stream_.socket().set_option(net::socket_base::linger(true, 0), ignored);
    }
    stream_.socket().close(ignored);
    core_.remove(*this);
    core_.wake_player();
}

void ClientConnection::close_with(std::uint16_t code) {
    if (closing_ || doomed_ || ended_) {
        return;
    }
    flush();
    leave();
    closing_ = true;
    forget_stalls();
    queue(ws_close_frame(code));
    end_with(Afterwards::AwaitClose);
}

void ClientConnection::close_for_shutdown() {
    if (!session_ || doomed_) {
        abort(false);
        return;
    }
    close_with(1001);
}

void ClientConnection::evict() {
    ++core_.counts.evicted;
    if (doomed_) {
        abort(false);
        return;
    }
    flush();
    send_text(max_connections_frame());
    close_with(1008);
}

}  // namespace tickstock
