// The packet encoding of the Engine.IO protocol document, revision 4.

#include "socketio/engine_packet.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace tickstock {
namespace {

using Type = EnginePacketType;

std::optional<EngineFault> fault_of(std::string_view body, EnginePayloadLimits limits = {}) {
    std::vector<EnginePacket> packets;
    const auto fault = decode_engine_payload(body, limits, packets);
    EXPECT_EQ(fault.has_value(), packets.empty()) << body;
    return fault;
}

TEST(EnginePacket, each_type_has_its_digit) {
    const std::vector<std::pair<std::string, EnginePacket>> table{
        {"0{\"sid\":\"x\"}", {Type::Open, "{\"sid\":\"x\"}"}},
        {"1", {Type::Close, ""}},
        {"2", {Type::Ping, ""}},
        {"2probe", {Type::Ping, "probe"}},
        {"3probe", {Type::Pong, "probe"}},
        {"4hello", {Type::Message, "hello"}},
        {"4", {Type::Message, ""}},
        {"4€€€", {Type::Message, "€€€"}},
        {"5", {Type::Upgrade, ""}},
        {"6", {Type::Noop, ""}},
    };
    for (const auto& [text, packet] : table) {
        EnginePacket read;
        EXPECT_EQ(decode_engine_packet(text, read), std::nullopt) << text;
        EXPECT_EQ(read, packet) << text;
        EXPECT_EQ(encode_engine_packet(packet), text);
    }
}

TEST(EnginePacket, what_is_no_packet_is_told_apart) {
    EnginePacket read;
    EXPECT_EQ(decode_engine_packet("", read), EngineFault::Empty);
    EXPECT_EQ(decode_engine_packet("bAQIDBA==", read), EngineFault::Binary);
    for (const std::string_view text : {"7", "9x", "abc", "a", " 4x", "-1", "/"}) {
        EXPECT_EQ(decode_engine_packet(text, read), EngineFault::UnknownType) << text;
    }
}

TEST(EnginePayload, packets_are_split_at_the_record_separator) {
    std::vector<EnginePacket> packets;
    EXPECT_EQ(decode_engine_payload("4hello\x1e"
                                    "2\x1e"
                                    "4world",
                                    {}, packets),
              std::nullopt);
    EXPECT_EQ(packets, (std::vector<EnginePacket>{
                           {Type::Message, "hello"}, {Type::Ping, ""}, {Type::Message, "world"}}));
}

TEST(EnginePayload, one_bad_packet_refuses_the_whole) {
    EXPECT_EQ(fault_of(""), EngineFault::Empty);
    EXPECT_EQ(fault_of("\x1e"), EngineFault::Empty);
    EXPECT_EQ(fault_of("4a\x1e"), EngineFault::Empty);
    EXPECT_EQ(fault_of("\x1e"
                       "4a"),
              EngineFault::Empty);
    EXPECT_EQ(fault_of("4a\x1e\x1e"
                       "4b"),
              EngineFault::Empty);
    EXPECT_EQ(fault_of("4hello\x1e"
                       "bAQIDBA=="),
              EngineFault::Binary);
    EXPECT_EQ(fault_of("abc"), EngineFault::UnknownType);
    EXPECT_EQ(fault_of("6:4hello"), std::nullopt) << "revision 3 happens to read as a noop";
}

TEST(EnginePayload, limits_hold_at_their_edges) {
    const EnginePayloadLimits limits{20, 3};
    EXPECT_EQ(fault_of("4234567890123456789x", limits), std::nullopt);
    EXPECT_EQ(fault_of("4234567890123456789xy", limits), EngineFault::TooLong);
    EXPECT_EQ(fault_of("2\x1e"
                       "2\x1e"
                       "2",
                       limits),
              std::nullopt);
    EXPECT_EQ(fault_of("2\x1e"
                       "2\x1e"
                       "2\x1e"
                       "2",
                       limits),
              EngineFault::TooManyPackets);
    EXPECT_EQ(EnginePayloadLimits{}.bytes, 1'000'000U);
    EXPECT_EQ(EnginePayloadLimits{}.packets, 64U);
}

TEST(EnginePayload, what_is_written_is_read) {
    // decode(encode(x)) == x
    rc::detail::checkGTest([] {
        const auto datas = *rc::gen::suchThat(
            rc::gen::container<std::vector<std::string>>(
                rc::gen::container<std::string>(rc::gen::suchThat<char>(
                    rc::gen::arbitrary<char>(), [](char c) { return c != engine_separator; }))),
            [](const auto& list) { return !list.empty() && list.size() <= 64; });
        std::vector<EnginePacket> packets;
        for (const std::string& data : datas) {
            packets.push_back({static_cast<Type>(*rc::gen::inRange(0, 7)), data});
        }
        std::vector<EnginePacket> read;
        const std::string body = encode_engine_payload(packets);
        RC_ASSERT(!decode_engine_payload(body, {}, read));
        RC_ASSERT(read == packets);
    });
}

}  // namespace
}  // namespace tickstock
