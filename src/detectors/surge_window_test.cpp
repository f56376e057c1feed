#include "detectors/surge_window.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace tickstock {
namespace {

void add(SurgeWindow& window, std::int64_t second, std::int64_t cents, std::int64_t shares) {
    window.add(second, Price::from_cents(cents), Size::from_shares(shares));
}

std::int64_t whole(int128 raw) {
    return static_cast<std::int64_t>(raw / Size::units_per_share);
}

TEST(SurgeWindow, SplitsAtTwentySeconds) {
    SurgeWindow window;
    add(window, 1'000, 100, 1);
    add(window, 1'001, 101, 2);
    EXPECT_EQ(window.span_samples(), 0U);
    EXPECT_EQ(whole(window.recent_volume()), 3);
    add(window, 1'020, 102, 4);  // the first is 20 s old: span
    EXPECT_EQ(window.span_samples(), 1U);
    EXPECT_EQ(whole(window.span_volume()), 1);
    EXPECT_EQ(whole(window.recent_volume()), 6);
    EXPECT_EQ(window.baseline(), Price::from_cents(100));
    EXPECT_EQ(window.span_seconds(), 1);  // the second that ends at 1,000
    add(window, 1'030, 103, 8);
    EXPECT_EQ(window.span_samples(), 2U);
    EXPECT_EQ(window.baseline(), Price::from_cents(101));
    EXPECT_EQ(window.span_seconds(), 11);
}

TEST(SurgeWindow, ForgetsAfterTwoMinutes) {
    SurgeWindow window;
    add(window, 1'000, 100, 1);
    add(window, 1'001, 101, 2);
    add(window, 1'119, 102, 4);
    EXPECT_EQ(window.span_samples(), 2U);
    EXPECT_EQ(window.span_seconds(), 100);
    add(window, 1'120, 103, 8);
    EXPECT_EQ(window.span_samples(), 1U);
    EXPECT_EQ(whole(window.span_volume()), 2);
    EXPECT_EQ(window.span_seconds(), 100);
    add(window, 9'000, 104, 16);  // all of them, those of the last 20 s too
    EXPECT_EQ(window.span_samples(), 0U);
    EXPECT_EQ(whole(window.span_volume()), 0);
    EXPECT_EQ(whole(window.recent_volume()), 16);
}

TEST(SurgeWindow, StartsAfreshAfterClear) {
    SurgeWindow window;
    for (int i = 0; i < 120; ++i) {
        add(window, 1'000 + i, 100, 1);
    }
    window.clear();
    EXPECT_EQ(window.span_samples(), 0U);
    add(window, 500, 100, 7);  // an earlier time is no matter
    EXPECT_EQ(whole(window.recent_volume()), 7);
}

TEST(SurgeWindow, HoldsVolumesThatExceedSixtyFourBits) {
    SurgeWindow window;
    for (int i = 0; i < 20; ++i) {
        window.add(1'000 + i, Price::from_cents(1), Size::from_raw(INT64_MAX));
    }
    EXPECT_EQ(window.recent_volume(), int128{INT64_MAX} * 20);
}

RC_GTEST_PROP(SurgeWindowProperty, EqualsALookAtAllSamples, ()) {
    struct Given {
        std::int64_t second, cents, shares;
    };
    struct Sum {
        std::vector<std::size_t> span;
        std::int64_t span_volume = 0;
        std::int64_t recent_volume = 0;
    };
    std::vector<Given> all;
    SurgeWindow window;
    std::int64_t second = 1'000;
    for (int i = 0; i < 400; ++i) {
        second += *rc::gen::weightedElement<int>({{60, 1}, {10, 3}, {3, 25}, {1, 130}});
        all.push_back({second, *rc::gen::inRange(1, 1'000), *rc::gen::inRange(0, 1'000)});
        add(window, second, all.back().cents, all.back().shares);
        Sum sum;
        for (std::size_t n = 0; n < all.size(); ++n) {
            if (all[n].second > second - 20) {
                sum.recent_volume += all[n].shares;
            } else if (all[n].second > second - 120) {
                sum.span_volume += all[n].shares;
                sum.span.push_back(n);
            }
        }
        RC_ASSERT(window.span_samples() == sum.span.size());
        RC_ASSERT(whole(window.span_volume()) == sum.span_volume);
        RC_ASSERT(whole(window.recent_volume()) == sum.recent_volume);
        if (!sum.span.empty()) {
            RC_ASSERT(window.baseline() == Price::from_cents(all[sum.span.back()].cents));
            RC_ASSERT(window.span_seconds() == second - 20 - (all[sum.span.front()].second - 1));
        }
    }
}

}  // namespace
}  // namespace tickstock
