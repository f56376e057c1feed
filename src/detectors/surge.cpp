#include "detectors/surge.hpp"

#include <algorithm>
#include <cmath>

#include "base/assert.hpp"
#include "base/prefetch.hpp"
#include "detectors/sample_detection.hpp"

namespace tickstock {
namespace {

constexpr std::int64_t e12 = 1'000'000'000'000;
constexpr std::int64_t sessions_a_date = 8;  // SessionSpan::session_key

/// By VolatilityLevel, in tenths.
constexpr std::array<std::int64_t, volatility_level_count> factor_tenths{5, 10, 20};

std::size_t band_of(Price price) {
    constexpr std::array<std::int64_t, 4> below_dollars{10, 50, 200, 500};
    const auto band = std::find_if(
        below_dollars.begin(), below_dollars.end(),
        [&](std::int64_t dollars) { return price.raw() < dollars * Price::units_per_dollar; });
    return static_cast<std::size_t>(band - below_dollars.begin());
}

double shares(int128 raw) {
    return static_cast<double>(raw) / static_cast<double>(Size::units_per_share);
}

/// Volume of the last 20 s as a multiple of what the span's pace would give.
double volume_multiple(const SurgeMove& move) {
    const double reference = static_cast<double>(SurgeWindow::interval_seconds) *
                             shares(move.span_volume) / static_cast<double>(move.span_seconds);
    return shares(move.recent_volume) / reference;
}

Strength strength_of(double score) {
    return score >= 80 ? Strength::Strong : score >= 60 ? Strength::Moderate : Strength::Weak;
}

}  // namespace

SurgeDetector::SurgeDetector(const SurgeSettings& settings) : settings_(settings) {}

void SurgeDetector::reconfigure(const PipelineSettings& settings) {
    settings_ = settings.surge;
}

SurgeDetector::SymbolState& SurgeDetector::state_of(SymbolId symbol) {
    if (symbol.value() >= states_.size()) {
        states_.resize(std::max<std::size_t>(symbol.value() + 1, states_.size() * 2));
    }
    return states_[symbol.value()];
}

void SurgeDetector::reset(SymbolId symbol) {
    SymbolState& state = state_of(symbol);
    state.window.clear();
    state.volatility = {};
    state.last_second = 0;
    state.cooldown_until = {};
}

SurgeLimits SurgeDetector::limits_of(const Sample& sample, VolatilityLevel level) const {
    const SurgePeriodSettings& period = settings_.periods[static_cast<std::size_t>(sample.period)];
    const SurgeBand& band = settings_.bands[band_of(sample.price)];
    const std::int64_t tenths = factor_tenths[static_cast<std::size_t>(level)];
    return {band.min_percent_change * period.threshold_multiplier * tenths,
            band.min_price_change * period.threshold_multiplier, period.volume_threshold,
            period.mode};
}

void SurgeDetector::on_sample(const Sample& sample, SessionStats& stats, const Moment& moment,
                              DetectionSink& sink) {
    SymbolState& state = state_of(sample.symbol);
    const std::int64_t second = unix_second(sample.t);
    if (second <= state.last_second) {
        return;
    }
    state.last_second = second;
    state.window.add(second, sample.price, sample.volume);
    state.volatility.add(sample.price.to_double(), second);

    const SurgePeriodSettings& period = settings_.periods[static_cast<std::size_t>(sample.period)];
    const SurgeWindow& window = state.window;
    const bool ready = window.span_samples() >= period.min_data_points && window.span_volume() > 0;
    if (stats.muted || !ready) {
        return;
    }
    const SurgeMove move{sample.price - window.baseline(), window.baseline(),
                         window.recent_volume(), window.span_volume(), window.span_seconds()};
    const SurgeLimits limits = limits_of(sample, state.volatility.level());
    const auto trigger = surge_trigger(move, limits);
    if (!trigger) {
        return;
    }
    UnixNanos& quiet_until = state.cooldown_until[move.change > Price() ? 0 : 1];
    if (sample.t < quiet_until) {
        return;
    }
    quiet_until = sample.t + settings_.cooldown;
    emit(sample, stats, state, move, limits, *trigger, moment, sink);
}

void SurgeDetector::prefetch(SymbolId symbol) const {
    if (symbol.value() < states_.size()) {
        prefetch_object(states_[symbol.value()]);
    }
}

void SurgeDetector::prefetch_pointed(SymbolId symbol) const {
    if (symbol.value() < states_.size()) {
        states_[symbol.value()].window.prefetch();
    }
}

void SurgeDetector::emit(const Sample& sample, SessionStats& stats, SymbolState& state,
                         const SurgeMove& move, const SurgeLimits& limits,
                         SurgeData::Trigger trigger, const Moment& moment,
                         DetectionSink& sink) const {
    const auto date = static_cast<std::int32_t>(stats.session_key / sessions_a_date);
    state.daily_count = date == state.date ? state.daily_count + 1 : 1;
    state.date = date;
    const Direction direction = move.change > Price() ? Direction::Up : Direction::Down;
    stats.surge_direction = direction;
    stats.surge_expiration = sample.t + settings_.expiration;

    const double least_percent = static_cast<double>(limits.percent_e13) / 1e13;
    const double least_multiple = static_cast<double>(limits.volume) / 1e6;
    SurgeData data;
    data.magnitude = 100 * move.change.to_double() / move.baseline.to_double();
    data.volume_multiplier = volume_multiple(move);
    data.score = 25 * std::min(std::abs(data.magnitude) / least_percent, 2.0) +
                 25 * std::min(data.volume_multiplier / least_multiple, 2.0);
    data.strength = strength_of(data.score);
    data.trigger = trigger;
    data.expiration = stats.surge_expiration;
    data.daily_count = state.daily_count;
    data.baseline = move.baseline;

    Detection detection = detection_of(sample, stats, EventType::Surge, direction);
    detection.score = data.score;
    detection.data = data;
    const auto period = static_cast<std::size_t>(sample.period);
    const std::uint32_t least_samples = settings_.periods[period].min_data_points;
    const auto level = static_cast<std::size_t>(state.volatility.level());
    ThresholdList& thresholds = detection.evidence.thresholds;
    thresholds.add("min_percent_change", limits.percent_e13 / 10);
    thresholds.add("min_price_change", limits.price_e12);
    thresholds.add("volume_threshold", limits.volume * 1'000'000);
    thresholds.add("min_data_points", std::int64_t{least_samples} * e12);
    thresholds.add("volatility_factor", factor_tenths[level] * (e12 / 10));
    const SurgeSettings defaults;
    const std::size_t band = band_of(sample.price);
    detection.evidence.configured = settings_.periods[period] != defaults.periods[period] ||
                                    settings_.bands[band] != defaults.bands[band];
    detection.evidence.rule_version = "surge/1";
    sink.emit(moment, std::move(detection));
}

void SurgeDetector::SymbolState::save(StateWriter& out) const {
    window.save(out);
    out(volatility, last_second, cooldown_until, date, daily_count);
}

void SurgeDetector::SymbolState::load(StateReader& in) {
    window.load(in);
    in(volatility, last_second, cooldown_until, date, daily_count);
}

void SurgeDetector::save_symbol(SymbolId symbol, StateWriter& out) const {
    if (symbol.value() < states_.size()) {
        states_[symbol.value()].save(out);
    } else {
        SymbolState().save(out);
    }
}

void SurgeDetector::load_symbol(SymbolId symbol, StateReader& in) {
    SymbolState loaded;
    loaded.load(in);
    if (in.ok()) {
        SymbolState& state = state_of(symbol);
        TS_ASSERT(state.last_second == 0);
        state = std::move(loaded);
    }
}

void SurgeDetector::forget_symbol(SymbolId symbol) {
    if (symbol.value() < states_.size()) {
        states_[symbol.value()] = SymbolState{};
    }
}

}  // namespace tickstock
