#include "engine/intake_text.hpp"

#include <gtest/gtest.h>

#include "engine/multi_channel_system.hpp"
#include "metrics/log.hpp"

namespace tickstock {
namespace {

QuarantinedTrade held_back(std::int64_t price_raw, std::int64_t level_raw, Micro limit) {
    QuarantinedTrade trade;
    trade.price = Price::from_raw(price_raw);
    trade.level = Price::from_raw(level_raw);
    trade.limit_percent = limit;
    return trade;
}

TEST(IntakeText, AReasonNamesDistanceLevelAndLimit) {
    EXPECT_EQ(reason_of(held_back(7'613'000'000, 15'960'000'000, 20'000'000)),
              "52.3 % from 15.96, limit 20 %");
    EXPECT_EQ(reason_of(held_back(150'000'000'000, 100'000'000'000, 20'000'000)),
              "50 % from 100, limit 20 %");
    EXPECT_EQ(reason_of(held_back(101'000'000'001, 100'000'000'000, 1'000'000)),
              "1.01 % from 100, limit 1 %")
        << "rounded up: it was beyond the limit";
    const std::int64_t greatest = Price::limit_raw - 1;
    EXPECT_EQ(reason_of(held_back(greatest, 1, 500'000)),
              "over 1000000 % from 0.000000001, limit 0.5 %");
}

TEST(IntakeText, AnEntryAsJsonHasEveryMember) {
    QuarantineEntry entry{"UBS", held_back(7'613'000'000, 15'960'000'000, 20'000'000)};
    entry.trade.ts = unix_nanos(5);
    entry.trade.size = Size::from_raw(1'500'000);
    entry.trade.conditions.add(3);
    entry.trade.conditions.add(300);
    entry.trade.session = TradingSession::Regular;
    std::string text;
    append_json(text, entry);
    EXPECT_EQ(text, R"({"symbol":"UBS","ts":5,"price":7.613,"size":1.5,"level":15.96,)"
                    R"("limit_percent":20,"reason":"52.3 % from 15.96, limit 20 %",)"
                    R"("outcome":"held_back","session":"regular","conditions":[3,255],)"
                    R"("exchange":null,"trade_id":null})");
    entry.trade.exchange = 4;
    entry.trade.id = TradeId("x\"1");
    entry.trade.outcome = QuarantineOutcome::ThirdAccepted;
    text.clear();
    append_json(text, entry);
    EXPECT_NE(text.find(R"("outcome":"third_accepted")"), std::string::npos);
    EXPECT_NE(text.find(R"("exchange":4,"trade_id":"x\"1")"), std::string::npos);
}

TEST(IntakeText, UnknownCodesAreLoggedOnceEachAndAddUp) {
    std::vector<UnknownConditionEntry> sum{{99, 2, "ABC", unix_nanos(20)}};
    add_unknown_conditions({{98, 1, "XYZ", unix_nanos(5)}, {99, 3, "XYZ", unix_nanos(10)}}, sum);
    ASSERT_EQ(sum.size(), 2U);
    EXPECT_EQ(sum[0].code, 98);
    EXPECT_EQ(sum[1].count, 5U);
    EXPECT_EQ(sum[1].first_symbol, "XYZ") << "the earlier one";
    const LogCapture capture;
    UnknownConditionLog log;
    log.tell(sum);
    log.tell(sum);
    sum.push_back({255, 1, "ABC", unix_nanos(1)});
    log.tell(sum);
    const auto lines = capture.lines();
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_NE(lines[1].find("sale condition 99 is in no row"), std::string::npos);
    EXPECT_NE(lines[2].find("255 (or any above 254) is in no row of the table: 1 trade, first of "
                            "ABC"),
              std::string::npos);
}

/// Ten symbols, each with a far-off price in every round and a code that no table has.
RecordBatch strange_tape() {
    RecordBatch batch;
    for (std::uint32_t symbol = 0; symbol < 10; ++symbol) {
        batch.new_symbols.emplace_back("S" + std::to_string(symbol));
    }
    for (std::uint32_t i = 0; i < 400; ++i) {
        Trade trade;
        trade.header.symbol = SymbolId{i * 7 % 10};
        trade.header.ts_event = from_unix_second(1'709'650'800 + i);
        trade.header.ts_recv = trade.header.ts_event;
        const std::uint32_t round = i / 10 % 8;  // a symbol has a trade a round
        trade.price = Price::from_cents(round == 0 || round == 2 ? 10'000 : 30'000 + i);
        trade.size = Size::from_shares(100);
        if (i > 200 && i % 11 == 0) {
            trade.conditions.add(90 + i % 3);
        }
        batch.records.emplace_back(trade);
    }
    return batch;
}

TEST(IntakeStatus, IsTheSameForAnyNumberOfShards) {
    PipelineSettings settings;
    settings.intake.quarantine_list = 100;  // of 110
    std::vector<std::string> seen;
    for (const unsigned shards : {1U, 3U, 8U}) {
        auto system = MultiChannelSystem::create(settings, shards);
        ASSERT_TRUE(system);
        (*system)->add_source(SourceId{0});
        RecordBatch batch = strange_tape();
        std::vector<Event> events;
        (*system)->process(batch, events);
        EngineStatus status;
        (*system)->fill_status(status);
        ASSERT_NE(status.quarantine, nullptr);
        EXPECT_EQ(status.quarantine->size(), 100U);
        std::string text;
        for (const QuarantineEntry& entry : *status.quarantine) {
            append_json(text, entry);
        }
        EXPECT_NE(text.find("third_accepted"), std::string::npos);
        EXPECT_NE(text.find("held_back"), std::string::npos);
        ASSERT_EQ(status.unknown_by_code.size(), 3U);
        std::uint64_t total = 0;
        for (const UnknownConditionEntry& entry : status.unknown_by_code) {
            text += describe(entry) + std::to_string(to_ns(entry.first_ts));
            total += entry.count;
        }
        EXPECT_EQ(status.unknown_conditions, total);
        EXPECT_GE((*system)->unknown_codes_seen(), 3U);
        seen.push_back(text);
        const auto before = status.quarantine;
        (*system)->fill_status(status);
        EXPECT_EQ(status.quarantine, before) << "nothing new: not made again";
    }
    EXPECT_EQ(seen[0], seen[1]);
    EXPECT_EQ(seen[0], seen[2]);
}

}  // namespace
}  // namespace tickstock
