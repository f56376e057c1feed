#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffers_iterator.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "base/assert.hpp"
#include "server/asio.hpp"
#include "server/frame_meter.hpp"
#include "server/limits.hpp"
#include "server/native_session.hpp"

namespace tickstock {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
namespace net = boost::asio;

/// The socket under the WebSocket, with a look at what comes in.
class MeteredSocket {
public:
    using executor_type = Socket::executor_type;

    explicit MeteredSocket(Socket socket) : socket_(std::move(socket)) {}

    executor_type get_executor() { return socket_.get_executor(); }
    Socket& socket() { return socket_; }

    /// Called when a message has too many fragments.
    void on_too_many_fragments(std::function<void()> call) { too_many_ = std::move(call); }

    template <class Buffers, class Handler>
    auto async_read_some(const Buffers& buffers, Handler&& handler) {
        return net::async_initiate<Handler, void(beast::error_code, std::size_t)>(
            [this](auto done, const Buffers& into) {
                socket_.async_read_some(
                    into, [this, into, done = std::move(done)](const beast::error_code& error,
                                                               std::size_t bytes) mutable {
                        look_at(into, bytes);
                        done(error, bytes);
                    });
            },
            handler, buffers);
    }
    template <class Buffers, class Handler>
    auto async_write_some(const Buffers& buffers, Handler&& handler) {
        return socket_.async_write_some(buffers, std::forward<Handler>(handler));
    }

    // What the library asks for at the end of a connection, found by its argument.
    [[maybe_unused]] friend void teardown(beast::role_type role, MeteredSocket& self,
                                          beast::error_code& error) {
        websocket::teardown(role, self.socket_, error);
    }
    template <class Handler>
    friend void async_teardown(beast::role_type role, MeteredSocket& self, Handler&& handler) {
        websocket::async_teardown(role, self.socket_, std::forward<Handler>(handler));
    }
    friend void beast_close_socket(MeteredSocket& self) {
        beast::error_code ignored;
        self.socket_.close(ignored);
    }

private:
    template <class Buffers>
    void look_at(const Buffers& buffers, std::size_t bytes) {
        bool is_within = true;
        for (auto at = net::buffer_sequence_begin(buffers);
             at != net::buffer_sequence_end(buffers) && bytes > 0; ++at) {
            const net::const_buffer part(*at);
            const std::size_t here = std::min(bytes, part.size());
            is_within = meter_.feed({static_cast<const std::uint8_t*>(part.data()), here});
            bytes -= here;
        }
        if (!is_within && too_many_) {
            std::exchange(too_many_, {})();
        }
    }

    Socket socket_;
    FrameMeter meter_{limits::fragments_per_message};
    std::function<void()> too_many_;
};

/// The close code with which Beast has answered a broken frame.
CloseCode code_of(const beast::error_code& error) {
    if (error == websocket::error::bad_frame_payload) {
        return CloseCode::InvalidText;
    }
    if (error == websocket::error::message_too_big) {
        return CloseCode::MessageTooBig;
    }
    if (error == websocket::condition::protocol_violation) {
        return CloseCode::ProtocolError;
    }
    return error == websocket::error::closed ? CloseCode::Normal : CloseCode::None;
}

class WebSocketConnection final : public StreamingConnection {
public:
    WebSocketConnection(Socket socket, std::unique_ptr<ConnectionSet::Ticket> ticket,
                        ServerCore& core)
        : StreamingConnection(core),
          ticket_(std::move(ticket)),
          ws_(MeteredSocket(std::move(socket))),
          session_(core.fanout, core.counts, core.settings.heartbeat_interval),
          heard_at_(core.clock.monotonic()) {
        ++core_.counts.websocket_open;
    }
    ~WebSocketConnection() override { --core_.counts.websocket_open; }

    void start(const UpgradeRequest& request);

    void wake() override {
        if (is_open_) {
            StreamingConnection::wake();
        }
    }
    void tick(Nanos now) override;
    void drain() override {
        if (is_open_) {  // else the handshake's end will see that the server stops
            StreamingConnection::drain();
        }
    }
    void abort() override {
        ticket_.reset();
        beast::error_code ignored;
        ws_.next_layer().socket().close(ignored);
        core_.connections.remove(*this);
    }

private:
    Session& session() override { return session_; }
    void begin_write(const OutFrame& frame) override;
    void close(CloseCode code) override;
    void read();
    void on_read(const beast::error_code& error);
    void on_control();
    void ping(Nanos now);
    std::shared_ptr<WebSocketConnection> self() {
        return std::static_pointer_cast<WebSocketConnection>(shared_from_this());
    }

    std::unique_ptr<ConnectionSet::Ticket> ticket_;
    websocket::stream<MeteredSocket, false> ws_;  // no permessage-deflate
    beast::flat_buffer buffer_;
    NativeSession session_;
    TokenBucket control_rate_{limits::control_frames_per_second, limits::control_frames_burst};
    bool is_open_ = false;
    bool reading_ = false;
    bool ping_pending_ = false;
    Nanos heard_at_;
    Nanos pinged_at_{0};  // 0 = heard from since
    Nanos close_by_{0};
};

void WebSocketConnection::start(const UpgradeRequest& request) {
    ws_.text(true);
    ws_.auto_fragment(false);
    ws_.read_message_max(core_.settings.max_frame_bytes);
    ws_.control_callback([this](websocket::frame_type, beast::string_view) { on_control(); });
    ws_.next_layer().on_too_many_fragments([this] { close(CloseCode::PolicyViolation); });
    ws_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
        response.set(http::field::server, "");  // else Beast names itself
    }));
    ws_.async_accept(request, [self = self()](const beast::error_code& error) {
        if (error) {
            self->abort();
            return;
        }
        self->is_open_ = true;
        self->read();
        self->core_.draining ? self->drain() : self->pump();
    });
}

void WebSocketConnection::read() {
    if (reading_ || closing_ || !session_.wants_input()) {
        return;
    }
    reading_ = true;
    ws_.async_read(buffer_, [self = self()](const beast::error_code& error, std::size_t) {
        self->reading_ = false;
        self->on_read(error);
    });
}

void WebSocketConnection::on_read(const beast::error_code& error) {
    if (error) {
        if (!closing_) {
            closing_ = true;
            if (const CloseCode code = code_of(error); code != CloseCode::None) {
                core_.counts.count_close(code);
            }
            abort();  // Beast has sent its close frame before it told us
        }
        return;
    }
    heard_at_ = core_.clock.monotonic();
    pinged_at_ = Nanos{0};
    if (closing_) {
        return;
    }
    if (!ws_.got_text()) {
        close(CloseCode::UnsupportedData);
        return;
    }
    const auto data = buffer_.data();
    const auto verdict =
        session_.on_text({static_cast<const char*>(data.data()), data.size()}, heard_at_);
    buffer_.consume(buffer_.size());
    if (verdict) {
        close(*verdict);
        return;
    }
    pump();
    read();
}

void WebSocketConnection::on_control() {
    heard_at_ = core_.clock.monotonic();
    pinged_at_ = Nanos{0};
    if (!control_rate_.take(heard_at_) && !closing_) {
        close(CloseCode::PolicyViolation);
    }
}

void WebSocketConnection::begin_write(const OutFrame& frame) {
    std::array<net::const_buffer, 2> parts;
    parts[0] = frame.head ? net::buffer(*frame.head) : net::const_buffer();
    parts[1] = frame.tail ? net::buffer(*frame.tail) : net::const_buffer();
    ws_.async_write(parts, [self = self()](const beast::error_code& error, std::size_t) {
        if (error) {
            if (!self->closing_) {
                self->closing_ = true;
                self->abort();
            }
            return;
        }
        self->written();
        self->read();  // answers were taken: there is room for more questions
    });
}

void WebSocketConnection::close(CloseCode code) {
    if (closing_) {
        return;
    }
    closing_ = true;
    close_by_ = core_.clock.monotonic() + limits::close_grace;
    core_.counts.count_close(code);
    const CloseCodeInfo& row = info(code);
    const websocket::close_reason reason(static_cast<websocket::close_code>(row.code),
                                         beast::string_view(row.reason.data(), row.reason.size()));
    // Waits for the write in flight; tick() ends it if the peer does not play along.
    ws_.async_close(reason, [self = self()](const beast::error_code&) { self->abort(); });
}

void WebSocketConnection::ping(Nanos now) {
    pinged_at_ = now;
    ping_pending_ = true;
    ws_.async_ping({}, [self = self()](const beast::error_code&) { self->ping_pending_ = false; });
}

void WebSocketConnection::tick(Nanos now) {
    if (!is_open_) {
        if (now - heard_at_ > core_.settings.handshake_timeout) {
            abort();
        }
        return;
    }
    if (!ws_.is_open() && close_by_ == Nanos{0}) {
        close_by_ = now + limits::close_grace;  // closed by the peer, or for its bad frames
    }
    if (close_by_ != Nanos{0}) {
        if (now > close_by_) {
            abort();
        }
        return;
    }
    if (pinged_at_ != Nanos{0} && now - pinged_at_ > limits::pong_timeout) {
        close(CloseCode::NoPong);
        return;
    }
    if (pinged_at_ == Nanos{0} && now - heard_at_ > limits::ping_after && !ping_pending_) {
        ping(now);
    }
    StreamingConnection::tick(now);
}

}  // namespace

void start_websocket(Socket socket, const UpgradeRequest& request,
                     std::unique_ptr<ConnectionSet::Ticket> ticket, ServerCore& core) {
    auto connection =
        std::make_shared<WebSocketConnection>(std::move(socket), std::move(ticket), core);
    core.connections.add(connection);
    connection->start(request);
}

}  // namespace tickstock
