#include "sources/feed/websocket_frames.hpp"

#include <algorithm>
#include <array>

namespace tickstock {
namespace {

constexpr std::size_t control_max = 125;

bool is_control(WebSocketOpcode opcode) {
    return static_cast<std::uint8_t>(opcode) >= 8;
}

std::uint8_t byte_at(std::string_view bytes, std::size_t i) {
    return static_cast<std::uint8_t>(bytes[i]);
}

/// Of the frame's header, by its second byte. A server's frames have no mask.
std::size_t header_size(std::uint8_t second) {
    const unsigned length = second & 0x7FU;
    return length == 127 ? 10 : length == 126 ? 4 : 2;
}

}  // namespace

bool WebSocketFrameReader::feed(std::string_view bytes, WebSocketSink& sink) {
    while (!bytes.empty()) {
        if (!in_payload_ && !read_header(bytes)) {
            return error_.empty();
        }
        if (!take_payload(bytes, sink)) {
            return true;  // more of it is to come
        }
    }
    return true;
}

void WebSocketFrameReader::reset() {
    header_.clear();
    message_.clear();
    control_.clear();
    in_payload_ = false;
    left_ = 0;
    fragments_ = 0;
    error_.clear();
    close_code_ = 1002;
}

bool WebSocketFrameReader::fail(std::uint16_t code, std::string why) {
    close_code_ = code;
    error_ = std::move(why);
    return false;
}

/// False: the header is not complete yet, or wrong.
bool WebSocketFrameReader::read_header(std::string_view& bytes) {
    while (header_.size() < 2 || header_.size() < header_size(byte_at(header_, 1))) {
        if (bytes.empty()) {
            return false;
        }
        header_.push_back(bytes.front());
        bytes.remove_prefix(1);
        if (header_.size() == 2 && !check_header(byte_at(header_, 0), byte_at(header_, 1))) {
            return false;
        }
    }
    const std::size_t size = header_.size();
    left_ = byte_at(header_, 1) & 0x7FU;
    if (size > 2) {
        left_ = 0;
        for (std::size_t i = 2; i < size; ++i) {
            left_ = left_ << 8 | byte_at(header_, i);
        }
    }
    header_.clear();
    if ((size == 4 && left_ < 126) || (size == 10 && left_ < 65'536)) {
        return fail(1002, "a frame's length is not written in its shortest form");
    }
    if (!is_control(opcode_) && left_ > room()) {
        return fail(1009, "a message of more than " + std::to_string(message_max_) + " bytes");
    }
    in_payload_ = true;
    return true;
}

bool WebSocketFrameReader::check_header(std::uint8_t first, std::uint8_t second) {
    fin_ = (first & 0x80U) != 0;
    opcode_ = static_cast<WebSocketOpcode>(first & 0x0FU);
    if ((first & 0x70U) != 0 || (second & 0x80U) != 0) {
        return fail(1002, "a frame with a mask or with bits that were not agreed on");
    }
    switch (opcode_) {
        case WebSocketOpcode::Close:
        case WebSocketOpcode::Ping:
        case WebSocketOpcode::Pong:
            return (fin_ && (second & 0x7FU) <= control_max) ||
                   fail(1002, "a control frame that is cut or too long");
        case WebSocketOpcode::Text:
        case WebSocketOpcode::Binary:
            if (fragments_ != 0) {
                return fail(1002, "a message begins inside another one");
            }
            break;
        case WebSocketOpcode::Continuation:
            if (fragments_ == 0) {
                return fail(1002, "a message continues that did not begin");
            }
            break;
        default: return fail(1002, "an unknown kind of frame");
    }
    if (++fragments_ > fragments_max_) {
        return fail(1008, "a message of more than " + std::to_string(fragments_max_) + " frames");
    }
    return true;
}

/// True when the frame is complete.
bool WebSocketFrameReader::take_payload(std::string_view& bytes, WebSocketSink& sink) {
    const std::size_t here = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    const std::string_view part = bytes.substr(0, here);
    bytes.remove_prefix(here);
    left_ -= here;
    std::string& store = is_control(opcode_) ? control_ : message_;
    const bool in_place = left_ == 0 && store.empty() && (is_control(opcode_) || fin_);
    if (!in_place) {
        store += part;
    }
    if (left_ != 0) {
        return false;
    }
    in_payload_ = false;
    finish_frame(in_place ? part : std::string_view(store), sink);
    return true;
}

void WebSocketFrameReader::finish_frame(std::string_view payload, WebSocketSink& sink) {
    if (is_control(opcode_)) {
        sink.on_control(opcode_, payload);
        control_.clear();
    } else if (fin_) {
        fragments_ = 0;
        sink.on_message(payload);
        message_.clear();
    }
}

void append_client_frame(std::string& out, WebSocketOpcode opcode, std::string_view payload,
                         std::uint32_t mask) {
    const std::size_t size = payload.size();
    out.push_back(static_cast<char>(0x80U | static_cast<unsigned>(opcode)));
    const auto big_endian = [&](unsigned count) {
        for (unsigned i = count; i-- > 0;) {
            out.push_back(static_cast<char>(size >> (8 * i) & 0xFFU));
        }
    };
    if (size < 126) {
        out.push_back(static_cast<char>(0x80U | size));
    } else if (size < 65'536) {
        out.push_back(static_cast<char>(0x80U | 126U));
        big_endian(2);
    } else {
        out.push_back(static_cast<char>(0x80U | 127U));
        big_endian(8);
    }
    std::array<char, 4> key{};
    for (unsigned i = 0; i < 4; ++i) {
        key[i] = static_cast<char>(mask >> (8 * i) & 0xFFU);
    }
    out.append(key.data(), key.size());
    for (std::size_t i = 0; i < size; ++i) {
        out.push_back(static_cast<char>(payload[i] ^ key[i % 4]));
    }
}

}  // namespace tickstock
