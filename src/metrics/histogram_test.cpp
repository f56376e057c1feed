#include "metrics/histogram.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace tickstock {
namespace {

using namespace std::chrono_literals;

/// Durations of every size, small ones as likely as long ones.
rc::Gen<std::vector<std::int64_t>> durations() {
    const auto any_size = rc::gen::mapcat(rc::gen::inRange(0, 42), [](int bits) {
        return rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << bits);
    });
    return rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(any_size));
}

Histogram histogram_of(const std::vector<std::int64_t>& values) {
    Histogram histogram;
    for (const auto ns : values) {
        histogram.record(Nanos{ns});
    }
    return histogram;
}

TEST(Histogram, EmptyTellsZero) {
    const Histogram histogram;
    EXPECT_EQ(histogram.count(), 0U);
    EXPECT_EQ(histogram.quantile(0.99), 0ns);
    EXPECT_EQ(histogram.min(), 0ns);
    EXPECT_EQ(histogram.mean(), 0ns);
}

TEST(Histogram, SmallValuesAreExact) {
    const auto histogram = histogram_of({1, 2, 3, 4, 100, 127, 127, 127, 127, 127});
    EXPECT_EQ(histogram.quantile(0), 1ns);
    EXPECT_EQ(histogram.quantile(0.2), 2ns);
    EXPECT_EQ(histogram.quantile(0.41), 100ns);
    EXPECT_EQ(histogram.quantile(0.5), 100ns);
    EXPECT_EQ(histogram.quantile(0.51), 127ns);
    EXPECT_EQ(histogram.count_up_to(3ns), 3U);
    EXPECT_EQ(histogram.count_up_to(-1ns), 0U);
    EXPECT_EQ(histogram.sum(), 745ns);
}

TEST(Histogram, NegativeAndEndlessDurationsStayInside) {
    Histogram histogram;
    histogram.record(-5ns);
    histogram.record(Nanos::max());
    histogram.record(Nanos::min());
    EXPECT_EQ(histogram.count(), 3U);
    EXPECT_EQ(histogram.min(), 0ns);
    EXPECT_EQ(static_cast<std::uint64_t>(histogram.max().count()), Histogram::limit_ns);
    EXPECT_EQ(histogram.quantile(1), histogram.max());
    EXPECT_EQ(histogram.count_up_to(Nanos::max()), 3U);
}

RC_GTEST_PROP(HistogramProperty, QuantileIsTheSortedValueToASixtyFourth, ()) {
    auto values = *durations();
    const auto histogram = histogram_of(values);
    std::sort(values.begin(), values.end());
    const double q = *rc::gen::inRange(0, 1001) / 1000.0;
    const auto rank = std::max<std::size_t>(
        1, static_cast<std::size_t>(std::ceil(q * static_cast<double>(values.size()))));
    const auto truth = values[rank - 1];
    const auto told = histogram.quantile(q).count();
    RC_ASSERT(told >= truth);
    RC_ASSERT(told - truth <= truth / 64);
}

RC_GTEST_PROP(HistogramProperty, CountUpToIsMonotoneAndNearTheTruth, ()) {
    const auto values = *durations();
    const auto histogram = histogram_of(values);
    const auto bound = *rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 42);
    const auto at_most = [&](std::int64_t limit) {
        return static_cast<std::uint64_t>(std::count_if(
            values.begin(), values.end(), [&](std::int64_t value) { return value <= limit; }));
    };
    RC_ASSERT(histogram.count_up_to(Nanos{bound}) <= at_most(bound));
    RC_ASSERT(histogram.count_up_to(Nanos{bound}) >= at_most(bound - bound / 64 - 1));
}

RC_GTEST_PROP(HistogramProperty, SumOfTwoIsTheHistogramOfAll, ()) {
    const auto left = *durations();
    const auto right = *durations();
    auto both = left;
    both.insert(both.end(), right.begin(), right.end());
    auto merged = histogram_of(left);
    merged += histogram_of(right);
    const auto whole = histogram_of(both);
    RC_ASSERT(merged.count() == whole.count());
    RC_ASSERT(merged.sum() == whole.sum());
    RC_ASSERT(merged.min() == whole.min());
    RC_ASSERT(merged.max() == whole.max());
    for (const double q : {0.0, 0.5, 0.9, 0.99, 1.0}) {
        RC_ASSERT(merged.quantile(q) == whole.quantile(q));
    }
    merged.reset();
    RC_ASSERT(merged.count() == 0U);
}

RC_GTEST_PROP(HistogramProperty, LessAnEarlierCopyIsWhatCameSince, ()) {
    const auto before = *durations();
    const auto since = *durations();
    Histogram whole = histogram_of(before);
    const Histogram earlier = whole;
    for (const auto ns : since) {
        whole.record(Nanos{ns});
    }
    whole -= earlier;
    const Histogram expected = histogram_of(since);
    RC_ASSERT(whole.count() == expected.count());
    RC_ASSERT(whole.sum() == expected.sum());
    RC_ASSERT(whole.parts().buckets == expected.parts().buckets);
    RC_ASSERT(whole.min() <= expected.min());
    RC_ASSERT(whole.max() >= expected.max());
    RC_ASSERT((whole.max() - expected.max()) * 64 <= expected.max());
    RC_ASSERT(Histogram::from_parts(whole.parts()) == whole);
}

TEST(Histogram, LessACopyThatKnowsMoreIsEmpty) {
    Histogram histogram = histogram_of({5, 100});
    histogram -= histogram_of({5, 5, 100, 7'000});
    EXPECT_EQ(histogram, Histogram());
    EXPECT_EQ(histogram.max(), 0ns);
}

RC_GTEST_PROP(HistogramProperty, IsTheSameFromItsParts, ()) {
    const Histogram histogram = histogram_of(*durations());
    RC_ASSERT(Histogram::from_parts(histogram.parts()) == histogram);
}

TEST(Histogram, PartsThatCannotBeAreRefused) {
    EXPECT_EQ(Histogram::from_parts({}), Histogram());
    const Histogram::Parts good = histogram_of({5, 5, 100, 7'000}).parts();
    ASSERT_TRUE(Histogram::from_parts(good));
    const auto refused = [&good](auto spoil) {
        Histogram::Parts parts = good;
        spoil(parts);
        return !Histogram::from_parts(parts);
    };
    EXPECT_TRUE(refused([](auto& parts) { parts.buckets.clear(); }));
    EXPECT_TRUE(refused([](auto& parts) { parts.buckets[0].second = 0; }));
    EXPECT_TRUE(refused([](auto& parts) { parts.buckets[0].first = 100; }));  // twice
    EXPECT_TRUE(refused([](auto& parts) { std::swap(parts.buckets[0], parts.buckets[1]); }));
    EXPECT_TRUE(refused([](auto& parts) { parts.buckets[2].first = 60'000; }));
    EXPECT_TRUE(refused([](auto& parts) { parts.buckets[0].second = ~std::uint64_t{0}; }));
    EXPECT_TRUE(refused([](auto& parts) {
        for (auto& bucket : parts.buckets) {
            bucket.second = std::uint64_t{1} << 62;
        }
    }));
    EXPECT_TRUE(refused([](auto& parts) { parts.min_ns = 6; }));
    EXPECT_TRUE(refused([](auto& parts) { parts.max_ns = 5; }));
    EXPECT_TRUE(refused([](auto& parts) { parts.sum_ns = 4 * 7'001; }));
    EXPECT_TRUE(refused([](auto& parts) { parts.sum_ns = 3; }));
}

}  // namespace
}  // namespace tickstock
