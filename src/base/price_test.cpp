#include "base/price.hpp"

#include <gtest/gtest.h>

#include <type_traits>

namespace tickstock {
namespace {

static_assert(!std::is_convertible_v<std::int64_t, Price>, "a price is never a bare number");
static_assert(!std::is_convertible_v<double, Price>);
static_assert(!std::is_convertible_v<Price, Size>, "prices and sizes never mix");
static_assert(sizeof(Price) == 8 && std::is_trivially_copyable_v<Price>);

TEST(Price, UnitsAreNanoDollars) {
    EXPECT_EQ(Price::from_cents(1).raw(), 10'000'000);
    EXPECT_EQ(Price::from_cents(18425).raw(), 184'250'000'000);
    EXPECT_DOUBLE_EQ(Price::from_cents(18425).to_double(), 184.25);
    EXPECT_EQ(Price().raw(), 0);
}

TEST(Price, DifferencesAndSumsAreExact) {
    const auto a = Price::from_raw(300'000'000);
    const auto b = Price::from_raw(100'000'001);
    EXPECT_EQ((a - b).raw(), 199'999'999);
    EXPECT_EQ((b - a).raw(), -199'999'999);
    EXPECT_EQ(a - b + b, a);
    EXPECT_LT(b, a);
    EXPECT_EQ(Price::limit_raw, 8'589'934'592'000'000'000);
}

TEST(Size, UnitsAreMillionthsOfAShare) {
    EXPECT_EQ(Size::from_shares(100).raw(), 100'000'000);
    EXPECT_DOUBLE_EQ(Size::from_raw(1'500'000).to_double(), 1.5);
    Size volume;
    volume += Size::from_raw(1);
    volume += Size::from_shares(2);
    EXPECT_EQ(volume, Size::from_raw(2'000'001));
    EXPECT_EQ(volume, Size::from_raw(1) + Size::from_shares(2));
    EXPECT_GT(volume, Size::from_shares(2));
}

}  // namespace
}  // namespace tickstock
