#include "validate/websocket_client.hpp"

#include <fmt/format.h>

#include <array>

#include "validate/http_client.hpp"

namespace tickstock::validate {
namespace {

// The example of RFC 6455, so that no SHA-1 is needed to check the answer.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

constexpr std::array<unsigned char, 4> mask{0x5a, 0x17, 0xc3, 0x2e};

unsigned byte_at(const std::string& text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

}  // namespace

void append_client_frame(std::string& out, unsigned opcode, std::string_view payload) {
    constexpr unsigned masked = 0x80;
    const auto put = [&](std::uint64_t byte) { out += static_cast<char>(byte & 0xff); };
    put(0x80U | opcode);
    if (payload.size() < 126) {
        put(masked | payload.size());
    } else if (payload.size() < 65'536) {
        put(masked | 126U);
        put(payload.size() >> 8);
        put(payload.size());
    } else {
        put(masked | 127U);
        for (int shift = 56; shift >= 0; shift -= 8) {
            put(payload.size() >> shift);
        }
    }
    for (const unsigned char byte : mask) {
        put(byte);
    }
    const std::size_t begin = out.size();
    out.append(payload);
    for (std::size_t i = 0; i < payload.size(); ++i) {
        out[begin + i] =
            static_cast<char>(static_cast<unsigned char>(out[begin + i]) ^ mask[i % 4]);
    }
}

Result<WebSocketClient> WebSocketClient::open(std::uint16_t port, std::string_view target,
                                              bool small_buffer) {
    auto socket = TcpSocket::connect(port);
    if (!socket) {
        return socket.error();
    }
    if (small_buffer) {
        socket->shrink_receive_buffer();
    }
    if (const auto failed = socket->send(fmt::format(
            "GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: {}\r\nSec-WebSocket-Version: 13\r\n\r\n",
            target, port, key))) {
        return *failed;
    }
    WebSocketClient client(std::move(*socket));
    const auto answer = read_http_head(client.socket_, client.in_);
    if (!answer) {
        return answer.error();
    }
    const auto told = answer->headers.find("sec-websocket-accept");
    if (answer->status != 101 || told == answer->headers.end() || told->second != accept) {
        return Error{fmt::format("{} is no WebSocket: status {}", target, answer->status)};
    }
    return client;
}

std::optional<Error> WebSocketClient::send(std::string_view text) {
    enqueue(text);
    const auto failed = socket_.send(std::string_view(out_).substr(sent_));
    out_.clear();
    sent_ = 0;
    return failed;
}

void WebSocketClient::enqueue(std::string_view text) {
    append_client_frame(out_, 1, text);
}

Result<bool> WebSocketClient::flush() {
    while (sent_ < out_.size()) {
        const auto sent = socket_.send_some(std::string_view(out_).substr(sent_));
        if (!sent) {
            return sent.error();
        }
        sent_ += *sent;
        if (*sent == 0) {
            return false;
        }
    }
    out_.clear();
    sent_ = 0;
    return true;
}

Result<std::optional<std::string>> WebSocketClient::receive(Nanos patience) {
    while (true) {
        auto message = next_message();
        if (!message || *message) {
            return message;
        }
        in_.erase(0, taken_);
        taken_ = 0;
        const auto got = socket_.receive(in_, patience);
        if (!got) {
            return got.error();
        }
        if (*got == TcpSocket::Got::Nothing) {
            return std::optional<std::string>();
        }
        if (*got == TcpSocket::Got::End) {
            return Error{fmt::format("the connection has ended (close code {})", close_code_)};
        }
    }
}

Result<std::optional<std::string>> WebSocketClient::next_message() {
    while (true) {
        const std::size_t have = in_.size() - taken_;
        if (have < 2) {
            return std::optional<std::string>();
        }
        const unsigned first = byte_at(in_, taken_);
        std::uint64_t length = byte_at(in_, taken_ + 1);
        const std::size_t length_bytes = length == 126 ? 2 : length == 127 ? 8 : 0;
        if ((first & 0x70U) != 0 || length > 127) {
            return Error{"the server sent a frame with reserved bits or a mask"};
        }
        if (have < 2 + length_bytes) {
            return std::optional<std::string>();
        }
        if (length_bytes > 0) {
            length = 0;
            for (std::size_t i = 0; i < length_bytes; ++i) {
                length = length << 8 | byte_at(in_, taken_ + 2 + i);
            }
        }
        if (have < 2 + length_bytes + length) {
            return std::optional<std::string>();
        }
        const std::string_view payload =
            std::string_view(in_).substr(taken_ + 2 + length_bytes, length);
        taken_ += 2 + length_bytes + length;
        const unsigned opcode = first & 0x0fU;
        if (opcode <= 1) {
            message_.append(payload);
            if ((first & 0x80U) != 0) {
                return std::optional(std::exchange(message_, {}));
            }
        } else if (opcode == 8) {
            if (payload.size() >= 2) {
                close_code_ = static_cast<unsigned>(static_cast<unsigned char>(payload[0])) << 8 |
                              static_cast<unsigned char>(payload[1]);
            }
            return Error{fmt::format("the server closed with code {}", close_code_)};
        } else if (opcode == 9) {
            append_client_frame(out_, 10, payload);
            const auto sent = flush();
            if (!sent) {
                return sent.error();
            }
        } else if (opcode != 10) {
            return Error{fmt::format("the server sent a frame of kind {}", opcode)};
        }
    }
}

}  // namespace tickstock::validate
