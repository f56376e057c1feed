#include "detectors/trend.hpp"

#include <algorithm>
#include <cmath>

#include "base/assert.hpp"
#include "base/prefetch.hpp"
#include "detectors/sample_detection.hpp"

namespace tickstock {
namespace {

constexpr std::int64_t e12 = 1'000'000'000'000;

/// By VolatilityLevel, in tenths.
constexpr std::array<std::int64_t, volatility_level_count> factor_tenths{8, 10, 15};

double from_e12(std::int64_t value) {
    return static_cast<double>(value) / static_cast<double>(e12);
}

}  // namespace

TrendDetector::TrendDetector(const TrendSettings& settings) {
    take(settings);
}

void TrendDetector::reconfigure(const PipelineSettings& settings) {
    take(settings.trend);
}

void TrendDetector::take(const TrendSettings& settings) {
    settings_ = settings;
    for (std::size_t period = 0; period < thresholds_.size(); ++period) {
        for (std::size_t level = 0; level < factor_tenths.size(); ++level) {
            thresholds_[period][level] =
                thresholds_of(settings.periods[period], static_cast<VolatilityLevel>(level));
        }
    }
}

TrendDetector::Thresholds TrendDetector::thresholds_of(const TrendPeriodSettings& period,
                                                       VolatilityLevel level) {
    const std::int64_t tenths = factor_tenths[static_cast<std::size_t>(level)];
    const auto applied_e12 = [&](Micro threshold) {
        return threshold * period.threshold_multiplier * tenths / 10;
    };
    Thresholds made;
    made.direction_e12 = applied_e12(period.direction_threshold);
    made.strength_e12 = applied_e12(period.strength_threshold);
    made.factor_e12 = tenths * (e12 / 10);
    made.limits.weak = from_e12(made.direction_e12);
    made.limits.moderate = from_e12(made.direction_e12 * 5 / 4);
    made.limits.strong = from_e12(made.strength_e12);
    made.limits.kept = static_cast<double>(1'000'000 - period.retracement) / 1e6;
    made.limits.interval = period.interval;
    return made;
}

TrendDetector::SymbolState& TrendDetector::state_of(SymbolId symbol) {
    if (symbol.value() >= states_.size()) {
        states_.resize(std::max<std::size_t>(symbol.value() + 1, states_.size() * 2));
    }
    return states_[symbol.value()];
}

void TrendDetector::reset(SymbolId symbol) {
    state_of(symbol) = SymbolState{};
}

void TrendDetector::restore(const SessionRestore& session) {
    state_of(session.symbol).trend.restore_counts(session.trends_up, session.trends_down);
}

void TrendDetector::on_sample(const Sample& sample, SessionStats& stats, const Moment& moment,
                              DetectionSink& sink) {
    SymbolState& state = state_of(sample.symbol);
    const std::int64_t second = unix_second(sample.t);
    if (second <= state.last_second) {
        return;
    }
    state.last_second = second;
    const double price = sample.price.to_double();
    state.windows.add(price, sample.volume.to_double(), sample.vwap, second);
    state.volatility.add(price, second);

    const TrendPeriodSettings& period = settings_.periods[static_cast<std::size_t>(sample.period)];
    if (stats.muted || !state.windows.ready(period.min_data_points, period.warm_up)) {
        return;
    }
    const Thresholds& applied = thresholds_[static_cast<std::size_t>(sample.period)]
                                           [static_cast<std::size_t>(state.volatility.level())];
    const TrendScore score = state.windows.score(period.min_data_points);
    const bool emits = state.trend.on_score(score.total, applied.limits, sample.t);
    stats.trend_flag = state.trend.direction();
    if (emits) {
        emit(sample, stats, state, score, applied, moment, sink);
    }
}

void TrendDetector::prefetch(SymbolId symbol) const {
    if (symbol.value() < states_.size()) {
        prefetch_object(states_[symbol.value()]);
    }
}

void TrendDetector::emit(const Sample& sample, const SessionStats& stats, const SymbolState& state,
                         const TrendScore& score, const Thresholds& applied, const Moment& moment,
                         DetectionSink& sink) const {
    const TrendPeriodSettings& period = settings_.periods[static_cast<std::size_t>(sample.period)];
    const double price = sample.price.to_double();
    TrendData data;
    data.strength = state.trend.strength();
    data.score = score.total;
    data.score_short = score.short_window;
    data.score_medium = score.medium_window;
    data.score_long = score.long_window;
    data.vwap_position = price > sample.vwap   ? TrendData::VwapPosition::Above
                         : price < sample.vwap ? TrendData::VwapPosition::Below
                                               : TrendData::VwapPosition::Unknown;
    data.age_seconds =
        std::chrono::duration_cast<std::chrono::seconds>(state.trend.age(sample.t)).count();
    data.turn = state.trend.turn();
    data.count_up = state.trend.count_up();
    data.count_down = state.trend.count_down();

    Detection detection = detection_of(sample, stats, EventType::Trend, state.trend.direction());
    detection.score = std::abs(score.total);
    detection.data = data;
    ThresholdList& thresholds = detection.evidence.thresholds;
    thresholds.add("direction_threshold", applied.direction_e12);
    thresholds.add("strength_threshold", applied.strength_e12);
    thresholds.add("retracement", period.retracement * 1'000'000);
    thresholds.add("min_data_points", std::int64_t{period.min_data_points} * e12);
    thresholds.add("volatility_factor", applied.factor_e12);
    detection.evidence.configured =
        period != TrendSettings{}.periods[static_cast<std::size_t>(sample.period)];
    detection.evidence.rule_version = "trend/1";
    sink.emit(moment, std::move(detection));
}

void TrendDetector::save_symbol(SymbolId symbol, StateWriter& out) const {
    out(symbol.value() < states_.size() ? states_[symbol.value()] : SymbolState{});
}

void TrendDetector::load_symbol(SymbolId symbol, StateReader& in) {
    SymbolState loaded;
    in(loaded);
    if (in.ok()) {
        SymbolState& state = state_of(symbol);
        TS_ASSERT(state.last_second == 0);
        state = loaded;
    }
}

void TrendDetector::forget_symbol(SymbolId symbol) {
    if (symbol.value() < states_.size()) {
        states_[symbol.value()] = SymbolState{};
    }
}

}  // namespace tickstock
