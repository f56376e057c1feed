#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tickstock {

/// What a Socket.IO packet is; on the wire a digit.
enum class SocketPacketType : std::uint8_t {
    Connect,
    Disconnect,
    Event,
    Ack,
    ConnectError,
    BinaryEvent,
    BinaryAck,
};

/// One Socket.IO 5 packet: `<type>[<attachments>-][<namespace>,][<ack id>][JSON]`.
struct SocketPacket {
    SocketPacketType type = SocketPacketType::Connect;
    std::uint32_t attachments = 0;  ///< of binary packets
    std::string nsp = "/";
    std::optional<std::uint64_t> ack_id;
    std::string payload;  ///< JSON text as it came; empty = none

    friend bool operator==(const SocketPacket&, const SocketPacket&) = default;
};

/// Why a text is no Socket.IO packet that this server takes.
enum class SocketFault : std::uint8_t {
    UnknownType,
    Attachments,  ///< a binary packet: this server takes text only
    Namespace,    ///< over the limit, or with control characters or spaces
    AckId,        ///< beyond 2^53, or on a packet that has none
    Json,         ///< the payload is no JSON, or nests too deep
    Payload,      ///< the payload's kind is not the packet's: an event needs a non-empty array
    EventName,    ///< empty, too long, no text, or one of the protocol's own ("connect", …)
};
std::string_view to_string(SocketFault fault);

struct SocketPacketLimits {
    std::size_t depth = 8;  ///< of the payload's arrays and objects
    std::size_t nsp_bytes = 128;
    std::size_t event_bytes = 64;  ///< of an event's name
};

/// Reads one message, without Engine.IO's type digit. Checks what the protocol's document asks of
/// packets that clients send; whether the event is known is the session's business.
std::optional<SocketFault> decode_socket_packet(std::string_view text,
                                                const SocketPacketLimits& limits,
                                                SocketPacket& packet);
std::string encode_socket_packet(const SocketPacket& packet);

/// Name and arguments of an event's payload. Views into the text.
struct SocketEvent {
    std::string name;
    std::string_view argument;  ///< the first, empty = none
    std::size_t arguments = 0;  ///< how many there were
};
/// REQUIRES: a payload that decode_socket_packet() took for an Event.
SocketEvent read_socket_event(std::string_view payload);

}  // namespace tickstock
