#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "validate/tcp_socket.hpp"

namespace tickstock::validate {

/// A WebSocket client of its own (RFC 6455): text messages, answers to pings, no extensions. Each
/// wait is bounded. One thread.
class WebSocketClient {
public:
    /// Opens ws://127.0.0.1:`port``target`. An error tells the server's status and why. With
    /// `small_buffer` the reader is felt soon when it stops.
    static Result<WebSocketClient> open(std::uint16_t port, std::string_view target,
                                        bool small_buffer = false);

    /// Waits until the socket has taken it.
    std::optional<Error> send(std::string_view text);
    /// Puts it into the buffer; flush() sends what goes.
    void enqueue(std::string_view text);
    /// True when nothing is left of what was enqueued.
    Result<bool> flush();
    std::size_t unsent() const { return out_.size() - sent_; }

    /// The next text message. Nothing: none came within `patience`. An error: the connection has
    /// ended; close_code() says how.
    Result<std::optional<std::string>> receive(Nanos patience);

    /// The code of the server's close frame; 0 = it sent none.
    unsigned close_code() const { return close_code_; }
    int descriptor() const { return socket_.descriptor(); }

private:
    explicit WebSocketClient(TcpSocket socket) : socket_(std::move(socket)) {}

    Result<std::optional<std::string>> next_message();

    TcpSocket socket_;
    std::string in_;
    std::size_t taken_ = 0;  // of in_
    std::string out_;
    std::size_t sent_ = 0;  // of out_
    std::string message_;   // fragments so far
    unsigned close_code_ = 0;
};

/// One frame of a client, masked. `opcode`: 1 text, 8 close, 10 pong.
void append_client_frame(std::string& out, unsigned opcode, std::string_view payload);

}  // namespace tickstock::validate
