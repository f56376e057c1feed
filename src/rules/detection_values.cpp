#include "rules/detection_values.hpp"

#include <string_view>
#include <variant>

#include "rules/timeframe_seconds.hpp"

namespace tickstock {
namespace {

consteval std::size_t at(std::string_view name) {
    return field_index(detection_rule_fields, name);
}

/// 1 weak, 2 moderate, 3 strong.
double rank_of(Strength strength) {
    return static_cast<double>(strength) + 1;
}

/// Fills what the type's own data tells.
class DataFields {
public:
    DataFields(const Detection& detection, DetectionValues& values)
        : values_(values), up_(detection.direction == Direction::Up) {}

    void operator()(const HighLowData& data) const {
        values_[at("count")] = up_ ? data.count_up : data.count_down;
        values_[at("percent_change")] = data.percent_change;
        values_[at("rel_volume")] = data.rel_volume;
        values_[at("vwap")] = data.has_vwap ? data.vwap : 0;
        values_[at("vwap_divergence")] = data.has_vwap ? data.vwap_divergence : 0;
        values_[at("session_high")] = data.session_high.to_double();
        values_[at("session_low")] = data.session_low.to_double();
        values_[at("coalesced")] = data.coalesced;
    }
    void operator()(const TrendData& data) const {
        values_[at("count")] = up_ ? data.count_up : data.count_down;
        values_[at("strength")] = rank_of(data.strength);
        values_[at("trend_score")] = data.score;
        values_[at("trend_age")] = static_cast<double>(data.age_seconds);
    }
    void operator()(const SurgeData& data) const {
        values_[at("count")] = data.daily_count;
        values_[at("volume_multiplier")] = data.volume_multiplier;
        values_[at("magnitude")] = data.magnitude;
        values_[at("strength")] = rank_of(data.strength);
    }
    void operator()(const BarData& data) const {
        values_[at("percent_change")] = data.percent_change;
        values_[at("volume_multiplier")] = data.volume_multiplier;
    }
    void operator()(const ValuationData& data) const {
        values_[at("deviation")] = data.deviation;
        values_[at("fair_value")] = data.fair_value.to_double();
    }
    void operator()(const RuleData& data) const { values_[at("count")] = data.count; }
    void operator()(const ControlData&) const {}

private:
    DetectionValues& values_;
    const bool up_;
};

/// A correction tells the price that is left; rules judge it as they judged what it takes back.
double judged_price(const Detection& detection) {
    const auto* data = std::get_if<HighLowData>(&detection.data);
    if (!detection.revises_last || data == nullptr) {
        return detection.price.to_double();
    }
    return (detection.direction == Direction::Up ? data->session_high : data->session_low)
        .to_double();
}

}  // namespace

DetectionValues detection_values(const Detection& detection) {
    DetectionValues values{};
    values[at("price")] = judged_price(detection);
    values[at("volume")] = detection.volume.to_double();
    values[at("score")] = detection.score;
    values[at("confidence")] = detection.confidence;
    values[at("direction")] = detection.direction == Direction::Up     ? 1
                              : detection.direction == Direction::Down ? -1
                                                                       : 0;
    values[at("timeframe_seconds")] = seconds_of(detection.timeframe);
    values[at("premarket")] = detection.session == TradingSession::Pre;
    values[at("regular")] = detection.session == TradingSession::Regular;
    values[at("afterhours")] = detection.session == TradingSession::After;
    values[at("opening")] = detection.evidence.period == MarketPeriod::Opening;
    values[at("closing")] = detection.evidence.period == MarketPeriod::Closing;
    std::visit(DataFields(detection, values), detection.data);
    return values;
}

}  // namespace tickstock
