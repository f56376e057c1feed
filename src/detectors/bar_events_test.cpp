#include "detectors/bar_events.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace tickstock {
namespace {

/// Prices in cents, volumes in shares; a quiet bar is 100.00 flat, 100 shares.
struct Shape {
    std::int64_t open = 10'000;
    std::int64_t high = 10'000;
    std::int64_t low = 10'000;
    std::int64_t close = 10'000;
    std::int64_t volume = 100;
};

/// From open to close, with no wick.
Shape move(std::int64_t open, std::int64_t close, std::int64_t volume = 100) {
    return {open, std::max(open, close), std::min(open, close), close, volume};
}

class BarEvents : public ::testing::Test {
protected:
    Bar bar_of(int number, const Shape& shape) const {
        Bar bar;
        bar.header.symbol = SymbolId(3);
        bar.header.source_kind = SourceKind::Ohlcv;
        bar.header.source_sequence = 77;
        bar.header.ts_event = start_of(number);
        bar.timeframe = timeframe_;
        bar.open = Price::from_cents(shape.open);
        bar.high = Price::from_cents(shape.high);
        bar.low = Price::from_cents(shape.low);
        bar.close = Price::from_cents(shape.close);
        bar.volume = Size::from_shares(shape.volume);
        return bar;
    }
    UnixNanos start_of(int number) const {
        return unix_nanos(1'709'650'800'000'000'000) + number * length_;
    }
    std::optional<Reason> give(const Bar& bar) {
        sink_.detections().clear();
        return detector_->on_bar(bar, note_, {bar.header.ts_event + length_, Sequence{9}, 1},
                                 sink_);
    }
    /// Types told by the bar, in order: "surge high".
    std::string told(const Bar& bar) {
        EXPECT_EQ(give(bar), std::nullopt);
        std::string text;
        for (const Detection& detection : sink_.detections()) {
            text += (text.empty() ? "" : " ") + std::string(to_string(detection.type));
        }
        return text;
    }
    std::string told(int number, const Shape& shape) { return told(bar_of(number, shape)); }
    /// Quiet bars [from, to).
    void quiet(int from, int to) {
        for (int number = from; number < to; ++number) {
            EXPECT_EQ(told(number, Shape{}), "");
        }
    }
    const Detection& found(std::size_t index = 0) { return sink_.detections().at(index); }
    const BarData& data() { return std::get<BarData>(found().data); }
    void use(Timeframe timeframe, Nanos length) {
        timeframe_ = timeframe;
        length_ = length;
    }

    std::optional<BarEventDetector> detector_{std::in_place, BarEventSettings{}, HighLowSettings{}};
    IntakeNote note_ = [] {
        IntakeNote note;
        note.session_key = 10;
        note.session = TradingSession::Regular;
        note.period = MarketPeriod::Midday;
        return note;
    }();
    DetectionSink sink_;
    Timeframe timeframe_ = Timeframe::Minute1;
    Nanos length_ = std::chrono::minutes{1};
};

TEST_F(BarEvents, ASurgeNeedsThreeTimesTheVolumeAndTheMinimumExactly) {
    quiet(0, 5);
    EXPECT_EQ(told(5, {10'000, 10'000, 9'975, 9'975, 299}), "low");
    EXPECT_EQ(told(6, {10'000, 10'000, 9'976, 9'976, 900}), "");  // 0.24 %
    quiet(7, 27);
    EXPECT_EQ(told(27, move(10'000, 10'025, 300)), "surge high");
    EXPECT_EQ(found().direction, Direction::Up);
    EXPECT_EQ(found().price, Price::from_cents(10'025));
    EXPECT_EQ(found().volume, Size::from_shares(300));
    EXPECT_EQ(found().ts, start_of(28));
    EXPECT_EQ(found().timeframe, Timeframe::Minute1);
    EXPECT_EQ(found().key.rank, EventRank::Bar);
    EXPECT_EQ(found().source, SourceKind::Ohlcv);
    EXPECT_EQ(found().session_key, 10);
    EXPECT_DOUBLE_EQ(found().score, 3);
    EXPECT_DOUBLE_EQ(data().percent_change, 0.25);
    EXPECT_DOUBLE_EQ(data().volume_multiplier, 3);
    const auto thresholds = found().evidence.thresholds.items();
    ASSERT_EQ(thresholds.size(), 2U);
    EXPECT_STREQ(thresholds[0].name, "min_percent_change");
    EXPECT_EQ(thresholds[0].value_e12, 250'000'000'000);
    EXPECT_STREQ(thresholds[1].name, "volume_multiple");
    EXPECT_EQ(thresholds[1].value_e12, 3'000'000'000'000);
    EXPECT_EQ(found().evidence.source_sequence, 77U);
    EXPECT_STREQ(found().evidence.rule_version, "bars/1");
    EXPECT_FALSE(found().evidence.configured);
}

TEST_F(BarEvents, OrHalfTheVolumeWithTwiceTheMinimum) {
    quiet(0, 20);
    EXPECT_EQ(told(20, {10'000, 10'000, 9'950, 9'950, 149}), "low");
    quiet(21, 41);
    EXPECT_EQ(told(41, {10'000, 10'000, 9'951, 9'951, 150}), "");
    quiet(42, 62);
    EXPECT_EQ(told(62, {10'000, 10'000, 9'950, 9'950, 150}), "surge");
    EXPECT_EQ(found().direction, Direction::Down);
    EXPECT_EQ(found().evidence.thresholds.items()[0].value_e12, 500'000'000'000);
    EXPECT_EQ(found().evidence.thresholds.items()[1].value_e12, 1'500'000'000'000);
}

TEST_F(BarEvents, EachTimeframeHasItsMinimumAndItsOwnState) {
    struct Row {
        Timeframe timeframe;
        Nanos length;
        std::int64_t cents;
    };
    using namespace std::chrono_literals;
    for (const Row& row : {Row{Timeframe::Minute1, 1min, 25}, Row{Timeframe::Minute5, 5min, 50},
                           Row{Timeframe::Minute15, 15min, 75}, Row{Timeframe::Hour1, 1h, 100},
                           Row{Timeframe::Day1, 24h, 100}}) {
        use(row.timeframe, row.length);
        quiet(0, 5);
        EXPECT_EQ(told(5, {10'000, 10'000, 10'000 - row.cents + 1, 10'000 - row.cents + 1, 300}),
                  "low");
        quiet(6, 26);
        EXPECT_EQ(told(26, move(10'000, 10'000 + row.cents, 300)), "surge high");
        EXPECT_EQ(found().ts, start_of(27));
        EXPECT_EQ(found().timeframe, row.timeframe);
    }
}

TEST_F(BarEvents, FiveBarsMakeAnAverage) {
    quiet(0, 4);
    EXPECT_EQ(told(4, move(10'000, 11'000, 9'000)), "");  // four before
    EXPECT_EQ(told(5, move(11'000, 12'000, 90'000)), "surge high");
    EXPECT_DOUBLE_EQ(data().volume_multiplier, 90'000.0 * 5 / 9'400);
}

TEST_F(BarEvents, TwentyBarsAtMostMakeIt) {
    EXPECT_EQ(told(0, {10'000, 10'000, 10'000, 10'000, 1'000'000}), "");
    quiet(1, 21);
    EXPECT_EQ(told(21, move(10'000, 10'100, 300)), "surge high");
    EXPECT_DOUBLE_EQ(data().volume_multiplier, 3);
}

TEST_F(BarEvents, AGivenAverageAndAGivenPercentWin) {
    Bar bar = bar_of(0, move(10'000, 10'100, 300));
    bar.has_average_volume = true;
    bar.average_volume = Size::from_shares(100);
    EXPECT_EQ(told(bar), "surge");
    bar.header.ts_event = start_of(1);
    bar.has_percent_change = true;
    bar.percent_change_micro = 249'999;
    EXPECT_EQ(told(bar), "");
    bar.header.ts_event = start_of(2);
    bar.percent_change_micro = -250'000;  // against its prices
    EXPECT_EQ(told(bar), "surge");
    EXPECT_EQ(found().direction, Direction::Down);
    EXPECT_DOUBLE_EQ(data().percent_change, -0.25);
    bar.header.ts_event = start_of(3);
    bar.average_volume = Size::from_raw(100'000'001);
    EXPECT_EQ(told(bar), "");
}

TEST_F(BarEvents, NoVolumeToCompareWithMeansNoEvent) {
    for (int number = 0; number < 6; ++number) {
        EXPECT_EQ(told(number, {10'000, 10'000, 10'000, 10'000, 0}), "");
    }
    EXPECT_EQ(told(6, move(10'000, 11'000, 0)), "");  // extremes go on
    Bar bar = bar_of(7, move(11'000, 12'000, 500));
    bar.has_average_volume = true;  // a given 0 wins over a computed one
    EXPECT_EQ(told(bar), "");
    bar = bar_of(8, move(12'000, 11'990, 500));
    bar.has_average_volume = true;
    bar.average_volume = Size::from_shares(500);
    EXPECT_EQ(told(bar), "");
    bar = bar_of(9, move(11'990, 12'001, 500));
    bar.has_average_volume = true;
    bar.average_volume = Size::from_shares(500);
    EXPECT_EQ(told(bar), "high");
    EXPECT_EQ(found().evidence.prior_extreme, Price::from_cents(12'000));
    EXPECT_EQ(found().evidence.prior_extreme_ts, start_of(8));
}

TEST_F(BarEvents, AtZeroPercentASurgeGoesUp) {
    BarEventSettings settings;
    settings.min_percent_change[0] = 0;
    detector_.emplace(settings, HighLowSettings{});
    for (int number = 0; number < 5; ++number) {
        told(number, Shape{});
    }
    EXPECT_EQ(told(5, {10'000, 10'000, 10'000, 10'000, 300}), "surge");
    EXPECT_EQ(found().direction, Direction::Up);
    EXPECT_TRUE(found().evidence.configured);
    // A sum of 0 points nowhere.
    const auto with_percent = [&](int number, std::int64_t micro) {
        Bar bar = bar_of(number, Shape{});
        bar.has_percent_change = true;
        bar.percent_change_micro = micro;
        return told(bar);
    };
    for (int number = 6; number < 10; ++number) {
        EXPECT_EQ(with_percent(number, 1), number < 9 ? "" : "trend");
    }
    EXPECT_EQ(with_percent(10, -1), "");
    EXPECT_EQ(with_percent(11, -1), "");
    EXPECT_EQ(with_percent(12, -1), "");
    EXPECT_EQ(with_percent(13, 4), "");
    EXPECT_EQ(with_percent(14, -1), "");
    EXPECT_EQ(with_percent(14, -2), "trend");
}

TEST_F(BarEvents, ExtremesAreMeasuredFromTheLastEmittedOneOfTheKind) {
    EXPECT_EQ(told(0, {10'000, 10'050, 9'960, 10'000, 100}), "");  // gives the extremes
    for (int number = 1; number < 6; ++number) {
        EXPECT_EQ(told(number, Shape{}), "");
    }
    EXPECT_EQ(told(6, {10'000, 10'050, 10'000, 10'000, 100}), "");  // equal: not beyond
    EXPECT_EQ(told(7, {10'000, 10'051, 10'000, 10'000, 100}), "high");
    EXPECT_EQ(found().price, Price::from_cents(10'051));
    EXPECT_EQ(found().evidence.prior_extreme, Price::from_cents(10'050));
    EXPECT_EQ(found().evidence.prior_extreme_ts, start_of(1));  // the earliest, its end
    EXPECT_DOUBLE_EQ(found().score, 1);
    EXPECT_EQ(told(8, {10'000, 10'061, 10'000, 10'000, 100}), "");  // 0.0995 % of 100.51
    EXPECT_EQ(told(9, {10'000, 10'062, 10'000, 10'000, 100}), "high");
    EXPECT_EQ(told(10, {10'000, 10'000, 9'959, 10'000, 100}), "low");  // from the open
    EXPECT_EQ(found().direction, Direction::Down);
    EXPECT_EQ(found().price, Price::from_cents(9'959));
    EXPECT_EQ(told(11, {10'000, 10'100, 9'900, 10'000, 100}), "high low");
    EXPECT_STREQ(found().evidence.thresholds.items()[0].name, "min_price_change");
    EXPECT_EQ(found().evidence.thresholds.items()[0].value_e12, 10'000'000'000);
    EXPECT_STREQ(found().evidence.thresholds.items()[1].name, "min_percent_change");
    EXPECT_EQ(found().evidence.thresholds.items()[1].value_e12, 100'000'000'000);
}

TEST_F(BarEvents, ThePeriodMultipliesWhatAnExtremeNeeds) {
    quiet(0, 6);
    note_.period = MarketPeriod::Premarket;
    EXPECT_EQ(told(6, {10'000, 10'019, 10'000, 10'000, 100}), "");
    EXPECT_EQ(told(7, {10'000, 10'020, 10'000, 10'000, 100}), "high");
    EXPECT_EQ(found().evidence.period, MarketPeriod::Premarket);
    EXPECT_EQ(found().evidence.thresholds.items()[1].value_e12, 200'000'000'000);
}

TEST_F(BarEvents, WhatTradesKnewIsMarked) {
    quiet(0, 6);
    note_.high_known = true;
    EXPECT_EQ(told(6, {10'000, 10'100, 9'900, 10'000, 100}), "high low");
    EXPECT_TRUE(found(0).known_from_trades);
    EXPECT_FALSE(found(1).known_from_trades);
    note_.high_known = false;
    note_.low_known = true;
    EXPECT_EQ(told(7, {10'000, 10'200, 9'800, 10'000, 100}), "high low");
    EXPECT_FALSE(found(0).known_from_trades);
    EXPECT_TRUE(found(1).known_from_trades);
}

TEST_F(BarEvents, ATrendIsToldOncePerChangeOfDirection) {
    quiet(0, 6);
    for (int number = 6; number < 9; ++number) {
        EXPECT_EQ(told(number, {10'000, 10'000, 9'990, 9'990, 100}), number == 6 ? "low" : "");
    }
    // Four of five, Σ = −0.5 %: exactly twice the minimum. One bar has no sign.
    EXPECT_EQ(told(9, {10'000, 10'000, 9'980, 9'980, 100}), "low trend");
    EXPECT_EQ(found(1).direction, Direction::Down);
    EXPECT_EQ(found(1).price, Price::from_cents(9'980));
    EXPECT_DOUBLE_EQ(found(1).score, 0.5);
    EXPECT_EQ(found(1).evidence.thresholds.items()[0].value_e12, 500'000'000'000);
    for (int number = 10; number < 15; ++number) {
        EXPECT_EQ(told(number, {10'000, 10'000, 9'980, 9'980, 100}), "");
    }
    quiet(15, 20);
    for (int number = 20; number < 25; ++number) {
        EXPECT_EQ(told(number, {10'000, 10'000, 9'980, 9'980, 100}), "");  // still down
    }
    for (int number = 25; number < 28; ++number) {
        EXPECT_EQ(told(number, {9'980, 10'000, 9'980, 10'000, 100}), "");
    }
    EXPECT_EQ(told(28, {9'980, 10'000, 9'980, 10'000, 100}), "trend");
    EXPECT_EQ(found().direction, Direction::Up);
}

TEST_F(BarEvents, ATrendsSumMustPointItsWay) {
    quiet(0, 6);
    EXPECT_EQ(told(6, {10'000, 10'000, 9'800, 9'800, 100}), "low");
    for (int number = 7; number < 11; ++number) {
        EXPECT_EQ(told(number, {9'980, 10'000, 9'980, 10'000, 100}), "");  // up, but Σ < 0
    }
    EXPECT_EQ(told(11, {9'980, 10'000, 9'980, 10'000, 100}), "trend");
    EXPECT_EQ(found().direction, Direction::Up);
}

TEST_F(BarEvents, EventsOfABarComeInOneOrder) {
    quiet(0, 6);
    for (int number = 6; number < 9; ++number) {
        told(number, {10'000, 10'010, 10'000, 10'010, 100});
    }
    EXPECT_EQ(told(9, {10'000, 10'200, 9'900, 10'100, 1'000}), "surge high low trend");
    EXPECT_EQ(found(0).key.k, 0U);
    EXPECT_EQ(found(3).key.k, 3U);
}

TEST_F(BarEvents, ARevisionTellsOnlyWhatIsNew) {
    quiet(0, 6);
    EXPECT_EQ(told(6, {10'000, 10'010, 10'000, 10'010, 300}), "high");
    EXPECT_EQ(told(6, {10'000, 10'030, 10'000, 10'030, 300}), "surge");  // no second high
    EXPECT_EQ(told(6, {10'000, 10'040, 9'980, 10'040, 900}), "low");
    EXPECT_EQ(told(6, {10'000, 10'050, 9'980, 10'050, 900}), "");
    // The revised bar counts: its high is the extreme, its first version's the last emitted.
    EXPECT_EQ(told(7, {10'000, 10'050, 10'000, 10'000, 100}), "");
    EXPECT_EQ(told(8, {10'000, 10'051, 10'000, 10'000, 100}), "high");
    EXPECT_EQ(found().evidence.prior_extreme, Price::from_cents(10'050));
    EXPECT_EQ(told(9, {10'000, 10'000, 10'000, 10'000, 225}), "");  // mean is (8·100 + 900)/9
    EXPECT_EQ(told(10, move(10'000, 10'025, 578)), "surge");  // (9·100 + 900 + 225 − 100)/10
}

TEST_F(BarEvents, ARevisionCannotPassLaterBars) {
    quiet(0, 6);
    EXPECT_EQ(told(6, Shape{}), "");
    EXPECT_EQ(told(7, {10'000, 10'100, 10'000, 10'000, 100}), "high");
    EXPECT_EQ(told(6, {10'000, 10'090, 10'000, 10'000, 100}), "");
    EXPECT_EQ(told(6, {10'000, 10'120, 10'000, 10'000, 100}), "high");
    EXPECT_EQ(found().ts, start_of(7));
}

TEST_F(BarEvents, ARevisionThatTakesAnExtremeBackStepsBack) {
    quiet(0, 6);
    EXPECT_EQ(told(6, {10'000, 11'000, 10'000, 10'000, 100}), "high");
    EXPECT_EQ(told(6, {10'000, 10'005, 10'000, 10'000, 100}), "");
    EXPECT_EQ(told(7, {10'000, 10'015, 10'000, 10'000, 100}), "");  // 0.0999 % of 100.05
    EXPECT_EQ(told(8, {10'000, 10'016, 10'000, 10'000, 100}), "high");
    EXPECT_EQ(found().evidence.prior_extreme, Price::from_cents(10'015));
}

TEST_F(BarEvents, AHighBelowAnEmittedOneThatWasTakenBackIsNotFarEnough) {
    quiet(0, 5);
    EXPECT_EQ(told(5, {10'000, 10'070, 10'000, 10'000}), "high");
    EXPECT_EQ(told(6, {10'000, 10'071, 10'000, 10'000}), "");
    EXPECT_EQ(told(7, {10'000, 10'042, 10'000, 10'000}), "");
    EXPECT_EQ(told(5, Shape{}), "");
    EXPECT_EQ(told(6, {10'000, 10'044, 10'000, 10'000}), "");
}

TEST_F(BarEvents, TheFirstBarsRevisionMovesOpenAndExtremes) {
    EXPECT_EQ(told(0, {10'000, 10'500, 9'500, 10'000, 100}), "");
    EXPECT_EQ(told(0, {10'100, 10'100, 10'000, 10'000, 100}), "");
    quiet(1, 6);
    // Its own revisions never pass what it gave.
    EXPECT_EQ(told(0, {10'100, 10'200, 9'900, 10'000, 100}), "");
    EXPECT_EQ(told(0, {10'100, 10'105, 10'000, 10'000, 100}), "");
    EXPECT_EQ(told(6, {10'000, 10'110, 10'000, 10'000, 100}), "");  // 0.099 % from the open
    EXPECT_EQ(told(7, {10'000, 10'111, 10'000, 10'000, 100}), "high");
    EXPECT_EQ(told(0, {10'000, 10'105, 10'000, 10'000, 100}), "");  // open moves no more
    EXPECT_EQ(told(8, {10'000, 10'121, 10'000, 10'000, 100}), "");
}

TEST_F(BarEvents, TheFirstBarIsNeverAHighOrLowWhateverAverageItBrings) {
    Bar first = bar_of(0, {10'000, 10'500, 9'500, 10'000, 100});
    first.has_average_volume = true;
    first.average_volume = Size::from_shares(100);
    EXPECT_EQ(told(first), "");
    quiet(1, 3);
    EXPECT_EQ(told(first), "");  // the same again, beyond the others
    first.high = Price::from_cents(10'600);
    first.low = Price::from_cents(9'400);
    EXPECT_EQ(told(first), "");
}

TEST_F(BarEvents, OnlyTheNewestBarTellsATrend) {
    quiet(0, 6);
    for (int number = 6; number < 10; ++number) {
        told(number, {10'000, 10'010, 10'000, 10'010, 100});
    }
    told(10, {10'010, 10'010, 10'010, 10'010, 100});
    EXPECT_EQ(told(9, {10'000, 10'090, 10'000, 10'090, 100}), "high");  // Σ to it is 1.2 %
    EXPECT_EQ(told(10, {10'000, 10'010, 10'000, 10'010, 100}), "trend");
}

TEST_F(BarEvents, BarsOutOfOrderTakeTheirPlaceAndOldOnesAreLate) {
    quiet(0, 10);
    quiet(11, 31);
    EXPECT_EQ(told(10, move(10'000, 10'100, 1'000)), "surge high");
    quiet(31, 32);
    EXPECT_EQ(give(bar_of(10, move(10'000, 10'200, 1'000))), Reason::LateBar);
    EXPECT_EQ(give(bar_of(-1, Shape{})), Reason::LateBar);
    EXPECT_EQ(told(11, move(10'000, 10'101, 1'000)), "surge");
}

TEST_F(BarEvents, ANewSessionStartsAnew) {
    quiet(0, 20);
    note_.session_key = 11;
    EXPECT_EQ(told(20, move(10'000, 12'000, 90'000)), "");  // no average, first bar
    note_.session_key = 10;
    EXPECT_EQ(give(bar_of(19, Shape{})), Reason::LateSession);
    note_.session_key = 11;
    for (int number = 21; number < 26; ++number) {
        EXPECT_EQ(told(number, move(12'000, 12'000)), number < 25 ? "" : "");
    }
    EXPECT_EQ(told(26, move(12'000, 12'100)), "high");
    EXPECT_EQ(found().evidence.prior_extreme, Price::from_cents(12'000));
}

TEST_F(BarEvents, ATrendMayBeToldAnewInEachSession) {
    for (const std::int64_t session : {11, 12}) {
        note_.session_key = session;
        const int begin = static_cast<int>(session) * 100;
        quiet(begin, begin + 6);
        for (int number = begin + 6; number < begin + 9; ++number) {
            told(number, {10'000, 10'020, 10'000, 10'020, 100});
        }
        EXPECT_EQ(told(begin + 9, {10'000, 10'020, 10'000, 10'020, 100}), "trend");
    }
}

TEST_F(BarEvents, SessionsOfTimeframesAreApart) {
    // An hour that began before the open ends after the first minutes of regular.
    note_.session_key = 11;
    quiet(0, 1);
    use(Timeframe::Hour1, std::chrono::hours{1});
    note_.session_key = 10;
    EXPECT_EQ(give(bar_of(-1, Shape{})), std::nullopt);
    use(Timeframe::Minute1, std::chrono::minutes{1});
    EXPECT_EQ(give(bar_of(-1, Shape{})), Reason::LateSession);
}

TEST_F(BarEvents, DailyBarsRunAcrossSessionsAndPassTwentyDays) {
    use(Timeframe::Day1, std::chrono::hours{24});
    note_.session = TradingSession::Closed;
    note_.period = MarketPeriod::Base;
    note_.high_known = true;
    EXPECT_EQ(told(0, {10'000, 20'000, 5'000, 10'000, 100}), "");
    for (int number = 1; number < 21; ++number) {
        note_.session_key += 8;
        EXPECT_EQ(told(number, {10'000, 10'100, 9'900, 10'000, 100}), "") << number;
    }
    // Day 0 is 21 days back. Δ counts from the extreme that is passed, though nothing was emitted.
    EXPECT_EQ(told(21, {10'000, 10'110, 9'900, 10'000, 100}), "");
    EXPECT_EQ(told(22, {10'000, 10'121, 9'889, 10'000, 100}), "high low");
    EXPECT_EQ(found().evidence.prior_extreme, Price::from_cents(10'110));
    EXPECT_EQ(found().evidence.prior_extreme_ts, start_of(22));
    EXPECT_EQ(found().session, TradingSession::Regular);
    EXPECT_EQ(found().session_key, note_.session_key);
    EXPECT_EQ(found().evidence.period, MarketPeriod::Midday);
    EXPECT_FALSE(found().known_from_trades);
    EXPECT_EQ(found().ts, start_of(23));
    note_.session_key -= 80;  // an older day is revised, against the twenty before it
    EXPECT_EQ(told(5, {10'000, 15'000, 9'900, 10'000, 100}), "");
    EXPECT_EQ(told(21, {10'000, 15'011, 9'900, 10'000, 100}), "");
    EXPECT_EQ(told(21, {10'000, 15'016, 9'900, 10'000, 100}), "high");
}

TEST_F(BarEvents, ADaysFirstBarsHaveNothingToPass) {
    use(Timeframe::Day1, std::chrono::hours{24});
    Bar bar = bar_of(0, {10'000, 11'000, 9'000, 10'000, 100});
    bar.has_average_volume = true;
    bar.average_volume = Size::from_shares(100);
    EXPECT_EQ(told(bar), "");
    bar.header.ts_event = start_of(1);
    bar.high = Price::from_cents(12'000);
    EXPECT_EQ(told(bar), "high");
}

TEST_F(BarEvents, AMutedSymbolGoesOnSilently) {
    quiet(0, 6);
    note_.muted = true;
    EXPECT_EQ(told(6, move(10'000, 10'100, 1'000)), "");
    note_.muted = false;
    EXPECT_EQ(told(7, {10'050, 10'099, 10'050, 10'050, 100}), "");  // not beyond what was muted
    EXPECT_EQ(told(8, {10'050, 10'101, 10'050, 10'050, 100}), "high");
    EXPECT_EQ(found().evidence.prior_extreme, Price::from_cents(10'100));
}

/// However bars and their revisions come: nothing is told twice for one bar, directions of trends
/// alternate, and a high lies above every other bar of the session.
RC_GTEST_FIXTURE_PROP(BarEvents, NothingIsToldTwice, ()) {
    std::map<std::pair<UnixNanos, EventType>, int> times;
    std::map<int, Price> highs;
    Direction last_trend = Direction::None;
    for (int step = 0; step < 150; ++step) {
        const int number = std::max(0, step / 2 - *rc::gen::inRange(0, 6));
        const auto open = *rc::gen::inRange<std::int64_t>(9'900, 10'100);
        const auto close = *rc::gen::inRange<std::int64_t>(9'900, 10'100);
        const Shape shape{open, std::max(open, close) + *rc::gen::inRange<std::int64_t>(0, 30),
                          std::min(open, close) - *rc::gen::inRange<std::int64_t>(0, 30), close,
                          *rc::gen::inRange<std::int64_t>(0, 1'000)};
        const Bar bar = bar_of(number, shape);
        RC_ASSERT(give(bar) == std::nullopt);
        highs[number] = bar.high;
        for (const Detection& detection : sink_.detections()) {
            RC_ASSERT((++times[{detection.ts, detection.type}]) == 1);
            if (detection.type == EventType::Trend) {
                RC_ASSERT(detection.direction != last_trend);
                last_trend = detection.direction;
            }
            if (detection.type == EventType::High) {
                for (const auto& [other, high] : highs) {
                    RC_ASSERT(other == number || high < detection.price);
                }
            }
        }
    }
}

}  // namespace
}  // namespace tickstock
