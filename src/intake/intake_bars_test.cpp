// What intake tells about bars, fair values and price bands.
#include <gtest/gtest.h>

#include "intake/intake.hpp"

namespace tickstock {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const UnixNanos tuesday = from_unix_second(1'719'892'800);  // 2024-07-02, midnight in New York
const UnixNanos nine_thirty = tuesday + hours(9) + minutes(30);
const UnixNanos four = tuesday + hours(16);

class IntakeBars : public ::testing::Test {
protected:
    static RecordHeader header(UnixNanos at, SourceKind source) {
        RecordHeader result;
        result.symbol = SymbolId(0);
        result.ts_event = at;
        result.source_kind = source;
        return result;
    }
    bool trade(UnixNanos at, std::int64_t cents, std::initializer_list<unsigned> conditions = {},
               SourceKind source = SourceKind::Tick, std::uint8_t correction = 0) {
        Trade result;
        result.header = header(at, source);
        result.price = Price::from_cents(cents);
        result.size = Size::from_shares(100);
        result.correction = correction;
        for (const unsigned code : conditions) {
            result.conditions.add(code);
        }
        return accept(result);
    }
    bool bar(Timeframe timeframe, UnixNanos start, std::int64_t low = 900,
             std::int64_t high = 1100) {
        Bar result;
        result.header = header(start, SourceKind::Ohlcv);
        result.timeframe = timeframe;
        result.open = result.low = result.close = Price::from_cents(low);
        result.high = Price::from_cents(high);
        return accept(result);
    }
    /// "high low" as far as trades had reached them.
    std::string known(UnixNanos start, std::int64_t low, std::int64_t high) {
        if (!bar(Timeframe::Minute1, start, low, high)) {
            return "dropped";
        }
        return std::string(note_.high_known ? "high " : "") + (note_.low_known ? "low" : "");
    }
    bool status(UnixNanos at, TradingStatus::Action action, std::int64_t lower = 0,
                std::int64_t upper = 0) {
        TradingStatus result;
        result.header = header(at, SourceKind::Tick);
        result.action = action;
        result.band_lower = Price::from_cents(lower);
        result.band_upper = Price::from_cents(upper);
        return accept(result);
    }
    bool bands(UnixNanos at, std::int64_t lower, std::int64_t upper) {
        return status(at, TradingStatus::Action::None, lower, upper);
    }
    std::string band_of_trade(UnixNanos at, std::int64_t cents) {
        return trade(at, cents) ? std::string(to_string(note_.luld_band)) : "dropped";
    }
    bool accept(const Record& record) { return intake_.accept(record, note_); }
    std::uint64_t dropped(Reason reason) const { return intake_.counts().dropped_for(reason); }

    const TradingCalendar calendar_;
    Intake intake_{IntakeSettings{}, calendar_, ConditionTable{}};
    IntakeNote note_;
};

TEST_F(IntakeBars, EachTimeframeHasASessionOfItsOwn) {
    // The hour that begins at 15:00 comes at 16:00, after the first minute of after hours.
    EXPECT_TRUE(bar(Timeframe::Minute1, four));
    EXPECT_TRUE(bar(Timeframe::Hour1, tuesday + hours(15)));
    EXPECT_TRUE(bar(Timeframe::Minute5, four - minutes(5)));
    EXPECT_TRUE(bar(Timeframe::Minute15, four - minutes(15)));
    EXPECT_FALSE(bar(Timeframe::Minute1, four - minutes(1)));
    EXPECT_EQ(dropped(Reason::LateSession), 1U);
    EXPECT_TRUE(bar(Timeframe::Hour1, four));
    EXPECT_FALSE(bar(Timeframe::Hour1, tuesday + hours(15)));
    EXPECT_EQ(dropped(Reason::LateSession), 2U);
    EXPECT_FALSE(bar(Timeframe::Minute1, tuesday + hours(3)));
    EXPECT_EQ(dropped(Reason::Closed), 1U);
    EXPECT_TRUE(bar(Timeframe::Day1, tuesday));
    EXPECT_TRUE(trade(nine_thirty, 1000)) << "bars do not move the symbol's session";
}

TEST_F(IntakeBars, TradesMakeHighAndLowKnown) {
    const UnixNanos at = nine_thirty + minutes(5);
    EXPECT_EQ(known(at, 900, 1100), "");
    ASSERT_TRUE(trade(at, 1000));
    EXPECT_EQ(known(at, 900, 1100), "");
    EXPECT_EQ(known(at, 1000, 1000), "high low") << "reached is enough";
    EXPECT_EQ(known(at, 999, 1000), "high ");
    EXPECT_EQ(known(at, 1000, 1001), "low");
    ASSERT_TRUE(trade(at, 1100));
    ASSERT_TRUE(trade(at, 900));
    EXPECT_EQ(known(at, 900, 1100), "high low");
}

TEST_F(IntakeBars, OnlyAcceptedTradesThatMayMakeAHighCount) {
    const UnixNanos at = nine_thirty + minutes(5);
    ASSERT_TRUE(trade(at, 1000));
    EXPECT_TRUE(trade(at, 1100, {37})) << "an odd lot";
    EXPECT_FALSE(trade(at, 2000)) << "quarantined";
    EXPECT_TRUE(trade(at, 1100, {}, SourceKind::Channel));
    EXPECT_TRUE(trade(at, 1100, {}, SourceKind::Tick, Trade::correction_cancel));
    EXPECT_EQ(known(at, 1000, 1100), "low");
    EXPECT_TRUE(trade(at, 1100, {22}, SourceKind::WebSocket)) << "high/low but not last";
    EXPECT_EQ(known(at, 1000, 1100), "high low");
}

TEST_F(IntakeBars, TheBarsOwnSessionCounts) {
    ASSERT_TRUE(trade(four - seconds(30), 1000));
    ASSERT_TRUE(trade(four, 1005));
    EXPECT_EQ(known(four - minutes(1), 1000, 1000), "high low") << "the session before";
    EXPECT_EQ(known(four - minutes(1), 1000, 1005), "low");
    EXPECT_EQ(known(four, 1000, 1005), "high ");
    ASSERT_TRUE(trade(tuesday + hours(28), 1005));  // the next day's pre: regular is forgotten
    EXPECT_TRUE(bar(Timeframe::Minute5, four - minutes(5), 1000, 1000));
    EXPECT_FALSE(note_.high_known || note_.low_known);
}

TEST_F(IntakeBars, BarsAndFairValuesSayThatTheirSymbolIsHalted) {
    FairValue value;
    value.header = header(nine_thirty, SourceKind::Fmv);
    value.value = Price::from_cents(1000);
    const auto muted = [&] {
        EXPECT_TRUE(accept(value));
        const bool by_value = note_.muted;
        EXPECT_TRUE(bar(Timeframe::Minute1, nine_thirty));
        EXPECT_EQ(note_.muted, by_value);
        return by_value;
    };
    ASSERT_TRUE(trade(nine_thirty, 1000));
    EXPECT_FALSE(muted());
    ASSERT_TRUE(status(nine_thirty, TradingStatus::Action::Halt));
    EXPECT_TRUE(muted());
    ASSERT_TRUE(status(nine_thirty, TradingStatus::Action::Resume));
    EXPECT_TRUE(muted()) << "until the first trade after";
    ASSERT_TRUE(trade(nine_thirty, 1000));
    EXPECT_FALSE(muted());
}

TEST_F(IntakeBars, ATradeAtOrBeyondABandSaysSo) {
    const UnixNanos at = nine_thirty;
    EXPECT_EQ(band_of_trade(at, 1000), "") << "no bands known";
    ASSERT_TRUE(bands(at, 950, 1050));
    EXPECT_EQ(band_of_trade(at, 1049), "");
    EXPECT_EQ(band_of_trade(at, 1050), "upper");
    EXPECT_EQ(band_of_trade(at, 1051), "upper");
    EXPECT_EQ(band_of_trade(at, 951), "");
    EXPECT_EQ(band_of_trade(at, 950), "lower");
    ASSERT_TRUE(trade(at, 940, {37}));
    EXPECT_EQ(note_.luld_band, LuldBand::None) << "it makes no low";
    ASSERT_TRUE(status(at, TradingStatus::Action::Pause));
    EXPECT_EQ(band_of_trade(at, 950), "lower") << "a status without bands leaves them";
    ASSERT_TRUE(bands(at, 0, 1100));
    EXPECT_EQ(band_of_trade(at, 940), "") << "no lower band given";
    EXPECT_EQ(band_of_trade(at, 1100), "upper");
}

TEST_F(IntakeBars, BandsEndWithTheirSession) {
    ASSERT_TRUE(trade(nine_thirty - minutes(1), 1000));
    ASSERT_TRUE(bands(nine_thirty, 950, 1050));  // before the session's first trade
    EXPECT_EQ(band_of_trade(nine_thirty - seconds(1), 1005), "");
    EXPECT_EQ(band_of_trade(nine_thirty, 1050), "upper");
    ASSERT_TRUE(bands(nine_thirty - minutes(5), 1, 2)) << "of an earlier session";
    EXPECT_EQ(band_of_trade(nine_thirty, 1050), "upper");
    EXPECT_EQ(band_of_trade(four, 1050), "");
}

TEST_F(IntakeBars, WhatIsOfNoUseStillMovesTheSession) {
    ASSERT_TRUE(trade(nine_thirty - minutes(1), 1000));
    EXPECT_TRUE(note_.enters_session);
    ASSERT_TRUE(trade(nine_thirty - minutes(1), 1000));
    EXPECT_FALSE(note_.enters_session);
    EXPECT_FALSE(trade(nine_thirty, 5000)) << "quarantined";
    EXPECT_TRUE(note_.session_only);
    EXPECT_FALSE(note_.eligibility.any());
    EXPECT_FALSE(trade(nine_thirty, 5000));
    EXPECT_FALSE(note_.session_only) << "entered already";
    EXPECT_FALSE(trade(nine_thirty - seconds(1), 1000));
    EXPECT_EQ(dropped(Reason::LateSession), 1U);
    EXPECT_TRUE(trade(four, 1000, {15})) << "ineligible: its channel drops it";
    EXPECT_TRUE(note_.enters_session);
    EXPECT_FALSE(trade(four - seconds(1), 1000));
    EXPECT_EQ(dropped(Reason::LateSession), 2U);
}

}  // namespace
}  // namespace tickstock
