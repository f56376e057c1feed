#include "websocket.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace tickstock::fanout {
namespace {

constexpr std::string_view nonce = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view answer_to_nonce = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

void append_length(std::string& out, std::size_t length) {
    constexpr std::uint8_t masked = 0x80;
    const auto put = [&](int bytes) {
        for (int i = bytes - 1; i >= 0; --i) {
            out += static_cast<char>(length >> (8 * i) & 0xFF);
        }
    };
    if (length < 126) {
        out += static_cast<char>(masked | length);
    } else if (length <= 0xFFFF) {
        out += static_cast<char>(masked | 126);
        put(2);
    } else {
        out += static_cast<char>(masked | 127);
        put(8);
    }
}

}  // namespace

std::optional<FrameHead> read_head(std::string_view bytes) {
    if (bytes.size() < 2) {
        return std::nullopt;
    }
    FrameHead head;
    head.is_final = (byte_at(bytes, 0) & 0x80) != 0;
    head.opcode = static_cast<Opcode>(byte_at(bytes, 0) & 0x0F);
    head.is_masked = (byte_at(bytes, 1) & 0x80) != 0;
    head.payload_bytes = byte_at(bytes, 1) & 0x7F;
    head.head_bytes = 2;
    if (head.payload_bytes >= 126) {
        const std::size_t more = head.payload_bytes == 126 ? 2 : 8;
        if (bytes.size() < 2 + more) {
            return std::nullopt;
        }
        head.payload_bytes = 0;
        for (std::size_t i = 0; i < more; ++i) {
            head.payload_bytes = head.payload_bytes << 8 | byte_at(bytes, 2 + i);
        }
        head.head_bytes += more;
    }
    return head;
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask) {
    out += static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode));
    append_length(out, payload.size());
    const std::array<std::uint8_t, 4> key{
        static_cast<std::uint8_t>(mask >> 24), static_cast<std::uint8_t>(mask >> 16),
        static_cast<std::uint8_t>(mask >> 8), static_cast<std::uint8_t>(mask)};
    out.append(reinterpret_cast<const char*>(key.data()), key.size());
    for (std::size_t i = 0; i < payload.size(); ++i) {
        out += static_cast<char>(byte_at(payload, i) ^ key[i % 4]);
    }
}

std::string handshake_request(std::string_view host, std::string_view path) {
    std::string text = "GET ";
    text += path;
    text += " HTTP/1.1\r\nHost: ";
    text += host;
    text += "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n";
    text += "Sec-WebSocket-Key: ";
    text += nonce;
    text += "\r\n\r\n";
    return text;
}

std::string handshake_fault(std::string_view head) {
    if (!head.starts_with("HTTP/1.1 101")) {
        return std::string(head.substr(0, head.find('\r')));
    }
    std::string lower(head);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto name = lower.find("\r\nsec-websocket-accept:");
    if (name == std::string::npos ||
        head.substr(name).find(answer_to_nonce) == std::string_view::npos) {
        return "wrong Sec-WebSocket-Accept";
    }
    return {};
}

}  // namespace tickstock::fanout
