#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace tickstock {

/// What an Engine.IO packet is; on the wire the digit '0' + value, then the data.
enum class EnginePacketType : std::uint8_t { Open, Close, Ping, Pong, Message, Upgrade, Noop };

/// One Engine.IO 4 packet, a view into the text that it was read from.
struct EnginePacket {
    EnginePacketType type = EnginePacketType::Noop;
    std::string_view data;

    friend bool operator==(const EnginePacket&, const EnginePacket&) = default;
};

/// Why bytes of a client are no Engine.IO packets that this server takes.
enum class EngineFault : std::uint8_t {
    Empty,           ///< a packet without a type
    UnknownType,     ///< the first character is none of 0 … 6
    Binary,          ///< `b` and base64: binary data, and this server takes text only
    TooManyPackets,  ///< in one polling payload
    TooLong,         ///< polling payload
};
std::string_view to_string(EngineFault fault);

/// Splits the packets of a polling payload from each other. JSON never holds it unescaped.
inline constexpr char engine_separator = '\x1e';

/// Reads one packet: a WebSocket text message, or one part of a payload.
std::optional<EngineFault> decode_engine_packet(std::string_view text, EnginePacket& packet);
std::string encode_engine_packet(const EnginePacket& packet);

struct EnginePayloadLimits {
    std::size_t bytes = 1'000'000;  ///< told to the client as maxPayload
    std::size_t packets = 64;
};
/// Reads the body of a POST. All or nothing: after a fault `packets` is empty.
std::optional<EngineFault> decode_engine_payload(std::string_view body,
                                                 const EnginePayloadLimits& limits,
                                                 std::vector<EnginePacket>& packets);
std::string encode_engine_payload(std::span<const EnginePacket> packets);

/// One whole packet on its way to a client. The text may be shared by many clients.
struct EngineFrame {
    std::shared_ptr<const std::string> text;  ///< never null
    std::size_t events = 0;                   ///< market events in it
    UnixNanos ts_pub;                         ///< of the oldest of them; unset without
};

}  // namespace tickstock
