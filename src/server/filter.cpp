#include "server/filter.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace tickstock {
namespace {

std::uint64_t next_number() {
    static std::atomic<std::uint64_t> next{1};
    return next.fetch_add(1, std::memory_order_relaxed);
}

template <class Enum>
bool has_bit(std::uint32_t mask, Enum value) {
    return (mask >> static_cast<unsigned>(value) & 1U) != 0;
}

}  // namespace

Filter::Filter(FilterSpec spec, Universes universes) : spec_(std::move(spec)) {
    if (spec_.any_of) {
        for (const auto& one : *spec_.any_of) {
            any_of_numbers_.push_back(one->number());
        }
    }
    restricts_symbols_ = spec_.restricts_symbols();
    min_score_ = spec_.min_score.value_or(min_score_);
    min_price_ = spec_.min_price.value_or(min_price_);
    max_price_ = spec_.max_price.value_or(max_price_);
    min_volume_ = spec_.min_volume.value_or(min_volume_);
    const auto restrict_if = [this](bool asked, EventDetails::Member member) {
        members_ |= asked ? unsigned{member} : 0U;
    };
    restrict_if(spec_.min_strength.has_value(), EventDetails::Strength);
    restrict_if(spec_.min_magnitude.has_value(), EventDetails::Magnitude);
    restrict_if(spec_.min_count.has_value(), EventDetails::Count);
    restrict_if(spec_.min_trend_age || spec_.max_trend_age, EventDetails::TrendAge);
    restrict_if(spec_.vwap_positions != 0, EventDetails::Vwap);
    set_universes(std::move(universes));
}

void Filter::set_universes(Universes universes) {
    number_ = next_number();
    universes_ = std::move(universes);
    std::vector<SymbolText> symbols = spec_.symbols;
    for (const auto& universe : universes_) {
        if (universe != nullptr) {
            symbols.insert(symbols.end(), universe->symbols.begin(), universe->symbols.end());
        }
    }
    symbols_ = SymbolSet(std::move(symbols));
}

void Filter::follow_any_of() {
    for (std::size_t i = 0; i < any_of_numbers_.size(); ++i) {
        const std::uint64_t number = (*spec_.any_of)[i]->number();
        if (any_of_numbers_[i] != number) {
            any_of_numbers_[i] = number;
            number_ = next_number();
        }
    }
}

bool Filter::may_accept(EventType type, const SymbolText& symbol) const {
    return accepts_type(type) && accepts_symbol(type, 0, symbol) &&
           (!spec_.any_of || std::ranges::any_of(*spec_.any_of, [&](const auto& one) {
               return one->may_accept(type, symbol);
           }));
}

bool Filter::accepts(const StreamEntry& entry) const {
    return accepts_alone(entry) &&
           (!spec_.any_of || std::ranges::any_of(*spec_.any_of, [&](const auto& one) {
               return one->accepts(entry);
           }));
}

bool Filter::accepts_alone(const StreamEntry& entry) const {
    if (!accepts_type(entry.type) ||
        !accepts_symbol(entry.type, entry.symbol_number, entry.symbol)) {
        return false;
    }
    if (entry.type == EventType::Control) {
        return true;
    }
    if (spec_.directions != 0 && !has_bit(spec_.directions, entry.direction)) {
        return false;
    }
    if (spec_.sources != 0 && !has_bit(spec_.sources, entry.source)) {
        return false;
    }
    const unsigned members = members_ & entry.details.has;
    return entry.score >= min_score_ && entry.price >= min_price_ && entry.price <= max_price_ &&
           entry.volume >= min_volume_ && (members == 0 || accepts_details(entry.details, members));
}

bool Filter::accepts_details(const EventDetails& details, unsigned members) const {
    const auto refuses = [members](EventDetails::Member member, bool holds) {
        return (members & member) != 0 && !holds;
    };
    return !refuses(EventDetails::Strength,
                    details.strength >= spec_.min_strength.value_or(Strength::Weak)) &&
           !refuses(EventDetails::Magnitude,
                    details.magnitude >= spec_.min_magnitude.value_or(0)) &&
           !refuses(EventDetails::Count, details.count >= spec_.min_count.value_or(0)) &&
           !refuses(EventDetails::TrendAge,
                    details.trend_age >= spec_.min_trend_age.value_or(0) &&
                        details.trend_age <= spec_.max_trend_age.value_or(
                                                 std::numeric_limits<std::uint32_t>::max())) &&
           !refuses(EventDetails::Vwap, has_bit(spec_.vwap_positions, details.vwap));
}

Filter::Universes FilterTable::universes_of(const FilterSpec& spec) const {
    Filter::Universes universes;
    for (const std::string& key : spec.universes) {
        universes.push_back(catalog_ == nullptr ? nullptr : catalog_->find(key));
    }
    return universes;
}

std::shared_ptr<const Filter> FilterTable::compile(FilterSpec spec) {
    spec.normalize();
    refresh_universes();
    const std::string key = spec.key();
    auto filter = filters_[key].lock();
    if (!filter) {
        auto universes = universes_of(spec);
        filter = std::make_shared<Filter>(std::move(spec), std::move(universes));
        filters_[key] = filter;
    }
    if (filters_.size() > sweep_at_) {
        std::erase_if(filters_, [](const auto& entry) { return entry.second.expired(); });
        sweep_at_ = std::max<std::size_t>(64, 2 * filters_.size());
    }
    return filter;
}

void FilterTable::refresh_universes() {
    if (catalog_ == nullptr || catalog_->version() == version_) {
        return;
    }
    version_ = catalog_->version();
    for (const auto& [key, weak] : filters_) {
        const auto filter = weak.lock();
        if (filter == nullptr || filter->spec().universes.empty()) {
            continue;
        }
        if (auto universes = universes_of(filter->spec()); universes != filter->universes()) {
            filter->set_universes(std::move(universes));
        }
    }
    for (const auto& [key, weak] : filters_) {
        if (const auto filter = weak.lock()) {
            filter->follow_any_of();
        }
    }
}

std::size_t FilterTable::size() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(filters_, [](const auto& entry) { return !entry.second.expired(); }));
}

}  // namespace tickstock
