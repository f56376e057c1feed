#include "detectors/valuation.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <compare>
#include <utility>

#include "base/assert.hpp"
#include "base/decimal.hpp"

namespace tickstock {
namespace {

/// Percent in a Micro of a whole: deviation ≥ p % is gap · 1e8 ≥ p_micro · reference.
constexpr int128 micro_percent = 100'000'000;

constexpr int128 magnitude(std::int64_t value) {
    return value < 0 ? -int128{value} : int128{value};
}

/// a/b against c/d without their cross products, which need not fit: whole parts first, then the
/// rests turned over. REQUIRES: a, c ≥ 0 and b, d > 0.
std::strong_ordering compare_fractions(int128 a, int128 b, int128 c, int128 d) {
    for (;;) {
        if (const auto whole = a / b <=> c / d; whole != 0) {
            return whole;
        }
        a %= b;
        c %= d;
        if (a == 0 || c == 0) {
            return (a != 0) <=> (c != 0);
        }
        std::swap(a, d);
        std::swap(b, c);
    }
}

}  // namespace

namespace {

/// Of the limits that the evidence names.
bool differs_from_default(const ValuationSettings& settings) {
    ValuationSettings same_limits = settings;
    same_limits.enabled = ValuationSettings{}.enabled;
    same_limits.cooldown = ValuationSettings{}.cooldown;
    return same_limits != ValuationSettings{};
}

}  // namespace

bool ValuationDetector::Deviation::at_least(Micro percent) const {
    return magnitude(gap) * micro_percent >= int128{percent} * reference;
}

bool ValuationDetector::Deviation::exceeds(Micro percent) const {
    return magnitude(gap) * micro_percent > int128{percent} * reference;
}

bool ValuationDetector::Deviation::further_out_than(const Deviation& other, Micro step) const {
    const int128 wanted = magnitude(other.gap) * micro_percent + int128{step} * other.reference;
    return compare_fractions(magnitude(gap), reference, wanted, micro_percent * other.reference) >=
           0;
}

void ValuationDetector::reconfigure(const ValuationSettings& settings) {
    settings_ = settings;
    configured_ = differs_from_default(settings);
}

ValuationDetector::SymbolState& ValuationDetector::state_of(SymbolId symbol) {
    if (symbol.value() >= states_.size()) {
        states_.resize(std::max<std::size_t>(symbol.value() + 1, states_.size() * 2));
    }
    return states_[symbol.value()];
}

double ValuationDetector::confidence_of(const FairValue& value,
                                        const FairValueReference& reference) {
    if (value.confidence >= 0) {
        return value.confidence;
    }
    const std::chrono::duration<double> age =
        std::max(value.header.ts_event - reference.ts, Nanos{0});
    return std::clamp(1 - age.count() / 600 - reference.spread_percent / 4, 0.0, 1.0);
}

bool ValuationDetector::is_news(const SymbolState& state, const Deviation& deviation) const {
    return deviation.at_least(settings_.min_deviation) &&
           (state.armed || !deviation.same_sign_as(state.last_emitted) ||
            deviation.further_out_than(state.last_emitted, settings_.deviation_step));
}

std::optional<Reason> ValuationDetector::on_fair_value(const FairValue& value,
                                                       const FairValueReference& reference,
                                                       const IntakeNote& note, const Moment& moment,
                                                       DetectionSink& sink) {
    TS_ASSERT(reference.price.raw() > 0);
    const double confidence = confidence_of(value, reference);
    if (std::isfinite(confidence)) {
        confidence_sum_ += confidence;
        ++confidences_;
    }
    const bool sure = confidence >= static_cast<double>(settings_.min_confidence) / 1e6;
    if (!sure) {  // nor is one that is no number
        return Reason::LowConfidence;
    }
    const Deviation deviation{(value.value - reference.price).raw(), reference.price.raw()};
    if (deviation.exceeds(settings_.max_deviation)) {
        return Reason::Implausible;
    }
    SymbolState& state = state_of(value.header.symbol);
    if (note.session_key > state.session_key) {
        state = SymbolState{};
        state.session_key = note.session_key;
    }
    if (!deviation.at_least(settings_.rearm_deviation)) {
        state.armed = true;
    }
    const bool cooled_down =
        !state.emitted_before || moment.fire >= state.emission_clock + settings_.cooldown;
    if (note.muted || !cooled_down || !is_news(state, deviation)) {
        return std::nullopt;
    }
    state.armed = false;
    state.emitted_before = true;
    state.last_emitted = deviation;
    state.emission_clock = moment.fire;

    ValuationData data;
    data.fair_value = value.value;
    data.reference = reference.price;
    data.deviation =
        100 * static_cast<double>(deviation.gap) / static_cast<double>(deviation.reference);
    data.strength = confidence * std::min(std::abs(data.deviation) / 10, 1.0);

    Detection detection;
    detection.symbol = value.header.symbol;
    detection.type = EventType::Valuation;
    detection.direction = deviation.gap > 0 ? Direction::Up : Direction::Down;
    detection.source = value.header.source_kind;
    detection.session = note.session;
    detection.session_key = note.session_key;
    detection.price = reference.price;
    detection.ts = value.header.ts_event;
    detection.confidence = confidence;
    detection.score = data.strength;
    detection.data = data;
    detection.evidence.source_sequence = value.header.source_sequence;
    detection.evidence.period = note.period;
    detection.evidence.thresholds.add("min_confidence", settings_.min_confidence * 1'000'000);
    detection.evidence.thresholds.add("max_deviation", settings_.max_deviation * 1'000'000);
    detection.evidence.thresholds.add("min_deviation", settings_.min_deviation * 1'000'000);
    detection.evidence.thresholds.add("deviation_step", settings_.deviation_step * 1'000'000);
    detection.evidence.thresholds.add("rearm_deviation", settings_.rearm_deviation * 1'000'000);
    detection.evidence.configured = configured_;
    detection.evidence.rule_version = "valuation/1";
    detection.context = {value.header.source, value.header.ts_recv, value.header.sequence};
    sink.emit(moment, std::move(detection));
    return std::nullopt;
}

void ValuationDetector::save_symbol(SymbolId symbol, StateWriter& out) const {
    out(symbol.value() < states_.size() ? states_[symbol.value()] : SymbolState{});
}

void ValuationDetector::load_symbol(SymbolId symbol, StateReader& in) {
    SymbolState loaded;
    in(loaded);
    if (in.ok()) {
        SymbolState& state = state_of(symbol);
        TS_ASSERT(state.session_key == 0);
        state = loaded;
    }
}

void ValuationDetector::forget_symbol(SymbolId symbol) {
    if (symbol.value() < states_.size()) {
        states_[symbol.value()] = SymbolState{};
    }
}

}  // namespace tickstock
