#include "server/test_support.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

namespace tickstock::testing {

Event make_event(SymbolTable& symbols, std::string_view symbol, EventType type,
                 std::int64_t cents) {
    Event event;
    event.detection.symbol = *symbols.intern(symbol);
    event.detection.type = type;
    event.detection.direction = type == EventType::Low ? Direction::Down : Direction::Up;
    event.detection.price = Price::from_cents(cents);
    event.detection.volume = Size::from_shares(100);
    event.detection.score = 0.5;
    event.detection.ts = unix_nanos(1'700'000'000'000'000'000 + cents);
    event.detection.data = HighLowData{};
    event.id = static_cast<std::uint64_t>(cents);
    return event;
}

void TestStream::publish(std::string_view symbol, int count, EventType type) {
    for (int i = 0; i < count; ++i) {
        const Event event = make_event(symbols, symbol, type, 10'000 + ++published);
        stream.append({&event, 1}, symbols, unix_nanos(published));
    }
}

void TestStream::publish_block(const std::vector<std::string>& of_symbols) {
    std::vector<Event> events;
    for (const std::string& symbol : of_symbols) {
        events.push_back(make_event(symbols, symbol, EventType::High, 10'000 + ++published));
    }
    stream.append(events, symbols, unix_nanos(published));
}

TestServer::TestServer(std::function<void(ServerSettings&)> change, std::size_t stream_memory,
                       std::string web_root, std::function<void(ServerInfo&)> fill)
    : events(stream_memory) {
    ServerSettings settings;
    settings.port = 0;
    settings.connections_per_second = 100'000;
    settings.connections_per_second_per_address = 100'000;
    if (change) {
        change(settings);
    }
    status->ready = true;
    for (ChannelSummary& channel : status->channels) {
        channel.status = ChannelStatus::Active;
    }
    ServerInfo info{"1.2.3", std::move(web_root)};
    if (fill) {
        fill(info);
    }
    server = std::make_unique<Server>(
        settings, events.stream, [this] { return std::shared_ptr<const EngineStatus>(status); },
        clock, std::move(info), &commands);
    const auto started = server->start();
    EXPECT_TRUE(started.ok());
    port = started.ok() ? started.value() : 0;
}

CommandQueue::Command next_command(CommandQueue& commands) {
    for (int i = 0; i < 10'000; ++i) {
        if (auto command = commands.take()) {
            return std::move(*command);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ADD_FAILURE() << "no command came for ten seconds";
    return {PauseChannel{}, "", [](CommandAnswer) {}};
}

int WsFrame::close_code() const {
    if (opcode != 8 || payload.size() < 2) {
        return 0;
    }
    return static_cast<unsigned char>(payload[0]) * 256 + static_cast<unsigned char>(payload[1]);
}

RawClient::RawClient(std::uint16_t port, int receive_buffer) {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    if (receive_buffer > 0) {
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    const timeval patience{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

RawClient::~RawClient() {
    ::close(fd_);
}

void RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return;  // the peer has closed: what it said is still to be read
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool RawClient::receive(std::size_t bytes) {
    while (buffer_.size() < bytes) {
        char part[65536];
        const auto got = ::recv(fd_, part, sizeof part, 0);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            ADD_FAILURE() << "nothing came for ten seconds";
        }
        if (got <= 0) {
            return false;
        }
        buffer_.append(part, static_cast<std::size_t>(got));
    }
    return true;
}

bool RawClient::ended() {
    while (receive(1)) {
        buffer_.clear();
    }
    return true;
}

std::string RawClient::read_through(std::string_view text) {
    std::size_t at = 0;
    while ((at = buffer_.find(text)) == std::string::npos) {
        if (!receive(buffer_.size() + 1)) {
            return "";
        }
    }
    std::string result = buffer_.substr(0, at + text.size());
    buffer_.erase(0, at + text.size());
    return result;
}

HttpReply RawClient::request(std::string_view text, bool is_head) {
    send(text);
    const std::string head = read_through("\r\n\r\n");
    HttpReply reply;
    if (head.size() < 12) {
        return reply;
    }
    reply.status = std::stoi(head.substr(9, 3));
    for (std::size_t at = head.find("\r\n") + 2; at + 2 < head.size();) {
        const std::size_t end = head.find("\r\n", at);
        const std::size_t colon = head.find(": ", at);
        std::string name = head.substr(at, colon - at);
        std::ranges::transform(name, name.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        });
        reply.headers[name] = head.substr(colon + 2, end - colon - 2);
        at = end + 2;
    }
    const auto length = reply.headers.find("content-length");
    if (length != reply.headers.end() && !is_head) {
        const auto size = std::stoul(length->second);
        receive(size);
        reply.body = buffer_.substr(0, size);
        buffer_.erase(0, size);
    }
    return reply;
}

HttpReply RawClient::get(std::string_view target, std::string_view more_headers) {
    return request("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" +
                   std::string(more_headers) + "\r\n");
}

void RawClient::send_json(std::string_view method, std::string_view target, std::string_view body,
                          std::string_view more_headers) {
    send(std::string(method) + " " + std::string(target) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + std::string(more_headers) + "\r\n" +
         std::string(body));
}

HttpReply RawClient::open(std::string_view more_headers, std::string_view target) {
    return get(target,
               "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                   std::string(more_headers));
}

void RawClient::send_frame(int opcode, std::string_view payload, bool fin, bool masked) {
    std::string frame;
    frame.push_back(static_cast<char>((fin ? 0x80 : 0) | opcode));
    const int mask_bit = masked ? 0x80 : 0;
    if (payload.size() < 126) {
        frame.push_back(static_cast<char>(mask_bit | static_cast<int>(payload.size())));
    } else {
        const bool is_long = payload.size() > 0xFFFF;
        frame.push_back(static_cast<char>(mask_bit | (is_long ? 127 : 126)));
        for (int shift = is_long ? 56 : 8; shift >= 0; shift -= 8) {
            frame.push_back(static_cast<char>(payload.size() >> shift & 0xFF));
        }
    }
    const std::string mask = masked ? "\x11\x22\x33\x44" : "";
    frame += mask;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        frame.push_back(masked ? static_cast<char>(payload[i] ^ mask[i % 4]) : payload[i]);
    }
    send(frame);
}

WsFrame RawClient::read_frame() {
    WsFrame frame;
    frame.opcode = -1;
    if (!receive(2)) {
        return frame;
    }
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(buffer_[i]); };
    std::size_t header = 2;
    std::size_t length = byte(1) & 0x7F;
    EXPECT_EQ(byte(1) & 0x80, 0) << "a server's frame must not be masked";
    if (length >= 126) {
        const std::size_t extra = length == 126 ? 2 : 8;
        if (!receive(2 + extra)) {
            return frame;
        }
        length = 0;
        for (std::size_t i = 0; i < extra; ++i) {
            length = length * 256 + byte(2 + i);
        }
        header += extra;
    }
    if (!receive(header + length)) {
        return frame;
    }
    frame.fin = (byte(0) & 0x80) != 0;
    frame.opcode = byte(0) & 0x0F;
    frame.payload = buffer_.substr(header, length);
    buffer_.erase(0, header + length);
    return frame;
}

std::string RawClient::read_op(std::string_view op) {
    const std::string begin = R"({"op":")" + std::string(op) + '"';
    for (;;) {
        WsFrame frame = read_frame();
        if (frame.opcode == -1 || frame.opcode == 8) {
            ADD_FAILURE() << "no " << op << " frame before the end, close code "
                          << frame.close_code();
            return "{}";
        }
        if (frame.payload.starts_with(begin)) {
            return frame.payload;
        }
    }
}

int RawClient::read_close() {
    for (;;) {
        const WsFrame frame = read_frame();
        if (frame.opcode == 8) {
            return frame.close_code();
        }
        if (frame.opcode == -1) {
            return 0;
        }
    }
}

}  // namespace tickstock::testing
