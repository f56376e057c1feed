#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tickstock {

enum class WebSocketOpcode : std::uint8_t {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
};

/// What a FrameReader finds. Texts live until the call returns.
class WebSocketSink {
public:
    virtual ~WebSocketSink() = default;
    /// A whole message, its fragments put together.
    virtual void on_message(std::string_view text) = 0;
    virtual void on_control(WebSocketOpcode opcode, std::string_view payload) = 0;
};

/// The client's side of RFC 6455 framing: bytes in, messages out. Bounded: a message over
/// `message_max` bytes or of more than `fragments_max` frames is an error, found before memory is
/// taken for it. A message that came in one frame and one read is handed over in place. Text is
/// not checked to be UTF-8 here; the JSON decoder rejects what is none. One thread.
class WebSocketFrameReader {
public:
    WebSocketFrameReader(std::size_t message_max, std::size_t fragments_max)
        : message_max_(message_max), fragments_max_(fragments_max) {}

    /// False: the connection is to be ended with close_code(), and error() says why.
    bool feed(std::string_view bytes, WebSocketSink& sink);
    const std::string& error() const { return error_; }
    std::uint16_t close_code() const { return close_code_; }
    /// For the next connection.
    void reset();

private:
    bool read_header(std::string_view& bytes);
    bool check_header(std::uint8_t first, std::uint8_t second);
    bool take_payload(std::string_view& bytes, WebSocketSink& sink);
    void finish_frame(std::string_view payload, WebSocketSink& sink);
    bool fail(std::uint16_t code, std::string why);
    std::size_t room() const { return message_max_ - message_.size(); }

    std::size_t message_max_;
    std::size_t fragments_max_;
    std::string header_;   // of the frame that is being read, while it is cut by reads
    std::string message_;  // fragments and parts of frames so far; keeps its memory
    std::string control_;  // payload of a control frame that is cut by reads
    bool in_payload_ = false;
    bool fin_ = false;
    WebSocketOpcode opcode_ = WebSocketOpcode::Text;
    std::uint64_t left_ = 0;     // of the frame's payload
    std::size_t fragments_ = 0;  // frames of the message that is being read; 0 = none
    std::string error_;
    std::uint16_t close_code_ = 1002;
};

/// Appends one whole frame as a client sends it, masked with `mask`.
void append_client_frame(std::string& out, WebSocketOpcode opcode, std::string_view payload,
                         std::uint32_t mask);

}  // namespace tickstock
