#include "support/naive_surge.hpp"

#include <algorithm>
#include <cmath>

namespace tickstock::naive {
namespace {

using Trigger = SurgeData::Trigger;

/// a/b ≥ c/d of positive b, d and no negative a, c, as the schoolbook does: whole parts first.
bool at_least(int128 a, int128 b, int128 c, int128 d) {
    for (;;) {
        if (a / b != c / d) {
            return a / b > c / d;
        }
        a %= b;
        c %= d;
        if (c == 0) {
            return true;
        }
        if (a == 0) {
            return false;
        }
        // a/b ≥ c/d of proper fractions when d/c ≥ b/a
        const int128 old_a = a;
        const int128 old_b = b;
        a = d;
        b = c;
        c = old_b;
        d = old_a;
    }
}

/// What the volumes and prices around a sample say.
struct Measures {
    std::int64_t span_count = 0;
    int128 span_volume = 0;
    int128 volume_now = 0;
    std::int64_t first_t = 0;
    std::int64_t baseline = 0;
    std::int64_t length = 0;  // L, s
};

constexpr std::int64_t interval = 20;
constexpr std::int64_t history = 120;

Measures measure(const std::vector<PlainSample>& samples) {
    Measures measures;
    const std::int64_t t = samples.back().t;
    for (const PlainSample& sample : samples) {
        if (sample.t <= t - history) {
            continue;
        }
        if (sample.t > t - interval) {
            measures.volume_now += sample.volume;
            continue;
        }
        if (measures.span_count++ == 0) {
            measures.first_t = sample.t;
        }
        measures.span_volume += sample.volume;
        measures.baseline = sample.price;
    }
    measures.length = t - interval - (measures.first_t - 1);
    return measures;
}

std::size_t band_of(std::int64_t price) {
    constexpr std::int64_t dollar = 1'000'000'000;
    return price < 10 * dollar    ? 0
           : price < 50 * dollar  ? 1
           : price < 200 * dollar ? 2
           : price < 500 * dollar ? 3
                                  : 4;
}

}  // namespace

void NaiveSurge::reset() {
    samples_.clear();
    volatility_.reset();
    emissions_.clear();
}

Direction NaiveSurge::flag(std::int64_t clock_ns) const {
    if (emissions_.empty() || clock_ns >= emissions_.back().expiration_ns) {
        return Direction::None;
    }
    return emissions_.back().direction;
}

bool NaiveSurge::cooling(Direction direction, std::int64_t t) const {
    return std::any_of(emissions_.begin(), emissions_.end(), [&](const Emission& emission) {
        return emission.direction == direction &&
               (t - emission.t) * 1'000'000'000 < settings_.cooldown.count();
    });
}

std::optional<SurgeFinding> NaiveSurge::on_sample(const PlainSample& sample, std::int64_t date,
                                                  bool muted, Branches& branches) {
    const SurgePeriodSettings& period = settings_.periods[static_cast<std::size_t>(sample.period)];
    samples_.push_back(sample);
    volatility_.add(sample);
    while (samples_.front().t <= sample.t - 2 * history) {  // far beyond what is looked at
        samples_.erase(samples_.begin());
    }
    const Measures m = measure(samples_);
    if (m.span_count == 0 || m.span_count < period.min_data_points || m.span_volume == 0) {
        ++branches["surge not ready"];
        return std::nullopt;
    }
    const std::int64_t change = sample.price - m.baseline;
    if (change == 0) {
        ++branches["surge no change"];
        return std::nullopt;
    }
    const int128 size = change > 0 ? change : -change;
    const SurgeBand& band = settings_.bands[band_of(sample.price)];
    const int128 percent_e12 = int128{band.min_percent_change} * period.threshold_multiplier *
                               volatility_.surge_factor_halves() / 2;
    const int128 price_e12 = int128{band.min_price_change} * period.threshold_multiplier;
    constexpr int128 e12 = 1'000'000'000'000;

    // |Δ%| ≥ times_tenths/10 · thr%, the doubled thr% because the factor is in halves
    const int128 doubled_e12 = int128{band.min_percent_change} * period.threshold_multiplier *
                               volatility_.surge_factor_halves();
    const auto percent_at_least = [&](int times_tenths) {
        return at_least(100 * size, m.baseline, doubled_e12 * times_tenths, 2 * e12 * 10);
    };
    // m ≥ times_tenths/10 · volume_threshold; m = v_now·L / (I·Σ)
    const auto volume_at_least = [&](int times_tenths) {
        return at_least(m.volume_now * m.length, interval * m.span_volume,
                        int128{period.volume_threshold} * times_tenths, 10'000'000);
    };
    const bool by_price = percent_at_least(10) && size * 1000 >= price_e12;
    const bool by_volume = volume_at_least(10);

    std::optional<Trigger> trigger;
    if (by_price && by_volume) {
        trigger = Trigger::PriceAndVolume;
    } else if (period.mode == SurgeMode::Either && (by_price || by_volume)) {
        trigger = by_price ? Trigger::Price : Trigger::Volume;
    } else if (period.mode == SurgeMode::Adaptive && percent_at_least(15) && volume_at_least(7)) {
        trigger = Trigger::PriceDriven;
    } else if (period.mode == SurgeMode::Adaptive && volume_at_least(20) && percent_at_least(5)) {
        trigger = Trigger::VolumeDriven;
    }
    if (!trigger) {
        ++branches["surge no condition"];
        return std::nullopt;
    }
    const Direction direction = change > 0 ? Direction::Up : Direction::Down;
    if (muted || cooling(direction, sample.t)) {
        ++branches[muted ? "surge muted" : "surge in cooldown"];
        return std::nullopt;
    }

    SurgeFinding finding;
    finding.direction = direction;
    finding.percent_threshold_e12 = static_cast<std::int64_t>(percent_e12);
    finding.price_threshold_e12 = static_cast<std::int64_t>(price_e12);
    finding.volume_threshold_e12 = period.volume_threshold * 1'000'000;
    SurgeData& data = finding.data;
    data.trigger = *trigger;
    data.baseline = Price::from_raw(m.baseline);
    data.magnitude =
        100 * (static_cast<double>(change) / 1e9) / (static_cast<double>(m.baseline) / 1e9);
    const double reference = static_cast<double>(interval) *
                             (static_cast<double>(m.span_volume) / 1e6) /
                             static_cast<double>(m.length);
    data.volume_multiplier = static_cast<double>(m.volume_now) / 1e6 / reference;
    const double percent_threshold = static_cast<double>(percent_e12) / 1e12;
    const double volume_threshold = static_cast<double>(period.volume_threshold) / 1e6;
    data.score = 25 * std::min(std::fabs(data.magnitude) / percent_threshold, 2.0) +
                 25 * std::min(data.volume_multiplier / volume_threshold, 2.0);
    data.strength = data.score >= 80   ? Strength::Strong
                    : data.score >= 60 ? Strength::Moderate
                                       : Strength::Weak;
    const std::int64_t expiration = sample.t * 1'000'000'000 + settings_.expiration.count();
    data.expiration = unix_nanos(expiration);
    data.daily_count = ++count_of_date_[date];
    emissions_.push_back({direction, sample.t, expiration});
    ++branches["surge " + std::string(to_string(*trigger))];
    ++branches["surge factor " + std::to_string(volatility_.surge_factor_halves())];
    ++branches["surge band " + std::to_string(band_of(sample.price))];
    return finding;
}

}  // namespace tickstock::naive
