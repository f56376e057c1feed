#include "engine/multi_channel_system.hpp"

#include <gtest/gtest.h>

#include "engine/test_market.hpp"
#include "publishing/event_stream.hpp"

namespace tickstock {
namespace {

using testing::lively_tape;
using testing::ten_o_clock;

struct TapeRun {
    std::uint64_t hash = 0;
    std::uint64_t events = 0;
    Accounting accounting;
};

TapeRun run(const RecordBatch& tape, unsigned shards, std::size_t batch_size,
            bool with_ticks = false) {
    auto system = MultiChannelSystem::create(PipelineSettings{}, shards);
    (*system)->add_source(SourceId{0});
    EventStream stream("test", {});
    std::vector<Event> events;
    RecordBatch batch;
    batch.new_symbols = tape.new_symbols;
    const auto publish = [&] {
        stream.append(events, (*system)->symbols(), UnixNanos{});
        events.clear();
    };
    for (std::size_t at = 0; at < tape.records.size(); at += batch_size) {
        const auto begin = tape.records.begin() + static_cast<std::ptrdiff_t>(at);
        const auto size = std::min(batch_size, tape.records.size() - at);
        if (with_ticks && at != 0) {
            (*system)->tick(begin->header().ts_event - Nanos{1}, events);
            publish();
        }
        batch.records.assign(begin, begin + static_cast<std::ptrdiff_t>(size));
        (*system)->process(batch, events);
        publish();
        batch.new_symbols.clear();
    }
    (*system)->finish(events);
    publish();
    TapeRun result{stream.hash(), stream.counts().out, (*system)->accounting()};
    result.accounting.sources.in = result.accounting.sources.out = tape.records.size();
    result.accounting.publishing = stream.counts();
    return result;
}

TEST(MultiChannelSystem, TheStreamIsTheSameForAnyShardsBatchesAndTicks) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const RecordBatch tape = lively_tape(seed, 20'000, 9);
        const TapeRun whole = run(tape, 1, tape.records.size());
        ASSERT_GT(whole.events, 100U);
        for (const unsigned shards : {1U, 2U, 3U, 8U}) {
            for (const std::size_t batch_size :
                 {std::size_t{1}, std::size_t{7}, std::size_t{1024}}) {
                EXPECT_EQ(run(tape, shards, batch_size).hash, whole.hash)
                    << shards << " shards, batches of " << batch_size;
            }
        }
        EXPECT_EQ(run(tape, 2, 5, true).hash, whole.hash) << "clock ticks between the batches";
    }
}

TEST(MultiChannelSystem, EveryCountCloses) {
    const RecordBatch tape = lively_tape(4, 30'000, 9);
    for (const unsigned shards : {1U, 3U}) {
        const TapeRun result = run(tape, shards, 256);
        EXPECT_TRUE(result.accounting.closes());
        EXPECT_EQ(result.accounting.channels[0].in + result.accounting.channels[1].in +
                      result.accounting.channels[2].in,
                  tape.records.size());
        EXPECT_GT(result.accounting.channels[0].dropped_for(Reason::Ineligible), 0U)
            << "this tape has no ineligible trades: it proves too little";
    }
}

TEST(MultiChannelSystem, AQuietMarketsDeadlinesFireByTheClockAlone) {
    auto system = MultiChannelSystem::create(PipelineSettings{}, 1);
    (*system)->add_source(SourceId{0});
    RecordBatch batch;
    batch.new_symbols.emplace_back("ABC");
    for (const auto& [ms, cents] : {std::pair{0, 10'000}, {1000, 10'050}, {1500, 10'100}}) {
        Trade trade;
        trade.header.symbol = SymbolId{0};
        trade.header.ts_event = from_unix_second(ten_o_clock) + std::chrono::milliseconds(ms);
        trade.header.ts_recv = trade.header.ts_event;
        trade.price = Price::from_cents(cents);
        trade.size = Size::from_shares(100);
        batch.records.emplace_back(trade);
    }
    std::vector<Event> events;
    (*system)->process(batch, events);
    ASSERT_EQ(events.size(), 1U);
    (*system)->tick(from_unix_second(ten_o_clock) + std::chrono::milliseconds(1999), events);
    EXPECT_EQ(events.size(), 1U);
    (*system)->tick(from_unix_second(ten_o_clock + 2), events);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[1].detection.price, Price::from_cents(10'100));
    EXPECT_EQ(events[1].detection.key.fire, from_unix_second(ten_o_clock + 2));
}

TEST(MultiChannelSystem, ABadConditionTableIsNamed) {
    PipelineSettings settings;
    settings.intake.condition_table = "/nonexistent/conditions.csv";
    const auto system = MultiChannelSystem::create(settings, 1);
    ASSERT_FALSE(system);
    EXPECT_NE(system.error().message.find("/nonexistent/conditions.csv"), std::string::npos);
}

}  // namespace
}  // namespace tickstock
