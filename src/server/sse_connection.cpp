#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "server/asio.hpp"
#include "server/sse_session.hpp"

namespace tickstock {
namespace {

namespace net = boost::asio;
using boost::system::error_code;

class SseConnection final : public StreamingConnection {
public:
    SseConnection(Socket socket, const SubscribeRequest& request,
                  std::unique_ptr<ConnectionSet::Ticket> ticket, ServerCore& core)
        : StreamingConnection(core),
          ticket_(std::move(ticket)),
          socket_(std::move(socket)),
          session_(request, core.fanout, core.counts, core.settings.heartbeat_interval) {
        ++core_.counts.sse_open;
    }
    ~SseConnection() override { --core_.counts.sse_open; }

    void start(std::string headers) {
        watch_for_end();
        headers_ = std::move(headers);
        net::async_write(socket_, net::buffer(headers_),
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
        }
    }
    void drain() override { is_open_ ? StreamingConnection::drain() : abort(); }
    void abort() override {
        ticket_.reset();
        closing_ = true;
        error_code ignored;
        socket_.close(ignored);
        core_.connections.remove(*this);
    }

private:
    Session& session() override { return session_; }

    void begin_write(const OutFrame& frame) override {
        std::array<net::const_buffer, 2> parts;
        parts[0] = frame.head ? net::buffer(*frame.head) : net::const_buffer();
        parts[1] = frame.tail ? net::buffer(*frame.tail) : net::const_buffer();
        net::async_write(socket_, parts, [self = self()](const error_code& error, std::size_t) {
            error ? self->abort() : self->written();
        });
    }

    /// SSE has no close codes: the stream ends and the browser comes back with Last-Event-ID.
    void close(CloseCode) override {
        closing_ = true;
        error_code ignored;
        socket_.shutdown(Socket::shutdown_send, ignored);
        abort();
    }

    /// The client has nothing more to say; a read is how its leaving shows.
    void watch_for_end() {
        socket_.async_read_some(net::buffer(unread_),
                                [self = self()](const error_code& error, std::size_t) {
                                    error ? self->abort() : self->watch_for_end();
                                });
    }
    std::shared_ptr<SseConnection> self() {
        return std::static_pointer_cast<SseConnection>(shared_from_this());
    }

    std::unique_ptr<ConnectionSet::Ticket> ticket_;
    Socket socket_;
    SseSession session_;
    std::string headers_;
    std::array<char, 256> unread_{};
    bool is_open_ = false;
};

}  // namespace

void start_sse(Socket socket, const SubscribeRequest& request, std::string headers,
               std::unique_ptr<ConnectionSet::Ticket> ticket, ServerCore& core) {
    auto connection =
        std::make_shared<SseConnection>(std::move(socket), request, std::move(ticket), core);
    core.connections.add(connection);
    connection->start(std::move(headers));
}

}  // namespace tickstock
