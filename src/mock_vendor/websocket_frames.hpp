#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickstock {

enum class WsOpcode : std::uint8_t {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
};

/// One frame of a server (unmasked).
void append_ws_frame(std::string& out, WsOpcode opcode, std::string_view payload, bool fin = true);

/// A close frame with this code and no reason.
std::string ws_close_frame(std::uint16_t code);

/// `Sec-WebSocket-Accept` of a client's `Sec-WebSocket-Key`.
std::string ws_accept_key(std::string_view client_key);

/// A client's bytes to whole messages. The double writes frames by hand, because its faults need
/// what no library does: fragments and segments where they are told to be, ends without a goodbye.
class WsDecoder {
public:
    struct Message {
        WsOpcode opcode = WsOpcode::Text;  ///< never Continuation
        std::string payload;
    };

    void feed(std::string_view bytes) { buffer_ += bytes; }
    /// The next whole message, or nothing yet. After an error nothing more comes.
    std::optional<Message> next();
    /// The close code that the client's fault calls for; 0 = none.
    std::uint16_t error() const { return error_; }

    static constexpr std::size_t max_message_bytes = std::size_t{1} << 20;

private:
    std::optional<Message> fail(std::uint16_t code);

    std::string buffer_;
    std::optional<Message> partial_;  ///< begun, not yet ended
    std::uint16_t error_ = 0;
};

}  // namespace tickstock
