#include "base/decimal.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

namespace tickstock {
namespace {

std::string show(DecimalStatus status) {
    switch (status) {
        case DecimalStatus::Ok: return "ok";
        case DecimalStatus::Malformed: return "malformed";
        case DecimalStatus::OutOfRange: return "out of range";
    }
    return "";
}

/// The raw number, or why there is none.
std::string read(std::string_view text, int scale) {
    std::int64_t raw = 0;
    const auto status = parse_decimal(text, scale, raw);
    return status == DecimalStatus::Ok ? std::to_string(raw) : show(status);
}

TEST(ParseDecimal, PricesAsFeedsWriteThem) {
    EXPECT_EQ(read("184.25", 9), "184250000000");
    EXPECT_EQ(read("0.0001", 9), "100000");
    EXPECT_EQ(read("100", 9), "100000000000");
    EXPECT_EQ(read("007.50", 9), "7500000000");
    EXPECT_EQ(read("-3.5", 9), "-3500000000");
    EXPECT_EQ(read("-0", 9), "0");
    EXPECT_EQ(read("1.5E2", 6), "150000000");
    EXPECT_EQ(read("25e-1", 6), "2500000");
    EXPECT_EQ(read("1e+3", 0), "1000");
}

TEST(ParseDecimal, DigitsBeyondTheScaleAreRoundedHalfToEven) {
    EXPECT_EQ(read("0.0000000005", 9), "0");
    EXPECT_EQ(read("0.0000000015", 9), "2");
    EXPECT_EQ(read("0.0000000025", 9), "2");
    EXPECT_EQ(read("0.00000000250000000000000000001", 9), "3");
    EXPECT_EQ(read("0.0000000024999999999999999999999", 9), "2");
    EXPECT_EQ(read("-0.0000000015", 9), "-2");
    EXPECT_EQ(read("0.5", 0), "0");
    EXPECT_EQ(read("9.5", 0), "10");
    EXPECT_EQ(read("5e-1", 0), "0");
    EXPECT_EQ(read("51e-2", 0), "1");
    EXPECT_EQ(read("9e-2", 0), "0");
}

TEST(ParseDecimal, WhatIsNoNumberIsMalformed) {
    for (const std::string_view text :
         {"",          " ",  "-",   ".",  "1.", ".5", "+1",    "1,5", "0x10", "NaN",   "nan", "inf",
          "-Infinity", "1e", "1e+", "e5", "1 ", " 1", "1.2.3", "--1", "1-",   "1_000", "１"}) {
        EXPECT_EQ(read(text, 9), "malformed") << '"' << text << '"';
    }
    EXPECT_EQ(read(std::string_view("1\0", 2), 9), "malformed");
}

TEST(ParseDecimal, LimitsOfTheType) {
    EXPECT_EQ(read("9223372036854775807", 0), "9223372036854775807");
    EXPECT_EQ(read("9223372036854775808", 0), "out of range");
    EXPECT_EQ(read("9223372036.854775807", 9), "9223372036854775807");
    EXPECT_EQ(read("9223372036.8547758074", 9), "9223372036854775807");
    EXPECT_EQ(read("9223372036.8547758075", 9), "out of range") << "rounds up beyond it";
    EXPECT_EQ(read("-9223372036854775807", 0), "-9223372036854775807");
    EXPECT_EQ(read("1e999999999999", 9), "out of range");
    EXPECT_EQ(read("1e-999999999999", 9), "0");
    EXPECT_EQ(read("0e999999999999", 9), "0");
    EXPECT_EQ(read(std::string(1000, '0') + "1", 9), "1000000000");
    EXPECT_EQ(read(std::string(1000, '9'), 0), "out of range");
}

/// The number by schoolbook: all digits written out, the point moved, the tail rounded.
std::string schoolbook(const std::string& integer, const std::string& fraction, int exponent,
                       int scale, bool negative) {
    std::string digits = std::string(60, '0') + integer + fraction + std::string(60, '0');
    const auto point =
        static_cast<std::size_t>(60 + static_cast<int>(integer.size()) + exponent + scale);
    uint128 value = 0;
    for (std::size_t i = 0; i < point; ++i) {
        value = value * 10 + static_cast<unsigned>(digits[i] - '0');
    }
    const std::string tail = digits.substr(point);
    const std::string half = "5" + std::string(tail.size() - 1, '0');
    value += tail > half || (tail == half && value % 2 == 1) ? 1U : 0U;
    if (value > static_cast<uint128>(std::numeric_limits<std::int64_t>::max())) {
        return "out of range";
    }
    const auto magnitude = static_cast<std::int64_t>(value);
    return std::to_string(negative ? -magnitude : magnitude);
}

RC_GTEST_PROP(ParseDecimalProperty, IsTheSchoolbookNumber, ()) {
    const auto digit = rc::gen::inRange('0', static_cast<char>('9' + 1));
    const auto digits = rc::gen::resize(12, rc::gen::container<std::string>(digit));
    const auto integer = *rc::gen::nonEmpty(digits);
    const auto fraction = *digits;
    const int exponent = *rc::gen::inRange(-6, 6);
    const int scale = *rc::gen::element(0, 6, 9);
    const bool negative = *rc::gen::arbitrary<bool>();

    std::string text = (negative ? "-" : "") + integer;
    text += fraction.empty() ? "" : "." + fraction;
    text += exponent == 0 ? "" : "e" + std::to_string(exponent);
    RC_ASSERT(read(text, scale) == schoolbook(integer, fraction, exponent, scale, negative));
}

RC_GTEST_PROP(ParseDecimalProperty, ReadsBackWhatIsWritten, ()) {
    const auto raw = *rc::gen::arbitrary<std::int64_t>();
    const int scale = *rc::gen::inRange(0, 19);
    RC_PRE(raw != std::numeric_limits<std::int64_t>::min());
    std::string text;
    append_decimal(text, raw, scale);
    RC_ASSERT(read(text, scale) == std::to_string(raw));
    RC_ASSERT(text.find_first_not_of("-0123456789.") == std::string::npos);
    RC_ASSERT(text.find('.') == std::string::npos || text.back() != '0');
}

RC_GTEST_PROP(ParseDecimalProperty, NeverFailsOnAnyText, (const std::string& text)) {
    std::int64_t raw = 0;
    const auto status = parse_decimal(text, 9, raw);
    const bool allowed = text.find_first_not_of("-+.eE0123456789") == std::string::npos;
    RC_ASSERT(allowed || status == DecimalStatus::Malformed);
}

TEST(AppendDecimal, IsShortestAndExact) {
    const auto text = [](std::int64_t raw, int scale) {
        std::string out = "x";
        append_decimal(out, raw, scale);
        return out.substr(1);
    };
    EXPECT_EQ(text(184'250'000'000, 9), "184.25");
    EXPECT_EQ(text(1, 9), "0.000000001");
    EXPECT_EQ(text(-1'500'000, 6), "-1.5");
    EXPECT_EQ(text(0, 9), "0");
    EXPECT_EQ(text(7'000'000, 6), "7");
    EXPECT_EQ(text(std::numeric_limits<std::int64_t>::min(), 9), "-9223372036.854775808");
    EXPECT_EQ(text(std::numeric_limits<std::int64_t>::max(), 18), "9.223372036854775807");
}

std::string double_text(double value) {
    std::string out;
    append_double(out, value);
    return out;
}

TEST(AppendDouble, SixDecimalsWithoutTrailingZeros) {
    EXPECT_EQ(double_text(0.1), "0.1");
    EXPECT_EQ(double_text(-0.0), "0");
    EXPECT_EQ(double_text(-0.0000001), "0");
    EXPECT_EQ(double_text(0.0078125), "0.007812") << "an exact tie goes to the even digit";
    EXPECT_EQ(double_text(0.0234375), "0.023438");
    EXPECT_EQ(double_text(0.0000005), "0") << "this double lies below the tie";
    EXPECT_EQ(double_text(1e15), "1000000000000000");
    EXPECT_EQ(double_text(-250), "-250");
    EXPECT_EQ(double_text(std::numeric_limits<double>::max()).size(), 309U);
}

RC_GTEST_PROP(AppendDoubleProperty, IsThePrintedNumberWithoutItsZeros, ()) {
    const double value = *rc::gen::arbitrary<double>() * std::pow(10.0, *rc::gen::inRange(-12, 12));
    RC_PRE(std::isfinite(value));
    char printed[400];
    std::snprintf(printed, sizeof printed, "%.6f", value);
    std::string expected = printed;
    expected.erase(expected.find_last_not_of('0') + 1);
    expected.erase(expected.find_last_not_of('.') + 1);
    RC_ASSERT(double_text(value) == (expected == "-0" ? "0" : expected));
}

}  // namespace
}  // namespace tickstock
