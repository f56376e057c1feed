#include "model/event.hpp"

#include <tuple>

#include "base/assert.hpp"

namespace tickstock {

std::string_view to_string(Reversal reversal) {
    switch (reversal) {
        case Reversal::None: return "";
        case Reversal::WBottom: return "W-bottom";
        case Reversal::MTop: return "M-top";
        case Reversal::VBottom: return "V-bottom";
        case Reversal::VTop: return "V-top";
    }
    TS_ASSERT(false);
}

std::string_view to_string(ControlData::Kind kind) {
    switch (kind) {
        case ControlData::Kind::Halt: return "halt";
        case ControlData::Kind::Resume: return "resume";
        case ControlData::Kind::SourceGap: return "source_gap";
        case ControlData::Kind::SourceRecovered: return "source_recovered";
    }
    TS_ASSERT(false);
}

std::string_view to_string(Strength strength) {
    switch (strength) {
        case Strength::Weak: return "weak";
        case Strength::Moderate: return "moderate";
        case Strength::Strong: return "strong";
    }
    TS_ASSERT(false);
}

std::string_view to_string(TrendData::VwapPosition position) {
    switch (position) {
        case TrendData::VwapPosition::Unknown: return "unknown";
        case TrendData::VwapPosition::Above: return "above";
        case TrendData::VwapPosition::Below: return "below";
    }
    TS_ASSERT(false);
}

std::string_view to_string(TrendData::Turn turn) {
    switch (turn) {
        case TrendData::Turn::None: return "";
        case TrendData::Turn::UpNowDown: return "up-now-down";
        case TrendData::Turn::DownNowUp: return "down-now-up";
    }
    TS_ASSERT(false);
}

std::string_view to_string(SurgeData::Trigger trigger) {
    switch (trigger) {
        case SurgeData::Trigger::PriceAndVolume: return "price_and_volume";
        case SurgeData::Trigger::Price: return "price";
        case SurgeData::Trigger::Volume: return "volume";
        case SurgeData::Trigger::PriceDriven: return "price_driven";
        case SurgeData::Trigger::VolumeDriven: return "volume_driven";
    }
    TS_ASSERT(false);
}

std::string_view to_string(RuleMark::Action action) {
    switch (action) {
        case RuleMark::Action::Passed: return "passed";
        case RuleMark::Action::Transformed: return "transformed";
        case RuleMark::Action::Enriched: return "enriched";
    }
    TS_ASSERT(false);
}

EventRank rank_of(EventType type) {
    switch (type) {
        case EventType::Trend: return EventRank::Trend;
        case EventType::Surge: return EventRank::Surge;
        case EventType::High: return EventRank::High;
        case EventType::Low: return EventRank::Low;
        case EventType::Valuation: return EventRank::Valuation;
        case EventType::Rule: return EventRank::Rule;
        case EventType::Control: return EventRank::Control;
    }
    TS_ASSERT(false);
}

bool comes_before(const OrderKey& a, SymbolId symbol_a, const OrderKey& b, SymbolId symbol_b,
                  const SymbolTable& symbols) {
    const auto left = std::tie(a.fire, a.sequence, a.phase);
    const auto right = std::tie(b.fire, b.sequence, b.phase);
    if (left != right) {
        return left < right;
    }
    if (symbol_a != symbol_b) {
        return symbols.text(symbol_a) < symbols.text(symbol_b);
    }
    return std::tie(a.rank, a.k) < std::tie(b.rank, b.k);
}

}  // namespace tickstock
