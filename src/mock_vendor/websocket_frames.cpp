#include "mock_vendor/websocket_frames.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <utility>

namespace tickstock {
namespace {

constexpr std::uint16_t protocol_error = 1002;
constexpr std::uint16_t message_too_big = 1009;

/// A frame's head, as far as it is there.
struct Head {
    bool fin = false;
    WsOpcode opcode = WsOpcode::Text;
    std::uint64_t length = 0;
    std::size_t mask_at = 0;  ///< 0 = not masked
    std::size_t size = 0;     ///< 0 = more bytes are needed
    bool reserved = false;
};

Head read_head(std::string_view bytes) {
    Head head;
    if (bytes.size() < 2) {
        return head;
    }
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); };
    const bool masked = (byte(1) & 0x80U) != 0;
    const unsigned code = byte(1) & 0x7FU;
    const std::size_t extra = code == 127 ? 8U : code == 126 ? 2U : 0U;
    const std::size_t size = 2 + extra + (masked ? 4 : 0);
    if (bytes.size() < size) {
        return head;
    }
    head.fin = (byte(0) & 0x80U) != 0;
    head.reserved = (byte(0) & 0x70U) != 0;
    head.opcode = static_cast<WsOpcode>(byte(0) & 0x0FU);
    head.length = extra == 0 ? code : 0;
    for (std::size_t i = 0; i < extra; ++i) {
        head.length = head.length << 8 | byte(2 + i);
    }
    head.mask_at = masked ? size - 4 : 0;
    head.size = size;
    return head;
}

bool is_control(WsOpcode opcode) {
    return opcode >= WsOpcode::Close;
}

bool is_lawful(const Head& head, bool in_message) {
    if (head.reserved || head.mask_at == 0) {
        return false;
    }
    switch (head.opcode) {
        case WsOpcode::Continuation: return in_message;
        case WsOpcode::Text:
        case WsOpcode::Binary: return !in_message;
        case WsOpcode::Close:
        case WsOpcode::Ping:
        case WsOpcode::Pong: return head.fin && head.length <= 125;
    }
    return false;
}

}  // namespace

void append_ws_frame(std::string& out, WsOpcode opcode, std::string_view payload, bool fin) {
    out.push_back(static_cast<char>((fin ? 0x80U : 0U) | static_cast<unsigned>(opcode)));
    const std::uint64_t length = payload.size();
    int bytes = 0;
    if (length < 126) {
        out.push_back(static_cast<char>(length));
    } else if (length < 0x1'0000U) {
        out.push_back(126);
        bytes = 2;
    } else {
        out.push_back(127);
        bytes = 8;
    }
    while (bytes-- > 0) {
        out.push_back(static_cast<char>(length >> (8 * bytes) & 0xFFU));
    }
    out += payload;
}

std::string ws_close_frame(std::uint16_t code) {
    const std::array<char, 2> bytes{static_cast<char>(code >> 8), static_cast<char>(code & 0xFFU)};
    std::string out;
    append_ws_frame(out, WsOpcode::Close, {bytes.data(), bytes.size()});
    return out;
}

std::string ws_accept_key(std::string_view client_key) {
    std::string text(client_key);
    text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr);
    std::array<unsigned char, 32> base64{};
    const int size = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(length));
    return {base64.begin(), base64.begin() + size};
}

std::optional<WsDecoder::Message> WsDecoder::fail(std::uint16_t code) {
    error_ = code;
    buffer_.clear();
    return std::nullopt;
}

std::optional<WsDecoder::Message> WsDecoder::next() {
    while (error_ == 0) {
        const Head head = read_head(buffer_);
        if (head.size == 0) {
            return std::nullopt;
        }
        if (!is_lawful(head, partial_.has_value())) {
            return fail(protocol_error);
        }
        const std::size_t before = partial_ ? partial_->payload.size() : 0;
        if (head.length > max_message_bytes || before + head.length > max_message_bytes) {
            return fail(message_too_big);
        }
        const auto length = static_cast<std::size_t>(head.length);
        if (buffer_.size() < head.size + length) {
            return std::nullopt;
        }
        std::string payload = buffer_.substr(head.size, length);
        for (std::size_t i = 0; i < length; ++i) {
            payload[i] = static_cast<char>(payload[i] ^ buffer_[head.mask_at + i % 4]);
        }
        buffer_.erase(0, head.size + length);
        if (is_control(head.opcode)) {
            return Message{head.opcode, std::move(payload)};
        }
        if (partial_) {
            partial_->payload += payload;
        } else {
            partial_ = Message{head.opcode, std::move(payload)};
        }
        if (head.fin) {
            return std::exchange(partial_, std::nullopt);
        }
    }
    return std::nullopt;
}

}  // namespace tickstock
