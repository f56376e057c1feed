#include "engine/sequencer.hpp"

#include <gtest/gtest.h>

#include "base/state_archive.hpp"

namespace tickstock {
namespace {

RecordBatch batch_of(SourceId source, std::initializer_list<std::pair<std::uint32_t, int>> trades) {
    RecordBatch batch;
    batch.source = source;
    for (const auto& [symbol, second] : trades) {
        Trade trade;
        trade.header.symbol = SymbolId{symbol};
        trade.header.ts_event = from_unix_second(second);
        trade.header.ts_recv = from_unix_second(second + 1);
        batch.records.emplace_back(trade);
    }
    return batch;
}

TEST(Sequencer, GivesContiguousSequencesAndAClockThatNeverGoesBack) {
    Sequencer sequencer;
    sequencer.add_source(SourceId{0}, {});
    RecordBatch batch = batch_of(SourceId{0}, {{0, 100}, {0, 90}, {0, 101}});
    batch.new_symbols.emplace_back("ABC");
    sequencer.admit(batch);
    ASSERT_EQ(batch.records.size(), 3U);
    EXPECT_EQ(batch.records[0].header().sequence.value(), 1U);
    EXPECT_EQ(batch.records[2].header().sequence.value(), 3U);
    EXPECT_EQ(batch.records[0].header().clock, from_unix_second(101));
    EXPECT_EQ(batch.records[1].header().clock, from_unix_second(101));
    EXPECT_EQ(batch.records[2].header().clock, from_unix_second(102));
}

TEST(Sequencer, TakesTheSourcesDelayOrItsEventTime) {
    Sequencer sequencer;
    sequencer.add_source(SourceId{0}, {std::chrono::milliseconds(250), false});
    sequencer.add_source(SourceId{1}, {Nanos{0}, true});
    RecordBatch delayed = batch_of(SourceId{0}, {{0, 100}});
    delayed.new_symbols.emplace_back("ABC");
    sequencer.admit(delayed);
    EXPECT_EQ(delayed.records[0].header().clock,
              from_unix_second(101) - std::chrono::milliseconds(250));
    RecordBatch by_event = batch_of(SourceId{1}, {{0, 105}});
    by_event.new_symbols.emplace_back("ABC");
    sequencer.admit(by_event);
    EXPECT_EQ(by_event.records[0].header().clock, from_unix_second(105));
}

TEST(Sequencer, OneSymbolOfTwoSourcesIsOneSymbol) {
    Sequencer sequencer;
    sequencer.add_source(SourceId{0}, {});
    sequencer.add_source(SourceId{1}, {});
    RecordBatch first = batch_of(SourceId{0}, {{0, 1}, {1, 1}});
    first.new_symbols = {SymbolText("AAA"), SymbolText("BBB")};
    sequencer.admit(first);
    RecordBatch second = batch_of(SourceId{1}, {{0, 2}});
    second.new_symbols = {SymbolText("BBB")};
    sequencer.admit(second);
    EXPECT_EQ(second.records[0].header().symbol, first.records[1].header().symbol);
    EXPECT_EQ(second.records[0].header().source, SourceId{1});
    EXPECT_EQ(sequencer.symbols().size(), 2U);
}

TEST(Sequencer, RefusesTheSymbolThatNoLongerFitsAndCountsIt) {
    Sequencer sequencer;
    sequencer.add_source(SourceId{0}, {});
    RecordBatch batch;
    for (std::uint32_t i = 0; i <= SymbolTable::default_capacity; ++i) {
        batch.new_symbols.emplace_back("S" + std::to_string(i));
    }
    batch.records = batch_of(SourceId{0}, {{0, 1},
                                           {SymbolTable::default_capacity, 2},
                                           {SymbolTable::default_capacity - 1, 3}})
                        .records;
    sequencer.admit(batch);
    EXPECT_EQ(batch.records.size(), 2U);
    EXPECT_EQ(batch.records[1].header().sequence.value(), 2U);
    EXPECT_EQ(sequencer.counts().dropped_for(Reason::SymbolTableFull), 1U);
    EXPECT_TRUE(sequencer.counts().closes());
}

TEST(Sequencer, ALiveSourcesStaleRecordsAreRefusedAndMoveNothing) {
    using std::chrono::seconds;
    const UnixNanos seen = from_unix_second(100'000);
    Sequencer sequencer;
    sequencer.add_source(SourceId{0}, {seconds(10), false, true, seconds(300)});
    sequencer.add_source(SourceId{1}, {seconds(10), false, false, seconds(300)});
    const auto admitted = [&](SourceId source, Record record, Nanos age) {
        RecordBatch batch;
        batch.source = source;
        record.header().symbol = SymbolId{0};
        record.header().ts_recv = seen;
        record.header().ts_event = seen - age;
        batch.records.push_back(record);
        if (sequencer.symbols().size() == 0 || source == SourceId{1}) {
            batch.new_symbols.emplace_back("ABC");
        }
        sequencer.admit(batch);
        EXPECT_TRUE(sequencer.counts().closes());
        return batch.records.size() == 1;
    };
    EXPECT_FALSE(admitted(SourceId{0}, Trade{}, seconds(310) + Nanos{1}));
    EXPECT_EQ(sequencer.clock(), UnixNanos{}) << "as if it had not come";
    EXPECT_TRUE(admitted(SourceId{0}, Trade{}, seconds(310)));
    EXPECT_TRUE(admitted(SourceId{0}, Trade{}, -seconds(5)));
    EXPECT_FALSE(admitted(SourceId{0}, FairValue{}, seconds(311)));
    EXPECT_FALSE(admitted(SourceId{0}, Quote{}, seconds(311)));
    Bar hour;
    hour.timeframe = Timeframe::Hour1;  // its ts_event is its start
    EXPECT_TRUE(admitted(SourceId{0}, hour, seconds(3910)));
    EXPECT_FALSE(admitted(SourceId{0}, hour, seconds(3911)));
    EXPECT_EQ(sequencer.counts().dropped_for(Reason::Stale), 4U);
    EXPECT_TRUE(admitted(SourceId{1}, Trade{}, std::chrono::hours(24))) << "not live";
}

TEST(Sequencer, AClockTickIsNewsOnlyAheadOfTheClock) {
    Sequencer sequencer;
    Record record;
    EXPECT_TRUE(sequencer.tick(from_unix_second(10), record));
    EXPECT_EQ(record.kind(), RecordKind::ClockTick);
    EXPECT_EQ(record.header().clock, from_unix_second(10));
    EXPECT_FALSE(sequencer.tick(from_unix_second(10), record));
    EXPECT_FALSE(sequencer.tick(from_unix_second(9), record));
}

TEST(Sequencer, GoesOnBehindASavedOne) {
    Sequencer before;
    before.add_source(SourceId{0}, {});
    RecordBatch batch = batch_of(SourceId{0}, {{0, 100}, {1, 101}});
    batch.new_symbols = {SymbolText("AAA"), SymbolText("BBB")};
    before.admit(batch);
    StateWriter out;
    before.save(out);

    Sequencer after;
    after.add_source(SourceId{0}, {});
    StateReader in(out.text());
    after.load(in);
    ASSERT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(after.clock(), before.clock());
    EXPECT_EQ(after.counts().out, 2U);
    RecordBatch next = batch_of(SourceId{0}, {{0, 50}, {1, 103}});
    next.new_symbols = {SymbolText("BBB"), SymbolText("CCC")};  // the source begins again
    after.admit(next);
    EXPECT_EQ(next.records[0].header().sequence.value(), 3U);
    EXPECT_EQ(next.records[0].header().symbol, SymbolId{1});
    EXPECT_EQ(next.records[0].header().clock, from_unix_second(102)) << "never goes back";
    EXPECT_EQ(next.records[1].header().symbol, SymbolId{2});
    for (std::size_t size = 0; size < out.size(); ++size) {
        StateReader cut(std::string_view(out.text()).substr(0, size));
        Sequencer().load(cut);
        EXPECT_FALSE(cut.ok()) << size;
    }
}

}  // namespace
}  // namespace tickstock
