#include "server/filter_spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/decimal.hpp"
#include "model/event.hpp"
#include "server/limits.hpp"

namespace tickstock {
namespace {

constexpr int source_kind_count = 5;
constexpr int direction_count = 3;
constexpr int vwap_position_count = 3;

/// Sets the bit of the enumerator (from `first` on) whose name is `word`.
template <class Enum>
bool add_word(std::uint32_t& mask, std::string_view word, int first, int count) {
    for (int i = first; i < count; ++i) {
        const auto value = static_cast<Enum>(i);
        if (to_string(value) == word) {
            mask |= std::uint32_t{1} << static_cast<unsigned>(value);
            return true;
        }
    }
    return false;
}

bool set_number(std::optional<double>& into, std::string_view number, double least) {
    // The grammar first: from_chars alone would take "inf" and "nan".
    std::int64_t unused = 0;
    if (parse_decimal(number, 6, unused) != DecimalStatus::Ok) {
        return false;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc{} || end != number.data() + number.size() || !std::isfinite(value) ||
        value < least) {
        return false;
    }
    into = value;
    return true;
}

bool set_whole(std::optional<std::uint32_t>& into, std::string_view number) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc{} || end != number.data() + number.size()) {
        return false;
    }
    into = value;
    return true;
}

template <class Fixed>
bool set_fixed(std::optional<Fixed>& into, std::string_view number) {
    std::int64_t raw = 0;
    if (parse_decimal(number, Fixed::decimals, raw) != DecimalStatus::Ok || raw < 0) {
        return false;
    }
    into = Fixed::from_raw(raw);
    return true;
}

template <class T>
void sort_unique(std::vector<T>& list) {
    std::ranges::sort(list);
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

void FilterSpec::normalize() {
    sort_unique(symbols);
    sort_unique(universes);
}

std::string FilterSpec::key() const {
    std::string key = fmt::format("{} {} {} {}", types, directions, sources, vwap_positions);
    const auto add = [&](char name, const auto& value) {
        if (value) {
            if constexpr (requires { value->raw(); }) {
                key += fmt::format(" {}{}", name, value->raw());
            } else if constexpr (std::is_enum_v<std::remove_cvref_t<decltype(*value)>>) {
                key += fmt::format(" {}{}", name, static_cast<unsigned>(*value));
            } else {
                key += fmt::format(" {}{}", name, *value);
            }
        }
    };
    add('s', min_score);
    add('l', min_price);
    add('h', max_price);
    add('v', min_volume);
    add('w', min_strength);
    add('m', min_magnitude);
    add('c', min_count);
    add('a', min_trend_age);
    add('z', max_trend_age);
    for (const std::string& universe : universes) {
        key += fmt::format("\n{}:{}", universe.size(), universe);
    }
    key += '\t';
    for (const SymbolText& symbol : symbols) {
        key += '\n';  // no symbol has control characters
        key += symbol.view();
    }
    if (any_of) {
        key += "\v";
        for (const auto& one : *any_of) {  // they live as long as the filter with this key
            key += fmt::format("{} ", static_cast<const void*>(one.get()));
        }
    }
    return key;
}

bool add_symbol(FilterSpec& spec, std::string_view word) {
    if (!SymbolText::is_valid(word)) {
        return false;
    }
    spec.symbols.emplace_back(word);
    return true;
}

bool add_universe(FilterSpec& spec, std::string_view name) {
    const bool printable =
        std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (name.empty() || name.size() > limits::universe_name_bytes || !printable ||
        spec.universes.size() == limits::universes_per_filter) {
        return false;
    }
    spec.universes.emplace_back(name);
    return true;
}

bool add_type(FilterSpec& spec, std::string_view word) {
    return add_word<EventType>(spec.types, word, 0, event_type_count);
}

bool add_direction(FilterSpec& spec, std::string_view word) {
    return add_word<Direction>(spec.directions, word, 1, direction_count);
}

bool add_source(FilterSpec& spec, std::string_view word) {
    return add_word<SourceKind>(spec.sources, word, 0, source_kind_count);
}

bool add_vwap_position(FilterSpec& spec, std::string_view word) {
    return add_word<TrendData::VwapPosition>(spec.vwap_positions, word, 0, vwap_position_count);
}

bool set_min_strength(FilterSpec& spec, std::string_view word) {
    for (const Strength strength : {Strength::Weak, Strength::Moderate, Strength::Strong}) {
        if (to_string(strength) == word) {
            spec.min_strength = strength;
            return true;
        }
    }
    return false;
}

std::span<const std::string_view> threshold_names() {
    static constexpr std::array<std::string_view, 8> names{
        "min_score",     "min_price", "max_price",     "min_volume",
        "min_magnitude", "min_count", "min_trend_age", "max_trend_age"};
    return names;
}

bool is_threshold(std::string_view name) {
    return std::ranges::find(threshold_names(), name) != threshold_names().end();
}

bool is_whole_threshold(std::string_view name) {
    return name == "min_count" || name == "min_trend_age" || name == "max_trend_age";
}

bool set_threshold(FilterSpec& spec, std::string_view name, std::string_view number) {
    if (name == "min_score") {
        return set_number(spec.min_score, number, std::numeric_limits<double>::lowest());
    }
    if (name == "min_magnitude") {
        return set_number(spec.min_magnitude, number, 0);
    }
    if (name == "min_price") {
        return set_fixed(spec.min_price, number);
    }
    if (name == "max_price") {
        return set_fixed(spec.max_price, number);
    }
    if (name == "min_volume") {
        return set_fixed(spec.min_volume, number);
    }
    if (name == "min_count") {
        return set_whole(spec.min_count, number);
    }
    if (name == "min_trend_age") {
        return set_whole(spec.min_trend_age, number);
    }
    return name == "max_trend_age" && set_whole(spec.max_trend_age, number);
}

std::string accepted_types() {
    std::string text;
    for (int i = 0; i < event_type_count; ++i) {
        text += i == 0 ? "" : ", ";
        text += to_string(static_cast<EventType>(i));
    }
    return text;
}

}  // namespace tickstock
