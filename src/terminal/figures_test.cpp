#include "terminal/figures.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tickstock {
namespace {

using namespace std::chrono_literals;

TEST(FiguresTest, CountsAreGroupedAndUnknownOnesAreADash) {
    EXPECT_EQ(count_text(0.0), "0");
    EXPECT_EQ(count_text(999.0), "999");
    EXPECT_EQ(count_text(1000.0), "1,000");
    EXPECT_EQ(count_text(1245678.0), "1,245,678");
    EXPECT_EQ(count_text(-1234.0), "-1,234");
    EXPECT_EQ(count_text(std::nullopt), "–");
    EXPECT_EQ(count_text(1e300), "1e+300");
}

TEST(FiguresTest, ShortCountsNeverReadAThousandOfAUnit) {
    EXPECT_EQ(short_count(999.0), "999");
    EXPECT_EQ(short_count(999.7), "1.0k");
    EXPECT_EQ(short_count(12340.0), "12.3k");
    EXPECT_EQ(short_count(999960.0), "1.0M");
    EXPECT_EQ(short_count(7683033.0), "7.7M");
}

TEST(FiguresTest, RatesHaveADecimalWhileTheyAreSmall) {
    EXPECT_EQ(rate_text(0.0), "0");
    EXPECT_EQ(rate_text(0.4), "0.4");
    EXPECT_EQ(rate_text(9.96), "10");
    EXPECT_EQ(rate_text(1650.8), "1,651");
}

TEST(FiguresTest, APercentageIsNeverRoundedUpToAll) {
    EXPECT_EQ(percent_text(100.0), "100 %");
    EXPECT_EQ(percent_text(99.9999), "99.99 %");
    EXPECT_EQ(percent_text(99.97), "99.97 %");
    EXPECT_EQ(percent_text(99.5), "99.5 %");
    EXPECT_EQ(percent_text(0.0), "0 %");
}

TEST(FiguresTest, SharesHaveOneDecimal) {
    EXPECT_EQ(share_text(2.99), "3.0 %");
    EXPECT_EQ(share_text(137.04), "137.0 %");
    EXPECT_EQ(share_text(std::nullopt), "–");
}

TEST(FiguresTest, BytesAndTimesTakeTheUnitThatFits) {
    EXPECT_EQ(bytes_text(512.0), "512 B");
    EXPECT_EQ(bytes_text(149786624.0), "142.8 MiB");
    EXPECT_EQ(bytes_text(2147483648.0), "2.0 GiB");
    EXPECT_EQ(milliseconds_text(0.0), "0");
    EXPECT_EQ(milliseconds_text(0.00085), "850 ns");
    EXPECT_EQ(milliseconds_text(0.0123), "12 µs");
    EXPECT_EQ(milliseconds_text(0.00147), "1.5 µs");
    EXPECT_EQ(milliseconds_text(28.0), "28.0 ms");
    EXPECT_EQ(milliseconds_text(1200.0), "1.20 s");
}

TEST(FiguresTest, PricesBelowOneHaveFourDecimals) {
    EXPECT_EQ(price_text(0.4821), "0.4821");
    EXPECT_EQ(price_text(69.05), "69.05");
    EXPECT_EQ(price_text(0.0), "0.00");
}

TEST(FiguresTest, AgesInTwoUnitsAndNeverLessThanNothing) {
    EXPECT_EQ(age_text(-5s), "0 s");
    EXPECT_EQ(age_text(59s), "59 s");
    EXPECT_EQ(age_text(60s), "1m 00s");
    EXPECT_EQ(age_text(3599s), "59m 59s");
    EXPECT_EQ(age_text(3780s), "1h 03m");
    EXPECT_EQ(age_text(50h), "2d 02h");
    EXPECT_EQ(age_text(Figure(1e300)), "104166d 16h");
    EXPECT_EQ(age_text(Figure()), "–");
}

TEST(FiguresTest, TimeOfDayIsUtc) {
    EXPECT_EQ(time_of_day(unix_nanos(1795187718'938660158)), "15:15:18");
    EXPECT_EQ(time_of_day(time_unknown), "–");
    EXPECT_EQ(time_of_day(unix_nanos(-1'000000000)), "23:59:59");
}

TEST(FiguresTest, ABarShowsLittleAndIsFullOnlyWhenAllIs) {
    EXPECT_EQ(bar_text(0.0, 100.0, 4), "░░░░");
    EXPECT_EQ(bar_text(1.0, 1000.0, 4), "█░░░");
    EXPECT_EQ(bar_text(999.0, 1000.0, 4), "███░");
    EXPECT_EQ(bar_text(1000.0, 1000.0, 4), "████");
    EXPECT_EQ(bar_text(5000.0, 1000.0, 4), "████");
    EXPECT_EQ(bar_text(std::nullopt, 10.0, 2), "░░");
    EXPECT_EQ(bar_text(5.0, 0.0, 2), "░░");
    EXPECT_EQ(bar_text(5.0, 5.0, 0), "");
}

TEST(FiguresTest, AHistoryEndsWithTheNewest) {
    const std::vector<double> values{0, 1, 2, 4, 8};
    EXPECT_EQ(history_text(values, 5), "▁▂▃▅█");
    EXPECT_EQ(history_text(values, 2), "▅█");
    EXPECT_EQ(history_text(values, 7), "  ▁▂▃▅█");
    EXPECT_EQ(history_text({}, 3), "   ");
    EXPECT_EQ(history_text(std::vector<double>{0, 0}, 2), "▁▁");
}

}  // namespace
}  // namespace tickstock
