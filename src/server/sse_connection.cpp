#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>

#include "server/asio.hpp"
#include "server/frame_buffers.hpp"
#include "server/sse_session.hpp"

namespace tickstock {
namespace {

namespace net = boost::asio;
using boost::system::error_code;

class SseConnection final : public StreamingConnection {
public:
    SseConnection(Transport transport, const SubscribeRequest& request, const Identity& identity,
                  std::unique_ptr<ConnectionSet::Ticket> ticket, ServerCore& core)
        : StreamingConnection(core, std::move(ticket), "sse"),
          transport_(std::move(transport)),
          session_(request, core.fanout, core.counts, core.settings.heartbeat_interval, core.gate,
                   core.users(), identity) {
        ++core_.counts.sse_open;
    }
    ~SseConnection() override { --core_.counts.sse_open; }

    void start(std::string headers) {
        watch_for_end();
        headers_ = std::move(headers);
        net::async_write(transport_, net::buffer(headers_),
                         [self = self()](const error_code& error, std::size_t) {
                             if (error) {
                                 self->abort();
                                 return;
                             }
                             self->is_open_ = true;
                             self->pump();
                         });
    }

    void wake() override {
        if (is_open_) {
            StreamingConnection::wake();
        }
    }
    void tick(Nanos now) override {
        if (is_open_) {
            StreamingConnection::tick(now);
        } else if (now - began_ > core_.settings.handshake_timeout) {
            abort();
        }
    }
    void drain() override { is_open_ ? StreamingConnection::drain() : abort(); }
    void abort() override {
        closing_ = true;
        note_end(CloseCode::None, ClosedConnection::By::Network, "connection_lost");
        ticket_.reset();
        transport_.close();
        core_.connections.remove(*this);
    }

private:
    Session& session() override { return session_; }

    void begin_write(const OutFrame& frame) override {
        net::async_write(transport_, buffers_.of(frame),
                         [self = self()](const error_code& error, std::size_t) {
                             error ? self->abort() : self->written();
                         });
    }

    /// SSE has no close codes: the stream ends and the browser comes back with Last-Event-ID.
    void close(CloseCode code) override {
        closing_ = true;
        core_.counts.count_close(code);
        note_end(code, ClosedConnection::By::Server);
        if (!transport_.is_tls()) {  // the end of TLS's stream is seen without a goodbye as well
            transport_.shutdown_send();
        }
        abort();
    }

    /// The client has nothing more to say; a read is how its leaving shows.
    void watch_for_end() {
        transport_.async_read_some(
            net::buffer(unread_), [self = self()](const error_code& error, std::size_t) {
                if (error == net::error::eof) {
                    self->note_end(CloseCode::None, ClosedConnection::By::Client, "client_left");
                }
                error ? self->abort() : self->watch_for_end();
            });
    }
    std::shared_ptr<SseConnection> self() {
        return std::static_pointer_cast<SseConnection>(shared_from_this());
    }

    Transport transport_;
    SseSession session_;
    std::string headers_;
    FrameBuffers buffers_;  // of the frame in flight
    std::array<char, 256> unread_{};
    const Nanos began_{core_.clock.monotonic()};
    bool is_open_ = false;
};

}  // namespace

void start_sse(Transport transport, const SubscribeRequest& request, const Identity& identity,
               std::string headers, std::unique_ptr<ConnectionSet::Ticket> ticket,
               ServerCore& core) {
    auto connection = std::make_shared<SseConnection>(std::move(transport), request, identity,
                                                      std::move(ticket), core);
    core.connections.add(connection);
    connection->start(std::move(headers));
}

}  // namespace tickstock
