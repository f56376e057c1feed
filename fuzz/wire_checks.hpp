#pragma once

// What must hold for all that the server sends, whatever it was sent (RFC 6455, RFC 9112).

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/utf8.hpp"

namespace tickstock::fuzzing {

inline void check_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_sequence(text);
        assert(length > 0);
        text.remove_prefix(length);
    }
}

/// A server's frames: not masked, no reserved bits, text and control frames whole, text in UTF-8,
/// close codes that exist, nothing after a Close. A frame may be cut off at the end.
inline void check_frames(std::string_view bytes) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
    while (bytes.size() >= 2) {
        const unsigned opcode = byte(0) & 0x0FU;
        assert((byte(0) & 0xF0U) == 0x80U);  // FIN, and no reserved bit
        assert(opcode == 1 || opcode == 2 || opcode == 8 || opcode == 9 || opcode == 10);
        std::uint64_t length = byte(1);
        assert(length <= 127);  // not masked
        const std::size_t wide = length == 126 ? 2 : length == 127 ? 8 : 0;
        assert(opcode < 8 || wide == 0);
        if (bytes.size() < 2 + wide) {
            return;
        }
        if (wide > 0) {
            length = 0;
            for (std::size_t i = 0; i < wide; ++i) {
                length = length << 8 | byte(2 + i);
            }
            assert(length >= (wide == 2 ? 126U : 65536U));
        }
        bytes.remove_prefix(2 + wide);
        if (bytes.size() < length) {
            return;
        }
        const std::string_view payload = bytes.substr(0, length);
        bytes.remove_prefix(length);
        if (opcode == 1) {
            check_utf8(payload);
        } else if (opcode == 8) {
            assert(payload.size() != 1);
            if (!payload.empty()) {
                const unsigned code = static_cast<unsigned char>(payload[0]) * 256U +
                                      static_cast<unsigned char>(payload[1]);
                assert((code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) ||
                       (code >= 3000 && code <= 4999));
                check_utf8(payload.substr(2));
            }
            assert(bytes.empty());
        }
    }
}

/// Answers one after the other: a status line, headers, a body of Content-Length. After a 101 come
/// frames, after an event stream's head whatever it has; either may be cut off.
inline void check_replies(std::string_view bytes) {
    bool may_follow = true;
    while (!bytes.empty()) {
        assert(may_follow);
        const auto end = bytes.find("\r\n\r\n");
        assert(end != std::string_view::npos);
        const std::string_view head = bytes.substr(0, end + 2);
        bytes.remove_prefix(end + 4);
        assert(head.starts_with("HTTP/1.1 "));
        for (std::size_t at = 0; at < head.size(); ++at) {
            const auto code = static_cast<unsigned char>(head[at]);
            assert(code >= 0x20 || code == '\r' || code == '\n');
            assert(code != '\n' || head[at - 1] == '\r');
        }
        if (head.starts_with("HTTP/1.1 101 ")) {
            check_frames(bytes);
            return;
        }
        if (head.starts_with("HTTP/1.1 100 ")) {
            continue;
        }
        const auto field = head.find("\r\nContent-Length: ");
        if (field == std::string_view::npos) {
            assert(head.find("text/event-stream") != std::string_view::npos);
            check_utf8(bytes);
            return;
        }
        const std::size_t length = std::stoul(std::string(head.substr(field + 18)));
        may_follow = head.find("\r\nConnection: close\r\n") == std::string_view::npos;
        // The answer to HEAD and a 304 have a length and no body: what follows is the next answer.
        const bool has_body = bytes.size() >= length && !bytes.starts_with("HTTP/1.1 ");
        bytes.remove_prefix(has_body ? length : 0);
    }
}

}  // namespace tickstock::fuzzing
