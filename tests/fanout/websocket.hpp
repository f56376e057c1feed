#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tickstock::fanout {

// A client's side of RFC 6455, as much as a load client needs; written apart from src/server.

enum class Opcode : std::uint8_t { Continuation = 0, Text = 1, Close = 8, Ping = 9, Pong = 10 };

/// A frame's first bytes, section 5.2.
struct FrameHead {
    Opcode opcode = Opcode::Text;
    bool is_final = true;
    bool is_masked = false;
    std::size_t head_bytes = 0;
    std::uint64_t payload_bytes = 0;
};

/// Nothing while more bytes are needed.
std::optional<FrameHead> read_head(std::string_view bytes);

/// Appends a whole masked frame, as clients must send them (5.3). `mask` may be any number.
void append_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask);

/// The request of section 4.1. The nonce is always the example of section 1.3, so that the right
/// answer is known without a SHA-1.
std::string handshake_request(std::string_view host, std::string_view path);

/// Why the head of an HTTP answer (up to the empty line) does not open a WebSocket; "" if it does.
std::string handshake_fault(std::string_view head);

}  // namespace tickstock::fanout
