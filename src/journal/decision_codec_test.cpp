// Goal: decisions and refused counts come back as they were, in the documented bytes, and no other
// bytes are taken for one.

#include "journal/decision_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "journal/test_support.hpp"

namespace tickstock {
namespace {

std::string encoded(const Decision& decision) {
    std::string bytes(decision_size(decision), '\0');
    EXPECT_EQ(encode_decision(decision, bytes), bytes.size());
    return bytes;
}

std::string_view decoded(const std::string& bytes, std::uint64_t sequence, Decision& out) {
    return decode_decision(bytes, Sequence{sequence}, out);
}

TEST(DecisionCodec, EveryActionComesBack) {
    Decision back;  // reused: nothing of one stays in the next
    for (std::size_t number = 0; number < std::variant_size_v<DecisionAction>; ++number) {
        const Decision decision =
            decision_at(100, action_number(number, Sequence{100}, SymbolId{9}));
        ASSERT_EQ(decision.action.index(), number);
        EXPECT_EQ(decision_fault(decision), "");
        EXPECT_EQ(decoded(encoded(decision), 100, back), "") << describe(decision);
        EXPECT_TRUE(back == decision) << describe(decision);
    }
}

std::string any_text() {
    return *rc::gen::arbitrary<std::string>();
}

RC_GTEST_PROP(DecisionCodec, AnyTextsAndNumbersComeBack,
              (std::uint64_t hash, std::uint16_t source, bool recovered, std::int64_t wall)) {
    Decision decision = decision_at(7, ConfigurationChange{hash, any_text()});
    decision.by = any_text();
    decision.wall = unix_nanos(wall);
    Decision back;
    RC_ASSERT(decoded(encoded(decision), 7, back) == "");
    RC_ASSERT(back == decision);
    decision.action =
        SourceGap{SourceId{source}, recovered, unix_nanos(wall), unix_nanos(-wall / 2), any_text()};
    RC_ASSERT(decoded(encoded(decision), 7, back) == "");
    RC_ASSERT(back == decision);
}

// Any bytes either decode to a sound decision, which encodes to the same bytes, or are refused.
RC_GTEST_PROP(DecisionCodec, AnyBytesAreADecisionOrRefused, (const std::string& noise)) {
    const auto number = *rc::gen::inRange<std::size_t>(0, std::variant_size_v<DecisionAction>);
    std::string bytes = encoded(decision_at(50, action_number(number, Sequence{50}, SymbolId{1})));
    bytes.replace(*rc::gen::inRange<std::size_t>(0, bytes.size()), noise.size(), noise);
    Decision back;
    if (decoded(bytes, 50, back).empty()) {
        RC_ASSERT(encoded(back) == bytes);
        RC_ASSERT(decision_fault(back).empty());
    }
}

TEST(DecisionCodec, ByteLayoutIsTheDocumentedOne) {
    Decision decision = decision_at(9, ManualHalt{SymbolId{0x0A0B}, true, "news"});
    decision.clock = unix_nanos(0x0102030405060708);
    decision.wall = unix_nanos(0x1112131415161718);
    decision.by = "op";
    EXPECT_EQ(encoded(decision), std::string("\x08"
                                             "\x08\x07\x06\x05\x04\x03\x02\x01"
                                             "\x18\x17\x16\x15\x14\x13\x12\x11"
                                             "\x02\0\0\0op"
                                             "\x0B\x0A\0\0"
                                             "\x01"
                                             "\x04\0\0\0news",
                                             36));
    decision.by = "";
    decision.action = SkipRecords{ChannelType::Fmv, {Sequence{1}, Sequence{8}}};
    EXPECT_EQ(encoded(decision).substr(17 + 4), std::string("\x02"
                                                            "\x02\0\0\0"
                                                            "\x01\0\0\0\0\0\0\0\x08\0\0\0\0\0\0\0",
                                                            21));
}

TEST(DecisionCodec, FaultsNameTheField) {
    const auto fault = [](DecisionAction action) {
        return decision_fault(decision_at(10, std::move(action)));
    };
    EXPECT_EQ(fault(ShedChange{5}), "shed level over 4");
    EXPECT_EQ(fault(BeginEpoch{{}, BeginEpoch::State::Warm, Sequence{11}, "", ""}),
              "warm_from behind the decision");
    EXPECT_EQ(fault(SkipRecords{ChannelType::Tick, {Sequence{3}, Sequence{3}}}),
              "skipped sequences out of order");
    EXPECT_EQ(fault(SkipRecords{ChannelType::Tick, {Sequence{10}}}),
              "a skipped sequence behind the skip");
    EXPECT_EQ(fault(SkipRecords{ChannelType::Tick, {}}), "");
    EXPECT_EQ(fault(ManualHalt{}), "symbol id out of range");
    EXPECT_EQ(fault(UniverseChange{"a", {SymbolText("B"), SymbolText("A")}, false, false}),
              "symbols of a universe out of order");
    EXPECT_EQ(fault(ConfigurationChange{0, std::string(decision_payload_max, 'x')}),
              "more than 4 MiB");
    Decision early = decision_at(1, WallStep{});
    early.clock = unix_nanos(-1);
    EXPECT_EQ(decision_fault(early), "clock before 1970");
    early.clock = UnixNanos{};  // before the first record
    EXPECT_EQ(decision_fault(early), "");
}

// A decision about every symbol of a full table has room.
TEST(DecisionCodec, AFullTableFits) {
    PlaceSymbols placement;
    UniverseChange universe;
    for (std::uint32_t i = 0; i < SymbolTable::default_capacity; ++i) {
        placement.places.emplace_back(SymbolId{i}, std::uint16_t{1});
        universe.symbols.emplace_back(SymbolText("SIXTEEN-BYTES-AB"));
    }
    EXPECT_EQ(decision_fault(decision_at(1, placement)), "");
    EXPECT_EQ(decision_fault(decision_at(1, universe)), "");
}

TEST(DecisionCodec, DamagedPayloadsAreRefused) {
    Decision back;
    const std::string sound = encoded(decision_at(10, RuleSwitch{"big", true, ""}));
    EXPECT_EQ(decoded(sound, 10, back), "");
    EXPECT_NE(decoded(sound + "x", 10, back), "");
    EXPECT_NE(decoded("", 10, back), "");
    for (std::size_t size = 0; size < sound.size(); ++size) {
        EXPECT_NE(decoded(sound.substr(0, size), 10, back), "") << size;
    }
    for (const char code : {'\0', '\x12', '\xFF'}) {
        std::string unknown = sound;
        unknown[0] = code;
        EXPECT_EQ(decoded(unknown, 10, back), "an unknown action");
    }
    std::string flag = sound;
    flag[sound.size() - 5] = 2;  // neither on nor off
    EXPECT_NE(decoded(flag, 10, back), "");
}

TEST(RefusedCodec, ComesBackByName) {
    std::array<char, frame_payload_max> bytes;
    for (std::size_t reason = 0; reason < reason_count; ++reason) {
        const RefusedRecords refused{SourceId{513}, static_cast<Reason>(reason), 0x01020304};
        const std::size_t size = encode_refused(refused, bytes);
        RefusedRecords back;
        ASSERT_EQ(decode_refused({bytes.data(), size}, back), "");
        EXPECT_EQ(back.source, refused.source);
        EXPECT_EQ(back.reason, refused.reason);
        EXPECT_EQ(back.count, refused.count);
        EXPECT_NE(decode_refused({bytes.data(), size - 1}, back), "");
    }
    const std::size_t size = encode_refused({SourceId{1}, Reason::Stale, 2}, bytes);
    EXPECT_EQ(std::string(bytes.data(), size), std::string("\x01\0\x02\0\0\0\x05stale", 12));
    RefusedRecords back;
    EXPECT_EQ(decode_refused(std::string_view("\x01\0\x02\0\0\0\x05stole", 12), back),
              "an unknown reason");
}

}  // namespace
}  // namespace tickstock
