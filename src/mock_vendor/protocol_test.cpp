#include <gtest/gtest.h>

#include "mock_vendor/fault.hpp"
#include "mock_vendor/rest_query.hpp"
#include "mock_vendor/test_tape.hpp"
#include "mock_vendor/vendor_session.hpp"
#include "mock_vendor/websocket_frames.hpp"

namespace tickstock {
namespace {

std::string client_frame(unsigned first, std::string_view payload) {
    std::string out{static_cast<char>(first), static_cast<char>(0x80U | payload.size())};
    const std::string mask = "\x01\x02\x03\x04";
    out += mask;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        out.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
    }
    return out;
}

TEST(WsDecoder, WholeMessagesFromAnyPieces) {
    const std::string bytes = client_frame(0x01, "he") + client_frame(0x89, "p") +
                              client_frame(0x80, "llo") + client_frame(0x81, "");
    WsDecoder decoder;
    std::vector<std::string> got;
    for (const char c : bytes) {
        decoder.feed({&c, 1});
        while (const auto message = decoder.next()) {
            got.push_back(std::to_string(static_cast<int>(message->opcode)) + message->payload);
        }
    }
    EXPECT_EQ(got, (std::vector<std::string>{"9p", "1hello", "1"}));
    EXPECT_EQ(decoder.error(), 0);
}

TEST(WsDecoder, WhatNoClientMaySend) {
    const std::string masked = client_frame(0x81, "x");
    for (const auto& [bytes, code] : std::vector<std::pair<std::string, int>>{
             {std::string("\x81\x01x"), 1002},          // not masked
             {client_frame(0xC1, "x"), 1002},           // a reserved bit
             {client_frame(0x80, "x"), 1002},           // nothing to continue
             {client_frame(0x09, "x"), 1002},           // a control frame in pieces
             {client_frame(0x83, "x"), 1002},           // no such opcode
             {client_frame(0x01, "x") + masked, 1002},  // a message inside of a message
             {std::string("\x81\xFF\x00\x00\x00\x00\x00\x20\x00\x00mask", 14), 1009}}) {
        WsDecoder decoder;
        decoder.feed(bytes);
        while (decoder.next()) {
        }
        EXPECT_EQ(decoder.error(), code);
    }
}

TEST(WsFrames, LengthsAndAcceptKey) {
    for (const std::size_t size : {0U, 125U, 126U, 65535U, 65536U}) {
        std::string out;
        append_ws_frame(out, WsOpcode::Text, std::string(size, 'x'));
        EXPECT_EQ(out.size() - size, size < 126 ? 2U : size < 65536 ? 4U : 10U) << size;
    }
    EXPECT_EQ(ws_accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(VendorSession, FollowsTheVendor) {
    using Verdict = VendorSession::Verdict;
    const Tape tape = TapeBuilder().trade(0, 0).build();
    VendorSession session(tape, [](std::string_view key) {
        return key == "good" ? Verdict::Good : key == "lost" ? Verdict::Silent : Verdict::Bad;
    });
    EXPECT_TRUE(session.on_text(R"({"action":"auth","params":"lost"})").frame.empty());
    const auto refused = session.on_text(R"({"action":"subscribe","params":"T.A"})");
    EXPECT_NE(refused.frame.find(R"("status":"error")"), std::string::npos);
    EXPECT_FALSE(refused.close);
    const auto bad = session.on_text(R"({"action":"auth","params":"bad"})");
    EXPECT_EQ(bad.frame,
              R"([{"ev":"status","status":"auth_failed","message":"authentication failed"}])");
    EXPECT_TRUE(bad.close);
    const auto good = session.on_text(R"({"action":"auth","params":"good"})");
    EXPECT_TRUE(good.authenticated);
    const auto both = session.on_text(R"({"action":"subscribe","params":"T.A, AM.*"})");
    EXPECT_EQ(both.frame, R"([{"ev":"status","status":"success","message":"subscribed to: T.A"},)"
                          R"({"ev":"status","status":"success","message":"subscribed to: AM.*"}])");
    EXPECT_TRUE(both.resubscribed);
    EXPECT_EQ(session.topics().size(), 2U);
}

TEST(Fault, TextThereAndBack) {
    for (const auto& [text, kind, record, lost] :
         std::vector<std::tuple<const char*, FaultKind, std::size_t, std::size_t>>{
             {"drop@12", FaultKind::Drop, 12, 9},
             {"drop@12:close:40", FaultKind::Drop, 12, 40},
             {"half-open@0:7", FaultKind::HalfOpen, 0, 7},
             {"stall@3:250", FaultKind::Stall, 3, 0},
             {"duplicate@3:frame", FaultKind::Duplicate, 3, 0},
             {"reject-rest@3:429", FaultKind::RejectRest, 3, 0}}) {
        const auto fault = parse_fault(text, 9);
        ASSERT_TRUE(fault.ok()) << text;
        EXPECT_EQ(fault->kind, kind) << text;
        EXPECT_EQ(fault->record, record) << text;
        EXPECT_EQ(fault->lost, lost) << text;
    }
    for (const char* wrong : {"", "drop", "drop@", "drop@x", "drop@-1", "melt@1", "stall@1:fin",
                              "split@1:3", "reject-rest@1:200", "drop@1:reset:"}) {
        EXPECT_FALSE(parse_fault(wrong, 9).ok()) << wrong;
    }
}

TEST(Fault, DrawnOnesDoNotOverlap) {
    FaultDraw draw;
    draw.count = 200;
    draw.seed = 3;
    draw.first = 1000;
    draw.last = 388'417;
    const auto faults = draw_faults(draw);
    ASSERT_EQ(faults.size(), 200U);
    std::size_t free_from = draw.first;
    for (const Fault& fault : faults) {
        EXPECT_GE(fault.record, free_from);
        EXPECT_EQ(fault.lost > 0, cuts_connection(fault.kind));
        EXPECT_LE(fault.lost, 2000U);
        free_from = fault.record + fault.lost + 1;
    }
    EXPECT_LT(faults.back().record, draw.last);
}

TEST(RestQuery, Times) {
    const std::int64_t start = test_start_ns;
    for (const auto& [text, ns] : std::vector<std::pair<std::string, std::int64_t>>{
             {"1709649000", start},
             {"1709649000000", start},
             {"1709649000000000", start},
             {"1709649000000000000", start},
             {"2024-03-05T14:30:00Z", start},
             {"2024-03-05 14:30:00.000000001", start + 1},
             {"2024-03-05", start - 52'200'000'000'000}}) {
        const auto time = parse_vendor_time(text);
        ASSERT_TRUE(time) << text;
        EXPECT_EQ(to_ns(*time), ns) << text;
    }
    for (const char* wrong :
         {"", "x", "-5", "99999999999", "99999999999999999999", "2024-13-05", "2024-03-05T",
          "2024-03-05T25:00:00", "2024-03-05T14:30:00+02:00", "2024-03-05T14:30:00."}) {
        EXPECT_FALSE(parse_vendor_time(wrong)) << wrong;
    }
    const auto target = RestTarget::parse("/v3/trades/BRK%2EB?timestamp.gte=5&a=%20+b&a=2");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/v3/trades/BRK.B");
    EXPECT_EQ(target->get("a"), "  b");
    EXPECT_FALSE(RestTarget::parse("/x%2"));
}

}  // namespace
}  // namespace tickstock
