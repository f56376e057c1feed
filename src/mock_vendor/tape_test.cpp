#include "mock_vendor/tape.hpp"

#include <gtest/gtest.h>

#include "mock_vendor/message_encoder.hpp"
#include "mock_vendor/test_tape.hpp"
#include "mock_vendor/topics.hpp"

namespace tickstock {
namespace {

TEST(Tape, SymbolsAndIndexes) {
    const Tape tape = TapeBuilder().trade(0, 0).trade(1, 0).trade(0, 5).build();
    EXPECT_EQ(tape.size(), 3U);
    EXPECT_EQ(tape.find("B"), SymbolId{1});
    EXPECT_EQ(tape.find("C"), symbol_none);
    const auto rows = tape.records_of(SymbolId{0});
    EXPECT_EQ(std::vector<std::uint32_t>(rows.begin(), rows.end()),
              (std::vector<std::uint32_t>{0, 2}));
}

TEST(Tape, SequenceNumbersWhereNoneWereRecorded) {
    const Tape tape =
        TapeBuilder().trade(0, 0).trade(1, 0).trade(0, 1, 40).trade(0, 2).trade(1, 3).build();
    std::vector<std::uint64_t> numbers;
    for (std::size_t i = 0; i < tape.size(); ++i) {
        numbers.push_back(tape[i].header().source_sequence);
    }
    EXPECT_EQ(numbers, (std::vector<std::uint64_t>{1, 1, 40, 41, 2}));
}

TEST(Tape, ItsClockNeverGoesBack) {
    TapeBuilder builder;
    for (int i = 0; i < 1000; ++i) {
        builder.trade(0, i % 10 == 9 ? i - 5 : i);
    }
    const Tape tape = builder.build();
    EXPECT_EQ(to_ns(tape.clock(9)), test_start_ns + 8'000'000);
    EXPECT_EQ(to_ns(tape.clock(700)), test_start_ns + 700'000'000);
    for (const int at : {0, 1, 8, 255, 256, 257, 700, 998}) {
        EXPECT_EQ(tape.first_at(unix_nanos(test_start_ns + std::int64_t{at} * 1'000'000)),
                  static_cast<std::size_t>(at % 10 == 9 ? at + 1 : at))
            << at;
    }
    EXPECT_EQ(tape.first_at(unix_nanos(test_start_ns + 2'000'000'000)), tape.size());
}

TEST(Tape, DayVolumeBehindEachBar) {
    constexpr int day = 86'400'000;
    const Tape tape = TapeBuilder()
                          .minute_bar(0, 0, 100)
                          .minute_bar(1, 0, 7)
                          .minute_bar(0, 60'000, 50)
                          .minute_bar(0, 60'000, 70)  // told again
                          .minute_bar(0, day, 5)
                          .build();
    std::vector<std::int64_t> shares;
    for (std::size_t i = 0; i < tape.size(); ++i) {
        shares.push_back(tape.day_volume(i).raw() / Size::units_per_share);
    }
    EXPECT_EQ(shares, (std::vector<std::int64_t>{100, 7, 150, 170, 5}));
}

TEST(Topics, TickersAndAll) {
    const Tape tape = TapeBuilder().trade(0, 0).trade(1, 0).build();
    TopicSet topics(tape);
    EXPECT_TRUE(topics.add("T.A"));
    EXPECT_TRUE(topics.add("T.A"));
    EXPECT_TRUE(topics.add("T.UNKNOWN"));
    for (const char* wrong : {"", "T", "T.", "X.A", ".A", "t.A"}) {
        EXPECT_FALSE(topics.add(wrong)) << wrong;
        EXPECT_FALSE(topics.remove(wrong)) << wrong;
    }
    EXPECT_EQ(topics.size(), 2U);
    EXPECT_TRUE(topics.takes(VendorChannel::Trade, SymbolId{0}));
    EXPECT_FALSE(topics.takes(VendorChannel::Quote, SymbolId{0}));
    EXPECT_FALSE(topics.takes(VendorChannel::Trade, SymbolId{1}));

    const TopicSet single = topics;
    EXPECT_TRUE(topics.add("T.*"));
    EXPECT_TRUE(topics.takes(VendorChannel::Trade, SymbolId{1}));
    EXPECT_TRUE(topics.covers(single));
    EXPECT_FALSE(single.covers(topics));
    EXPECT_TRUE(topics.remove("T.*"));
    EXPECT_FALSE(topics.takes(VendorChannel::Trade, SymbolId{0}));
    EXPECT_TRUE(topics.empty());
}

TEST(MessageEncoder, WhatTheVendorHasAWordFor) {
    const Tape tape = TapeBuilder()
                          .minute_bar(0, 0, 100)
                          .status(0, 1, TradingStatus::Action::Resume)
                          .status(0, 2, TradingStatus::Action::Halt)
                          .build();
    MessageEncoder encoder(tape);
    EXPECT_EQ(encoder.encode(0), R"({"ev":"AM","sym":"A","v":100,"o":100,"c":100,"h":100,"l":100,)"
                                 R"("s":1709649000000,"e":1709649060000,"av":100})");
    EXPECT_EQ(encoder.encode(1),
              R"({"ev":"NOI","T":"A","t":1709649000001,"at":930,"a":"H","i":2,"x":10,)"
              R"("o":0,"p":0,"b":0})");
    EXPECT_EQ(channel_of(tape[2]), VendorChannel::None);
}

}  // namespace
}  // namespace tickstock
