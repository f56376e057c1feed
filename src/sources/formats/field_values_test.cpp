#include "sources/formats/field_values.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace tickstock {
namespace {

struct Literal {
    std::string_view text;
    FieldStatus status;
    std::int64_t raw = 0;
};

TEST(FieldValues, PricesAreReadExactlyOrRefusedByReason) {
    constexpr FieldStatus ok = field_ok;
    constexpr FieldStatus bad = Reason::BadNumber;
    constexpr FieldStatus range = Reason::PriceOutOfRange;
    static constexpr Literal literals[] = {
        {"1", ok, 1'000'000'000},
        {"167.41", ok, 167'410'000'000},
        {"0.0001", ok, 100'000},
        {"0.001500", ok, 1'500'000},
        {"10.000000", ok, 10'000'000'000},
        {"0.1", ok, 100'000'000},
        {"0.3", ok, 300'000'000},
        {"439.2199", ok, 439'219'900'000},
        {"000012.5", ok, 12'500'000'000},
        {"1e2", ok, 100'000'000'000},
        {"1E2", ok, 100'000'000'000},
        {"1.5e+1", ok, 15'000'000'000},
        {"2.5e-3", ok, 2'500'000},
        {"1e-9", ok, 1},
        {"0.123456789", ok, 123'456'789},
        {"0.1234567885", ok, 123'456'788},   // half to even
        {"0.1234567895", ok, 123'456'790},   // half to even
        {"0.12345678851", ok, 123'456'789},  // above half
        {"0.0000000005", range},             // half to even: zero
        {"0.0000000015", ok, 2},
        {"8589934591.999999999", ok, Price::limit_raw - 1},
        {"8589934592", range},
        {"8589934591.9999999996", range},  // rounds up to the limit
        {"9223372036.854775808", range},
        {"1e30", range},
        {"1e999999999", range},
        {"99999999999999999999999999", range},
        {"0", range},
        {"0.0", range},
        {"0e5", range},
        {"-0", range},
        {"-1", range},
        {"-167.41", range},
        {"-1e30", range},
        {"NaN", bad},
        {"nan", bad},
        {"inf", bad},
        {"-inf", bad},
        {"Infinity", bad},
        {"1,5", bad},
        {"1.5.5", bad},
        {"1..5", bad},
        {".5", bad},
        {"5.", bad},
        {"+5", bad},
        {"--5", bad},
        {"0x10", bad},
        {"1_000", bad},
        {"1e", bad},
        {"1e+", bad},
        {"e5", bad},
        {"1 ", bad},
        {" 1", bad},
        {"1\t", bad},
        {"-", bad},
        {".", bad},
        {"true", bad},
        {"null", bad},
        {"\"1\"", bad},
        {"1.5f", bad},
        {"$1", bad},
        {"\xd9\xa1", bad},  // an Arabic-Indic digit
        {"", Reason::MissingField},
    };
    static_assert(std::size(literals) >= 60);
    for (const Literal& literal : literals) {
        Price price;
        EXPECT_EQ(read_price(literal.text, price), literal.status) << literal.text;
        if (literal.status == ok) {
            EXPECT_EQ(price.raw(), literal.raw) << literal.text;
        }
    }
}

TEST(FieldValues, SizesMayBeFractionalAndZeroButNotNegative) {
    Size size;
    EXPECT_EQ(read_size("100", size), field_ok);
    EXPECT_EQ(size.raw(), 100'000'000);
    EXPECT_EQ(read_size("0.001500", size), field_ok);
    EXPECT_EQ(size.raw(), 1500);
    EXPECT_EQ(read_size("4332125.038360", size), field_ok);
    EXPECT_EQ(size.raw(), 4'332'125'038'360);
    EXPECT_EQ(read_size("0.0000025", size), field_ok);
    EXPECT_EQ(size.raw(), 2);  // half to even
    EXPECT_EQ(read_size("0", size), field_ok);
    EXPECT_EQ(read_size("-1", size), Reason::SizeOutOfRange);
    EXPECT_EQ(read_size("9223372036854.775808", size), Reason::SizeOutOfRange);
    EXPECT_EQ(read_size("NaN", size), Reason::BadNumber);
    EXPECT_EQ(read_size("", size), Reason::MissingField);
}

TEST(FieldValues, TheUnitOfATimeFollowsFromItsMagnitude) {
    constexpr std::int64_t expected = 1'381'132'800'464'123'456;
    const auto ns_of = [](std::string_view text) {
        UnixNanos time{};
        EXPECT_EQ(read_time(text, std::nullopt, time), field_ok) << text;
        return to_ns(time);
    };
    EXPECT_EQ(ns_of("1381132800464123456"), expected);
    EXPECT_EQ(ns_of("1381132800464123"), expected - 456);
    EXPECT_EQ(ns_of("1381132800464"), 1'381'132'800'464'000'000);
    EXPECT_EQ(ns_of("1381132800"), 1'381'132'800'000'000'000);
    EXPECT_EQ(ns_of("1381132800.464123456"), expected);
    EXPECT_EQ(ns_of("1381132800464.123456"), expected);
    EXPECT_EQ(ns_of("1.381132800464123456e9"), expected);
    EXPECT_EQ(ns_of("631152000"), 631'152'000'000'000'000);
    EXPECT_EQ(ns_of("2013-10-07T08:00:00.464123456Z"), expected);
    EXPECT_EQ(ns_of("2013-10-07T04:00:00.464123456-04:00"), expected);
    EXPECT_EQ(ns_of("2013-10-07 08:00:00Z"), 1'381'132'800'000'000'000);
}

TEST(FieldValues, TimesOutsideOfTheirRangeAreRefused) {
    UnixNanos time{};
    for (const std::string_view text :
         {"0", "1", "631151999", "631151999999999999", "-1381132800", "0.5", "7258118400",
          "9223372036854775807", "18446744073709551615", "99999999999999999999999", "1e40",
          "1989-12-31T23:59:59Z", "2200-01-01T00:00:00Z"}) {
        EXPECT_EQ(read_time(text, std::nullopt, time), Reason::TimeOutOfRange) << text;
    }
    for (const std::string_view text :
         {"yesterday", "2013-10-07", "2013-13-07T08:00:00Z", "2013-02-30T08:00:00Z",
          "2013-10-07T24:00:00Z", "2013-10-07T08:60:00Z", "2013-10-07T08:00:00", "NaN",
          "2013-10-07T08:00:00.Z", "2013-10-07T08:00:00+0400", "0x5252", "1381132800 "}) {
        EXPECT_EQ(read_time(text, std::nullopt, time), Reason::BadNumber) << text;
    }
    EXPECT_EQ(read_time("", std::nullopt, time), Reason::MissingField);
    EXPECT_EQ(time, UnixNanos{});
}

TEST(FieldValues, LiveTimesMayBeAnHourAheadAndNoMore) {
    const UnixNanos now = from_unix_second(1'700'000'000);
    UnixNanos time{};
    EXPECT_EQ(read_time("1700003600", now, time), field_ok);
    EXPECT_EQ(read_time("1700003600000000001", now, time), Reason::TimeOutOfRange);
    EXPECT_EQ(read_time("1700003600000000001", std::nullopt, time), field_ok);
}

TEST(FieldValues, ConditionsComeInSeveralForms) {
    const auto codes_of = [](std::string_view text) {
        ConditionList list;
        EXPECT_EQ(read_conditions(text, list), field_ok) << text;
        return std::vector<int>(list.codes().begin(), list.codes().end());
    };
    EXPECT_EQ(codes_of("12,37"), (std::vector<int>{12, 37}));
    EXPECT_EQ(codes_of("[0, 12]"), (std::vector<int>{0, 12}));
    EXPECT_EQ(codes_of("41"), (std::vector<int>{41}));
    EXPECT_EQ(codes_of(""), std::vector<int>{});
    EXPECT_EQ(codes_of("[]"), std::vector<int>{});
    EXPECT_EQ(codes_of("300,\"@\""), (std::vector<int>{255, 255}));
    ConditionList list;
    EXPECT_EQ(read_conditions("1,2,3,4,5,6,7,8", list), field_ok);
    list = {};
    EXPECT_EQ(read_conditions("1,2,3,4,5,6,7,8,9", list), Reason::TooManyConditions);
    list = {};
    EXPECT_EQ(read_conditions("[1", list), Reason::Malformed);
}

TEST(FieldValues, DigitsReadLikeTheStandardLibrary) {
    rc::check([](std::uint64_t value, std::uint8_t zeros) {
        const std::string text = std::string(zeros % 3, '0') + std::to_string(value);
        std::uint64_t read = ~value;
        RC_ASSERT(read_digits(text, read) == (text.size() <= 20));
        RC_ASSERT(text.size() > 20 || read == value);
    });
    std::uint64_t value = 0;
    EXPECT_FALSE(read_digits("18446744073709551616", value));
    EXPECT_FALSE(read_digits("1234567:", value));
    EXPECT_FALSE(read_digits("/2345678", value));
    EXPECT_FALSE(read_digits("", value));
}

TEST(FieldValues, AnyByteThatIsNoDigitIsSeen) {
    for (int c = 0; c < 256; ++c) {
        for (std::size_t at = 0; at < 11; ++at) {
            std::string text = "12345678901";
            text[at] = static_cast<char>(c);
            std::uint64_t value = 0;
            EXPECT_EQ(read_digits(text, value), c >= '0' && c <= '9') << c << " at " << at;
        }
    }
}

}  // namespace
}  // namespace tickstock
