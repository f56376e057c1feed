// Filters held against what their words say.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <tuple>

#include "server/filter.hpp"

namespace tickstock {
namespace {

SymbolText letter_symbol(int letter) {
    const char name = static_cast<char>('A' + letter);
    return SymbolText(std::string_view(&name, 1));
}

std::vector<SymbolText> any_symbols() {
    std::vector<SymbolText> symbols;
    for (const int letter : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6))) {
        symbols.push_back(letter_symbol(letter));
    }
    return symbols;
}

template <class T>
std::optional<T> maybe(std::vector<T> values) {
    return *rc::gen::arbitrary<bool>() ? std::optional<T>(*rc::gen::elementOf(values))
                                       : std::nullopt;
}

FilterSpec any_spec() {
    FilterSpec spec;
    spec.symbols = any_symbols();
    spec.types = *rc::gen::element(0U, 3U, 0x7EU);
    spec.directions = *rc::gen::element(0U, 2U, 4U, 6U);
    spec.sources = *rc::gen::element(0U, 1U, 6U);
    spec.vwap_positions = *rc::gen::inRange(0U, 8U);
    spec.min_score = maybe<double>({0, 0.5, 7});
    spec.min_price = maybe<Price>({Price::from_cents(0), Price::from_cents(500)});
    spec.max_price = maybe<Price>({Price::from_cents(500), Price::from_cents(501)});
    spec.min_volume = maybe<Size>({Size::from_shares(1), Size::from_shares(100)});
    spec.min_strength = maybe<Strength>({Strength::Weak, Strength::Moderate, Strength::Strong});
    spec.min_magnitude = maybe<double>({0, 1.5});
    spec.min_count = maybe<std::uint32_t>({0, 3});
    spec.min_trend_age = maybe<std::uint32_t>({0, 60});
    spec.max_trend_age = maybe<std::uint32_t>({59, 60});
    return spec;
}

StreamEntry any_entry() {
    StreamEntry one;
    const int letter = *rc::gen::inRange(-1, 8);
    one.symbol = letter < 0 ? SymbolText{} : letter_symbol(letter);
    one.symbol_number = static_cast<std::uint32_t>(letter + 2) * *rc::gen::element(0U, 1U);
    one.type = static_cast<EventType>(*rc::gen::inRange(0, event_type_count));
    one.direction = static_cast<Direction>(*rc::gen::inRange(0, 3));
    one.source = static_cast<SourceKind>(*rc::gen::inRange(0, 5));
    one.score = *rc::gen::element(0.0, 0.5, 6.0, 7.0);
    one.price = Price::from_cents(*rc::gen::element(0, 499, 500, 501));
    one.volume = Size::from_shares(*rc::gen::element(0, 1, 99, 100));
    one.details.has = *rc::gen::inRange<std::uint8_t>(0, 32);
    one.details.strength = static_cast<Strength>(*rc::gen::inRange(0, 3));
    one.details.vwap = static_cast<TrendData::VwapPosition>(*rc::gen::inRange(0, 3));
    one.details.magnitude = *rc::gen::element(0.0, 1.4, 1.5);
    one.details.count = *rc::gen::element(0U, 2U, 3U);
    one.details.trend_age = *rc::gen::element(0U, 59U, 60U, 61U);
    return one;
}

/// What a filter means, one restriction after the other and nothing compiled.
bool naive_accepts(const FilterSpec& spec, const std::vector<SymbolText>& universe,
                   const StreamEntry& one) {
    const auto in = [](std::uint32_t mask, auto value) {
        return mask == 0 || (mask & (1U << static_cast<unsigned>(value))) != 0;
    };
    if (!in(spec.types, one.type)) {
        return false;
    }
    if (!spec.symbols.empty() || !spec.universes.empty()) {
        bool is_listed = one.type == EventType::Control && one.symbol == SymbolText{};
        for (const auto& symbol : spec.symbols) {
            is_listed = is_listed || symbol == one.symbol;
        }
        for (const auto& symbol : universe) {
            is_listed = is_listed || (!spec.universes.empty() && symbol == one.symbol);
        }
        if (!is_listed) {
            return false;
        }
    }
    if (one.type == EventType::Control) {
        return true;
    }
    if (!in(spec.directions, one.direction) || !in(spec.sources, one.source)) {
        return false;
    }
    if ((spec.min_score && one.score < *spec.min_score) ||
        (spec.min_price && one.price < *spec.min_price) ||
        (spec.max_price && one.price > *spec.max_price) ||
        (spec.min_volume && one.volume < *spec.min_volume)) {
        return false;
    }
    const auto has = [&](EventDetails::Member member) { return (one.details.has & member) != 0; };
    if (has(EventDetails::Strength) && spec.min_strength &&
        one.details.strength < *spec.min_strength) {
        return false;
    }
    if (has(EventDetails::Magnitude) && spec.min_magnitude &&
        one.details.magnitude < *spec.min_magnitude) {
        return false;
    }
    if (has(EventDetails::Count) && spec.min_count && one.details.count < *spec.min_count) {
        return false;
    }
    if (has(EventDetails::TrendAge) &&
        ((spec.min_trend_age && one.details.trend_age < *spec.min_trend_age) ||
         (spec.max_trend_age && one.details.trend_age > *spec.max_trend_age))) {
        return false;
    }
    return !has(EventDetails::Vwap) || in(spec.vwap_positions, one.details.vwap);
}

RC_GTEST_PROP(Filter, AcceptsWhatItsWordsSay, ()) {
    FilterSpec spec = any_spec();
    Filter::Universes universes;
    std::vector<SymbolText> universe;
    if (*rc::gen::arbitrary<bool>()) {
        spec.universes = {"u"};
        universe = any_symbols();
        universes = {
            std::make_shared<UniverseCatalog::Universe>(UniverseCatalog::Universe{universe})};
    }
    Filter filter(spec, universes);
    for (int change = 0; change < 2; ++change) {
        for (int i = 0; i < 20; ++i) {
            const StreamEntry one = any_entry();
            RC_ASSERT(filter.accepts(one) == naive_accepts(spec, universe, one));
            if (filter.accepts(one)) {
                RC_ASSERT(filter.may_accept(one.type, one.symbol));
            }
        }
        if (spec.universes.empty()) {
            break;
        }
        const auto before = filter.number();
        universe = any_symbols();
        filter.set_universes(
            {std::make_shared<UniverseCatalog::Universe>(UniverseCatalog::Universe{universe})});
        RC_ASSERT(filter.number() != before);
    }
}

RC_GTEST_PROP(Filter, KeysTellAllRestrictionsApart, ()) {
    FilterSpec a = any_spec();
    FilterSpec b = any_spec();
    a.universes = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("u", "u\t", "A", "1:u"));
    b.universes = *rc::gen::element(a.universes, std::vector<std::string>{"u"});
    if (*rc::gen::arbitrary<bool>()) {
        b = a;
        **rc::gen::element(&b.min_count, &b.min_trend_age, &b.max_trend_age) = 8;
    }
    a.normalize();
    b.normalize();
    const auto all = [](const FilterSpec& s) {
        return std::tuple(s.symbols, s.universes, s.types, s.directions, s.sources, s.min_score,
                          s.min_price, s.max_price, s.min_volume, s.min_strength, s.min_magnitude,
                          s.min_count, s.min_trend_age, s.max_trend_age, s.vwap_positions);
    };
    RC_ASSERT((a.key() == b.key()) == (all(a) == all(b)));
}

}  // namespace
}  // namespace tickstock
