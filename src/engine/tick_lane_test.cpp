#include "engine/tick_lane.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/bar_and_value_lanes.hpp"

namespace tickstock {
namespace {

constexpr std::int64_t ten = 1'709'650'800;  // 2024-03-05 10:00:00 in New York, s
const SymbolId symbol_a{0};
const SymbolId symbol_b{1};

/// Counts its samples, and throws on those of one symbol.
class Faulty final : public SampleDetector {
public:
    explicit Faulty(std::vector<UnixNanos>& seen) : seen_(seen) {}
    void reset(SymbolId) override {}
    void on_sample(const Sample& sample, SessionStats&, const Moment&, DetectionSink&) override {
        if (sample.symbol == symbol_a) {
            throw std::runtime_error("no idea");
        }
        if (sample.volume == Size::from_shares(13)) {
            throw 13;
        }
        seen_.push_back(sample.t);
    }
    const char* name() const override { return "faulty"; }
    void save_symbol(SymbolId, StateWriter&) const override {}
    void load_symbol(SymbolId, StateReader&) override {}
    void forget_symbol(SymbolId) override {}

private:
    std::vector<UnixNanos>& seen_;
};

PipelineExtensions faulty_twice(std::vector<UnixNanos>& first, std::vector<UnixNanos>& second) {
    PipelineExtensions extensions;
    extensions.detectors = {
        [&](const PipelineSettings&) { return std::make_unique<Faulty>(first); },
        [&](const PipelineSettings&) { return std::make_unique<Faulty>(second); }};
    return extensions;
}

/// Trades of a session, in order, at whole milliseconds after ten.
class Trades {
public:
    void add(SymbolId symbol, std::int64_t ms, std::int64_t cents, std::int64_t shares = 100) {
        Trade trade;
        trade.header.symbol = symbol;
        trade.header.sequence = Sequence{records_.size() + 1};
        trade.header.ts_event = trade.header.clock = at(ms);
        trade.price = Price::from_cents(cents);
        trade.size = Size::from_shares(shares);
        records_.emplace_back(trade);
    }
    static UnixNanos at(std::int64_t ms) {
        return unix_nanos(ten * 1'000'000'000 + ms * 1'000'000);
    }
    /// The items of what was added since the last call.
    void work(TickLane& lane) {
        std::vector<IntakeItem> items;
        for (; given_ < records_.size(); ++given_) {
            IntakeItem item;
            item.record = &records_[given_];
            item.note.session_key = 158'000;
            item.note.session_end = at(6 * 3'600'000);
            item.note.eligibility = Eligibility::all();
            item.note.session = TradingSession::Regular;
            item.note.period = MarketPeriod::Midday;
            items.push_back(item);
        }
        lane.work(items, ClockIndex(records_));
    }
    const std::vector<Record>& records() const { return records_; }

private:
    std::vector<Record> records_;
    std::size_t given_ = 0;
};

TEST(TickLane, WhatADetectorThrowsIsSetAsideAndEndsNothingElse) {
    std::vector<UnixNanos> first;
    std::vector<UnixNanos> second;
    const PipelineExtensions extensions = faulty_twice(first, second);
    TickLane lane(PipelineSettings{}, &extensions);
    Trades trades;
    trades.add(symbol_a, 100, 10'000);
    trades.add(symbol_b, 200, 5'000);
    trades.add(symbol_b, 1'200, 5'100, 13);
    trades.add(symbol_b, 2'200, 5'200);
    trades.work(lane);
    lane.advance(ClockIndex(std::span<const Record>{}));

    EXPECT_EQ(first, (std::vector{Trades::at(1'000), Trades::at(3'000)}));
    EXPECT_EQ(second, first) << "the detector after one that failed goes on";
    EXPECT_EQ(lane.detections().size(), 2U) << "highs of B";
    EXPECT_EQ(lane.counts().in, 4U);
    EXPECT_EQ(lane.counts().out, 4U);
    EXPECT_TRUE(lane.counts().closes());
    EXPECT_EQ(lane.failures(), 4U);
    ASSERT_EQ(lane.set_aside().size(), 4U);
    const SetAside& one = lane.set_aside().front();
    EXPECT_EQ(one.channel, ChannelType::Tick);
    EXPECT_STREQ(one.detector, "faulty");
    EXPECT_EQ(one.symbol, symbol_a);
    EXPECT_EQ(one.sequence, Sequence{3}) << "the record before which the second closed";
    EXPECT_EQ(one.ts, Trades::at(1'000));
    EXPECT_EQ(one.reason, "no idea");
    EXPECT_EQ(lane.set_aside().back().reason, "an exception of an unknown type");
}

TEST(TickLane, TheListOfFailuresIsBoundedAndTheCountIsNot) {
    std::vector<UnixNanos> seen;
    const PipelineExtensions extensions = faulty_twice(seen, seen);
    TickLane lane(PipelineSettings{}, &extensions);
    Trades trades;
    for (std::int64_t second = 0; second < 1'000; ++second) {
        trades.add(symbol_a, second * 1'000, 10'000);
    }
    trades.work(lane);
    EXPECT_EQ(lane.failures(), 2U * 999);
    EXPECT_EQ(lane.set_aside().size(), FaultGuard::capacity);
    StateWriter totals;
    lane.save_totals(totals);
    TickLane other(PipelineSettings{}, &extensions);
    StateReader in(totals.text());
    other.add_totals(in);
    EXPECT_EQ(other.failures(), 2U * 999);
}

TEST(TickLane, FiresThroughATimeWithoutAnEntry) {
    PipelineSettings settings;
    settings.high_low.cooldown = std::chrono::seconds(5);
    TickLane lane(settings);
    Trades trades;
    trades.add(symbol_a, 0, 10'000);
    trades.add(symbol_a, 100, 10'100);
    trades.add(symbol_a, 200, 10'200);  // waits until 5.1 s
    trades.work(lane);
    ASSERT_EQ(lane.detections().size(), 1U);
    lane.fire_through(Trades::at(5'099));
    EXPECT_EQ(lane.second_bars(), 1U);
    EXPECT_EQ(lane.detections().size(), 1U);
    lane.fire_through(Trades::at(5'100));
    ASSERT_EQ(lane.detections().size(), 2U);
    const OrderKey& key = lane.detections().back().key;
    EXPECT_EQ(key.fire, Trades::at(5'100));
    EXPECT_EQ(key.sequence, sequence_end);
    EXPECT_EQ(key.phase, 0);
}

TEST(TickLane, StateOfDetectorsThatAreGoneIsPassedOver) {
    std::vector<UnixNanos> seen;
    const PipelineExtensions extensions = faulty_twice(seen, seen);
    PipelineSettings without_trend;
    without_trend.trend.enabled = false;
    TickLane lane(PipelineSettings{}, &extensions);
    Trades trades;
    trades.add(symbol_b, 0, 10'000);
    trades.work(lane);
    StateWriter out;
    lane.save_symbol(symbol_b, out);
    TickLane other(without_trend);
    StateReader in(out.text());
    other.load_symbol(symbol_b, in);
    EXPECT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(other.next_deadline(), lane.next_deadline());
    other.forget_symbol(symbol_b);
    EXPECT_EQ(other.next_deadline(), time_never);
    EXPECT_EQ(other.open_deadlines(), 0U);
}

TEST(FaultGuard, SaysWhetherTheCallCameToItsEnd) {
    FaultGuard guard(ChannelType::Fmv);
    EXPECT_TRUE(guard.run("valuation", {}, [] {}));
    EXPECT_FALSE(guard.run("valuation", {symbol_b, Sequence{7}, Trades::at(1)},
                           [] { throw std::out_of_range("far"); }));
    ASSERT_EQ(guard.list().size(), 1U);
    EXPECT_EQ(guard.list()[0].channel, ChannelType::Fmv);
    EXPECT_EQ(guard.list()[0].reason, "far");
    guard.list().clear();
    EXPECT_EQ(guard.failures(), 1U);
}

}  // namespace
}  // namespace tickstock
