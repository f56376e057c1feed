#include "socketio/socket_packet.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/assert.hpp"
#include "socketio/json_slices.hpp"

namespace tickstock {
namespace {

constexpr std::uint64_t ack_id_max = std::uint64_t{1} << 53;  // clients count in doubles

/// The names that the client library keeps for itself.
constexpr std::array<std::string_view, 6> reserved_events{
    "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// The number at the front, taken off. Nothing when there is none or it does not fit.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) > 0x20; });
}

std::optional<SocketFault> check_event(std::string_view payload, const SocketPacketLimits& limits) {
    const auto items = json_items(payload);
    if (items.empty()) {
        return SocketFault::Payload;
    }
    if (items.front().front() != '"') {
        return SocketFault::EventName;
    }
    const std::string name = json_text(items.front());
    const bool reserved = std::ranges::find(reserved_events, name) != reserved_events.end();
    if (name.empty() || name.size() > limits.event_bytes || reserved) {
        return SocketFault::EventName;
    }
    return std::nullopt;
}

/// Is the payload what this type of packet carries?
std::optional<SocketFault> check_payload(const SocketPacket& packet,
                                         const SocketPacketLimits& limits) {
    if (!packet.payload.empty() && !is_json(packet.payload, limits.depth)) {
        return SocketFault::Json;
    }
    const std::string_view value = trim_json(packet.payload);
    const char kind = value.empty() ? '\0' : value.front();
    bool fits = false;
    switch (packet.type) {
        case SocketPacketType::Connect: fits = kind == '\0' || kind == '{'; break;
        case SocketPacketType::Disconnect: fits = kind == '\0'; break;
        case SocketPacketType::ConnectError: fits = kind == '{' || kind == '"'; break;
        case SocketPacketType::Ack: fits = kind == '['; break;
        case SocketPacketType::Event:
            return kind == '[' ? check_event(value, limits) : SocketFault::Payload;
        case SocketPacketType::BinaryEvent:
        case SocketPacketType::BinaryAck: return SocketFault::Attachments;
    }
    return fits ? std::nullopt : std::optional(SocketFault::Payload);
}

}  // namespace

std::string_view to_string(SocketFault fault) {
    switch (fault) {
        case SocketFault::UnknownType: return "unknown packet type";
        case SocketFault::Attachments: return "binary data is not accepted";
        case SocketFault::Namespace: return "bad namespace";
        case SocketFault::AckId: return "bad acknowledgement id";
        case SocketFault::Json: return "the payload is no JSON, or nests too deep";
        case SocketFault::Payload: return "the payload does not fit the packet";
        case SocketFault::EventName: return "bad event name";
    }
    TS_ASSERT(false);
}

std::optional<SocketFault> decode_socket_packet(std::string_view text,
                                                const SocketPacketLimits& limits,
                                                SocketPacket& packet) {
    packet = {};
    if (text.empty() || text.front() < '0' || text.front() > '6') {
        return SocketFault::UnknownType;
    }
    packet.type = static_cast<SocketPacketType>(text.front() - '0');
    text.remove_prefix(1);
    if (packet.type == SocketPacketType::BinaryEvent ||
        packet.type == SocketPacketType::BinaryAck) {
        return SocketFault::Attachments;
    }
    if (!text.empty() && text.front() == '/') {
        const std::size_t end = std::min(text.find(','), text.size());
        packet.nsp = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (packet.nsp.size() > limits.nsp_bytes || !is_printable(packet.nsp)) {
            return SocketFault::Namespace;
        }
    }
    if (!text.empty() && is_digit(text.front())) {
        packet.ack_id = take_number(text);
        if (!packet.ack_id || *packet.ack_id > ack_id_max) {
            return SocketFault::AckId;
        }
    }
    const bool may_have_id =
        packet.type == SocketPacketType::Event || packet.type == SocketPacketType::Ack;
    if (packet.ack_id ? !may_have_id : packet.type == SocketPacketType::Ack) {
        return SocketFault::AckId;
    }
    packet.payload = text;
    return check_payload(packet, limits);
}

std::string encode_socket_packet(const SocketPacket& packet) {
    std::string text(1, static_cast<char>('0' + static_cast<int>(packet.type)));
    if (packet.type == SocketPacketType::BinaryEvent ||
        packet.type == SocketPacketType::BinaryAck) {
        text += std::to_string(packet.attachments) + '-';
    }
    if (packet.nsp != "/") {
        text += packet.nsp + ',';
    }
    if (packet.ack_id) {
        text += std::to_string(*packet.ack_id);
    }
    text += packet.payload;
    return text;
}

SocketEvent read_socket_event(std::string_view payload) {
    const auto items = json_items(payload);
    TS_ASSERT(!items.empty());
    return {json_text(items.front()), items.size() > 1 ? items[1] : std::string_view{},
            items.size() - 1};
}

}  // namespace tickstock
