#include "server/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cmath>

#include "base/decimal.hpp"

namespace tickstock {
namespace {

constexpr int source_kind_count = 5;
constexpr int direction_count = 3;

template <class Enum>
constexpr std::uint32_t bit(Enum value) {
    return std::uint32_t{1} << static_cast<unsigned>(value);
}

/// Sets the bit of the enumerator (from `first` on) whose name is `word`.
template <class Enum>
bool add_word(std::uint32_t& mask, std::string_view word, int first, int count) {
    for (int i = first; i < count; ++i) {
        const auto value = static_cast<Enum>(i);
        if (to_string(value) == word) {
            mask |= bit(value);
            return true;
        }
    }
    return false;
}

bool set_score(FilterSpec& spec, std::string_view number) {
    // The grammar first: from_chars alone would take "inf" and "nan".
    std::int64_t unused = 0;
    if (parse_decimal(number, 6, unused) != DecimalStatus::Ok) {
        return false;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc{} || end != number.data() + number.size() || !std::isfinite(value)) {
        return false;
    }
    spec.min_score = value;
    return true;
}

}  // namespace

void FilterSpec::normalize() {
    std::ranges::sort(symbols);
    symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
}

std::string FilterSpec::key() const {
    std::string key = fmt::format("{} {} {}", types, directions, sources);
    const auto add = [&](char name, const auto& value) {
        if (value) {
            if constexpr (requires { value->raw(); }) {
                key += fmt::format(" {}{}", name, value->raw());
            } else {
                key += fmt::format(" {}{}", name, *value);
            }
        }
    };
    add('s', min_score);
    add('l', min_price);
    add('h', max_price);
    add('v', min_volume);
    for (const SymbolText& symbol : symbols) {
        key += '\n';  // no symbol has control characters
        key += symbol.view();
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

bool add_type(FilterSpec& spec, std::string_view word) {
    return add_word<EventType>(spec.types, word, 0, event_type_count);
}

bool add_direction(FilterSpec& spec, std::string_view word) {
    return add_word<Direction>(spec.directions, word, 1, direction_count);
}

bool add_source(FilterSpec& spec, std::string_view word) {
    return add_word<SourceKind>(spec.sources, word, 0, source_kind_count);
}

bool set_threshold(FilterSpec& spec, std::string_view name, std::string_view number) {
    if (name == "min_score") {
        return set_score(spec, number);
    }
    const int scale = name == "min_volume" ? Size::decimals : Price::decimals;
    std::int64_t raw = 0;
    if (parse_decimal(number, scale, raw) != DecimalStatus::Ok || raw < 0) {
        return false;
    }
    if (name == "min_price") {
        spec.min_price = Price::from_raw(raw);
    } else if (name == "max_price") {
        spec.max_price = Price::from_raw(raw);
    } else if (name == "min_volume") {
        spec.min_volume = Size::from_raw(raw);
    } else {
        return false;
    }
    return true;
}

std::string accepted_types() {
    std::string text;
    for (int i = 0; i < event_type_count; ++i) {
        text += i == 0 ? "" : ", ";
        text += to_string(static_cast<EventType>(i));
    }
    return text;
}

Filter::Filter(FilterSpec spec) : spec_(std::move(spec)) {
    static std::atomic<std::uint64_t> next_number{1};
    number_ = next_number.fetch_add(1, std::memory_order_relaxed);
    symbols_.insert(spec_.symbols.begin(), spec_.symbols.end());
    min_score_ = spec_.min_score.value_or(min_score_);
    min_price_ = spec_.min_price.value_or(min_price_);
    max_price_ = spec_.max_price.value_or(max_price_);
    min_volume_ = spec_.min_volume.value_or(min_volume_);
}

bool Filter::accepts(const StreamEntry& entry) const {
    if (spec_.types != 0 && (spec_.types & bit(entry.type)) == 0) {
        return false;
    }
    const bool is_control = entry.type == EventType::Control;
    if (!symbols_.empty() && !symbols_.contains(entry.symbol)) {
        return is_control && entry.symbol == SymbolText{};
    }
    if (is_control) {
        return true;
    }
    if (spec_.directions != 0 && (spec_.directions & bit(entry.direction)) == 0) {
        return false;
    }
    if (spec_.sources != 0 && (spec_.sources & bit(entry.source)) == 0) {
        return false;
    }
    return entry.score >= min_score_ && entry.price >= min_price_ && entry.price <= max_price_ &&
           entry.volume >= min_volume_;
}

std::shared_ptr<const Filter> FilterTable::compile(FilterSpec spec) {
    spec.normalize();
    auto& slot = filters_[spec.key()];
    auto filter = slot.lock();
    if (!filter) {
        filter = std::make_shared<const Filter>(std::move(spec));
        slot = filter;
    }
    if (filters_.size() > sweep_at_) {
        std::erase_if(filters_, [](const auto& entry) { return entry.second.expired(); });
        sweep_at_ = std::max<std::size_t>(64, 2 * filters_.size());
    }
    return filter;
}

std::size_t FilterTable::size() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(filters_, [](const auto& entry) { return !entry.second.expired(); }));
}

}  // namespace tickstock
