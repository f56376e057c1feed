#include "detectors/high_low.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tickstock {
namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t start = 1'709'650'800'000 * ms;

class HighLow : public ::testing::Test {
protected:
    HighLow() {
        stats_.session_key = 8;
        stats_.session = TradingSession::Regular;
        stats_.session_end = unix_nanos(start + 3'600'000 * ms);
    }

    Trade trade_at(std::int64_t at_ms, std::int64_t milli_cents) {
        Trade trade;
        trade.header.symbol = SymbolId(0);
        trade.header.ts_event = unix_nanos(start + at_ms * ms);
        trade.price = Price::from_raw(milli_cents * 10'000);
        trade.size = Size::from_shares(100);
        trade.exchange = 11;
        trade.id = TradeId("t" + std::to_string(++ids_));
        return trade;
    }
    /// A trade in thousandths of a cent, at its own clock. The number of detections so far.
    std::size_t trade(std::int64_t at_ms, std::int64_t milli_cents) {
        last_ = trade_at(at_ms, milli_cents);
        fire_until(at_ms);
        IntakeNote note;
        note.period = period_;
        note.eligibility = Eligibility::all();
        const double mean = stats_.mean_size();
        stats_.add_volume(last_.price, last_.size);
        detector_.on_trade(last_, note, stats_, mean, moment(at_ms, 1), sink_);
        return found().size();
    }
    void fire_until(std::int64_t at_ms) {
        while (sink_.next_deadline() <= unix_nanos(start + at_ms * ms)) {
            const Deadline deadline = sink_.pop_deadline();
            detector_.on_deadline(deadline, stats_, {deadline.at, Sequence{1}, 0}, sink_);
        }
    }
    bool cancel(const Trade& original, std::int64_t at_ms) {
        Trade correction = original;
        correction.correction = Trade::correction_cancel;
        return detector_.on_correction(correction, moment(at_ms, 1), sink_);
    }
    static Moment moment(std::int64_t at_ms, std::uint8_t phase) {
        return {unix_nanos(start + at_ms * ms), Sequence{1}, phase};
    }
    std::vector<Detection>& found() { return sink_.detections(); }
    const HighLowData& data() { return std::get<HighLowData>(found().back().data); }

    HighLowDetector detector_{HighLowSettings{}};
    SessionStats stats_;
    DetectionSink sink_;
    MarketPeriod period_ = MarketPeriod::Midday;
    Trade last_;
    int ids_ = 0;
};

TEST_F(HighLow, TheFirstTradeIsTheOpenAndNoEvent) {
    EXPECT_EQ(trade(0, 1'000'000), 0U);
    EXPECT_EQ(trade(1, 1'000'000), 0U);
}

TEST_F(HighLow, BothThresholdsAreReachedExactly) {
    // 10.00: a cent is exactly 0.1 %.
    trade(0, 1'000'000);
    EXPECT_EQ(trade(1, 1'000'999), 0U);
    EXPECT_EQ(trade(2, 1'001'000), 1U);
    EXPECT_EQ(found()[0].evidence.prior_extreme, Price::from_raw(10'009'990'000));
    EXPECT_EQ(data().coalesced, 2U);
    EXPECT_EQ(data().previous_high, Price::from_cents(1000));
    EXPECT_EQ(data().previous_low, Price::from_cents(1000));
}

TEST_F(HighLow, TheLargerOfTheTwoThresholdsDecides) {
    trade(0, 10'000'000);  // 100.00: 0.1 % is ten cents
    EXPECT_EQ(trade(1, 10'009'999), 0U);
    EXPECT_EQ(trade(2, 10'010'000), 1U);
    detector_.reset(SymbolId(0));
    trade(3, 100'000);  // 1.00: a cent is 1 %
    EXPECT_EQ(trade(4, 100'999), 1U);
    EXPECT_EQ(trade(5, 101'000), 2U);
}

TEST_F(HighLow, ThePeriodsMultiplyBoth) {
    period_ = MarketPeriod::Premarket;
    trade(0, 1'000'000);
    EXPECT_EQ(trade(1, 1'001'999), 0U);
    EXPECT_EQ(trade(2, 1'002'000), 1U);
    period_ = MarketPeriod::Opening;
    EXPECT_EQ(trade(3, 998'501), 1U);
    EXPECT_EQ(trade(4, 998'500), 2U);
    const auto thresholds = found().back().evidence.thresholds.items();
    ASSERT_EQ(thresholds.size(), 2U);
    EXPECT_STREQ(thresholds[0].name, "min_price_change");
    EXPECT_EQ(thresholds[0].value_e12, 15'000'000'000);
    EXPECT_STREQ(thresholds[1].name, "min_percent_change");
    EXPECT_EQ(thresholds[1].value_e12, 150'000'000'000);
}

TEST_F(HighLow, SmallStepsAddUpFromTheLastEmission) {
    trade(0, 1'000'000);
    for (int step = 1; step < 10; ++step) {
        EXPECT_EQ(trade(step, 1'000'000 + step * 100), 0U);
    }
    EXPECT_EQ(trade(10, 1'001'000), 1U);
    EXPECT_EQ(data().coalesced, 10U);
}

TEST_F(HighLow, TheCooldownEndsOnItsNanosecond) {
    trade(0, 1'000'000);
    ASSERT_EQ(trade(0, 1'010'000), 1U);
    EXPECT_EQ(trade(999, 1'020'000), 1U);
    EXPECT_EQ(sink_.open_deadlines(), 1U);
    EXPECT_EQ(trade(999, 1'030'000), 1U);
    EXPECT_EQ(sink_.open_deadlines(), 1U) << "one wait, however many extremes";
    fire_until(1000);
    ASSERT_EQ(found().size(), 2U);
    EXPECT_EQ(found()[1].price, Price::from_cents(1030));
    EXPECT_EQ(found()[1].ts, unix_nanos(start + 999 * ms));
    EXPECT_EQ(found()[1].key.fire, unix_nanos(start + 1000 * ms));
    EXPECT_EQ(data().coalesced, 2U);
    // The waiting one's emission started a cooldown of its own at its deadline.
    EXPECT_EQ(trade(1999, 1'040'000), 2U);
    fire_until(2000);
    EXPECT_EQ(found().size(), 3U);
    EXPECT_EQ(trade(3000, 1'050'000), 4U) << "at the cooldown's end, nothing waits";
}

TEST_F(HighLow, HighAndLowCoolDownApart) {
    trade(0, 1'000'000);
    EXPECT_EQ(trade(0, 1'010'000), 1U);
    EXPECT_EQ(trade(0, 990'000), 2U);
}

TEST_F(HighLow, WhatWaitsGoesOutAtTheSessionsEnd) {
    stats_.session_end = unix_nanos(start + 500 * ms);
    trade(0, 1'000'000);
    trade(0, 1'010'000);
    trade(100, 1'020'000);
    EXPECT_EQ(sink_.next_deadline(), stats_.session_end);
    // The session is over on the clock, but its trades still come: no time to wait is left.
    fire_until(500);
    ASSERT_EQ(found().size(), 2U);
    EXPECT_EQ(trade(600, 1'030'000), 3U);
    EXPECT_EQ(found().back().key.phase, 1);
}

TEST_F(HighLow, ALaterSessionFlushesInOrderOfTheDeadlines) {
    trade(0, 1'000'000);
    trade(0, 990'000);     // low
    trade(10, 1'010'000);  // high
    trade(20, 1'020'000);  // waits until 1010
    trade(30, 980'000);    // waits until 1000
    ASSERT_EQ(found().size(), 2U);
    detector_.flush_pending(SymbolId(0), time_never, stats_, moment(40, 0), sink_);
    ASSERT_EQ(found().size(), 4U);
    EXPECT_EQ(found()[2].type, EventType::Low) << "its deadline is the earlier one";
    EXPECT_EQ(data().count_down, 2U);
    EXPECT_EQ(data().previous_low, Price::from_cents(980));
    fire_until(5000);
    EXPECT_EQ(found().size(), 4U) << "the deadlines themselves find nothing any more";
}

TEST_F(HighLow, ReversalsNeedAlternationWithinTheirWindow) {
    trade(0, 1'000'000);
    trade(0, 1'010'000);  // high
    EXPECT_EQ(data().reversal, Reversal::None);
    trade(300'000, 990'000);  // low, exactly 300 s after
    EXPECT_EQ(data().reversal, Reversal::VTop);
    trade(600'000, 1'020'000);  // high, low, high
    EXPECT_EQ(data().reversal, Reversal::WBottom);
    trade(900'000, 980'000);
    EXPECT_EQ(data().reversal, Reversal::MTop);
    trade(1'200'001, 1'030'000);
    EXPECT_EQ(data().reversal, Reversal::None) << "a millisecond too late";
    trade(1'300'000, 1'040'000);
    EXPECT_EQ(data().reversal, Reversal::None);
    trade(1'310'000, 970'000);
    EXPECT_EQ(data().reversal, Reversal::VTop) << "two highs before: no alternation";
    trade(1'320'000, 960'000);
    EXPECT_EQ(data().reversal, Reversal::VTop) << "the last high, behind another low";
}

TEST_F(HighLow, ACancelStepsBackOnce) {
    trade(0, 1'000'000);
    trade(1, 1'010'000);
    const Trade first = last_;
    trade(2000, 1'020'000);
    const Trade second = last_;
    ASSERT_EQ(found().size(), 2U);
    EXPECT_FALSE(cancel(first, 3000)) << "passed since";
    Trade elsewhere = second;
    elsewhere.exchange = 4;
    EXPECT_FALSE(cancel(elsewhere, 3000));
    ASSERT_TRUE(cancel(second, 3000));
    EXPECT_EQ(found().back().price, Price::from_cents(1010));
    EXPECT_TRUE(found().back().revises_last);
    EXPECT_TRUE(data().cancelled);
    EXPECT_EQ(found().back().ts, second.header.ts_event);
    EXPECT_EQ(data().session_high, Price::from_cents(1020)) << "the other fields stay";
    EXPECT_FALSE(cancel(second, 3001)) << "only once";
    EXPECT_FALSE(cancel(first, 3001)) << "kept one deep";
    // The extreme stands at 10.10 again, which is the last emitted one too.
    EXPECT_EQ(trade(5000, 1'010'000), 3U);
    EXPECT_EQ(trade(5000, 1'010'500), 3U);
    EXPECT_EQ(trade(5000, 1'011'100), 4U);
    EXPECT_EQ(data().previous_high, Price::from_cents(1010));
    EXPECT_EQ(data().count_up, 3U) << "a cancelled one still counts";
}

TEST_F(HighLow, ACancelOfWhatWaitsChangesNothing) {
    trade(0, 1'000'000);
    trade(0, 1'010'000);
    trade(500, 1'020'000);
    EXPECT_FALSE(cancel(last_, 600));
    fire_until(1000);
    EXPECT_EQ(found().size(), 2U);
    EXPECT_TRUE(cancel(last_, 1100)) << "now it is out";
}

TEST_F(HighLow, OnlyReplacementsAndCancelsTakeBackAndNoPriceOfTheirsIsUsed) {
    trade(0, 1'000'000);
    trade(1, 1'010'000);
    Trade correction = last_;
    correction.price = Price::from_cents(5000);
    for (const int value : {3, 7, 12, 255}) {
        correction.correction = static_cast<std::uint8_t>(value);
        EXPECT_FALSE(detector_.on_correction(correction, moment(2, 1), sink_)) << value;
    }
    correction.correction = Trade::correction_replace;
    EXPECT_TRUE(detector_.on_correction(correction, moment(2, 1), sink_));
    EXPECT_EQ(found().back().price, Price::from_cents(1000));
    EXPECT_EQ(detector_.session_of(SymbolId(0)).high, Price::from_cents(1000));
}

TEST_F(HighLow, WhatDidNotQualifyCannotBeTakenBackNorWhatItPassed) {
    trade(0, 1'000'000);
    trade(1, 1'010'000);
    const Trade emitted = last_;
    ASSERT_EQ(trade(5000, 1'010'001), 1U) << "a new high, too near to tell";
    EXPECT_FALSE(cancel(last_, 5001));
    EXPECT_FALSE(cancel(emitted, 5001)) << "passed since";
}

TEST_F(HighLow, AHaltDoesNotKeepWhatWasToldFromBeingTakenBack) {
    trade(0, 1'000'000);
    trade(1, 1'010'000);
    stats_.muted = true;
    detector_.mute(SymbolId(0));
    EXPECT_TRUE(cancel(last_, 2));
    EXPECT_TRUE(data().cancelled);
}

TEST_F(HighLow, TheBandOfTheTradeThatSetTheExtremeIsTold) {
    trade(0, 1'000'000);
    IntakeNote note;
    note.period = period_;
    note.luld_band = LuldBand::Upper;
    detector_.on_trade(trade_at(1, 1'010'000), note, stats_, 0, moment(1, 1), sink_);
    detector_.on_trade(trade_at(2, 1'020'000), note, stats_, 0, moment(2, 1), sink_);
    EXPECT_EQ(found().back().evidence.luld_band, LuldBand::Upper);
    note.luld_band = LuldBand::None;
    detector_.on_trade(trade_at(3, 1'030'000), note, stats_, 0, moment(3, 1), sink_);
    fire_until(5000);
    ASSERT_EQ(found().size(), 2U);
    EXPECT_EQ(found().back().evidence.luld_band, LuldBand::None) << "the later trade's";
}

TEST_F(HighLow, TheOpenCannotBeTakenBack) {
    trade(0, 1'000'000);
    EXPECT_FALSE(cancel(last_, 1));
}

TEST_F(HighLow, ATradeWithoutIdIsNotNamedByACorrectionWithoutId) {
    trade(0, 1'000'000);
    Trade nameless = trade_at(1, 1'010'000);
    nameless.id = TradeId();
    IntakeNote note;
    note.period = period_;
    detector_.on_trade(nameless, note, stats_, 0, moment(1, 1), sink_);
    ASSERT_EQ(found().size(), 1U);
    EXPECT_FALSE(cancel(nameless, 2));
}

TEST_F(HighLow, MutedStateGoesOnWithoutEvents) {
    trade(0, 1'000'000);
    trade(0, 1'010'000);
    trade(10, 1'020'000);
    stats_.muted = true;
    detector_.mute(SymbolId(0));
    fire_until(5000);
    EXPECT_EQ(found().size(), 1U) << "what waited is not emitted";
    EXPECT_EQ(trade(6000, 1'100'000), 1U);
    stats_.muted = false;
    EXPECT_EQ(trade(7000, 1'100'000), 1U) << "no new extreme";
    EXPECT_EQ(trade(7000, 1'100'001), 2U);
    EXPECT_EQ(data().coalesced, 3U);
    EXPECT_EQ(data().previous_high, Price::from_cents(1010));
}

TEST_F(HighLow, DataOfTheFirstEventByHand) {
    trade(0, 1'000'000);
    trade(1, 1'010'000);
    ASSERT_EQ(found().size(), 1U);
    EXPECT_DOUBLE_EQ(data().percent_change, 1.0);
    EXPECT_DOUBLE_EQ(data().vwap, 10.05);
    EXPECT_NEAR(data().vwap_divergence, 100 * 0.05 / 10.05, 1e-9);
    EXPECT_DOUBLE_EQ(data().rel_volume, 1.0);
    EXPECT_DOUBLE_EQ(data().significance, 0.5 * 20 + 0.5 * 25);
    EXPECT_EQ(data().count_up, 1U);
    EXPECT_EQ(data().count_down, 0U);
    EXPECT_FALSE(found()[0].evidence.configured);
}

TEST_F(HighLow, TheGreatestPricesDoNotOverflow) {
    const std::int64_t greatest = (Price::limit_raw - 1) / 10'000;
    trade(0, 1);
    EXPECT_EQ(trade(1, greatest), 1U);
    EXPECT_EQ(trade(5000, 2), 1U);
}

}  // namespace
}  // namespace tickstock
