// Any bytes as packets and payloads of Engine.IO and Socket.IO, as a request's query, and as a list
// of operations on one session.

#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "socketio/engine_request.hpp"
#include "socketio/json_slices.hpp"
#include "socketio/socket_session.hpp"

namespace {

using namespace tickstock;
using namespace std::chrono_literals;

void check_packets(std::string_view text) {
    std::vector<EnginePacket> packets;
    const EnginePayloadLimits limits;
    if (!decode_engine_payload(text, limits, packets)) {
        assert(!packets.empty() && packets.size() <= limits.packets);
        assert(encode_engine_payload(packets) == text);
    } else {
        assert(packets.empty());
    }
    SocketPacket packet;
    if (!decode_socket_packet(text, {}, packet)) {
        SocketPacket again;
        assert(!decode_socket_packet(encode_socket_packet(packet), {}, again));
        assert(again == packet);
        assert(packet.attachments == 0);
        if (packet.type == SocketPacketType::Event) {
            const SocketEvent event = read_socket_event(packet.payload);
            assert(!event.name.empty() && event.name.size() <= SocketPacketLimits{}.event_bytes);
            assert(event.argument.empty() || is_json(event.argument, SocketPacketLimits{}.depth));
        }
    }
}

void check_request(std::string_view query) {
    for (const bool is_upgrade : {false, true}) {
        for (const std::string_view method : {"GET", "POST", "PUT"}) {
            const auto request = parse_engine_request(method, query, is_upgrade);
            if (request.ok()) {
                assert((request->transport == EngineTransport::WebSocket) == is_upgrade);
                assert(method != "POST" || !request->sid.empty());
            } else {
                assert(is_json(error_body(request.error()), 1));
            }
        }
    }
}

/// Answers what it is asked, and numbers the events that it tells.
class Host final : public SocketHost {
public:
    bool allows_message(Nanos) override { return ++messages <= 500; }
    Result<SocketUser> authenticate(std::string_view token, Nanos) override {
        return token == "bad" ? Result<SocketUser>(Error{"no"})
                              : Result<SocketUser>(SocketUser{std::string(token), "viewer"});
    }
    void on_connected(Nanos) override { assert(!std::exchange(connected, true)); }
    void on_disconnected() override { assert(std::exchange(connected, false)); }
    void call(const SocketCall& call, std::string_view argument, Nanos) override {
        assert(connected);
        assert(argument.empty() || is_json(argument, SocketPacketLimits{}.depth));
        session->answer(call, argument.empty() ? Result<std::string>(Error{"nothing"})
                                               : Result<std::string>(std::string(argument)));
    }
    std::optional<EngineFrame> next(Nanos) override {
        assert(connected);
        if (due == 0) {
            return std::nullopt;
        }
        --due;
        return EngineFrame{
            std::make_shared<const std::string>("42[\"n\"," + std::to_string(told++) + "]"), 1, {}};
    }

    SocketSession* session = nullptr;
    int messages = 0;
    int due = 0;
    int told = 0;
    bool connected = false;
};

/// One session with the transport's part of the contract kept, whatever the client does.
class Driver {
public:
    explicit Driver(bool websocket)
        : socket_("s", SocketSettings{}, host_, now_),
          engine_("e", websocket ? EngineTransport::WebSocket : EngineTransport::Polling,
                  EngineIoSettings{}, socket_, now_),
          has_socket_(websocket) {
        host_.session = &socket_;
    }

    void step(std::uint8_t operation, std::string_view text) {
        switch (operation % 12) {
            case 0: is_waiting_ |= engine_.on_get(now_) == EngineSession::Poll::Wait; break;
            case 1:
                if (engine_.on_post_begin()) {
                    engine_.on_post(text, now_);
                }
                break;
            case 2:
                if (!has_socket_) {
                    has_socket_ = engine_.on_websocket_open(now_);
                }
                break;
            case 3: hear(text); break;
            case 4:
                if (has_socket_) {
                    take(engine_.next_for_websocket(now_));
                }
                break;
            case 5: now_ += std::chrono::milliseconds(100 * text.size()); break;
            case 6:
                if (engine_.tick(now_) == EngineSession::Socket::Close) {
                    has_socket_ = false;
                }
                break;
            case 7: host_.due += static_cast<int>(text.size()); break;
            case 8:
                if (std::exchange(has_socket_, false)) {
                    engine_.on_websocket_closed(text.empty());
                }
                break;
            case 9:
                if (std::exchange(is_waiting_, false)) {
                    engine_.on_get_lost();
                }
                break;
            case 10: hear("2probe"); break;
            case 11: hear("5"); break;
        }
        poll();
        assert(engine_.get_waits() == is_waiting_);
        assert(!engine_.is_closed() || engine_.close_reason() != EngineClose::None);
    }

private:
    void hear(std::string_view text) {
        if (has_socket_ && engine_.on_websocket_text(text, now_) == EngineSession::Socket::Close) {
            has_socket_ = false;
        }
    }
    void poll() {
        const auto body = engine_.next_for_poll(now_);
        assert(!body || is_waiting_);
        if (!body) {
            return;
        }
        is_waiting_ = false;
        std::vector<EnginePacket> packets;
        assert(!decode_engine_payload(*body, {}, packets));
        assert(packets.size() <= EngineIoSettings{}.packets_per_poll + 1);
        for (const EnginePacket& packet : packets) {
            check(packet);
        }
    }
    void take(const std::optional<EngineFrame>& frame) {
        EnginePacket packet;
        if (frame) {
            assert(!decode_engine_packet(*frame->text, packet));
            check(packet);
        }
    }
    /// Events come once and in order, over whatever transport.
    void check(const EnginePacket& packet) {
        constexpr std::string_view event = "2[\"n\",";
        if (packet.type == EnginePacketType::Message && packet.data.starts_with(event)) {
            assert(packet.data == "2[\"n\"," + std::to_string(heard_++) + "]");
        }
    }

    Nanos now_ = 1000s;
    Host host_;
    SocketSession socket_;
    EngineSession engine_;
    bool has_socket_;
    bool is_waiting_ = false;
    int heard_ = 0;
};

/// Each operation is a byte; the text it works on is what follows up to the next newline.
void check_session(std::string_view script) {
    if (script.empty()) {
        return;
    }
    Driver driver((script.front() & 1) != 0);
    script.remove_prefix(1);
    while (!script.empty()) {
        const auto operation = static_cast<std::uint8_t>(script.front());
        const std::size_t end = std::min(script.find('\n'), script.size());
        driver.step(operation, end > 1 ? script.substr(1, end - 1) : "");
        script.remove_prefix(std::min(end + 1, script.size()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_packets(text);
    check_request(text);
    check_session(text);
    return 0;
}
