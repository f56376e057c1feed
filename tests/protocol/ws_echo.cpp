// The server's own WebSocket path with a session that sends every message back, for the RFC 6455
// table (rfc6455_test.py). Takes messages of 16 MiB and 65,536 fragments, as many and as fast as
// they come. A program of the tests: the product has no such mode. Says on standard error where it
// listens; ends when it is killed.

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "publishing/event_stream.hpp"
#include "server/asio.hpp"

namespace tickstock {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t message_bytes = std::size_t{16} << 20;
constexpr std::size_t message_fragments = 65'536;
constexpr std::size_t echoes_waiting = 8;  ///< then the client is read no further

/// Sends back what comes, in order; the connection answers text with text, binary with binary.
/// I/O thread only.
class EchoSession final : public MessageSession {
public:
    std::optional<CloseCode> on_text(std::string_view text, Nanos /*now*/) override {
        waiting_.emplace_back(text);
        return std::nullopt;
    }
    std::optional<CloseCode> on_binary(std::string_view bytes, Nanos /*now*/) override {
        waiting_.emplace_back(bytes);
        return std::nullopt;
    }
    bool wants_input() const override { return waiting_.size() < echoes_waiting; }

    std::optional<OutFrame> next(Nanos /*now*/) override {
        if (waiting_.empty()) {
            return std::nullopt;
        }
        OutFrame frame = own_frame(std::move(waiting_.front()));
        waiting_.pop_front();
        return frame;
    }
    void drain() override {}
    void mark_write() override {}
    std::size_t bytes_due() override { return 0; }

private:
    std::deque<std::string> waiting_;
};

/// Accepts, reads the request's head and hands the socket to the server's code.
class EchoServer {
public:
    EchoServer() {
        settings_.max_connections = settings_.max_connections_per_address = 100'000;
        settings_.connections_per_second = settings_.connections_per_second_per_address = 1e9;
        options_.max_message_bytes = message_bytes;
        options_.max_fragments = message_fragments;
        options_.limits_control_frames = false;
    }

    void run() {
        fmt::print(stderr, "listening on ws://127.0.0.1:{}/\n", acceptor_.local_endpoint().port());
        accept();
        tick();
        io_.run();
    }

private:
    struct Opening {
        explicit Opening(Socket from) : socket(std::move(from)) {}
        Socket socket;
        boost::beast::flat_buffer buffer;
        http::request_parser<http::empty_body> parser;
    };

    void accept() {
        acceptor_.async_accept([this](const error_code& error, Socket socket) {
            if (!error) {
                error_code ignored;
                socket.set_option(net::ip::tcp::no_delay(true), ignored);
                open(std::make_shared<Opening>(std::move(socket)));
            }
            accept();
        });
    }

    void open(const std::shared_ptr<Opening>& opening) {
        http::async_read_header(opening->socket, opening->buffer, opening->parser,
                                [this, opening](const error_code& error, std::size_t) {
                                    if (!error) {
                                        start_websocket(Transport(std::move(opening->socket)),
                                                        opening->parser.get(),
                                                        core_.connections.admit("127.0.0.1"), core_,
                                                        std::make_unique<EchoSession>(), options_);
                                    }
                                });
    }

    void tick() {
        core_.connections.for_each(
            [this](Connection& connection) { connection.tick(clock_.monotonic()); });
        timer_.expires_after(std::chrono::milliseconds(50));
        timer_.async_wait([this](const error_code&) { tick(); });
    }

    net::io_context io_{1};
    net::ip::tcp::acceptor acceptor_{io_,
                                     net::ip::tcp::endpoint(net::ip::address_v4::loopback(), 0)};
    net::steady_timer timer_{io_};
    SystemClock clock_;
    ServerSettings settings_;
    WebSocketOptions options_;
    EventStream stream_{"echo", {}};
    Gate gate_{AuthSettings{}, nullptr, clock_};
    ServerCore core_{settings_,
                     clock_,
                     Fanout(stream_, clock_),
                     ClientCounts{},
                     ConnectionSet(settings_, clock_),
                     ClosedConnections{},
                     gate_,
                     std::nullopt,
                     false,
                     std::nullopt};
};

}  // namespace
}  // namespace tickstock

int main() {
    tickstock::EchoServer().run();
}
