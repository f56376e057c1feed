#include "server/filter.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tickstock {
namespace {

StreamEntry entry(std::string_view symbol, EventType type, Direction direction,
                  std::int64_t cents) {
    StreamEntry result;
    result.symbol = SymbolText(symbol);
    result.type = type;
    result.direction = direction;
    result.price = Price::from_cents(cents);
    result.volume = Size::from_shares(100);
    result.score = 0.5;
    return result;
}

TEST(Filter, EmptyAcceptsEverything) {
    const Filter filter(FilterSpec{});
    EXPECT_TRUE(filter.accepts(entry("A", EventType::High, Direction::Up, 1)));
    EXPECT_TRUE(filter.accepts(StreamEntry{}));
}

TEST(Filter, EachCriterion) {
    const StreamEntry high = entry("IBM", EventType::High, Direction::Up, 18'250);
    const auto accepts = [&](auto change) {
        FilterSpec spec;
        change(spec);
        return Filter(spec).accepts(high);
    };
    EXPECT_TRUE(accepts([](auto& spec) { add_symbol(spec, "IBM"); }));
    EXPECT_FALSE(accepts([](auto& spec) { add_symbol(spec, "IB"); }));
    EXPECT_TRUE(accepts([](auto& spec) { add_type(spec, "high"); }));
    EXPECT_FALSE(accepts([](auto& spec) { add_type(spec, "low"); }));
    EXPECT_TRUE(accepts([](auto& spec) { add_direction(spec, "up"); }));
    EXPECT_FALSE(accepts([](auto& spec) { add_direction(spec, "down"); }));
    EXPECT_TRUE(accepts([](auto& spec) { add_source(spec, "tick"); }));
    EXPECT_FALSE(accepts([](auto& spec) { add_source(spec, "fmv"); }));
    EXPECT_TRUE(accepts([](auto& spec) { set_threshold(spec, "min_score", "0.5"); }));
    EXPECT_FALSE(accepts([](auto& spec) { set_threshold(spec, "min_score", "0.500001"); }));
    EXPECT_TRUE(accepts([](auto& spec) { set_threshold(spec, "min_price", "182.5"); }));
    EXPECT_FALSE(accepts([](auto& spec) { set_threshold(spec, "min_price", "182.500000001"); }));
    EXPECT_TRUE(accepts([](auto& spec) { set_threshold(spec, "max_price", "182.5"); }));
    EXPECT_FALSE(accepts([](auto& spec) { set_threshold(spec, "max_price", "182.499999999"); }));
    EXPECT_TRUE(accepts([](auto& spec) { set_threshold(spec, "min_volume", "100"); }));
    EXPECT_FALSE(accepts([](auto& spec) { set_threshold(spec, "min_volume", "100.000001"); }));
}

TEST(Filter, ControlEventsPassByTypeAndSymbolAlone) {
    FilterSpec spec;
    add_symbol(spec, "IBM");
    set_threshold(spec, "min_price", "10");
    add_direction(spec, "up");
    StreamEntry control;
    control.type = EventType::Control;
    EXPECT_TRUE(Filter(spec).accepts(control)) << "concerns all symbols";
    control.symbol = SymbolText("IBM");
    EXPECT_TRUE(Filter(spec).accepts(control));
    control.symbol = SymbolText("AAPL");
    EXPECT_FALSE(Filter(spec).accepts(control));
    control.symbol = SymbolText("IBM");
    add_type(spec, "high");
    EXPECT_FALSE(Filter(spec).accepts(control));
}

TEST(Filter, WordsAndNumbersOutsideTheProtocolAreRefused) {
    FilterSpec spec;
    EXPECT_FALSE(add_symbol(spec, ""));
    EXPECT_FALSE(add_symbol(spec, "ABCDEFGHIJKLMNOPQ"));
    EXPECT_FALSE(add_symbol(spec, "A\n"));
    EXPECT_FALSE(add_type(spec, "HIGH"));
    EXPECT_FALSE(add_direction(spec, ""));
    for (const std::string_view name : {"min_count", "min_trend_age", "max_trend_age"}) {
        for (const std::string_view number : {"", "-1", "1.5", "1e3", "4294967296", "+1"}) {
            EXPECT_FALSE(set_threshold(spec, name, number)) << name << number;
        }
        EXPECT_TRUE(set_threshold(spec, name, "4294967295"));
    }
    EXPECT_FALSE(set_threshold(spec, "min_magnitude", "-0.5"));
    EXPECT_FALSE(set_min_strength(spec, "Strong"));
    EXPECT_FALSE(add_vwap_position(spec, "at"));
    EXPECT_FALSE(add_universe(spec, ""));
    EXPECT_FALSE(add_universe(spec, "a\nb"));
    EXPECT_FALSE(add_universe(spec, std::string(97, 'u')));
    for (const std::string_view number : {"", "inf", "nan", "1,5", "0x10", "1e400", " 1", "1 "}) {
        EXPECT_FALSE(set_threshold(spec, "min_score", number)) << number;
        EXPECT_FALSE(set_threshold(spec, "min_price", number)) << number;
    }
    EXPECT_FALSE(set_threshold(spec, "min_price", "-1"));
    EXPECT_FALSE(set_threshold(spec, "min_weight", "1"));
}

TEST(FilterTable, EqualWishesShareOneFilter) {
    FilterTable table;
    FilterSpec one;
    FilterSpec two;
    for (const std::string_view symbol : {"IBM", "AAPL", "IBM"}) {
        add_symbol(one, symbol);
    }
    for (const std::string_view symbol : {"AAPL", "IBM"}) {
        add_symbol(two, symbol);
    }
    set_threshold(one, "min_price", "1.50");
    set_threshold(two, "min_price", "1.5");
    const auto first = table.compile(one);
    EXPECT_EQ(first, table.compile(two));
    set_threshold(two, "max_price", "1.5");
    EXPECT_NE(first, table.compile(two));
    EXPECT_EQ(table.size(), 1U) << "the other one is in use no more";
}

TEST(FilterTable, ForgetsWhatNobodyUses) {
    FilterTable table;
    for (int i = 0; i < 1000; ++i) {
        FilterSpec spec;
        add_symbol(spec, "S" + std::to_string(i));
        table.compile(spec);
    }
    EXPECT_EQ(table.size(), 0U);
}

TEST(Filter, ARestrictionOnWhatTheEventDoesNotHaveLetsItPass) {
    FilterSpec spec;
    set_min_strength(spec, "strong");
    set_threshold(spec, "min_trend_age", "60");
    const Filter filter(spec);
    StreamEntry trend = entry("A", EventType::Trend, Direction::Up, 1);
    trend.details.has = EventDetails::Strength | EventDetails::TrendAge;
    trend.details.strength = Strength::Strong;
    trend.details.trend_age = 60;
    EXPECT_TRUE(filter.accepts(trend));
    trend.details.trend_age = 59;
    EXPECT_FALSE(filter.accepts(trend));
    trend.details.trend_age = 60;
    trend.details.strength = Strength::Moderate;
    EXPECT_FALSE(filter.accepts(trend));
    EXPECT_TRUE(filter.accepts(entry("A", EventType::High, Direction::Up, 1)));
}

RC_GTEST_PROP(Filter, KeysAreEqualExactlyWhenTheFiltersAre, ()) {
    const auto any = [] {
        FilterSpec spec;
        spec.types = *rc::gen::inRange(0U, 4U);
        spec.directions = *rc::gen::inRange(0U, 2U);
        for (const int letter : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3))) {
            const char name = static_cast<char>('A' + letter);
            add_symbol(spec, std::string_view(&name, 1));
        }
        if (*rc::gen::arbitrary<bool>()) {
            spec.min_price = Price::from_raw(*rc::gen::inRange(0, 2));
        }
        if (*rc::gen::arbitrary<bool>()) {
            spec.max_price = Price::from_raw(*rc::gen::inRange(0, 2));
        }
        spec.normalize();
        return spec;
    };
    const FilterSpec a = any();
    const FilterSpec b = any();
    const bool equal = a.symbols == b.symbols && a.types == b.types &&
                       a.directions == b.directions && a.min_price == b.min_price &&
                       a.max_price == b.max_price;
    RC_ASSERT((a.key() == b.key()) == equal);
}

}  // namespace
}  // namespace tickstock
