#pragma once

#include <cstdint>
#include <string_view>

namespace tickstock {

// What RFC 6455 asks of a client's frames and Beast 1.81 lets pass. Called by WebSocketConnection.

/// True when the text, valid UTF-8 otherwise, is cut off within its last character. Beast misses
/// that where the last fragment of a message is empty (RFC 6455, 8.1).
bool ends_within_character(std::string_view text);

/// False above 4999: no such close code exists (RFC 6455, 7.4.2), and Beast would send it back.
constexpr bool may_be_close_code(std::uint16_t code) {
    return code <= 4999;
}

}  // namespace tickstock
