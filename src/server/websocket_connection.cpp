#include <array>
#include <boost/asio/post.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <optional>

#include "base/assert.hpp"
#include "server/asio.hpp"
#include "server/frame_buffers.hpp"
#include "server/frame_check.hpp"
#include "server/limits.hpp"
#include "server/metered_transport.hpp"

namespace tickstock {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
namespace net = boost::asio;

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
    WebSocketConnection(Transport transport, std::unique_ptr<ConnectionSet::Ticket> ticket,
                        ServerCore& core, std::unique_ptr<MessageSession> session,
                        const WebSocketOptions& options)
        : StreamingConnection(core, std::move(ticket), options.kind),
          options_(options),
          ws_(std::in_place, MeteredTransport(std::move(transport), options.max_fragments)),
          session_(std::move(session)),
          heard_at_(core.clock.monotonic()) {
        ++core_.counts.websocket_open;
    }
    ~WebSocketConnection() override {
        if (is_compressed_) {
            --core_.counts.compressed_open;
        }
        --core_.counts.websocket_open;
    }

    void start(const UpgradeRequest& request);

    void wake() override {
        if (is_open_) {
            StreamingConnection::wake();
            read();
        }
    }
    void tick(Nanos now) override;
    void drain() override {
        if (is_open_) {  // else the handshake's end will see that the server stops
            StreamingConnection::drain();
        }
    }
    void hurry() override { is_open_ ? StreamingConnection::hurry() : abort(); }
    void abort() override {
        closing_ = true;
        if (!std::exchange(has_ended_, true)) {
            note_end(CloseCode::None, ClosedConnection::By::Network, "connection_lost");
            session_->ended();
        }
        ticket_.reset();
        core_.connections.remove(*this);
        if (ws_) {
            ws_->next_layer().close();
            // A close of ours and a bad frame of the client's wait in Beast 1.81 for each other for
            // ever, holding this connection. They go with the stream, when what is under way ended.
            net::post(ws_->get_executor(), [self = self()] { self->ws_.reset(); });
        }
    }

private:
    Session& session() override { return *session_; }
    void offer_compression(const UpgradeRequest& request);
    void begin_write(const OutFrame& frame) override;
    void close(CloseCode code) override;
    void read();
    void on_read(const beast::error_code& error);
    void on_control(websocket::frame_type kind);
    void ping(Nanos now);
    std::shared_ptr<WebSocketConnection> self() {
        return std::static_pointer_cast<WebSocketConnection>(shared_from_this());
    }

    const WebSocketOptions options_;
    std::optional<websocket::stream<MeteredTransport, true>> ws_;  // nothing after abort()
    beast::flat_buffer buffer_;
    FrameBuffers buffers_;  // of the frame in flight
    const std::unique_ptr<MessageSession> session_;
    TokenBucket control_rate_{core_.settings.control_frames_per_second,
                              2 * core_.settings.control_frames_per_second};
    bool is_compressed_ = false;
    bool has_ended_ = false;
    bool is_open_ = false;
    bool reading_ = false;
    bool ping_pending_ = false;
    Nanos heard_at_;
    Nanos pinged_at_{0};  // 0 = heard from since
    Nanos close_by_{0};
};

void WebSocketConnection::start(const UpgradeRequest& request) {
    ws_->text(true);
    ws_->auto_fragment(false);
    ws_->read_message_max(options_.max_message_bytes);
    ws_->control_callback(
        [this](websocket::frame_type kind, beast::string_view) { on_control(kind); });
    ws_->next_layer().on_too_many_fragments([this] { close(CloseCode::PolicyViolation); });
    ws_->set_option(websocket::stream_base::decorator(
        [subprotocol = options_.subprotocol](websocket::response_type& response) {
            response.erase(http::field::server);  // Beast names itself there
            if (!subprotocol.empty()) {
                response.set(http::field::sec_websocket_protocol, subprotocol);
            }
        }));
    session_->set_waker([weak = weak_from_this()] {
        if (const auto connection = weak.lock()) {
            connection->wake();
        }
    });
    offer_compression(request);
    ws_->async_accept(request, [self = self()](const beast::error_code& error) {
        if (error) {
            self->abort();
            return;
        }
        self->is_open_ = true;
        self->read();
        self->core_.draining ? self->drain() : self->pump();
    });
}

/// permessage-deflate only for so many connections as the settings allow, because each that has it
/// takes memory of its own; without context takeover, so that it holds nothing between messages.
void WebSocketConnection::offer_compression(const UpgradeRequest& request) {
    const auto offers = request[http::field::sec_websocket_extensions];
    if (core_.counts.compressed_open >= core_.settings.max_compressed ||
        offers.find("permessage-deflate") == beast::string_view::npos) {
        return;
    }
    websocket::permessage_deflate deflate;
    deflate.server_enable = true;
    deflate.server_no_context_takeover = true;
    deflate.client_no_context_takeover = true;
    deflate.server_max_window_bits = 12;
    deflate.memLevel = 4;
    deflate.msg_size_threshold = 256;
    ws_->set_option(deflate);
    is_compressed_ = true;
    ++core_.counts.compressed_open;
}

void WebSocketConnection::read() {
    if (reading_ || closing_ || !session_->wants_input()) {
        return;
    }
    reading_ = true;
    if (const std::size_t limit = session_->max_message_bytes(); limit > 0) {
        ws_->read_message_max(limit);
    }
    // Part by part: async_read() of a whole message goes on between two fragments while a close of
    // ours takes over what comes, and Beast 1.81 then aborts the process (BOOST_ASSERT).
    ws_->async_read_some(buffer_, 0, [self = self()](const beast::error_code& error, std::size_t) {
        self->reading_ = false;
        self->on_read(error);
    });
}

void WebSocketConnection::on_read(const beast::error_code& error) {
    if (error) {
        if (!closing_) {
            closing_ = true;
            const CloseCode code = code_of(error);
            if (code == CloseCode::Normal) {
                note_end(code, ClosedConnection::By::Client);
            } else if (code != CloseCode::None) {
                note_end(code, ClosedConnection::By::Server);
            }
            if (code != CloseCode::None) {
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
    if (!ws_->is_message_done()) {
        read();
        return;
    }
    ++messages_in_;
    const auto data = buffer_.data();
    const std::string_view message(static_cast<const char*>(data.data()), data.size());
    const bool is_text = ws_->got_text();
    if (is_text && ends_within_character(message)) {
        close(CloseCode::InvalidText);
        return;
    }
    const auto verdict =
        is_text ? session_->on_text(message, heard_at_) : session_->on_binary(message, heard_at_);
    ws_->text(is_text);
    buffer_.consume(buffer_.size());
    if (verdict) {
        close(*verdict);
        return;
    }
    if (!core_.gate.is_open() && !session_->user().empty() &&
        !ticket_->take_user(std::string(session_->user()))) {
        close(CloseCode::UserConnectionLimit);
        return;
    }
    pump();
    read();
}

void WebSocketConnection::on_control(websocket::frame_type kind) {
    heard_at_ = core_.clock.monotonic();
    pinged_at_ = Nanos{0};
    if (kind == websocket::frame_type::close && !may_be_close_code(ws_->reason().code)) {
        close(CloseCode::ProtocolError);
        return;
    }
    if (options_.limits_control_frames && !control_rate_.take(heard_at_) && !closing_) {
        close(CloseCode::PolicyViolation);
    }
}

void WebSocketConnection::begin_write(const OutFrame& frame) {
    ws_->async_write(buffers_.of(frame),
                     [self = self()](const beast::error_code& error, std::size_t) {
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
    note_end(code, ClosedConnection::By::Server);
    const CloseCodeInfo& row = info(code);
    const websocket::close_reason reason(static_cast<websocket::close_code>(row.code),
                                         beast::string_view(row.reason.data(), row.reason.size()));
    // Waits for the write in flight; tick() ends it if the peer does not play along.
    ws_->async_close(reason, [self = self()](const beast::error_code&) { self->abort(); });
}

void WebSocketConnection::ping(Nanos now) {
    pinged_at_ = now;
    ping_pending_ = true;
    ws_->async_ping({}, [self = self()](const beast::error_code&) { self->ping_pending_ = false; });
}

void WebSocketConnection::tick(Nanos now) {
    if (!is_open_) {
        if (now - heard_at_ > core_.settings.handshake_timeout) {
            abort();
        }
        return;
    }
    if (!ws_->is_open() && close_by_ == Nanos{0}) {
        close_by_ = now + limits::close_grace;  // closed by the peer, or for its bad frames
    }
    if (close_by_ != Nanos{0}) {
        if (now > close_by_) {
            abort();
        }
        return;
    }
    if (!reading_) {  // the session wants no input now: silence is not the peer's
        heard_at_ = now;
        pinged_at_ = Nanos{0};
    }
    if (pinged_at_ != Nanos{0} && now - pinged_at_ > core_.settings.pong_timeout) {
        close(CloseCode::NoPong);
        return;
    }
    if (pinged_at_ == Nanos{0} && now - heard_at_ > core_.settings.ping_interval &&
        !ping_pending_) {
        ping(now);
    }
    StreamingConnection::tick(now);
    read();
}

}  // namespace

void start_websocket(Transport transport, const UpgradeRequest& request,
                     std::unique_ptr<ConnectionSet::Ticket> ticket, ServerCore& core,
                     std::unique_ptr<MessageSession> session, const WebSocketOptions& options) {
    auto connection = std::make_shared<WebSocketConnection>(std::move(transport), std::move(ticket),
                                                            core, std::move(session), options);
    core.connections.add(connection);
    connection->start(request);
}

}  // namespace tickstock
