#include "detectors/bar_history.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <map>
#include <set>

namespace tickstock {
namespace {

Bar bar_of(std::int64_t open_cents, std::int64_t close_cents) {
    Bar bar;
    bar.open = Price::from_cents(open_cents);
    bar.close = Price::from_cents(close_cents);
    return bar;
}

BarHistory::KeptBar kept(std::int64_t minute, std::int64_t high_cents, std::int64_t low_cents,
                         std::int64_t shares = 100) {
    BarHistory::KeptBar bar;
    bar.start = from_unix_second(60 * minute);
    bar.high = Price::from_cents(high_cents);
    bar.low = Price::from_cents(low_cents);
    bar.volume = Size::from_shares(shares);
    return bar;
}

TEST(BarHistory, PercentsAreRoundedHalfToEvenAtTheNinthDecimal) {
    EXPECT_EQ(BarHistory::percent_e9(bar_of(10'000, 10'025)), 250'000'000);
    EXPECT_EQ(BarHistory::percent_e9(bar_of(10'000, 9'975)), -250'000'000);
    EXPECT_EQ(BarHistory::percent_e9(bar_of(300, 301)), 333'333'333);
    EXPECT_EQ(BarHistory::percent_e9(bar_of(300, 302)), 666'666'667);
    EXPECT_EQ(BarHistory::percent_e9(bar_of(300, 298)), -666'666'667);
    Bar half;  // 100 · 5e-9 / 100 000: half a unit
    half.open = Price::from_cents(10'000'000);
    const auto moved = [&](std::int64_t raw) {
        half.close = Price::from_raw(half.open.raw() + raw);
        return BarHistory::percent_e9(half);
    };
    EXPECT_EQ(moved(500), 0);
    EXPECT_EQ(BarHistory::direction_of(half), Direction::Up);  // exact all the same
    EXPECT_EQ(moved(1'500), 2);
    EXPECT_EQ(moved(-500), 0);
    EXPECT_EQ(BarHistory::direction_of(half), Direction::Down);
    EXPECT_EQ(moved(-1'500), -2);
}

TEST(BarHistory, AGivenPercentIsTakenAndAbsurdOnesAreHeld) {
    Bar bar = bar_of(100, 101);
    bar.has_percent_change = true;
    bar.percent_change_micro = -250'000;
    EXPECT_EQ(BarHistory::percent_e9(bar), -250'000'000);
    EXPECT_EQ(BarHistory::direction_of(bar), Direction::Down);
    bar.percent_change_micro = 0;
    EXPECT_EQ(BarHistory::direction_of(bar), Direction::None);
    bar.has_percent_change = false;
    bar.open = Price::from_raw(1);
    bar.close = Price::from_raw(Price::limit_raw - 1);
    EXPECT_EQ(BarHistory::percent_e9(bar), std::numeric_limits<std::int64_t>::max());
}

TEST(BarHistory, ARevisionReplacesAndHandsOnWhatWasTold) {
    BarHistory history;
    history.put(kept(1, 101, 99));
    history.put(kept(2, 102, 98));
    history.mark_told(0, EventType::Surge);
    const auto index = history.put(kept(1, 105, 95, 700));
    ASSERT_EQ(index, 0U);
    EXPECT_EQ(history.size(), 2U);
    EXPECT_EQ(history[0].high, Price::from_cents(105));
    EXPECT_EQ(history[0].told, BarHistory::bit_of(EventType::Surge));
    EXPECT_EQ(history[1].told, 0);
    EXPECT_EQ(history.volume_before(1, 20).sum, Size::from_shares(700).raw());
}

TEST(BarHistory, TwentyOneBarsCanBeRevisedAndEachHasTwentyBefore) {
    BarHistory history;
    for (std::int64_t minute = 1; minute <= 60; ++minute) {
        history.put(kept(minute * 2, 100, 100, minute));
    }
    EXPECT_EQ(history.size(), 41U);
    EXPECT_FALSE(history.put(kept(39 * 2, 100, 100)));      // known, but no longer to be revised
    EXPECT_FALSE(history.put(kept(39 * 2 + 1, 100, 100)));  // unknown, and 21 are newer
    const auto oldest = history.put(kept(40 * 2, 100, 100));
    ASSERT_EQ(oldest, 20U);
    const BarHistory::VolumeSum volume = history.volume_before(*oldest, 20);
    EXPECT_EQ(volume.bars, 20U);
    EXPECT_EQ(volume.sum, Size::from_shares((20 + 39) * 10).raw());
}

TEST(BarHistory, ABarThatComesLateTakesItsPlace) {
    BarHistory history;
    history.put(kept(2, 102, 98));
    history.put(kept(4, 104, 96));
    EXPECT_EQ(history.put(kept(3, 103, 97)), 1U);
    EXPECT_EQ(history.put(kept(1, 101, 99)), 0U);
    EXPECT_EQ(history[2].start, from_unix_second(180));
    EXPECT_TRUE(history.is_newest(3));
    EXPECT_FALSE(history.is_newest(2));
}

TEST(BarHistory, ExtremesOfForgottenBarsStay) {
    BarHistory history;
    EXPECT_FALSE(history.extreme_before(0, BarHistory::high));
    history.put(kept(1, 500, 1));
    EXPECT_FALSE(history.extreme_of_others(0, BarHistory::high));
    for (std::int64_t minute = 2; minute <= 50; ++minute) {
        history.put(kept(minute, 100 + minute, 50));
    }
    const auto high = history.extreme_of_others(40, BarHistory::high);
    ASSERT_TRUE(high);
    EXPECT_EQ(high->price, Price::from_cents(500));
    EXPECT_EQ(high->start, from_unix_second(60));
    EXPECT_EQ(history.extreme_of_others(40, BarHistory::low)->price, Price::from_cents(1));
    EXPECT_EQ(history.extreme_before(40, BarHistory::high)->price, Price::from_cents(149));
    const auto low = history.extreme_before(40, BarHistory::low);
    EXPECT_EQ(low->start, from_unix_second(60 * 30));  // the earliest that reached it
    history.restart();
    history.put(kept(60, 10, 10));
    EXPECT_FALSE(history.extreme_of_others(0, BarHistory::high));
    EXPECT_FALSE(history.extreme_of_others(0, BarHistory::low));
}

TEST(BarHistory, ARunNeedsFourOfFive) {
    BarHistory history;
    const auto put = [&](std::int64_t minute, std::int64_t percent_e9) {
        BarHistory::KeptBar bar = kept(minute, 100, 100);
        bar.percent_e9 = percent_e9;
        bar.direction = percent_e9 > 0   ? Direction::Up
                        : percent_e9 < 0 ? Direction::Down
                                         : Direction::None;
        return *history.put(bar);
    };
    put(1, 10);
    put(2, 10);
    put(3, 10);
    EXPECT_EQ(history.run_to(put(4, 10)).direction, Direction::None);  // only four
    EXPECT_EQ(history.run_to(put(5, -100)).direction, Direction::Up);
    EXPECT_EQ(history.run_to(4).percent_sum_e9, -60);
    EXPECT_EQ(history.run_to(put(6, 0)).direction, Direction::None);  // zero has no sign
    put(7, -1);
    put(8, -1);
    EXPECT_EQ(history.run_to(put(9, -1)).direction, Direction::Down);
}

/// Against maps that forget nothing.
RC_GTEST_PROP(BarHistory, AgreesWithOneThatForgetsNothing, ()) {
    BarHistory history;
    std::map<std::int64_t, BarHistory::KeptBar> all;
    for (int step = 0; step < 120; ++step) {
        const auto minute = *rc::gen::inRange<std::int64_t>(step / 2, step / 2 + 30);
        const auto low = *rc::gen::inRange<std::int64_t>(50, 100);
        const auto bar = kept(minute, low + *rc::gen::inRange<std::int64_t>(0, 50), low,
                              *rc::gen::inRange<std::int64_t>(0, 1'000));
        const auto newer = std::distance(all.upper_bound(minute), all.end());
        const auto index = history.put(bar);
        RC_ASSERT(index.has_value() == (newer < 21));
        if (!index) {
            continue;
        }
        all[minute] = bar;
        RC_ASSERT(history[*index].start == bar.start);
        RC_ASSERT(history.is_newest(*index) == (newer == 0));

        int128 sum = 0;
        unsigned bars = 0;
        std::set<Price> before;
        for (auto at = std::make_reverse_iterator(all.find(minute)); at != all.rend() && bars < 20;
             ++at, ++bars) {
            sum += at->second.volume.raw();
            before.insert(at->second.low);
        }
        RC_ASSERT(history.volume_before(*index, 20).sum == sum);
        RC_ASSERT(history.volume_before(*index, 20).bars == bars);
        const auto low_before = history.extreme_before(*index, BarHistory::low);
        RC_ASSERT(low_before.has_value() == !before.empty());
        if (low_before) {
            RC_ASSERT(low_before->price == *before.begin());
        }

        std::set<Price> others;
        for (const auto& [at, other] : all) {
            if (at != minute) {
                others.insert(other.high);
            }
        }
        const auto high = history.extreme_of_others(*index, BarHistory::high);
        RC_ASSERT(high.has_value() == !others.empty());
        if (high) {
            RC_ASSERT(high->price == *others.rbegin());
        }
    }
}

}  // namespace
}  // namespace tickstock
