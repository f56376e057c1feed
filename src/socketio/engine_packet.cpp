#include "socketio/engine_packet.hpp"

#include "base/assert.hpp"

namespace tickstock {

std::string_view to_string(EngineFault fault) {
    switch (fault) {
        case EngineFault::Empty: return "empty packet";
        case EngineFault::UnknownType: return "unknown packet type";
        case EngineFault::Binary: return "binary packet";
        case EngineFault::TooManyPackets: return "too many packets";
        case EngineFault::TooLong: return "payload too long";
    }
    TS_ASSERT(false);
}

std::optional<EngineFault> decode_engine_packet(std::string_view text, EnginePacket& packet) {
    if (text.empty()) {
        return EngineFault::Empty;
    }
    if (text.front() == 'b') {
        return EngineFault::Binary;
    }
    if (text.front() < '0' || text.front() > '6') {
        return EngineFault::UnknownType;
    }
    packet.type = static_cast<EnginePacketType>(text.front() - '0');
    packet.data = text.substr(1);
    return std::nullopt;
}

std::string encode_engine_packet(const EnginePacket& packet) {
    std::string text(1, static_cast<char>('0' + static_cast<int>(packet.type)));
    text += packet.data;
    return text;
}

std::optional<EngineFault> decode_engine_payload(std::string_view body,
                                                 const EnginePayloadLimits& limits,
                                                 std::vector<EnginePacket>& packets) {
    packets.clear();
    if (body.size() > limits.bytes) {
        return EngineFault::TooLong;
    }
    for (std::size_t begin = 0; begin <= body.size();) {
        const std::size_t end = std::min(body.find(engine_separator, begin), body.size());
        EnginePacket packet;
        auto fault = decode_engine_packet(body.substr(begin, end - begin), packet);
        if (!fault && packets.size() == limits.packets) {
            fault = EngineFault::TooManyPackets;
        }
        if (fault) {
            packets.clear();
            return fault;
        }
        packets.push_back(packet);
        begin = end + 1;
    }
    return std::nullopt;
}

std::string encode_engine_payload(std::span<const EnginePacket> packets) {
    std::string body;
    for (const EnginePacket& packet : packets) {
        if (!body.empty()) {
            body += engine_separator;
        }
        body += encode_engine_packet(packet);
    }
    return body;
}

}  // namespace tickstock
