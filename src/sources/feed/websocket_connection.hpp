#pragma once

// Shows Boost: for websocket_client.cpp only.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sources/feed/tls_client.hpp"
#include "sources/feed/websocket_client.hpp"
#include "sources/feed/websocket_frames.hpp"

namespace tickstock {

/// One connection, from the look-up of the host to its end. Lives as long as an operation of it is
/// under way. All on the client's thread.
class WebSocketConnection final : public std::enable_shared_from_this<WebSocketConnection>,
                                  private WebSocketSink {
public:
    using Ended =
        std::function<void(const WebSocketConnection*, const std::string& why, bool policy)>;

    WebSocketConnection(boost::asio::io_context& io, boost::asio::ssl::context* tls,
                        const WebSocketClientOptions& options, const Clock& clock,
                        WebSocketClient::Owner& owner, std::atomic<std::uint64_t>& received);

    void start(Ended ended);
    void send(WebSocketOpcode opcode, std::string_view payload);
    /// Tries to tell the peer that we leave; waits for nothing.
    void goodbye(std::uint16_t code = 1000);
    void end(const std::string& why, bool policy = false);
    void check_deadlines(Nanos now);

private:
    using Code = boost::system::error_code;

    void on_message(std::string_view text) override;
    void on_control(WebSocketOpcode opcode, std::string_view payload) override;

    void resolved(const Code& error, const boost::asio::ip::tcp::resolver::results_type& found);
    void connected(const Code& error);
    void send_upgrade();
    void read_answer();
    void check_answer();
    void read();
    void received(std::size_t bytes);
    void take(std::string_view bytes);
    void write();
    void fail(const char* during, const Code& error);
    bool over() const { return ended_ == nullptr; }
    /// Calls with the stream that carries this connection.
    template <class Call>
    void with_stream(Call call) {
        if (tls_.has_value()) {
            call(*tls_);
        } else {
            call(socket_);
        }
    }

    boost::asio::ip::tcp::resolver resolver_;
    TcpSocket socket_;
    std::optional<TlsStream> tls_;
    const WebSocketClientOptions& options_;
    const Clock& clock_;
    WebSocketClient::Owner& owner_;
    std::atomic<std::uint64_t>& received_bytes_;
    Ended ended_;
    Nanos began_{0};
    Nanos last_read_{0};
    Nanos last_ping_{0};
    bool open_ = false;

    std::string key_;  // Sec-WebSocket-Key
    boost::beast::flat_buffer answer_bytes_;
    boost::beast::http::response_parser<boost::beast::http::empty_body> answer_;
    std::vector<char> buffer_;
    WebSocketFrameReader frames_;
    std::string queued_;   // to be written
    std::string writing_;  // under way
};

}  // namespace tickstock
