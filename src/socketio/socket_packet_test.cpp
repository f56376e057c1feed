// The packet encoding of the Socket.IO protocol document, version 5.

#include "socketio/socket_packet.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json_writer.hpp"
#include "socketio/json_slices.hpp"

namespace tickstock {
namespace {

using Type = SocketPacketType;

std::optional<SocketFault> fault_of(std::string_view text) {
    SocketPacket packet;
    return decode_socket_packet(text, {}, packet);
}

TEST(SocketPacket, the_documents_examples) {
    const struct {
        std::string text;
        SocketPacket packet;
    } table[]{
        {"0", {Type::Connect, 0, "/", std::nullopt, ""}},
        {R"(0{"sid":"wZX3oN0bSVIhsaknAAAI"})",
         {Type::Connect, 0, "/", std::nullopt, R"({"sid":"wZX3oN0bSVIhsaknAAAI"})"}},
        {"0/admin,", {Type::Connect, 0, "/admin", std::nullopt, ""}},
        {R"(0/admin,{"token":"123"})",
         {Type::Connect, 0, "/admin", std::nullopt, R"({"token":"123"})"}},
        {R"(4{"message":"Not authorized"})",
         {Type::ConnectError, 0, "/", std::nullopt, R"({"message":"Not authorized"})"}},
        {R"(2["foo"])", {Type::Event, 0, "/", std::nullopt, R"(["foo"])"}},
        {R"(2/admin,["bar"])", {Type::Event, 0, "/admin", std::nullopt, R"(["bar"])"}},
        {R"(212["foo"])", {Type::Event, 0, "/", 12, R"(["foo"])"}},
        {R"(312[])", {Type::Ack, 0, "/", 12, "[]"}},
        {R"(2/admin,13["foo"])", {Type::Event, 0, "/admin", 13, R"(["foo"])"}},
        {R"(3/admin,13["bar"])", {Type::Ack, 0, "/admin", 13, R"(["bar"])"}},
        {"1", {Type::Disconnect, 0, "/", std::nullopt, ""}},
        {"1/admin,", {Type::Disconnect, 0, "/admin", std::nullopt, ""}},
    };
    for (const auto& row : table) {
        SocketPacket read;
        EXPECT_EQ(decode_socket_packet(row.text, {}, read), std::nullopt) << row.text;
        EXPECT_EQ(read, row.packet) << row.text;
        EXPECT_EQ(encode_socket_packet(row.packet), row.text);
    }
}

TEST(SocketPacket, a_namespace_may_end_the_packet) {
    SocketPacket read;
    EXPECT_EQ(decode_socket_packet("0/random", {}, read), std::nullopt);
    EXPECT_EQ(read.nsp, "/random");
}

TEST(SocketPacket, binary_packets_are_written_and_not_taken) {
    EXPECT_EQ(encode_socket_packet({Type::BinaryEvent, 1, "/admin", 14, "[\"foo\"]"}),
              "51-/admin,14[\"foo\"]");
    EXPECT_EQ(fault_of(R"(51-["baz",{"_placeholder":true,"num":0}])"), SocketFault::Attachments);
    EXPECT_EQ(fault_of(R"(61-15["bar",{"_placeholder":true,"num":0}])"), SocketFault::Attachments);
    EXPECT_EQ(fault_of("50-[\"x\"]"), SocketFault::Attachments);
    EXPECT_EQ(fault_of("5"), SocketFault::Attachments);
}

TEST(SocketPacket, what_is_no_packet_is_told_apart) {
    const std::string deep = R"(2["x",)" + std::string(8, '[') + std::string(8, ']') + "]";
    const std::string long_name = "2[\"" + std::string(65, 'x') + "\"]";
    const struct {
        std::string text;
        SocketFault fault;
    } table[]{
        {"", SocketFault::UnknownType},
        {"7", SocketFault::UnknownType},
        {"abc", SocketFault::UnknownType},
        {"[\"x\"]", SocketFault::UnknownType},
        {"2", SocketFault::Payload},
        {"2[]", SocketFault::Payload},
        {"2{}", SocketFault::Payload},
        {"2\"x\"", SocketFault::Payload},
        {"2null", SocketFault::Payload},
        {"2[\"x\"", SocketFault::Json},
        {"2[\"x\"]]", SocketFault::Json},
        {"2[\"x\"]y", SocketFault::Json},
        {"2[NaN]", SocketFault::Json},
        {"2[\"\xff\"]", SocketFault::Json},
        {std::string("2[\"x\"]\0y", 9), SocketFault::Json},
        {"2\xEF\xBB\xBF[\"x\"]", SocketFault::Json},
        {"2[\"\\ud800\"]", SocketFault::Json},
        {deep, SocketFault::Json},
        {"2[1]", SocketFault::EventName},
        {"2[{}]", SocketFault::EventName},
        {"2[\"\"]", SocketFault::EventName},
        {long_name, SocketFault::EventName},
        {"2[\"connect\"]", SocketFault::EventName},
        {"2[\"connect_error\"]", SocketFault::EventName},
        {"2[\"disconnect\"]", SocketFault::EventName},
        {"2[\"disconnecting\"]", SocketFault::EventName},
        {"2[\"newListener\"]", SocketFault::EventName},
        {"2[\"removeListener\"]", SocketFault::EventName},
        {"2[\"\\u0063onnect\"]", SocketFault::EventName},
        {"0[]", SocketFault::Payload},
        {"0\"token\"", SocketFault::Payload},
        {"012", SocketFault::AckId},
        {"0{", SocketFault::Json},
        {"1{}", SocketFault::Payload},
        {"3[]", SocketFault::AckId},
        {"31{}", SocketFault::Payload},
        {"31", SocketFault::Payload},
        {"299999999999999999999[\"x\"]", SocketFault::AckId},
        {"29007199254740993[\"x\"]", SocketFault::AckId},
        {"2-1[\"x\"]", SocketFault::Json},
        {"21-[\"x\"]", SocketFault::Json},
        {"2/" + std::string(128, 'n') + ",[\"x\"]", SocketFault::Namespace},
        {"0/a b,", SocketFault::Namespace},
        {std::string("0/a\n,"), SocketFault::Namespace},
    };
    for (const auto& row : table) {
        EXPECT_EQ(fault_of(row.text), row.fault) << row.text;
        EXPECT_FALSE(to_string(row.fault).empty());
    }
    EXPECT_EQ(fault_of("29007199254740992[\"x\"]"), std::nullopt);
    EXPECT_EQ(fault_of(R"(2["x",)" + std::string(7, '[') + std::string(7, ']') + "]"),
              std::nullopt);
    EXPECT_EQ(fault_of("2[\"" + std::string(64, 'x') + "\"]"), std::nullopt);
}

TEST(SocketPacket, events_are_read_as_written) {
    const SocketEvent event =
        read_socket_event(R"( [ "subscribe" , {"symbols":["A,\"]","B"],"min_price":1.10} , 3 ])");
    EXPECT_EQ(event.name, "subscribe");
    EXPECT_EQ(event.argument, R"({"symbols":["A,\"]","B"],"min_price":1.10})");
    EXPECT_EQ(event.arguments, 2U);
    EXPECT_EQ(read_socket_event("[\"\\u0070ing\"]").name, "ping");
    EXPECT_EQ(read_socket_event("[\"ping\"]").argument, "");
}

TEST(SocketPacket, what_is_written_is_read) {
    // decode(encode(x)) == x
    rc::detail::checkGTest([] {
        SocketPacket packet;
        packet.type = *rc::gen::element(Type::Connect, Type::Disconnect, Type::Event, Type::Ack,
                                        Type::ConnectError);
        const auto letters = rc::gen::container<std::string>(rc::gen::inRange('a', 'z'));
        packet.nsp = *rc::gen::arbitrary<bool>() ? "/" : "/" + (*letters).substr(0, 100);
        const bool is_event = packet.type == Type::Event;
        if (packet.type == Type::Ack || (is_event && *rc::gen::arbitrary<bool>())) {
            packet.ack_id = *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 53);
        }
        std::string value;  // any bytes: the writer makes text of them
        JsonWriter(value).string(*rc::gen::arbitrary<std::string>());
        switch (packet.type) {
            case Type::Event: packet.payload = "[\"market\"," + value + "]"; break;
            case Type::Ack: packet.payload = "[" + value + "]"; break;
            case Type::Disconnect: break;
            default: packet.payload = "{\"message\":" + value + "}"; break;
        }
        SocketPacket read;
        RC_ASSERT(!decode_socket_packet(encode_socket_packet(packet), {}, read));
        RC_ASSERT(read == packet);
    });
}

TEST(JsonSlices, members_and_items_are_found) {
    const std::string_view object = R"({ "a" : 1.50 , "b":{"a":2,"c":[1,{"d":"}"}]} ,"e":"x\\" })";
    EXPECT_EQ(json_member(object, "a"), "1.50");
    EXPECT_EQ(json_member(object, "b"), R"({"a":2,"c":[1,{"d":"}"}]})");
    EXPECT_EQ(json_member(object, "e"), R"("x\\")");
    EXPECT_EQ(json_member(object, "c"), "");
    EXPECT_EQ(json_member("{}", "a"), "");
    EXPECT_TRUE(json_items("[ ]").empty());
    EXPECT_EQ(json_items("[1, [2,3] ,\"4,5\"]"),
              (std::vector<std::string_view>{"1", "[2,3]", "\"4,5\""}));
    EXPECT_EQ(json_text(R"("a\"\u20ac\n")"), "a\"€\n");
    EXPECT_TRUE(is_json("[[1]]", 2));
    EXPECT_FALSE(is_json("[[1]]", 1));
    EXPECT_TRUE(is_json(R"("[[[[")", 0));
}

}  // namespace
}  // namespace tickstock
