#include "detectors/surge_conditions.hpp"

#include "detectors/surge_window.hpp"

namespace tickstock {
namespace {

/// |Δ%| ≥ tenths/10 · thr%, times b and 1e14 on both sides.
bool percent_reaches(const SurgeMove& move, const SurgeLimits& limits, int tenths) {
    constexpr int128 e14 = 100'000'000'000'000;
    const int128 change = move.change.raw();
    return (change < 0 ? -change : change) * 100 * e14 >=
           int128{limits.percent_e13} * tenths * move.baseline.raw();
}

/// |Δ$| ≥ thr$; Δ$ is in 1e-9 USD.
bool price_reaches(const SurgeMove& move, const SurgeLimits& limits) {
    const int128 change = move.change.raw();
    return (change < 0 ? -change : change) * 1'000 >= limits.price_e12;
}

/// m ≥ tenths/10 · volume_threshold, as v_now·L ≥ … ·I·Σ volume of the span, times 1e7.
bool volume_reaches(const SurgeMove& move, const SurgeLimits& limits, int tenths) {
    return move.recent_volume * move.span_seconds * 10'000'000 >=
           move.span_volume * SurgeWindow::interval_seconds * tenths * limits.volume;
}

}  // namespace

std::optional<SurgeData::Trigger> surge_trigger(const SurgeMove& move, const SurgeLimits& limits) {
    using Trigger = SurgeData::Trigger;
    if (move.change == Price()) {
        return std::nullopt;
    }
    const bool price = percent_reaches(move, limits, 10) && price_reaches(move, limits);
    const bool volume = volume_reaches(move, limits, 10);
    if (price && volume) {
        return Trigger::PriceAndVolume;
    }
    if (limits.mode == SurgeMode::Either && (price || volume)) {
        return price ? Trigger::Price : Trigger::Volume;
    }
    if (limits.mode == SurgeMode::Adaptive) {
        if (percent_reaches(move, limits, 15) && volume_reaches(move, limits, 7)) {
            return Trigger::PriceDriven;
        }
        if (volume_reaches(move, limits, 20) && percent_reaches(move, limits, 5)) {
            return Trigger::VolumeDriven;
        }
    }
    return std::nullopt;
}

}  // namespace tickstock
